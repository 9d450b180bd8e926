/// A report of another program within a log, as its bytes come in: SARIF 2.1.0 or JUnit's XML.
struct ReportInput: Sendable {
    enum Taken {
        /// The whole piece belongs to it.
        case more
        /// It is none; these bytes of earlier pieces are text.
        case none(held: [UInt8])
        /// So many bytes of the piece belong to it, and it is complete.
        case end(Int)
    }

    /// What a report said, already handed on, and how much of the bytes it was.
    struct Result {
        var isReport: Bool
        /// The bytes up to its end.
        var length: Int
        /// The line ends in it.
        var lines: Int
        /// What a person would want to see of it.
        var summary: [String] = []
    }

    enum Kind { case sarif, junit }

    private(set) var bytes: [UInt8] = []
    private var kind: Kind?
    private let limit: Int
    private var depth = 0
    private var isInString = false
    private var isEscaped = false

    /// By so many bytes it is clear what a report is.
    static let headBytes = 4096

    init(limit: Int) { self.limit = max(limit, Self.headBytes) }

    /// Whether a line that begins with a byte can be a report's first.
    ///
    /// - Parameter isFirst: whether the input has only begun: XML stands by itself.
    static func mayBegin(_ byte: UInt8, isFirst: Bool) -> Bool {
        byte == 0x7b || isFirst && (byte == 0x3c || byte == 0xef)
    }

    mutating func take(_ piece: UnsafeBufferPointer<UInt8>) -> Taken {
        guard let kind else {
            // Most lines that begin with a brace show at once that they are none, and there may be millions of them.
            if bytes.isEmpty, ReportHead.isNeither(piece) { return .none(held: []) }
            let head = bytes + piece.prefix(Self.headBytes - bytes.count)
            switch ReportHead.read(head) {
            case .neither: return .none(held: bytes)
            case .undecided:
                guard head.count < Self.headBytes else { return .none(held: bytes) }
                bytes = head
                return .more
            case .report(let found):
                kind = found
                // The bytes held so far go through the count of brackets as well.
                if found == .sarif, bytes.withUnsafeBufferPointer({ end(in: $0) }) != nil { return .end(0) }
                return take(piece)
            }
        }
        let close = kind == .sarif ? end(in: piece) : nil
        let own = close ?? piece.count
        // Once it is known to be long, the room is taken at once: growing would hold it twice for a moment.
        if bytes.count > 4 << 20, bytes.capacity < limit { bytes.reserveCapacity(limit) }
        let room = limit - bytes.count
        if room > 0 { bytes.append(contentsOf: piece.prefix(min(room, own))) }
        return close.map { .end($0) } ?? .more
    }

    /// Where in a piece the outermost bracket closes, or a line's end stands within a string: JSON has none there, so that
    /// the report was broken off and a log goes on.
    private mutating func end(in piece: UnsafeBufferPointer<UInt8>) -> Int? {
        for index in 0..<piece.count {
            let byte = piece[index]
            if isInString {
                if isEscaped, byte != .newline {
                    isEscaped = false
                } else if byte == .backslash {
                    isEscaped = true
                } else if byte == .quote {
                    isInString = false
                } else if byte == .newline {
                    return index
                }
                continue
            }
            switch byte {
            case .quote: isInString = true
            case 0x7b, .openBracket: depth += 1
            case 0x7d, .closeBracket:
                depth -= 1
                if depth <= 0 { return index + 1 }
            default: continue
            }
        }
        return nil
    }

    /// Reads the report, complete or not, and adds what it says.
    func finish(_ log: inout LogContext, firstLine: Int) -> Result {
        guard let kind else { return Result(isReport: false, length: 0, lines: 0) }
        let known = log.collector.count
        let end: Int?
        switch kind {
        case .sarif: end = SARIFReport.read(bytes, firstLine: firstLine, &log)
        case .junit: end = JUnitReport.read(bytes, firstLine: firstLine, &log)
        }
        log.collector.breakOff()
        guard let end else { return Result(isReport: false, length: 0, lines: 0) }
        let lines = bytes[..<end].reduce(0) { $0 + ($1 == .newline ? 1 : 0) }
        return Result(
            isReport: true, length: end, lines: lines,
            summary: log.collector.added(since: known).suffix(60).map(Self.summary))
    }

    private static func summary(_ diagnostic: Diagnostic) -> String {
        var words = "\(diagnostic.severity.rawValue): \(diagnostic.message)"
        if let place = diagnostic.location {
            let numbers = [place.line, place.column].compactMap { $0 }.map { ":\($0)" }
            words = place.file + numbers.joined() + ": " + words
        }
        if let test = diagnostic.test { words = "\(test): \(words)" }
        return words.split(separator: "\n").first.map(String.init) ?? words
    }
}

/// What the first bytes of a line say of whether it begins a report.
enum ReportHead {
    case neither, undecided
    case report(ReportInput.Kind)

    static func read(_ bytes: [UInt8]) -> ReportHead {
        var at = 0
        if bytes.first == 0xef {
            guard bytes.count >= 3 else { return .undecided }
            guard bytes[1] == 0xbb, bytes[2] == 0xbf else { return .neither }
            at = 3
        }
        guard at < bytes.count else { return .undecided }
        switch bytes[at] {
        case 0x7b: return json(bytes, at + 1)
        case 0x3c: return xml(bytes, at)
        default: return .neither
        }
    }

    /// Whether the first bytes of a line already show that it begins no report; asked of every line with a brace, so that
    /// nothing is copied.
    static func isNeither(_ piece: UnsafeBufferPointer<UInt8>) -> Bool {
        guard piece.first == 0x7b else { return false }
        for index in 1..<max(1, min(piece.count, 64)) {
            switch piece[index] {
            case .space, .tab, .newline, .carriageReturn: continue
            case .quote: return index + 1 < piece.count && !"rv$".utf8.contains(piece[index + 1])
            default: return true
            }
        }
        return false
    }

    /// `{"$schema": "…sarif…"`, `{"version": "2.1.0"`, `{"runs": [`.
    private static func json(_ bytes: [UInt8], _ start: Int) -> ReportHead {
        guard let quote = afterSpace(bytes, start) else { return .undecided }
        guard bytes[quote] == .quote else { return .neither }
        guard let close = bytes[(quote + 1)...].firstIndex(of: .quote) else {
            return bytes.count - quote > 16 ? .neither : .undecided
        }
        guard let colon = afterSpace(bytes, close + 1) else { return .undecided }
        guard bytes[colon] == .colon else { return .neither }
        guard let value = afterSpace(bytes, colon + 1) else { return .undecided }
        switch String(decoding: bytes[(quote + 1)..<close], as: UTF8.self) {
        case "runs": return bytes[value] == .openBracket ? .report(.sarif) : .neither
        case "version":
            guard value + 3 <= bytes.count else { return .undecided }
            return bytes[value...].starts(with: "\"2.".utf8) ? .report(.sarif) : .neither
        case "$schema":
            guard bytes[value] == .quote else { return .neither }
            let text = bytes[(value + 1)...].prefix(512)
            guard let end = text.firstIndex(of: .quote) else { return text.count < 512 ? .undecided : .neither }
            let name = String(decoding: text[..<end], as: UTF8.self).lowercased()
            return Line(Array(name.utf8), number: 0).contains("sarif") ? .report(.sarif) : .neither
        default: return .neither
        }
    }

    private static func afterSpace(_ bytes: [UInt8], _ start: Int) -> Int? {
        guard start <= bytes.count else { return nil }
        return bytes[start...].firstIndex { $0 != .space && $0 != .tab && $0 != .newline && $0 != .carriageReturn }
    }

    /// `<testsuites` or `<testsuite`, behind a declaration, comments and a document type.
    private static func xml(_ bytes: [UInt8], _ start: Int) -> ReportHead {
        var scanner = XMLScanner(bytes, from: start)
        while let event = scanner.next() {
            switch event {
            case .start(let name, _, _): return name == "testsuites" || name == "testsuite" ? .report(.junit) : .neither
            case .text(let text):
                if text.utf8.contains(where: { $0 > .space }) { return .neither }
            case .end: return .neither
            }
        }
        return .undecided
    }
}
