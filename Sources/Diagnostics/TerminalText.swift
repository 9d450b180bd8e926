/// Text that is safe to show on a terminal and to hand on: without control sequences, other control characters than
/// newline and tab, characters that reorder or hide text, and with invalid UTF-8 replaced by U+FFFD.
package func sanitized(_ text: String) -> String {
    var text = text
    return text.withUTF8 { String(decoding: TerminalText.cleaned($0, keepingNewlines: true), as: UTF8.self) }
}

enum TerminalText {
    /// Whether a line is printable ASCII throughout, so that there is nothing to clean.
    static func isPlain(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        let raw = UnsafeRawBufferPointer(bytes)
        var at = 0
        // Eight bytes at a time: in each byte's high bit, whether it is above 0x7e, and whether it is below 0x20.
        while at + 8 <= raw.count {
            let word = raw.loadUnaligned(fromByteOffset: at, as: UInt64.self)
            let high = 0x8080_8080_8080_8080 as UInt64
            let deleted = word ^ 0x7f7f_7f7f_7f7f_7f7f
            let odd =
                word | ((word &- 0x2020_2020_2020_2020) & ~word) | ((deleted &- 0x0101_0101_0101_0101) & ~deleted)
            if odd & high != 0, !areEachPlain(bytes, at, at + 8) { return false }
            at += 8
        }
        return areEachPlain(bytes, at, bytes.count)
    }

    private static func areEachPlain(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) -> Bool {
        for index in start..<end where (bytes[index] < 0x20 && bytes[index] != .tab) || bytes[index] >= 0x7f {
            return false
        }
        return true
    }

    static func cleaned(_ bytes: UnsafeBufferPointer<UInt8>, keepingNewlines: Bool = false) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        var at = 0
        var searched = 0
        while at < bytes.count {
            let byte = bytes[at]
            switch byte {
            case .escape:
                at = afterEscape(bytes, at, searched: &searched)
            case .tab:
                out.append(byte)
                at += 1
            case .newline:
                if keepingNewlines { out.append(byte) }
                at += 1
            case 0..<0x20, 0x7f:
                at += 1
            case 0x20..<0x7f:
                out.append(byte)
                at += 1
            default:
                let length = scalarLength(bytes, at)
                if length == 0 {
                    out.append(contentsOf: [0xef, 0xbf, 0xbd])
                    at += 1
                } else if byte == 0xc2, bytes[at + 1] == 0x9b {
                    at = afterSequence(bytes, at + 2)
                } else {
                    if !isHidden(bytes, at, length) { out.append(contentsOf: bytes[at..<at + length]) }
                    at += length
                }
            }
        }
        return out
    }

    /// The offset behind the escape sequence that begins at `at`.
    ///
    /// - Parameter searched: up to where no string's end is, as a search has shown: thousands of beginnings would each search it.
    private static func afterEscape(
        _ bytes: UnsafeBufferPointer<UInt8>, _ at: Int, searched: inout Int
    ) -> Int {
        guard at + 1 < bytes.count else { return at + 1 }
        switch bytes[at + 1] {
        case .openBracket:
            return afterSequence(bytes, at + 2)
        case 0x5d, 0x50, 0x58, 0x5e, 0x5f:  // OSC, DCS, SOS, PM, APC: up to BEL or ESC \
            var end = max(at + 2, searched)
            while end < bytes.count, bytes[end] != .newline {
                if bytes[end] == 7 { return end + 1 }
                if bytes[end] == .escape, end + 1 < bytes.count, bytes[end + 1] == .backslash { return end + 2 }
                end += 1
            }
            // A string that never ends must not hide the rest of the line.
            searched = end
            return at + 2
        case 0x20...0x2f:
            return min(at + 3, bytes.count)
        case 0x30...0x7e:
            return at + 2
        default:
            return at + 1
        }
    }

    /// The offset behind a control sequence's parameters and final byte.
    private static func afterSequence(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int {
        var at = start
        while at < bytes.count, bytes[at] >= 0x20, bytes[at] <= 0x3f { at += 1 }
        if at < bytes.count, bytes[at] >= 0x40, bytes[at] <= 0x7e { at += 1 }
        return at
    }

    /// C1 controls, direction marks and overrides, line separators, byte order marks, and tag characters.
    private static func isHidden(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int, _ length: Int) -> Bool {
        let second = bytes[at + 1]
        switch bytes[at] {
        case 0xc2: return second < 0xa0
        case 0xd8: return second == 0x9c
        case 0xe2 where second == 0x80:
            let third = bytes[at + 2]
            return (0x8e...0x8f).contains(third) || (0xa8...0xae).contains(third)
        case 0xe2 where second == 0x81: return (0xa6...0xa9).contains(bytes[at + 2])
        case 0xef: return second == 0xbb && bytes[at + 2] == 0xbf
        case 0xf3: return second == 0xa0 && bytes[at + 2] <= 0x81
        default: return false
        }
    }

    /// The length of the valid UTF-8 sequence at `at`; 0 when there is none.
    private static func scalarLength(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> Int {
        let lead = bytes[at]
        let length: Int
        var low: UInt8 = 0x80
        var high: UInt8 = 0xbf
        switch lead {
        case 0xc2...0xdf: length = 2
        case 0xe0...0xef:
            length = 3
            if lead == 0xe0 { low = 0xa0 }
            if lead == 0xed { high = 0x9f }
        case 0xf0...0xf4:
            length = 4
            if lead == 0xf0 { low = 0x90 }
            if lead == 0xf4 { high = 0x8f }
        default: return 0
        }
        guard at + length <= bytes.count, bytes[at + 1] >= low, bytes[at + 1] <= high else { return 0 }
        for index in 2..<max(length, 2) where bytes[at + index] & 0xc0 != 0x80 { return 0 }
        return length
    }
}
