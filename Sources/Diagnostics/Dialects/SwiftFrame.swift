/// The code frame that swiftc prints below its headers, for the notes that stand only there:
///
///     17 |     let list = [1, 2]
///        |     `- note: change 'let' to 'var' to make it mutable
struct SwiftFrame: Sendable {
    private var file: String?
    /// The number of the source line last shown.
    private var shown: Int?

    var isReading: Bool { file != nil }

    mutating func begin(file: String) {
        self.file = file
        shown = nil
    }

    mutating func end() { file = nil }

    /// Reads a line of a frame; false, and the frame's end, when it is none.
    mutating func read(_ line: Line, _ log: inout LogContext) -> Bool {
        guard let file else { return false }
        var at = line.skipBlanks(0)
        let number = line.number(at: at)
        if let number { at = line.skipBlanks(number.end) }
        if number == nil, line.byte(at) == .colon, line.count == at + 1 { return true }  // lines left out
        guard line.byte(at) == .bar else {
            // The header's next line is the frame's first, or there is no frame: the classic style shows the bare line.
            if line.isBlank || shown != nil || line.contains(": ") { self.file = nil }
            return false
        }
        if let number {
            shown = number.value
            return true
        }
        let code = at + 2
        if let mark = line.find("- note: ", from: at), let shown, mark > code {
            let column = mark - 1 - code + 1
            let tick = line.byte(mark - 1)
            guard tick == .backtick || tick == .bar else { return true }
            let (message, _) = MessageCode.split(line.text(mark + 8))
            log.collector.addNote(
                .init(message: message, location: log.place(file, shown, column)), lines: line.number...line.number)
        }
        return true
    }
}
