#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// One line of a log, without its end, control sequences and what a CI put before it.
///
/// Matching works on bytes: most lines of a log are looked at once and forgotten, and never become a `String`.
struct Line: Sendable {
    let bytes: [UInt8]
    /// 1-based.
    let number: Int
    /// The place that it begins with: most dialects ask for it, and finding it is what costs.
    let place: PlaceReader?

    /// Which pairs of bytes it has: of the many texts that are looked for in a line, nearly all are ruled out by it.
    private let pairs: PairSet

    init(_ bytes: [UInt8], number: Int) {
        self.bytes = bytes
        self.number = number
        place = PlaceReader(in: bytes, at: 0)
        pairs = PairSet(bytes)
    }

    var count: Int { bytes.count }
    var isBlank: Bool { bytes.allSatisfy { $0 == .space || $0 == .tab } }
    var indent: Int { bytes.firstIndex { $0 != .space && $0 != .tab } ?? bytes.count }
    var string: String { String(decoding: bytes, as: UTF8.self) }
    var trimmed: String { text(0) }

    /// The text from one offset to another, without the spaces around it.
    func text(_ from: Int, _ to: Int? = nil) -> String {
        var start = min(max(from, 0), bytes.count)
        var end = min(max(to ?? bytes.count, start), bytes.count)
        while start < end, bytes[start] == .space || bytes[start] == .tab { start += 1 }
        while end > start, bytes[end - 1] == .space || bytes[end - 1] == .tab { end -= 1 }
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }

    func starts(_ prefix: StaticString, at offset: Int = 0) -> Bool {
        prefix.withUTF8Buffer { wanted in
            guard offset >= 0, bytes.count - offset >= wanted.count else { return false }
            for index in 0..<wanted.count where bytes[offset + index] != wanted[index] { return false }
            return true
        }
    }

    func ends(_ suffix: StaticString) -> Bool {
        starts(suffix, at: bytes.count - suffix.utf8CodeUnitCount)
    }

    func find(_ needle: StaticString, from: Int = 0) -> Int? {
        guard from >= 0, bytes.count - from >= needle.utf8CodeUnitCount else { return nil }
        return needle.withUTF8Buffer { wanted in
            guard let first = wanted.first, pairs.mayHold(wanted) else { return nil }
            var at = from
            while let found = bytes.firstOffset(of: first, from: at), found + wanted.count <= bytes.count {
                var index = 1
                while index < wanted.count, bytes[found + index] == wanted[index] { index += 1 }
                if index == wanted.count { return found }
                at = found + 1
            }
            return nil
        }
    }

    /// The first offset from `from` on that holds a byte.
    func find(_ byte: UInt8, from: Int = 0) -> Int? { bytes.firstOffset(of: byte, from: from) }

    func findLast(_ needle: StaticString) -> Int? {
        var found: Int?
        var from = 0
        while let at = find(needle, from: from) {
            found = at
            from = at + 1
        }
        return found
    }

    func contains(_ needle: StaticString) -> Bool { find(needle) != nil }

    func byte(_ at: Int) -> UInt8? { at >= 0 && at < bytes.count ? bytes[at] : nil }

    /// The first offset from `at` on that holds neither space nor tab.
    func skipBlanks(_ at: Int) -> Int {
        var at = at
        while at < bytes.count, bytes[at] == .space || bytes[at] == .tab { at += 1 }
        return at
    }

    /// A decimal number of at most nine digits, and the offset behind it.
    func number(at start: Int) -> (value: Int, end: Int)? { bytes.number(at: start) }

    /// The same line from an offset on.
    func dropping(_ count: Int) -> Line { Line(Array(bytes.dropFirst(count)), number: number) }
}

/// The pairs of neighbouring bytes of a text, as a set that may hold some more.
struct PairSet: Sendable {
    private var a: UInt64 = 0
    private var b: UInt64 = 0
    private var c: UInt64 = 0
    private var d: UInt64 = 0

    init(_ bytes: [UInt8]) {
        bytes.withUnsafeBufferPointer { bytes in
            guard var last = bytes.first else { return }
            for byte in bytes.dropFirst() {
                let code = Self.code(last, byte)
                let bit = UInt64(1) << UInt64(code & 63)
                switch code >> 6 {
                case 0: a |= bit
                case 1: b |= bit
                case 2: c |= bit
                default: d |= bit
                }
                last = byte
            }
        }
    }

    /// Whether a text isn't ruled out by its first few pairs.
    func mayHold(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var index = 0
        while index + 1 < text.count, index < 6 {
            let code = Self.code(text[index], text[index + 1])
            let word = code & 0x80 == 0 ? (code & 0x40 == 0 ? a : b) : (code & 0x40 == 0 ? c : d)
            if word & (UInt64(1) << UInt64(code & 63)) == 0 { return false }
            index += 1
        }
        return true
    }

    private static func code(_ first: UInt8, _ second: UInt8) -> UInt8 { (first &* 29) ^ (second &* 7) }
}

extension [UInt8] {
    /// A decimal number of at most nine digits, and the offset behind it.
    func number(at start: Int) -> (value: Int, end: Int)? {
        var at = start
        var value = 0
        while at >= 0, at < count, self[at].isDigit, at - start < 9 {
            value = value * 10 + Int(self[at] - .zero)
            at += 1
        }
        if at == start || (at < count && self[at].isDigit) { return nil }
        return (value, at)
    }

    /// The first offset from `from` on that holds a byte.
    func firstOffset(of byte: UInt8, from: Int) -> Int? {
        guard from >= 0, from < count else { return nil }
        return withUnsafeBytes { all in
            guard let base = all.baseAddress, let found = memchr(base + from, Int32(byte), all.count - from) else {
                return nil
            }
            return UnsafeRawPointer(found) - base
        }
    }
}

extension UInt8 {
    static let tab: UInt8 = 9
    static let newline: UInt8 = 10
    static let carriageReturn: UInt8 = 13
    static let escape: UInt8 = 27
    static let space: UInt8 = 32
    static let quote: UInt8 = 34
    static let openParenthesis: UInt8 = 40
    static let closeParenthesis: UInt8 = 41
    static let dash: UInt8 = 45
    static let dot: UInt8 = 46
    static let slash: UInt8 = 47
    static let zero: UInt8 = 48
    static let colon: UInt8 = 58
    static let openBracket: UInt8 = 91
    static let backslash: UInt8 = 92
    static let closeBracket: UInt8 = 93
    static let caret: UInt8 = 94
    static let underscore: UInt8 = 95
    static let backtick: UInt8 = 96
    static let bar: UInt8 = 124
    static let tilde: UInt8 = 126

    var isDigit: Bool { self >= 48 && self <= 57 }
    var isLetter: Bool { (self | 32) >= 97 && (self | 32) <= 122 }
    var isWord: Bool { isDigit || isLetter || self == .underscore }
}
