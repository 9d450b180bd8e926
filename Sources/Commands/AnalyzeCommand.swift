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
            """)

    @OptionGroup package var analyze: AnalyzeArguments
    @OptionGroup package var prompts: PromptArguments
    @OptionGroup package var common: CommonOptions

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
            let isBad = report.findings.contains { analyze.failOn.includes($0.finding.severity) }
            return RunOutcome(report, outcome: isBad ? "findings" : "clean", status: isBad ? .notFixed : .done)
        }
        invocation.showResult(AnalyzeView(outcome.value, run: session.run, records: records, isOffline: common.offline))
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

/// What `analyze` shows.
package struct AnalyzeView: Report {
    var schema = "teamfix.analyze/1"
    var run: String
    var files: [String]
    var findings: [Analyze.Reported]
    var dropped: Int
    var failures: [String]
    var usedModels: Bool
    var planner: PlanOrigin?
    var timings: Analyze.Timings
    var statistics: StatisticsReport
    private var isOffline: Bool

    enum CodingKeys: CodingKey {
        case schema, run, files, findings, dropped, failures, usedModels, planner, timings, statistics
    }

    package init(_ report: Analyze.Report, run: String, records: [RunRecord], isOffline: Bool) {
        self.run = run
        self.isOffline = isOffline
        files = report.files
        findings = report.findings
        dropped = report.dropped
        failures = report.failures
        usedModels = report.usedModels
        planner = report.planner
        timings = report.timings
        statistics = StatisticsReport(records, run: run)
    }

    package func lines(width: Int, style: Style) -> [String] {
        if files.isEmpty { return ["nothing has changed"] }
        var lines: [String] = []
        for reported in findings {
            let finding = reported.finding
            let role: Style.Role =
                finding.severity == .error ? .error : finding.severity == .warning ? .warning : .faint
            let place = "\(sanitizedLine(finding.file))\(finding.line.map { ":\($0)" } ?? ""): "
            lines += wrapped("\(place)\(finding.severity.rawValue): \(sanitizedLine(finding.message))", to: width)
                .enumerated().map {
                    $0.offset == 0 ? style.apply(role, $0.element) : $0.element
                }
            if !finding.evidence.isEmpty {
                lines.append(
                    fitted("    | \(sanitizedLine(finding.evidence))", to: width, ellipsis: style.glyphs.ellipsis))
            }
            if !finding.suggestion.isEmpty {
                lines += wrapped(sanitizedLine(finding.suggestion), to: width - 4).map { "    " + $0 }
            }
            let confidence = reported.confidence.map { "; confidence \(shownNumber($0.value, decimals: 2))" } ?? ""
            lines.append(style.apply(.faint, "    [\(reported.sources.joined(separator: ", "))\(confidence)]"))
        }
        if !findings.isEmpty { lines.append("") }
        var summary = "\(counted(findings.count, "finding")) in \(counted(files.count, "changed file"))"
        if dropped > 0 { summary += "; \(dropped) dropped: the evidence isn't in the file" }
        lines += wrapped(summary, to: width)
        lines += failures.flatMap { wrapped("no answer: \(sanitizedLine($0))", to: width) }
        if let planner { lines += planner.lines.flatMap { wrapped($0, to: width) } }
        if usedModels {
            lines += [""] + statistics.lines(width: width, style: style)
        } else if !isOffline {
            lines += wrapped(
                "No model took part: the built-in checks alone. Name a server with --server http://HOST:11434",
                to: width)
        }
        return lines
    }
}
