import Events
import Specialists

extension AnalyzeView {
    private static let mostRows = 60
    private static let mostSnippets = 20

    package func markdown(atMost bytes: Int) -> String {
        var parts = MarkdownParts()
        let count = files.isEmpty ? "nothing has changed" : counted(findings.count, "finding")
        parts.add("## \(findings.isEmpty ? "✅" : "🔎") teamfix analyze: \(count)")
        if !files.isEmpty {
            let who = usedModels ? "" : " The built-in checks alone; no model took part."
            parts.add("\(summary.prefix(1).uppercased())\(summary.dropFirst()).\(who)")
        }
        parts.add("findings", rank: 1, table)
        parts.add("the lines", rank: 3, snippets)
        let silent = failures.prefix(10).map { "- ⚠️ no answer: \(Markdown.prose($0, most: 300))" }
        parts.add("failures", rank: 2, silent.joined(separator: "\n"))
        if usedModels {
            let figures = statistics.figureLines(width: 72, style: Style(.plain)).joined(separator: "\n")
            parts.add("statistics", rank: 3, Markdown.folded("Statistics", Markdown.fence(figures, as: "text")))
        }
        return parts.text(atMost: bytes)
    }

    private var table: String {
        guard !findings.isEmpty else { return "" }
        let rows = findings.prefix(Self.mostRows).map { entry in
            let finding = entry.finding
            let suggestion = finding.suggestion.isEmpty ? "" : "<br>→ \(Markdown.prose(finding.suggestion, most: 300))"
            let confidence = entry.confidence.map { "<br>confidence \(shownNumber($0.value, decimals: 2))" } ?? ""
            return [
                finding.severity.rawValue, Markdown.code(Self.place(entry)),
                Markdown.prose(finding.message, most: 300) + suggestion,
                Markdown.code(entry.rule),
                Markdown.prose(entry.sources.joined(separator: ", "), most: 120) + confidence,
            ]
        }
        let more = findings.count > Self.mostRows ? "\n\nand \(findings.count - Self.mostRows) more" : ""
        return Markdown.table(["", "where", "what", "rule", "said by"], rows) + more
    }

    /// The lines that findings are about, folded away.
    private var snippets: String {
        let shown = findings.filter { $0.excerpt != nil }.prefix(Self.mostSnippets)
        guard !shown.isEmpty else { return "" }
        let blocks = shown.compactMap { entry in
            entry.excerpt.map { excerpt in
                let snippet = SourceSnippet(
                    excerpt, columns: entry.columns, style: Style(Terminal(isTerminal: false, hasUnicode: true)))
                let lines = snippet.lines(width: 100, role: .faint).joined(separator: "\n")
                return "\(Markdown.code(Self.place(entry))): \(Markdown.prose(entry.finding.message, most: 300))\n\n"
                    + Markdown.fence(lines, as: "text")
            }
        }
        let left = findings.count - shown.count
        let title = left == 0 ? "The lines" : "The lines of the first \(shown.count)"
        return Markdown.folded(title, blocks.joined(separator: "\n\n"))
    }

    private static func place(_ entry: FindingEntry) -> String {
        let line = entry.finding.line.map { ":\($0)" } ?? ""
        let column = line.isEmpty ? "" : entry.columns.map { ":\($0.lowerBound)" } ?? ""
        return entry.finding.file + line + column
    }
}
