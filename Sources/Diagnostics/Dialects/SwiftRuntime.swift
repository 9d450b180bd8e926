/// Swift programs that trap: the runtime's line, and the backtrace below it, which knows the real place.
struct SwiftRuntime: Dialect {
    private var pending: Diagnostic?
    private var hasBacktrace = false
    /// The message's place was the module's name and the file's, or within the standard library.
    private var placeIsVague = false

    var isReading: Bool { pending != nil }

    mutating func read(_ line: Line, _ log: inout LogContext) -> Bool {
        if pending != nil, readBacktrace(line, log) { return true }
        if let (diagnostic, isVague) = trap(line, log) {
            finish(&log)
            pending = diagnostic
            placeIsVague = isVague
            return true
        }
        if line.starts("*** Swift runtime failure: ") || line.starts("*** Program crashed: ") {
            finish(&log)
            let end = line.find(" ***", from: 4)
            let isFailure = line.starts("*** Swift")
            pending = Diagnostic(
                severity: .fatal, message: line.text(isFailure ? 27 : 21, Self.withoutAddress(line) ?? end),
                code: isFailure ? "Swift runtime failure" : "Program crashed", tool: .swiftc,
                logLines: line.number...line.number)
            placeIsVague = true
            hasBacktrace = true
            return true
        }
        if pending != nil { finish(&log) }
        return false
    }

    private static func withoutAddress(_ line: Line) -> Int? { line.find(" at 0x") }

    mutating func finish(_ log: inout LogContext) {
        if var pending {
            // A line of the standard library's own source is no place that anybody could look at.
            if placeIsVague, pending.location?.file.hasPrefix("Swift/") == true { pending.location = nil }
            log.collector.add(Finding(diagnostic: pending))
            log.collector.breakOff()
        }
        pending = nil
        hasBacktrace = false
        placeIsVague = false
    }

    private static let kinds: [StaticString] = ["Fatal error", "Assertion failed", "Precondition failed"]

    /// `main/main.swift:5: Assertion failed: why`, and as it was before 5.4 `Fatal error: why: file main.swift, line 5`.
    private func trap(_ line: Line, _ log: LogContext) -> (Diagnostic, placeIsVague: Bool)? {
        var isVague = true
        var start = 0
        var place: PlaceReader?
        if let found = PlaceReader(line), line.starts(": ", at: found.end) {
            guard found.file.hasSuffix(".swift") else { return nil }
            place = found
            isVague = !found.file.hasPrefix("/")
            start = found.end + 2
        }
        guard let kind = Self.kinds.first(where: { line.starts($0, at: start) }) else { return nil }
        let end = start + kind.utf8CodeUnitCount
        guard end == line.count || line.byte(end) == .colon else { return nil }
        var message = line.text(min(end + 1, line.count))
        var location = place.map { self.place($0.file, $0.line, log) }
        if place == nil {
            if let file = line.findLast(": file "), let comma = line.find(", line ", from: file),
                let number = line.number(at: comma + 7)
            {
                location = self.place(line.text(file + 7, comma), number.value, log)
                message = line.text(min(end + 1, file), file)
                isVague = !line.starts("/", at: file + 7)
            }
        }
        let code = line.text(start, end)
        let diagnostic = Diagnostic(
            severity: .fatal, message: message.isEmpty ? code : message, code: code, location: location, tool: .swiftc,
            logLines: line.number...line.number)
        return (diagnostic, isVague)
    }

    /// The runtime names a file by its module and name. The module of a single-file program is called after the program.
    private func place(_ file: String, _ number: Int, _ log: LogContext) -> SourceLocation {
        SourceLocation(
            file: file.hasPrefix("/") ? log.paths.resolve(file) : log.paths.sourceFile(module: file), line: number)
    }

    private mutating func readBacktrace(_ line: Line, _ log: LogContext) -> Bool {
        if line.isBlank { return true }
        if line.starts("*** ") {
            hasBacktrace = true
            if line.starts("*** Swift runtime failure: "), pending?.code == "Program crashed" { return false }
            return line.contains("Backtracing from") || line.contains("Program crashed")
                || line.contains("runtime failure")
        }
        guard hasBacktrace else {
            if line.starts("Current stack trace:") {
                hasBacktrace = true
                return true
            }
            return false
        }
        if line.starts("Registers:") || line.starts("Images (") || line.starts("Backtrace took") {
            return true
        }
        if let address = line.find("0x"), let at = line.findLast(" at "), at > address,
            let place = PlaceReader(line, at: at + 4)
        {
            addFrame(line, place, address, log)
            return true
        }
        if let address = line.find("0x"), let plus = line.find(" + ", from: address),
            let module = line.findLast(" in "),
            module > plus, !line.ends(".so"), !line.ends(".dylib"), let name = line.find(" ", from: address)
        {
            // Built without debug information: the function is all there is to go by.
            if (pending?.notes.count ?? 0) < 48 {
                pending?.notes.append(.init(message: "in \(line.text(name, plus))", location: nil))
            }
            return true
        }
        return line.starts("Platform:") || line.starts("Thread ") || line.starts("...") || line.contains(" 0x")
            || line.starts("0x") || line.starts("rflags") || line.starts("cs ") || line.indent > 0
    }

    private mutating func addFrame(_ line: Line, _ place: PlaceReader, _ address: Int, _ log: LogContext) {
        guard var diagnostic = pending, diagnostic.notes.count < 48 else { return }
        let location = log.place(place.file, place.line, place.column)
        let name = line.text(line.find(" ", from: address) ?? address, line.find(" + ", from: address))
        diagnostic.notes.append(.init(message: "in \(name)", location: location))
        if placeIsVague, PathResolver.isInside(location.file), !location.file.hasPrefix(".build/") {
            // The innermost frame of the project's own code.
            diagnostic.location = location
            placeIsVague = false
        }
        diagnostic.logLines = diagnostic.logLines.lowerBound...line.number
        pending = diagnostic
    }
}

extension PathResolver {
    /// The path of a file that was named by its module and name, when one of the usual layouts has it; else as named.
    func sourceFile(module file: String) -> String {
        let parts = file.split(separator: "/")
        guard parts.count == 2, !parts.contains("..") else { return resolve(file) }
        let candidates = [file, String(parts[1]), "Sources/\(file)", "Tests/\(file)", "Sources/\(parts[1])"]
        return firstExisting(candidates) ?? file
    }
}
