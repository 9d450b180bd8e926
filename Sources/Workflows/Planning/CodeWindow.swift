/// The lines of a file that a model is asked to write again.
package struct CodeWindow: Sendable, Equatable {
    package var file: String
    package var lines: ClosedRange<Int>

    package init(file: String, lines: ClosedRange<Int>) {
        self.file = file
        self.lines = lines
    }

    /// The smallest sufficient windows around a suspect, narrowest first.
    ///
    /// A few lines around a named line cost a small model seconds and leave it little to spoil; the whole function shows how the
    /// line is meant. A function that is too long for the model is cut around the line.
    /// - Parameter longest: the most bytes of a window.
    /// - Returns: no window when not even the line itself fits.
    package static func windows(for suspect: Suspect, in text: SourceText, longest: Int) -> [CodeWindow] {
        var result: [CodeWindow] = []
        let last = text.lineCount
        // Tools name lines that aren't there: one past the end, or those of another version of the file.
        func clamped(_ line: Int) -> Int { min(max(1, line), last) }
        if let line = suspect.line.map(clamped) {
            result.append(CodeWindow(file: suspect.file, lines: clamped(line - 4)...clamped(line + 3)))
        }
        var lines = clamped(suspect.lines.lowerBound)...clamped(suspect.lines.upperBound)
        if let range = text.range(ofLines: lines), range.count > longest {
            lines = cut(lines, around: suspect.line.map(clamped) ?? lines.lowerBound, in: text, longest: longest)
        }
        let whole = CodeWindow(file: suspect.file, lines: lines)
        if !result.contains(whole) { result.append(whole) }
        // A line that is too long alone fits no prompt: generated code, mostly.
        return result.filter { (text.range(ofLines: $0.lines)?.count ?? 0) <= longest }
    }

    /// The lines around one line that fit a number of bytes.
    package static func cut(
        _ lines: ClosedRange<Int>, around line: Int, in text: SourceText, longest: Int
    ) -> ClosedRange<Int> {
        var first = min(max(line, lines.lowerBound), lines.upperBound)
        var last = first
        var size = text.rangeWithEnding(ofLine: first)?.count ?? 0
        while true {
            var grew = false
            if first > lines.lowerBound, let more = text.rangeWithEnding(ofLine: first - 1)?.count,
                size + more <= longest
            {
                first -= 1
                size += more
                grew = true
            }
            if last < lines.upperBound, let more = text.rangeWithEnding(ofLine: last + 1)?.count, size + more <= longest
            {
                last += 1
                size += more
                grew = true
            }
            if !grew { return first...last }
        }
    }
}
