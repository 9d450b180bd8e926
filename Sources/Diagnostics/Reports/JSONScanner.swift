/// Reads JSON where it lies, without making a tree of it: what nobody asks for is only stepped over.
///
/// Made for documents that may be cut off or hostile: it never goes beyond the end, its depth is bounded, and after the
/// first thing that isn't JSON it reads nothing more.
struct JSONScanner {
    private let bytes: [UInt8]
    private(set) var at: Int
    private var depth = 0
    /// Whether the text has ended, or turned out to be no JSON.
    private(set) var hasFailed = false

    static let depthLimit = 64
    static let textLimit = 1 << 16

    init(_ bytes: [UInt8], from start: Int = 0) {
        self.bytes = bytes
        at = start
    }

    /// The same document from a value on that was stepped over before.
    func resumed(at offset: Int) -> JSONScanner { JSONScanner(bytes, from: offset) }

    /// Calls for each member of an object, with its name, at its value; a value that isn't read is stepped over.
    mutating func object(_ member: (inout JSONScanner, String) -> Void) {
        elements(open: 0x7b, close: 0x7d) { scanner in
            guard let name = scanner.string() else { return scanner.fail() }
            guard scanner.peek() == .colon else { return scanner.fail() }
            scanner.at += 1
            scanner.value { member(&$0, name) }
        }
    }

    /// Calls for each element of an array.
    mutating func array(_ element: (inout JSONScanner) -> Void) {
        elements(open: .openBracket, close: .closeBracket) { $0.value(element) }
    }

    private mutating func elements(open: UInt8, close: UInt8, _ each: (inout JSONScanner) -> Void) {
        guard peek() == open else { return skip() }
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else { return fail() }
        at += 1
        if peek() == close {
            at += 1
            return
        }
        while !hasFailed {
            each(&self)
            switch peek() {
            case 0x2c: at += 1
            case close:
                at += 1
                return
            default: return fail()
            }
        }
    }

    /// Reads a value, or steps over it when that leaves it unread.
    private mutating func value(_ read: (inout JSONScanner) -> Void) {
        guard peek() != nil else { return fail() }
        let start = at
        read(&self)
        if at == start, !hasFailed { skip() }
    }

    /// A string, without control characters other than newline and tab; nil when the next value is none. Of a very long one
    /// the beginning.
    mutating func string() -> String? {
        guard peek() == .quote else { return nil }
        var out: [UInt8] = []
        at += 1
        while at < bytes.count {
            let byte = bytes[at]
            at += 1
            if byte == .quote { return sanitized(String(decoding: out, as: UTF8.self)) }
            guard out.count < Self.textLimit else {
                if byte == .backslash { at += 1 }
                continue
            }
            guard byte == .backslash else {
                out.append(byte)
                continue
            }
            guard at < bytes.count else { break }
            let escape = bytes[at]
            at += 1
            switch escape {
            case 0x6e: out.append(.newline)
            case 0x74: out.append(.tab)
            case 0x72, 0x62, 0x66: continue
            case 0x75: appendUnicode(&out)
            default: out.append(escape)
            }
        }
        fail()
        return nil
    }

    private mutating func appendUnicode(_ out: inout [UInt8]) {
        guard var code = hexadecimal() else { return }
        if (0xd800..<0xdc00).contains(code), at + 1 < bytes.count, bytes[at] == .backslash, bytes[at + 1] == 0x75 {
            let start = at
            at += 2
            if let low = hexadecimal(), (0xdc00..<0xe000).contains(low) {
                code = 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00)
            } else {
                at = start
            }
        }
        out.append(contentsOf: String(Unicode.Scalar(code).map(Character.init) ?? "\u{fffd}").utf8)
    }

    private mutating func hexadecimal() -> UInt32? {
        guard at + 4 <= bytes.count else { return nil }
        let code = UInt32(String(decoding: bytes[at..<at + 4], as: UTF8.self), radix: 16)
        at += 4
        return code
    }

    /// A whole number that is not negative; nil when the next value is none.
    mutating func number() -> Int? {
        guard let first = peek(), first.isDigit, let found = bytes.number(at: at) else { return nil }
        at = found.end
        // Of 3.0 the rest is stepped over.
        while at < bytes.count, bytes[at].isDigit || [.dot, .dash, 0x2b, 0x65, 0x45].contains(bytes[at]) { at += 1 }
        return found.value
    }

    mutating func bool() -> Bool? {
        guard let first = peek(), first == 0x74 || first == 0x66 else { return nil }
        skip()
        return first == 0x74
    }

    /// Steps over a value, however deep it is.
    mutating func skip() {
        guard let first = peek() else { return fail() }
        var open = 0
        switch first {
        case .quote: return skipString()
        case 0x7b, .openBracket: break
        default:
            let start = at
            while at < bytes.count, bytes[at].isWord || bytes[at] == .dash || bytes[at] == .dot || bytes[at] == 0x2b {
                at += 1
            }
            if at == start { fail() }
            return
        }
        while at < bytes.count {
            switch bytes[at] {
            case .quote:
                skipString()
                continue
            case 0x7b, .openBracket: open += 1
            case 0x7d, .closeBracket: open -= 1
            default: break
            }
            at += 1
            if open == 0 { return }
        }
        fail()
    }

    private mutating func skipString() {
        at += 1
        while at < bytes.count {
            if bytes[at] == .quote {
                at += 1
                return
            }
            at += bytes[at] == .backslash ? 2 : 1
        }
        at = min(at, bytes.count)
        fail()
    }

    /// The first byte of what comes next.
    private mutating func peek() -> UInt8? {
        guard !hasFailed else { return nil }
        while at < bytes.count {
            switch bytes[at] {
            case .space, .tab, .newline, .carriageReturn: at += 1
            default: return bytes[at]
            }
        }
        return nil
    }

    private mutating func fail() {
        hasFailed = true
        at = min(at, bytes.count)
    }
}
