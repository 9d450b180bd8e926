import Specialists

/// The line that a finding is about, as the looked-at version of the file has it.
package struct Excerpt: Sendable, Codable, Equatable {
    /// The line's number, from 1.
    package var line: Int
    /// The line without its ending; of a very long one, what lies around the place that is meant.
    package var text: String
    /// How many characters of the line are left out before `text`.
    package var skipped: Int
    /// The line above, when it is short enough to be a comment; nil for the first line.
    package var above: String?

    /// The most characters that are kept of a line: minified code has lines of megabytes.
    package static let longest = 4_000

    package init(line: Int, text: String, skipped: Int = 0, above: String? = nil) {
        self.line = line
        self.text = text
        self.skipped = skipped
        self.above = above
    }

    /// The excerpt for a place; nil when the file has no such line.
    ///
    /// - Parameter column: in characters from 1; decides what is kept of a long line.
    package init?(line: Int, column: Int?, in text: SourceText) {
        guard text.range(ofLine: line) != nil else { return nil }
        self.line = line
        let whole = text.line(line)
        // Fewer bytes than that are fewer characters, too, and counting those isn't free.
        let isShort = whole.utf8.count <= Self.longest
        let before = min(max(1 + Self.longest / 2, column ?? 1) - 1 - Self.longest / 2, isShort ? 0 : .max)
        skipped = before == 0 ? 0 : min(before, max(0, whole.count - Self.longest))
        self.text = isShort ? whole : String(whole.dropFirst(skipped).prefix(Self.longest))
        let previous = line > 1 ? text.line(line - 1) : nil
        above = previous.flatMap { $0.utf8.count <= Self.longest ? $0 : nil }
    }
}

extension Analyze.Report {
    /// The findings with the lines that they are about.
    ///
    /// - Parameter texts: the files that were looked at, by path.
    package mutating func addExcerpts(from texts: [String: SourceText]) {
        for index in findings.indices {
            let finding = findings[index].finding
            guard let line = finding.line, let text = texts[finding.file] else { continue }
            findings[index].excerpt = Excerpt(line: line, column: finding.column, in: text)
        }
    }
}

extension Analyze.Report {
    private static let mostDropped = 1_000

    /// Counts something that isn't shown, and remembers why.
    mutating func drop(_ finding: Finding?, of specialist: String, _ reason: String) {
        dropped += 1
        guard droppedFindings.count < Self.mostDropped else { return }
        droppedFindings.append(Analyze.Dropped(specialist: specialist, finding: finding, reason: reason))
    }
}
