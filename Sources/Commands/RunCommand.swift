import ArgumentParser
import Events
import Orchestration
import Yams

package struct RunCommand: Subcommand {
    package static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Runs a plan from a file, JSON or YAML.",
        discussion:
            "A plan that names its base is refused when HEAD has moved since. `teamfix plan --format yaml` writes one.")

    @OptionGroup package var file: PlanFileArguments
    @OptionGroup package var common: CommonOptions

    package init() {}

    package func perform(_ invocation: Invocation) async throws -> ExitStatus {
        let session = try await Session.open(invocation)
        let plan = try readPlan(invocation)
        if let base = plan.base, base != session.facts.head?.hex {
            throw Failure(
                .repository,
                "the plan was made for commit \(base.prefix(12)), and HEAD is \(session.facts.head?.hex.prefix(12) ?? "unborn")",
                hints: ["make it anew: teamfix plan", "or, if its inputs still hold, remove `base` from the plan"])
        }
        let (outcome, records) = try await session.record("run", problem: plan.problem) { log in
            guard let team = try await session.team(log: log) else { throw Failure.noServer }
            let result = try await team.execute(plan)
            try Task.checkCancellation()
            return RunOutcome(
                result, outcome: result.success ? "done" : "incomplete", status: result.success ? .done : .notFixed)
        }
        invocation.show(PlanResultView(outcome.value, run: session.run, records: records))
        return outcome.status
    }

    private func readPlan(_ invocation: Invocation) throws -> OrchestrationPlan {
        let text = String(decoding: try invocation.readInput(file.plan), as: UTF8.self)
        guard text.utf8.count <= PlanLimits.jsonBytes else {
            throw Failure(.usage, "\(file.plan) is too large for a plan", status: .usage)
        }
        if text.drop(while: \.isWhitespace).first == "{" { return try OrchestrationPlan(json: text) }
        do {
            return try YAMLDecoder().decode(OrchestrationPlan.self, from: text)
        } catch let error as DecodingError {
            throw Failure(
                .usage, "\(file.plan) isn't a plan: \(Self.words(error))",
                hints: ["see what one looks like: teamfix plan analyze --format yaml"],
                status: .usage)
        } catch let error as YamlError {
            throw Failure(.usage, "\(file.plan) isn't YAML", causes: ["\(error)"], status: .usage)
        }
    }

    private static func words(_ error: DecodingError) -> String {
        func place(_ context: DecodingError.Context) -> String {
            let path = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
            return "\(path.isEmpty ? "" : "\(path): ")\(context.debugDescription)"
        }
        return switch error {
        case .keyNotFound(let key, let context): "\(place(context)) ('\(key.stringValue)' is missing)"
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context): place(context)
        @unknown default: "\(error)"
        }
    }
}

/// What `run` shows.
package struct PlanResultView: Report {
    struct Task: Encodable {
        var id: String
        var specialist: String
        var server: String?
        var model: String?
        var outcome: String
        var reason: String?
        var started: Double?
        var ended: Double
        var attempts: Int
        var promptTokens: Int?
        var answerTokens: Int?
        var text: String?
    }

    var schema = "teamfix.run/1"
    var run: String
    var success: Bool
    var early: String?
    var tasks: [Task]
    var synthesis: Synthesis
    var statistics: StatisticsReport

    package init(_ result: OrchestrationResult, run: String, records: [RunRecord]) {
        self.run = run
        success = result.success
        early = result.early
        tasks = result.results.map { end in
            let outcome =
                switch end.outcome {
                case .succeeded: "succeeded"
                case .failed: "failed"
                case .skipped: "skipped"
                case .cancelled: "cancelled"
                }
            return Task(
                id: end.task.id, specialist: end.task.specialist, server: end.server, model: end.model,
                outcome: outcome, reason: end.reason,
                started: end.started, ended: end.ended, attempts: end.attempts,
                promptTokens: end.answer?.usage.promptTokens,
                answerTokens: end.answer?.usage.answerTokens, text: end.text)
        }
        synthesis = result.synthesis
        statistics = StatisticsReport(records, run: run)
    }

    package func lines(width: Int, style: Style) -> [String] {
        var lines = synthesis.text.split(separator: "\n", omittingEmptySubsequences: false).flatMap {
            wrapped(sanitizedLine(String($0)), to: width)
        }
        lines += tasks.filter { $0.outcome != "succeeded" }.map {
            sanitizedLine("\($0.id): \($0.outcome), \($0.reason ?? "")")
        }
        return lines + [""] + statistics.lines(width: width, style: style)
    }
}
