/// MSBuild and what it runs: `Program.cs(5,13): error CS1002: ; expected [/src/App/App.csproj]`, and `dotnet test`.
///
/// A relative path is the project's: the file in brackets says whose. With several processes a number stands before
/// (`  1>`); the summary at the end repeats everything, indented.
struct MSBuildMessages: Dialect {
    private enum Part { case message, stack, other }

    private var test: Diagnostic?
    private var part = Part.other
    private var hasPlace = false

    var isReading: Bool { test != nil }

    mutating func read(_ line: Line, _ log: inout LogContext) -> Bool {
        if test != nil, readTest(line, &log) { return true }
        if readMessage(line, &log) { return true }
        // `  Failed Demo.CalcTests.Adds [12 ms]`
        guard line.starts("Failed ", at: line.skipBlanks(0)), line.indent >= 2, line.ends("]"),
            let open = line.findLast(" ["), line.contains("ms]") || line.contains("s]")
        else { return false }
        test = Diagnostic(
            severity: .error, message: "test failed", tool: .msbuild, test: line.text(line.indent + 7, open),
            logLines: line.number...line.number)
        part = .other
        hasPlace = false
        return true
    }

    mutating func finish(_ log: inout LogContext) {
        if let test { log.addWhole(test) }
        test = nil
    }

    private static let words: [(word: StaticString, severity: Diagnostic.Severity)] = [
        (" : error ", .error), (": error ", .error), (" : warning ", .warning), (": warning ", .warning),
        (": fatal error ", .fatal),
    ]

    private func readMessage(_ line: Line, _ log: inout LogContext) -> Bool {
        var start = line.skipBlanks(0)
        if let process = line.number(at: start), line.byte(process.end) == 0x3e { start = process.end + 1 }
        for (word, severity) in Self.words {
            guard let at = line.find(word, from: start), at > start else { continue }
            let from = at + word.utf8CodeUnitCount
            guard let colon = line.find(": ", from: from), let code = Self.code(line, from, colon) else { return false }
            return report(line, start..<at, severity, code, colon + 2, &log)
        }
        return false
    }

    /// `CS0103`, `MSB4025`, `NETSDK1045`, `CA1822`; not tsc's, which tsc prints alike.
    private static func code(_ line: Line, _ start: Int, _ end: Int) -> String? {
        var at = start
        while at < end, let byte = line.byte(at), byte >= 65, byte <= 90 { at += 1 }
        guard (2...8).contains(at - start), at < end, !line.starts("TS", at: start), let number = line.number(at: at),
            number.end == end
        else { return nil }
        return line.text(start, end)
    }

    private func report(
        _ line: Line, _ origin: Range<Int>, _ severity: Diagnostic.Severity, _ code: String, _ start: Int,
        _ log: inout LogContext
    ) -> Bool {
        var end = line.count
        var folder: String?
        if line.ends("]"), let open = line.findLast(" ["), open > start {
            let project = line.text(open + 2, line.count - 1)
            // One project may be built several times: `App.csproj::TargetFramework=net8.0`.
            let path = project.split(separator: ":").first.map(String.init) ?? project
            if path.hasSuffix("proj") || path.hasSuffix(".sln") || path.hasSuffix(".slnx") {
                end = open
                folder = path.utf8.lastIndex(of: .slash).map { String(path[...$0]) }
            }
        }
        guard let location = location(line, origin, folder, log) else { return false }
        let text = line.text(start, end)
        log.add(
            severity, text, code: code, at: location.file.isEmpty ? nil : location, tool: .msbuild,
            lines: line.number...line.number)
        log.collector.breakOff()
        return true
    }

    /// `Program.cs(5,13)`, `Program.cs(5,13,5,20)`, or a tool that has no place: `CSC`, `MSBUILD`.
    private func location(_ line: Line, _ origin: Range<Int>, _ folder: String?, _ log: LogContext) -> SourceLocation? {
        var file = line.text(origin.lowerBound, origin.upperBound)
        var number: Int?
        var column: Int?
        if file.hasSuffix(")"), let open = file.utf8.lastIndex(of: .openParenthesis) {
            let numbers = file[file.utf8.index(after: open)...].dropLast().split(separator: ",").map { Int($0) }
            guard let first = numbers.first, let first else { return nil }
            number = first
            column = numbers.count > 1 ? numbers[1] : nil
            file = String(file[..<open])
        } else if ["CSC", "MSBUILD", "VBC", "FSC", "LINK"].contains(file) {
            return SourceLocation(file: "")
        }
        guard PlaceReader.looksLikePath(file), !file.utf8.contains(.colon) else { return nil }
        if let folder, !file.hasPrefix("/") { file = folder + file }
        return log.place(file, number, column)
    }

    private mutating func readTest(_ line: Line, _ log: inout LogContext) -> Bool {
        let start = line.skipBlanks(0)
        guard line.isBlank || start >= 2 || part == .message, !line.starts("Failed ", at: start),
            !line.starts("Passed ", at: start),
            line.number - (test?.logLines.lowerBound ?? 0) < 200
        else {
            finish(&log)
            return false
        }
        let first = test?.logLines.lowerBound ?? line.number
        test?.logLines = first...max(first, line.number)
        if line.starts("Error Message:", at: start) {
            part = .message
        } else if line.starts("Stack Trace:", at: start) {
            part = .stack
        } else if line.starts("Standard ", at: start) {
            part = .other
        } else if part == .message, !line.isBlank {
            let said = test?.message ?? ""
            test?.message = said == "test failed" ? line.trimmed : said + "\n" + line.trimmed
        } else if part == .stack, let end = line.find(":line "), let number = line.number(at: end + 6),
            let begin = line.find(" in ", from: start), (test?.notes.count ?? 0) < 32
        {
            let location = log.place(line.text(begin + 4, end), number.value)
            test?.notes.append(.init(message: "in \(line.text(start + 3, begin))", location: location))
            if !hasPlace, PathResolver.isInside(location.file) {
                test?.location = location
                hasPlace = true
            }
        }
        return true
    }
}
