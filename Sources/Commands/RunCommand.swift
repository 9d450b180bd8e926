import ArgumentParser
import Events
import Inference
import Orchestration
import Specialists

package struct RunCommand: Subcommand {
    package static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Runs a plan from a file, JSON or YAML.",
        discussion:
            """
            `teamfix plan --format yaml` writes one. A plan that can't be run is refused with the line that is wrong, one that \
            names its base when HEAD has moved since. A task with a prompt of its own is sent word for word: see docs/plans.md.
            """)

    @OptionGroup package var file: PlanFileArguments
    @OptionGroup package var prompts: PromptArguments
    @OptionGroup package var common: CommonOptions

    package init() {}

    package func perform(_ invocation: Invocation) async throws -> ExitStatus {
        let session = try await Session.open(invocation, anywhere: true)
        let written = try PlanFile(try invocation.readInput(file.plan), name: file.plan)
        let plan = written.plan
        let roles = Roster.merging(session.configuration.specialists.map(\.specialist))
        if let fault = plan.fault(specialists: roles.map(\.name), servers: nil) { throw written.failure(fault) }
        try refuseStale(written, head: session.head?.hex)
        let needed = max(8192, plan.wantedWindow(team: roles))
        if prompts.explainPrompts {
            return try await session.explainPrompts(needed: needed) { team, _, _ in
                if let fault = plan.fault(specialists: team.team.map(\.name), on: team.servers) {
                    throw written.failure(fault)
                }
                _ = try await team.execute(plan)
            }
        }
        let (outcome, records) = try await session.record("run", problem: plan.problem) { log in
            guard let team = try await session.team(log: log, needed: needed) else { throw Failure.noServer }
            if let fault = plan.fault(specialists: team.team.map(\.name), on: team.servers) {
                throw written.failure(fault)
            }
            let result = try await team.execute(plan)
            try Task.checkCancellation()
            return RunOutcome(
                result, outcome: result.success ? "done" : "incomplete", status: result.success ? .done : .notFixed)
        }
        invocation.show(PlanResultView(outcome.value, of: plan, run: session.run, records: records))
        if plan.success == .verified, !outcome.value.success, outcome.value.results.allSatisfy(\.succeeded) {
            invocation.note(
                "the plan counts as done when its results are verified, which run doesn't do: teamfix fix does, or write another "
                    + "`success` into the plan, such as all-tasks-complete")
        }
        return outcome.status
    }

    private func refuseStale(_ written: PlanFile, head: String?) throws {
        guard let base = written.plan.base, base != head else { return }
        throw written.refusal(
            "base",
            "the plan was made for commit \(base.prefix(12)), and \(head.map { "HEAD is \($0.prefix(12))" } ?? "here is no commit")",
            hints: ["make it anew: teamfix plan", "or, if its inputs still hold, remove `base` from the plan"],
            kind: .repository)
    }
}

/// What `run` shows.
package struct PlanResultView: Report {
    /// A task's end. Times are in seconds, on the run's clock; what a server didn't report is left out.
    struct Task: Encodable {
        var id: String
        var title: String
        var specialist: String
        /// The wave that it is shown in, from 1; the task of a custom synthesis comes in one of its own.
        var wave: Int
        var dependencies: [String]
        var server: String?
        var model: String?
        var outcome: String
        var reason: String?
        /// When its first attempt began; left out when there was none.
        var started: Double?
        var ended: Double
        /// From the first attempt's begin to the end, waits between attempts included.
        var duration: Double?
        var attempts: Int
        var promptTokens: Int?
        var answerTokens: Int?
        var timeToFirstToken: Double?
        var loadDuration: Double?
        var promptDuration: Double?
        var answerDuration: Double?
        /// The last attempt's own time on its server: load, prompt and answer.
        var serviceTime: Double?
        /// Whether the answer was kept from an earlier run; then it took no time in this one.
        var cached: Bool
        /// `stop`, or `length` for an answer that the token limit cut.
        var finish: String?
        var warnings: [String]?
        var text: String?

        init(_ end: TaskResult, wave: Int) {
            id = end.task.id
            title = end.task.input.title
            specialist = end.task.specialist
            self.wave = wave
            dependencies = end.task.dependencies
            server = end.server
            model = end.model
            outcome =
                switch end.outcome {
                case .succeeded: "succeeded"
                case .failed: "failed"
                case .skipped: "skipped"
                case .cancelled: "cancelled"
                }
            reason = end.reason
            started = end.started
            ended = end.ended
            duration = end.started.map { max(0, end.ended - $0) }
            attempts = end.attempts
            let usage = end.answer?.usage
            promptTokens = usage?.promptTokens
            answerTokens = usage?.answerTokens
            cached = end.cached
            let times = end.cached ? nil : usage
            timeToFirstToken = times?.timeToFirstToken
            loadDuration = times?.loadDuration
            promptDuration = times?.promptDuration
            answerDuration = times?.answerDuration
            serviceTime = times?.serviceTime
            finish = end.answer?.finish.rawValue
            warnings = end.answer.flatMap { $0.warnings.isEmpty ? nil : $0.warnings }
            text = end.text
        }
    }

    var schema = "teamfix.run/1"
    var run: String
    var problem: String
    var pattern: String
    var planner: PlanOrigin?
    /// Whether the plan's success criterion is met.
    var success: Bool
    var criterion: String
    var early: String?
    /// Orchestration time in seconds.
    var duration: Double
    var tasks: [Task]
    var synthesis: Synthesis
    var statistics: StatisticsReport

    package init(_ result: OrchestrationResult, of plan: OrchestrationPlan, run: String, records: [RunRecord]) {
        self.run = run
        problem = plan.problem
        pattern = plan.pattern.rawValue
        planner = plan.planner
        success = result.success
        criterion = plan.success.name
        early = result.early
        duration = result.duration
        let waves = plan.waves
        let numbers = Dictionary(
            waves.flatMap { wave in wave.tasks.map { ($0.id, wave.number) } }, uniquingKeysWith: { first, _ in first })
        let last = waves.last?.number ?? 0
        tasks = (result.results + [result.synthesis.task].compactMap { $0 }).map {
            Task($0, wave: numbers[$0.task.id] ?? last + 1)
        }
        synthesis = result.synthesis
        statistics = StatisticsReport(records, run: run)
    }

    package func lines(width: Int, style: Style) -> [String] {
        // Answers are code as often as prose: their lines stay as they are.
        var lines = synthesis.text.split(separator: "\n", omittingEmptySubsequences: false).map {
            sanitizedLine(String($0))
        }
        if let early, !success || synthesis.strategy != .useFirstResult {
            lines += wrapped("The plan ended before its time: \(sanitizedLine(early))", to: width)
        }
        lines += tasks.filter { $0.finish == "length" }.map {
            sanitizedLine("\($0.id): the answer was cut at its limit of tokens (\($0.answerTokens ?? 0))")
        }
        lines += tasks.filter { $0.outcome != "succeeded" }.map {
            sanitizedLine("\($0.id): \($0.outcome), \($0.reason ?? "")")
        }
        return lines + [""] + statistics.lines(width: width, style: style)
    }
}
