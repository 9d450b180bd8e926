/// Keeps of a candidate only what stands near a line: models that mend one line like to tidy up others.
///
/// - Returns: the reduced text; nil when nothing lies near, or when everything does.
package func keepingHunks(near line: Int, within distance: Int, old: SourceText, new: SourceText) -> SourceText? {
    let hunks = lineHunks(old.allLines, new.allLines)
    let kept = hunks.filter { hunk in
        let first = hunk.old.lowerBound + 1
        let last = max(first, hunk.old.upperBound)
        return line >= first - distance && line <= last + distance
    }
    guard !kept.isEmpty, kept.count < hunks.count else { return nil }
    return applying(kept, of: new, to: old)
}

/// Keeps of a candidate what is more than comments and white space: models leave out comments that they don't need, and
/// blank lines. What isn't a line's own comment counts as code.
///
/// - Returns: the reduced text; nil when that is all of it or nothing of it, and where the language isn't known.
package func keepingCode(in file: String, old: SourceText, new: SourceText) -> SourceText? {
    let syntax = Syntax(file: file)
    let mark: String
    switch syntax {
    case .cLike: mark = "//"
    case .python: mark = "#"
    case .plain: return nil
    }
    let (before, after) = (old.allLines, new.allLines)
    func code(_ lines: ArraySlice<String>) -> [Substring] {
        lines.compactMap { line in
            let text = line.drop { $0.isWhitespace }
            if text.isEmpty || text.hasPrefix(mark) { return nil }
            let end = line.lastIndex { !$0.isWhitespace } ?? line.startIndex
            // Indentation means something in Python.
            return (syntax == .python ? line[...] : text)[...end]
        }
    }
    let hunks = lineHunks(before, after)
    let kept = hunks.filter { code(before[$0.old]) != code(after[$0.new]) }
    guard !kept.isEmpty, kept.count < hunks.count else { return nil }
    return applying(kept, of: new, to: old)
}

private func applying(_ kept: [LineHunk], of new: SourceText, to old: SourceText) -> SourceText {
    // Byte for byte: what isn't UTF-8 stays.
    var result: [UInt8] = []
    var position = 0
    for hunk in kept {
        result += old.bytes[old.offsets(ofLines: position..<hunk.old.lowerBound)]
        result += new.bytes[new.offsets(ofLines: hunk.new)]
        position = hunk.old.upperBound
    }
    result += old.bytes[old.offsets(ofLines: position..<max(position, old.lineCount))]
    return SourceText(result)
}
