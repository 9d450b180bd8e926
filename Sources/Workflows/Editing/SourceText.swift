/// A file's content with its lines found, byte for byte as it is: endings, tabs, encoding and a missing final newline stay.
package struct SourceText: Sendable, Hashable {
    package let bytes: [UInt8]
    /// The offset at which each line starts. An empty text has one line.
    package let lineStarts: [Int]

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
        var starts = [0]
        for (offset, byte) in bytes.enumerated() where byte == 0x0A && offset + 1 < bytes.count {
            starts.append(offset + 1)
        }
        lineStarts = starts
    }

    package init(_ text: String) { self.init(Array(text.utf8)) }

    package var lineCount: Int { lineStarts.count }

    /// The range of a 1-based line without its ending; nil outside the text.
    package func range(ofLine line: Int) -> Range<Int>? {
        guard let whole = rangeWithEnding(ofLine: line) else { return nil }
        var end = whole.upperBound
        if end > whole.lowerBound, bytes[end - 1] == 0x0A { end -= 1 }
        if end > whole.lowerBound, bytes[end - 1] == 0x0D { end -= 1 }
        return whole.lowerBound..<end
    }

    /// The range of a 1-based line with its ending; nil outside the text.
    package func rangeWithEnding(ofLine line: Int) -> Range<Int>? {
        guard line >= 1, line <= lineCount else { return nil }
        let end = line < lineCount ? lineStarts[line] : bytes.count
        return lineStarts[line - 1]..<end
    }

    /// A 1-based line without its ending; empty outside the text.
    package func line(_ line: Int) -> String {
        range(ofLine: line).map { String(decoding: bytes[$0], as: UTF8.self) } ?? ""
    }

    /// The lines of a closed range, each with its ending; what lies outside the text is left out.
    package func lines(_ lines: ClosedRange<Int>) -> String {
        guard let range = range(ofLines: lines) else { return "" }
        return String(decoding: bytes[range], as: UTF8.self)
    }

    /// Every line with its ending.
    package var allLines: [String] { (1...lineCount).map { lines($0...$0) } }

    /// The bytes of a closed range of lines, endings included; nil when none of them exists.
    package func range(ofLines lines: ClosedRange<Int>) -> Range<Int>? {
        let first = max(1, lines.lowerBound)
        let last = min(lineCount, lines.upperBound)
        guard first <= last, let start = rangeWithEnding(ofLine: first), let end = rangeWithEnding(ofLine: last) else {
            return nil
        }
        return start.lowerBound..<end.upperBound
    }

    /// The offset of a 1-based line and byte column; a column past the line's end is its end. nil outside the text.
    package func offset(line: Int, column: Int) -> Int? {
        guard let range = range(ofLine: line) else {
            // The end of a text is a place too: tools report a missing brace one line after the last.
            return line == lineCount + 1 ? bytes.count : nil
        }
        return range.lowerBound + min(max(1, column) - 1, range.count)
    }

    /// The offset of a 1-based line and display column, as gcc counts since version 11: a tab goes to the next multiple of 8.
    package func offset(line: Int, displayColumn: Int) -> Int? {
        guard let range = range(ofLine: line) else { return offset(line: line, column: displayColumn) }
        var column = 1
        for (offset, byte) in zip(range, bytes[range]) {
            if column >= displayColumn { return offset }
            if byte & 0xC0 == 0x80 { continue }
            column = byte == 0x09 ? ((column - 1) / 8 + 1) * 8 + 1 : column + 1
        }
        return range.upperBound
    }

    /// The 1-based line that holds an offset.
    package func line(at offset: Int) -> Int {
        var low = 0
        var high = lineStarts.count - 1
        while low < high {
            let middle = (low + high + 1) / 2
            if lineStarts[middle] <= offset { low = middle } else { high = middle - 1 }
        }
        return low + 1
    }

    /// The text as a string; bytes that aren't UTF-8 are shown as replacement characters.
    package var string: String { String(decoding: bytes, as: UTF8.self) }

    /// The line ending that the text uses most.
    package var lineEnding: String {
        var returns = 0
        var newlines = 0
        var previous: UInt8 = 0
        for byte in bytes {
            if byte == 0x0A {
                newlines += 1
                if previous == 0x0D { returns += 1 }
            }
            previous = byte
        }
        return returns * 2 > newlines ? "\r\n" : "\n"
    }

    /// The white space that a line starts with.
    package func indentation(ofLine line: Int) -> String {
        String(self.line(line).prefix { $0 == " " || $0 == "\t" })
    }

    /// Whether it looks like text: no NUL byte in its first 8,000, as git decides it.
    package var isText: Bool { !bytes.prefix(8_000).contains(0) }
}

extension String {
    /// The width of white space with tab stops every eight columns.
    var expandedWidth: Int { reduce(0) { $1 == "\t" ? ($0 / 8 + 1) * 8 : $0 + 1 } }
}
