import Diagnostics
import Git
import TestSupport
import Testing

@testable import Workflows

@Suite("What was changed last is known by its lines")
struct RecentChangesTests {
    private func read(_ repository: ScratchRepository) async throws -> RecentChanges {
        let opened = try Repository.discover(from: repository.path, environment: repository.environment)
        return await RecentChanges.read(opened, try await opened.snapshot())
    }

    private static func numbered(_ count: Int) -> String { (1...count).map { "line \($0)\n" }.joined() }

    @Test func `the dirty tree comes before the last commit, both in the lines of now`() async throws {
        let repository = try ScratchRepository()
        try repository.write("a.c", Self.numbered(40))
        try repository.write("b.c", Self.numbered(5))
        try repository.commit()
        try repository.write("a.c", Self.numbered(40).replacing("line 30\n", with: "committed\n"))
        try repository.commit()
        try repository.write(
            "a.c",
            "new\n" + Self.numbered(40).replacing("line 30\n", with: "committed\n").replacing("line 10\n", with: ""))
        let recent = try await read(repository)
        #expect(recent.levels.count == 2)
        #expect(recent.files == ["a.c"])
        #expect(recent.level(of: "a.c", 1...1) == 0)
        #expect(recent.level(of: "a.c", 10...11) == 0)
        #expect(recent.level(of: "a.c", 30...30) == 1)
        #expect(recent.level(of: "a.c", 15...25) == nil)
        #expect(recent.level(of: "b.c", 1...5) == nil)
        #expect(recent.changes(in: "a.c").first == .init(lines: 1...1, removed: [], added: ["new"]))
    }

    @Test func `a first commit, and one that changes everything, point nowhere`() async throws {
        let repository = try ScratchRepository()
        try repository.write("a.c", "x\n")
        try repository.commit()
        #expect(try await read(repository).isEmpty)
        try repository.write("a.c", Self.numbered(6_000))
        try repository.commit()
        #expect(try await read(repository).isEmpty)
    }

    @Test(arguments: [
        ("int area(int w);", "int surface(int w);", true), ("def area(w):", "def surface(w):", true),
        ("    return area(w);", "    return surface(w);", false), ("static int area;", "static int surface;", true),
    ])
    func `a name that was replaced in an otherwise equal line is a rename`(old: String, new: String, declares: Bool) {
        let recent = RecentChanges([["a.c": [.init(lines: 3...3, removed: [old], added: [new])]]])
        #expect(
            recent.renames == [.init(old: "area", new: "surface", file: "a.c", line: 3, isDeclaration: declares)])
    }

    @Test(arguments: [
        ("int area(int w);", "int area(long w);"), ("int area(int w);", "int surface(int w, int h);"),
        ("area(area);", "surface(other);"), ("x = 1;", "x = 2;"), ("", "int x;"),
    ])
    func `anything else is none`(old: String, new: String) {
        let recent = RecentChanges([["a.c": [.init(lines: 3...3, removed: [old], added: [new])]]])
        #expect(recent.renames.isEmpty)
    }

    @Test func `suspects in changed lines come first where nothing is sure, and last where the compiler is`() async {
        let source = "def first(x):\n    return x\n\n\ndef second(x):\n    return x\n"
        let change = RecentChanges([
            ["lib.py": [.init(lines: 6...6, removed: ["    return 1"], added: ["    return x"])]]
        ])
        let test = "from lib import first, second\n\nassert first(1) + second(2) == 3\n"
        let texts = ["lib.py": source, "test_lib.py": test]
        func files(_ recent: RecentChanges) async -> WorkingFiles {
            let files = WorkingFiles(paths: Set(texts.keys), recent: recent) { texts[$0].map { Array($0.utf8) } }
            await files.load(texts.keys)
            return files
        }
        let cause = RootCause(
            diagnostic: Diagnostic(
                severity: .error, message: "assert 4 == 3", code: "AssertionError",
                location: .init(file: "test_lib.py", line: 3), tool: .pytest, test: "test_lib.py"))
        func firstLines(_ recent: RecentChanges, _ cause: RootCause) async -> [ClosedRange<Int>] {
            Localization(files: await files(recent), isEditable: { !$0.hasPrefix("test") }).suspects(for: cause)
                .map(\.lines)
        }
        #expect(await firstLines(RecentChanges(), cause) == [1...2, 5...6])
        #expect(await firstLines(change, cause) == [5...6, 1...2])
        // What doesn't parse stands where it stands; the change elsewhere in the file is looked at next.
        let syntax = RootCause(
            diagnostic: Diagnostic(
                severity: .error, message: "invalid syntax", code: "SyntaxError",
                location: .init(file: "lib.py", line: 2), tool: .python))
        #expect(await firstLines(change, syntax) == [1...2, 5...6])
        #expect(await firstLines(RecentChanges(), syntax) == [1...2])
    }
}

@Suite("What a suspect calls, and what calls it")
struct NeighbourTests {
    private let texts = [
        "lib.c": """
        int helper(int x) {
            return x + 1;
        }

        int total(int x) {
            return helper(x) * 2;
        }

        int report(int x) {
            return total(x);
        }

        int other(int x) {
            return x;
        }

        """
    ]

    @Test func `one step, by name, and nothing that is a suspect itself`() async {
        let files = WorkingFiles(paths: ["lib.c"]) { texts[$0].map { Array($0.utf8) } }
        await files.load(["lib.c"])
        let localization = Localization(files: files, isEditable: { _ in true })
        let suspect = Suspect(file: "lib.c", lines: 5...7, line: nil, reason: "")
        #expect(localization.neighbours(of: suspect, besides: []).map(\.lines) == [1...3, 9...11])
        let known = Suspect(file: "lib.c", lines: 1...3, line: nil, reason: "")
        #expect(localization.neighbours(of: suspect, besides: [known]).map(\.lines) == [9...11])
        #expect(localization.neighbours(of: suspect, besides: [], limit: 1).count == 1)
    }
}

@Suite("Definitions as ctags tells them")
struct DefinitionIndexTests {
    @Test func `its output is read, functions first, and what isn't a definition is passed over`() {
        let output = """
            {"_type": "tag", "name": "total", "path": "a.rb", "line": 9, "kind": "variable"}
            {"_type": "tag", "name": "total", "path": "a.rb", "line": 3, "kind": "method", "end": 6}
            {"_type": "tag", "name": "total", "path": "a.h", "line": 1, "kind": "prototype"}
            {"_type": "tag", "name": "total", "path": "a.rb", "line": -4, "kind": "method"}
            garbage
            {"name": "half
            """
        let index = DefinitionIndex(reading: Array(output.utf8))
        let unsorted = [("b.rb", 1), ("a.rb", 9), ("a.rb", 2)].map {
            #"{"name": "f", "path": "\#($0.0)", "line": \#($0.1), "kind": "method"}"#
        }
        #expect(
            DefinitionIndex(reading: Array(unsorted.joined(separator: "\n").utf8)).places(of: "f").map(\.line) == [
                2, 9, 1,
            ])
        #expect(index.places(of: "total").map(\.line) == [3, 9])
        #expect(index.places(of: "total").first?.end == 6)
        #expect(index.places(of: "half").isEmpty)
        #expect(DefinitionIndex(reading: [0xFF, 0x0A, 0x00]).isEmpty)
    }

    @Test(.enabled(if: isInstalled("ctags"))) func `a function of a language without braces is found`() async throws {
        let repository = try ScratchRepository()
        let text = "local M = {}\n\nfunction M.total(items)\n  return 1\nend\n\nreturn M\n"
        try repository.write("shop.lua", text)
        try repository.write(".ctags.d/evil.ctags", "--langdef=evil\n")
        try repository.commit()
        let place = try await Journey(repository).place()
        let files = WorkingFiles(paths: ["shop.lua", "../out.lua"]) { _ in Array(text.utf8) }
        await files.load(["shop.lua", "../out.lua"])
        let index = try await DefinitionIndex.make(of: files, in: place)
        let cause = RootCause(
            diagnostic: Diagnostic(severity: .error, message: "expected 3 from 'total', got 1", tool: .generic))
        let found = Localization(files: files, definitions: index, isEditable: { $0 == "shop.lua" }).suspects(
            for: cause)
        #expect(found.first?.file == "shop.lua")
        #expect(found.first?.lines.lowerBound == 3)
        #expect(Journey(repository).leftBehind.isEmpty)
    }

    @Test func `without ctags nothing is known, and nothing fails`() async throws {
        let repository = try ScratchRepository()
        try repository.write("a.c", "int x;\n")
        try repository.commit()
        var place = try await Journey(repository).place()
        place.environment["PATH"] = "/nowhere"
        let files = WorkingFiles(paths: ["a.c"]) { _ in Array("int x;\n".utf8) }
        await files.load(["a.c"])
        #expect(try await DefinitionIndex.make(of: files, in: place).isEmpty)
    }
}
