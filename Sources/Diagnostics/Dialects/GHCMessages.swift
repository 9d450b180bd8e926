/// GHC: a heading without words, or with a code, and what it says indented below, in bullets.
///
///     Types.hs:7:16: error: [GHC-88464]
///         • Variable not in scope: heigth :: Int
///         • Perhaps you meant ‘length’ (imported from Prelude)
///       |
///     7 | area w h = w * heigth
///       |                ^^^^^^
struct GHCMessages: Dialect {
    private var pending: Diagnostic?
    /// The bullets, or without any the lines, joined where one goes over several.
    private var parts: [String] = []
    private var hasBullets = false

    var isReading: Bool { pending != nil }

    private static let extensions: Set<Substring> = ["hs", "lhs", "hsc", "hs-boot", "chs", "x", "y"]

    mutating func read(_ line: Line, _ log: inout LogContext) -> Bool {
        if let diagnostic = Self.heading(line, log) {
            finish(&log)
            pending = diagnostic
            if !diagnostic.message.isEmpty { parts = [diagnostic.message] }
            return true
        }
        guard pending != nil else { return false }
        if line.isBlank {
            finish(&log)
            return true
        }
        let at = line.skipBlanks(0)
        // The frame ends it; the rest of it is nobody's.
        let afterNumber = line.number(at: at).map { line.skipBlanks($0.end) } ?? at
        if line.byte(afterNumber) == .bar { return true }
        guard at >= 2, parts.count < 24, line.number - (pending?.logLines.lowerBound ?? 0) < 120 else {
            finish(&log)
            return false
        }
        add(line, at)
        return true
    }

    mutating func finish(_ log: inout LogContext) {
        if var diagnostic = pending {
            diagnostic.message = parts.first ?? "error"
            diagnostic.notes = parts.dropFirst().map { .init(message: $0, location: nil) }
            log.addWhole(diagnostic)
        }
        pending = nil
        parts = []
        hasBullets = false
    }

    private mutating func add(_ line: Line, _ at: Int) {
        if let lines = pending?.logLines { pending?.logLines = lines.lowerBound...max(lines.lowerBound, line.number) }
        if line.starts("• ", at: at) {
            hasBullets = true
            parts.append(line.text(at + 4))
        } else if hasBullets, let last = parts.indices.last {
            parts[last] += " " + line.text(at)
        } else {
            parts.append(line.text(at))
        }
    }

    /// `Main.hs:3:1: error:`, `Main.hs:3:1-5: warning: [-Wunused-imports]`, `Main.hs:(3,1)-(5,2): error: [GHC-83865]`.
    private static func heading(_ line: Line, _ log: LogContext) -> Diagnostic? {
        guard let (file, number, column, end) = place(line), extensions.contains(PlaceReader.fileExtension(file)) else {
            return nil
        }
        let severity: Diagnostic.Severity
        var at: Int
        if line.starts(": error:", at: end) {
            (severity, at) = (.error, end + 8)
        } else if line.starts(": warning:", at: end) {
            (severity, at) = (.warning, end + 10)
        } else {
            return nil
        }
        var code: String?
        at = line.skipBlanks(at)
        // Both may be there: `[GHC-66111] [-Wunused-imports]`; the flag says more.
        while line.byte(at) == .openBracket, let close = line.find(.closeBracket, from: at) {
            code = line.text(at + 1, close)
            at = line.skipBlanks(close + 1)
        }
        return Diagnostic(
            severity: severity, message: line.text(at), code: code, location: log.place(file, number, column),
            tool: .ghc, logLines: line.number...line.number)
    }

    private static func place(_ line: Line) -> (file: String, line: Int, column: Int?, end: Int)? {
        if let place = line.place {
            var end = place.end
            if line.byte(end) == .dash, let last = line.number(at: end + 1) { end = last.end }
            return (place.file, place.line, place.column, end)
        }
        guard let open = line.find(":("), let number = line.number(at: open + 2), line.byte(number.end) == 0x2c,
            let column = line.number(at: number.end + 1), let close = line.find("): ", from: column.end)
        else { return nil }
        return (line.text(0, open), number.value, column.value, close + 1)
    }
}
