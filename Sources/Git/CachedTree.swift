/// What the index remembers of the folders that haven't changed since they were trees: the extension `TREE`.
struct CachedTree: Sendable {
    struct Node: Sendable {
        /// The folder's own name, in the file.
        var name: Range<Int>
        /// How many entries of the index it holds, in all depths; nil when it has changed since.
        var count: Int?
        /// Where its tree's id stands in the file; good when `count` is there.
        var id: Int
        /// The number of the first node that isn't below this one.
        var end: Int
    }

    /// The root first, each folder followed by those below it; empty when nothing is remembered.
    private(set) var nodes: [Node] = []

    /// A deeper one is left aside: this is data from outside, and reading it takes a frame a level.
    static let deepest = 256

    init() {}

    /// Nil when it isn't as git writes it: then nothing is remembered.
    init?(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
        var at = range.lowerBound
        guard !range.isEmpty else { return }
        guard read(bytes, &at, range.upperBound, depth: 0), at == range.upperBound else { return nil }
    }

    private mutating func read(_ bytes: UnsafeRawBufferPointer, _ at: inout Int, _ end: Int, depth: Int) -> Bool {
        guard depth < Self.deepest else { return false }
        let start = at
        while at < end, bytes[at] != 0 { at += 1 }
        guard at < end else { return false }
        let name = start..<at
        at += 1
        guard let count = number(bytes, &at, end, before: UInt8(ascii: " ")),
            let below = number(bytes, &at, end, before: UInt8(ascii: "\n")), below >= 0
        else { return false }
        let own = nodes.count
        nodes.append(Node(name: name, count: count >= 0 ? count : nil, id: at, end: own + 1))
        if count >= 0 {
            guard at + 20 <= end else { return false }
            at += 20
        }
        for _ in 0..<below {
            guard read(bytes, &at, end, depth: depth + 1) else { return false }
        }
        nodes[own].end = nodes.count
        return true
    }

    /// A decimal number, -1 included, and the byte after it.
    private func number(_ bytes: UnsafeRawBufferPointer, _ at: inout Int, _ end: Int, before last: UInt8) -> Int? {
        var (value, digits, isNegative) = (0, 0, false)
        while at < end {
            let byte = bytes[at]
            at += 1
            if byte == last { return digits > 0 ? (isNegative ? -value : value) : nil }
            if byte == UInt8(ascii: "-"), digits == 0, !isNegative {
                isNegative = true
                continue
            }
            guard (48...57).contains(byte), digits < 10 else { return nil }
            value = value * 10 + Int(byte - 48)
            digits += 1
        }
        return nil
    }
}
