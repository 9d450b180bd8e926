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
