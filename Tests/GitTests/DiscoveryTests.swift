import Foundation
import TestSupport
import Testing

@testable import Git

@Suite("Finding a repository")
struct DiscoveryTests {
    @Test("is possible from any folder in it")
    func fromAnyFolder() async throws {
        let scratch = try ScratchRepository()
        try scratch.write("a/b/c.txt", "x\n")
        let head = try scratch.commit()
        for folder in [scratch.path, scratch.path + "/a/b", scratch.path + "/a/b/c.txt"] {
            let facts = try await scratch.open(from: folder).facts()
            #expect(facts.workTree == scratch.path)
            #expect(facts.gitDirectory == scratch.path + "/.git")
            #expect(facts.head?.hex == head)
            #expect(facts.headBranch == "main")
            #expect(!facts.isUnborn && !facts.isBare && !facts.isShallow && !facts.isPartialClone && !facts.isSparse)
            #expect(facts.operation == nil && !facts.hasSubmodules && !facts.usesFilters)
        }
    }

    @Test("fails with advice where there is none, and below a ceiling")
    func noRepository() async throws {
        let scratch = try ScratchRepository()
        try scratch.write("a/b/c.txt", "x\n")
        let outside = try await gitError { _ = try scratch.open(from: scratch.home) }
        #expect(outside.code == .notARepository)
        #expect(outside.hint?.contains("git init") == true)
        let below = try await gitError {
            _ = try scratch.open(
                from: scratch.path + "/a/b", environment: ["GIT_CEILING_DIRECTORIES": scratch.path + "/a"])
        }
        #expect(below.code == .notARepository)
    }

    @Test("follows a linked work tree to its own HEAD and the shared folder")
    func linkedWorkTree() async throws {
        let scratch = try ScratchRepository()
        try scratch.write("a.txt", "x\n")
        try scratch.commit()
        let linked = scratch.base + "/linked"
        try scratch.git("worktree", "add", "--quiet", "-b", "side", linked)
        let facts = try await scratch.open(from: linked).facts()
        #expect(facts.workTree == linked)
        #expect(facts.headBranch == "side")
        #expect(facts.isLinkedWorkTree)
        #expect(facts.gitDirectory == scratch.path + "/.git/worktrees/linked")
        #expect(facts.commonDirectory == scratch.path + "/.git")
    }

    @Test("follows a .git file to a separate folder")
    func gitFile() async throws {
        let scratch = try ScratchRepository(initialising: ["--separate-git-dir", "../separate"])
        try scratch.write("a.txt", "x\n")
        try scratch.commit()
        let facts = try await scratch.open().facts()
        #expect(facts.workTree == scratch.path)
        #expect(facts.gitDirectory == scratch.base + "/separate")
    }

    @Test("honours GIT_DIR, GIT_WORK_TREE and GIT_INDEX_FILE")
    func environmentNames() async throws {
        let scratch = try ScratchRepository()
        try scratch.write("a.txt", "x\n")
        let head = try scratch.commit()
        let other = scratch.base + "/other"
        try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: true)
        try Data("changed\n".utf8).write(to: URL(fileURLWithPath: other + "/a.txt"))
        let names = ["GIT_DIR": scratch.path + "/.git", "GIT_WORK_TREE": other]
        let repository = try scratch.open(from: scratch.home, environment: names)
        #expect(try await repository.facts().workTree == other)
        #expect(try await repository.facts().head?.hex == head)
        #expect(try await repository.changes(.unstaged).map(\.path) == ["a.txt"])

        // GIT_DIR alone makes the current folder the work tree.
        let here = try scratch.open(from: other, environment: ["GIT_DIR": "../work/.git"])
        #expect(here.workTree == other)

        let index = scratch.base + "/index"
        try scratch.write("b.txt", "new\n")
        try scratch.git(["read-tree", "HEAD"], environment: ["GIT_INDEX_FILE": index])
        try scratch.git(["add", "b.txt"], environment: ["GIT_INDEX_FILE": index])
        let indexed = try scratch.open(environment: ["GIT_INDEX_FILE": index])
        #expect(try await indexed.changes(.staged).map(\.path) == ["b.txt"])
        #expect(try await scratch.open().changes(.staged).isEmpty)
    }

    @Test("says where a bare repository must be worked on, and reads its commits")
    func bare() async throws {
        let scratch = try ScratchRepository()
        try scratch.write("a.txt", "x\n")
        try scratch.commit()
        try scratch.git("clone", "--quiet", "--bare", ".", "../bare.git")
        let repository = try scratch.open(from: scratch.base + "/bare.git")
        #expect(try await repository.facts().isBare)
        let tree = try #require(try await repository.headTree())
        #expect(try await repository.listFiles(in: tree).map(\.path) == ["a.txt"])
        let error = try await gitError { _ = try await repository.snapshot() }
        #expect(error.code == .bare)
        #expect(error.hint?.contains("git worktree add") == true)
    }

    @Test("knows an unborn HEAD")
    func unborn() async throws {
        let scratch = try ScratchRepository()
        try scratch.write("a.txt", "x\n")
        let repository = try scratch.open()
        let facts = try await repository.facts()
        #expect(facts.isUnborn && facts.headBranch == "main")
        #expect(try await repository.changes(.all).map(\.status) == [.untracked])
        let snapshot = try await repository.snapshot()
        #expect(snapshot.base == nil)
        #expect(snapshot.tree.hex == (try scratch.gitTree()))
        #expect(snapshot.dirtyPaths == ["a.txt"])
        let error = try await gitError { _ = try await repository.resolve("HEAD") }
        #expect(error.code == .notFound)
        #expect(error.message.contains("no commit yet"))
    }

    @Test("refuses what libgit2 can't read, with the way out")
    func unsupported() async throws {
        let sha256 = try ScratchRepository(initialising: ["--object-format=sha256"])
        let first = try await gitError { _ = try sha256.open() }
        #expect(first.code == .unsupported && first.message.contains("SHA256"))

        for (key, value) in [("extensions.refStorage", "reftable"), ("extensions.relativeWorktrees", "true")] {
            let scratch = try ScratchRepository()
            let config = try scratch.read(".git/config").replacing(
                "repositoryformatversion = 0", with: "repositoryformatversion = 1")
            let parts = key.split(separator: ".")
            try scratch.write(".git/config", config + "[\(parts[0])]\n\t\(parts[1]) = \(value)\n")
            let error = try await gitError { _ = try scratch.open() }
            #expect(error.code == .unsupported)
            #expect(error.hint?.contains("git ") == true)
        }
    }

    @Test("refuses split and sparse indexes, with the line that ends it")
    func indexFormats() async throws {
        let split = try ScratchRepository()
        try split.write("a.txt", "x\n")
        try split.commit()
        try split.git("update-index", "--split-index")
        let first = try await gitError { _ = try await split.open().snapshot() }
        #expect(first.code == .unsupported && first.hint?.contains("--no-split-index") == true)

        let sparse = try ScratchRepository()
        for name in ["a/one.txt", "b/two.txt", "c/three.txt"] { try sparse.write(name, "x\n") }
        try sparse.commit()
        try sparse.git("sparse-checkout", "set", "--cone", "--sparse-index", "a")
        let second = try await gitError { _ = try await sparse.open().snapshot() }
        #expect(second.code == .unsupported && second.hint?.contains("--no-sparse-index") == true)
    }

    @Test("knows shallow and partial clones, and what they lack")
    func incompleteClones() async throws {
        let scratch = try ScratchRepository()
        try scratch.write("a.txt", "one\n")
        let first = try scratch.commit()
        try scratch.write("a.txt", "two\n")
        try scratch.commit()
        try scratch.git("config", "uploadpack.allowFilter", "true")

        try scratch.git("clone", "--quiet", "--depth", "1", "file://" + scratch.path, "../shallow")
        let shallow = try scratch.open(from: scratch.base + "/shallow")
        let facts = try await shallow.facts()
        #expect(facts.isShallow)
        let head = try #require(facts.head)
        #expect(try await shallow.firstParent(of: head) == nil)
        let parent = try #require(ObjectID(hex: first))
        let absent = try await gitError { _ = try await shallow.commitInfo(parent) }
        #expect(absent.code == .missingObject && absent.hint?.contains("--unshallow") == true)

        try scratch.git("clone", "--quiet", "--filter=blob:none", "file://" + scratch.path, "../partial")
        let partial = try scratch.open(from: scratch.base + "/partial")
        #expect(try await partial.facts().isPartialClone)
        let old = try await partial.tree(of: first)
        let missing = try await gitError { _ = try await partial.readBlob(path: "a.txt", in: old) }
        #expect(missing.code == .missingObject && missing.hint?.contains("git fetch") == true)
        let checkout = try await gitError { _ = try await partial.checkout(tree: old, to: scratch.base + "/out") }
        #expect(checkout.code == .missingObject && checkout.message.contains("a.txt"))
    }

    @Test("knows a merge and a rebase under way")
    func operations() async throws {
        let scratch = try ScratchRepository()
        try scratch.write("a.txt", "one\n")
        try scratch.commit()
        try scratch.git("switch", "--quiet", "-c", "side")
        try scratch.write("a.txt", "side\n")
        try scratch.commit()
        try scratch.git("switch", "--quiet", "main")
        try scratch.write("a.txt", "main\n")
        try scratch.commit()
        #expect(throws: (any Error).self) { try scratch.git("merge", "side") }
        let repository = try scratch.open()
        #expect(try await repository.facts().operation == .merge)
        let error = try await gitError { _ = try await repository.snapshot() }
        #expect(error.code == .unmerged && error.message.contains("a.txt"))
        #expect(try await repository.changes(.all).map(\.status) == [.conflicted])
        try scratch.git("merge", "--abort")
        #expect(throws: (any Error).self) { try scratch.git("rebase", "side") }
        #expect(try await scratch.open().facts().operation == .rebase)
    }

    @Test("knows submodules and filters")
    func submodulesAndFilters() async throws {
        let inner = try ScratchRepository()
        try inner.write("a.txt", "x\n")
        try inner.commit()
        let scratch = try ScratchRepository()
        try scratch.git("submodule", "--quiet", "add", "file://" + inner.path, "inner")
        try scratch.write(".gitattributes", "*.bin filter=lfs diff=lfs merge=lfs -text\n")
        try scratch.commit()
        let facts = try await scratch.open().facts()
        #expect(facts.hasSubmodules && facts.usesFilters)
        // A submodule is a repository of its own, found through its .git file.
        let submodule = try await scratch.open(from: scratch.path + "/inner").facts()
        #expect(submodule.workTree == scratch.path + "/inner")
    }

    @Test("trusts another user's repository only when safe.directory says so", .enabled(if: geteuid() == 0))
    func ownership() async throws {
        let scratch = try ScratchRepository()
        try scratch.write("a.txt", "x\n")
        try scratch.commit()
        try scratch.run(["chown", "-R", "12345", scratch.path], in: scratch.base)
        let error = try await gitError { _ = try scratch.open() }
        #expect(error.code == .unsafeOwner)
        #expect(error.hint == "If you do: git config --global --add safe.directory \(scratch.path)")
        // The repository can't vouch for itself.
        try scratch.git(["config", "-f", ".git/config", "safe.directory", "*"])
        #expect(throws: GitError.self) { try scratch.open() }
        for value in ["*", scratch.path, scratch.base + "/*"] {
            let command = ["GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": value]
            #expect(try scratch.open(environment: command).workTree == scratch.path)
        }
        #expect(try scratch.open(environment: ["GIT_DIR": scratch.path + "/.git"]).workTree == scratch.path)
        #expect(try scratch.open(environment: ["SUDO_UID": "12345"]).workTree == scratch.path)
        #expect(!Ownership.allows(["*", ""], folder: "/x", home: nil))
    }
}
