import Diagnostics
import Events
import Orchestration

/// Takes the experts' patches as they come, has each verified, and says when no other can win any more.
actor PatchHearing {
    /// A patch, and what trying it showed.
    struct Proposal: Sendable {
        var seat: Int
        var server: String?
        var model: String?
        var weight: Double
        var contents: [String: SourceText]
        /// The change as people read it.
        var text: String
        var changedLines: Int
        var verdict: String
        /// What it is committed as; empty unless it was verified.
        var steps: [FixStep]

        var isVerified: Bool { !steps.isEmpty }
    }

    let panel: Panel
    let briefs: PatchBriefs
    let stand: PatchStand
    let records: TrackRecords
    let models: [String]
    let hearsAll: Bool
    private let turn = Turnstile()
    private var proposals: [Int: Proposal] = [:]
    private var gone: [Int: String] = [:]
    private var isSettled = false
    /// What keeps builds from running at all.
    private(set) var problem: (any Error)?

    init(
        panel: Panel, briefs: PatchBriefs, stand: PatchStand, records: TrackRecords, models: [String], hearsAll: Bool
    ) {
        self.panel = panel
        self.briefs = briefs
        self.stand = stand
        self.records = records
        self.models = models
        self.hearsAll = hearsAll
    }

    func take(_ result: TaskResult) async -> Judgement {
        guard let seat = seatIndex(of: result.task.id) else { return .goOn }
        guard let text = result.text else {
            if panel.seats[seat].model != nil, !result.task.id.hasSuffix(Self.second), result.outcome != .cancelled {
                var again = briefs.tasks[seat]
                again.id += Self.second
                again.model = nil
                return .add([again])
            }
            gone[seat] = result.reason ?? "no answer"
            return judgement()
        }
        let brief = briefs.briefs[seat]
        let files = briefs.files
        let contents: [String: SourceText]
        do throws(ReplyEdits.Problem) {
            contents = try ReplyEdits(window: brief.window, format: brief.format, scope: brief.scope) { files[$0] }
                .contents(of: text)
            note(result, brief, .applied, nil)
        } catch {
            note(result, brief, error == .unchanged ? .unchanged : .malformed, error.text)
            gone[seat] = "no patch: \(error.text)"
            return judgement()
        }
        do {
            // The bench is one: one patch at a time is on it.
            try await turn.pass { try await self.verify(contents, result, seat, brief) }
        } catch is CancellationError {
            return .goOn
        } catch {
            problem = error
            return .settled("the build can't be run: \(error)")
        }
        return judgement()
    }

    /// Tries a patch, unless another expert's same one has been tried.
    private func verify(
        _ contents: [String: SourceText], _ result: TaskResult, _ seat: Int, _ brief: TaskBrief
    ) async throws {
        let files = briefs.files
        let candidate = Candidate(
            id: "p\(seat + 1)", title: "Mend \(contents.keys.sorted().joined(separator: ", "))",
            source: result.task.id, model: result.model, causes: brief.causes, contents: contents,
            origins: contents.keys.reduce(into: [:]) { $0[$1] = files[$1] })
        let weight = VoteWeight(
            record: records.record(specialist: result.task.specialist, model: result.model ?? ""))
        var proposal = Proposal(
            seat: seat, server: result.server, model: result.model, weight: weight.value, contents: contents,
            text: Self.shown(candidate), changedLines: candidate.changedLines, verdict: "", steps: [])
        if let same = proposals.values.first(where: { $0.contents == contents }) {
            (proposal.verdict, proposal.steps) = (same.verdict, same.steps)
            proposals[seat] = proposal
            return
        }
        let repair = try await stand.repair()
        let trial = try await repair.consider(candidate, scope: brief.scope, acceptsImprovement: false)
        // What is slower than the failure was gets its time at once: here nobody else waits for the bench.
        try await repair.tryPutOff { true }
        if await repair.latest.passed {
            (proposal.verdict, proposal.steps) = ("the command passes with it", await repair.steps)
        } else {
            switch trial.progress {
            case .passed: proposal.verdict = "the command passes with it"
            case .improved(let reason), .none(let reason): proposal.verdict = sanitized(reason)
            }
        }
        proposals[seat] = proposal
    }

    private func judgement() -> Judgement {
        guard !hearsAll, !isSettled else { return .goOn }
        let waiting = panel.seats.indices.filter { proposals[$0] == nil && gone[$0] == nil }
        guard !waiting.isEmpty else { return .goOn }
        let heard = proposals.values.sorted { $0.seat < $1.seat }
        let groups = ConsensusPatch.groups(heard).filter { heard[$0[0]].isVerified }
        let weights = groups.map { $0.reduce(0) { $0 + heard[$1].weight } }.sorted(by: >)
        let most = models.map { VoteWeight(record: records.record(specialist: "Coder", model: $0)).value }.max() ?? 2
        guard let first = weights.first,
            first > (weights.dropFirst().first ?? 0) + Double(waiting.count) * most + 1e-9
        else { return .goOn }
        isSettled = true
        return .settled("a verified patch can't be outvoted any more")
    }

    /// What was heard in the end.
    func conclusion(_ results: [TaskResult]) -> (proposals: [Proposal], missing: [String], unheard: [String]) {
        var (missing, unheard): ([String], [String]) = ([], [])
        for (number, seat) in panel.seats.enumerated() where proposals[number] == nil {
            if let reason = gone[number] {
                missing.append("\(seat.name): \(reason)")
            } else if isSettled {
                unheard.append("\(seat.name), \(seat.role)")
            } else {
                let own = results.last { self.seatIndex(of: $0.task.id) == number }
                missing.append("\(seat.name): \(own?.reason ?? "no answer")")
            }
        }
        return (proposals.values.sorted { $0.seat < $1.seat }, missing, unheard)
    }

    private static let second = "-again"

    private func seatIndex(of task: String) -> Int? {
        let id = task.hasSuffix(Self.second) ? String(task.dropLast(Self.second.count)) : task
        return panel.seats.firstIndex { $0.id == id }
    }

    /// A reply that was kept from an earlier run says nothing new of its model.
    private func note(_ result: TaskResult, _ brief: TaskBrief, _ outcome: ReplyRecord.Outcome, _ reason: String?) {
        guard let model = result.model, !result.cached else { return }
        stand.place.log.append(
            .replyRead(
                ReplyRecord(
                    task: result.task.id, model: model, format: brief.format.rawValue, outcome: outcome, reason: reason)
            ))
    }

    private static let mostShown = 40

    /// The changed lines, a few at most.
    static func shown(_ candidate: Candidate) -> String {
        var lines: [String] = []
        for file in candidate.files {
            guard let new = candidate.contents[file], let old = candidate.origins[file] else { continue }
            let (before, after) = (old.allLines, new.allLines)
            func plain(_ line: String) -> String { sanitized(line).filter { !$0.isNewline } }
            for hunk in lineHunks(before, after) {
                lines.append("\(file):\(hunk.old.lowerBound + 1)")
                lines += hunk.old.map { "- " + plain(before[$0]) } + hunk.new.map { "+ " + plain(after[$0]) }
            }
        }
        let rest = lines.count - mostShown
        return (rest > 0 ? Array(lines.prefix(mostShown)) + ["… \(rest) more lines"] : lines).joined(separator: "\n")
    }
}
