/// A frame of a Java stack: `at com.example.Calc.add(Calc.java:7)`.
struct JavaFrame {
    let name: String
    /// The file with its package's folders: `com/example/Calc.java`.
    let path: String
    let line: Int

    init?(_ line: Line) {
        let start = line.skipBlanks(0)
        guard line.starts("at ", at: start), let open = line.findLast("("), open > start, line.ends(")"),
            let colon = line.find(.colon, from: open), let number = line.number(at: colon + 1),
            number.end == line.count - 1
        else { return nil }
        let file = line.text(open + 1, colon)
        guard !file.utf8.contains(.slash), Self.extensions.contains(PlaceReader.fileExtension(file)) else { return nil }
        // `app//com.example.Calc.add`, `java.base/java.util.List.of`: the class loader and the module stand before.
        let full = line.text(start + 3, open)
        let name = full.utf8.lastIndex(of: .slash).map { String(full[full.utf8.index(after: $0)...]) } ?? full
        var parts = name.split(separator: ".").map(String.init)
        guard parts.count >= 2, parts.count < 40 else { return nil }
        parts.removeLast(2)
        self.name = name
        path = (parts + [file]).joined(separator: "/")
        self.line = number.value
    }

    static let extensions: Set<Substring> = ["java", "kt", "scala", "groovy"]

    /// Whether it is in a library that everybody's frames go through.
    var isLibrary: Bool {
        for prefix in [
            "java.", "jdk.", "sun.", "javax.", "kotlin.", "org.junit.", "junit.", "org.gradle.", "org.apache.",
        ]
        where name.hasPrefix(prefix) { return true }
        return false
    }

    /// Its place, in the folders where projects have their sources; by the package alone when none of them has it.
    func location(_ log: LogContext) -> SourceLocation {
        let folders = ["src/test/java/", "src/main/java/", "src/test/kotlin/", "src/main/kotlin/", "src/", "test/", ""]
        return SourceLocation(file: log.paths.firstExisting(folders.map { $0 + path }) ?? path, line: line)
    }
}

/// An exception and its stack, line by line.
struct JavaTrace: Sendable {
    private(set) var diagnostic: Diagnostic
    private var hasOwnPlace = false
    /// Whether nothing has said yet what went wrong.
    private var awaitsException: Bool

    init(exception text: String, tool: Diagnostic.Tool, test: String? = nil, lines: ClosedRange<Int>) {
        let (name, message) = Self.split(text)
        diagnostic = Diagnostic(
            severity: .error, message: message, code: name, tool: tool, test: test, logLines: lines)
        awaitsException = false
    }

    init(test: String, tool: Diagnostic.Tool, line: Int) {
        diagnostic = Diagnostic(
            severity: .error, message: "test failed", tool: tool, test: test, logLines: line...line)
        awaitsException = true
    }

    /// Reads a line of it; false when it belongs to something else.
    mutating func read(_ line: Line, _ log: LogContext) -> Bool {
        if let frame = JavaFrame(line) {
            add(frame, line, log)
            return true
        }
        let start = line.skipBlanks(0)
        if line.starts("Caused by:", at: start) {
            // The cause is what went wrong; what it was wrapped into says where it was noticed.
            note("\(diagnostic.code ?? ""): \(diagnostic.message)", diagnostic.location)
            // Gradle writes it on the next line.
            awaitsException = start + 10 == line.count
            (diagnostic.code, diagnostic.message) = Self.split(line.text(start + 10))
            diagnostic.location = nil
            hasOwnPlace = false
            extend(line)
            return true
        }
        if line.starts("at ", at: start) || line.starts("... ", at: start) || line.starts("Suppressed: ", at: start) {
            return true
        }
        guard awaitsException, !line.isBlank else { return false }
        awaitsException = false
        var text = line.trimmed
        // Gradle's short form: `java.lang.AssertionError at CalcTest.java:7`.
        if let at = line.findLast(" at "), let place = PlaceReader(line, at: at + 4), place.end == line.count,
            JavaFrame.extensions.contains(PlaceReader.fileExtension(place.file))
        {
            text = line.text(0, at)
            let folders = (diagnostic.test ?? "").split(separator: " ").first?.split(separator: ".").dropLast(2) ?? []
            let path = (folders.map(String.init) + [place.file]).joined(separator: "/")
            let sources = ["src/test/java/", "src/main/java/", "src/test/kotlin/", ""]
            let file = log.paths.firstExisting(sources.map { $0 + path }) ?? path
            diagnostic.location = SourceLocation(file: file, line: place.line)
        }
        (diagnostic.code, diagnostic.message) = Self.split(text)
        extend(line)
        return true
    }

    private mutating func add(_ frame: JavaFrame, _ line: Line, _ log: LogContext) {
        let location = frame.location(log)
        awaitsException = false
        note("in \(frame.name)", location)
        if !hasOwnPlace, !frame.isLibrary {
            diagnostic.location = location
            hasOwnPlace = true
        } else if diagnostic.location == nil {
            diagnostic.location = location
        }
        extend(line)
    }

    private mutating func note(_ text: String, _ location: SourceLocation?) {
        if diagnostic.notes.count < 32 { diagnostic.notes.append(.init(message: text, location: location)) }
    }

    private mutating func extend(_ line: Line) {
        let first = diagnostic.logLines.lowerBound
        diagnostic.logLines = first...max(first, line.number)
    }

    /// `java.lang.AssertionError: expected:<4> but was:<3>`.
    private static func split(_ text: String) -> (name: String?, message: String) {
        let name = text.utf8.prefix { $0.isWord || $0 == .dot || $0 == 0x24 }
        let rest = text.utf8[name.endIndex...]
        guard name.contains(.dot) || name.elementsEqual("Error".utf8), rest.isEmpty || rest.first == .colon,
            let short = String(Substring(name)).split(separator: ".").last
        else { return (nil, text) }
        var message = Substring(rest.dropFirst())
        while message.utf8.first == .space { message = message.dropFirst() }
        return (String(short), message.isEmpty ? String(short) : String(message))
    }
}

/// Java programs that end with an exception: `Exception in thread "main" …`.
struct JavaExceptions: Dialect {
    private var trace: JavaTrace?

    var isReading: Bool { trace != nil }

    mutating func read(_ line: Line, _ log: inout LogContext) -> Bool {
        if line.starts("Exception in thread \""), let end = line.find("\" ", from: 21) {
            finish(&log)
            trace = JavaTrace(exception: line.text(end + 2), tool: .java, lines: line.number...line.number)
            return true
        }
        guard var trace else { return false }
        if trace.read(line, log) {
            self.trace = trace
            return true
        }
        finish(&log)
        return false
    }

    mutating func finish(_ log: inout LogContext) {
        if let trace { log.addWhole(trace.diagnostic) }
        trace = nil
    }
}
