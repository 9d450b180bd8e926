/// Values that are looked for in texts, by what they begin with: how many there are hardly matters.
struct KnownValues: Sendable {
    /// Values that begin alike, in their order as bytes.
    private struct Group: Sendable {
        var values: [(bytes: [UInt8], kind: SecretKind)] = []
        /// For each the longest other one that it begins with.
        var within: [Int?] = []
        var longest = 0

        init(_ values: [(bytes: [UInt8], kind: SecretKind)]) {
            self.values = values.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
            var open: [Int] = []
            for (index, value) in self.values.enumerated() {
                while let last = open.last, !value.bytes.starts(with: self.values[last].bytes) { open.removeLast() }
                within.append(open.last)
                open.append(index)
                longest = max(longest, value.bytes.count)
            }
        }

        /// The values that a text begins with, the longest first: each begins with the next one.
        func matches(_ text: ArraySlice<UInt8>, _ accepts: (_ count: Int) -> Bool) -> (count: Int, kind: SecretKind)? {
            let text = text.prefix(longest)
            var (low, high) = (0, values.count)
            while low < high {
                let middle = (low + high) / 2
                if text.lexicographicallyPrecedes(values[middle].bytes) { high = middle } else { low = middle + 1 }
            }
            guard low > 0 else { return nil }
            // Between a value that the text begins with and the text itself, all begin with that value.
            let common = zip(values[low - 1].bytes, text).prefix { $0 == $1 }.count
            var next: Int? = low - 1
            while let index = next {
                let count = values[index].bytes.count
                if count <= common, accepts(count) { return (count, values[index].kind) }
                next = within[index]
            }
            return nil
        }
    }

    private let least: Int
    private var groups: [ArraySlice<UInt8>: Group] = [:]
    private var firsts = [Bool](repeating: false, count: 256)

    /// - Parameter least: shorter values aren't looked for.
    init(_ values: [[UInt8]: SecretKind], least: Int) {
        self.least = least
        var alike: [ArraySlice<UInt8>: [(bytes: [UInt8], kind: SecretKind)]] = [:]
        for (value, kind) in values where value.count >= least {
            alike[value[..<least], default: []].append((value, kind))
            firsts[Int(value[0])] = true
        }
        groups = alike.mapValues { Group($0) }
    }

    /// Where the values stand in a text, none overlapping.
    func places(in bytes: [UInt8]) -> [(Range<Int>, SecretKind)] {
        guard !groups.isEmpty, bytes.count >= least else { return [] }
        var places: [(Range<Int>, SecretKind)] = []
        var at = 0
        while at + least <= bytes.count {
            defer { at += 1 }
            guard firsts[Int(bytes[at])], beginsWord(bytes, at), let group = groups[bytes[at..<at + least]],
                let found = group.matches(bytes[at...], { endsWord(bytes, at + $0) })
            else { continue }
            places.append((at..<at + found.count, found.kind))
            at += found.count - 1
        }
        return places
    }

    /// Whether it isn't the rest of a longer word.
    private func beginsWord(_ bytes: [UInt8], _ at: Int) -> Bool {
        let letters = ByteClass.alphanumeric
        guard at > 0, letters.contains(bytes[at - 1]), letters.contains(bytes[at]) else { return true }
        // `\n` before it, written out.
        return at > 1 && bytes[at - 2] == UInt8(ascii: "\\")
    }

    /// Whether what ends here isn't the beginning of a longer word.
    private func endsWord(_ bytes: [UInt8], _ end: Int) -> Bool {
        let letters = ByteClass.alphanumeric
        return end >= bytes.count || !letters.contains(bytes[end]) || !letters.contains(bytes[end - 1])
    }
}
