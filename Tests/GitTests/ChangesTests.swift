import Foundation
import TestSupport
import Testing

@testable import Git

@Suite("Changes and patches")
struct ChangesTests {
    private func prepared() throws -> ScratchRepository {
        let scratch = try ScratchRepository()
        try scratch.write("a.c", "int f() {\n  one;\n  two;\n  three;\n}\n")
        try scratch.write("b.txt", "b\n")
        try scratch.write("moved.txt", String(repeating: "a line that moves\n", count: 20))
        try scratch.commit()
        return scratch
    }

    @Test("are told apart: staged, unstaged, untracked, all")
    func selections() async throws {
        let scratch = try prepared()
        try scratch.write("b.txt", "staged\n")
        try scratch.git("add", "b.txt")
        try scratch.write("a.c", "int f() {\n  one;\n  TWO;\n  three;\n}")
        try scratch.write("new/c.txt", "c\n")
        let repository = try scratch.open()
        #expect(try await repository.changes(.staged).map(\.path) == ["b.txt"])
        #expect(try await repository.changes(.unstaged).map(\.path) == ["a.c"])
        let untracked = try await repository.changes(.untracked)
        #expect(untracked.map(\.path) == ["new/c.txt"])
        #expect(untracked.first?.hunks.first?.lines.map(\.text) == ["c"])
        let all = try await repository.changes(.all)
        #expect(all.map(\.path) == ["a.c", "b.txt", "new/c.txt"])
        #expect(all.map(\.status) == [.modified, .modified, .untracked])
        #expect(try await repository.changes(.all, paths: ["new"]).map(\.path) == ["new/c.txt"])
        #expect(try await repository.changes(.all, paths: ["*.txt"]).map(\.path) == ["b.txt", "new/c.txt"])

        let hunk = try #require(all.first?.hunks.first)
        let place: [Int] = [hunk.oldStart, hunk.oldCount, hunk.newStart, hunk.newCount]
        #expect(place == [1, 5, 1, 5])
        #expect(hunk.lines.map(\.kind) == [.context, .context, .removed, .added, .context, .removed, .added])
        #expect(hunk.lines[3].text == "  TWO;" && hunk.lines[3].newNumber == 3 && hunk.lines[3].oldNumber == nil)
        #expect(hunk.lines[6].text == "}" && hunk.lines[6].lacksNewline && !hunk.lines[5].lacksNewline)
    }

    @Test("of ranges have two dots or three")
    func ranges() async throws {
        let scratch = try prepared()
        try scratch.git("switch", "--quiet", "-c", "side")
        try scratch.write("side.txt", "s\n")
        try scratch.git("mv", "moved.txt", "elsewhere.txt")
        try scratch.commit()
        try scratch.git("switch", "--quiet", "main")
        try scratch.write("main.txt", "m\n")
        try scratch.commit()
        let repository = try scratch.open()
        let three = try await repository.changes(.range("main...side"))
        #expect(three.map(\.path) == ["elsewhere.txt", "side.txt"])
        #expect(three.first?.status == .renamed && three.first?.oldPath == "moved.txt")
        #expect(
            try await repository.changes(.range("main..side")).map(\.path) == ["elsewhere.txt", "main.txt", "side.txt"])
        #expect(try await repository.changes(.range("HEAD~1..")).map(\.path) == ["main.txt"])
        let error = try await gitError { _ = try await repository.changes(.range("main")) }
        #expect(error.code == .invalid)
        let unknown = try await gitError { _ = try await repository.changes(.range("nowhere..main")) }
        #expect(unknown.code == .notFound && unknown.message.contains("nowhere"))
    }

    @Test("flag binary and oversized files and leave their content out")
    func bounds() async throws {
        let scratch = try prepared()
        try scratch.write("binary", Data([0, 1, 2, 0]))
        try scratch.write("large.txt", String(repeating: "0123456789\n", count: 1000))
        try scratch.git("add", ".")
        let repository = try scratch.open()
        var limits = ChangeLimits()
        limits.fileBytes = 5000
        for selection in [ChangeSelection.staged, .all] {
            let changes = try await repository.changes(selection, limits: limits)
            #expect(changes.map(\.path) == ["binary", "large.txt"])
            #expect(changes.map(\.isBinary) == [true, false])
            #expect(changes.map(\.isOversized) == [false, true])
            #expect(changes.allSatisfy { $0.hunks.isEmpty })
        }
        limits.files = 1
        let error = try await gitError { _ = try await repository.changes(.staged, limits: limits) }
        #expect(error.code == .tooLarge)
    }

    @Test("tell modes and kinds")
    func kinds() async throws {
        let scratch = try prepared()
        try scratch.write("b.txt", "b\n", executable: true)
        try scratch.remove("a.c")
        try scratch.link("a.c", to: "b.txt")
        try scratch.remove("moved.txt")
        let changes = try await scratch.open().changes(.all)
        #expect(changes.map(\.path) == ["a.c", "b.txt", "moved.txt"])
        #expect(changes.map(\.status) == [.typeChanged, .modified, .deleted])
        #expect(changes[1].oldMode == .regular && changes[1].newMode == .executable)
        #expect(changes[0].newMode == .symlink && changes[2].newMode == nil)
    }

    @Test("become a patch that git apply takes, whatever the user's diff settings are")
    func patch() async throws {
        let scratch = try prepared()
        try scratch.write("binary", Data((0..<2000).map { UInt8($0 * 7 % 251) }))
        try scratch.write("sub/with space", "x\n")
        try scratch.link("link", to: "a.c")
        try scratch.commit()
        let repository = try scratch.open(environment: [
            "GIT_CONFIG_COUNT": "3", "GIT_CONFIG_KEY_0": "diff.noprefix", "GIT_CONFIG_VALUE_0": "true",
            "GIT_CONFIG_KEY_1": "diff.mnemonicPrefix", "GIT_CONFIG_VALUE_1": "true",
            "GIT_CONFIG_KEY_2": "diff.context", "GIT_CONFIG_VALUE_2": "0",
        ])
        let old = try #require(try await repository.headTree())
        try scratch.write("binary", Data((0..<2100).map { UInt8($0 * 11 % 241) }))
        try scratch.write("new binary", Data([0, 0, 1]))
        try scratch.write("a.c", "int f() {\n  one;\n  2;\n  three;\n}")
        try scratch.write("b.txt", "b\n", executable: true)
        try scratch.write("ünï", "x")
        try scratch.write("latin", Data([0x67, 0x72, 0xFC, 0x6E, 10]))
        try scratch.write("empty", "")
        try scratch.remove("link")
        try scratch.write("link", "a file now\n")
        try scratch.remove("sub/with space")
        let new = try await repository.snapshot().tree
        let patch = Data(try await repository.patch(from: old, to: new))
        try scratch.git("reset", "--quiet", "--hard")
        try scratch.git("clean", "-fdq")
        try scratch.git(["apply", "--index", "--whitespace=nowarn", "-"], input: patch)
        #expect(try scratch.git("write-tree") == new.hex)
        #expect(try await repository.patchText(from: new, to: new).isEmpty)
    }

    @Test("aren't read from the trees' files beyond bounds")
    func trees() async throws {
        let scratch = try prepared()
        let repository = try scratch.open()
        let tree = try await repository.tree(of: "HEAD")
        #expect(try await repository.readBlob(path: "b.txt", in: tree) == Array("b\n".utf8))
        #expect(try await repository.readBlob(path: "none/b.txt", in: tree) == nil)
        let error = try await gitError { _ = try await repository.readBlob(path: "moved.txt", in: tree, limit: 10) }
        #expect(error.code == .tooLarge && error.message.contains("moved.txt"))
        let files = try await repository.listFiles(in: tree, sizes: true)
        #expect(files.map(\.path) == ["a.c", "b.txt", "moved.txt"])
        #expect(files[1].size == 2 && files[1].mode == .regular)
        #expect(try await repository.resolve("main~0").hex == (try scratch.git("rev-parse", "HEAD")))
    }

    @Test("are written to trees in memory, keeping modes")
    func edits() async throws {
        let scratch = try prepared()
        try scratch.write("run.sh", "x\n", executable: true)
        try scratch.write("d/e/f", "x\n")
        try scratch.commit()
        let repository = try scratch.open()
        let base = try await repository.tree(of: "HEAD")
        let tree = try await repository.writeTree(
            base: base,
            edits: [
                "run.sh": .write([65]), "d/e/f": .delete, "n/m": .write([66], mode: .executable),
                "none/at/all": .delete,
            ])
        let files = try await repository.listFiles(in: tree)
        #expect(files.map(\.path) == ["a.c", "b.txt", "moved.txt", "n/m", "run.sh"])
        #expect(files.map(\.mode) == [.regular, .regular, .regular, .executable, .executable])
        let emptied = try await repository.writeTree(base: nil, edits: [:])
        #expect(emptied.hex == "4b825dc642cb6eb9a060e54bf8d69288fbee4904")
        for path in ["../x", "a/../x", ".git/hooks/x", "/x", "a//b", "", "a/.GIT/x"] {
            let error = try await gitError { _ = try await repository.writeTree(base: base, edits: [path: .write([])]) }
            #expect(error.code == .unsafePath, "\(path)")
        }
        let both = try await gitError {
            _ = try await repository.writeTree(base: base, edits: ["x": .write([]), "x/y": .write([])])
        }
        #expect(both.code == .invalid)
    }

    @Test("leave out what is ignored, which is listed by its topmost folders")
    func ignored() async throws {
        let scratch = try prepared()
        try scratch.write(".gitignore", "node_modules/\n*.o\n/build\n")
        try scratch.write("node_modules/x/index.js", "x\n")
        try scratch.write("packages/p/node_modules/y.js", "x\n")
        try scratch.write("build/a/b", "x\n")
        try scratch.write("a.o", "x\n")
        let repository = try scratch.open()
        #expect(try await repository.ignoredDirectories() == ["build", "node_modules", "packages/p/node_modules"])
        #expect(try await repository.ignoredPaths().last == IgnoredPath(path: "a.o", isDirectory: false))
        #expect(try await repository.ignoredPaths(limit: 1).count == 1)
        #expect(try await repository.changes(.untracked).map(\.path) == [".gitignore"])
    }

    @Test("a commit whose paths lead out of the repository is an error, not a list of paths to follow")
    func leavingPaths() async throws {
        let scratch = try ScratchRepository()
        try scratch.write("a.txt", "#!/bin/sh\n")
        try scratch.commit()
        func raw(_ hex: String) -> [UInt8] {
            stride(from: 0, to: 40, by: 2).compactMap { offset in
                UInt8(hex.dropFirst(offset).prefix(2), radix: 16)
            }
        }
        func tree(_ mode: String, _ name: String, _ id: String) throws -> String {
            let file = scratch.path + "/.git/raw-tree"
            try Data(Array("\(mode) \(name)\0".utf8) + raw(id)).write(to: URL(fileURLWithPath: file))
            return try scratch.git("hash-object", "-t", "tree", "--literally", "-w", file)
        }
        var top = try tree("100644", "profile", try scratch.git("rev-parse", "HEAD:a.txt"))
        for _ in 0..<2 { top = try tree("40000", "..", top) }
        let commit = try scratch.git("commit-tree", top, "-m", "evil", "-p", "HEAD")
        let repository = try Repository.discover(from: scratch.path, environment: [:])
        await #expect(throws: GitError.self) { _ = try await repository.changes(.range("HEAD..\(commit)")) }
    }

    @Test("an emptied file whose line ends would be converted doesn't end the process")
    func emptyConverted() async throws {
        let scratch = try ScratchRepository()
        try scratch.write(".gitattributes", "* text=auto\n")
        try scratch.write("a.txt", "one\n")
        try scratch.commit()
        try scratch.write("a.txt", "")
        try scratch.write("new.py", "")
        let repository = try Repository.discover(from: scratch.path, environment: [:])
        for selection in [ChangeSelection.all, .unstaged, .untracked] {
            let changes = try await repository.changes(selection)
            #expect(!changes.isEmpty && changes.allSatisfy { $0.hunks.isEmpty && !$0.isOversized })
        }
    }
}
