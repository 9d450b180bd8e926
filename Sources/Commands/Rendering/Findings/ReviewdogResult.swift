import Diagnostics
import Specialists

/// reviewdog's diagnostic format (`rdjson`): one `DiagnosticResult`.
struct ReviewdogResult: Encodable {
    struct Source: Encodable {
        var name: String
    }

    struct Position: Encodable {
        var line: Int
        /// In bytes of UTF-8, from 1.
        var column: Int?
    }

    struct Range: Encodable {
        var start: Position
        var end: Position?
    }

    struct Location: Encodable {
        var path: String
        var range: Range?
    }

    struct Code: Encodable {
        var value: String
    }

    struct Suggestion: Encodable {
        var range: Range
        var text: String
    }

    struct Diagnostic: Encodable {
        var message: String
        var location: Location
        var severity: String
        var source: Source
        var code: Code
        /// Only what can be applied as it stands: reviewdog offers it as a change.
        var suggestions: [Suggestion]?
    }

    enum CodingKeys: CodingKey { case source, severity, diagnostics }

    var source = Source(name: "teamfix")
    var severity: String
    var diagnostics: [Diagnostic]

    init(_ view: AnalyzeView) {
        severity = Self.severity(view.findings.map(\.finding.severity).min() ?? .note)
        diagnostics = view.findings.map(Self.diagnostic)
    }

    private static func diagnostic(_ entry: FindingEntry) -> Diagnostic {
        let finding = entry.finding
        let parts = [finding.message, finding.suggestion].filter { !$0.isEmpty }.map(sanitized)
        let range = finding.line.map { line in
            let start = entry.columns.flatMap { entry.column($0.lowerBound, measuring: \.utf8.count) }
            let end = entry.replacement.flatMap { entry.column($0.columns.upperBound, measuring: \.utf8.count) }
            return Range(
                start: Position(line: line, column: start), end: end.map { Position(line: line, column: $0) })
        }
        let suggestions = entry.replacement.flatMap { replacement in
            range.map { [Suggestion(range: $0, text: replacement.text)] }
        }
        return Diagnostic(
            message: parts.joined(separator: "\n"), location: Location(path: finding.file, range: range),
            severity: severity(finding.severity),
            source: Source(name: (["teamfix"] + entry.sources).map(sanitizedLine).joined(separator: "/")),
            code: Code(value: entry.rule), suggestions: suggestions)
    }

    private static func severity(_ severity: Finding.Severity) -> String {
        switch severity {
        case .error: "ERROR"
        case .warning: "WARNING"
        case .note: "INFO"
        }
    }
}
