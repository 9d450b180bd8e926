import Foundation
import TestSupport
import Testing

@testable import Workflows

@Suite("Whatever happens, what belongs to the user stays byte for byte", .timeLimit(.minutes(1)))
struct FixUntouchedTests {
    /// A repository with something of everything: staged, unstaged and untracked changes, a stash, tags, a note, settings.
    private func repository() throws -> ScratchRepository {
        let repository = try ScratchRepository()
        try repository.write(".gitignore", "ignored/\n")
        try repository.write("main.c", "int main(void) {\n    return 1;\n}\n")
        try repository.write("other.txt", "one\n")
        try repository.commit()
        try repository.write("other.txt", "stashed\n")
        try repository.git("stash")
        try repository.git("tag", "v1")
        try repository.git("notes", "add", "-m", "a note")
        try repository.git("branch", "topic")
        try repository.git("config", "custom.setting", "yes")
        try repository.write("main.c", "int main(void) {\n    return 0\n}\n")
        try repository.write("other.txt", "staged\n")
        try repository.git("add", "other.txt")
        try repository.write("other.txt", "changed again\n")
        try repository.write("untracked.txt", "new\n")
        try repository.write("ignored/cache", "x\n")
        try repository.link("link", to: "main.c")
        return repository
    }

    private func check(_ repository: ScratchRepository, since before: Untouched, _ status: String) throws {
        #expect(try Untouched(repository).differences(from: before).isEmpty)
        #expect(try repository.git("status", "--porcelain=v2", "--branch") == status)
        try repository.git("fsck", "--strict")
        #expect(try repository.git("stash", "list").hasPrefix("stash@{0}"))
    }

    @Test(arguments: [("gcc -o out main.c", FixReport.Outcome.fixed), ("gcc -o out main.c; exit 7", .notFixed)])
    func `after success and after failure`(command: String, outcome: FixReport.Outcome) async throws {
        let repository = try repository()
        let status = try repository.git("status", "--porcelain=v2", "--branch")
        let before = try Untouched(repository)
        let journey = Journey(repository)
        let report = try await journey.fix(command)
        #expect(report.outcome == outcome, "\(report.reason)")
        try check(repository, since: before, status)
        #expect(journey.leftBehind.isEmpty)
    }

    @Test func `after a cancellation in the middle of a build, whose processes are gone`() async throws {
        let repository = try repository()
        let status = try repository.git("status", "--porcelain=v2", "--branch")
        let before = try Untouched(repository)
        let life = try LifeSign(at: repository.base + "/life")
        let journey = Journey(repository)
        let run = Task { try await journey.fix("exec 9>\(life.path); echo go >&9; sleep 1000") }
        // The build tells that it runs.
        #expect(await life.begins())
        run.cancel()
        await #expect(throws: CancellationError.self) { try await run.value }
        #expect(life.ends())
        try check(repository, since: before, status)
        #expect(try repository.git("for-each-ref", "refs/heads/teamfix") == "")
        #expect(journey.leftBehind.isEmpty)
    }

    @Test func `a second run with the same name gets a branch of its own`() async throws {
        let repository = try repository()
        var request = FixRequest(command: "gcc -o out main.c")
        request.branch = "mine"
        let first = try await Journey(repository).fix(request)
        let second = try await Journey(repository).fix(request)
        #expect(first.branch == "teamfix/mine")
        #expect(second.branch != nil && second.branch != first.branch)
        #expect(try repository.git("rev-parse", "teamfix/mine") == first.commit)
    }
}
