/// Keeps of a candidate only what stands near a line: models that mend one line like to tidy up others.
///
/// - Returns: the reduced text; nil when nothing lies near, or when everything does.
package func keepingHunks(near line: Int, within distance: Int, old: SourceText, new: SourceText) -> SourceText? {
    let before = old.allLines
    let after = new.allLines
    let hunks = lineHunks(before, after)
    let kept = hunks.filter { hunk in
        let first = hunk.old.lowerBound + 1
        let last = max(first, hunk.old.upperBound)
        return line >= first - distance && line <= last + distance
    }
    guard !kept.isEmpty, kept.count < hunks.count else { return nil }
    var result = ""
    var position = 0
    for hunk in kept {
        result += before[position..<hunk.old.lowerBound].joined()
        result += after[hunk.new].joined()
        position = hunk.old.upperBound
    }
    result += before[position...].joined()
    return SourceText(result)
}
