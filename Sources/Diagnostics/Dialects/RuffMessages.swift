/// ruff's full output: the rule and what it says, the place on the next line, and a code frame.
///
///     F821 Undefined name `heigth`
///      --> app.py:5:16
struct RuffMessages: Dialect {
    private var heading: (code: String, message: String, line: Int)?

    var isReading: Bool { heading != nil }

    mutating func read(_ line: Line, _ log: inout LogContext) -> Bool {
        if let heading {
            self.heading = nil
            let at = line.skipBlanks(0)
            if line.starts("--> ", at: at), let place = PlaceReader(line, at: at + 4) {
                log.add(
                    .error, heading.message, code: heading.code, at: log.place(place.file, place.line, place.column),
                    tool: .generic, lines: heading.line...line.number)
                return true
            }
        }
        guard line.bytes.withUnsafeBufferPointer({ LineFilter.beginsWithCode($0, from: 0) }),
            let space = line.find(.space)
        else { return false }
        heading = (line.text(0, space), Self.said(line.text(space)), line.number)
        return false
    }

    mutating func finish(_ log: inout LogContext) { heading = nil }

    /// Without the mark of those that ruff could mend itself.
    static func said(_ text: String) -> String {
        text.hasPrefix("[*] ") ? String(text.dropFirst(4)) : text
    }
}
