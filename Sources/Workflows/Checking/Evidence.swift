import Git
import Specialists

/// Whether a finding's evidence is really in the file, where the change is, and on which line.
package struct Evidence: Sendable {
    package var file: String
    package var text: SourceText
    /// The lines that a change touched; nil when any line will do.
    package var changed: [ClosedRange<Int>]?

    /// So many lines from a change its consequences are still believed.
    package static let reach = 3
    /// Shorter quotes prove something only where the finding says that they stand, or as a whole line.
    private static let shortQuote = 6

    package init(file: String, text: SourceText, changed: [ClosedRange<Int>]? = nil) {
        self.file = file
        self.text = text
        self.changed = changed
    }

    /// The lines of a file's newer side that a change touched: those that it added, and those around what it removed.
    package static func changedLines(_ change: FileChange) -> [ClosedRange<Int>] {
        change.hunks.flatMap { hunk in
            // A hunk that leaves nothing stands behind the line that it names.
            var next = hunk.newCount == 0 ? hunk.newStart + 1 : hunk.newStart
            return hunk.lines.map { line in
                guard line.kind != .removed else { return max(1, next - 1)...max(1, next) }
                next += 1
                return line.kind == .added ? (next - 1)...(next - 1) : 0...0
            }.filter { $0 != 0...0 }
        }
    }

    /// Whether a change touched a line itself.
    package func isChanged(_ line: Int) -> Bool { changed?.contains { $0.contains(line) } ?? true }

    private func isNearChange(_ lines: ClosedRange<Int>) -> Bool {
        changed?.contains {
            $0.lowerBound - Self.reach <= lines.upperBound && lines.lowerBound <= $0.upperBound + Self.reach
        } ?? true
    }

    /// The finding with its line set to where its evidence stands; nil when the evidence isn't in the file, or nowhere
    /// near a change.
    ///
    /// White space may differ: models normalise it, and they copy the mark of an added line. Of several places the one nearest
    /// to the line that the finding names is taken. Evidence shorter than three characters, or without a letter or digit,
    /// proves nothing.
    package func anchored(_ finding: Finding) -> Finding? {
        let lines = (1...max(1, text.lineCount)).map { Self.plain(text.line($0)) }
        for wanted in Self.readings(of: finding.evidence) {
            let places = places(of: wanted, in: lines, finding)
            let named = finding.line ?? places.first ?? 1
            guard let line = places.min(by: { rank($0, named) < rank($1, named) }) else { continue }
            var result = finding
            result.file = file
            result.line = line
            result.evidence = text.line(line).trimmingWhitespace
            return result
        }
        return nil
    }

    /// The lines at which a quote stands that a change can have to do with.
    private func places(of wanted: [String], in lines: [String], _ finding: Finding) -> [Int] {
        guard let first = wanted.first, first.count >= 3,
            wanted.contains(where: { $0.contains { $0.isLetter || $0.isNumber } })
        else { return [] }
        let isShort = wanted.count == 1 && first.count < Self.shortQuote
        return lines.indices.compactMap { index in
            guard lines[index].contains(first) else { return nil }
            if isShort, lines[index] != first, finding.line.map({ abs($0 - index - 1) > 1 }) ?? true { return nil }
            let rest = lines[index...].prefix(wanted.count)
            guard rest.count == wanted.count, zip(rest, wanted).allSatisfy({ $0.contains($1) }),
                isNearChange((index + 1)...(index + wanted.count))
            else { return nil }
            return index + 1
        }
    }

    /// What a quote may mean, the likeliest first: as it stands; without the marks of added lines; as one line, whose escapes
    /// were read for line breaks; without the sign at its end that the finding misses there.
    private static func readings(of quote: String) -> [[String]] {
        func lines(_ text: String, _ change: (String) -> String = { $0 }) -> [String] {
            text.split(whereSeparator: \.isNewline).map { change(plain(String($0))) }.filter { !$0.isEmpty }
        }
        func unmarked(_ line: String) -> String { line.first == "+" ? String(line.dropFirst()) : line }
        let asIs = lines(quote)
        let escaped = quote.trimmingWhitespace.replacing("\n", with: "\\n").replacing("\t", with: "\\t")
        var readings = [asIs, lines(quote, unmarked), lines(escaped, unmarked)]
        if asIs.count == 1 {
            let open = unmarked(asIs[0]).reversed().drop { ":;,{.".contains($0) }.reversed()
            if open.count >= shortQuote { readings.append([String(open)]) }
        }
        return readings
    }

    /// The nearest place first; of equally near ones one that changed.
    private func rank(_ place: Int, _ named: Int) -> (Int, Int) { (abs(place - named), isChanged(place) ? 0 : 1) }

    /// Whether a tool has said the same already: of a line that doesn't parse, a model's opinion on its syntax is no news.
    package static func isToldAlready(_ finding: Finding, by told: [Finding]) -> Bool {
        let words = Set(finding.message.lowercased().split { !$0.isLetter }.map(String.init))
        return told.contains { tool in
            // What is worse than what the tool says isn't the same.
            guard tool.file == finding.file, let line = tool.line, let own = finding.line, abs(line - own) <= 1,
                finding.severity >= tool.severity, let family = tool.rule?.split(separator: "/").first
            else { return false }
            return sameWords[String(family)]?.isDisjoint(with: words) == false
        }
    }

    private static let sameWords: [String: Set<String>] = [
        "syntax": [
            "syntax", "unterminated", "unclosed", "unbalanced", "parenthesis", "parentheses", "bracket", "brackets",
            "brace",
            "braces", "semicolon", "parse", "colon", "quote", "comma",
        ],
        "conflict": ["conflict", "marker", "markers"],
        "whitespace": ["whitespace", "trailing", "indentation", "tab", "tabs"],
        "secret": ["secret", "secrets", "password", "token", "credential", "credentials", "hardcoded"],
        "debugging": ["debug", "debugger", "debugging", "breakpoint"],
    ]

    /// Without white space, and without the line number and `+` that prompts show in front.
    private static func plain(_ line: String) -> String {
        var text = line[...].drop { $0 == " " || $0 == "\t" }
        let digits = text.prefix { $0.isNumber }
        if !digits.isEmpty, let bar = text.dropFirst(digits.count).first(where: { $0 != " " }), bar == "|" {
            text = text.dropFirst(digits.count).drop { $0 == " " }.dropFirst()
            if text.first == "+" { text = text.dropFirst() }
        }
        return text.filter { !$0.isWhitespace }
    }
}
