/// The end of `node --test`'s default report, which says again, and in full, what failed.
///
///     test at fails.test.js:4:11
///     ✖ inner (1.2ms)
///       AssertionError [ERR_ASSERTION]: Expected values to be strictly equal:
struct NodeSpecReport: Dialect {
    private var pending: Diagnostic?
    private var hasBegun = false
    private var hasOwnFrame = false
    private var inFrames = false

    var isReading: Bool { pending != nil }

    mutating func read(_ line: Line, _ log: inout LogContext) -> Bool {
        if line.starts("✖ failing tests:") {
            finish(&log)
            hasBegun = true
            return true
        }
        guard hasBegun else { return false }
        if line.starts("test at "), let place = PlaceReader(line, at: 8), place.end == line.count {
            finish(&log)
            pending = Diagnostic(
                severity: .error, message: "", location: log.place(place.file, place.line, place.column), tool: .node,
                logLines: line.number...line.number)
            hasOwnFrame = false
            inFrames = false
            return true
        }
        guard let diagnostic = pending else { return false }
        if line.isBlank { return true }
        if line.starts("✖ ") {
            pending?.test = line.text(4, line.findLast(" ("))
            return true
        }
        guard line.indent >= 2, line.number - diagnostic.logLines.lowerBound < 200 else {
            finish(&log)
            return false
        }
        pending?.logLines = diagnostic.logLines.lowerBound...max(diagnostic.logLines.lowerBound, line.number)
        readBelow(line, log)
        return true
    }

    mutating func finish(_ log: inout LogContext) {
        if var diagnostic = pending {
            if diagnostic.message.hasPrefix("'"), diagnostic.message.hasSuffix("'"), diagnostic.message.count > 1 {
                diagnostic.message = String(diagnostic.message.dropFirst().dropLast())
            }
            // A file that doesn't even run has said so before; a test whose parts fail is one of them.
            let isConsequence =
                diagnostic.message == "test failed" || diagnostic.message.hasSuffix("subtest failed")
                || diagnostic.message.hasSuffix("subtests failed")
            if diagnostic.message.isEmpty { diagnostic.message = "test failed" }
            var finding = Finding(diagnostic: diagnostic)
            finding.isConsequence = isConsequence
            log.collector.add(finding)
            log.collector.breakOff()
        }
        pending = nil
    }

    private mutating func readBelow(_ line: Line, _ log: LogContext) {
        let start = line.skipBlanks(0)
        if line.starts("at ", at: start) {
            inFrames = true
            let open = line.findLast("(")
            guard let place = PlaceReader(line, at: open.map { $0 + 1 } ?? start + 3),
                (pending?.notes.count ?? 0) < 32
            else { return }
            let location = log.place(place.file, place.line, place.column)
            let name = open.map { line.text(start + 3, $0) } ?? ""
            pending?.notes.append(.init(message: name.isEmpty ? "called" : "in \(name)", location: location))
            if !hasOwnFrame, NodeErrors.isOwn(location.file) {
                pending?.location = location
                hasOwnFrame = true
            }
            return
        }
        guard !inFrames else { return }
        var text = line.trimmed
        if pending?.message.isEmpty == true, let error = NodeErrors.error(line.dropping(start)) {
            pending?.code = error.name
            text = error.message
        }
        let said = pending?.message ?? ""
        if said.utf8.count < 2048 { pending?.message = said.isEmpty ? text : said + "\n" + text }
    }
}
