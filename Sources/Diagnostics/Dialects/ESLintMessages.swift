/// ESLint, in its three plain formats.
///
///     /src/index.js                                                           stylish: the file, then its lines
///       1:7   error    'unused' is assigned a value but never used  no-unused-vars
///     /src/index.js: line 1, col 7, Error - Missing semicolon. (semi)         compact
///     /src/index.js:1:7: Missing semicolon. [Error/semi]                      unix
struct ESLintMessages: Dialect {
    private var file: String?

    var isReading: Bool { file != nil }

    mutating func read(_ line: Line, _ log: inout LogContext) -> Bool {
        if file != nil {
            if readStylish(line, &log) { return true }
            file = nil
        }
        if readCompact(line, &log) || readUnix(line, &log) { return true }
        if line.byte(0) == .slash, line.place == nil, Self.isHeader(line) {
            file = line.trimmed
        }
        return false
    }

    mutating func finish(_ log: inout LogContext) { file = nil }

    private static func isHeader(_ line: Line) -> Bool {
        guard line.count < 1024, !line.contains(": ") else { return false }
        let type = PlaceReader.fileExtension(line.string)
        return PlaceReader.sourceExtensions.contains(type) && PlaceReader.looksLikePath(line.trimmed)
    }

    private mutating func readStylish(_ line: Line, _ log: inout LogContext) -> Bool {
        let start = line.skipBlanks(0)
        guard let file, start >= 2, let number = line.number(at: start), line.byte(number.end) == .colon,
            let column = line.number(at: number.end + 1)
        else { return false }
        let at = line.skipBlanks(column.end)
        let severity: Diagnostic.Severity
        let from: Int
        if line.starts("error ", at: at) {
            (severity, from) = (.error, at + 6)
        } else if line.starts("warning ", at: at) {
            (severity, from) = (.warning, at + 8)
        } else {
            return false
        }
        let (message, rule) = Self.rule(line, line.skipBlanks(from))
        log.add(
            severity, message, code: rule, at: log.place(file, number.value, column.value), tool: .eslint,
            lines: line.number...line.number)
        return true
    }

    /// The last column, behind two spaces, is the rule; an error of parsing has none.
    private static func rule(_ line: Line, _ start: Int) -> (message: String, rule: String?) {
        guard let gap = line.findLast("  "), gap > start else { return (line.text(start), nil) }
        let rule = line.text(gap)
        guard !rule.isEmpty, !rule.utf8.contains(.space) else { return (line.text(start), nil) }
        return (line.text(start, gap), rule)
    }

    private func readCompact(_ line: Line, _ log: inout LogContext) -> Bool {
        guard let at = line.find(": line "), at > 0, let number = line.number(at: at + 7),
            line.starts(", col ", at: number.end), let column = line.number(at: number.end + 6)
        else { return false }
        let severity: Diagnostic.Severity
        let start: Int
        if line.starts(", Error - ", at: column.end) {
            (severity, start) = (.error, column.end + 10)
        } else if line.starts(", Warning - ", at: column.end) {
            (severity, start) = (.warning, column.end + 12)
        } else {
            return false
        }
        var message = line.text(start)
        var rule: String?
        if message.hasSuffix(")"), let open = line.findLast(" ("), open > start {
            rule = line.text(open + 2, line.count - 1)
            message = line.text(start, open)
        }
        log.add(
            severity, message, code: rule, at: log.place(line.text(0, at), number.value, column.value), tool: .eslint,
            lines: line.number...line.number)
        return true
    }

    private func readUnix(_ line: Line, _ log: inout LogContext) -> Bool {
        guard line.ends("]"), let place = line.place, place.column != nil, line.starts(": ", at: place.end),
            let open = line.findLast(" ["), open > place.end
        else { return false }
        let severity: Diagnostic.Severity
        let from: Int
        if line.starts("Error", at: open + 2) {
            (severity, from) = (.error, open + 7)
        } else if line.starts("Warning", at: open + 2) {
            (severity, from) = (.warning, open + 9)
        } else {
            return false
        }
        guard line.byte(from) == .slash || from == line.count - 1 else { return false }
        log.add(
            severity, line.text(place.end + 2, open),
            code: from < line.count - 1 ? line.text(from + 1, line.count - 1) : nil,
            at: log.place(place.file, place.line, place.column), tool: .eslint, lines: line.number...line.number)
        return true
    }
}
