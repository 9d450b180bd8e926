/// gcc, clang, swiftc and all that write like them: `file:line:column: severity: message [code]`, the notes after it,
/// the includes before it, the code frame below it, and parseable fix-its.
struct CompilerMessages: Dialect {
    /// `In file included from …`, as printed, until the diagnostic comes.
    private var includes: [SourceLocation] = []
    /// How many of them repeat the words: clang does, and prints the outermost first; gcc doesn't, and prints it last.
    private var includeHeadings = 0
    /// `… required from here`: notes that gcc prints before the error.
    private var leading: [Diagnostic.Note] = []
    /// The last `file: In function ‘name’:`, file as printed.
    private var function: (file: String, name: String)?
    /// Files with a space in their name that gcc has named so that there is no doubt.
    private var spacedFiles: Set<String> = []
    /// The compiler that wrote the last line that only one of them writes.
    private var evidence = Diagnostic.Tool.gcc
    private var frame = SwiftFrame()
    /// Whether the last note is one whose edits would only silence a warning, or an alternative to edits already taken.
    private var refusesFixIts = false
    private var noteHasFixIts = false

    var isReading: Bool { frame.isReading || !includes.isEmpty }

    mutating func finish(_ log: inout LogContext) { leaveOut() }

    /// Forgets what stood before a diagnostic that isn't read.
    mutating func leaveOut() {
        includes = []
        leading = []
        frame.end()
    }

    mutating func read(_ line: Line, _ log: inout LogContext) -> Bool {
        if frame.read(line, &log) { return true }
        if line.starts("fix-it:\"") { return readFixIt(line, &log) }
        if isCodeFrame(line) { return true }
        if readInclude(line, log) { return true }
        if let place = PlaceReader(line) ?? spacedPlace(line, log) { return readPlaced(line, place, &log) }
        if readFunction(line) { return true }
        return readUnplaced(line, &log)
    }

    // MARK: before a diagnostic

    private mutating func readInclude(_ line: Line, _ log: LogContext) -> Bool {
        let start: Int
        if line.starts("In file included from ") {
            start = 22
            if includes.isEmpty { includeHeadings = 0 }
            includeHeadings += 1
        } else if !includes.isEmpty, line.starts("                 from ") {
            start = 22
        } else {
            return false
        }
        guard let place = PlaceReader(line, at: start), includes.count < 32 else { return true }
        includes.append(log.place(place.file, place.line))
        return true
    }

    private mutating func readFunction(_ line: Line) -> Bool {
        guard line.ends(":") || line.ends(",") else { return false }
        if let at = line.find(": In ") ?? line.find(": At ") {
            let file = line.text(0, at)
            if !PlaceReader.looksLikePath(file) {
                let isFile = PlaceReader.sourceExtensions.contains(PlaceReader.fileExtension(file))
                guard isFile, line.contains(": In function ‘") || line.ends(": At top level:"), spacedFiles.count < 256
                else { return false }
                spacedFiles.insert(file)
            }
            evidence = .gcc
            function = (file, line.text(at + 5, line.count - 1))
            return true
        }
        return false
    }

    // MARK: diagnostics

    /// `my file.c:3:5: error: …`: words before a place are prose, unless a file is called so: gcc named it in a line of
    /// its own before, or it is there.
    private func spacedPlace(_ line: Line, _ log: LogContext) -> PlaceReader? {
        guard let place = PlaceReader(in: line.bytes, at: 0, accepting: { $0.contains(.space) }), place.column != nil,
            PlaceReader.sourceExtensions.contains(PlaceReader.fileExtension(place.file)),
            spacedFiles.contains(place.file) || log.paths.firstExisting([place.file]) != nil
        else { return nil }
        return place
    }

    private static let severities: [(word: StaticString, severity: Diagnostic.Severity?)] = [
        ("fatal error: ", .fatal), ("error: ", .error), ("warning: ", .warning), ("note: ", .note), ("remark: ", nil),
        ("sorry, unimplemented: ", .error), ("internal compiler error: ", .fatal), ("Error: ", .error),
        ("Warning: ", .warning), ("info: ", nil), ("hint: ", .note), ("style: ", .warning), ("performance: ", .warning),
        ("ERROR: ", .error), ("syntax error", .error),
    ]

    private mutating func readPlaced(_ line: Line, _ place: PlaceReader, _ log: inout LogContext) -> Bool {
        guard line.byte(place.end) == .colon || line.byte(place.end) == .space else { return false }
        let start = line.skipBlanks(place.end + 1)
        for (word, severity) in Self.severities where line.starts(word, at: start) {
            guard let severity else { return true }
            let from = word.withUTF8Buffer { $0.last == .space } ? start + word.utf8CodeUnitCount : start
            report(line, place, severity, from, &log)
            return true
        }
        if let at = line.find("required from"), at >= place.end {
            if leading.count < 16 {
                leading.append(
                    .init(message: line.text(start), location: log.place(place.file, place.line, place.column)))
            }
            return true
        }
        return false
    }

    private mutating func report(
        _ line: Line, _ place: PlaceReader, _ severity: Diagnostic.Severity, _ from: Int, _ log: inout LogContext
    ) {
        let location = place.file.hasPrefix("<") ? nil : log.place(place.file, place.line, place.column)
        let (message, code) = MessageCode.split(line.text(from))
        if severity == .note {
            readNote(line, message, location, &log)
            return
        }
        let tool = tool(for: place.file, line)
        var diagnostic = Diagnostic(
            severity: severity, message: message, code: code, location: location, tool: tool,
            logLines: line.number...line.number)
        if let failure = XCTestFailure(message, file: place.file) {
            diagnostic.tool = .xctest
            diagnostic.test = failure.test
            diagnostic.message = failure.message
            diagnostic.code = failure.code
        }
        diagnostic.notes =
            includes.map { .init(message: "in file included from here", location: $0) } + leading
        var finding = Finding(diagnostic: diagnostic)
        finding.isConsequence = message.hasPrefix("too many errors")
        if let function, function.file == place.file { finding.function = function.name }
        finding.includedFrom = includeHeadings > 1 ? includes.first : includes.last
        includes = []
        leading = []
        refusesFixIts = false
        noteHasFixIts = false
        log.collector.add(finding)
        if tool == .swiftc { frame.begin(file: place.file) }
    }

    private mutating func readNote(
        _ line: Line, _ message: String, _ location: SourceLocation?, _ log: inout LogContext
    ) {
        includes = []
        // "each undeclared identifier is reported only once" says nothing about this program.
        if message.hasPrefix("each undeclared identifier is reported") { return }
        let earlier = log.collector.current.flatMap { log.collector[$0] }.map { !$0.diagnostic.fixIts.isEmpty } ?? false
        refusesFixIts = message.contains("to silence") || (noteHasFixIts && earlier)
        noteHasFixIts = true
        log.collector.addNote(.init(message: message, location: location), lines: line.number...line.number)
    }

    /// `clang: error: …`, `cc1: fatal error: …`, `gcc: error: …`, `swiftc: error: …`, `3 errors generated.`
    private mutating func readUnplaced(_ line: Line, _ log: inout LogContext) -> Bool {
        if line.ends(" generated."), line.contains("error") || line.contains("warning") {
            evidence = .clang
            log.collector.breakOff()
            return true
        }
        if line.starts("compilation terminated") { return true }
        guard let colon = line.find(": "), colon > 0, colon < 200,
            Self.severities.contains(where: { line.starts($0.word, at: colon + 2) })
        else { return false }
        let name = line.text(0, colon)
        let program = name.split(separator: "/").last.map(String.init) ?? name
        let isFile =
            PlaceReader.looksLikePath(name) && PlaceReader.sourceExtensions.contains(PlaceReader.fileExtension(name))
        guard isFile || Self.drivers.contains(program) else { return false }
        for (word, severity) in Self.severities where line.starts(word, at: colon + 2) {
            guard let severity, severity >= .warning else { return true }
            let (message, code) = MessageCode.split(line.text(colon + 2 + word.utf8CodeUnitCount))
            let tool: Diagnostic.Tool =
                isFile
                ? tool(for: name, line)
                : program.hasPrefix("swift") ? .swiftc : program.hasPrefix("clang") ? .clang : .gcc
            let consequence =
                message.contains("command failed") || message.contains("failed with exit code")
                || message.hasPrefix("ld returned")
            log.add(
                severity, message, code: code, at: isFile ? log.place(name, nil) : Self.namedFile(in: message, log),
                tool: consequence ? .linker : tool, lines: line.number...line.number, consequence: consequence)
            includes = []
            return true
        }
        return false
    }

    private static let drivers: Set<String> = [
        "gcc", "g++", "cc", "c++", "cc1", "cc1plus", "cc1obj", "clang", "clang++", "swiftc", "swift-frontend", "swift",
        "collect2", "as", "cpp", "<unknown>", "swift-driver", "rustc", "javac",
    ]

    /// `src/nothere.c: No such file or directory` names a file that isn't there; it is the place all the same.
    private static func namedFile(in message: String, _ log: LogContext) -> SourceLocation? {
        guard let range = message.utf8.firstIndex(of: .colon) else { return nil }
        let name = String(message[..<range])
        guard PlaceReader.looksLikePath(name) else { return nil }
        return log.place(name, nil)
    }

    private mutating func tool(for file: String, _ line: Line) -> Diagnostic.Tool {
        switch PlaceReader.fileExtension(file) {
        case "swift", "swiftinterface": return .swiftc
        case "go": return .go
        case "rs": return .rustc
        case "ts", "tsx", "mts", "cts": return .tsc
        case "c", "h", "cc", "cpp", "cxx", "c++", "hh", "hpp", "hxx", "ipp", "inl", "m", "mm", "s", "S", "cu", "tcc",
            "def":
            break
        case "": if file.hasPrefix("/usr/") || file.contains("/include/") { break } else { return .generic }
        default: return .generic
        }
        // gcc quotes with ‘’ (or, in the C locale, names the function first); clang always with ''.
        if line.contains("‘") || line.contains("’") || function?.file == file {
            evidence = .gcc
        } else if line.contains("'") {
            evidence = .clang
        }
        return evidence
    }

    // MARK: after a diagnostic

    private mutating func readFixIt(_ line: Line, _ log: inout LogContext) -> Bool {
        guard let printed = FixItLine(line) else { return true }
        guard !refusesFixIts else { return true }
        let fixIt = printed.fixIt(file: log.paths.resolve(printed.file))
        // The builds of a parallel make may come between a diagnostic and its edits: the file decides.
        let candidates = [log.collector.current].compactMap { $0 } + log.collector.recent(16)
        let owner = candidates.first { index in
            log.collector[index]?.diagnostic.location?.file == fixIt.file
        }
        if let owner { log.collector.addFixIt(fixIt, to: owner) }
        return true
    }

    /// `   13 |     code`, `      |   ^~~`, `  +++ |+#include <string.h>`.
    private func isCodeFrame(_ line: Line) -> Bool {
        var at = line.skipBlanks(0)
        guard at > 0 else { return false }
        if line.starts("+++", at: at) {
            at += 3
        } else if let number = line.number(at: at) {
            at = number.end
        }
        return line.byte(line.skipBlanks(at)) == .bar
    }
}

/// The code in brackets at a message's end: `[-Wunused]`, `[#DeprecatedDeclaration]`, `[attr-defined]`.
enum MessageCode {
    static func split(_ message: String) -> (message: String, code: String?) {
        guard message.utf8.last == .closeBracket, let open = message.utf8.lastIndex(of: .openBracket),
            open > message.startIndex
        else { return (message, nil) }
        let before = message.utf8.index(before: open)
        guard message.utf8[before] == .space else { return (message, nil) }
        let code = message[message.utf8.index(after: open)...].dropLast()
        guard !code.isEmpty, code.utf8.count <= 80,
            code.utf8.allSatisfy({
                $0.isWord || $0 == .dash || $0 == 0x23 || $0 == 0x3d || $0 == 0x2c || $0 == 0x2b || $0 == .dot
            }),
            code.utf8.first == .dash || code.utf8.first == 0x23 || code.utf8.contains(.dash)
                || code.utf8.allSatisfy(\.isWord),
            code.utf8.contains(where: \.isLetter)
        else { return (message, nil) }
        var text = message[..<before]
        while text.utf8.last == .space { text = text.dropLast() }
        return (String(text), String(code))
    }
}
