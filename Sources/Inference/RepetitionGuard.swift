/// Notices that a model repeats itself without end, so that the rest of its tokens need not be waited for.
///
/// It looks at the end of the text only: the same token, line or block over and over is a text with a short period. The
/// limits leave room for what code repeats honestly (tables, closing braces).
struct RepetitionGuard {
    /// A repetition that counts as endless.
    private struct Limit {
        /// How much of the text's end must repeat, in bytes.
        var window: Int
        /// The longest unit that may fill the window.
        var period: Int
    }

    private static let limits = [
        Limit(window: 3_072, period: 64), Limit(window: 6_144, period: 512), Limit(window: 12_288, period: 2_048),
    ]
    private static let blankLimit = 2_048
    private static let stride = 1_024
    private static let tailLimit = limits.map(\.window).max() ?? 0

    private var tail: [UInt8] = []
    private var blanks = 0
    private var unchecked = 0

    /// Adds text.
    ///
    /// - Returns: what repeats, in words, once the text repeats without end; else nil.
    mutating func add(_ text: String) -> String? {
        for byte in text.utf8 {
            let isBlank = byte == 32 || (9...13).contains(byte)
            blanks = isBlank ? blanks + 1 : 0
            tail.append(byte)
            unchecked += 1
        }
        if blanks >= Self.blankLimit { return "blanks" }
        guard unchecked >= Self.stride else { return nil }
        unchecked = 0
        if tail.count > Self.tailLimit { tail.removeFirst(tail.count - Self.tailLimit) }
        return repeatedUnit()
    }

    private func repeatedUnit() -> String? {
        // Read backwards, every end of the text is a prefix, and the prefix function gives the periods of all of them in
        // one pass.
        let reversed = Array(tail.reversed())
        var borders = [Int](repeating: 0, count: reversed.count)
        for index in reversed.indices.dropFirst() {
            var border = borders[index - 1]
            while border > 0 && reversed[index] != reversed[border] { border = borders[border - 1] }
            borders[index] = reversed[index] == reversed[border] ? border + 1 : border
        }
        for limit in Self.limits where reversed.count >= limit.window {
            let period = limit.window - borders[limit.window - 1]
            if period <= limit.period {
                return "'\(String(decoding: tail.suffix(period), as: UTF8.self).excerpt(60))'"
            }
        }
        return nil
    }
}
