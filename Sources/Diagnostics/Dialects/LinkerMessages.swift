/// GNU ld, gold, lld and Apple's ld. Object files lie in temporary folders under random names, so messages leave them out.
struct LinkerMessages: Dialect {
    /// The function that the next complaint is in.
    private var function: String?
    /// lld's `>>> referenced by …` and Apple's `_f in main.o` belong to the error before.
    private enum Following { case nothing, lld, apple }
    private var following = Following.nothing

    var isReading: Bool { following != .nothing }

    mutating func finish(_ log: inout LogContext) {
        following = .nothing
        function = nil
    }

    mutating func read(_ line: Line, _ log: inout LogContext) -> Bool {
        if following == .lld {
            if line.starts(">>> ") { return readReference(line, &log) }
            following = .nothing
        }
        if following == .apple {
            if line.indent >= 2 { return readApple(line, &log) }
            following = .nothing
        }
        if line.starts("Undefined symbols for architecture") {
            following = .apple
            return true
        }
        if let start = Self.lld(line) { return readLLD(line, start, &log) }
        let start = Self.program(line)
        if let at = line.find(": in function `", from: start) {
            function = line.text(at + 15, line.find("'", from: at + 15))
            return true
        }
        if let at = line.find("undefined reference to ", from: start) {
            let symbol = Self.quoted(line, at + 23)
            add("undefined reference to '\(symbol)'", line, start, at, &log)
            return true
        }
        if let at = line.find(": multiple definition of ", from: start) {
            readMultiple(line, start, at, &log)
            return true
        }
        return readMissing(line, start, &log)
    }

    /// `/usr/bin/ld: `, `ld: `, `/usr/bin/ld.gold: `: the offset behind it.
    private static func program(_ line: Line) -> Int {
        guard let colon = line.find(": "), colon < 80, let last = line.byte(colon - 1), last.isLetter
        else { return 0 }
        let name = line.bytes[..<colon].split(separator: .slash).last ?? []
        // Nearly every line with a colon comes by here.
        guard name.count < 40,
            name.first.map({ [0x6c, 0x6d, 0x67].contains($0) }) == true || name.suffix(3).elementsEqual("-ld".utf8)
        else { return 0 }
        return names.contains { name.elementsEqual($0.utf8) } || name.suffix(3).elementsEqual("-ld".utf8)
            ? colon + 2 : 0
    }

    private static let names = ["ld", "ld.bfd", "ld.gold", "ld.mold", "mold", "gold", "ld-new"]

    private static func lld(_ line: Line) -> Int? {
        for name in ["ld.lld: ", "ld64.lld: ", "lld-link: ", "wasm-ld: ", "lld: "] as [StaticString] {
            if let at = line.find(name), at < 64 { return at + name.utf8CodeUnitCount }
        }
        return nil
    }

    private static func quoted(_ line: Line, _ start: Int) -> String {
        var from = start
        if let byte = line.byte(from), byte == .backtick || byte == 0x27 { from += 1 }
        if line.starts("‘", at: from) { from += 3 }
        let end = line.findLast("'") ?? line.findLast("’") ?? line.count
        return line.text(from, max(end, from))
    }

    private mutating func add(_ message: String, _ line: Line, _ start: Int, _ end: Int, _ log: inout LogContext) {
        var notes: [Diagnostic.Note] = []
        if let function { notes.append(.init(message: "in function '\(function)'", location: nil)) }
        if let at = line.find(":function ", from: start), at < end {
            let name = line.text(at + 10, line.find(":", from: at + 10))
            notes = [.init(message: "in function '\(name)'", location: nil)]
        }
        log.add(
            .error, message, at: Self.place(line, start, end, log), tool: .linker, notes: notes,
            lines: line.number...line.number)
        log.collector.breakOff()
    }

    /// What stands before a complaint: `/src/a.c:3`, `a.c:(.text+0xa)`, `/tmp/x.o:a.c:3`, `libx.a(y.o)`: the source file.
    private static func place(_ line: Line, _ start: Int, _ end: Int, _ log: LogContext) -> SourceLocation? {
        let parts = line.text(start, end).split(separator: ":").map { $0.drop { $0 == " " } }
        for (index, part) in parts.enumerated() {
            let type = PlaceReader.fileExtension(String(part))
            guard type != "o", type != "a", type != "so", PlaceReader.sourceExtensions.contains(type) else { continue }
            return log.place(String(part), index + 1 < parts.count ? Int(parts[index + 1]) : nil)
        }
        return nil
    }

    private func readMultiple(_ line: Line, _ start: Int, _ at: Int, _ log: inout LogContext) {
        let first = line.find("; ", from: at)
        let from = at + 25 + (line.byte(at + 25) == .backtick || line.byte(at + 25) == 0x27 ? 1 : 0)
        let symbol = line.text(from, first.map { $0 - 1 } ?? line.find("'", from: from))
        var notes: [Diagnostic.Note] = []
        if let first, let end = line.find(": first defined here", from: first) {
            notes.append(.init(message: "first defined here", location: Self.place(line, first + 2, end, log)))
        }
        log.add(
            .error, "multiple definition of '\(symbol)'", at: Self.place(line, start, at, log), tool: .linker,
            notes: notes, lines: line.number...line.number)
        log.collector.breakOff()
    }

    private func readMissing(_ line: Line, _ start: Int, _ log: inout LogContext) -> Bool {
        guard start > 0 else { return false }
        let lines = line.number...line.number
        if line.starts("cannot find ", at: start) || line.starts("library ", at: start)
            || line.starts("framework ", at: start) || line.starts("error: ", at: start)
        {
            // An object that isn't there is one that didn't compile.
            let isObject = line.contains(".o: No such file") || line.ends(".o")
            let from = line.starts("error: ", at: start) ? start + 7 : start
            log.add(.error, line.text(from), tool: .linker, lines: lines, consequence: isObject)
            log.collector.breakOff()
            return true
        }
        if line.starts("symbol(s) not found", at: start) {
            log.add(.error, line.text(start), tool: .linker, lines: lines, consequence: true)
            return true
        }
        if line.starts("warning: ", at: start) {
            log.add(.warning, line.text(start + 9), tool: .linker, lines: lines)
            return true
        }
        return false
    }

    private mutating func readLLD(_ line: Line, _ start: Int, _ log: inout LogContext) -> Bool {
        let lines = line.number...line.number
        if line.starts("warning: ", at: start) {
            log.add(.warning, line.text(start + 9), tool: .linker, lines: lines)
        } else {
            let from = line.starts("error: ", at: start) ? start + 7 : start
            var message = line.text(from)
            for (prefix, words) in [
                ("undefined symbol: ", "undefined reference to"), ("duplicate symbol: ", "multiple definition of"),
            ] where message.hasPrefix(prefix) {
                message = "\(words) '\(message.dropFirst(prefix.count))'"
            }
            log.add(
                .error, message, tool: .linker, lines: lines, consequence: message.hasPrefix("too many errors emitted"))
        }
        following = .lld
        return true
    }

    /// `>>> referenced by a.c:3 (/src/a.c:3)`, then `>>>               /tmp/x.o:(f)`.
    private func readReference(_ line: Line, _ log: inout LogContext) -> Bool {
        let isReference = line.starts(">>> referenced by ")
        let isDefinition = line.starts(">>> defined at ")
        guard let index = log.collector.current, isReference || isDefinition else {
            if let open = line.find(":("), line.ends(")") {
                let name = line.text(open + 2, line.count - 1)
                if !name.hasPrefix(".") {
                    log.collector.addNote(
                        .init(message: "in '\(name)'", location: nil), lines: line.number...line.number)
                }
            }
            return true
        }
        let start = isReference ? 18 : 15
        let place =
            line.find("(", from: start).flatMap { PlaceReader(line, at: $0 + 1) } ?? PlaceReader(line, at: start)
        let location = place.map { log.place($0.file, $0.line) }
        let words = isReference ? "referenced here" : "defined here"
        log.collector.addNote(.init(message: words, location: location), lines: line.number...line.number)
        if let location {
            log.collector.update(index) { finding in
                // Of a symbol defined twice, ld blames the second; so the last one wins here too.
                if isDefinition || finding.diagnostic.location == nil { finding.diagnostic.location = location }
            }
        }
        return true
    }

    /// `  "_missing", referenced from:`, then `      _main in main.o`.
    private func readApple(_ line: Line, _ log: inout LogContext) -> Bool {
        if let end = line.find("\", referenced from:"), let start = line.find("\"") {
            var symbol = line.text(start + 1, end)
            if symbol.hasPrefix("_") { symbol.removeFirst() }
            log.add(.error, "undefined reference to '\(symbol)'", tool: .linker, lines: line.number...line.number)
        } else {
            log.collector.addNote(
                .init(message: "referenced from \(line.trimmed)", location: nil), lines: line.number...line.number)
        }
        return true
    }
}
