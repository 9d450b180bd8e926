/// javac, plain and as Gradle and Maven show it: a heading, the source line with a caret, and what it says in addition.
///
///     src/App.java:11: error: cannot find symbol
///             for (int value : values) sum += valeu;
///                                             ^
///       symbol:   variable valeu
struct JavacMessages: Dialect {
    private var pending: Diagnostic?
    /// The caret gives the column, unless the heading did.
    private var awaitsCaret = false
    private var details = 0

    var isReading: Bool { pending != nil }

    mutating func read(_ line: Line, _ log: inout LogContext) -> Bool {
        if let diagnostic = Self.heading(line, log) ?? Self.mavenHeading(line, log) {
            finish(&log)
            awaitsCaret = diagnostic.location?.column == nil
            details = 0
            pending = diagnostic
            return true
        }
        guard pending != nil else { return false }
        if readBody(line) { return true }
        finish(&log)
        return Self.isCount(line)
    }

    mutating func finish(_ log: inout LogContext) {
        if let pending { log.addWhole(pending) }
        pending = nil
    }

    private static func heading(_ line: Line, _ log: LogContext) -> Diagnostic? {
        guard let place = line.place, place.column == nil, JavaFrame.extensions.contains(ending(of: place.file)) else {
            return nil
        }
        let severity: Diagnostic.Severity
        let start: Int
        if line.starts(": error: ", at: place.end) {
            (severity, start) = (.error, place.end + 9)
        } else if line.starts(": warning: ", at: place.end) {
            (severity, start) = (.warning, place.end + 11)
        } else {
            return nil
        }
        let (message, code) = leadingCode(line.text(start))
        return Diagnostic(
            severity: severity, message: message, code: code, location: log.place(place.file, place.line),
            tool: .javac, logLines: line.number...line.number)
    }

    /// `[ERROR] /src/App.java:[11,41] cannot find symbol`, from Kotlin `[ERROR] /src/App.kt: (3, 5) …`.
    private static func mavenHeading(_ line: Line, _ log: LogContext) -> Diagnostic? {
        guard let (severity, start) = MavenMessages.level(line), severity != .note else { return nil }
        let at: Int
        if let found = line.find(":[", from: start) {
            at = found + 2
        } else if let found = line.find(": (", from: start) {
            at = found + 3
        } else {
            return nil
        }
        let file = line.text(start, line.find(.colon, from: at - 3) ?? at)
        guard JavaFrame.extensions.contains(ending(of: file)), PlaceReader.looksLikePath(file),
            let number = line.number(at: at), line.byte(number.end) == 0x2c,
            let column = line.number(at: line.skipBlanks(number.end + 1)),
            line.byte(column.end) == .closeBracket || line.byte(column.end) == .closeParenthesis
        else { return nil }
        let (message, code) = leadingCode(line.text(column.end + 1))
        return Diagnostic(
            severity: severity, message: message, code: code, location: log.place(file, number.value, column.value),
            tool: .javac, logLines: line.number...line.number)
    }

    private static func ending(of file: String) -> Substring { PlaceReader.fileExtension(file) }

    /// `[unchecked] unchecked call to …`.
    private static func leadingCode(_ text: String) -> (message: String, code: String?) {
        guard text.hasPrefix("["), let close = text.firstIndex(of: "]") else { return (text, nil) }
        let code = text[text.index(after: text.startIndex)..<close]
        let rest = text[text.index(after: close)...].drop { $0 == " " }
        guard !code.isEmpty, !rest.isEmpty, code.utf8.allSatisfy({ $0.isWord || $0 == .dash }) else {
            return (text, nil)
        }
        return (String(rest), String(code))
    }

    private static func isCount(_ line: Line) -> Bool {
        guard let number = line.number(at: 0) else { return false }
        return line.starts(" error", at: number.end) || line.starts(" warning", at: number.end)
    }

    /// The source, the caret, and the indented lines below.
    private mutating func readBody(_ line: Line) -> Bool {
        guard let first = pending?.logLines.lowerBound, line.number - first < 40 else { return false }
        let start = MavenMessages.level(line).map { $0.start } ?? 0
        let text = line.skipBlanks(start)
        if awaitsCaret {
            // The source line may begin at the margin.
            if line.byte(text) == .caret, text + 1 == line.count {
                pending?.location?.column = text + 1
                awaitsCaret = false
                extend(line)
                return true
            }
            return line.number == first + 1 || line.indent > 0
        }
        guard text - start >= 2, text < line.count, details < 12 else { return false }
        details += 1
        extend(line)
        if line.starts("symbol:", at: text), pending?.message == "cannot find symbol" {
            // What is missing belongs to the message: it tells two of them apart.
            pending?.message = "cannot find symbol: \(line.text(text + 7))"
        } else {
            let words = line.text(text).split(separator: " ").joined(separator: " ")
            pending?.notes.append(.init(message: words, location: nil))
        }
        return true
    }

    private mutating func extend(_ line: Line) {
        if let lines = pending?.logLines { pending?.logLines = lines.lowerBound...max(lines.lowerBound, line.number) }
    }
}
