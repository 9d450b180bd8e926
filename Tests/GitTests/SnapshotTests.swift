import Foundation
import TestSupport
import Testing

@testable import Git

@Suite("A snapshot")
struct SnapshotTests {
    /// A repository with one commit of several kinds of files.
    private func committed() throws -> ScratchRepository {
        let scratch = try ScratchRepository()
        for name in ["a.txt", "b.txt", "folder/c.txt", "folder/deep/d.txt"] { try scratch.write(name, "\(name)\n") }
        try scratch.write("run.sh", "#!/bin/sh\n", executable: true)
        try scratch.link("link", to: "a.txt")
        try scratch.write(".gitignore", "*.o\nbuild/\n")
        try scratch.commit()
        return scratch
    }

    private func expectAsGit(
        _ scratch: ScratchRepository, _ dirty: [String]? = nil, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let snapshot = try await scratch.open().snapshot()
        #expect(snapshot.tree.hex == (try scratch.gitTree()), sourceLocation: sourceLocation)
        if let dirty { #expect(snapshot.dirtyPaths == dirty, sourceLocation: sourceLocation) }
        // Every object of it is there and whole.
        try scratch.git("fsck", "--strict", "--no-dangling")
        try scratch.git("cat-file", "-e", snapshot.tree.hex + "^{tree}")
    }

    @Test("of a clean tree is the commit's tree")
    func clean() async throws {
        let scratch = try committed()
        let snapshot = try await scratch.open().snapshot()
        #expect(snapshot.isClean)
        #expect(snapshot.base?.hex == (try scratch.git("rev-parse", "HEAD")))
        #expect(snapshot.tree.hex == (try scratch.git("rev-parse", "HEAD^{tree}")))
    }

    @Test("holds staged, changed, new and deleted files, modes and links, as git add -A would")
    func everyKind() async throws {
        let scratch = try committed()
        try scratch.write("a.txt", "changed\n")
        try scratch.write("b.txt", "staged\n")
        try scratch.git("add", "b.txt")
        try scratch.write("b.txt", "staged, then changed\n")
        try scratch.write("new/e.txt", "e\n")
        try scratch.write("new/tool", "e\n", executable: true)
        try scratch.write("ignored.o", "o\n")
        try scratch.write("build/out", "o\n")
        try scratch.remove("folder/deep/d.txt")
        try scratch.write("run.sh", "#!/bin/sh\n")
        try scratch.remove("link")
        try scratch.link("link", to: "b.txt")
        try scratch.link("other", to: "nowhere")
        try await expectAsGit(
            scratch, ["a.txt", "b.txt", "folder/deep/d.txt", "link", "new/e.txt", "new/tool", "other", "run.sh"])
    }

    @Test("follows files that become folders, links or nothing, and back")
    func kindsChange() async throws {
        let scratch = try committed()
        try scratch.remove("a.txt")
        try scratch.write("a.txt/inner.txt", "x\n")
        try scratch.remove("folder")
        try scratch.write("folder", "now a file\n")
        try scratch.remove("link")
        try scratch.write("link", "now a file\n")
        try scratch.remove("b.txt")
        try scratch.link("b.txt", to: "run.sh")
        try await expectAsGit(scratch)
        try scratch.git("add", "-A")
        try scratch.remove("a.txt")
        try scratch.write("a.txt", "a file again\n")
        try await expectAsGit(scratch)
    }

    @Test("doesn't look behind a folder that became a link")
    func linkedFolder() async throws {
        let scratch = try committed()
        try FileManager.default.moveItem(atPath: scratch.path + "/folder", toPath: scratch.base + "/moved")
        try scratch.link("folder", to: "../moved")
        try await expectAsGit(scratch, ["folder", "folder/c.txt", "folder/deep/d.txt"])
    }

    @Test("takes the content of files that are only intended to be added")
    func intentToAdd() async throws {
        let scratch = try committed()
        try scratch.write("later.txt", "content\n")
        try scratch.write("empty.txt", "")
        try scratch.write("gone.txt", "x\n")
        try scratch.git("add", "-N", "later.txt", "empty.txt", "gone.txt")
        try scratch.remove("gone.txt")
        try await expectAsGit(scratch, ["empty.txt", "later.txt"])
    }

    @Test(
        "takes staged additions that were deleted again for deleted, and staged deletions that are back for untracked")
    func stagedAndUndone() async throws {
        let scratch = try committed()
        try scratch.write("x.txt", "x\n")
        try scratch.git("add", "x.txt")
        try scratch.remove("x.txt")
        try scratch.git("rm", "--quiet", "--cached", "a.txt")
        try scratch.git("rm", "--quiet", "b.txt")
        try await expectAsGit(scratch, ["b.txt"])
    }

    @Test("keeps skip-worktree and assume-unchanged entries as the index has them")
    func keptEntries() async throws {
        let scratch = try committed()
        try scratch.git("update-index", "--skip-worktree", "a.txt")
        try scratch.git("update-index", "--assume-unchanged", "b.txt")
        try scratch.write("a.txt", "local only\n")
        try scratch.remove("b.txt")
        try scratch.write("folder/c.txt", "real\n")
        try await expectAsGit(scratch, ["folder/c.txt"])
    }

    @Test("keeps what a sparse checkout leaves out, and takes what is there all the same")
    func sparse() async throws {
        let scratch = try committed()
        try scratch.write("other/f.txt", "f\n")
        try scratch.commit()
        try scratch.git("sparse-checkout", "set", "--cone", "other")
        #expect(!FileManager.default.fileExists(atPath: scratch.path + "/folder"))
        try scratch.write("other/f.txt", "changed\n")
        #expect(try await scratch.open().facts().isSparse)
        let snapshot = try await scratch.open().snapshot()
        #expect(snapshot.dirtyPaths == ["other/f.txt"])
        let files = try await scratch.open().listFiles(in: snapshot.tree).map(\.path)
        #expect(files.contains("folder/deep/d.txt"))
        try scratch.write("folder/c.txt", "there, and changed\n")
        let present = try await scratch.open().snapshot()
        #expect(present.dirtyPaths == ["folder/c.txt", "other/f.txt"])
    }

    @Test(
        "converts line endings as git does",
        arguments: ["core.autocrlf=true", "core.autocrlf=input", "core.autocrlf=false", "core.eol=crlf"],
        ["", "*.txt text\n", "*.txt text=auto\n", "*.txt -text\n", "*.txt eol=crlf\n", "*.txt crlf\n"])
    func lineEndings(_ setting: String, _ attributes: String) async throws {
        let scratch = try ScratchRepository()
        let parts = setting.split(separator: "=")
        try scratch.write("unix.txt", "a\nb\n")
        try scratch.write("dos.txt", "a\r\nb\r\n")
        try scratch.write("mixed.txt", "a\r\nb\n")
        try scratch.write("binary.dat", Data([0, 13, 10, 0, 1, 2]))
        try scratch.commit()
        try scratch.git("config", String(parts[0]), String(parts[1]))
        if !attributes.isEmpty { try scratch.write(".gitattributes", attributes) }
        for name in ["unix", "dos", "mixed"] { try scratch.write(name + ".txt", "new\r\nlines\n") }
        for name in ["unix2", "dos2"] { try scratch.write(name + ".txt", name == "dos2" ? "a\r\nb\r\n" : "a\nb\n") }
        try await expectAsGit(scratch)
    }

    @Test("leaves modes alone where core.fileMode says that they mean nothing")
    func fileMode() async throws {
        let scratch = try committed()
        try scratch.git("config", "core.fileMode", "false")
        try scratch.write("a.txt", "changed\n", executable: true)
        try scratch.write("new.sh", "x\n", executable: true)
        try await expectAsGit(scratch, ["a.txt", "new.sh"])
    }

    @Test(
        "refuses files that a filter would rewrite, by name",
        arguments: [
            "*.dat filter=lfs", "*.dat filter=own", "*.dat ident", "*.dat working-tree-encoding=UTF-16LE",
        ])
    func filters(_ attribute: String) async throws {
        let scratch = try committed()
        try scratch.write(".gitattributes", attribute + "\n")
        try scratch.git("config", "filter.own.clean", "touch \(scratch.base)/filter-ran; cat")
        try scratch.write("a.txt", "changed\n")
        let plain = try await scratch.open().snapshot()
        #expect(plain.dirtyPaths == [".gitattributes", "a.txt"])
        try scratch.write("x.dat", "$Id$ content\n")
        let error = try await gitError { _ = try await scratch.open().snapshot() }
        #expect(error.code == .filtered && error.message.contains("x.dat"))
        #expect(!FileManager.default.fileExists(atPath: scratch.base + "/filter-ran"))
    }

    @Test("takes files whose filter git wouldn't run either")
    func undefinedFilter() async throws {
        let scratch = try committed()
        try scratch.write(".gitattributes", "*.dat filter=nowhere\n*.id ident\n")
        try scratch.write("x.dat", "content\n")
        try scratch.write("x.id", "no mark\n")
        try await expectAsGit(scratch)
    }

    @Test("has bounds, and says which files exceed them")
    func bounds() async throws {
        let scratch = try committed()
        for index in 0..<5 { try scratch.write("new\(index).txt", String(repeating: "x", count: 1000)) }
        var limits = SnapshotLimits()
        limits.untrackedFiles = 4
        let many = try await gitError { _ = try await scratch.open().snapshot(limits: limits) }
        #expect(many.code == .tooLarge && many.message.contains("5 files"))
        limits = SnapshotLimits()
        limits.fileBytes = 999
        let large = try await gitError { _ = try await scratch.open().snapshot(limits: limits) }
        #expect(large.code == .tooLarge && large.message.contains("new0.txt"))
        limits = SnapshotLimits()
        limits.totalBytes = 4999
        let total = try await gitError { _ = try await scratch.open().snapshot(limits: limits) }
        #expect(total.code == .tooLarge && total.hint?.contains(".gitignore") == true)
    }

    @Test("records a submodule's commit, and leaves nested repositories out")
    func submodules() async throws {
        let inner = try ScratchRepository()
        try inner.write("a.txt", "x\n")
        try inner.commit()
        let scratch = try committed()
        try scratch.git("submodule", "--quiet", "add", "file://" + inner.path, "inner")
        try scratch.commit()
        try scratch.write("inner/a.txt", "changed inside\n")
        #expect(try await scratch.open().snapshot().isClean)
        try scratch.git(
            ["-c", "user.name=A", "-c", "user.email=a@b", "commit", "-qam", "x"], in: scratch.path + "/inner")
        try await expectAsGit(scratch, ["inner"])
        try scratch.git("init", "--quiet", "nested")
        try scratch.write("nested/file", "x\n")
        #expect(try await scratch.open().snapshot().dirtyPaths == ["inner"])
    }

    @Test("is of the linked work tree that it is taken in")
    func linkedWorkTree() async throws {
        let scratch = try committed()
        let linked = scratch.base + "/linked"
        try scratch.git("worktree", "add", "--quiet", "-b", "side", linked)
        try Data("there\n".utf8).write(to: URL(fileURLWithPath: linked + "/a.txt"))
        #expect(try await scratch.open(from: linked).snapshot().dirtyPaths == ["a.txt"])
        #expect(try await scratch.open().snapshot().isClean)
    }

    @Test("takes odd names")
    func oddNames() async throws {
        let scratch = try committed()
        for name in ["with space", "ünïcode ✓", "quote\"s", "new\nline", "-dash", "[glob]*", "back\\slash", "git~2"] {
            try scratch.write(name, "x\n")
        }
        try await expectAsGit(scratch)
    }
}
