import Diagnostics
import Testing

@Suite struct BuildLogReaderTests {
    static let root = "/home/dev/project"

    static func read(_ text: String, limits: BuildLogReader.Limits = .init()) -> BuildLog {
        BuildLog.read(Array(text.utf8), root: root, limits: limits)
    }

    @Test(arguments: ["gcc-colour", "make-parallel", "python-chain", "swift-test", "pytest", "ci-prefixes"])
    func aLogCutAnywhereReadsTheSame(_ name: String) throws {
        let bytes = Array(try RecordedLogTests.bytes(name).suffix(1200))
        let whole = BuildLog.read(bytes, root: Self.root)
        #expect(!whole.diagnostics.isEmpty)
        for cut in 0...bytes.count {
            var reader = BuildLogReader(root: Self.root)
            reader.consume(bytes[..<cut])
            reader.consume(bytes[cut...])
            let log = reader.finish()
            guard log == whole else {
                Issue.record("differs when cut at \(cut)")
                return
            }
        }
        var reader = BuildLogReader(root: Self.root)
        for byte in bytes { reader.consume([byte]) }
        #expect(reader.finish() == whole)
    }

    @Test func coloursLinksAndCarriageReturnsAreNotThere() {
        let log = Self.read(
            "10%\r50%\r\u{1b}[1m\u{1b}]8;;file:///x\u{7}src/a.c:3:5:\u{1b}]8;;\u{1b}\\\u{1b}[0m \u{1b}[31merror: \u{1b}[Kno\u{9b}m\r\n"
        )
        #expect(log.diagnostics.map(LogTable.header) == ["error src/a.c:3:5 gcc @1: no"])
        #expect(!log.tail.unicodeScalars.contains("\u{1b}"))
    }

    @Test func sanitizedTextCannotSteerATerminalOrReorderItself() {
        #expect(sanitized("a\u{1b}[2Jb\u{7}c\nd\te\u{202e}f\u{2066}g\u{e0041}h") == "abc\nd\tefgh")
        #expect(sanitized("\u{1b}]0;title\u{7}x\u{1b}Pq\u{1b}\\y\u{1b}(Bz") == "xyz")
        // A sequence that never ends hides nothing.
        #expect(sanitized("\u{1b}]8;;visible") == "8;;visible")
        #expect(sanitized("\u{1b}]a\u{1b}Pb\nc\u{1b}]d\u{7}e\u{1b}]f") == "ab\nce" + "f")
        #expect(sanitized("grüße 👍🏽") == "grüße 👍🏽")
    }

    @Test func anAssertionOfNodeIsReadWithWhatItComparedAndWhere() throws {
        let log = Self.read(
            """
            node:assert:126
              throw new AssertionError(obj);
              ^

            AssertionError [ERR_ASSERTION]: Expected values to be strictly equal:

            -1 !== 3

                at Object.<anonymous> (test.js:3:8)
                at Module._compile (node:internal/modules/cjs/loader:1369:14) {
              generatedMessage: true,
              code: 'ERR_ASSERTION'
            }

            Node.js v20.20.2

            """)
        let error = try #require(log.errors.first)
        #expect(log.errors.count == 1)
        #expect(error.message == "Expected values to be strictly equal: -1 !== 3" && error.code == "AssertionError")
        #expect(error.location?.file == "test.js" && error.location?.line == 3)
    }

    @Test func invalidUTF8IsRepaired() {
        let log = BuildLog.read(
            Array("src/a.c:1:1: error: bad ".utf8) + [0xff, 0xc3, 0x28, 0xe2, 0x82], root: Self.root)
        #expect(log.diagnostics.first?.message == "bad \u{fffd}\u{fffd}(\u{fffd}\u{fffd}")
    }

    @Test func aLineWithoutEndCostsNoMemory() {
        var reader = BuildLogReader(root: Self.root)
        let piece = [UInt8](repeating: 0x61, count: 1 << 16)
        reader.consume(Array("src/a.c:1:1: error: ".utf8))
        for _ in 0..<64 { reader.consume(piece) }
        reader.consume(Array("\nsrc/b.c:2:2: error: after\n".utf8))
        let log = reader.finish()
        #expect(log.lineCount == 2)
        #expect(log.byteCount == 20 + (64 << 16) + 27)
        #expect(log.diagnostics.map { $0.location?.file } == ["src/a.c", "src/b.c"])
        #expect(log.diagnostics.allSatisfy { $0.message.utf8.count <= 4100 })
        #expect(log.tail.utf8.count <= 16_384 + 100)
    }

    @Test func errorsTakeThePlaceOfWarningsWhenThereAreTooMany() {
        var limits = BuildLogReader.Limits()
        limits.diagnostics = 10
        let warnings = (1...20).map { "src/a.c:\($0):1: warning: w" }
        let errors = (1...4).map { "src/a.c:\($0):9: error: e\($0)" }
        let log = Self.read((warnings + errors).joined(separator: "\n"), limits: limits)
        #expect(log.diagnostics.count == 10)
        #expect(log.errors.count == 4)
        #expect(log.droppedDiagnostics == 14)
    }

    @Test func anErrorIsFoundBehindMoreThanThereIsRoomFor() {
        var limits = BuildLogReader.Limits()
        limits.diagnostics = 10
        let cause = "src/a.c:3:5: error: expected ';' before 'return'"
        for noise in ["src/x.lua:%: odd", "make: *** [Makefile:%: x] Error 1", "src/x.c:%:1: warning: w%"] {
            let lines = (1...50).map { noise.replacing("%", with: "\($0)") }
            let log = Self.read((lines + [cause]).joined(separator: "\n"), limits: limits)
            #expect(log.rootCauses.map { LogTable.place($0.location) } == ["src/a.c:3:5"])
            #expect(log.diagnostics.count == 10)
            #expect(log.droppedDiagnostics == 41)
        }
    }

    @Test func whatThereIsNoRoomForIsCountedAndItsNotesBelongToNobody() {
        var limits = BuildLogReader.Limits()
        limits.diagnostics = 3
        let blocks = (1...9).map { number in
            """
            In file included from src/m.c:\(number):
            src/a\(number).h:1:1: error: unknown type name 'T\(number)'
            src/a\(number).h:1:1: note: of number \(number)
            """
        }
        let log = Self.read(blocks.joined(separator: "\n"), limits: limits)
        #expect(log.errors.map(\.message) == (1...3).map { "unknown type name 'T\($0)'" })
        #expect(log.errors.map(\.notes.count) == [2, 2, 2])
        #expect(log.droppedDiagnostics == 6)
        let rust = (1...9).map { "error[E0425]: no `n\($0)`\n --> src/a.rs:\($0):1\n  |\n\($0) | n\($0)\n  | ^^\n" }
        let other = Self.read(rust.joined(separator: "\n"), limits: limits)
        #expect(other.errors.map { $0.location?.line } == [1, 2, 3])
        #expect(other.droppedDiagnostics == 6)
    }

    @Test func manyFailedTestsKeepTheirNames() {
        let count = 1500
        let sections = (1...count).map {
            "____________ test_\($0) ____________\nE   assert \($0) == 0\n\nt.py:\($0): AssertionError"
        }
        let summary = (1...count).map { "FAILED t.py::test_\($0) - assert \($0) == 0" }
        let text =
            "=========== FAILURES ===========\n" + sections.joined(separator: "\n")
            + "\n=========== short test summary info ===========\n" + summary.joined(separator: "\n")
        let log = Self.read(text)
        #expect(log.errors.map(\.test) == (1...count).map { "t.py::test_\($0)" })
    }

    @Test func theSameDiagnosticFromTwoTargetsIsOne() {
        let log = Self.read("src/a.h:3:5: error: no\nsrc/b.c:1:1: error: other\nsrc/a.h:3:5: error: no\n")
        #expect(log.diagnostics.count == 2)
    }

    @Test func theTailIsTheEndOfTheLog() {
        let log = Self.read((1...100).map { "line \($0)" }.joined(separator: "\n"))
        #expect(log.tail.hasPrefix("line 41\n"))
        #expect(log.tail.hasSuffix("\nline 100"))
        #expect(log.lineCount == 100)
    }

    @Test func anEmptyLogSaysNothing() {
        let log = Self.read("")
        #expect(log == BuildLog())
    }

    @Test func arbitraryBytesNeverCrashIt() throws {
        var state: UInt64 = 0x9e37_79b9_7f4a_7c15
        func next() -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state
        }
        let seeds = try RecordedLogTests.names.map { Array(try RecordedLogTests.bytes($0).prefix(3000)) }
        let marks: [UInt8] = [
            0x1b, 0x5b, 0x3a, 0x20, 0x0a, 0x22, 0x27, 0x28, 0x5c, 0x7c, 0x2d, 0x3e, 0x30, 0x39, 0xe2, 0xff,
        ]
        for round in 0..<300 {
            var bytes: [UInt8] = round % 3 == 0 ? (0..<600).map { _ in UInt8(truncatingIfNeeded: next()) } : []
            if bytes.isEmpty { bytes = seeds[Int(next() % UInt64(seeds.count))] }
            for _ in 0..<40 where !bytes.isEmpty {
                let at = Int(next() % UInt64(bytes.count))
                switch next() % 4 {
                case 0: bytes.remove(at: at)
                case 1: bytes.insert(marks[Int(next() % UInt64(marks.count))], at: at)
                case 2: bytes[at] = UInt8(truncatingIfNeeded: next())
                default: bytes.removeSubrange(at..<min(bytes.count, at + Int(next() % 60)))
                }
            }
            let log = BuildLog.read(bytes, root: Self.root)
            #expect(log.byteCount == bytes.count)
            #expect(log.rootCauses.count <= log.diagnostics.count)
        }
    }
}
