import Git
import Orchestration
import Specialists

/// The models' part of a review: who reads what.
struct ReviewPlan {
    var changes: [FileChange]
    var texts: [String: SourceText]
    var pattern: Orchestration.Pattern?
    /// The smallest context of the servers, in tokens.
    var window: Int

    /// The most files whose changes are shown to models in one run.
    static let mostFiles = 40
    /// So few files are read by everybody who has something to say.
    private static let fewFiles = 2
    /// The most tasks where there are more files, unless there are more files than that.
    private static let mostTasks = 24

    /// The changes that models can read and have something to say about, with their specialists' kind.
    private var readable: [(change: FileChange, choice: SpecialistChoice)] {
        let all = changes.filter { !$0.isBinary && !$0.hunks.isEmpty && $0.newPath != nil }
            .map { ($0, SpecialistChoice($0)) }
        return Array(all.filter { !$0.1.roles.isEmpty }.prefix(Self.mostFiles))
    }

    /// Nil when there is nothing to read.
    func plan(_ planner: PlannerKind, _ orchestrator: TeamOrchestrator) async -> OrchestrationPlan? {
        let readable = readable
        guard !readable.isEmpty else { return nil }
        let problem = "Review the changes of \(readable.count) files"
        guard planner == .model else { return rules(readable, problem, nil) }
        let shown = readable.map { ($0.change.path, self.shown($0.change)) }
        let context = PlanContext(
            files: shown.map(\.0), kind: .changes, texts: Dictionary(shown, uniquingKeysWith: { first, _ in first }),
            pattern: pattern)
        let planned = await orchestrator.plan(
            problem + ": report only real defects that the added lines bring", context: context,
            planner: .model)
        return planned.planner?.used == .model ? planned : rules(readable, problem, planned.planner)
    }

    func shown(_ change: FileChange) -> String {
        ChangeContext(change: change, text: texts[change.path]).shown(longest: window)
    }

    /// What needn't be reported: small models say little else.
    private static func elsewhere(_ path: String) -> String {
        let isParsed = ParsedLanguage(path: path, firstLine: "") != nil
        return (isParsed ? "A parser checks the syntax: don't report it. " : "")
            + "What isn't defined here is defined elsewhere."
    }

    /// One specialist a file and aspect.
    private func rules(
        _ readable: [(change: FileChange, choice: SpecialistChoice)], _ problem: String, _ origin: PlanOrigin?
    ) -> OrchestrationPlan {
        let chosen = pattern ?? (readable.count <= Self.fewFiles ? .parallelAnalysis : .divideAndConquer)
        let limit = chosen == .parallelAnalysis ? Int.max : max(readable.count, Self.mostTasks)
        let roles = SpecialistChoice.distribute(readable.map(\.choice), limit: limit)
        var tasks: [TeamTask] = []
        for (number, (entry, roles)) in zip(readable, roles).enumerated() {
            let shown = shown(entry.change)
            for role in roles {
                let path = entry.change.path
                tasks.append(
                    TeamTask(
                        id: "\(role.lowercased().replacing(" ", with: "-"))-\(number + 1)", specialist: role,
                        input: TaskInput(
                            title: path, shared: shown,
                            text: (ChangeContext.isNew(entry.change)
                                ? "Review \(path): all of its lines are new."
                                : "Review the changed lines of \(path): those marked with +.")
                                + " Report only real defects that they bring; most changes have none. "
                                + Self.elsewhere(path)),
                        policy: TaskPolicy(retries: 1)))
            }
        }
        var plan = OrchestrationPlan(
            problem: problem, pattern: chosen, tasks: tasks, synthesis: .mergeAll, success: .anyTaskComplete)
        plan.planner = origin
        return plan
    }
}
