/// One replacement in one file: bytes of the file as it is now, and what stands there afterwards.
package struct Edit: Sendable, Hashable {
    package var file: String
    /// Byte offsets into the file's present content; empty for an insertion.
    package var range: Range<Int>
    package var replacement: [UInt8]

    package init(file: String, range: Range<Int>, replacement: [UInt8]) {
        self.file = file
        self.range = range
        self.replacement = replacement
    }

    package init(file: String, range: Range<Int>, replacement: String) {
        self.init(file: file, range: range, replacement: Array(replacement.utf8))
    }
}

/// Why edits don't apply.
package enum EditError: Error, Equatable {
    case outside(file: String)
    case overlapping(file: String)
    case noSuchFile(String)
}

extension SourceText {
    /// The text with the edits made: all of them or none.
    ///
    /// Insertions at one place keep their order. Two edits that overlap, or reach outside the text, are an error.
    package func applying(_ edits: [Edit]) throws(EditError) -> SourceText {
        let ordered = edits.enumerated().sorted {
            ($0.element.range.lowerBound, $0.element.range.upperBound, $0.offset)
                < ($1.element.range.lowerBound, $1.element.range.upperBound, $1.offset)
        }.map(\.element)
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count + 64)
        var position = 0
        for edit in ordered {
            guard edit.range.upperBound <= bytes.count else { throw .outside(file: edit.file) }
            guard edit.range.lowerBound >= position else { throw .overlapping(file: edit.file) }
            result += bytes[position..<edit.range.lowerBound]
            result += edit.replacement
            position = edit.range.upperBound
        }
        result += bytes[position...]
        return SourceText(result)
    }
}
