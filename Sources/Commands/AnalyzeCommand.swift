import ArgumentParser
import Diagnostics
import Events
import Foundation
import Git
import Orchestration
import Specialists
import Workflows

package struct AnalyzeCommand: Subcommand {
    package static let configuration = CommandConfiguration(
        commandName: "analyze",
        abstract: "Reviews what changed, with specialists in parallel.",
        discussion: """
            Looks at uncommitted changes, at what is staged, or at a range. A finding whose evidence isn't in the file is dropped. \
            Without a server the built-in checks speak alone.

            A comment teamfix:ignore [rule[, rule]] [-- reason], on a finding's line or alone on the line above, sets findings \
            aside; so does a baseline. They are counted in every output and don't decide the exit code.
            """)

    @OptionGroup package var analyze: AnalyzeArguments
    @OptionGroup package var prompts: PromptArguments
    @OptionGroup package var common: CommonOptions

    package static let formats = OutputFormat.allCases

    /// A report and which of its findings count.
    private struct Reviewed: Sendable {
        var report: Analyze.Report
        var judged: [JudgedFinding]
    }

    package init() {}

    package func perform(_ invocation: Invocation) async throws -> ExitStatus {
        let session = try await Session.open(invocation)
        for path in analyze.paths where !FileManager.default.fileExists(atPath: invocation.surroundings.absolute(path))
        {
            let known = try await session.repository.changes(
                analyze.selection, paths: [session.belowRoot(path)])
            guard !known.isEmpty else {
                throw Failure(.usage, "\(path) is neither there nor changed", hints: ["check the path"], status: .usage)
            }
        }
        // What is wrong with them is told before the work, not after.
        let baselines = try BaselineFiles(analyze, invocation)
        let log = try analyze.log.map { try invocation.readLog($0, root: session.workTree) }
        if prompts.explainPrompts {
            return try await session.explainPrompts { team, _, found in
                var journey = try analyze.journey(session, log: log, team: team)
                journey.noteWithheld = found.withhold
                _ = try await journey.run()
            }
        }
        let (outcome, records) = try await session.record("analyze", problem: analyze.described) { events in
            let team = try await session.team(log: events)
            var journey = try analyze.journey(session, log: log, team: team)
            journey.noteWithheld = WithheldNotes(events).note
            let report = try await journey.run()
            let reviewed = baselines.judged(
                report, minConfidence: analyze.minConfidence ?? FindingFilter.usualConfidence)
            let isBad = reviewed.contains {
                $0.setAside == nil && analyze.failOn.includes($0.reported.finding.severity)
            }
            return RunOutcome(
                Reviewed(report: report, judged: reviewed), outcome: isBad ? "findings" : "clean",
                status: isBad ? .notFixed : .done)
        }
        let reviewed = outcome.value
        try baselines.write(reviewed.judged)
        invocation.showResult(
            AnalyzeView(
                reviewed.report, judged: reviewed.judged, run: session.run, records: records,
                isOffline: common.offline, subject: analyze.described, status: outcome.status))
        return outcome.status
    }
}

extension AnalyzeArguments {
    /// What is compared.
    package var selection: ChangeSelection {
        if staged { return .staged }
        return range.map { .range($0) } ?? .all
    }

    var described: String { staged ? "what is staged" : range ?? "uncommitted changes" }

    func journey(_ session: Session, log: BuildLog?, team: TeamOrchestrator?) throws -> Analyze {
        Analyze(
            repository: try session.repository, selection: selection, paths: paths.map(session.belowRoot), log: log,
            orchestrator: team, pattern: session.configuration.pattern, planner: planner,
            records: team?.options.records ?? TrackRecords(), checks: session.builtinChecks)
    }
}

extension AnalyzeArguments.Threshold {
    /// Whether a finding of this severity reaches the threshold.
    func includes(_ severity: Finding.Severity) -> Bool {
        switch self {
        case .never: false
        case .error: severity == .error
        case .warning: severity != .note
        case .note: true
        }
    }
}
