import Foundation
import TestSupport
import Testing

@testable import Git

@Suite("A scratch checkout")
struct CheckoutTests {
    private func files(_ folder: String) throws -> [String: String] {
        try ScratchRepository.contents(of: folder) { $0 == ".git" || $0.hasPrefix(".git/") }
    }

    @Test("equals what git checks out: files, modes, links, submodules")
    func asGit() async throws {
        let inner = try ScratchRepository()
        try inner.write("a.txt", "x\n")
        try inner.commit()
        let scratch = try ScratchRepository()
        try scratch.write("a.txt", "a\n")
        try scratch.write("folder/run.sh", "#!/bin/sh\n", executable: true)
        try scratch.write("folder/empty", "")
        try scratch.write("folder.x/a-b", "x\n")
        try scratch.link("folder/link", to: "../a.txt")
        try scratch.link("dangling", to: "/nowhere/at/all")
        try scratch.write("large", Data(repeating: 7, count: 3_000_000))
        try scratch.git("submodule", "--quiet", "add", "file://" + inner.path, "sub/inner")
        try scratch.commit()
        try scratch.git("worktree", "add", "--quiet", "--detach", "../by-git")
        let repository = try scratch.open()
        let tree = try #require(try await repository.headTree())
        let report = try await repository.checkout(tree: tree, to: scratch.base + "/by-us")
        #expect(try files(scratch.base + "/by-us") == files(scratch.base + "/by-git"))
        #expect(report.submodules == ["sub/inner"])
        #expect(report.files == 8 && report.unfiltered.isEmpty)
        try Repository.removeCheckout(scratch.base + "/by-us")
        #expect(!FileManager.default.fileExists(atPath: scratch.base + "/by-us"))
    }

    @Test(
        "converts line endings as git does, by the attributes of the tree itself",
        arguments: ["core.autocrlf=true", "core.autocrlf=input", "core.autocrlf=false", "core.eol=crlf"],
        [
            "", "*.txt text\n", "*.txt text=auto\n", "*.txt -text\n", "*.txt eol=crlf\n", "*.txt text eol=lf\n",
            "* text=auto eol=crlf\n", "*.txt crlf\n", "*.txt crlf=input\n", "*.txt binary\n",
        ])
    func lineEndings(_ setting: String, _ attributes: String) async throws {
        let scratch = try ScratchRepository()
        try scratch.write("a/unix.txt", "a\nb\n")
        try scratch.write("a/dos.txt", "a\r\nb\r\n")
        try scratch.write("a/mixed.txt", "a\r\nb\n\n")
        try scratch.write("a/old.txt", "a\rb\n")
        try scratch.write("a/binary.txt", Data([0, 10, 0, 1, 2]))
        try scratch.write("a/control.txt", Data([1, 2, 3, 10, 5]))
        try scratch.write("a/no-end.txt", "a\nb")
        try scratch.write("!first", "a\n")
        try scratch.commit()
        if !attributes.isEmpty { try scratch.write("a/.gitattributes", attributes) }
        try scratch.git("-c", "core.safecrlf=false", "add", ".")
        try scratch.git("commit", "--quiet", "--allow-empty", "-m", "x")
        let parts = setting.split(separator: "=")
        try scratch.git("config", String(parts[0]), String(parts[1]))
        try scratch.git("worktree", "add", "--quiet", "--detach", "../by-git")
        // The work tree's own attributes are another tree's.
        try scratch.write("a/.gitattributes", "* -text\n")
        let repository = try scratch.open()
        let tree = try #require(try await repository.headTree())
        _ = try await repository.checkout(tree: tree, to: scratch.base + "/by-us")
        let (ours, theirs) = (try files(scratch.base + "/by-us"), try files(scratch.base + "/by-git"))
        #expect(ours.keys.sorted() == theirs.keys.sorted())
        for (path, content) in theirs { #expect(ours[path] == content, "\(path)") }
    }

    @Test("reads the tree's attributes from a linked work tree too")
    func attributesInLinkedWorkTree() async throws {
        let scratch = try ScratchRepository()
        try scratch.write(".gitattributes", "*.txt text eol=crlf\n")
        try scratch.write("a.txt", "a\r\n")
        try scratch.commit()
        try scratch.git("worktree", "add", "--quiet", "--detach", "../linked")
        let repository = try scratch.open(from: scratch.base + "/linked")
        let tree = try #require(try await repository.headTree())
        _ = try await repository.checkout(tree: tree, to: scratch.base + "/out")
        #expect(try String(contentsOfFile: scratch.base + "/out/a.txt", encoding: .utf8) == "a\r\n")
    }

    @Test("runs no filter, and says which files would have needed one")
    func filters() async throws {
        let scratch = try ScratchRepository()
        try scratch.write(".gitattributes", "*.bin filter=lfs\n*.own filter=own\n")
        try scratch.write("x.bin", "version https://git-lfs.github.com/spec/v1\n")
        try scratch.write("sub/y.own", "stored\n")
        try scratch.commit()
        try scratch.git("config", "filter.own.smudge", "touch \(scratch.base)/ran; echo smudged")
        let repository = try scratch.open()
        let tree = try #require(try await repository.headTree())
        let report = try await repository.checkout(tree: tree, to: scratch.base + "/out")
        #expect(report.unfiltered.sorted() == ["sub/y.own", "x.bin"])
        #expect(try String(contentsOfFile: scratch.base + "/out/sub/y.own", encoding: .utf8) == "stored\n")
        #expect(!FileManager.default.fileExists(atPath: scratch.base + "/ran"))
    }

    /// Makes a tree object that git itself would never make.
    private func hostileTree(_ scratch: ScratchRepository, _ entries: [(String, String, String)]) throws -> ObjectID {
        var data = Data()
        for (mode, name, id) in entries {
            data.append(Data("\(mode) \(name)\0".utf8))
            let digits = Array(id)
            for index in stride(from: 0, to: 40, by: 2) {
                data.append(try #require(UInt8(String(digits[index...(index + 1)]), radix: 16)))
            }
        }
        let id = try scratch.git(["hash-object", "-t", "tree", "-w", "--literally", "--stdin"], input: data)
        return try #require(ObjectID(hex: id))
    }

    @Test(
        "refuses names that reach outside the folder or into .git",
        arguments: [
            "..", ".", ".git", ".GIT", ".giT ", "git~1", ".git::$INDEX_ALLOCATION", ".g\u{200C}it", "a/../../b",
            "/etc/x",
            ".git\\config",
        ])
    func hostileNames(_ name: String) async throws {
        let scratch = try ScratchRepository()
        try scratch.write("a", "x\n")
        try scratch.commit()
        let blob = try scratch.git("rev-parse", "HEAD:a")
        let inner = try hostileTree(scratch, [("100644", name, blob)])
        let outer = try hostileTree(scratch, [("40000", "folder", inner.hex)])
        let error = try await gitError {
            _ = try await scratch.open().checkout(tree: outer, to: scratch.base + "/out")
        }
        #expect(error.code == .unsafePath)
        #expect(try files(scratch.base + "/out").isEmpty)
    }

    @Test("never writes through a link of the tree's own")
    func linkThenWrite() async throws {
        let scratch = try ScratchRepository()
        try scratch.write("a", "x\n")
        try scratch.commit()
        let blob = try scratch.git("rev-parse", "HEAD:a")
        let target = try scratch.git(["hash-object", "-w", "--stdin"], input: Data(scratch.home.utf8))
        let inner = try hostileTree(scratch, [("100644", "written", blob)])
        let outer = try hostileTree(scratch, [("120000", "x", target), ("40000", "x", inner.hex)])
        let error = try await gitError {
            _ = try await scratch.open().checkout(tree: outer, to: scratch.base + "/out")
        }
        #expect(error.code == .unsafePath && error.message.contains("x"))
        #expect(!FileManager.default.fileExists(atPath: scratch.home + "/written"))
    }

    @Test("refuses a folder that isn't empty, or lies in the repository")
    func wrongFolder() async throws {
        let scratch = try ScratchRepository()
        try scratch.write("a/b", "x\n")
        try scratch.commit()
        let repository = try scratch.open()
        let tree = try #require(try await repository.headTree())
        let inside = try await gitError { _ = try await repository.checkout(tree: tree, to: scratch.path + "/out") }
        #expect(inside.code == .invalid)
        let full = try await gitError { _ = try await repository.checkout(tree: tree, to: scratch.home) }
        #expect(full.code == .exists)
        let above = try await gitError { _ = try await repository.checkout(tree: tree, to: scratch.base) }
        #expect(above.code == .invalid)
    }

    @Test("is removed with everything that was built in it, without following links")
    func removal() throws {
        let scratch = try ScratchRepository(initialising: nil)
        try scratch.write("keep/file", "x\n")
        let folder = scratch.base + "/out"
        try FileManager.default.createDirectory(atPath: folder + "/a/b", withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: folder + "/a/l", withDestinationPath: scratch.path + "/keep")
        try Data("x".utf8).write(to: URL(fileURLWithPath: folder + "/a/b/c"))
        try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: folder + "/a/b")
        try Repository.removeCheckout(folder)
        #expect(!FileManager.default.fileExists(atPath: folder))
        #expect(try scratch.read("keep/file") == "x\n")
        try Repository.removeCheckout(folder)
    }
}
