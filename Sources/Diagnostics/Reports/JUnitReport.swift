/// JUnit's XML, as test runners of all languages write it, and linters: its failures and errors as diagnostics.
///
/// The place is the one that the report names, else the one in the failure's text where a person would look first.
struct JUnitReport {
    private struct Case {
        var name = ""
        var classname = ""
        var file: String?
        var line: Int?
        var column: Int?
        var firstLine = 0
    }

    private struct Failure {
        var isError: Bool
        var message: String
        var type: String
        var text = ""
    }

    private var stack: [String] = []
    /// Elements below the depth that is looked at.
    private var deeper = 0
    private var suites: [String] = []
    private var current: Case?
    private var failure: Failure?
    private var hasFailed = false

    static let depthLimit = 64

    /// Reads a document; the offset behind it, nil when it is no report.
    static func read(_ bytes: [UInt8], firstLine: Int, _ log: inout LogContext) -> Int? {
        var report = JUnitReport()
        var scanner = XMLScanner(bytes, from: bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0)
        var lines = LineCounter(bytes, first: firstLine)
        var hasBegun = false
        while let event = scanner.next() {
            switch event {
            case .start(let name, let attributes, let isEmpty):
                if !hasBegun, name != "testsuites", name != "testsuite" { return nil }
                hasBegun = true
                let number = lines.number(at: scanner.at)
                report.begin(name, attributes, number)
                if isEmpty { report.end(name, number, &log) }
            case .text(let text):
                report.add(text)
            case .end(let name):
                report.end(name, lines.number(at: scanner.at), &log)
            }
            if hasBegun, report.stack.isEmpty, report.deeper == 0 { return scanner.at }
        }
        guard hasBegun else { return nil }
        // Cut off: what has been said counts.
        let last = lines.number(at: bytes.count)
        if report.failure != nil { report.end("failure", last, &log) }
        return bytes.count
    }

    private mutating func begin(_ name: String, _ attributes: [String: String], _ line: Int) {
        guard stack.count < Self.depthLimit, deeper == 0 else {
            deeper += 1
            return
        }
        stack.append(name)
        switch name {
        case "testsuite": suites.append(attributes["name"] ?? "")
        case "testcase":
            current = Case(
                name: attributes["name"] ?? "", classname: attributes["classname"] ?? "", file: attributes["file"],
                line: Self.number(attributes["line"]), column: Self.number(attributes["column"]),
                firstLine: line)
            hasFailed = false
        case "failure", "error":
            guard failure == nil else { return }
            failure = Failure(
                isError: name == "error", message: attributes["message"] ?? "", type: attributes["type"] ?? "")
        default: return
        }
    }

    private static func number(_ text: String?) -> Int? { text.flatMap(Int.init).flatMap { $0 > 0 ? $0 : nil } }

    private mutating func add(_ text: String) {
        guard deeper == 0, let last = stack.last, last == "failure" || last == "error",
            let size = failure?.text.utf8.count, size < XMLScanner.textLimit
        else { return }
        failure?.text += text
    }

    private mutating func end(_ name: String, _ line: Int, _ log: inout LogContext) {
        guard deeper == 0 else {
            deeper -= 1
            return
        }
        // A tag that closes none of those that are open is none.
        guard let index = stack.lastIndex(of: name) else { return }
        stack.removeSubrange(index...)
        switch name {
        case "testsuite": if !suites.isEmpty { suites.removeLast() }
        case "testcase": current = nil
        case "failure", "error": report(line, &log)
        default: return
        }
    }

    private mutating func report(_ line: Int, _ log: inout LogContext) {
        defer { failure = nil }
        guard let failure else { return }
        let test = current ?? Case(name: suites.last ?? "", firstLine: line)
        let lines = min(test.firstLine, line)...line
        if let suite = suites.last, let issue = lintIssue(failure, test, suite, log) {
            var issue = issue
            issue.logLines = lines
            log.collector.add(Finding(diagnostic: issue))
            return
        }
        let places = FailurePlaces(failure.text + "\n" + failure.message, classname: test.classname, log)
        let named = test.file.map { log.place($0, test.line, test.column) }
        let location = places.best ?? named ?? places.all.first?.location
        var message = Self.firstWords(failure.message) ?? Self.firstWords(failure.text) ?? "failed"
        let code = failure.type.isEmpty ? Self.exception(&message) : Self.shortName(failure.type)
        var finding = Finding(
            diagnostic: Diagnostic(
                severity: .error, message: message, code: code, location: location, tool: .junit,
                test: name(of: test), notes: notes(failure, message, places, location), logLines: lines))
        // That a file of tests failed is said by those who run them; why, by what is read elsewhere.
        finding.isConsequence = hasFailed || message == "test failed" && places.all.isEmpty
        hasFailed = true
        log.collector.add(finding)
    }

    private func name(of test: Case) -> String? {
        if test.classname.isEmpty || test.classname == "test" {
            let outer = suites.filter { !$0.isEmpty && $0 != test.name }
            let names = (test.classname.isEmpty ? [] : outer) + [test.name]
            return test.name.isEmpty ? nil : names.joined(separator: " > ")
        }
        // `tests.test_x` and `test_y`; some repeat the class in the name.
        return test.name.hasPrefix(test.classname) ? test.name : "\(test.classname).\(test.name)"
    }

    private func notes(
        _ failure: Failure, _ message: String, _ places: FailurePlaces, _ location: SourceLocation?
    ) -> [Diagnostic.Note] {
        var notes: [Diagnostic.Note] = []
        let said = failure.text.split(separator: "\n").map(String.init)
        let rest = failure.message.split(separator: "\n").dropFirst().map(String.init)
        let text = (rest + said.filter { $0.hasPrefix("E  ") || $0.hasPrefix("> ") }).prefix(16)
        if !text.isEmpty { notes.append(.init(message: text.joined(separator: "\n"), location: nil)) }
        for place in places.all.prefix(16) where place.location != location {
            notes.append(.init(message: place.text, location: place.location))
        }
        return notes
    }

    /// A linter's report: the suite is a file, the test a rule, and the place stands in the text or the attributes.
    private func lintIssue(
        _ failure: Failure, _ test: Case, _ suite: String, _ log: LogContext
    ) -> Diagnostic? {
        let line = Line(Array(failure.text.utf8), number: 0)
        let start = line.skipBlanks(0)
        var place = test.line.map { (line: $0, column: test.column) }
        if line.starts("line ", at: start), let number = line.number(at: start + 5) {
            let column = line.starts(", col ", at: number.end) ? line.number(at: number.end + 6)?.value : nil
            place = (number.value, column)
        } else if test.file != nil || test.name.isEmpty {
            return nil
        }
        guard let place, suite.utf8.contains(.slash) || suite.utf8.contains(.dot), PlaceReader.looksLikePath(suite),
            PlaceReader.sourceExtensions.contains(PlaceReader.fileExtension(suite))
        else { return nil }
        var rule = test.name
        var tool = Diagnostic.Tool.junit
        for (prefix, name) in [
            ("org.eslint.", Diagnostic.Tool.eslint), ("org.ruff.", .junit), ("org.stylelint.", .junit),
        ]
        where rule.hasPrefix(prefix) {
            rule = String(rule.dropFirst(prefix.count))
            tool = name
        }
        let isWarning = line.contains(", Warning - ")
        return Diagnostic(
            severity: isWarning ? .warning : .error, message: Self.firstWords(failure.message) ?? rule,
            code: rule == "unknown" ? nil : rule, location: log.place(suite, place.line, place.column), tool: tool)
    }

    /// The first line that says something, of those who begin with a frame of a stack the first of the others.
    private static func firstWords(_ text: String) -> String? {
        let lines = text.split(separator: "\n").lazy.map { $0.trimmingSpace() }.filter { !$0.isEmpty }
        // pytest quotes the test's source before it says what was wrong.
        if let said = lines.first(where: { $0.hasPrefix("E   ") }) {
            return String(Substring(said.dropFirst(1)).trimmingSpace())
        }
        return lines.first.map(String.init)
    }

    /// `AssertionError` of `java.lang.AssertionError`.
    private static func shortName(_ type: String) -> String {
        guard type.utf8.allSatisfy({ $0.isWord || $0 == .dot }) else { return type }
        return type.split(separator: ".").last.map(String.init) ?? type
    }

    /// `NameError: name 'x' is not defined`: the exception's name, which is taken off the message.
    private static func exception(_ message: inout String) -> String? {
        guard let found = PythonTracebacks.Exception(Line(Array(message.utf8), number: 0)),
            found.name.hasSuffix("Error") || found.name.hasSuffix("Exception"), !found.message.isEmpty
        else { return nil }
        message = found.message
        return found.name
    }
}

extension Substring {
    fileprivate func trimmingSpace() -> Substring {
        var text = self
        while let first = text.utf8.first, first == .space || first == .tab { text = text.dropFirst() }
        while let last = text.utf8.last, last == .space || last == .tab { text = text.dropLast() }
        return text
    }
}
