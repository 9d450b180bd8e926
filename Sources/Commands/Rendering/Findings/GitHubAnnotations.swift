import Diagnostics
import Specialists

/// Workflow commands that make GitHub Actions show findings beside the changed lines.
struct GitHubAnnotations {
    /// GitHub shows so many of each kind for a step, and drops the rest without a word.
    static let mostOfAKind = 10

    private var view: AnalyzeView

    init(_ view: AnalyzeView) { self.view = view }

    /// The commands, the worst first, and what isn't about a line as plain lines.
    var text: String {
        var lines: [String] = []
        var left = 0
        for severity in Finding.Severity.allCases.sorted() {
            let entries = view.findings.filter { $0.finding.severity == severity }
            lines += entries.prefix(Self.mostOfAKind).map(Self.command)
            left += max(0, entries.count - Self.mostOfAKind)
        }
        lines += view.failures.map { "no answer: \(sanitizedLine($0))" }
        let more =
            left == 0 ? "" : "; \(left) more aren't annotated: GitHub shows \(Self.mostOfAKind) of each kind a step"
        lines.append("teamfix analyze: \(sanitizedLine(view.summary))\(more)")
        return lines.map { $0 + "\n" }.joined()
    }

    private static func command(_ entry: FindingEntry) -> String {
        let finding = entry.finding
        let name = finding.severity == .note ? "notice" : finding.severity.rawValue
        var properties = [("file", finding.file)]
        if let line = finding.line {
            properties += [("line", String(line)), ("endLine", String(line))]
            if let columns = entry.columns { properties.append(("col", String(columns.lowerBound))) }
        }
        properties.append(("title", "teamfix: \(entry.rule)"))
        let confidence = entry.confidence.map { "; confidence \(shownNumber($0.value, decimals: 2))" } ?? ""
        let said = "[\(entry.sources.joined(separator: ", "))\(confidence)]"
        let parts = [finding.message, finding.suggestion, said].filter { !$0.isEmpty }.map(sanitized)
        return command(name, properties, parts.joined(separator: "\n"))
    }

    private static func command(_ name: String, _ properties: [(String, String)], _ message: String) -> String {
        let list = properties.map { "\($0.0)=\(escaped(sanitized($0.1), isProperty: true))" }.joined(separator: ",")
        return "::\(name) \(list)::\(escaped(message, isProperty: false))"
    }

    /// What would end a command, or one of its properties, written as the runner reads it.
    static func escaped(_ text: String, isProperty: Bool) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "%": result.append(contentsOf: "%25".unicodeScalars)
            case "\r": result.append(contentsOf: "%0D".unicodeScalars)
            case "\n": result.append(contentsOf: "%0A".unicodeScalars)
            case ":" where isProperty: result.append(contentsOf: "%3A".unicodeScalars)
            case "," where isProperty: result.append(contentsOf: "%2C".unicodeScalars)
            default: result.append(scalar)
            }
        }
        return String(result)
    }
}
