import Orchestration
import Specialists

@testable import Commands
@testable import Workflows

/// Findings of every kind, as a review hands them out.
enum FindingsSample {
    static func reported(
        _ file: String = "src/f.c", line: Int? = 2, column: Int? = nil, _ severity: Finding.Severity = .error,
        _ message: String = "assignment used as a condition", text: String? = "    if (a = 1) return 2;",
        above: String? = nil, rule: String? = nil, suggestion: String = "", sources: [String] = ["built-in checks"],
        confidence: Confidence? = nil, evidence: String? = nil
    ) -> Analyze.Reported {
        Analyze.Reported(
            finding: Finding(
                file: file, line: line, severity: severity, message: message, evidence: evidence ?? text ?? "",
                suggestion: suggestion, rule: rule, column: column),
            sources: sources, confidence: confidence,
            excerpt: line.flatMap { line in text.map { Excerpt(line: line, text: $0, above: above) } })
    }

    static let all: [Analyze.Reported] = [
        reported(
            "src/b,1:x.c", line: nil, .error, "The file has an unresolved conflict", text: nil,
            rule: "conflict/unresolved",
            suggestion: "Resolve it and git add the file."),
        reported(
            "src/f.c", line: 2, column: 9, .error, "assignment used as a condition", rule: nil,
            suggestion: "Compare with ==.", sources: ["Logic Analyst", "Code Analyst"],
            confidence: Confidence(agreeing: 2, independent: 3, evidence: .found)),
        reported(
            "src/f.c", line: 3, column: 14, .note, "White space at the end of the line", text: "\treturn a; \t",
            rule: "whitespace/trailing", suggestion: "Remove it."),
        reported(
            "src/f.c", line: 9, .warning, "suggest 100% <more> \u{1B}[31mparentheses & \"quotes\"\nsee: a, b",
            text: "x = a & b == c;", sources: ["gcc"]),
        reported(
            "src/f.c", line: 12, .warning, "unused variable", text: "int unused; // teamfix:ignore -- kept for the ABI",
            sources: ["gcc"]),
        reported(
            "src/known.c", line: 1, .warning, "known of old", text: "int old;", rule: "syntax/c"),
        reported(
            "src/z.py", line: 4, .note, "maybe", text: "doubtful()", sources: ["Code Analyst"],
            confidence: Confidence(agreeing: 1, independent: 3, evidence: .found)),
    ]

    static var report: Analyze.Report {
        var report = Analyze.Report(
            files: ["clean.c", "src/b,1:x.c", "src/f.c", "src/known.c", "src/z.py"], findings: all, dropped: 0,
            failures: ["Security Analyst, src/f.c: the server <gone> & closed"], usedModels: true)
        report.drop(all[1].finding, of: "Logic Analyst", "its evidence isn't in the file")
        return report
    }

    /// The sample as it is shown, with one finding ignored, one in the baseline and one of too little confidence.
    static func view(_ report: Analyze.Report = report) -> AnalyzeView {
        let known = FindingFilter.standard.judged(report.findings).filter { $0.reported.finding.file == "src/known.c" }
        let filter = FindingFilter.standard(minConfidence: 0.45, baseline: Set(known.map(\.fingerprint)))
        return AnalyzeView(
            report, judged: filter.judged(report.findings), run: "20261123-120000-abcd", records: [], isOffline: false,
            status: .notFixed)
    }

    static func view(of findings: [Analyze.Reported]) -> AnalyzeView {
        view(
            Analyze.Report(
                files: Set(findings.map(\.finding.file)).sorted(), findings: findings, dropped: 0, failures: [],
                usedModels: false))
    }
}
