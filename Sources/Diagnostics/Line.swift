/// One line of a log, without its end, control sequences and what a CI put before it.
///
/// Matching works on bytes: most lines of a log are looked at once and forgotten, and never become a `String`.
struct Line: Sendable {
    let bytes: [UInt8]
    /// 1-based.
    let number: Int

    init(_ bytes: [UInt8], number: Int) {
        self.bytes = bytes
        self.number = number
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
        needle.withUTF8Buffer { wanted in
            bytes.withUnsafeBufferPointer { all in
                guard let first = wanted.first, from >= 0, all.count - from >= wanted.count else { return nil }
                var at = from
                let last = all.count - wanted.count
                while at <= last {
                    if all[at] == first {
                        var index = 1
                        while index < wanted.count, all[at + index] == wanted[index] { index += 1 }
                        if index == wanted.count { return at }
                    }
                    at += 1
                }
                return nil
            }
        }
    }

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
    func number(at start: Int) -> (value: Int, end: Int)? {
        var at = start
        var value = 0
        while at >= 0, at < bytes.count, bytes[at].isDigit, at - start < 9 {
            value = value * 10 + Int(bytes[at] - .zero)
            at += 1
        }
        if at == start || (at < bytes.count && bytes[at].isDigit) { return nil }
        return (value, at)
    }

    /// The same line from an offset on.
    func dropping(_ count: Int) -> Line { Line(Array(bytes.dropFirst(count)), number: number) }
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
