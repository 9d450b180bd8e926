import Diagnostics
import Foundation
import Testing

/// Whatever is read, the reader keeps its promises. `Logs/nasty` has what once broke a promise, or might.
@Suite struct FuzzTests {
    static let root = "/home/dev/project"
    static let folder = RecordedLogTests.folder.appending(path: "nasty")

    static let names: [String] =
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()

    static func bytes(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: folder.appending(path: name))) }

    @Test func thereIsACorpus() { #expect(Self.names.count >= 30) }

    @Test(arguments: names) func whatIsNastyIsReadTheSameInAnyPieces(_ name: String) throws {
        let bytes = try Self.bytes(name)
        let whole = BuildLog.read(bytes, root: Self.root)
        #expect(Self.broken(whole, bytes) == nil)
        for size in [1, 7, 1000] {
            var reader = BuildLogReader(root: Self.root)
            var rest = bytes[...]
            while !rest.isEmpty {
                reader.consume(rest.prefix(size))
                rest = rest.dropFirst(size)
            }
            #expect(reader.finish() == whole, "in pieces of \(size)")
        }
    }

    @Test(arguments: [
        ("sarif-truncated", 1), ("sarif-two-in-a-row", 1), ("sarif-no-runs", 1), ("sarif-deep", 1), ("bom-sarif", 1),
        ("junit-unclosed-cdata", 1), ("junit-doctype-bomb", 1), ("xml-that-is-none", 1), ("json-that-is-none", 1),
        ("crlf", 2), ("nuls", 2), ("lone-returns", 1),
    ])
    func whatIsThereIsStillFound(_ name: String, _ count: Int) throws {
        #expect(BuildLog.read(try Self.bytes(name), root: Self.root).errors.count == count)
    }

    @Test func noPathLeadsOutOfTheRoot() throws {
        let log = BuildLog.read(try Self.bytes("ways-out"), root: Self.root)
        #expect(log.diagnostics.count > 6)
        #expect(log.diagnostics.contains { $0.location?.file == "/home/etc/passwd" })
    }

    @Test func noEntityIsExpanded() throws {
        let log = BuildLog.read(try Self.bytes("junit-doctype-bomb"), root: Self.root)
        #expect(log.diagnostics.first?.message == "&lol8;")
    }

    /// Pieces of real logs and nasty ones, changed in places, and put together.
    @Test func mutationsNeverBreakAPromise() throws {
        var random = Random(state: 0x9e37_79b9_7f4a_7c15)
        let seeds =
            try Self.names.map { Array(try Self.bytes($0).prefix(2000)) }
            + RecordedLogTests.names.map { Array(try RecordedLogTests.bytes($0).prefix(4000)) }
        for round in 0..<3000 {
            let bytes = Self.mutated(seeds, &random)
            let log = BuildLog.read(bytes, root: Self.root)
            if let promise = Self.broken(log, bytes) {
                Issue.record("round \(round): \(promise): \(String(decoding: bytes, as: UTF8.self).debugDescription)")
                return
            }
        }
    }

    // MARK: promises

    /// The first promise that a reading breaks.
    static func broken(_ log: BuildLog, _ bytes: [UInt8]) -> String? {
        let newlines = bytes.reduce(0) { $0 + ($1 == 10 ? 1 : 0) }
        if log.byteCount != bytes.count { return "counts \(log.byteCount) bytes" }
        if log.lineCount > newlines + 1 { return "counts \(log.lineCount) lines" }
        if log.diagnostics.count > 2000 { return "too many diagnostics" }
        if log.tail.utf8.count > 16_384 + 60 * 3 { return "a tail of \(log.tail.utf8.count) bytes" }
        if !isClean(log.tail) { return "the tail steers a terminal" }
        for diagnostic in log.diagnostics {
            if let promise = broken(diagnostic, lines: newlines + 1) { return "\(promise) in \(diagnostic)" }
        }
        let known = Set(log.diagnostics.map(\.fingerprint))
        for cause in log.rootCauses where !cause.diagnostic.isError || !known.contains(cause.fingerprint) {
            return "a cause that is no error"
        }
        return log.rootCauses.isEmpty == log.errors.isEmpty ? nil : "errors without a cause"
    }

    private static func broken(_ diagnostic: Diagnostic, lines: Int) -> String? {
        if diagnostic.message.utf8.count > 4100 || diagnostic.notes.count > 64 || diagnostic.fixIts.count > 64 {
            return "too much"
        }
        if diagnostic.logLines.lowerBound < 1 || diagnostic.logLines.upperBound > lines { return "lines not there" }
        let texts =
            [diagnostic.message, diagnostic.code ?? "", diagnostic.test ?? ""] + diagnostic.notes.map(\.message)
        if !texts.allSatisfy(isClean) { return "text that steers a terminal" }
        for place in [diagnostic.location] + diagnostic.notes.map(\.location) {
            guard let place else { continue }
            if !isPath(place.file) || (place.line ?? 1) < 1 || (place.column ?? 1) < 1 { return "a place that is none" }
        }
        for fixIt in diagnostic.fixIts {
            let isOrdered = (fixIt.startLine, fixIt.startColumn) <= (fixIt.endLine, fixIt.endColumn)
            if !isPath(fixIt.file) || !isOrdered || fixIt.startLine < 1 || fixIt.startColumn < 1 {
                return "a wrong edit"
            }
        }
        return nil
    }

    /// Absolute paths are what somebody named; others stay below the root.
    private static func isPath(_ file: String) -> Bool {
        !file.isEmpty && isClean(file)
            && (file.hasPrefix("<") || !file.split(separator: "/").contains { $0 == ".." })
    }

    private static func isClean(_ text: String) -> Bool {
        !text.unicodeScalars.contains {
            $0.value < 0x20 && $0 != "\n" && $0 != "\t" || (0x7f..<0xa0).contains($0.value) || $0 == "\u{202e}"
        }
    }

    // MARK: mutations

    struct Random: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state
        }

        mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(max(bound, 1))) }
    }

    private static let pieces: [[UInt8]] =
        [
            "\u{1b}[", ": error: ", ":3:5: ", "../", "\n", "\r\n", "\0", "\"", "'", "‘", "{", "}", "[", "]", "<",
            "</failure>",
            "{\"runs\":[", "<testsuite>", "error: ", "--> ", "  File \"", ", line 3", "*** ", "E   ", "    ", "\t", ")",
            "(3,5)",
            "make: Entering directory '", "fix-it:\"", "&#x1b;", "\\u001b", "99999999999",
        ].map { Array($0.utf8) } + [[0xff], [0xc2], [0xe2, 0x82], [0xf4, 0x90]]

    private static func mutated(_ seeds: [[UInt8]], _ random: inout Random) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0...random.below(2) {
            let seed = seeds[random.below(seeds.count)]
            // Reports only count from their beginning.
            let start = random.below(3) == 0 ? 0 : random.below(seed.count)
            bytes += seed[start..<min(seed.count, start + 60 + random.below(240))]
        }
        for _ in 0..<random.below(12) where !bytes.isEmpty {
            let at = random.below(bytes.count)
            switch random.below(5) {
            case 0: bytes.remove(at: at)
            case 1: bytes.insert(contentsOf: pieces[random.below(pieces.count)], at: at)
            case 2: bytes[at] = UInt8(truncatingIfNeeded: random.next())
            case 3: bytes.removeSubrange(at..<min(bytes.count, at + random.below(40)))
            default: bytes.insert(contentsOf: bytes[at..<min(bytes.count, at + random.below(40))], at: at)
            }
        }
        return bytes
    }
}
