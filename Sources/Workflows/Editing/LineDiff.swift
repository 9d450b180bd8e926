/// The changed lines between two texts, as hunks without context.
package struct LineHunk: Sendable, Equatable {
    /// Lines of the old text, 0-based half-open.
    package var old: Range<Int>
    /// Lines of the new text, 0-based half-open.
    package var new: Range<Int>
}

/// Finds the lines that differ: Myers' greedy algorithm (E. Myers, "An O(ND) Difference Algorithm and Its Variations",
/// 1986) after common head and tail are cut. Past `limit` differences the middle is one hunk.
package func lineHunks(_ old: [String], _ new: [String], limit: Int = 2_000) -> [LineHunk] {
    var head = 0
    while head < old.count, head < new.count, old[head] == new[head] { head += 1 }
    var tail = 0
    while tail < old.count - head, tail < new.count - head, old[old.count - 1 - tail] == new[new.count - 1 - tail] {
        tail += 1
    }
    let a = Array(old[head..<(old.count - tail)])
    let b = Array(new[head..<(new.count - tail)])
    if a.isEmpty && b.isEmpty { return [] }
    guard !a.isEmpty, !b.isEmpty, let kept = longestCommonLines(a, b, limit: limit) else {
        return [LineHunk(old: head..<(head + a.count), new: head..<(head + b.count))]
    }
    var hunks: [LineHunk] = []
    var x = 0
    var y = 0
    for (keptOld, keptNew) in kept + [(a.count, b.count)] {
        if keptOld > x || keptNew > y {
            hunks.append(LineHunk(old: (head + x)..<(head + keptOld), new: (head + y)..<(head + keptNew)))
        }
        x = keptOld + 1
        y = keptNew + 1
    }
    return hunks
}

/// The pairs of equal lines on a shortest edit path; nil when there are more than `limit` differences.
private func longestCommonLines(_ a: [String], _ b: [String], limit: Int) -> [(Int, Int)]? {
    let bound = min(a.count + b.count, limit)
    let offset = bound + 1
    var furthest = [Int](repeating: 0, count: 2 * bound + 3)
    var trace: [[Int]] = []
    for d in 0...bound {
        trace.append(furthest)
        for k in stride(from: -d, through: d, by: 2) {
            var x: Int
            if k == -d || (k != d && furthest[offset + k - 1] < furthest[offset + k + 1]) {
                x = furthest[offset + k + 1]
            } else {
                x = furthest[offset + k - 1] + 1
            }
            var y = x - k
            while x < a.count, y < b.count, a[x] == b[y] {
                x += 1
                y += 1
            }
            furthest[offset + k] = x
            if x >= a.count, y >= b.count { return walkBack(trace, d: d, offset: offset, x: a.count, y: b.count) }
        }
    }
    return nil
}

private func walkBack(_ trace: [[Int]], d: Int, offset: Int, x: Int, y: Int) -> [(Int, Int)] {
    var x = x
    var y = y
    var pairs: [(Int, Int)] = []
    for d in stride(from: d, through: 0, by: -1) {
        let furthest = trace[d]
        let k = x - y
        let previous: Int
        if k == -d || (k != d && furthest[offset + k - 1] < furthest[offset + k + 1]) {
            previous = k + 1
        } else {
            previous = k - 1
        }
        let startX = d == 0 ? 0 : furthest[offset + previous]
        let startY = d == 0 ? 0 : startX - previous
        while x > startX && y > startY && x > 0 && y > 0 {
            if d > 0, x == startX, y == startY { break }
            x -= 1
            y -= 1
            pairs.append((x, y))
        }
        if d > 0 {
            x = startX
            y = startY
        }
    }
    return pairs.reversed()
}
