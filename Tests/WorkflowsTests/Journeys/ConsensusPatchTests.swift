import Events
import Foundation
import Orchestration
import TestSupport
import Testing

@testable import Workflows

@Suite("Experts' patches are verified before their votes count", .timeLimit(.minutes(2)))
struct ConsensusPatchTests {
    private static let wrong =
        "def total(items):\n    result = 1\n    for item in items:\n        result += item\n    return result\n"
    private static let right = wrong.replacing("result = 1", with: "result = 0")
    private static let longer = wrong.replacing("result = 1", with: "result = 1\n    result -= 1")
    private static let bad = wrong.replacing("result = 1", with: "result = 2")
    private static let cheat = "import sys\nsys.exit(0)\n" + wrong

    private func repository() throws -> ScratchRepository {
        let repository = try ScratchRepository()
        try repository.write("cart.py", Self.wrong)
        try repository.write("test_cart.py", "from cart import total\n\nassert total([1, 2]) == 3, total([1, 2])\n")
        try repository.commit()
        return repository
    }

    private func propose(
        _ repository: ScratchRepository, experts: Int = 3, command: String = "python3 -B test_cart.py",
        ranks: Bool = false, reply: @escaping SimulatedOllama.Reply
    ) async throws -> (outcome: ConsensusPatch.Outcome, journey: Journey, prompts: [String]) {
        let journey = Journey(repository)
        return try await SimulatedOllama.run(reply: reply) { server in
            let team = Journey.team([server.member("one")], journey.log)
            var options = Consensus.Options()
            options.ranks = ranks
            let outcome = try await ConsensusPatch(
                question: "Why is the sum wrong?", place: try await journey.place(),
                request: FixRequest(command: command, buildTimeout: 30),
                panel: Panel(experts: experts, team: team.team),
                options: options, orchestrator: team
            ) { _ in "Statistics: some" }.run()
            return (outcome, journey, server.chats.map(\.prompt))
        }
    }

    private static func code(_ texts: [String]) -> SimulatedOllama.Reply {
        { request in
            let seed = request.options["seed"] as? Int ?? 1
            return .text("```python\n\(texts[(seed - 1) % texts.count])```\n")
        }
    }

    @Test func `the one that passes wins against two that don't`() async throws {
        let repository = try repository()
        let before = try Untouched(repository)
        let (outcome, journey, prompts) = try await propose(
            repository, reply: Self.code([Self.bad, Self.bad, Self.right]))
        #expect(outcome.fix.outcome == .fixed, "\(outcome.fix.reason)")
        let branch = try #require(outcome.fix.branch)
        #expect(try repository.git("show", branch + ":cart.py") + "\n" == Self.right)
        #expect(try repository.git("diff", "--name-only", "main", branch) == "cart.py")
        #expect(try repository.git("log", "-1", "--format=%B", branch).contains("Verified in a fresh checkout"))
        let report = outcome.report
        #expect(report.groups.first?.isVerified == true && report.groups.first?.experts == ["Expert C"])
        #expect(abs(report.agreement - 1.0 / 3) < 1e-9)
        #expect(report.losing.first?.experts == ["Expert A", "Expert B"] && report.losing.first?.isVerified == false)
        #expect(report.confidence.evidence == .verified)
        #expect(report.patched?.branch == branch && report.patched?.patch.contains("result = 0") == true)
        #expect(prompts.allSatisfy { $0.contains("Why is the sum wrong?") })
        #expect(try Untouched(repository).differences(from: before).isEmpty)
        #expect(journey.leftBehind.isEmpty)
        // What two propose is tried once.
        #expect(journey.log.verdicts.count == 2)
    }

    @Test func `votes decide between patches that pass`() async throws {
        let repository = try repository()
        let (outcome, _, _) = try await propose(
            repository, reply: Self.code([Self.right, Self.longer, Self.longer]))
        #expect(outcome.fix.outcome == .fixed, "\(outcome.fix.reason)")
        #expect(try repository.git("show", (outcome.fix.branch ?? "") + ":cart.py") + "\n" == Self.longer)
        #expect(outcome.report.groups.map(\.experts) == [["Expert B", "Expert C"], ["Expert A"]])
    }

    @Test func `a blind ranking chooses between patches that pass`() async throws {
        let repository = try repository()
        let (outcome, _, _) = try await propose(
            repository, experts: 4, ranks: true,
            reply: { request in
                guard request.prompt.contains("Rank them") else {
                    return try await Self.code([Self.right, Self.right, Self.longer, Self.longer])(request)
                }
                let shown = request.prompt.components(separatedBy: "Several answers were given").last ?? ""
                let isFirst =
                    (shown.range(of: "result = 0")?.lowerBound ?? shown.endIndex)
                    < (shown.range(of: "result -= 1")?.lowerBound ?? shown.endIndex)
                return .text("ANSWER: \(isFirst ? "A B" : "B A")")
            })
        #expect(outcome.fix.outcome == .fixed, "\(outcome.fix.reason)")
        #expect(
            try repository.git("show", (outcome.fix.branch ?? "") + ":cart.py") + "\n" == Self.right,
            "though it is the larger change")
        #expect(outcome.report.groups.map(\.rank) == [1, 0])
    }

    @Test func `a cheat that everybody votes for is refused`() async throws {
        let repository = try repository()
        let (outcome, journey, _) = try await propose(repository, reply: Self.code([Self.cheat]))
        #expect(outcome.fix.outcome == .notFixed)
        #expect(outcome.report.groups.allSatisfy { $0.isVerified == false })
        #expect(outcome.report.opinions.allSatisfy { !$0.agrees } && outcome.report.agreement == 0)
        #expect(journey.log.verdicts.contains { $0.result == .refused })
        #expect(try repository.git("for-each-ref", "refs/heads/teamfix/").isEmpty)
    }

    @Test func `when nobody can outvote a verified patch any more the rest isn't waited for`() async throws {
        let repository = try repository()
        let (outcome, _, _) = try await propose(
            repository, experts: 5,
            reply: { request in
                (request.options["seed"] as? Int ?? 1) > 3
                    ? .fault(.stall(after: 1)) : .text("```python\n\(Self.right)```\n")
            })
        #expect(outcome.fix.outcome == .fixed)
        #expect(outcome.report.unheard.count == 2 && outcome.report.missing.isEmpty)
    }

    @Test func `replies without a patch are told`() async throws {
        let repository = try repository()
        let (outcome, _, _) = try await propose(repository, reply: { _ in .text("I can't see it.") })
        #expect(outcome.fix.outcome == .notFixed && outcome.report.groups.isEmpty)
        #expect(outcome.report.missing.count == 3)
        #expect(outcome.report.missing.allSatisfy { $0.hasSuffix("no patch: it has no code") })
    }

    @Test func `a command that passes needs no patch, and one that can't run is said so`() async throws {
        let repository = try repository()
        let (green, _, asked) = try await propose(repository, command: "true", reply: Self.code([Self.right]))
        #expect(green.fix.outcome == .alreadyGreen && asked.isEmpty)
        let (missing, _, _) = try await propose(repository, command: "no-such-tool", reply: Self.code([Self.right]))
        #expect(missing.fix.outcome == .notReproducible && missing.fix.branch == nil)
    }
}
