import Foundation
import TestSupport
import Testing

@testable import Git

@Suite("Applying a verified change to the work tree")
struct ApplyTests {
    private struct Prepared {
        var scratch: ScratchRepository
        var repository: Repository
        var old: ObjectID
        var new: ObjectID
    }

    /// A repository, and a change of several kinds that isn't in its work tree yet.
    private func prepared() async throws -> Prepared {
        let scratch = try ScratchRepository()
        for name in ["a.txt", "sub/b.txt", "gone/c.txt", "mine.txt"] { try scratch.write(name, "\(name)\n") }
        try scratch.write("run.sh", "old\n", executable: true)
        try scratch.link("link", to: "a.txt")
        try scratch.commit()
        try scratch.write("a.txt", "dirty, as the fix saw it\n")
        try scratch.write("untracked.txt", "seen\n")
        let repository = try scratch.open()
        let old = try await repository.snapshot().tree
        let new = try await repository.writeTree(
            base: old,
            edits: [
                "a.txt": .write(Array("fixed\n".utf8)), "gone/c.txt": .delete, "new/d.txt": .write([68, 10]),
                "run.sh": .write(Array("new\n".utf8)), "untracked.txt": .write([]),
                "link": .write(Array("sub/b.txt".utf8)),
                "sub/b.txt": .write(Array("b\n".utf8), mode: .executable),
            ])
        return Prepared(scratch: scratch, repository: repository, old: old, new: new)
    }

    @Test("writes what differs, keeps modes, and leaves the index and everything else alone")
    func applies() async throws {
        let given = try await prepared()
        try given.scratch.write("mine.txt", "edited since, and not the fix's business\n")
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: given.scratch.path + "/run.sh")
        let before = try ScratchRepository.contents(of: given.scratch.path + "/.git") { $0.hasPrefix("objects") }
        #expect(try await given.repository.conflicts(applying: given.old, to: given.new).isEmpty)
        let report = try await given.repository.apply(from: given.old, to: given.new)
        #expect(report.deleted == ["gone/c.txt"])
        #expect(report.written == ["a.txt", "link", "new/d.txt", "run.sh", "sub/b.txt", "untracked.txt"])
        #expect(try ScratchRepository.contents(of: given.scratch.path + "/.git") { $0.hasPrefix("objects") } == before)
        try given.scratch.write("mine.txt", "mine.txt\n")
        #expect(try await given.repository.snapshot().tree == given.new)
        let files = try ScratchRepository.contents(of: given.scratch.path) { $0.hasPrefix(".git") }
        #expect(files["run.sh"]?.hasPrefix("700 ") == true)
        #expect(files["sub/b.txt"]?.hasPrefix("755 ") == true)
        #expect(files["gone"] == nil && files["link"] == "link sub/b.txt")
        #expect(!files.keys.contains { $0.contains(".teamfix") })
    }

    @Test(
        "refuses everything, and names the file, when one isn't what the change was made for",
        arguments: [
            "a.txt", "sub/b.txt", "gone/c.txt", "new/d.txt", "run.sh", "link", "untracked.txt",
        ])
    func refuses(_ path: String) async throws {
        let given = try await prepared()
        if path == "link" { try given.scratch.remove("link") }
        try given.scratch.write(path, "edited since\n")
        let before = try ScratchRepository.contents(of: given.scratch.path) { $0.hasPrefix(".git/objects") }
        #expect(try await given.repository.conflicts(applying: given.old, to: given.new).map(\.path) == [path])
        let error = try await gitError { _ = try await given.repository.apply(from: given.old, to: given.new) }
        #expect(error.code == .modified && error.message.contains(path))
        #expect(try ScratchRepository.contents(of: given.scratch.path) { $0.hasPrefix(".git/objects") } == before)
    }

    @Test("refuses files that are gone, have another mode, or lie behind a link")
    func otherKinds() async throws {
        let given = try await prepared()
        try given.scratch.remove("a.txt")
        try given.scratch.write("run.sh", "old\n")
        try FileManager.default.moveItem(atPath: given.scratch.path + "/sub", toPath: given.scratch.base + "/elsewhere")
        try given.scratch.link("sub", to: "../elsewhere")
        let found = try await given.repository.conflicts(applying: given.old, to: given.new)
        #expect(found.map(\.path).sorted() == ["a.txt", "run.sh", "sub/b.txt"])
        #expect(found.allSatisfy { !$0.reason.isEmpty })
    }

    @Test("puts everything back when a write fails")
    func rollsBack() async throws {
        let given = try await prepared()
        // A folder in the place of the temporary file makes the write of one file fail, after others succeeded.
        let blocker = given.scratch.path + "/sub/.teamfix-\(getpid()).new"
        try FileManager.default.createDirectory(atPath: blocker + "/x", withIntermediateDirectories: true)
        let before = try ScratchRepository.contents(of: given.scratch.path) { $0.hasPrefix(".git/objects") }
        let error = try await gitError { _ = try await given.repository.apply(from: given.old, to: given.new) }
        #expect(error.message.contains("Everything was put back."))
        let after = try ScratchRepository.contents(of: given.scratch.path) { $0.hasPrefix(".git/objects") }
        #expect(after == before)
    }

    @Test("writes line endings as the work tree has them")
    func lineEndings() async throws {
        let scratch = try ScratchRepository()
        try scratch.write(".gitattributes", "*.txt text eol=crlf\n")
        try scratch.write("a.txt", "one\r\ntwo\r\n")
        try scratch.commit()
        let repository = try scratch.open()
        let old = try await repository.tree(of: "HEAD")
        #expect(try await repository.readBlob(path: "a.txt", in: old) == Array("one\ntwo\n".utf8))
        let new = try await repository.writeTree(base: old, edits: ["a.txt": .write(Array("one\n2\n".utf8))])
        _ = try await repository.apply(from: old, to: new)
        #expect(try scratch.read("a.txt") == "one\r\n2\r\n")
    }
}
