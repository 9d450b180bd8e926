/// make: which directory it is in, what it couldn't make, and which of its commands failed.
struct MakeMessages: Dialect {
    mutating func read(_ line: Line, _ log: inout LogContext) -> Bool {
        if let stars = line.find("*** "), stars < 300, readComplaint(line, stars, &log) { return true }
        if let (start, level) = Self.program(line) {
            if readDirectory(line, start, level, &log) { return true }
            if line.starts("Target ", at: start), line.contains("not remade") { return true }
            if line.starts("Nothing to be done", at: start) || line.contains("is up to date") { return true }
            if line.ends(": No such file or directory") || line.ends(": Command not found")
                || line.contains(": Permission denied")
            {
                log.add(.error, line.text(start), tool: .make, lines: line.number...line.number)
                log.collector.breakOff()
                return true
            }
            return false
        }
        readCommand(line, &log)
        return false
    }

    /// `make: `, `make[1]: `, `gmake[2]: `: the offset behind it, and the depth.
    private static func program(_ line: Line) -> (start: Int, level: Int)? {
        var at = 0
        var depth = 0
        if line.starts("make") {
            at = 4
        } else if line.starts("gmake") || line.starts("bmake") {
            at = 5
        } else if line.starts("mingw32-make") {
            at = 12
        } else {
            return nil
        }
        if line.byte(at) == .openBracket, let level = line.number(at: at + 1), line.byte(level.end) == .closeBracket {
            at = level.end + 1
            depth = level.value
        }
        return line.starts(": ", at: at) ? (at + 2, depth) : nil
    }

    private func readDirectory(_ line: Line, _ start: Int, _ level: Int, _ log: inout LogContext) -> Bool {
        let enters = line.starts("Entering directory ", at: start)
        guard enters || line.starts("Leaving directory ", at: start) else { return false }
        var path = line.text(start + (enters ? 19 : 18))
        // make quotes with `' or ''; other locales with what they have.
        while let first = path.unicodeScalars.first, "`'‘«\"".unicodeScalars.contains(first) { path.removeFirst() }
        while let last = path.unicodeScalars.last, "'’»\"".unicodeScalars.contains(last) { path.removeLast() }
        if enters { log.paths.enter(path, level: level) } else { log.paths.leave(path) }
        return true
    }

    /// `make: *** [Makefile:3: x.o] Error 1`, `bad.mk:2: *** missing separator.  Stop.`
    private func readComplaint(_ line: Line, _ stars: Int, _ log: inout LogContext) -> Bool {
        let place = PlaceReader(line).flatMap { line.skipBlanks($0.end + 1) == stars ? $0 : nil }
        let program = Self.program(line)
        guard place != nil || program?.start == stars else { return false }
        log.paths.endCommand()
        let lines = line.number...line.number
        var text = line.text(stars + 4)
        if line.byte(stars + 4) == .openBracket, let close = line.find("] ", from: stars) {
            if text.hasSuffix("(ignored)") { return true }
            let recipe = PlaceReader(line, at: stars + 5)
            let target = line.text(recipe.map { $0.end + 1 } ?? stars + 5, close)
            log.add(
                .error, "\(target): \(line.text(close + 2))",
                at: recipe.map { .init(file: log.paths.resolve($0.file, level: program?.level), line: $0.line) },
                tool: .make, lines: lines, consequence: true)
            log.collector.breakOff()
            return true
        }
        if text.hasSuffix("Stop.") { text = String(text.dropLast(5)) }
        while text.hasSuffix(" ") { text.removeLast() }
        let isConsequence = text.hasPrefix("Waiting for unfinished jobs") || text.hasPrefix("Deleting file")
        if isConsequence { return true }
        log.add(
            .error, text, at: place.map { log.place($0.file, $0.line) }, tool: .make, lines: lines)
        log.collector.breakOff()
        return true
    }

    /// What make shows of its commands: `cd sub && cc -c x.c`.
    private func readCommand(_ line: Line, _ log: inout LogContext) {
        var start = 0
        if line.byte(0) == .openParenthesis { start = 1 }
        guard line.starts("cd ", at: start) else {
            if Self.commands.contains(where: { line.starts($0) }) { log.paths.endCommand() }
            return
        }
        let end = line.find(" && ", from: start) ?? line.find(";", from: start)
        guard let end else { return }
        var path = line.text(start + 3, end)
        while let first = path.first, "'\"".contains(first) { path.removeFirst() }
        while let last = path.last, "'\"".contains(last) { path.removeLast() }
        guard !path.isEmpty, !path.contains("$"), !path.hasPrefix("~"), !path.hasPrefix("-") else { return }
        log.paths.changeDirectory(path)
    }

    private static let commands: [StaticString] = [
        "gcc ", "cc ", "g++ ", "c++ ", "clang ", "clang++ ", "ld ", "ar ", "swiftc ", "/usr/bin/", "python", "go ",
    ]
}
