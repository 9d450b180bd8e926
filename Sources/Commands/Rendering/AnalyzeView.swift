import Events
import Orchestration
import Specialists
import Workflows

/// What `analyze` shows.
package struct AnalyzeView: Report {
    var schema = "teamfix.analyze/1"
    var run: String
    var exitCode: Int32
    /// What was compared, in words.
    var subject: String
    var files: [String]
    /// What counts.
    var findings: [FindingEntry]
    /// What was found and doesn't count, each with why.
    var setAside: [FindingEntry]
    var counts: FindingCounts
    var dropped: Int
    var droppedFindings: [Analyze.Dropped]
    var failures: [String]
    var usedModels: Bool
    var planner: PlanOrigin?
    var statistics: StatisticsReport
    var timings: Analyze.Timings
    var isOffline: Bool

    enum CodingKeys: CodingKey {
        case schema, run, exitCode, files, findings, setAside, counts, dropped, droppedFindings, failures, usedModels
        case planner, timings, statistics
    }

    /// - Parameters:
    ///   - judged: the report's findings, filtered; without it, only comments in the code set findings aside.
    package init(
        _ report: Analyze.Report, judged: [JudgedFinding]? = nil, run: String, records: [RunRecord], isOffline: Bool,
        subject: String = "uncommitted changes", status: ExitStatus = .done
    ) {
        let entries = FindingEntry.withoutSecrets(
            (judged ?? FindingFilter.standard.judged(report.findings)).map(FindingEntry.init))
        self.run = run
        self.isOffline = isOffline
        self.subject = subject
        exitCode = status.rawValue
        files = report.files
        findings = entries.filter { $0.setAside == nil }
        setAside = entries.filter { $0.setAside != nil }
        counts = FindingCounts(entries)
        dropped = report.dropped
        droppedFindings = report.droppedFindings
        failures = report.failures
        usedModels = report.usedModels
        planner = report.planner
        timings = report.timings
        statistics = StatisticsReport(records, run: run)
    }

    /// The result in a sentence, the same in every form.
    var summary: String {
        if files.isEmpty { return "nothing has changed" }
        var parts = ["\(counts.found) in \(counted(files.count, "changed file"))"]
        if !counts.setAside.isEmpty { parts.append(counts.setAside) }
        if dropped > 0 { parts.append("\(dropped) dropped: the change doesn't bear it out") }
        return parts.joined(separator: "; ")
    }

    package func interchange(_ format: OutputFormat) -> String {
        switch format {
        case .sarif: jsonText(SARIFLog(self))
        case .rdjson: jsonText(ReviewdogResult(self))
        case .github: GitHubAnnotations(self).text
        case .junit: JUnitReport(self).text
        case .text, .json, .markdown: ""
        }
    }
}

extension FindingFilter {
    /// The filter with the digest that baselines and reports have.
    package static func standard(minConfidence: Double, baseline: Set<String>) -> FindingFilter {
        FindingFilter(minConfidence: minConfidence, baseline: baseline, digest: fingerprint)
    }

    /// What comments in the code ask for, and nothing else.
    package static var standard: FindingFilter { standard(minConfidence: 0, baseline: []) }

    /// 128 bits are enough to tell a repository's findings apart.
    @Sendable private static func fingerprint(_ identity: String) -> String {
        String(TrustRecord.digest(Array(identity.utf8)).prefix(32))
    }
}

extension Analyze.Report {
    /// The findings that no comment in the code sets aside, for what knows neither baselines nor thresholds.
    package var standing: [Analyze.Reported] {
        FindingFilter.standard(minConfidence: FindingFilter.usualConfidence, baseline: []).judged(findings).filter {
            $0.setAside == nil
        }.map(\.reported)
    }
}
