/// tsc, plain (`src/a.ts(3,5): error TS2304: …`) and pretty (`src/a.ts:3:5 - error TS2304: …`); MSVC and C# write the
/// plain form too.
struct TypeScriptMessages: Dialect {
    /// Whether the last line was a message: indented lines below it are more of it.
    private var followsMessage = false

    var isReading: Bool { followsMessage }

    mutating func finish(_ log: inout LogContext) { followsMessage = false }

    mutating func read(_ line: Line, _ log: inout LogContext) -> Bool {
        if followsMessage {
            if line.indent >= 2, !line.isBlank, line.place == nil, line.contains(" ") {
                log.collector.addNote(.init(message: line.trimmed, location: nil), lines: line.number...line.number)
                return true
            }
            followsMessage = false
        }
        return readMessage(line, &log)
    }

    private mutating func readMessage(_ line: Line, _ log: inout LogContext) -> Bool {
        let file: String
        let number: Int
        var column: Int?
        var at: Int
        if let place = PlaceReader(line), line.starts(" - ", at: place.end) {
            (file, number, column, at) = (place.file, place.line, place.column, place.end + 3)
        } else if let open = line.find("("), open > 0, open < 1024, let first = line.number(at: open + 1) {
            file = line.text(0, open)
            number = first.value
            at = first.end
            if line.byte(at) == 0x2c, let second = line.number(at: at + 1) {
                column = second.value
                at = second.end
            }
            guard line.starts("): ", at: at) || line.starts(") : ", at: at), line.byte(0) != .space,
                PlaceReader.looksLikePath(file)
            else { return false }
            at = line.skipBlanks(at + 3)
        } else {
            return false
        }
        let severity: Diagnostic.Severity
        if line.starts("error ", at: at) || line.starts("error: ", at: at) {
            (severity, at) = (.error, at + 6)
        } else if line.starts("fatal error ", at: at) {
            (severity, at) = (.fatal, at + 12)
        } else if line.starts("warning ", at: at) {
            (severity, at) = (.warning, at + 8)
        } else {
            return false
        }
        var code: String?
        if let colon = line.find(": ", from: at), colon - at < 12 {
            code = line.text(at, colon)
            at = colon + 2
        }
        log.add(
            severity, line.text(at), code: code, at: log.place(file, number, column),
            tool: code?.hasPrefix("TS") == true ? .tsc : .generic, lines: line.number...line.number)
        followsMessage = code?.hasPrefix("TS") == true
        return true
    }
}
