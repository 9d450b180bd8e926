/// Maven: its levels before every line, tests as Surefire reports them, and which goal failed.
struct MavenMessages: Dialect {
    private var trace: JavaTrace?
    /// `CalcTest.adds` of the failures that were reported in full: the summary repeats them.
    private var reported: Set<String> = []
    private var isInSummary = false

    var isReading: Bool { trace != nil }

    /// `[ERROR] `, `[WARNING] `, `[INFO] `: how bad it is, and the offset behind it.
    static func level(_ line: Line) -> (severity: Diagnostic.Severity, start: Int)? {
        guard line.byte(0) == .openBracket else { return nil }
        if line.starts("[ERROR] ") { return (.error, 8) }
        if line.starts("[INFO] ") { return (.note, 7) }
        if line.starts("[WARNING] ") { return (.warning, 10) }
        return nil
    }

    mutating func read(_ line: Line, _ log: inout LogContext) -> Bool {
        if var trace {
            if Self.level(line) == nil, trace.read(line, log) {
                self.trace = trace
                return true
            }
            finish(&log)
        }
        guard let (severity, start) = Self.level(line) else { return false }
        guard severity == .error else {
            // A warning that has a place is read by those who know places.
            return severity == .note || PlaceReader(line, at: start) == nil
        }
        if readTest(line, start, &log) { return true }
        if readModel(line, start, &log) { return true }
        return readWords(line, start, &log)
    }

    mutating func finish(_ log: inout LogContext) {
        if let trace { log.addWhole(trace.diagnostic) }
        trace = nil
    }

    /// `adds(com.example.CalcTest)  Time elapsed: 0.001 s  <<< FAILURE!`, from Surefire 3 on
    /// `com.example.CalcTest.adds -- Time elapsed: 0.001 s <<< FAILURE!`, and the summary `  CalcTest.adds:7 expected…`.
    private mutating func readTest(_ line: Line, _ start: Int, _ log: inout LogContext) -> Bool {
        if let elapsed = line.find("Time elapsed: ", from: start), line.contains("<<< ") {
            if line.starts("Tests run: ", at: start) { return true }
            var name = line.text(start, elapsed)
            if name.hasSuffix(" --") { name = String(name.dropLast(3)) }
            if let open = name.lastIndex(of: "("), name.hasSuffix(")") {
                name = "\(name[name.index(after: open)...].dropLast()).\(name[..<open])"
            }
            if reported.count < 4096 { reported.insert(Self.short(name)) }
            trace = JavaTrace(test: name, tool: .maven, line: line.number)
            return true
        }
        if line.starts("Failures: ", at: start) || line.starts("Errors: ", at: start) {
            isInSummary = true
            return true
        }
        guard isInSummary, line.starts("  ", at: start) else { return false }
        let text = line.skipBlanks(start)
        guard let space = line.find(.space, from: text), let colon = line.find(.colon, from: text), colon < space,
            let number = line.number(at: colon + 1)
        else { return true }
        // `CalcTest.adds:7->check:12 expected…`: the frames in between don't matter here.
        let name = line.text(text, colon)
        guard name.utf8.allSatisfy({ $0.isWord || $0 == .dot || $0 == 0x24 }) else { return true }
        guard !reported.contains(name) else { return true }
        log.add(
            .error, line.text(space),
            at: name.split(separator: ".").first.map {
                SourceLocation(file: "\($0).java", line: number.value)
            }, tool: .maven, test: name, lines: line.number...line.number)
        return true
    }

    private static func short(_ name: String) -> String { name.split(separator: ".").suffix(2).joined(separator: ".") }

    /// `Non-parseable POM /p/pom.xml: … @ /p/pom.xml, line 3, column 7`, `'version' is missing. @ line 12, column 17`.
    private func readModel(_ line: Line, _ start: Int, _ log: inout LogContext) -> Bool {
        guard let at = line.findLast("@ "), at > start, let words = line.find("line ", from: at),
            let number = line.number(at: words + 5)
        else { return false }
        let column = line.find("column ", from: number.end).flatMap { line.number(at: $0 + 7)?.value }
        let named = line.text(at + 2, words).split(separator: ",").first.map(String.init) ?? ""
        let file = named.isEmpty ? "pom.xml" : named
        var message = line.text(start, at)
        for prefix in ["[FATAL] ", "[ERROR] "] where message.hasPrefix(prefix) {
            message = String(message.dropFirst(prefix.count))
        }
        log.add(
            .error, message, at: log.place(file, number.value, column), tool: .maven, lines: line.number...line.number)
        return true
    }

    private mutating func readWords(_ line: Line, _ start: Int, _ log: inout LogContext) -> Bool {
        let text = line.text(start)
        if text.hasPrefix("Tests run: ") || text.hasPrefix("Failed to execute goal") { isInSummary = false }
        if Self.said.contains(where: { text.hasPrefix($0) }) || text.isEmpty { return true }
        let lines = line.number...line.number
        if text.hasPrefix("Failed to execute goal") {
            // What can't be had is the reason itself; else the goal's own words stand above.
            let isReason = ["Could not resolve", "Could not transfer", "Could not find", "No plugin found"].contains {
                line.contains($0)
            }
            log.add(.error, text, tool: .maven, lines: lines, consequence: !isReason)
            return true
        }
        // Another program's line, or a place: the others look at it without the level.
        if PlaceReader(line, at: start) != nil || line.find(":[", from: start) != nil { return false }
        log.add(.error, text, tool: .maven, lines: lines, weak: true)
        return true
    }

    /// Maven's own words around an error, which say nothing about it.
    private static let said = [
        "COMPILATION ERROR", "BUILD FAILURE", "-> [Help", "[Help", "See ", "To see the full stack", "Re-run Maven",
        "For more information", "Please refer to", "There are test failures", "Tests run: ", "symbol: ", "location: ",
        "After correcting the problems", "mvn <",
    ]
}
