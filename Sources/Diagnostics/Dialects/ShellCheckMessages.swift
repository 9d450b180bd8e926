/// ShellCheck, as on a terminal and in gcc's style.
///
///     In build.sh line 7:
///     if [ $? = 0 ]
///     ^-- SC1049 (error): Did you forget the 'then' for this 'if'?
struct ShellCheckMessages: Dialect {
    private var place: (file: String, line: Int)?
    private var firstLine = 0
    private var awaitsSuggestion = false

    var isReading: Bool { place != nil }

    mutating func read(_ line: Line, _ log: inout LogContext) -> Bool {
        if line.starts("In "), line.ends(":"), let at = line.findLast(" line "), at > 3,
            let number = line.number(at: at + 6),
            number.end == line.count - 1
        {
            place = (line.text(3, at), number.value)
            firstLine = line.number
            awaitsSuggestion = false
            return true
        }
        if let place, readBelow(line, place, &log) { return true }
        return readPlain(line, &log)
    }

    mutating func finish(_ log: inout LogContext) { place = nil }

    private mutating func readBelow(
        _ line: Line, _ place: (file: String, line: Int), _ log: inout LogContext
    ) -> Bool {
        if line.isBlank || line.number == firstLine + 1 { return true }
        if line.starts("Did you mean:") {
            awaitsSuggestion = true
            return true
        }
        if awaitsSuggestion {
            awaitsSuggestion = false
            log.collector.addNote(
                .init(message: "did you mean: \(line.trimmed)", location: nil), lines: line.number...line.number)
            return true
        }
        let caret = line.skipBlanks(0)
        guard line.byte(caret) == .caret, let mark = line.find(" SC", from: caret),
            let number = line.number(at: mark + 3),
            line.starts(" (", at: number.end), let close = line.find("): ", from: number.end)
        else {
            self.place = nil
            return false
        }
        let severity: Diagnostic.Severity
        switch line.text(number.end + 2, close) {
        case "error": severity = .error
        case "warning": severity = .warning
        default: severity = .note
        }
        log.add(
            severity, line.text(close + 3), code: "SC\(number.value)", at: log.place(place.file, place.line, caret + 1),
            tool: .shellcheck, lines: firstLine...line.number)
        return true
    }

    /// `build.sh:7:1: error: Did you forget the 'then' for this 'if'? [SC1049]`: its notes belong to nothing before them.
    private func readPlain(_ line: Line, _ log: inout LogContext) -> Bool {
        guard line.ends("]"), let place = line.place, place.column != nil, let open = line.findLast(" [SC"),
            let number = line.number(at: open + 4), number.end == line.count - 1
        else { return false }
        let severity: Diagnostic.Severity
        let start: Int
        if line.starts(": error: ", at: place.end) {
            (severity, start) = (.error, place.end + 9)
        } else if line.starts(": warning: ", at: place.end) {
            (severity, start) = (.warning, place.end + 11)
        } else if line.starts(": note: ", at: place.end) {
            (severity, start) = (.note, place.end + 8)
        } else {
            return false
        }
        log.add(
            severity, line.text(start, open), code: "SC\(number.value)",
            at: log.place(place.file, place.line, place.column), tool: .shellcheck, lines: line.number...line.number)
        log.collector.breakOff()
        return true
    }
}
