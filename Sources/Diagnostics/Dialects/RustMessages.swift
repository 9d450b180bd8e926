/// rustc and cargo: `error[E0308]: message`, the place on the next line, labels, notes and suggestions below.
///
/// A plain `error: message` begins rustc's, cargo's and SwiftPM's lines alike: the next line decides whose it is.
struct RustMessages: Dialect {
    private struct Help {
        var message: String
        var number: Int?
        var shown: String?
        var removed: (line: Int, text: String)?
        var edits: [FixIt] = []
    }

    private var heading: (severity: Diagnostic.Severity, code: String?, message: String, line: Int)?
    /// Whether a diagnostic is open: its place has been read.
    private var file: String?
    private var owner: Int?
    private var frameLine: Int?
    private var help: Help?
    private var hasTakenHelp = false

    var isReading: Bool { heading != nil || file != nil }

    mutating func read(_ line: Line, _ log: inout LogContext) -> Bool {
        if heading != nil {
            if let place = Self.arrow(line) {
                open(place, line.number, &log)
                return true
            }
            flushHeading(&log)
        }
        if file != nil, readBody(line, &log) { return true }
        return readHeading(line)
    }

    mutating func finish(_ log: inout LogContext) {
        flushHeading(&log)
        close(&log)
    }

    /// ` --> src/main.rs:3:5`.
    private static func arrow(_ line: Line) -> PlaceReader? {
        let at = line.skipBlanks(0)
        guard line.starts("--> ", at: at) || line.starts("::: ", at: at) else { return nil }
        return PlaceReader(line, at: at + 4)
    }

    private mutating func readHeading(_ line: Line) -> Bool {
        let severity: Diagnostic.Severity
        var at: Int
        if line.starts("error") {
            (severity, at) = (.error, 5)
        } else if line.starts("warning") {
            (severity, at) = (.warning, 7)
        } else {
            return false
        }
        var code: String?
        if line.byte(at) == .openBracket, let close = line.find("]", from: at) {
            code = line.text(at + 1, close)
            at = close + 1
        }
        guard line.starts(": ", at: at) else { return false }
        heading = (severity, code, line.text(at + 2), line.number)
        return true
    }

    private mutating func flushHeading(_ log: inout LogContext) {
        guard let heading else { return }
        self.heading = nil
        PlainErrors.add(heading.message, heading.severity, code: heading.code, line: heading.line, &log)
    }

    private mutating func open(_ place: PlaceReader, _ number: Int, _ log: inout LogContext) {
        guard let heading else { return }
        self.heading = nil
        log.add(
            heading.severity, heading.message, code: heading.code, at: log.place(place.file, place.line, place.column),
            tool: .rustc, lines: heading.line...number)
        file = place.file
        owner = log.collector.current
        frameLine = nil
        help = nil
        hasTakenHelp = false
        position = (place.line, place.column)
    }

    private var position: (line: Int, column: Int?) = (0, nil)

    private mutating func close(_ log: inout LogContext) {
        takeHelp(&log)
        if file != nil { log.collector.breakOff() }
        file = nil
        owner = nil
    }

    private mutating func readBody(_ line: Line, _ log: inout LogContext) -> Bool {
        if line.isBlank {
            close(&log)
            return true
        }
        if line.starts("help: ") || line.starts("note: ") {
            takeHelp(&log)
            note(line.text(line.starts("help: ") ? 6 : 6), nil, line, &log)
            if line.starts("help: ") { help = Help(message: line.text(6)) }
            return true
        }
        if let place = Self.arrow(line) {
            if let help { note(help.message, log.place(place.file, place.line, place.column), line, &log) }
            return true
        }
        var at = line.skipBlanks(0)
        if line.starts("...", at: at) { return true }
        let number = line.number(at: at)
        if let number { at = line.skipBlanks(number.end) }
        guard let mark = line.byte(at) else { return true }
        switch mark {
        case .bar:
            readFrame(line, number?.value, at, &log)
            return true
        case 0x3d:  // = note: …
            if let colon = line.find(": ", from: at) { note(line.text(colon + 2), nil, line, &log) }
            return true
        case .dash, 0x2b, .tilde:
            // The suggestion as a difference: `8 - old` and `8 + new`.
            if let number { readDifference(line, number.value, at) }
            return number != nil || line.indent > 0
        default:
            if line.indent > 0 { return true }
            close(&log)
            return false
        }
    }

    private func note(_ text: String, _ location: SourceLocation?, _ line: Line, _ log: inout LogContext) {
        log.collector.addNote(.init(message: text, location: location), lines: line.number...line.number)
    }

    private mutating func readFrame(_ line: Line, _ number: Int?, _ bar: Int, _ log: inout LogContext) {
        let code = bar + 2
        if let number {
            frameLine = number
            help?.number = number
            help?.shown = code <= line.count ? String(decoding: line.bytes[code...], as: UTF8.self) : ""
            return
        }
        if help != nil {
            readInsertion(line, code)
            return
        }
        guard let first = line.bytes.firstIndex(of: .caret) else { return }
        var end = first
        while line.byte(end) == .caret { end += 1 }
        let label = line.text(end)
        guard !label.isEmpty, label.utf8.contains(where: \.isLetter) else { return }
        note(label, nil, line, &log)
        // `help: add `;` here` at a caret is an edit in itself.
        if label.hasPrefix("help: add `"), label.hasSuffix("` here"), let column = position.column, let owner, let file
        {
            let text = String(label.dropFirst(11).dropLast(6))
            log.collector.addFixIt(
                FixIt(
                    file: log.paths.resolve(file), startLine: position.line, startColumn: column,
                    endLine: position.line, endColumn: column, replacement: text), to: owner)
        }
    }

    /// `   |     +++` below a shown line: what stands above the marks is to be inserted.
    private mutating func readInsertion(_ line: Line, _ code: Int) {
        guard let shown = help?.shown, let number = help?.number else { return }
        let text = Array(shown.utf8)
        guard text.allSatisfy({ $0 < 0x80 }) else { return }
        var at = code
        var inserted = 0
        while let byte = line.byte(at) {
            guard byte == 0x2b else {
                if byte != .space { return }
                at += 1
                continue
            }
            var end = at
            while line.byte(end) == 0x2b { end += 1 }
            let from = at - code
            guard end - code <= text.count else { return }
            let column = from - inserted + 1
            help?.edits.append(
                FixIt(
                    file: "", startLine: number, startColumn: column, endLine: number, endColumn: column,
                    replacement: String(decoding: text[from..<(end - code)], as: UTF8.self)))
            inserted += end - at
            at = end
        }
    }

    private mutating func readDifference(_ line: Line, _ number: Int, _ mark: Int) {
        let text = mark + 2 <= line.count ? String(decoding: line.bytes[(mark + 2)...], as: UTF8.self) : ""
        if line.byte(mark) == .dash {
            help?.removed = (number, text)
        } else if line.byte(mark) == 0x2b, let removed = help?.removed, removed.line == number {
            help?.removed = nil
            help?.edits.append(
                FixIt(
                    file: "", startLine: number, startColumn: 1, endLine: number,
                    endColumn: removed.text.utf8.count + 1, replacement: text))
        }
    }

    /// Of several suggestions only the first counts: they are alternatives.
    private mutating func takeHelp(_ log: inout LogContext) {
        defer { help = nil }
        guard let help, !help.edits.isEmpty, !hasTakenHelp, let owner, let file else { return }
        hasTakenHelp = true
        for var edit in help.edits {
            edit.file = log.paths.resolve(file)
            log.collector.addFixIt(edit, to: owner)
        }
    }
}
