import Diagnostics
import Git
import Orchestration

/// Where the experts' patches are tried: each in a state of its own, on one bench.
struct PatchStand: Sendable {
    var place: Workplace
    var request: FixRequest
    var snapshot: Snapshot
    var failure: BuildObservation
    var bench: Bench
    /// Whether a text holds a secret that is known by its value.
    var holdsKnown: @Sendable (String) -> Bool
    var noteWithheld: (@Sendable ([String: String]) -> Void)?

    /// A repair that knows nothing of the other patches: whether one passes doesn't hang on another.
    func repair() async throws -> Repair {
        try await place.repair(
            failure, snapshot, request, bench, holdsKnown: holdsKnown, noteWithheld: noteWithheld)
    }
}

/// What each expert is asked for a patch: what a fix asks its coders, spoken to from each one's side.
struct PatchBriefs: Sendable {
    var tasks: [TeamTask]
    /// By seat.
    var briefs: [TaskBrief]
    var files: WorkingFiles

    /// The most files with failures of their own that one patch is asked to mend.
    private static let mostGroups = 4

    static func make(
        _ question: String, _ stand: PatchStand, _ panel: Panel, _ team: TeamOrchestrator
    ) async throws -> PatchBriefs {
        let repair = try await stand.repair()
        var request = stand.request
        request.candidates = panel.seats.count
        // One coder each, and no round that builds on another.
        request.pattern = Pattern.divideAndConquer.rawValue
        var planned = FixPlanner(repair.files, repair.gate, request, team: team)
            .plan(stand.failure, round: 1, hints: [:], base: stand.snapshot.base?.hex)
        if let plan = planned, Set(plan.coders.map(\.brief.window.file)).count > 1 {
            // A patch for several files at once is written as replacements.
            request.editFormat = .searchReplace
            planned = FixPlanner(repair.files, repair.gate, request, team: team)
                .plan(stand.failure, round: 1, hints: [:], base: stand.snapshot.base?.hex)
        }
        guard let planned, !planned.coders.isEmpty else {
            return PatchBriefs(tasks: [], briefs: [], files: repair.files)
        }
        let choices = Self.choices(planned.coders)
        var tasks: [TeamTask] = []
        var briefs: [TaskBrief] = []
        for (number, seat) in panel.seats.enumerated() {
            let (input, brief) = choices[number % choices.count]
            briefs.append(brief)
            tasks.append(
                TeamTask(
                    id: seat.id, specialist: "Coder",
                    input: TaskInput(
                        title: seat.name, shared: input.shared,
                        text: "\(question)\n\nYou speak as the team's \(seat.role): \(seat.viewpoint)\n\n\(input.text)"),
                    policy: TaskPolicy(retries: 1),
                    sampling: Sampling(
                        temperature: seat.temperature, seed: seat.seed, maxTokens: input.maxTokens), model: seat.model))
        }
        return PatchBriefs(tasks: tasks, briefs: briefs, files: repair.files)
    }

    private typealias Input = (shared: String, text: String, maxTokens: Int?)

    /// What there is to ask: a task of the plan each, or, where several files fail, one that is about all of them.
    private static func choices(_ coders: [(task: TeamTask, brief: TaskBrief)]) -> [(Input, TaskBrief)] {
        var byFile: [(task: TeamTask, brief: TaskBrief)] = []
        for coder in coders where !byFile.contains(where: { $0.brief.window.file == coder.brief.window.file }) {
            byFile.append(coder)
        }
        guard byFile.count > 1, var brief = byFile.first?.brief else {
            return coders.map { (($0.task.input.shared, $0.task.input.text, $0.task.sampling.maxTokens), $0.brief) }
        }
        let parts = byFile.prefix(mostGroups)
        brief.scope = parts.reduce(into: []) { $0.formUnion($1.brief.scope) }
        brief.causes = parts.flatMap(\.brief.causes)
        return [
            (
                (
                    parts.map(\.task.input.shared).joined(separator: "\n"),
                    parts.map(\.task.input.text).joined(separator: "\n\n"), 1_536
                ), brief
            )
        ]
    }
}

extension FixPlanner.Planned {
    /// The coders' tasks with what they are about, without those who put others' work together or write a single line.
    fileprivate var coders: [(task: TeamTask, brief: TaskBrief)] {
        plan.tasks.compactMap { task in
            guard task.specialist == "Coder", let brief = briefs[task.id], brief.format != .line else { return nil }
            return (task, brief)
        }
    }
}
