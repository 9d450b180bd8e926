import Foundation
import TestSupport
import Testing

@testable import Git

@Suite("Commits and branches")
struct BranchTests {
    private let ada = Signature(name: "Ada", email: "ada@example.org", time: 1_700_000_000, offset: 90)

    private func committed() throws -> (ScratchRepository, ObjectID) {
        let scratch = try ScratchRepository()
        try scratch.write("a.txt", "x\n")
        let id = try #require(ObjectID(hex: try scratch.commit()))
        return (scratch, id)
    }

    @Test("A commit is only an object, with its own author and committer")
    func commit() async throws {
        let (scratch, head) = try committed()
        let repository = try scratch.open()
        let tree = try await repository.writeTree(base: try await repository.headTree(), edits: ["b": .write([65])])
        let grace = Signature(name: "Grace", email: "g@example.org", time: 1_700_000_100, offset: -300)
        let id = try await repository.commit(
            tree: tree, parents: [head], message: "Mend it\n\nBecause.", author: ada, committer: grace)
        let text = """
            tree \(tree)
            parent \(head)
            author Ada <ada@example.org> 1700000000 +0130
            committer Grace <g@example.org> 1700000100 -0500

            Mend it

            Because.
            """
        #expect(try scratch.git("cat-file", "-p", id.hex) == text)
        #expect(try scratch.git("rev-parse", "HEAD") == head.hex)
        let info = try await repository.commitInfo(id)
        #expect(info.author == ada && info.committer == grace && info.tree == tree && info.parents == [head])
        #expect(info.summary == "Mend it" && info.message == "Mend it\n\nBecause.\n")
        #expect(try await repository.firstParent(of: id) == head)
        #expect(try await repository.firstParent(of: head) == nil)
    }

    @Test("A branch is made once, with its reflog, and never replaced")
    func create() async throws {
        let (scratch, head) = try committed()
        let repository = try scratch.open()
        try await repository.createBranch("teamfix/fix-it", at: head, message: "teamfix: fix\nit", by: ada)
        #expect(try scratch.git("rev-parse", "teamfix/fix-it") == head.hex)
        #expect(
            try scratch.git("reflog", "show", "--format=%gs %gn %ge", "teamfix/fix-it")
                == "teamfix: fix it Ada ada@example.org")
        #expect(try await repository.branches(prefix: "teamfix/") == [Branch(name: "teamfix/fix-it", id: head)])
        let other = try #require(ObjectID(hex: try scratch.commit("Another")))
        let error = try await gitError {
            try await repository.createBranch("teamfix/fix-it", at: other, message: "m", by: ada)
        }
        #expect(error.code == .exists && error.hint?.contains("git branch -D") == true)
        #expect(try scratch.git("rev-parse", "teamfix/fix-it") == head.hex)
        #expect(try await repository.freeBranchName("teamfix/fix-it") == "teamfix/fix-it-2")
        #expect(try await repository.freeBranchName("teamfix/new") == "teamfix/new")
        try scratch.git("pack-refs", "--all")
        let packed = try await gitError {
            try await repository.createBranch("teamfix/fix-it", at: other, message: "m", by: ada)
        }
        #expect(packed.code == .exists)
        try scratch.git("fsck", "--strict")
    }

    @Test(
        "A branch in the way is named, with the line that moves it",
        arguments: [
            ("teamfix", "teamfix/x"), ("TeamFix", "teamfix/x"), ("teamfix/a", "teamfix/a/b"),
            ("teamfix/a/b", "teamfix/a"), ("teamfix/Fix", "teamfix/fix"),
        ])
    func clash(_ existing: String, _ new: String) async throws {
        let (scratch, head) = try committed()
        try scratch.git("branch", existing)
        let repository = try scratch.open()
        let error = try await gitError { try await repository.createBranch(new, at: head, message: "m", by: ada) }
        #expect(error.code == .exists)
        #expect(error.hint?.contains("git branch -m \(existing) ") == true)
        #expect(try await repository.branches().map(\.name) == [existing, "main"].sorted())
    }

    @Test(
        "Only names below teamfix/ are taken",
        arguments: [
            "main", "teamfix", "teamfix/", "teamfix/../main", "teamfix/a..b", "teamfix/x.lock", "teamfix/ x", "other/x",
            "refs/heads/teamfix/x", "teamfix//x",
        ])
    func names(_ name: String) async throws {
        let (scratch, head) = try committed()
        let repository = try scratch.open()
        let made = try await gitError { try await repository.createBranch(name, at: head, message: "m", by: ada) }
        #expect(made.code == .invalid)
        let deleted = try await gitError { try await repository.deleteBranch(name, expecting: head) }
        #expect(deleted.code == .invalid)
    }

    @Test("A published file is whole, is the only one, and replaces none", arguments: [true, false])
    func publication(_ isUnnamed: Bool) throws {
        let scratch = try ScratchRepository(initialising: nil)
        let publish = { (text: String, folder: String) in
            isUnnamed
                ? Publication.unnamed(text, as: folder + "/x", in: folder)
                : Publication.linked(text, as: folder + "/x", in: folder)
        }
        let first = publish("first", scratch.path)
        if isUnnamed, first == ENOTSUP || first == EOPNOTSUPP { return }
        #expect(first == 0)
        #expect(publish("second", scratch.path) == EEXIST)
        #expect(publish("third", scratch.path + "/gone") == ENOENT)
        #expect(try scratch.read("x") == "first")
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == ["x"])
    }

    @Test("A branch needs a commit that is there")
    func target() async throws {
        let (scratch, _) = try committed()
        let repository = try scratch.open()
        let absent = try #require(ObjectID(hex: String(repeating: "1", count: 40)))
        let error = try await gitError {
            try await repository.createBranch("teamfix/x", at: absent, message: "m", by: ada)
        }
        #expect(error.code == .missingObject)
        let tree = try await repository.tree(of: "HEAD")
        let kind = try await gitError {
            try await repository.createBranch("teamfix/x", at: tree, message: "m", by: ada)
        }
        #expect(kind.code != .exists)
    }

    @Test("A branch is removed only where it was left and nobody stands on it")
    func delete() async throws {
        let (scratch, head) = try committed()
        let repository = try scratch.open()
        for name in ["a", "b", "c", "d"] {
            try await repository.createBranch("teamfix/\(name)", at: head, message: "m", by: ada)
        }
        try await repository.deleteBranch("teamfix/a", expecting: head)
        #expect(
            try await repository.branches(prefix: "teamfix/").map(\.name) == ["teamfix/b", "teamfix/c", "teamfix/d"])
        let gone = try await gitError { try await repository.deleteBranch("teamfix/a", expecting: head) }
        #expect(gone.code == .notFound)
        try scratch.git("worktree", "add", "--quiet", "../linked", "teamfix/b")
        let linked = try await gitError { try await repository.deleteBranch("teamfix/b", expecting: head) }
        #expect(linked.code == .modified && linked.message.contains("checked out"))
        try scratch.git("switch", "--quiet", "teamfix/c")
        let here = try await gitError { try await repository.deleteBranch("teamfix/c", expecting: head) }
        #expect(here.code == .modified)
        try scratch.commit("On it")
        try scratch.git("switch", "--quiet", "main")
        let moved = try await gitError { try await repository.deleteBranch("teamfix/c", expecting: head) }
        #expect(moved.code == .modified && moved.message.contains("moved"))
        try scratch.git("pack-refs", "--all")
        try await repository.deleteBranch("teamfix/d", expecting: head)
        #expect(try scratch.git("branch", "--list", "teamfix/d").isEmpty)
    }

    @Test("A branch made from a linked work tree is everybody's")
    func linkedWorkTree() async throws {
        let (scratch, head) = try committed()
        try scratch.git("worktree", "add", "--quiet", "--detach", "../linked")
        let repository = try scratch.open(from: scratch.base + "/linked")
        try await repository.createBranch("teamfix/x", at: head, message: "m", by: ada)
        #expect(try scratch.git("rev-parse", "teamfix/x") == head.hex)
    }

    @Test("Everything else is byte for byte as it was")
    func nothingElseChanges() async throws {
        let (scratch, _) = try committed()
        try scratch.write("b.txt", "stashed\n")
        try scratch.git("stash", "push", "--quiet", "--include-untracked")
        try scratch.git("tag", "v1")
        try scratch.write("staged.txt", "s\n")
        try scratch.git("add", "staged.txt")
        try scratch.git("add", "-N", ".")
        try scratch.write("a.txt", "dirty\n")
        try scratch.write("untracked.txt", "u\n")
        // An index whose times no longer fit is what tempts a library to refresh it.
        try scratch.run(["touch", "-d", "2001-01-01", "staged.txt"], in: scratch.path)

        let isOurs = { (path: String) in
            path.hasPrefix(".git/objects") || path.hasPrefix(".git/refs/heads/teamfix")
                || path.hasPrefix(".git/logs/refs/heads/teamfix")
        }
        let before = try ScratchRepository.contents(of: scratch.path, leavingOut: isOurs)
        let repository = try scratch.open()
        let snapshot = try await repository.snapshot()
        #expect(snapshot.dirtyPaths == ["a.txt", "staged.txt", "untracked.txt"])
        _ = try await repository.facts()
        _ = try await repository.changes(.all)
        _ = try await repository.changes(.staged)
        _ = try await repository.ignoredPaths()
        _ = try await repository.checkout(tree: snapshot.tree, to: scratch.base + "/out")
        let identity = try await repository.identity(environment: scratch.environment)
        let base = try await repository.commit(
            tree: snapshot.tree, parents: [try #require(snapshot.base)], message: "Snapshot", author: identity.author,
            committer: identity.committer)
        let tree = try await repository.writeTree(base: snapshot.tree, edits: ["a.txt": .write(Array("fixed\n".utf8))])
        let fix = try await repository.commit(
            tree: tree, parents: [base], message: "Fix", author: identity.author, committer: identity.committer)
        try await repository.createBranch("teamfix/fix", at: fix, message: "teamfix", by: identity.committer)
        let after = try ScratchRepository.contents(of: scratch.path, leavingOut: isOurs)
        #expect(before == after)
        #expect(before.keys.contains(".git/index") && before.keys.contains(".git/refs/stash"))
        #expect(try scratch.git("show", "teamfix/fix:a.txt") == "fixed")
        #expect(try scratch.git("show", "teamfix/fix~1:untracked.txt") == "u")
        try scratch.git("fsck", "--strict")
    }
}
