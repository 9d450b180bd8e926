import Specialists
import TestSupport
import Testing

@testable import Git
@testable import Workflows

@Suite("What a merge left behind")
struct ConflictMarkerTests {
    private func lines(_ text: String, path: String = "a.c", size: Int = 7) -> [Int] {
        var file = ChangedFile.added(path, text)
        file.markerSize = size
        return ConflictMarkers().findings(in: file).compactMap(\.line)
    }

    private static let whole = "a\n<<<<<<< HEAD\nb\n||||||| base\nc\n=======\nd\n>>>>>>> topic\ne\n"

    @Test func `all markers of a conflict`() {
        #expect(lines(Self.whole) == [2, 4, 6, 8])
        #expect(lines(Self.whole, path: "a.md") == [2, 4, 6, 8])
        #expect(lines("```\n" + Self.whole + "```\n", path: "a.md") == [])
        #expect(lines("<<<<<<<\nb\n=======\nd\n>>>>>>>\n") == [1, 3, 5])
        #expect(lines(Self.whole.replacing("\n", with: "\r\n")) == [2, 4, 6, 8])
    }

    @Test(arguments: [
        ("<<<<<<< HEAD", [1]), (">>>>>>> topic", [1]), ("||||||| base", [1]), ("<<<<<<<", []), ("x <<<<<<< y", []),
        ("<<<<<<<< HEAD", []), ("int a;\nint b = function();\n=======\nint c = function();\n", [3]),
        ("Title\n=======\n\ntext\n", []), ("/*\n=======\n*/", []), ("======= =======\n", []),
        ("=======\nName\n=======\n", []),
    ])
    func `one that is left alone`(text: String, expected: [Int]) { #expect(lines(text) == expected) }

    @Test func `prose may have one line of them`() { #expect(lines(">>>>>>> quoted\n", path: "mail.txt") == []) }

    @Test func `an attribute says how long they are`() {
        let long = Self.whole.replacing("<<<<<<<", with: "<<<<<<<<<<").replacing("=======", with: "==========")
            .replacing(">>>>>>>", with: ">>>>>>>>>>").replacing("|||||||", with: "||||||||||")
        #expect(lines(long) == [])
        #expect(lines(long, size: 10) == [2, 4, 6, 8])
    }

    @Test func `a file that git knows to be in conflict`() {
        let file = ChangedFile(FileChange(status: .conflicted, oldPath: "a", newPath: "a"))
        #expect(ConflictMarkers().findings(in: file).map(\.rule) == ["conflict/unresolved"])
    }
}

@Suite("What doesn't belong into a repository")
struct FileKindTests {
    private static let elf: [UInt8] = [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1, 0]

    @Test(arguments: [
        ("node_modules/x/index.js", "file/generated"), ("a/__pycache__/x.cpython-311.pyc", "file/generated"),
        (".DS_Store", "file/generated"), ("target/debug/app", "file/generated"),
        ("build/CMakeFiles/x.c", "file/generated"),
        ("src/a.c.orig", "file/leftover"), ("src/a.c.rej", "file/leftover"), ("notes~", "file/leftover"),
        ("dist/app.min.js", "file/generated"), ("x.class", "file/binary"), ("venv/bin/activate", "file/generated"),
        ("lib.egg-info/PKG-INFO", "file/generated"), ("build/main.o", "file/generated"), ("main.o", "file/binary"),
    ])
    func `told by name`(path: String, rule: String) {
        #expect(GeneratedFiles().findings(in: .added(path, "x\n")).map(\.rule) == [rule])
    }

    @Test(arguments: [
        "build/main.go", "dist/index.js", "src/target/debug.c", "bin/run", "env/local.py", "vendor/x.c", "a.origin",
        "target/x.c",
        "model.obj", "node_modules.md", "out/readme.md",
    ])
    func `not told by name`(path: String) { #expect(GeneratedFiles().findings(in: .added(path, "x\n")).isEmpty) }

    @Test(
        arguments: [
            ([0x7F, 0x45, 0x4C, 0x46, 2], true), ([0xCA, 0xFE, 0xBA, 0xBE, 0, 0, 0, 52], true),
            ([0xCA, 0xFE, 0xBA, 0xBE, 0, 0, 0, 2], true), ([0xCF, 0xFA, 0xED, 0xFE], true),
            ([0xA7, 0x0D, 0x0D, 0x0A, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8], true), (Array("!<arch>\nx".utf8), true),
            ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], false), (Array("PK\u{3}\u{4}".utf8), false), ([], false),
            (Array("MZ".utf8), false),
        ] as [([UInt8], Bool)])
    func `told by its first bytes`(start: [UInt8], isCompiled: Bool) {
        #expect(
            GeneratedFiles().findings(in: .binary("tool", start)).map(\.rule) == (isCompiled ? ["file/binary"] : []))
    }

    @Test func `a large new file, unless git stores another in its place`() {
        var file = ChangedFile.added("a.txt", String(repeating: "x", count: 2 << 20))
        #expect(LargeFiles().findings(in: file).map(\.rule) == ["file/large"])
        #expect(LargeFiles(limit: 3 << 20).findings(in: file).isEmpty)
        file.isStoredElsewhere = true
        #expect(LargeFiles().findings(in: file).isEmpty)
        var oversized = ChangedFile.binary("a.bin", [])
        oversized.change.isOversized = true
        #expect(LargeFiles().findings(in: oversized).first?.message.contains("more than 1 MiB") == true)
        oversized.change.status = .modified
        #expect(LargeFiles().findings(in: oversized).isEmpty)
    }

    @Test func `a folder of many files is one finding, and what a tool wrote isn't looked at`() {
        let files = (0..<5).map { ChangedFile.added("node_modules/x/\($0).js", "debugger; \n") }
        let found = BuiltinChecks().findings(in: files, names: [:])
        #expect(found.map(\.rule) == ["file/generated"])
        #expect(found.first?.message.hasSuffix("(and 4 more files in it)") == true)
    }

    @Test(
        arguments: [
            (["README.md"], ["": ["readme.md", "src"]], ["README.md"]), (["a/B.c"], ["a": ["b.c"]], ["a/B.c"]),
            (["Src/x.c"], ["": ["src", "Src"]], ["Src/x.c"]), (["a/b.c"], ["a": ["b.c", "c.c"], "": ["a"]], []),
            (["a/x", "A/y"], [:], ["A/y"]), (["é"], ["": ["e\u{301}"]], ["é"]), (["x"], [:], []),
        ] as [([String], [String: [String]], [String])])
    func `names that differ only in case`(added: [String], names: [String: [String]], expected: [String]) {
        #expect(CaseCollisions.findings(added: added, names: names).map(\.file) == expected)
    }

    @Test func `a folder's names are those that the index has`() async throws {
        let repository = try ScratchRepository()
        for path in ["a", "a-b/c", "a.c", "b/c/d", "b/c/e", "b/f", "b/c.x", "b0", "z/é"] {
            try repository.write(path, "x")
        }
        try repository.git("add", "-A")
        let opened = try Repository.discover(from: repository.path, environment: repository.environment)
        let names = try await opened.indexNames(inFolders: ["", "b", "b/c", "z", "none"])
        #expect(names[""] == ["a", "a-b", "a.c", "b", "b0", "z"])
        #expect(names["b"] == ["c.x", "c", "f"] && names["b/c"] == ["d", "e"])
        #expect(names["z"] == ["é"] && names["none"] == [])
    }
}

@Suite("What is left in lines")
struct LineTests {
    @Test(arguments: [
        ("a.py", "    breakpoint()\n", 5), ("a.js", "  debugger;\n", 3), ("a.rb", "binding.pry\n", 1),
        ("a.py", "x = breakpoint\n", nil), ("a.c", "debugger;\n", nil), ("a.js", "// debugger;\n", nil),
    ])
    func `statements that stop a program`(path: String, text: String, column: Int?) {
        let found = DebuggingLeftovers().findings(in: .added(path, text))
        #expect(found.map(\.column) == (column.map { [$0] } ?? []))
        #expect(found.allSatisfy { $0.severity == .note })
    }

    @Test func `secrets are told by place and kind, and not repeated`() {
        let check = SecretsInChanges { text in
            // As a detector would: in a text of all lines that follow one another.
            text.contains("AKIA") ? [(range: 8..<28, kind: "AWS access key")] : []
        }
        let found = check.findings(in: .added("a.py", "é\nkey='AKIAABCDEFGHIJKLMNOP' # é\nx\n"))
        #expect(found.map(\.line) == [2] && found.map(\.column) == [6])
        #expect(found.first?.rule == "secret/aws-access-key" && found.first?.evidence == "key='AKIA…' # é")
    }

    @Test func `what tests make up is a note, and what a service has issued an error`() {
        func severities(_ kind: SecretKind, _ path: String) -> [Finding.Severity] {
            SecretsInChanges { _ in [(range: 0..<4, kind: kind.rawValue)] }
                .findings(in: .added(path, "abcdefgh\n")).map(\.severity)
        }
        #expect(severities(.privateKey, "Tests/KeyTests.swift") == [.note])
        #expect(severities(.assigned, "tests/test_login.py") == [.note])
        #expect(severities(.aws, "tests/test_login.py") == [.error])
        #expect(severities(.privateKey, "deploy/server.pem") == [.error])
    }

    @Test func `a key of several lines is seen whole, and every secret of a line is hidden`() {
        let check = SecretsInChanges { text in
            if text.hasPrefix("BEGIN\nbody") { return [(range: 0..<10, kind: "key")] }
            return text == "ab:cdefghij" ? [(range: 0..<2, kind: "x"), (range: 3..<11, kind: "y")] : []
        }
        let key = check.findings(in: .added("k.pem", "BEGIN\nbody\nEND\n"))
        #expect(key.map(\.line) == [1] && key.first?.evidence == "B…")
        let two = check.findings(in: .added("a", "ab:cdefghij"))
        #expect(two.map(\.evidence) == ["…:cd…", "…:cd…"] && two.map(\.column) == [1, 4])
    }

    @Test func `indentation that differs from the file's own`() {
        let spaces = String(repeating: "    x\n", count: 60)
        func lines(_ text: String, _ path: String = "a.py") -> [Int] {
            MixedIndentation().findings(in: .added(path, text)).compactMap(\.line)
        }
        #expect(lines(spaces + "\ty\n") == [61])
        #expect(lines(String(repeating: "\tx\n", count: 60) + "        y\n") == [61])
        #expect(lines(String(repeating: "\tx\n", count: 60) + "\t    y\n  z\n     * w\n") == [])
        #expect(lines(spaces + "\ty\n", "Makefile") == [])
        #expect(lines(spaces + String(repeating: "\ty\n", count: 20)) == [])
    }

    @Test func `a thousand notes of one kind are fifty, and the last says so`() {
        let found = BuiltinChecks().findings(
            in: [.added("a.c", String(repeating: "int x; \n", count: 1_000))], names: [:])
        #expect(found.count == 50 && found.last?.message.hasSuffix("(and in 950 more lines)") == true)
    }

    @Test func `a file in conflict isn't also said not to parse`() {
        let text = "{\n<<<<<<< HEAD\n\"a\": 1\n=======\n\"a\": 2\n>>>>>>> topic\n}\n"
        #expect(
            Set(BuiltinChecks().findings(in: [.added("a.json", text)], names: [:]).map(\.rule)) == ["conflict/marker"])
    }
}
