/// Python's tracebacks: syntax errors, chained exceptions and exception groups too.
///
/// The place is the deepest frame in the project's own code, not in a library: that is where a person would look first.
/// All frames stay as notes.
struct PythonTracebacks: Dialect {
    private struct Frame {
        var location: SourceLocation
        var function: String
        var source: String?
        var isOwn: Bool
    }

    /// The test in whose report a traceback stands, and whose report that is.
    var test: String?
    var testTool = Diagnostic.Tool.unittest

    private enum State { case idle, frames, after }

    private var state = State.idle
    private var frames: [Frame] = []
    private var omitted = 0
    private var firstLine = 0
    /// Exceptions that led to the one being read.
    private var causes: [Diagnostic.Note] = []
    private var finished: Diagnostic?
    private var extra: [String] = []
    /// An exception group: what came before its parts.
    private var group: Diagnostic?
    private var awaitsSource = false
    /// Lines within the frames that belong to something else.
    private var foreign = 0

    static let frameLimit = 48

    var isReading: Bool { state != .idle }

    mutating func read(_ whole: Line, _ log: inout LogContext) -> Bool {
        let line = state == .idle ? whole : Self.withoutMargin(whole)
        if line.starts("Traceback (most recent call last):") || line.contains("Exception Group Traceback (most recent")
            || whole.contains("Traceback (most recent call last):") && whole.skipBlanks(0) < 12
        {
            if group == nil, finished != nil, !isChaining { flush(&log) }
            begin(whole)
            return true
        }
        if let frame = readFrame(line, log) {
            if state == .after, !isChaining { flush(&log) }
            if state == .idle { begin(whole) }
            state = .frames
            keep(frame)
            awaitsSource = true
            return true
        }
        switch state {
        case .idle: return false
        case .frames: return readWithinFrames(line, &log)
        case .after: return readAfterException(line, whole, &log)
        }
    }

    mutating func finish(_ log: inout LogContext) { flush(&log) }

    private var isChaining = false

    private mutating func begin(_ line: Line) {
        if state == .idle { firstLine = line.number }
        state = .frames
        isChaining = false
        frames = []
        omitted = 0
        foreign = 0
        awaitsSource = false
    }

    private mutating func keep(_ frame: Frame) {
        frames.append(frame)
        // The outermost frames say how it began, the innermost where it broke: the middle goes first.
        if frames.count > Self.frameLimit {
            frames.remove(at: 8)
            omitted += 1
        }
    }

    /// `File "x.py", line 3, in f`.
    private func readFrame(_ line: Line, _ log: LogContext) -> Frame? {
        let start = line.skipBlanks(0)
        guard start > 0, line.starts("File \"", at: start), let end = line.find("\", line ", from: start + 6),
            let number = line.number(at: end + 8)
        else { return nil }
        let path = line.text(start + 6, end)
        let function = line.find(", in ", from: number.end).map { line.text($0 + 5) } ?? ""
        let location =
            path.hasPrefix("<") ? SourceLocation(file: path, line: number.value) : log.place(path, number.value)
        return Frame(
            location: location, function: function, source: nil,
            isOwn: PathResolver.isInside(location.file) && !Self.isLibrary(path))
    }

    static func isLibrary(_ path: String) -> Bool {
        path.hasPrefix("<") || path.contains("/site-packages/") || path.contains("/dist-packages/")
            || path.contains("/lib/python") || path.contains("/.venv/") || path.contains("/Python.framework/")
            || path.contains("site-packages/") || path.contains("/.tox/")
    }

    private mutating func readWithinFrames(_ line: Line, _ log: inout LogContext) -> Bool {
        if line.isBlank { return true }
        if line.indent > 0 {
            if awaitsSource, !line.contains("[Previous line repeated") {
                awaitsSource = false
                if !frames.isEmpty { frames[frames.count - 1].source = line.trimmed }
            }
            return true
        }
        guard let exception = Exception(line) else {
            // Another program's line in the middle of a traceback, or one that was cut off.
            foreign += 1
            if frames.isEmpty || foreign > 3 { state = .idle }
            return false
        }
        end(exception, at: line.number)
        return true
    }

    private mutating func end(_ exception: Exception, at number: Int) {
        let place = frames.last { $0.isOwn } ?? frames.last { !Self.isLibrary($0.location.file) } ?? frames.last
        var notes: [Diagnostic.Note] = []
        if exception.name == "AssertionError", let last = frames.last, let source = last.source {
            notes.append(.init(message: "the assertion: \(source)", location: last.location))
        }
        for frame in frames.reversed() {
            let function = frame.function.isEmpty ? "" : "in \(frame.function)"
            let text = [function, frame.source ?? ""].filter { !$0.isEmpty }.joined(separator: ": ")
            notes.append(.init(message: text, location: frame.location))
        }
        if omitted > 0 { notes.append(.init(message: "\(omitted) more frames", location: nil)) }
        var message = exception.message
        if message == "AssertionError", let source = frames.last?.source, source.hasPrefix("assert ") {
            // A bare assertion says nothing: what it asserts does.
            message = source
        }
        let location = frames.isEmpty && group != nil ? group?.location : place?.location
        let diagnostic = Diagnostic(
            severity: .error, message: message, code: exception.name, location: location,
            tool: test == nil ? .python : testTool, test: test, notes: notes, logLines: min(firstLine, number)...number)
        if var parent = group {
            parent.notes.append(.init(message: "\(exception.name): \(exception.message)", location: place?.location))
            parent.notes.append(contentsOf: notes)
            // The group was raised by whatever gathers; its first own part is where something went wrong.
            if let part = place, part.isOwn, !groupHasPlace {
                parent.location = part.location
                groupHasPlace = true
            }
            group = parent
            parent.logLines = parent.logLines.lowerBound...number
            finished = parent
        } else {
            finished = diagnostic
            if exception.isGroup {
                group = diagnostic
                groupHasPlace = false
            }
        }
        frames = []
        omitted = 0
        extra = []
        state = .after
    }

    private var groupHasPlace = false

    private mutating func readAfterException(_ line: Line, _ whole: Line, _ log: inout LogContext) -> Bool {
        if line.starts("The above exception was the direct cause")
            || line.starts("During handling of the above exception")
        {
            if let cause = finished {
                let how = line.starts("The") ? "caused by" : "while handling"
                causes.append(
                    .init(message: "\(how) \(cause.code ?? ""): \(cause.message)", location: cause.location))
                causes.append(contentsOf: cause.notes.prefix(8))
            }
            finished = nil
            group = nil
            isChaining = true
            state = .frames
            return true
        }
        if group != nil {
            if whole.contains("----------------") {
                state = .frames
                frames = []
                return true
            }
            if let exception = Exception(line), whole.indent > 0 || line.count < whole.count {
                end(exception, at: line.number)
                return true
            }
        }
        if line.isBlank {
            // The cause's chain goes on behind a blank line; anything else but a test's own text ends the exception.
            return true
        }
        if extra.count < 8, isContinuation(line) {
            extra.append(line.string)
            return true
        }
        flush(&log)
        return false
    }

    /// Whether a line can be more of a message of several lines: in a test's report all is, until the next rule.
    private func isContinuation(_ line: Line) -> Bool {
        if line.starts("=====") || line.starts("-----") || line.starts("_____") { return false }
        if line.starts("FAILED") || line.starts("ERROR") || line.starts("Ran ") { return false }
        if test != nil { return true }
        return line.indent > 0 && PlaceReader(line) == nil && !line.starts("  File")
    }

    private mutating func flush(_ log: inout LogContext) {
        defer {
            state = .idle
            finished = nil
            group = nil
            causes = []
            extra = []
            frames = []
        }
        guard var diagnostic = finished else { return }
        if !extra.isEmpty {
            diagnostic.notes.append(.init(message: extra.joined(separator: "\n"), location: nil))
        }
        diagnostic.notes.append(contentsOf: causes)
        log.collector.add(Finding(diagnostic: diagnostic))
        log.collector.breakOff()
    }

    /// Without the margin that the parts of an exception group have: `  | `, `    | `.
    private static func withoutMargin(_ line: Line) -> Line {
        let at = line.skipBlanks(0)
        guard at > 0, line.byte(at) == .bar || line.byte(at) == 0x2b else { return line }
        return line.dropping(line.byte(at + 1) == .space ? at + 2 : at + 1)
    }

    /// The line that ends a traceback: `ValueError: no`, `pkg.errors.Broken`, `SystemExit: 3`.
    struct Exception {
        let name: String
        let message: String
        let isGroup: Bool

        init?(_ line: Line) {
            var end = 0
            while let byte = line.byte(end), byte.isWord || byte == .dot || byte >= 0x80 { end += 1 }
            guard end > 0, let first = line.byte(0), !first.isDigit, end < 200 else { return nil }
            guard end == line.count || line.starts(": ", at: end) || (line.byte(end) == .colon && end + 1 == line.count)
            else { return nil }
            let full = line.text(0, end)
            let short = full.split(separator: ".").last.map(String.init) ?? full
            // Names of exceptions are capitalised; a lowercase word before a colon is another program's line.
            guard let initial = short.utf8.first, initial >= 65, initial <= 90 || initial >= 0x80 else { return nil }
            name = short
            let text = end < line.count ? line.text(end + 1) : ""
            message = text.isEmpty ? short : text
            isGroup = short.hasSuffix("ExceptionGroup")
        }
    }
}
