import Events
import Inference
import Synchronization
import Testing

@testable import Orchestration

@Suite("What is kept out of prompts", .timeLimit(.minutes(1)))
struct PromptScreenTests {
    private static let screen = PromptScreen { texts in
        let hidden = texts.joined().contains("S3CRET") ? 1 : 0
        return .init(texts: texts.map { $0.replacing("S3CRET", with: "HIDDEN") }, hidden: hidden) {
            $0.replacing("HIDDEN", with: "S3CRET")
        }
    }

    private func orchestrator(_ server: ScriptedServer, cache: MemoryCache? = nil) -> TeamOrchestrator {
        var servers = Sample.servers([server])
        servers[0].digest = "d"
        var options = OrchestratorOptions(seed: 1, cache: cache)
        options.screen = Self.screen
        let team = Sample.team.map { role in
            var role = role
            role.instructions += " Mind S3CRET."
            return role
        }
        return TeamOrchestrator(servers: servers, team: team, options: options, log: RunLog(run: "r"))
    }

    private static let plan: OrchestrationPlan = {
        var shared = Sample.task("a", text: "tell S3CRET")
        shared.input.shared = "the material S3CRET"
        let own = TeamTask(
            id: "b", specialist: "Verbatim",
            input: TaskInput(
                title: "S3CRET", prompt: [.init(.system, "S3CRET"), .init(.user, "read {{results}} and S3CRET")],
                schema: "{\"const\":\"S3CRET\"}"),
            dependencies: ["a"])
        return Sample.plan(
            [shared, own, Sample.task("c", after: ["a", "b"], by: "Integrator")],
            synthesis: .custom(specialist: "Judge"))
    }()

    @Test func `no part of any prompt holds it, and answers get it back before anybody reads them`() async throws {
        let server = ScriptedServer("s") { "answer \($0.number) about \($0.prompt.messages.last?.content ?? "")" }
        let result = try await orchestrator(server).execute(Self.plan)
        #expect(server.requests.count == 4)
        for request in server.requests {
            #expect(request.prompt.messages.contains { $0.content.contains("HIDDEN") })
            #expect(!request.prompt.messages.contains { $0.content.contains("S3CRET") })
            #expect(request.prompt.schema?.contains("S3CRET") != true)
        }
        #expect(
            result.results.allSatisfy { $0.text?.contains("S3CRET") == true && $0.text?.contains("HIDDEN") == false })
        #expect(result.synthesis.text.contains("S3CRET"))
    }

    @Test func `kept answers hold none of it, and are found again`() async throws {
        let cache = MemoryCache()
        let server = ScriptedServer("s") { "about \($0.prompt.messages.last?.content ?? "")" }
        let first = try await orchestrator(server, cache: cache).execute(Self.plan)
        let asked = server.requests.count
        let second = try await orchestrator(server, cache: cache).execute(Self.plan)
        #expect(server.requests.count == asked)
        #expect(second.results.map(\.text) == first.results.map(\.text))
        #expect(cache.kept.allSatisfy { !$0.text.contains("S3CRET") && $0.text.contains("HIDDEN") })
    }

    @Test func `a planner that is a model is asked without it`() async {
        let server = ScriptedServer("s") { _ in "no plan" }
        let context = PlanContext(files: ["a.c"], kind: .failure, shared: "S3CRET", texts: ["a.c": "S3CRET"])
        _ = await orchestrator(server).plan("why S3CRET", context: context, planner: .model)
        #expect(!server.requests.isEmpty)
        #expect(!server.requests.contains { $0.prompt.messages.contains { $0.content.contains("S3CRET") } })
    }

    @Test func `what a plan would send can be seen without sending it`() async throws {
        let server = ScriptedServer("s")
        let seen = Mutex<[ExplainedPrompt]>([])
        var options = OrchestratorOptions(seed: 1)
        options.screen = Self.screen
        options.explain = { prompts in seen.withLock { $0 += prompts } }
        let orchestrator = TeamOrchestrator(
            servers: Sample.servers([server]), team: Sample.team, options: options, log: RunLog(run: "r"))
        await #expect(throws: PlanError.onlyExplained) { try await orchestrator.execute(Self.plan) }
        #expect(server.requests.isEmpty)
        let prompts = seen.withLock { $0 }
        #expect(prompts.map(\.task) == ["a", "b", "c"])
        // The last one has the title of a task whose result it reads.
        #expect(prompts.map(\.hidden) == [1, 1, 1])
        #expect(prompts[0].places.map(\.server) == ["s"])
        #expect(prompts[1].prompt.messages.last?.content.contains("[here stands the result of a]") == true)
        #expect(!prompts.contains { $0.prompt.messages.contains { $0.content.contains("S3CRET") } })
    }

    @Test func `a text is cut between its lines`() {
        let lines = (1...200).map { "line \($0) with words" }
        let cut = PromptBuilder.shortened(lines.joined(separator: "\n"), to: 1_000)
        #expect(cut.utf8.count <= 1_000)
        #expect(cut.split(separator: "\n").filter { !$0.hasPrefix("[…") }.allSatisfy { lines.contains(String($0)) })
        #expect(PromptBuilder.shortened(String(repeating: "x", count: 3_000), to: 1_000).utf8.count <= 1_000)
    }
}
