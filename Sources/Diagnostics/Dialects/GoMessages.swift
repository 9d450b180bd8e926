/// Go: the compiler and vet (`./main.go:3:2: message`), failing tests, and panics.
struct GoMessages: Dialect {
    private var test: String?
    private var testHasDiagnostic = false
    private var testLine = 0
    private var panic: Diagnostic?
    private var function = ""

    /// `	have (number)`, indented by a tab, belongs to the message before.
    private var followsMessage = false

    var isReading: Bool { test != nil || panic != nil || followsMessage }

    mutating func read(_ line: Line, _ log: inout LogContext) -> Bool {
        if panic != nil, readGoroutine(line, &log) { return true }
        if readTest(line, &log) { return true }
        if line.starts("panic: ") || line.starts("fatal error: ") && line.contains("goroutine") {
            // The test that it ended has nothing else to say.
            let ended = testHasDiagnostic ? nil : test
            if ended != nil { test = nil }
            finish(&log)
            let end = line.find(" [recovered]")
            panic = Diagnostic(
                severity: .fatal, message: line.text(7, end), code: "panic", tool: .go, test: ended,
                logLines: line.number...line.number)
            return true
        }
        if line.starts("# "), line.find(.space, from: 2) == nil, line.find(.colon) == nil, line.count > 2 {
            return true
        }
        if followsMessage, line.byte(0) == .tab {
            log.collector.addNote(.init(message: line.trimmed, location: nil), lines: line.number...line.number)
            return true
        }
        followsMessage = readCompiler(line, &log)
        return followsMessage
    }

    mutating func finish(_ log: inout LogContext) {
        if let panic {
            log.collector.add(Finding(diagnostic: panic))
            log.collector.breakOff()
        }
        panic = nil
        endTest(&log)
    }

    private mutating func endTest(_ log: inout LogContext) {
        if let test, !testHasDiagnostic {
            log.add(
                .error, "test failed", tool: .go, test: test, lines: testLine...testLine,
                consequence: test.contains("/"))
        }
        test = nil
    }

    /// `--- FAIL: TestX (0.00s)`, then `    x_test.go:12: message` and the message's further lines, indented more.
    private mutating func readTest(_ line: Line, _ log: inout LogContext) -> Bool {
        let start = line.skipBlanks(0)
        if line.starts("--- FAIL: ", at: start) {
            // A subtest's heading follows its test's; what either says stands below.
            if let test, line.text(start + 10).hasPrefix(test + "/") { testHasDiagnostic = true }
            endTest(&log)
            test = line.text(start + 10, line.find(" (", from: start))
            testHasDiagnostic = false
            testLine = line.number
            return true
        }
        guard let test else { return false }
        if line.starts("FAIL\t") || line.starts("ok  \t") || line.ends("FAIL") && line.count == 4 || line.starts("=== ")
            || line.starts("--- ")
        {
            endTest(&log)
            return true
        }
        guard line.indent >= 4 else { return false }
        if let place = PlaceReader(line, at: start), place.file.hasSuffix(".go"), line.byte(place.end) == .colon {
            let message = line.text(place.end + 1)
            log.add(
                .error, message.isEmpty ? "test failed" : message,
                at: SourceLocation(file: log.paths.resolve(place.file), line: place.line), tool: .go, test: test,
                lines: line.number...line.number)
            testHasDiagnostic = true
        } else if line.indent >= 8, testHasDiagnostic {
            log.collector.addNote(.init(message: line.trimmed, location: nil), lines: line.number...line.number)
        }
        return true
    }

    /// `main.go:3:2: undefined: x`; the place may stand behind `vet: `.
    private func readCompiler(_ line: Line, _ log: inout LogContext) -> Bool {
        let start = line.starts("vet: ") ? 5 : 0
        guard let place = PlaceReader(line, at: start), place.file.hasSuffix(".go"), line.starts(": ", at: place.end)
        else { return line.ends("too many errors") && line.count < 24 }
        var message = line.text(place.end + 2)
        for word in ["error: ", "syntax error: "] where message.hasPrefix(word) && word == "error: " {
            message = String(message.dropFirst(word.count))
        }
        if message.hasPrefix("warning: ") || message.hasPrefix("note: ") { return false }
        let (text, code) = MessageCode.split(message)
        log.add(
            .error, text, code: code, at: log.place(place.file, place.line, place.column), tool: .go,
            lines: line.number...line.number, consequence: text == "too many errors")
        return true
    }

    /// `goroutine 1 [running]:`, `main.main()`, a tab, `/src/main.go:5 +0x1d`.
    private mutating func readGoroutine(_ line: Line, _ log: inout LogContext) -> Bool {
        if line.isBlank || line.starts("goroutine ") || line.starts("[signal ") || line.starts("\tpanic: ") {
            return true
        }
        if line.byte(0) == .tab, let place = PlaceReader(line, at: 1) {
            guard (panic?.notes.count ?? 0) < 48 else { return true }
            let location = log.place(place.file, place.line)
            panic?.notes.append(.init(message: "in \(function)", location: location))
            if panic?.location == nil, PathResolver.isInside(location.file), !location.file.contains("/pkg/mod/") {
                panic?.location = location
                if location.file.hasSuffix("_test.go"), let dot = function.split(separator: ".").last,
                    dot.hasPrefix("Test")
                {
                    panic?.test = String(dot.prefix { $0 != "(" })
                }
            }
            if let lines = panic?.logLines { panic?.logLines = lines.lowerBound...line.number }
            return true
        }
        if line.ends(")") || line.starts("created by ") {
            function = line.text(0, line.findLast("("))
            return true
        }
        finish(&log)
        return false
    }
}
