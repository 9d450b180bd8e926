/// CMake's errors and warnings: a heading, an indented text, perhaps a call stack.
struct CMakeMessages: Dialect {
    private var pending: Diagnostic?
    private var text: [String] = []
    private var inCallStack = false

    var isReading: Bool { pending != nil }

    mutating func read(_ line: Line, _ log: inout LogContext) -> Bool {
        if line.starts("CMake Error") || line.starts("CMake Warning") || line.starts("CMake Deprecation") {
            finish(&log)
            begin(line, log)
            return pending != nil
        }
        if line.starts("-- Configuring incomplete") {
            finish(&log)
            log.add(.error, line.text(3), tool: .cmake, lines: line.number...line.number, consequence: true)
            return true
        }
        guard pending != nil else { return false }
        if line.isBlank { return true }
        if line.starts("Call Stack (most recent call first)") {
            inCallStack = true
            return true
        }
        guard line.indent >= 2, text.count < 40 else {
            finish(&log)
            return false
        }
        if inCallStack, let place = PlaceReader(line, at: line.indent) {
            pending?.notes.append(.init(message: "called from here", location: log.place(place.file, place.line)))
        } else {
            text.append(line.trimmed)
        }
        extend(line.number)
        return true
    }

    mutating func finish(_ log: inout LogContext) {
        if var diagnostic = pending {
            let said = text.joined(separator: " ")
            if diagnostic.message.isEmpty { diagnostic.message = said.isEmpty ? "failed" : said }
            log.collector.add(Finding(diagnostic: diagnostic))
            log.collector.breakOff()
        }
        pending = nil
        text = []
        inCallStack = false
    }

    private mutating func extend(_ number: Int) {
        if let lines = pending?.logLines { pending?.logLines = lines.lowerBound...number }
    }

    /// `CMake Error at CMakeLists.txt:12 (find_package):`, `CMake Error in CMakeLists.txt:`, `CMake Error: text`.
    private mutating func begin(_ line: Line, _ log: LogContext) {
        let severity: Diagnostic.Severity = line.starts("CMake Error") ? .error : .warning
        var location: SourceLocation?
        var message = ""
        if let at = line.find(" at "), at < 32, let place = PlaceReader(line, at: at + 4) {
            location = log.place(place.file, place.line)
        } else if let at = line.find(" in "), at < 32, line.ends(":") {
            location = log.place(line.text(at + 4, line.count - 1), nil)
        } else if let colon = line.find(": ") {
            message = line.text(colon + 2)
        } else if !line.ends(":") {
            return
        }
        pending = Diagnostic(
            severity: severity, message: message, location: location, tool: .cmake, logLines: line.number...line.number)
    }
}
