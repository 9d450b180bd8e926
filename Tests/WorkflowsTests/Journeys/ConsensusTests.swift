import Events
import Orchestration
import TestSupport
import Testing

@testable import Workflows

@Suite("A question gets one answer, with its dissent", .timeLimit(.minutes(1)))
struct ConsensusTests {
    @Test(arguments: [
        (["Yes, use it.", "Yes: it is faster.", "No, it leaks."], [[0, 1], [2]]),
        (
            ["Use a mutex around the cache", "Around the cache use a mutex", "Rewrite everything in another language"],
            [[0, 1], [2]]
        ),
        (["", "", "x y z"], [[0, 1], [2]]),
        (["no", "No.", "NO!"], [[0, 1, 2]]),
        ([], []),
    ])
    func `answers that say the same are one group`(answers: [String], groups: [[Int]]) {
        #expect(Consensus.groups(answers) == groups)
    }

    private func report(
        experts: Int = 3, _ first: @escaping SimulatedOllama.Reply, _ second: @escaping SimulatedOllama.Reply
    ) async throws -> (report: Consensus.Report?, asked: [Int]) {
        try await SimulatedOllama.run(reply: first) { one in
            try await SimulatedOllama.run(reply: second) { two in
                let team = Journey.team([one.member("one"), two.member("two")], RunLog(run: "test"))
                let report = try await Consensus(
                    question: "Is a mutex right here?", experts: experts, orchestrator: team
                ).run()
                return (report, [one.counts.asked, two.counts.asked])
            }
        }
    }

    @Test func `experts on both servers are asked, and a synthesizer reads them all`() async throws {
        let (report, asked) = try await report(
            { _ in .text("ANSWER: yes, a mutex is right\nREASONS:\n- it is short\nCONFIDENCE: 0.8") },
            { _ in .text("ANSWER: yes, a mutex is right\nREASONS:\n- it is simple\nCONFIDENCE: 0.6") })
        let result = try #require(report)
        #expect(result.agreement == 1)
        #expect(result.opinions.count == 3 && result.opinions.allSatisfy(\.agrees))
        #expect(Set(result.opinions.compactMap(\.server)) == ["one", "two"])
        #expect(result.opinions.compactMap(\.confidence).count == 3)
        // What they say of themselves counts for nothing; that all three agree makes 3 to 1.
        #expect(abs(result.confidence.value - 0.75) < 1e-9)
        #expect(result.isSynthesized && result.answer.contains("mutex"))
        #expect(result.missing.isEmpty)
        #expect(asked.reduce(0, +) == 4)
    }

    @Test func `who dissents is named`() async throws {
        let (report, _) = try await report(
            {
                $0.prompt.contains("ANSWER: no")
                    ? .text("ANSWER: no\nREASONS: two of three") : .text("ANSWER: yes, keep it")
            },
            { _ in .text("ANSWER: no, a lock-free queue fits better") })
        let result = try #require(report)
        let dissenters = result.opinions.filter { !$0.agrees }
        #expect(!dissenters.isEmpty && dissenters.count < result.opinions.count)
        #expect(result.agreement > 0.5 && result.agreement < 1)
        #expect(Set(dissenters.map { $0.answer.hasPrefix("yes") }).count == 1)
    }

    @Test func `a server that fails costs no answer while another one is there`() async throws {
        let (report, _) = try await report(
            { _ in .error(500, "model runner has unexpectedly stopped") }, { _ in .text("ANSWER: yes") })
        let result = try #require(report)
        #expect(result.opinions.count + result.missing.count == 3)
        #expect(!result.opinions.isEmpty && result.opinions.allSatisfy { $0.server == "two" })
        #expect(result.answer == "yes")
    }

    @Test func `without any answer there is no report`() async throws {
        let (report, _) = try await report(
            { _ in .error(404, "model not found") }, { _ in .error(404, "model not found") })
        #expect(report == nil)
    }
}
