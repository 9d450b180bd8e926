import Specialists

/// Whether a finding's evidence is really in the file, and on which line.
package struct Evidence: Sendable {
    package var file: String
    package var text: SourceText

    package init(file: String, text: SourceText) {
        self.file = file
        self.text = text
    }

    /// The finding with its line set to where its evidence stands; nil when the evidence isn't in the file.
    ///
    /// White space may differ: models normalise it. Of several places the one nearest to the line that the finding names is
    /// taken. Evidence shorter than three characters proves nothing.
    package func anchored(_ finding: Finding) -> Finding? {
        let wanted = finding.evidence.split(separator: "\n").map { Self.plain(String($0)) }.filter { !$0.isEmpty }
        guard let first = wanted.first, first.count >= 3 else { return nil }
        let lines = (1...max(1, text.lineCount)).map { Self.plain(text.line($0)) }
        var places: [Int] = []
        for (index, line) in lines.enumerated() where line.contains(first) {
            let rest = lines[index...].prefix(wanted.count)
            if zip(rest, wanted).allSatisfy({ $0.contains($1) }), rest.count == wanted.count {
                places.append(index + 1)
            }
        }
        let named = finding.line ?? places.first ?? 1
        guard let line = places.min(by: { abs($0 - named) < abs($1 - named) }) else { return nil }
        var result = finding
        result.file = file
        result.line = line
        result.evidence = text.line(line).trimmingWhitespace
        return result
    }

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
