import TestSupport
import Testing

@testable import Workflows

@Suite("Taking a change back", .timeLimit(.minutes(1)))
struct FixRevertTests {
    private static let good = "def total(items):\n    return sum(items)\n"
    private static let feature = """
        def total(items, rates):
            result = 0
            for item, rate in zip(items, rates):
                result += item * rate * 2
            return result

        """
    private static let command = "python3 -B test_cart.py"

    private func repository(isCommitted: Bool = true) throws -> ScratchRepository {
        let repository = try ScratchRepository()
        try repository.write("cart.py", Self.good)
        try repository.write("notes.txt", "one\n")
        try repository.write("test_cart.py", "from cart import total\n\nassert total([1, 2]) == 3, total([1, 2])\n")
        try repository.commit("Begin")
        try repository.write("cart.py", Self.feature)
        try repository.write("notes.txt", "two\n")
        if isCommitted { try repository.commit("Add rates") }
        return repository
    }

    private func request(allowsRevert: Bool) -> FixRequest {
        FixRequest(command: Self.command, gate: GateRules(allowsRevert: allowsRevert), buildTimeout: 30)
    }

    @Test(arguments: [true, false])
    func `where it is asked for, the change is reverted last, and called that`(isCommitted: Bool) async throws {
        let repository = try repository(isCommitted: isCommitted)
        let before = try Untouched(repository)
        let report = try await Journey(repository).fix(request(allowsRevert: true))
        #expect(report.outcome == .fixed, "\(report.reason)")
        let branch = try #require(report.branch)
        #expect(try repository.git("log", "-1", "--format=%s", branch).hasPrefix("Revert the change"))
        #expect(try repository.git("show", branch + ":cart.py") + "\n" == Self.good)
        // What has nothing to do with it stays.
        #expect(try repository.git("show", branch + ":notes.txt") == "two")
        #expect(try Untouched(repository).differences(from: before).isEmpty)
    }

    @Test func `without being asked for, neither teamfix nor a model takes the change back`() async throws {
        let repository = try repository()
        var journey = Journey(repository)
        journey.candidates = 1
        let report = try await SimulatedOllama.run(reply: { _ in .text("```python\n\(Self.good)```\n") }) {
            [journey] server in
            try await journey.fix(request(allowsRevert: false), [server.member("one")])
        }
        #expect(report.outcome == .notFixed)
        #expect(
            journey.log.verdicts.contains { $0.result == .refused && $0.reason.contains("merely undoes the change") },
            "\(journey.log.verdicts)")
        #expect(!journey.log.verdicts.contains { $0.source == "revert" })
    }

    @Test func `a model's mending of a slip that the last commit made is no undo`() async throws {
        let repository = try ScratchRepository()
        try repository.write("cart.py", Self.good)
        try repository.write("test_cart.py", "from cart import total\n\nassert total([1, 2]) == 3, total([1, 2])\n")
        try repository.commit("Begin")
        try repository.write("cart.py", Self.good.replacing("sum(items)", with: "max(items)"))
        try repository.commit("Slip")
        let journey = Journey(repository)
        let report = try await SimulatedOllama.run(reply: { _ in .text("```python\n\(Self.good)```\n") }) { server in
            try await journey.fix(request(allowsRevert: false), [server.member("one")])
        }
        #expect(report.outcome == .fixed, "\(journey.log.verdicts)")
    }

    @Test func `a fix that a model finds comes before taking anything back`() async throws {
        let repository = try repository()
        let mended = Self.feature.replacing("items, rates):\n    r", with: "items, rates=(1, 1)):\n    r").replacing(
            " * 2", with: "")
        let journey = Journey(repository)
        let report = try await SimulatedOllama.run(reply: { _ in .text("```python\n\(mended)```\n") }) { server in
            try await journey.fix(request(allowsRevert: true), [server.member("one")])
        }
        #expect(report.outcome == .fixed, "\(report.reason)")
        #expect(!journey.log.verdicts.contains { $0.source == "revert" }, "\(journey.log.verdicts)")
        #expect(try repository.git("show", try #require(report.branch) + ":cart.py") + "\n" == mended)
    }
}
