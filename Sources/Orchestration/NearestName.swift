/// The known name that a misspelt one was probably meant to be: the smallest edit distance, at most a third of the length
/// (and two at least). Swapped neighbours count as one edit.
package func nearestName(to name: String, among known: [String]) -> String? {
    let wanted = Array(name.lowercased().prefix(100))
    let limit = max(2, wanted.count / 3)
    return known.map { (name: $0, distance: editDistance(wanted, Array($0.lowercased()))) }
        .filter { $0.distance <= limit && $0.distance < $0.name.count }
        .min { ($0.distance, $0.name) < ($1.distance, $1.name) }?.name
}

private func editDistance(_ a: [Character], _ b: [Character]) -> Int {
    if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
    var beforePrevious: [Int] = []
    var previous = Array(0...b.count)
    for i in 1...a.count {
        var row = [i]
        for j in 1...b.count {
            let changed = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
            var best = min(changed, previous[j] + 1, row[j - 1] + 1)
            if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { best = min(best, beforePrevious[j - 2] + 1) }
            row.append(best)
        }
        beforePrevious = previous
        previous = row
    }
    return previous[b.count]
}
