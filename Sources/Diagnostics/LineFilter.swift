#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Tells by its bytes which lines are worth a second look. The others, most of a log, cost no more than this.
struct LineFilter: Sendable {
    /// The headings by their first byte.
    private let headings: [[StaticString]]

    init() {
        var headings = [[StaticString]](repeating: [], count: 256)
        for heading in Dialects.headings {
            let first = heading.withUTF8Buffer { $0.first }
            if let first { headings[Int(first)].append(heading) }
        }
        self.headings = headings
    }

    /// Whether a line can begin anything: it holds `: `, `:3`, `x(3`, or begins like one of the headings.
    ///
    /// - Parameter isInCommand: whether a command is under way that changed its directory: the next one ends that.
    func isCandidate(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int, isInCommand: Bool) -> Bool {
        var at = start
        while at < bytes.count, bytes[at] == .space || bytes[at] == .tab { at += 1 }
        guard at < bytes.count else { return false }
        let first = bytes[at]
        if first >= 0x80 || first == 0x2a { return true }  // symbols before a test's name; *
        if first == 0x3d || first == .underscore, at + 1 < bytes.count, bytes[at + 1] == first { return true }
        if first == .openBracket, Self.matches(bytes, at: at, "[INFO] ") { return false }
        if Self.hasMark(bytes, from: at) { return true }
        if first == .slash, Self.looksLikeHeader(bytes, from: at) { return true }
        if isInCommand, at == start { return true }
        if Self.endsInFailed(bytes) || Self.beginsWithCode(bytes, from: start) { return true }
        // Some have their indentation with them, of others it depends.
        return headings[Int(bytes[start])].contains { Self.matches(bytes, at: start, $0) }
            || at > start && headings[Int(first)].contains { Self.matches(bytes, at: at, $0) }
    }

    /// `:` or `(` before what follows it in a message or a place.
    private static func hasMark(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Bool {
        guard let base = bytes.baseAddress else { return false }
        var at = start
        while at < bytes.count, let found = memchr(base + at, Int32(UInt8.colon), bytes.count - at) {
            at = UnsafeRawPointer(found) - UnsafeRawPointer(base) + 1
            guard at < bytes.count else { return true }
            let next = bytes[at]
            if next == .space || next.isDigit || next == .openParenthesis || next == .openBracket || next == .quote {
                return true
            }
        }
        at = start
        while at < bytes.count, let found = memchr(base + at, Int32(UInt8.openParenthesis), bytes.count - at) {
            let open = UnsafeRawPointer(found) - UnsafeRawPointer(base)
            at = open + 1
            // `a.ts(3,5)`, not `took (3 ms)`.
            if at < bytes.count, bytes[at].isDigit, open > start, bytes[open - 1] != .space { return true }
        }
        return false
    }

    /// `CalcTest > adds() FAILED`.
    private static func endsInFailed(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        bytes.last == 0x44 && bytes.count > 7 && matches(bytes, at: bytes.count - 7, " FAILED")
    }

    /// `F401 [*] …`: a rule's name, with which ruff begins.
    static func beginsWithCode(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Bool {
        var at = start
        while at < bytes.count, at - start < 7, bytes[at] >= 65, bytes[at] <= 90 { at += 1 }
        let digits = at
        while at < bytes.count, at - digits < 5, bytes[at].isDigit { at += 1 }
        return digits > start && at - digits >= 3 && at < bytes.count && bytes[at] == .space
    }

    /// A path alone on its line, as linters write above what they say of a file; not a command that is shown.
    private static func looksLikeHeader(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Bool {
        guard bytes.count - start < 1024, let last = bytes.last, last.isWord else { return false }
        return !contains(bytes, .space, .dash)
    }

    private static func matches(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int, _ text: StaticString) -> Bool {
        text.withUTF8Buffer { wanted in
            guard bytes.count - start >= wanted.count else { return false }
            for index in 0..<wanted.count where bytes[start + index] != wanted[index] { return false }
            return true
        }
    }

    /// What `file:3:5: warning: …` says of how bad it is, without looking at anything else of the line.
    static func severity(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Diagnostic.Severity? {
        guard let base = bytes.baseAddress else { return nil }
        var at = start
        while at < bytes.count, let found = memchr(base + at, Int32(UInt8.colon), bytes.count - at) {
            at = UnsafeRawPointer(found) - UnsafeRawPointer(base) + 1
            guard at < bytes.count else { return nil }
            if bytes[at].isDigit {
                while at < bytes.count, bytes[at].isDigit { at += 1 }
                continue
            }
            guard bytes[at] == .space else { continue }
            if matches(bytes, at: at, " error: ") || matches(bytes, at: at, " fatal error: ") { return .error }
            if matches(bytes, at: at, " warning: ") { return .warning }
            if matches(bytes, at: at, " note: ") { return .note }
            return nil
        }
        return nil
    }

    /// Whether a line that isn't read is to be counted as one that there was no room for.
    static func mentionsError(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        contains(bytes, 0x72, 0x72)  // rr
    }

    private static func contains(_ bytes: UnsafeBufferPointer<UInt8>, _ first: UInt8, _ second: UInt8) -> Bool {
        guard let base = bytes.baseAddress else { return false }
        var at = 0
        while at + 1 < bytes.count, let found = memchr(base + at, Int32(first), bytes.count - at - 1) {
            at = UnsafeRawPointer(found) - UnsafeRawPointer(base) + 1
            if bytes[at] == second { return true }
        }
        return false
    }

    /// A test's name in a summary belongs to a failure that was read long before.
    static func namesTest(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Bool {
        matches(bytes, at: start, "FAILED ") || matches(bytes, at: start, "ERROR ")
    }
}
