import Specialists
import Workflows

extension AnalyzeView {
    /// The most findings that are shown in full; the summary counts all of them.
    private static let mostShown = 500

    package func lines(width: Int, style: Style) -> [String] {
        var lines: [String] = []
        for entry in findings.prefix(Self.mostShown) {
            lines += self.lines(entry, width: width, style: style) + [""]
        }
        if findings.count > Self.mostShown {
            lines += ["and \(findings.count - Self.mostShown) more: --format json has them all", ""]
        }
        let isAlone = !usedModels && !isOffline && !files.isEmpty
        let alone = isAlone && findings.isEmpty ? " (the built-in checks alone: no server answered)" : ""
        lines += prose(summary + alone, width: width, style: style)
        lines += failures.flatMap { prose("no answer: \(sanitizedLine($0))", width: width, style: style) }
        if let planner { lines += planner.lines.flatMap { wrapped($0, to: width) } }
        // Who finds nothing wants to go on: figures are in stats.
        guard !findings.isEmpty || !failures.isEmpty else { return lines }
        if usedModels {
            lines += [""] + statistics.lines(width: width, style: style)
        } else if isAlone {
            lines += wrapped(
                "No model took part: the built-in checks alone. Name a server with --server http://HOST:11434",
                to: width)
        }
        return lines
    }

    /// A finding as a good compiler tells it.
    private func lines(_ entry: FindingEntry, width: Int, style: Style) -> [String] {
        let finding = entry.finding
        let role = Self.role(finding.severity)
        var lines = headline(entry, width: width, style: style)
        let margin = String(repeating: " ", count: max(4, finding.line.map { String($0).count } ?? 0) + 1)
        if let excerpt = entry.excerpt {
            lines += SourceSnippet(excerpt, columns: entry.columns, style: style).lines(width: width, role: role)
        } else if !finding.evidence.isEmpty {
            let text = fitted(
                sanitizedLine(finding.evidence), to: width - margin.count - 2, ellipsis: style.glyphs.ellipsis)
            lines.append(style.apply(.faint, "\(margin)|") + " " + text)
        }
        func add(_ text: String, _ role: Style.Role?) {
            let parts = prose(text, width: width - margin.count - 2, style: style)
            lines += parts.enumerated().map { index, part in
                margin + style.apply(.faint, index == 0 ? "=" : " ") + " "
                    + (role.map { style.apply($0, part) } ?? part)
            }
        }
        if !finding.suggestion.isEmpty { add("note: \(sanitizedLine(finding.suggestion))", nil) }
        // Of a tool, the rule tells the name already.
        let isTold = entry.confidence == nil && (entry.sources == ["built-in checks"] || entry.rule.hasPrefix("tool/"))
        if !isTold {
            let confidence = entry.confidence.map { "; confidence \(shownNumber($0.value, decimals: 2))" } ?? ""
            add("[\(sanitizedLine(entry.sources.joined(separator: ", ")))\(confidence)]", .faint)
        }
        return lines
    }

    private func headline(_ entry: FindingEntry, width: Int, style: Style) -> [String] {
        let finding = entry.finding
        let column = finding.line == nil ? nil : entry.columns?.lowerBound
        let file = sanitizedLine(finding.file)
        // At a line's beginning, GitHub's runner would take such a name for a command.
        let isCommand = file.hasPrefix("::") || file.hasPrefix("##[")
        let place =
            (isCommand ? "./" : "") + file + (finding.line.map { ":\($0)" } ?? "") + (column.map { ":\($0)" } ?? "")
            + ":"
        let severity = "\(finding.severity.rawValue):"
        let whole = "\(place) \(severity) \(sanitizedLine(finding.message)) [\(entry.rule)]"
        var lines = prose(whole, width: width, style: style)
        let start = "\(place) \(severity)"
        if let first = lines.first, first.hasPrefix(start) {
            lines[0] =
                style.apply(.heading, place) + " " + style.apply(Self.role(finding.severity), severity)
                + first.dropFirst(start.count)
        }
        if let last = lines.last, last.hasSuffix("[\(entry.rule)]") {
            lines[lines.count - 1] =
                last.dropLast(entry.rule.count + 2) + style.apply(.faint, "[\(entry.rule)]")
        }
        return lines
    }

    /// Broken at the width of a terminal; in a file or a pipe, where programs look for whole lines, nowhere.
    private func prose(_ text: String, width: Int, style: Style) -> [String] {
        style.cuts ? wrapped(text, to: width) : [text]
    }

    private static func role(_ severity: Finding.Severity) -> Style.Role {
        switch severity {
        case .error: .error
        case .warning: .warning
        case .note: .hint
        }
    }
}
