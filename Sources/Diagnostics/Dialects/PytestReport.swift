/// pytest's report, in its long, short, line and native styles, and its summary.
struct PytestReport: Dialect {
    private enum Section { case none, failures, summary }

    private struct Failure {
        var name: String
        var isCollection: Bool
        var firstLine: Int
        var lastLine: Int
        var said: [String] = []
        var places: [(location: SourceLocation, text: String, isOwn: Bool)] = []
        var source: String?
        var hasTraceback = false
    }

    private var section = Section.none
    private var failure: Failure?

    /// The test in whose report a traceback stands; nil when a traceback is a program's own.
    var testForTraceback: String? { section == .failures ? failure?.name : nil }
    var isReading: Bool { section == .failures }

    mutating func sawTraceback() { failure?.hasTraceback = true }

    mutating func read(_ line: Line, _ log: inout LogContext) -> Bool {
        if let title = Self.title(line, mark: 0x3d) {
            flush(&log)
            switch title {
            case "FAILURES", "ERRORS": section = .failures
            case "short test summary info": section = .summary
            default: section = .none
            }
            return true
        }
        switch section {
        case .none:
            return readSummary(line, &log)
        case .summary:
            return readSummary(line, &log)
        case .failures:
            if let title = Self.title(line, mark: .underscore) {
                flush(&log)
                begin(title, line.number)
                return true
            }
            if failure == nil { return readLineStyle(line, &log) }
            return readFailure(line, log)
        }
    }

    mutating func finish(_ log: inout LogContext) {
        flush(&log)
        section = .none
    }

    /// `==== FAILURES ====`, `____ test_x ____`: the text between.
    private static func title(_ line: Line, mark: UInt8) -> String? {
        guard line.count > 10, line.byte(0) == mark, line.byte(line.count - 1) == mark else { return nil }
        var start = 0
        var end = line.count
        while start < end, line.bytes[start] == mark { start += 1 }
        while end > start, line.bytes[end - 1] == mark { end -= 1 }
        guard start < end, line.bytes[start] == .space, line.bytes[end - 1] == .space else { return nil }
        let text = line.text(start, end)
        // `_ _ _ _ _` separates the entries of a long traceback.
        return text.isEmpty || text.utf8.allSatisfy({ $0 == mark || $0 == .space }) ? nil : text
    }

    private mutating func begin(_ title: String, _ number: Int) {
        var name = title
        var isCollection = false
        for prefix in ["ERROR collecting ", "ERROR at setup of ", "ERROR at teardown of "] where name.hasPrefix(prefix)
        {
            name = String(name.dropFirst(prefix.count))
            isCollection = prefix.contains("collecting")
        }
        failure = Failure(name: name, isCollection: isCollection, firstLine: number, lastLine: number)
    }

    private mutating func readFailure(_ line: Line, _ log: LogContext) -> Bool {
        failure?.lastLine = line.number
        if line.byte(0) == 0x45, line.count == 1 || line.starts("E  ") {
            readSaid(line, log)
            return true
        }
        if line.starts(">"), line.byte(1) == .space {
            failure?.source = line.text(1)
            return true
        }
        if let place = PlaceReader(line), line.byte(place.end) == .colon, (failure?.places.count ?? 0) < 48 {
            let location = log.place(place.file, place.line)
            let isOwn = PathResolver.isInside(location.file) && !PythonTracebacks.isLibrary(place.file)
            let said = line.text(place.end + 1)
            let text = said.isEmpty ? failure?.source ?? "" : said
            failure?.places.append((location, text, isOwn))
            return true
        }
        return true
    }

    private mutating func readSaid(_ line: Line, _ log: LogContext) {
        let text = line.text(1)
        // A module that doesn't even parse: the error's own place stands within what pytest quotes.
        if text.hasPrefix("File \""), let end = line.find("\", line "), let start = line.find("File \""),
            let number = line.number(at: end + 8)
        {
            let path = line.text(start + 6, end)
            let location = log.place(path, number.value)
            failure?.places.append((location, "", PathResolver.isInside(location.file)))
            return
        }
        if (failure?.said.count ?? 0) < 24, !text.isEmpty { failure?.said.append(text) }
    }

    private mutating func flush(_ log: inout LogContext) {
        defer { failure = nil }
        guard let failure, !failure.hasTraceback || !failure.said.isEmpty,
            !failure.said.isEmpty || !failure.places.isEmpty
        else { return }
        // Of a syntax error, pytest quotes the source and a caret first: what it is comes last.
        let syntax = failure.said.last { $0.hasPrefix("SyntaxError: ") || $0.hasPrefix("IndentationError: ") }
        let first = syntax ?? failure.said.first ?? failure.places.last?.text ?? "failed"
        var (message, code) = Self.split(first)
        let last = failure.places.last?.text ?? ""
        if code == nil, last.hasSuffix("Error") || last.hasSuffix("Exception") { code = last }
        if code == nil, message.hasPrefix("assert ") { code = "AssertionError" }
        if failure.isCollection, message.isEmpty { message = "can't be collected" }
        let place = failure.places.last { $0.isOwn } ?? failure.places.last
        var notes: [Diagnostic.Note] = []
        if let source = failure.source, code == "AssertionError" {
            notes.append(.init(message: "the assertion: \(source)", location: failure.places.last?.location))
        }
        if failure.said.count > 1 {
            notes.append(.init(message: failure.said.filter { $0 != first }.joined(separator: "\n"), location: nil))
        }
        for entry in failure.places.reversed() { notes.append(.init(message: entry.text, location: entry.location)) }
        log.add(
            .error, message, code: code, at: place?.location, tool: .pytest, test: failure.name, notes: notes,
            lines: failure.firstLine...failure.lastLine)
        log.collector.breakOff()
    }

    /// `ZeroDivisionError: division by zero` → the message and the exception's name.
    private static func split(_ text: String) -> (String, String?) {
        guard let exception = PythonTracebacks.Exception(Line(Array(text.utf8), number: 0)),
            exception.name.hasSuffix("Error") || exception.name.hasSuffix("Exception")
                || exception.name.hasSuffix("Warning")
                || exception.name.hasSuffix("Exit") || exception.name == "Failed"
        else { return (text, nil) }
        return (exception.message, exception.name)
    }

    /// `--tb=line`: `/path/test_x.py:6: assert 2.0 == 3`.
    private mutating func readLineStyle(_ line: Line, _ log: inout LogContext) -> Bool {
        guard let place = PlaceReader(line), line.starts(": ", at: place.end) else { return true }
        let (message, code) = Self.split(line.text(place.end + 2))
        log.add(
            .error, message, code: code ?? (message.hasPrefix("assert ") ? "AssertionError" : nil),
            at: log.place(place.file, place.line), tool: .pytest, lines: line.number...line.number)
        log.collector.breakOff()
        return true
    }

    /// `FAILED tests/test_x.py::test_y - assert 1 == 2`, `ERROR tests/test_x.py`.
    private mutating func readSummary(_ line: Line, _ log: inout LogContext) -> Bool {
        guard let start = line.starts("FAILED ") ? 7 : line.starts("ERROR ") ? 6 : nil else { return false }
        let dash = line.find(" - ", from: start)
        let id = line.text(start, dash)
        guard let file = id.split(separator: ":").first, file.hasSuffix(".py") else { return false }
        let said = dash.map { line.text($0 + 3) } ?? ""
        let path = log.paths.resolve(String(file))
        let short = id.dropFirst(file.utf8.count).split(separator: ":").joined(separator: ".")
        for name in [id, short, String(file)] where !name.isEmpty {
            if log.collector.name(pytest: name, id) { return true }
        }
        // In the line style a failure has no name; the summary names them in the same order.
        if !said.isEmpty, log.collector.name(pytestWhere: { Self.agrees(said, $0) }, id) { return true }
        let (message, code) = Self.split(said.isEmpty ? "failed" : said)
        log.add(
            .error, message, code: code, at: SourceLocation(file: path), tool: .pytest, test: id,
            lines: line.number...line.number)
        log.collector.breakOff()
        return true
    }

    /// Whether a summary's text, which may be cut, is a diagnostic's.
    private static func agrees(_ said: String, _ known: Diagnostic) -> Bool {
        let text = said.hasSuffix("...") ? String(said.dropLast(3)) : said
        return known.message.hasPrefix(text) || "\(known.code ?? ""): \(known.message)".hasPrefix(text)
    }
}
