/// What no other dialect knows: annotations of continuous integration, assertions of C programs, what the shell says, and
/// any `file:line[:column]: message` whose file looks like one.
struct PlainMessages: Dialect {
    mutating func read(_ line: Line, _ log: inout LogContext) -> Bool {
        noticeBuilder(line, &log)
        return readAnnotation(line, &log) || readAssertion(line, &log) || readShell(line, &log)
            || readPlaced(line, &log)
    }

    private func noticeBuilder(_ line: Line, _ log: inout LogContext) {
        if line.starts("Building for ") || line.contains("] Compiling ") || line.contains("] Planning build")
            || line.starts("Fetching https") || line.contains("] Emitting module ")
        {
            log.builder = .swiftpm
        } else if line.starts("   Compiling ") || line.starts("    Finished ") || line.starts("    Blocking ")
            || line.starts("    Checking ")
        {
            log.builder = .cargo
        }
    }

    /// `::error file=src/a.c,line=3,col=5::message`.
    private func readAnnotation(_ line: Line, _ log: inout LogContext) -> Bool {
        let severity: Diagnostic.Severity
        let start: Int
        if line.starts("::error") {
            (severity, start) = (.error, 7)
        } else if line.starts("::warning") {
            (severity, start) = (.warning, 9)
        } else {
            return false
        }
        guard let end = line.find("::", from: start) else { return false }
        var location: SourceLocation?
        var number: Int?
        var column: Int?
        for part in line.text(start, end).split(separator: ",") {
            let pair = part.split(separator: "=", maxSplits: 1)
            guard pair.count == 2 else { continue }
            switch pair[0] {
            case "file": location = log.place(String(pair[1]), nil)
            case "line": number = Int(pair[1])
            case "col": column = Int(pair[1])
            default: continue
            }
        }
        location?.line = number.flatMap { $0 > 0 ? $0 : nil }
        location?.column = column.flatMap { $0 > 0 ? $0 : nil }
        log.add(
            severity, line.text(end + 2), at: location, tool: .generic, lines: line.number...line.number,
            weak: location == nil)
        return true
    }

    /// glibc: `main: main.c:12: f: Assertion `x > 0' failed.`; macOS: `Assertion failed: (x > 0), function f, file …`.
    private func readAssertion(_ line: Line, _ log: inout LogContext) -> Bool {
        let lines = line.number...line.number
        if let at = line.find(": Assertion `"), let space = line.find(": "),
            let place = PlaceReader(line, at: space + 2)
        {
            let end = line.findLast("' failed") ?? line.count
            log.add(
                .fatal, "assertion failed: \(line.text(at + 13, end))", code: "assert",
                at: log.place(place.file, place.line), tool: .generic, lines: lines)
            return true
        }
        if line.starts("Assertion failed: ("), let file = line.find(", file "),
            let number = line.find(", line ", from: file).flatMap({ line.number(at: $0 + 7) })
        {
            let end = line.find("), function ") ?? file
            log.add(
                .fatal, "assertion failed: \(line.text(19, end))", code: "assert",
                at: log.place(line.text(file + 7, line.find(", line ", from: file)), number.value), tool: .generic,
                lines: lines)
            return true
        }
        return false
    }

    /// `/bin/sh: 1: foo: not found`, `bash: line 1: foo: command not found`, and a program that a signal ended.
    private func readShell(_ line: Line, _ log: inout LogContext) -> Bool {
        let lines = line.number...line.number
        if line.ends(": not found") || line.ends(": command not found"), line.contains("sh: ") {
            log.add(.error, line.trimmed, tool: .generic, lines: lines)
            return true
        }
        let start = line.skipBlanks(0)
        for word in Self.signals where line.starts(word, at: start) {
            let end = start + word.utf8CodeUnitCount
            guard end == line.count || line.starts(" (core dumped)", at: end) else { continue }
            log.add(.fatal, line.trimmed, tool: .generic, lines: lines, weak: true)
            return true
        }
        return false
    }

    /// How shells name the signals that end programs.
    static let signals: [StaticString] = [
        "Segmentation fault", "Illegal instruction", "Aborted", "Bus error", "Alarm clock", "Killed", "Terminated",
        "Floating point exception", "Trace/breakpoint trap",
    ]

    /// `file:line[:column]: message`. Without a word for how bad it is, it counts as an error only where nothing surer does.
    private func readPlaced(_ line: Line, _ log: inout LogContext) -> Bool {
        guard let place = PlaceReader(line), line.starts(": ", at: place.end) || line.starts(":", at: place.end),
            PlaceReader.sourceExtensions.contains(PlaceReader.fileExtension(place.file)),
            !place.file.utf8.contains(.space)
        else { return false }
        let text = line.text(place.end + 1)
        guard !text.isEmpty else { return false }
        let (message, trailing) = MessageCode.split(text)
        // flake8 and pylint put the code first: `E501 line too long`, `C0114: Missing …`.
        var code = trailing
        var said = message
        if code == nil, let word = message.split(separator: " ").first {
            let name = word.hasSuffix(":") ? word.dropLast() : word
            let letters = name.utf8.prefix { $0 >= 65 && $0 <= 90 }
            if (1...4).contains(letters.count), name.utf8.count > letters.count + 1,
                name.utf8.dropFirst(letters.count).allSatisfy(\.isDigit)
            {
                code = String(name)
                said = RuffMessages.said(String(message.dropFirst(word.count).drop { $0 == " " }))
            }
        }
        guard code != nil || log.collector.takesWeak else {
            log.collector.drop()
            return true
        }
        log.add(
            .error, said.isEmpty ? message : said, code: code, at: log.place(place.file, place.line, place.column),
            tool: .generic, lines: line.number...line.number, weak: code == nil)
        return true
    }
}
