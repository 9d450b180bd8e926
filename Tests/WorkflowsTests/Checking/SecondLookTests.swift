import Events
import Inference
import Orchestration
import Specialists
import Synchronization
import TestSupport
import Testing

@testable import Workflows

@Suite("A second look counts where the answer doesn't hang on the order", .timeLimit(.minutes(1)))
struct SecondLookTests {
    private static func finding(_ number: Int, _ message: String) -> Finding {
        Finding(file: "a.c", line: number, severity: .error, message: message, evidence: "line \(number);")
    }

    /// A model that knows which claims are true.
    private static func knowing(_ truths: [String]) -> SimulatedOllama.Reply {
        { request in
            let first = request.prompt.split(separator: "\n").first { $0.hasPrefix("A: ") } ?? ""
            let isClaimFirst = !first.contains("is right as it is")
            let isTrue = truths.contains { request.prompt.contains($0) }
            return .text(isClaimFirst == isTrue ? "A" : "B.")
        }
    }

    private func look(
        at findings: [Finding], left: Double? = nil, models: Set<String> = [], reply: @escaping SimulatedOllama.Reply
    ) async throws -> (report: SecondLook.Report, requests: [SimulatedRequest]) {
        try await SimulatedOllama.run(reply: reply) { server in
            let look = SecondLook(
                orchestrator: Journey.team([server.member("one")], RunLog(run: "test")),
                shown: { "Changes of \($0):\n1 |+line 1;" }, models: { _ in models })
            return (try await look.look(at: findings, left: left, answerTime: 0), server.chats)
        }
    }

    @Test func `what is affirmed in both orders, refuted in both, or neither`() async throws {
        let (report, requests) = try await look(
            at: [Self.finding(1, "It never ends."), Self.finding(2, "It leaks."), Self.finding(3, "Who knows?")]
        ) { request in
            request.prompt.contains("Who knows?") ? .text("A") : try await Self.knowing(["It never ends."])(request)
        }
        #expect(report.outcomes == [0: .affirmed, 1: .refuted, 2: .undecided])
        #expect(report.problem == nil && requests.count == 6)
        #expect(requests.allSatisfy { $0.prompt.contains("Changes of a.c:") })
        #expect(requests.allSatisfy { ($0.json["options"] as? [String: Any])?["temperature"] as? Double == 0 })
    }

    @Test func `a model that chooses by place is given up after two findings`() async throws {
        let (report, requests) = try await look(at: (1...8).map { Self.finding($0, "Claim \($0).") }) { _ in .text("A")
        }
        #expect(Set(report.outcomes.values) == [.undecided])
        #expect(requests.count < 8)
        #expect(report.problem?.contains("by their place") == true)
    }

    @Test func `eight findings are looked at, two questions each`() async throws {
        let (report, requests) = try await look(
            at: (1...12).map { Self.finding($0, "Claim \($0).") }, reply: Self.knowing([]))
        #expect(requests.count == 16)
        #expect(report.outcomes.count == 8 && Set(report.outcomes.values) == [.refuted])
    }

    @Test func `without time nothing is asked, and what isn't answered in time decides nothing`() async throws {
        let late = try await look(at: [Self.finding(1, "It leaks.")], left: 0.5, reply: Self.knowing([]))
        #expect(late.requests.isEmpty && late.report.outcomes.isEmpty && late.report.problem != nil)
        let slow = try await look(at: [Self.finding(1, "It leaks.")], left: 1) { _ in
            .text("A").with { $0.firstTokenDelay = .seconds(30) }
        }
        #expect(slow.report.outcomes == [0: .undecided])
        #expect(slow.report.problem?.contains("weren't answered") == true)
    }

    @Test func `another model is asked where there is one`() async throws {
        let models = [SimulatedModel("qwen2.5-coder:7b"), SimulatedModel("llama3.1:8b")]
        let asked = try await SimulatedOllama.run(models: models, reply: Self.knowing([])) { server in
            var other = server.member("two")
            other.model = "llama3.1:8b"
            let look = SecondLook(
                orchestrator: Journey.team([server.member("one"), other], RunLog(run: "test")),
                shown: { _ in "" }, models: { _ in ["qwen2.5-coder:7b"] })
            _ = try await look.look(at: [Self.finding(1, "It leaks.")], left: nil, answerTime: 0)
            return server.chats.map(\.model)
        }
        #expect(asked == ["llama3.1:8b", "llama3.1:8b"])
    }

    @Test(
        arguments: [
            ("A", true, true), ("B", true, false), ("A.", false, false), ("The answer is B: it leaks", false, true),
            ("Both are wrong", true, nil), ("", true, nil), ("a", true, nil),
        ] as [(String, Bool, Bool?)])
    func `which statement an answer chooses`(answer: String, isClaimFirst: Bool, chosen: Bool?) {
        #expect(SecondLook.choosesClaim(answer, isClaimFirst: isClaimFirst) == chosen)
    }
}
