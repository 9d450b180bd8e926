/// ninja: its directory, broken build files, and which commands failed.
struct NinjaMessages: Dialect {
    private var directory: String?

    mutating func read(_ line: Line, _ log: inout LogContext) -> Bool {
        if line.starts("FAILED: ") {
            log.paths.endCommand()
            log.add(
                .error, "failed: \(line.text(8))", tool: .ninja, lines: line.number...line.number, consequence: true)
            log.collector.breakOff()
            return true
        }
        guard line.starts("ninja: ") else { return false }
        if line.starts("Entering directory ", at: 7) {
            if let directory { log.paths.leave(directory) }
            let path = line.text(27, line.count - 1)
            log.paths.enter(path)
            directory = path
            return true
        }
        if line.starts("build stopped: ", at: 7) {
            log.add(.error, line.text(7), tool: .ninja, lines: line.number...line.number, consequence: true)
            log.collector.breakOff()
            return true
        }
        for word in ["error: ", "fatal: "] as [StaticString] where line.starts(word, at: 7) {
            let start = 7 + word.utf8CodeUnitCount
            let lines = line.number...line.number
            if let place = PlaceReader(line, at: start), line.byte(place.end) == .colon {
                log.add(
                    .error, line.text(place.end + 1), at: log.place(place.file, place.line), tool: .ninja, lines: lines)
            } else {
                let isConsequence = line.starts("rebuilding ", at: start)
                log.add(.error, line.text(start), tool: .ninja, lines: lines, consequence: isConsequence)
            }
            log.collector.breakOff()
            return true
        }
        return true
    }
}
