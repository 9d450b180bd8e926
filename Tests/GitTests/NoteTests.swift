import Foundation
import TestSupport
import Testing

@testable import Git

@Suite("Notes")
struct NoteTests {
    private func identity(_ repository: Repository, _ extra: [String: String] = [:]) async throws -> Identity {
        try await repository.identity(environment: extra)
    }

    /// All but the notes and the objects they need.
    private func untouched(_ scratch: ScratchRepository) throws -> [String: String] {
        try ScratchRepository.contents(of: scratch.path) { path in
            [".git/objects", ".git/refs/notes", ".git/logs/refs/notes"].contains { path.hasPrefix($0) }
        }
    }

    @Test("git shows a note below refs/notes/teamfix, by the identity of commits, and nothing else changes")
    func written() async throws {
        let scratch = try ScratchRepository()
        try scratch.write("a", "1\n")
        let head = try scratch.commit()
        try scratch.write("a", "2\n")
        let before = try untouched(scratch)
        let repository = try scratch.open()
        let who = try await identity(
            repository, ["GIT_AUTHOR_NAME": "Grace", "GIT_COMMITTER_DATE": "@1700000001 +0130"])
        try await repository.addNote("Statistics:\n\n    duration 1.0s", to: try #require(ObjectID(hex: head)), by: who)
        #expect(try scratch.git("notes", "--ref=teamfix", "show", head) == "Statistics:\n\n    duration 1.0s")
        #expect(try scratch.git("notes", "list") == "")
        #expect(
            try scratch.git("log", "-1", "--format=%an %ae %ct", "refs/notes/teamfix")
                == "Grace ada@example.org 1700000001")
        #expect(try scratch.git("log", "-1", "--format=%N", "--notes=teamfix").hasPrefix("Statistics:"))
        #expect(try untouched(scratch) == before)
        try scratch.git("fsck", "--strict")
    }

    @Test("the notes of others stay, also when git has spread many of them over folders")
    func others() async throws {
        let scratch = try ScratchRepository()
        let head = try scratch.commit()
        // Enough for git to spread them over folders.
        var input = "commit refs/notes/teamfix\ncommitter A <a@b> 1700000000 +0000\ndata 0\n"
        for number in 0..<400 {
            let id = try #require(
                ObjectID(
                    hex: String(format: "%08x", number &* 2_654_435_761 & 0xFFFF_FFFF)
                        + String(repeating: "0", count: 32)))
            input += "M 100644 inline \(id.hex.prefix(2))/\(id.hex.dropFirst(2))\ndata 3\nn\(number % 10)\n"
        }
        try scratch.git(["fast-import", "--quiet"], input: Data(input.utf8))
        let count = try scratch.git("notes", "--ref=teamfix", "list").split(separator: "\n").count
        #expect(count == 400)
        let repository = try scratch.open()
        try await repository.addNote("ours", to: try #require(ObjectID(hex: head)), by: try await identity(repository))
        #expect(try scratch.git("notes", "--ref=teamfix", "list").split(separator: "\n").count == 401)
        #expect(try scratch.git("notes", "--ref=teamfix", "show", head) == "ours")
        #expect(try scratch.git("rev-list", "--count", "refs/notes/teamfix") == "2")
    }

    @Test("a note that is there already stays as it is")
    func existing() async throws {
        let scratch = try ScratchRepository()
        let head = try scratch.commit()
        try scratch.git("notes", "--ref=teamfix", "add", "-m", "mine", head)
        let repository = try scratch.open()
        let error = try await gitError {
            try await repository.addNote(
                "ours", to: try #require(ObjectID(hex: head)), by: try await identity(repository))
        }
        #expect(error.code == .exists)
        #expect(error.hint?.contains("git notes --ref=teamfix show \(head.prefix(10))") == true)
        #expect(try scratch.git("notes", "--ref=teamfix", "show", head) == "mine")
    }

    @Test("of several who add at the same time none is lost")
    func together() async throws {
        let scratch = try ScratchRepository()
        let commits = try (0..<8).map { try scratch.commit("Number \($0)") }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for commit in commits {
                let repository = try scratch.open()
                group.addTask {
                    let who = try await repository.identity(environment: [:])
                    try await repository.addNote("for \(commit)", to: try #require(ObjectID(hex: commit)), by: who)
                }
            }
            try await group.waitForAll()
        }
        for commit in commits { #expect(try scratch.git("notes", "--ref=teamfix", "show", commit) == "for \(commit)") }
    }

    @Test("a lock that stays is named, and the reference is as it was")
    func locked() async throws {
        let scratch = try ScratchRepository()
        let head = try scratch.commit()
        try scratch.git("notes", "--ref=teamfix", "add", "-m", "mine", head)
        let second = try scratch.commit("Second")
        let before = try scratch.git("rev-parse", "refs/notes/teamfix")
        try scratch.write(".git/refs/notes/teamfix.lock", "")
        let repository = try scratch.open()
        let error = try await gitError {
            try await repository.addNote(
                "x", to: try #require(ObjectID(hex: second)), by: try await identity(repository))
        }
        #expect(error.code == .modified)
        #expect(error.hint?.contains("refs/notes/teamfix.lock") == true)
        #expect(try scratch.git("rev-parse", "refs/notes/teamfix") == before)
    }

    @Test(
        "references that stand in the way are named, packed ones too, and an empty folder isn't one",
        arguments: [false, true])
    func inTheWay(packed: Bool) async throws {
        let scratch = try ScratchRepository()
        let head = try scratch.commit()
        try scratch.git("update-ref", "refs/notes/teamfix/mine", head)
        if packed { try scratch.git("pack-refs", "--all") }
        let repository = try scratch.open()
        let error = try await gitError {
            try await repository.addNote(
                "x", to: try #require(ObjectID(hex: head)), by: try await identity(repository))
        }
        #expect(error.code == .exists)
        #expect(error.message.contains("refs/notes/teamfix/mine stands in the way"))
        try scratch.git("update-ref", "-d", "refs/notes/teamfix/mine")
        try FileManager.default.createDirectory(
            atPath: scratch.path + "/.git/refs/notes/teamfix", withIntermediateDirectories: true)
        try await repository.addNote(
            "x", to: try #require(ObjectID(hex: head)), by: try await identity(repository))
        #expect(try scratch.git("notes", "--ref=teamfix", "show", head) == "x")
    }

    @Test("a linked work tree's note lies with the repository's")
    func linked() async throws {
        let scratch = try ScratchRepository()
        let head = try scratch.commit()
        try scratch.git("worktree", "add", "-q", "../other")
        let repository = try scratch.open(from: scratch.base + "/other")
        try await repository.addNote("x", to: try #require(ObjectID(hex: head)), by: try await identity(repository))
        #expect(try scratch.git("notes", "--ref=teamfix", "show", head) == "x")
    }
}
