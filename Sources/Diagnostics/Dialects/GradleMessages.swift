/// Gradle: what went wrong, failing tests, and Kotlin's compiler, which only Gradle runs in this style.
struct GradleMessages: Dialect {
    private enum Section { case none, place, reason }

    private var section = Section.none
    private var isInFailure = false
    private var place: SourceLocation?
    private var reason: [String] = []
    private var firstLine = 0
    private var trace: JavaTrace?

    var isReading: Bool { isInFailure || trace != nil }

    mutating func read(_ line: Line, _ log: inout LogContext) -> Bool {
        if var trace {
            if line.isBlank || line.indent > 0 && trace.read(line, log) {
                self.trace = trace
                return true
            }
            endTest(&log)
        }
        if line.starts("FAILURE: Build ") {
            finish(&log)
            isInFailure = true
            firstLine = line.number
            return true
        }
        if isInFailure { return readFailure(line, &log) }
        if line.starts("> Task :") {
            guard line.ends(" FAILED") else { return true }
            log.add(
                .error, "task \(line.text(7, line.count - 7)) failed", tool: .gradle, lines: line.number...line.number,
                consequence: true)
            return true
        }
        return readTest(line) || readKotlin(line, &log)
    }

    mutating func finish(_ log: inout LogContext) {
        endTest(&log)
        flush(&log)
        isInFailure = false
        section = .none
    }

    private mutating func endTest(_ log: inout LogContext) {
        if let trace { log.addWhole(trace.diagnostic) }
        trace = nil
    }

    /// `* Where:`, `* What went wrong:`, `* Try:`, each with its lines below.
    private mutating func readFailure(_ line: Line, _ log: inout LogContext) -> Bool {
        if line.starts("BUILD FAILED") || line.starts("* Get more help") || line.number - firstLine > 200 {
            finish(&log)
            return true
        }
        if line.starts("* ") {
            if line.starts("* Where:") {
                flush(&log)
                section = .place
            } else if line.starts("* What went wrong:") {
                if !reason.isEmpty { flush(&log) }
                section = .reason
            } else {
                section = .none
            }
            return true
        }
        switch section {
        case .none: return true
        case .place:
            // `Build file '/p/build.gradle' line: 4`
            if let open = line.find("'"), let close = line.find("' line: ", from: open + 1),
                let number = line.number(at: close + 8)
            {
                place = log.place(line.text(open + 1, close), number.value)
            }
        case .reason:
            var text = line.trimmed
            while text.hasPrefix("> ") { text = String(text.dropFirst(2)) }
            if !text.isEmpty, reason.count < 24 { reason.append(text) }
        }
        return true
    }

    private mutating func flush(_ log: inout LogContext) {
        defer {
            reason = []
            place = nil
        }
        guard let first = reason.first else { return }
        let text = reason.joined(separator: "\n")
        let words = Line(Array(text.utf8), number: 0)
        let isConsequence = Self.consequences.contains { words.contains($0) }
        log.add(
            .error, reason.count > 1 && first.hasPrefix("Execution failed for task") ? reason[1] : first,
            at: place, tool: .gradle, notes: reason.count > 1 ? [.init(message: text, location: nil)] : [],
            lines: firstLine...firstLine, consequence: isConsequence)
        log.collector.breakOff()
    }

    private static let consequences: [StaticString] = [
        "Compilation failed; see the compiler", "Compilation error. See log", "There were failing tests",
        "finished with non-zero exit value", "Compilation completed with errors", "see the compiler output below",
    ]

    /// `com.example.CalcTest > adds() FAILED`, then the indented exception.
    private mutating func readTest(_ line: Line) -> Bool {
        guard line.ends(" FAILED"), let mark = line.find(" > "), mark > 0, line.indent == 0 else { return false }
        let outer = line.text(0, mark)
        guard !outer.utf8.contains(.space) else { return false }
        var name = line.text(mark + 3, line.count - 7)
        if name.hasSuffix("()") { name = String(name.dropLast(2)) }
        trace = JavaTrace(test: "\(outer).\(name)", tool: .gradle, line: line.number)
        return true
    }

    /// `e: file:///src/App.kt:3:5 Unresolved reference: x`, before 1.8 `e: /src/App.kt: (3, 5): Unresolved…`.
    private func readKotlin(_ line: Line, _ log: inout LogContext) -> Bool {
        guard line.starts("e: ") || line.starts("w: ") else { return false }
        let severity: Diagnostic.Severity = line.byte(0) == 0x65 ? .error : .warning
        let start = line.starts("file://", at: 3) ? 10 : 3
        var found = PlaceReader(line, at: start)
        if found == nil, let open = line.find(": (", from: start), let number = line.number(at: open + 3),
            let column = line.number(at: line.skipBlanks(number.end + 1))
        {
            found = PlaceReader(
                file: line.text(start, open), line: number.value, column: column.value, end: column.end + 1)
        }
        guard let found, ["kt", "kts"].contains(PlaceReader.fileExtension(found.file)) else { return false }
        let from = line.byte(found.end) == .colon ? found.end + 1 : found.end
        log.add(
            severity, line.text(from), at: log.place(found.file, found.line, found.column), tool: .gradle,
            lines: line.number...line.number)
        return true
    }

    /// `:compileJava/src/App.java:4: error: …`: old versions don't end the line of a task that begins to speak.
    static func afterTask(_ line: Line) -> Int? {
        guard line.byte(0) == .colon else { return nil }
        var at = 1
        while let byte = line.byte(at), byte.isWord || byte == .colon || byte == .dash { at += 1 }
        return at > 4 && line.byte(at) == .slash ? at : nil
    }
}
