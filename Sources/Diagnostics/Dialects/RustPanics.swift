/// Rust programs and tests that panic.
struct RustPanics: Dialect {
    private var pending: Diagnostic?
    private var text: [String] = []
    private var inBacktrace = false
    private var frameName = ""

    var isReading: Bool { pending != nil }

    mutating func read(_ line: Line, _ log: inout LogContext) -> Bool {
        if line.starts("thread '"), let at = line.find(" panicked at ") {
            finish(&log)
            begin(line, at + 13, log)
            return true
        }
        guard pending != nil else { return false }
        if line.starts("note: ") {
            finish(&log)
            return true
        }
        if line.starts("stack backtrace:") {
            inBacktrace = true
            return true
        }
        if inBacktrace {
            if line.indent > 0 {
                readFrame(line, log)
                return true
            }
            finish(&log)
            return false
        }
        if line.isBlank || text.count >= 8 {
            finish(&log)
            return line.isBlank
        }
        text.append(line.string)
        if let lines = pending?.logLines { pending?.logLines = lines.lowerBound...line.number }
        return true
    }

    mutating func finish(_ log: inout LogContext) {
        if var diagnostic = pending {
            if diagnostic.message.isEmpty {
                diagnostic.message = text.isEmpty ? "panicked" : text.joined(separator: "\n")
            }
            log.collector.add(Finding(diagnostic: diagnostic))
            log.collector.breakOff()
        }
        pending = nil
        text = []
        inBacktrace = false
    }

    /// `thread 'main' panicked at src/main.rs:4:44:`; before 1.73 `thread 'main' panicked at 'why', src/main.rs:4:44`.
    private mutating func begin(_ line: Line, _ start: Int, _ log: LogContext) {
        let name = line.text(8, line.find("'", from: 8))
        var message = ""
        var place = PlaceReader(line, at: start)
        if line.byte(start) == 0x27, let end = line.findLast("', ") {
            message = line.text(start + 1, end)
            place = PlaceReader(line, at: end + 3)
        }
        pending = Diagnostic(
            severity: .fatal, message: message, code: "panic",
            location: place.map { log.place($0.file, $0.line, $0.column) }, tool: .rustc,
            test: name.contains("::") ? name : nil, logLines: line.number...line.number)
        if !message.isEmpty { text = [message] }
    }

    private mutating func readFrame(_ line: Line, _ log: LogContext) {
        let at = line.skipBlanks(0)
        if let number = line.number(at: at), line.starts(": ", at: number.end) {
            frameName = line.text(number.end + 2)
            return
        }
        guard line.starts("at ", at: at), let place = PlaceReader(line, at: at + 3), (pending?.notes.count ?? 0) < 32,
            !place.file.hasPrefix("/rustc/"), !place.file.contains("/.cargo/registry/")
        else { return }
        let location = log.place(place.file, place.line, place.column)
        pending?.notes.append(.init(message: "in \(frameName)", location: location))
        // A panic within a library: the caller below the root is where to look.
        if let own = pending?.location?.file, !PathResolver.isInside(own), PathResolver.isInside(location.file) {
            pending?.location = location
        }
        if let lines = pending?.logLines { pending?.logLines = lines.lowerBound...line.number }
    }
}
