extension SourceText {
    /// The text with a range of lines written anew.
    ///
    /// Lines that were there before keep their bytes: their ending, their encoding, a byte order mark. New lines get the
    /// ending that the text uses most, and a final newline that was missing stays missing.
    /// - Parameter key: what makes an old line and a new one the same.
    /// - Returns: nil when the range lies outside of the text, or when a line would lose its encoding: what a model saw of bytes
    ///   that aren't UTF-8 are replacement characters, and only an unchanged line can be put back.
    package func replacing(
        _ target: ClosedRange<Int>, with lines: [String], key: (String) -> String = { $0 }
    ) -> SourceText? {
        guard target.lowerBound >= 1, target.upperBound <= lineCount, let range = range(ofLines: target) else {
            return nil
        }
        let mark = target.lowerBound == 1 && bytes.starts(with: Self.byteOrderMark) ? Self.byteOrderMark.count : 0
        let old = target.map { number in
            let text = line(number)
            return number == 1 && mark > 0 && text.hasPrefix("\u{feff}") ? String(text.dropFirst()) : text
        }
        let new = lines.enumerated().map { number, line in
            number == 0 && line.hasPrefix("\u{feff}") ? String(line.dropFirst()) : line
        }
        let isLossless = Array(String(decoding: bytes[range], as: UTF8.self).utf8).elementsEqual(bytes[range])
        var pieces: [(body: [UInt8], ending: [UInt8])] = []
        func keep(_ index: Int) {
            let number = target.lowerBound + index
            guard var body = self.range(ofLine: number), let whole = rangeWithEnding(ofLine: number) else { return }
            let ending = Array(bytes[body.upperBound..<whole.upperBound])
            if number == 1 { body = min(body.lowerBound + mark, body.upperBound)..<body.upperBound }
            pieces.append((Array(bytes[body]), ending))
        }
        var position = 0
        for hunk in lineHunks(old.map(key), new.map(key)) {
            for index in position..<hunk.old.lowerBound { keep(index) }
            for line in new[hunk.new] {
                if !isLossless, line.contains("\u{fffd}") { return nil }
                pieces.append((Array(line.utf8), []))
            }
            position = hunk.old.upperBound
        }
        for index in position..<old.count { keep(index) }

        let usual = Array(lineEnding.utf8)
        let endsWithNewline = bytes[range].last == 0x0A
        var result = Array(bytes[..<(range.lowerBound + mark)])
        for (index, piece) in pieces.enumerated() {
            result += piece.body
            if index == pieces.count - 1, !endsWithNewline { break }
            result += piece.ending.isEmpty ? usual : piece.ending
        }
        return SourceText(result + bytes[range.upperBound...])
    }

    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
}
