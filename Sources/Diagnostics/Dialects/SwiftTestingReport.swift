/// Swift Testing's console output: `✘ Test "name" recorded an issue at File.swift:12:3: Expectation failed: …`.
///
/// It names files without their directories; the place is resolved only where that name says enough.
struct SwiftTestingReport: Dialect {
    /// Whether the last line was an issue, so that `↳ comment` belongs to it.
    private var followsIssue = false

    var isReading: Bool { followsIssue }

    mutating func read(_ line: Line, _ log: inout LogContext) -> Bool {
        if followsIssue {
            if let start = Self.detail(line) {
                log.collector.addNote(
                    .init(message: line.text(start), location: nil), lines: line.number...line.number)
                return true
            }
            followsIssue = false
            log.collector.breakOff()
        }
        guard let verb = line.find(" recorded a") else { return readSummary(line, &log) }
        guard let start = Self.nameStart(line), start < verb else { return false }
        let isWarning = line.starts(" recorded a warning", at: verb)
        let isKnown = line.starts(" recorded a known issue", at: verb)
        guard line.starts(" recorded an issue", at: verb) || isWarning || isKnown else { return false }
        if isKnown { return true }
        report(line, Self.unquoted(line.text(start, verb)), after: verb, isWarning ? .warning : .error, &log)
        return true
    }

    private mutating func report(
        _ line: Line, _ test: String, after verb: Int, _ severity: Diagnostic.Severity, _ log: inout LogContext
    ) {
        var location: SourceLocation?
        var said = line.find(": ", from: verb).map { $0 + 2 } ?? line.count
        var from = verb
        while let at = line.find(" at ", from: from) {
            if let place = PlaceReader(line, at: at + 4), line.byte(place.end) == .colon || place.end == line.count {
                let file = log.paths.firstExisting([place.file]) ?? place.file
                location = SourceLocation(
                    file: place.file.contains("/") ? log.paths.resolve(place.file) : file, line: place.line,
                    column: place.column)
                said = min(place.end + 1, line.count)
                break
            }
            from = at + 4
        }
        var message = line.text(said)
        var code: String?
        for kind in ["Expectation failed", "Caught error", "Issue recorded", "Confirmation", "Time limit"]
        where message.hasPrefix(kind) {
            code = kind
            let rest = message.dropFirst(kind.count)
            if rest.hasPrefix(": ") { message = String(rest.dropFirst(2)) }
        }
        log.add(
            severity, message.isEmpty ? code ?? "issue" : message, code: code, at: location, tool: .swiftTesting,
            test: test, lines: line.number...line.number)
        followsIssue = true
    }

    /// `✘ Test x() failed after …` repeats what the issues said; `Test run … failed` too.
    private func readSummary(_ line: Line, _ log: inout LogContext) -> Bool {
        guard let start = Self.nameStart(line) ?? Self.suiteStart(line) else { return false }
        return line.contains(" failed after ") || line.contains(" passed after ") || line.contains(" started.")
            || line.contains(" skipped") || start > line.count
    }

    /// Where a test's name begins, behind an optional symbol and `Test `.
    private static func nameStart(_ line: Line) -> Int? {
        let at = afterSymbol(line)
        if line.starts("Test case passing ", at: at) { return nil }
        return line.starts("Test ", at: at) ? at + 5 : nil
    }

    private static func suiteStart(_ line: Line) -> Int? {
        let at = afterSymbol(line)
        return line.starts("Suite ", at: at) ? at + 6 : nil
    }

    /// ✘ ◇ ✔ on Linux, private-use symbols on macOS, words in brackets elsewhere.
    private static func afterSymbol(_ line: Line) -> Int {
        guard let first = line.byte(0), first >= 0x80 || first == .openBracket else { return 0 }
        return line.find(" ").map { line.skipBlanks($0) } ?? 0
    }

    private static func detail(_ line: Line) -> Int? {
        let at = line.skipBlanks(0)
        if line.starts("↳ ", at: at) { return at + 4 }
        // macOS takes its arrow from a font's private symbols, as it does the marks before tests.
        guard line.byte(at) == 0xf4, line.byte(at + 4) == .space, nameStart(line) == nil, suiteStart(line) == nil else {
            return nil
        }
        return at + 5
    }

    private static func unquoted(_ name: String) -> String {
        var name = name
        if let with = name.range(of: "\" with ") { name = String(name[..<with.lowerBound]) + "\"" }
        return name.hasPrefix("\"") && name.hasSuffix("\"") && name.count > 1
            ? String(name.dropFirst().dropLast()) : name
    }
}

extension String {
    /// The first place of a text; `Foundation` is not needed for this.
    fileprivate func range(of wanted: String) -> Range<String.Index>? {
        var at = startIndex
        while at < endIndex {
            if self[at...].hasPrefix(wanted) { return at..<index(at, offsetBy: wanted.count) }
            at = index(after: at)
        }
        return nil
    }
}
