import Events
import Foundation
import Inference
import Orchestration
import Synchronization
import Testing

/// A cache in memory, which counts.
final class MemoryCache: AnswerCache {
    private struct State {
        var answers: [AnswerKey: Answer] = [:]
        var hits = 0
        var misses = 0
    }

    private let state = Mutex(State())

    var count: Int { state.withLock { $0.answers.count } }
    var hits: Int { state.withLock { $0.hits } }
    var misses: Int { state.withLock { $0.misses } }
    var kept: [Answer] { state.withLock { Array($0.answers.values) } }

    func answer(for key: AnswerKey) async -> Answer? {
        state.withLock { state in
            let answer = state.answers[key]
            if answer == nil { state.misses += 1 } else { state.hits += 1 }
            return answer
        }
    }

    func keep(_ answer: Answer, for key: AnswerKey) async { state.withLock { $0.answers[key] = answer } }
}

@Suite(.timeLimit(.minutes(1))) struct RecallTests {
    private func orchestrator(
        _ endpoints: [ScriptedServer], cache: MemoryCache, slots: Int = 1, models: [String] = [],
        log: RunLog = RunLog(run: "r")
    ) -> TeamOrchestrator {
        var servers = Sample.servers(endpoints, slots: slots)
        for index in servers.indices {
            servers[index].model = index < models.count ? models[index] : "m"
            servers[index].digest = "digest of \(servers[index].model)"
        }
        return TeamOrchestrator(
            servers: servers, team: Sample.team, options: OrchestratorOptions(seed: 1, cache: cache), log: log)
    }

    @Test func `a second identical plan asks no server, and its results are equal`() async throws {
        let cache = MemoryCache()
        let plan = Sample.plan([
            Sample.task("a"), Sample.task("b"), Sample.task("c", after: ["a", "b"], by: "Integrator"),
        ])
        let (one, log) = (ScriptedServer("s"), RunLog(run: "2"))
        let first = try await orchestrator([one], cache: cache).execute(plan)
        #expect(one.requests.count == 3)
        let second = try await orchestrator([one], cache: cache, log: log).execute(plan)
        #expect(one.requests.count == 3)
        #expect(second.results.map(\.answer) == first.results.map(\.answer))
        #expect(second.results.map(\.outcome) == first.results.map(\.outcome))
        #expect(second.synthesis.text == first.synthesis.text)
        #expect(cache.hits == 3)
        for record in log.records {
            guard case .taskFinished(let end) = record.event else { continue }
            #expect(end.cached && end.serviceTime == 0 && end.answerTokens == nil)
        }
        #expect(second.statistics.cached == 3 && second.statistics.successful == 3)
        #expect(second.statistics.sequentialDuration == 0)
        #expect(second.statistics.parallelEfficiency == nil && second.statistics.boundRatio == nil)
        #expect(second.statistics.servers.map(\.attempts) == [0])
        #expect(first.statistics.cached == 0)
    }

    @Test func `results come from the models that gave them, wherever the second run places the tasks`() async throws {
        let cache = MemoryCache()
        let plan = Sample.plan((1...6).map { Sample.task("t\($0)") })
        let both = Latch()
        let started = Mutex(0)
        // Neither answers before the other has a task, so that each model does some.
        let reply: @Sendable (ScriptedServer.Request) async throws -> String = { request in
            if started.withLock({ count in
                count += 1
                return count
            }) == 2 {
                both.open()
            }
            try await both.wait()
            return "\(request.prompt.model) says \(request.number)"
        }
        let (a, b) = (ScriptedServer("a", reply: reply), ScriptedServer("b", reply: reply))
        let first = try await orchestrator([a, b], cache: cache, models: ["small", "large"]).execute(plan)
        #expect(Set(first.results.map(\.model)) == ["small", "large"])
        let second = try await orchestrator([a, b], cache: cache, models: ["small", "large"]).execute(plan)
        #expect(a.requests.count + b.requests.count == 6)
        #expect(second.results.map(\.text) == first.results.map(\.text))
        #expect(second.results.map(\.model) == first.results.map(\.model))
        #expect(second.results.map(\.server) == first.results.map(\.server))
    }

    @Test func `a task that is pinned to a server takes no other one's answer`() async throws {
        let cache = MemoryCache()
        let (a, b) = (ScriptedServer("a"), ScriptedServer("b"))
        let team = orchestrator([a, b], cache: cache, models: ["small", "large"])
        _ = try await team.execute(Sample.plan([Sample.task("t", on: "a")]))
        let result = try await team.execute(Sample.plan([Sample.task("t", on: "b")]))
        #expect(b.requests.count == 1)
        #expect(result.results.first?.model == "large")
    }

    @Test func `tasks that ask the same for several answers get several, and the same ones again`() async throws {
        let cache = MemoryCache()
        let plan = Sample.plan((1...3).map { Sample.task("expert\($0)", text: "yes or no?") })
        let server = ScriptedServer("s")
        let first = try await orchestrator([server], cache: cache).execute(plan)
        #expect(server.requests.count == 3)
        #expect(Set(first.results.map(\.text)).count == 3)
        let second = try await orchestrator([server], cache: cache, slots: 3).execute(plan)
        #expect(server.requests.count == 3)
        #expect(second.results.map(\.text) == first.results.map(\.text))
    }

    @Test func `a failed attempt is no answer: the next run asks again`() async throws {
        let cache = MemoryCache()
        let isBroken = Mutex(true)
        let server = ScriptedServer("s") { request in
            if isBroken.withLock({ $0 }) { throw InferenceError(.badRequest, server: "s", message: "nonsense") }
            return "now it works"
        }
        let plan = Sample.plan([Sample.task("t")])
        _ = try await orchestrator([server], cache: cache).execute(plan)
        #expect(cache.count == 0)
        isBroken.withLock { $0 = false }
        let second = try await orchestrator([server], cache: cache).execute(plan)
        #expect(second.results.first?.text == "now it works")
        #expect(cache.count == 1)
    }

    @Test(arguments: [1, 2, 4])
    func `a plan that its judge ended early ends again without a request`(slots: Int) async throws {
        let cache = MemoryCache()
        let stuck = Latch()
        // Without the latch's opening the last tasks never end: the judge ends the plan before.
        let server = ScriptedServer("s") { request in
            if request.text.contains("do late") { try await stuck.wait() }
            return "answer to \(request.text.suffix(6))"
        }
        let plan = Sample.plan(["early1", "early2", "late1", "late2", "late3"].map { Sample.task($0) })
        let firstRun = Latch()
        let judge: @Sendable (TaskResult) async -> Judgement = { result in
            // A build takes its time: long enough for whatever waits for a slot to get one.
            for _ in 0..<200 { await Task.yield() }
            if result.task.id == "early1" { firstRun.open() }
            guard result.task.id == "early2" else { return .goOn }
            // The first run keeps both answers: neither is too late.
            try? await firstRun.wait()
            return .settled("it passed")
        }
        let first = try await orchestrator([server], cache: cache, slots: slots).execute(plan, judge: judge)
        #expect(first.early != nil)
        let asked = server.requests.count
        for _ in 0..<5 {
            let second = try await orchestrator([server], cache: cache, slots: slots).execute(plan, judge: judge)
            #expect(second.early != nil)
            #expect(second.results.map(\.text) == first.results.map(\.text))
        }
        #expect(server.requests.count == asked)
    }

    @Test func `what is held back is asked once the judge doesn't end the plan`() async throws {
        let cache = MemoryCache()
        let server = ScriptedServer("s") { "answer to \($0.text.suffix(4))" }
        _ = try await orchestrator([server], cache: cache).execute(Sample.plan([Sample.task("one")]))
        let judged = Mutex(0)
        let result = try await orchestrator([server], cache: cache, slots: 2).execute(
            Sample.plan([Sample.task("one"), Sample.task("two")])
        ) { result in
            for _ in 0..<100 { await Task.yield() }
            judged.withLock { $0 += 1 }
            return .goOn
        }
        #expect(result.success)
        #expect(judged.withLock { $0 } == 2)
        #expect(server.requests.map { String($0.text.suffix(3)) } == ["one", "two"])
    }

    @Test func `a run that is cancelled while a request is held back ends, and asks nothing`() async throws {
        let cache = MemoryCache()
        let server = ScriptedServer("s")
        _ = try await orchestrator([server], cache: cache).execute(Sample.plan([Sample.task("one")]))
        let (judging, isJudging) = AsyncStream<Void>.makeStream()
        let never = Latch()
        let team = orchestrator([server], cache: cache, slots: 2)
        let result = try await withThrowingTaskGroup(of: OrchestrationResult?.self) { group in
            group.addTask {
                try await team.execute(Sample.plan([Sample.task("one"), Sample.task("two")])) { _ in
                    isJudging.finish()
                    try? await never.wait()
                    return .goOn
                }
            }
            for await _ in judging {}
            group.cancelAll()
            return try await group.next() ?? nil
        }
        #expect(try #require(result).results.last?.outcome == .cancelled)
        #expect(server.requests.count == 1)
    }
}

@Suite struct AnswerKeyTests {
    private static let server = TeamServer(
        endpoint: ScriptedServer("s"), model: "m", url: "http://gpu:11434", digest: "d1")
    private static let prompt = Prompt(
        model: "m", messages: [.init(.system, "be brief"), .init(.user, "why?")], contextLength: 4096, maxTokens: 100,
        temperature: 0.5, seed: 7, stop: ["END"], schema: "{}")

    /// Everything that decides about an answer, changed one at a time.
    private static let changes: [@Sendable (inout Prompt, inout TeamServer) -> Void] = [
        { prompt, _ in prompt.model = "n" },
        { prompt, _ in prompt.messages[0].content = "be long" },
        { prompt, _ in prompt.messages[1].role = .assistant },
        { prompt, _ in prompt.messages.append(.init(.user, "")) },
        { prompt, _ in prompt.contextLength = 8192 },
        { prompt, _ in prompt.maxTokens = 101 },
        { prompt, _ in prompt.temperature = 0.6 },
        { prompt, _ in prompt.seed = 8 },
        { prompt, _ in prompt.seed = nil },
        { prompt, _ in prompt.stop = [] },
        { prompt, _ in prompt.schema = nil },
        { prompt, _ in prompt.maxAnswerBytes = 10 },
        { _, server in server.digest = "d2" },
        { _, server in server.digest = nil },
    ]

    @Test func `whatever decides about an answer makes another key`() throws {
        var keys: Set<AnswerKey> = []
        keys.insert(try #require(AnswerKey(Self.prompt, server: Self.server)))
        keys.insert(try #require(AnswerKey(Self.prompt, server: Self.server, sample: 1)))
        for change in Self.changes {
            var (prompt, server) = (Self.prompt, Self.server)
            change(&prompt, &server)
            keys.insert(try #require(AnswerKey(prompt, server: server)))
        }
        #expect(keys.count == Self.changes.count + 2)
    }

    @Test func `every part of a prompt is in the key but for deadlines and how long the model stays loaded`() throws {
        let key = try #require(AnswerKey(Self.prompt, server: Self.server))
        let object = try #require(try JSONSerialization.jsonObject(with: Data(key.canonical)) as? [String: Any])
        let prompt = try #require(object["prompt"] as? [String: Any])
        // A part that is added to prompts is in the key by itself; this count reminds whoever adds one to think of it.
        #expect(Set(prompt.keys) == Set(Mirror(reflecting: Self.prompt).children.compactMap(\.label)))
    }

    @Test func `deadlines, places and names of servers with one model content make no other key`() throws {
        var (prompt, server) = (Self.prompt, Self.server)
        prompt.timeouts.total = .seconds(1)
        prompt.keepAlive = 5
        server.endpoint = ScriptedServer("another")
        server.url = "http://cpu:11434"
        server.slots = 9
        #expect(AnswerKey(prompt, server: server) == AnswerKey(Self.prompt, server: Self.server))
    }

    @Test func `without a digest the key is the server's, and says that it isn't the content's`() throws {
        var (one, other) = (Self.server, Self.server)
        one.digest = nil
        other.digest = ""
        let key = try #require(AnswerKey(Self.prompt, server: one))
        #expect(!key.isByContent)
        #expect(key == AnswerKey(Self.prompt, server: other))
        other.url = "http://cpu:11434"
        #expect(key != AnswerKey(Self.prompt, server: other))
        #expect(try #require(AnswerKey(Self.prompt, server: Self.server)).isByContent)
    }

    @Test func `a prompt that has no JSON form has no key`() {
        var prompt = Self.prompt
        prompt.temperature = .nan
        #expect(AnswerKey(prompt, server: Self.server) == nil)
    }
}
