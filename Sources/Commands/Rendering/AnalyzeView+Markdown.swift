import Specialists

extension AnalyzeView {
    package func markdown(atMost bytes: Int) -> String {
        var parts = MarkdownParts()
        let count = files.isEmpty ? "nothing has changed" : counted(findings.count, "finding")
        parts.add("## \(findings.isEmpty ? "✅" : "🔎") teamfix analyze: \(count)")
        if !files.isEmpty {
            let left = dropped > 0 ? " \(dropped) more were dropped: their evidence isn't in the file." : ""
            let who = usedModels ? "" : " The built-in checks alone; no model took part."
            parts.add("In \(counted(files.count, "changed file")).\(left)\(who)")
        }
        parts.add("findings", rank: 1, table)
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
        let rows = findings.prefix(60).map { reported in
            let finding = reported.finding
            let place = finding.file + (finding.line.map { ":\($0)" } ?? "")
            let evidence = finding.evidence.isEmpty ? "" : "<br>\(Markdown.code(finding.evidence))"
            let suggestion = finding.suggestion.isEmpty ? "" : "<br>→ \(Markdown.prose(finding.suggestion, most: 300))"
            return [
                finding.severity.rawValue, Markdown.code(place),
                Markdown.prose(finding.message, most: 300) + evidence + suggestion,
                Markdown.prose(reported.sources.joined(separator: ", "), most: 120),
            ]
        }
        let more = findings.count > 60 ? "\n\nand \(findings.count - 60) more" : ""
        return Markdown.table(["", "where", "what", "said by"], rows) + more
    }
}
