/// Node: uncaught errors, syntax errors, and its test runner's TAP output.
struct NodeErrors: Dialect {
    /// `/src/a.js:3`, then the source, a caret and a blank line, then the error.
    private var header: SourceLocation?
    private var headerLine = 0
    private var source: String?
    /// `TypeError: message`, whose next line decides whether it is Node's.
    private var named: (name: String, message: String, line: Int)?
    private var pending: Diagnostic?
    /// `not ok 1 - name`, until `...`.
    private var tap: Diagnostic?
    private var tapField = ""

    var isReading: Bool { header != nil || named != nil || pending != nil || tap != nil }

    mutating func read(_ whole: Line, _ log: inout LogContext) -> Bool {
        let line = uncommented(whole)
        if tap != nil || line.starts("not ok ", at: line.skipBlanks(0)) { return readTAP(line, &log) }
        if pending != nil {
            if readFrame(line, log) { return true }
            if line.isBlank || line.starts("Require stack:") || line.starts("- ") { return true }
            flush(&log)
        }
        if named != nil {
            if Self.isFrame(line) {
                open(log)
                _ = readFrame(line, log)
                return true
            }
            if named?.name == "AssertionError", line.number - (named?.line ?? 0) <= Self.longestComparison {
                // What was compared stands between the message and the frames.
                if !line.isBlank, named?.message.hasSuffix(":") == true {
                    named?.message += " " + line.trimmed
                }
                return true
            }
            if header != nil, line.starts("Require stack:") || line.starts("- ") || line.isBlank { return true }
            flush(&log)
        }
        if let error = Self.error(line) {
            named = (error.name, error.message, line.number)
            return true
        }
        if header != nil {
            if line.number - headerLine > 8 {
                header = nil
                return false
            }
            let caret = line.skipBlanks(0)
            if source == nil, !line.isBlank {
                source = line.trimmed
            } else if line.byte(caret) == .caret, header?.column == nil {
                header?.column = caret + 1
            }
            // Another place means that this one was something else's.
            return PlaceReader(line) == nil
        }
        if let place = PlaceReader(line), place.end == line.count,
            place.file.hasPrefix("node:") || Self.extensions.contains(PlaceReader.fileExtension(place.file))
        {
            header = log.place(place.file, place.line)
            headerLine = line.number
            source = nil
            return true
        }
        return false
    }

    mutating func finish(_ log: inout LogContext) {
        flush(&log)
        endTAP(&log)
        header = nil
    }

    /// In TAP, what a file of tests printed stands in comments: also why it couldn't be run.
    private func uncommented(_ line: Line) -> Line {
        guard tap == nil, line.byte(0) == 0x23, line.count == 1 || line.byte(1) == .space else { return line }
        let inside = line.dropping(2)
        if header != nil || named != nil || pending != nil { return inside }
        return inside.place.map { $0.end == inside.count } == true ? inside : line
    }

    private mutating func endTAP(_ log: inout LogContext) {
        if let tap {
            var finding = Finding(diagnostic: tap)
            // Why a file failed that didn't run, or a test of others, is said by themselves.
            finding.isConsequence =
                tap.code == nil
                && (tap.message == "test failed" || tap.message.hasSuffix("subtest failed")
                    || tap.message.hasSuffix("subtests failed"))
            log.collector.add(finding)
            log.collector.breakOff()
        }
        tap = nil
    }

    /// The most lines between an assertion's message and its frames.
    private static let longestComparison = 40
    private static let extensions: Set<Substring> = ["js", "mjs", "cjs", "ts", "tsx", "jsx", "mts", "cts"]

    private static func isFrame(_ line: Line) -> Bool { line.starts("at ", at: line.skipBlanks(0)) && line.indent >= 2 }

    /// `TypeError: message`, `Uncaught Error: message`, `Error [ERR_X]: message`.
    static func error(_ line: Line) -> (name: String, message: String)? {
        var start = 0
        if line.starts("Uncaught ") { start = 9 }
        var end = start
        while let byte = line.byte(end), byte.isWord { end += 1 }
        guard end - start >= 5, end == line.count || line.byte(end) == .colon || line.byte(end) == .space else {
            return nil
        }
        let name = line.text(start, end)
        guard name.hasSuffix("Error") || name.hasSuffix("Exception"), let first = name.utf8.first, first < 97 else {
            return nil
        }
        if line.starts(" [", at: end), let close = line.find("]", from: end) { end = close + 1 }
        guard line.byte(end) == .colon || end == line.count else { return nil }
        let message = end < line.count ? line.text(end + 1) : ""
        return (name, message.isEmpty ? name : message)
    }

    private mutating func open(_ log: LogContext) {
        guard let named else { return }
        var notes: [Diagnostic.Note] = []
        if let source { notes.append(.init(message: source, location: header)) }
        let own = header.map { Self.isOwn($0.file) } == true ? header : nil
        pending = Diagnostic(
            severity: .error, message: named.message, code: named.name, location: own, tool: .node, notes: notes,
            logLines: (header == nil ? named.line : headerLine)...named.line)
        self.named = nil
        header = nil
        source = nil
    }

    static func isOwn(_ file: String) -> Bool {
        PathResolver.isInside(file) && !file.contains("node_modules/") && !file.hasPrefix("node:")
    }

    /// `    at inner (/src/a.js:2:18)`, `    at file:///src/a.mjs:5:1`.
    private mutating func readFrame(_ line: Line, _ log: LogContext) -> Bool {
        guard Self.isFrame(line) else { return false }
        let start = line.skipBlanks(0) + 3
        let open = line.findLast("(")
        guard let place = PlaceReader(line, at: open.map { $0 + 1 } ?? start), (pending?.notes.count ?? 0) < 32 else {
            return true
        }
        let location = log.place(Self.path(place.file), place.line, place.column)
        let name = open.map { line.text(start, $0) } ?? ""
        pending?.notes.append(.init(message: name.isEmpty ? "called" : "in \(name)", location: location))
        if let known = pending?.location {
            if known.file == location.file, known.line == location.line, known.column == nil {
                pending?.location = location
            }
        } else if Self.isOwn(location.file) {
            pending?.location = location
        }
        if let lines = pending?.logLines { pending?.logLines = lines.lowerBound...max(lines.lowerBound, line.number) }
        return true
    }

    private static func path(_ file: String) -> String {
        file.hasPrefix("file://") ? String(file.dropFirst(7)) : file
    }

    private mutating func flush(_ log: inout LogContext) {
        if pending == nil, named != nil, header != nil { open(log) }
        named = nil
        if let pending {
            log.collector.add(Finding(diagnostic: pending))
            log.collector.breakOff()
        }
        pending = nil
    }

    // MARK: TAP

    private mutating func readTAP(_ line: Line, _ log: inout LogContext) -> Bool {
        let start = line.skipBlanks(0)
        if line.starts("not ok ", at: start) {
            endTAP(&log)
            let name = line.find(" - ").map { line.text($0 + 3) } ?? line.text(start + 7)
            tap = Diagnostic(
                severity: .error, message: "test failed", tool: .node, test: name, logLines: line.number...line.number)
            return true
        }
        guard var diagnostic = tap else { return false }
        if line.starts("...", at: start) || line.starts("ok ", at: start) || line.starts("1..", at: start)
            || line.starts("# ", at: start) || line.number - diagnostic.logLines.lowerBound > 200
        {
            endTAP(&log)
            return line.starts("...", at: start)
        }
        diagnostic.logLines = diagnostic.logLines.lowerBound...line.number
        if let colon = line.find(":", from: start), line.text(start, colon).utf8.allSatisfy(\.isWord),
            colon + 1 == line.count || line.byte(colon + 1) == .space
        {
            tapField = line.text(start, colon)
            let value = Self.unquoted(line.text(colon + 1))
            switch tapField {
            case "location": diagnostic.location = Self.place(value, log) ?? diagnostic.location
            case "error" where !value.hasPrefix("|"): diagnostic.message = value
            case "code", "name": diagnostic.code = value == "ERR_TEST_FAILURE" ? diagnostic.code : value
            default: break
            }
        } else if tapField == "error", !line.isBlank {
            diagnostic.message =
                diagnostic.message == "test failed" ? line.trimmed : diagnostic.message + "\n" + line.trimmed
        } else if tapField == "stack", let open = line.findLast("("), diagnostic.notes.count < 32,
            let place = Self.place(line.text(open + 1), log)
        {
            if Self.isOwn(place.file),
                !diagnostic.notes.contains(where: { $0.location.map { Self.isOwn($0.file) } == true })
            {
                diagnostic.location = place
            }
            diagnostic.notes.append(.init(message: "in \(line.text(start, open))", location: place))
        }
        tap = diagnostic
        return true
    }

    private static func place(_ text: String, _ log: LogContext) -> SourceLocation? {
        PlaceReader(Line(Array(path(text).utf8), number: 0)).map { log.place($0.file, $0.line, $0.column) }
    }

    private static func unquoted(_ text: String) -> String {
        let isQuoted = ["'", "\""].contains { text.hasPrefix($0) && text.hasSuffix($0) }
        return text.count > 1 && isQuoted ? String(text.dropFirst().dropLast()) : text
    }
}
