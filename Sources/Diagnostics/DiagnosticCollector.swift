/// A diagnostic with what only the search for root causes needs to know.
struct Finding: Sendable {
    var diagnostic: Diagnostic
    /// It says that something failed before, not what: `Error 1`, `ld returned 1`, `BUILD FAILED`.
    var isConsequence = false
    /// It only looks like an error: counts when nothing surer is there.
    var isWeak = false
    /// The function that the compiler said it was in.
    var function: String?
    /// The file that was being compiled and the line in it that led here, when the place is in an included file.
    var includedFrom: SourceLocation?
}

/// Gathers diagnostics within the limits, merges repeated ones, and attaches notes and fix-its to their own.
struct DiagnosticCollector {
    private struct Key: Hashable {
        var location: SourceLocation?
        var message: String
        var test: String?
        var isError: Bool
    }

    private let limits: BuildLogReader.Limits
    /// Emptied places belong to warnings that gave way to errors.
    private var slots: [Finding?] = []
    private var seen: [Key: Int] = [:]
    private var live = 0
    /// What can give way: warnings, errors that only look like some, those that say only that something failed before.
    private var evictable: [[Int]] = [[], [], []]
    /// pytest's failures by the names that they are known by, and those that have none yet: its summary has their ids.
    private var pytest: [String: [Int]] = [:]
    private var pytestUnnamed: [Int] = []
    private var textBytes = 0
    private(set) var dropped = 0
    /// The place of the diagnostic that notes and fix-its now belong to.
    private(set) var current: Int?

    init(limits: BuildLogReader.Limits) { self.limits = limits }

    /// Whether there is room for a warning, and for an error that explains something.
    var takesWarnings: Bool { live < limits.diagnostics }
    var takesErrors: Bool { takesWarnings || evictable.contains { !$0.isEmpty } }

    /// Whether there is room for a line that only looks like an error, and for one that says only that something failed.
    var takesWeak: Bool { takesWarnings || !evictable[0].isEmpty }
    var takesConsequences: Bool { takesWeak || !evictable[1].isEmpty }

    /// Counts a diagnostic for which there is no room; what belongs to it has no place either.
    mutating func drop() {
        dropped += 1
        current = nil
    }

    /// How many there have been, those that gave way included.
    var count: Int { slots.count }

    func added(since count: Int) -> [Diagnostic] { slots[min(count, slots.count)...].compactMap { $0?.diagnostic } }

    var findings: [Finding] { slots.compactMap { $0 } }

    subscript(index: Int) -> Finding? { slots.indices.contains(index) ? slots[index] : nil }

    /// The diagnostics of the last few places, the latest first.
    func recent(_ count: Int) -> [Int] { Array(slots.indices.suffix(count).reversed()) }

    @discardableResult
    mutating func add(_ finding: Finding) -> Int? {
        var finding = finding
        finding.diagnostic.message = cut(finding.diagnostic.message, take(0) ? 4096 : 256)
        let diagnostic = finding.diagnostic
        let key = Key(
            location: diagnostic.location, message: diagnostic.message, test: diagnostic.test,
            isError: diagnostic.isError)
        if let index = seen[key], slots[index] != nil {
            current = index
            for note in diagnostic.notes { addNote(note, lines: diagnostic.logLines) }
            for fixIt in diagnostic.fixIts { addFixIt(fixIt, to: index) }
            return index
        }
        let rank = Self.rank(finding)
        guard live < limits.diagnostics || makeRoom(above: rank) else {
            drop()
            return nil
        }
        bound(&finding.diagnostic)
        slots.append(finding)
        live += 1
        let index = slots.count - 1
        seen[key] = index
        current = index
        if diagnostic.tool == .pytest {
            if let test = diagnostic.test {
                pytest[test, default: []].append(index)
            } else {
                pytestUnnamed.append(index)
            }
        }
        if rank < evictable.count { evictable[rank].append(index) }
        return index
    }

    /// What goes first when there is too much.
    private static func rank(_ finding: Finding) -> Int {
        if !finding.diagnostic.isError { return 0 }
        return finding.isWeak ? 1 : finding.isConsequence ? 2 : 3
    }

    /// Ends the attachment of notes: something else speaks now.
    mutating func breakOff() { current = nil }

    /// Adds a note to the current diagnostic; a repeated note is one.
    mutating func addNote(_ note: Diagnostic.Note, lines: ClosedRange<Int>) {
        guard let index = current, var finding = slots[index] else { return }
        var note = note
        note.message = cut(note.message, 2048)
        guard finding.diagnostic.notes.count < limits.notes, !finding.diagnostic.notes.contains(note),
            take(note.message.utf8.count)
        else { return }
        // Out of its place first: the array inside isn't copied then.
        slots[index] = nil
        finding.diagnostic.notes.append(note)
        let range = finding.diagnostic.logLines
        // A repetition far below doesn't make everything between belong to it.
        if lines.lowerBound >= range.lowerBound, lines.lowerBound <= range.upperBound + 100 {
            finding.diagnostic.logLines = range.lowerBound...max(range.upperBound, lines.upperBound)
        }
        slots[index] = finding
    }

    mutating func addFixIt(_ fixIt: FixIt, to index: Int) {
        guard var finding = slots[index], finding.diagnostic.fixIts.count < limits.notes,
            fixIt.replacement.utf8.count <= 8192, !finding.diagnostic.fixIts.contains(fixIt),
            take(fixIt.replacement.utf8.count)
        else { return }
        finding.diagnostic.fixIts.append(fixIt)
        slots[index] = finding
    }

    mutating func update(_ index: Int, _ change: (inout Finding) -> Void) {
        guard slots.indices.contains(index), var finding = slots[index] else { return }
        change(&finding)
        finding.diagnostic.message = cut(finding.diagnostic.message, 4096)
        slots[index] = finding
    }

    /// Gives the first of pytest's failures that are known by a name its id; false when there is none.
    mutating func name(pytest name: String, _ id: String) -> Bool {
        guard var known = pytest[name], let first = known.first else { return false }
        // Asked for by its id, it has it already.
        if name == id { return true }
        known.removeFirst()
        pytest[name] = known.isEmpty ? nil : known
        pytest[id, default: []].append(first)
        slots[first]?.diagnostic.test = id
        return true
    }

    /// Gives the first of pytest's failures without a name that fits its id.
    mutating func name(pytestWhere fits: (Diagnostic) -> Bool, _ id: String) -> Bool {
        let place = pytestUnnamed.prefix(32).firstIndex { index in
            slots[index].map { fits($0.diagnostic) } ?? false
        }
        guard let place else { return false }
        let index = pytestUnnamed.remove(at: place)
        pytest[id, default: []].append(index)
        slots[index]?.diagnostic.test = id
        return true
    }

    private mutating func makeRoom(above rank: Int) -> Bool {
        guard let lower = evictable[..<rank].firstIndex(where: { !$0.isEmpty }), let index = evictable[lower].popLast()
        else { return false }
        slots[index] = nil
        live -= 1
        dropped += 1
        return true
    }

    private mutating func bound(_ diagnostic: inout Diagnostic) {
        if diagnostic.notes.count > limits.notes { diagnostic.notes.removeLast(diagnostic.notes.count - limits.notes) }
        if diagnostic.fixIts.count > limits.notes {
            diagnostic.fixIts.removeLast(diagnostic.fixIts.count - limits.notes)
        }
        for index in diagnostic.notes.indices {
            diagnostic.notes[index].message = cut(diagnostic.notes[index].message, 2048)
        }
        let size = diagnostic.notes.reduce(diagnostic.message.utf8.count) { $0 + $1.message.utf8.count }
        if !take(size) { diagnostic.notes = [] }
    }

    private mutating func take(_ bytes: Int) -> Bool {
        guard textBytes + bytes <= limits.textBytes else { return false }
        textBytes += bytes
        return true
    }

    private func cut(_ text: String, _ limit: Int) -> String {
        guard text.utf8.count > limit else { return text }
        return String(decoding: text.utf8.prefix(limit), as: UTF8.self)
            .trimmingLastScalarIfReplaced() + "…"
    }
}

extension String {
    /// Without the replacement character that a cut in the middle of a scalar leaves.
    fileprivate func trimmingLastScalarIfReplaced() -> String {
        unicodeScalars.last == "\u{fffd}" ? String(unicodeScalars.dropLast()) : self
    }
}
