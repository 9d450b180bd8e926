import Events
import Inference
import Orchestration
import Testing

@Suite(.timeLimit(.minutes(1))) struct OrchestratorTests {
    private func orchestrator(
        _ servers: [ScriptedServer], slots: Int = 1, _ options: OrchestratorOptions = .init(seed: 1),
        log: RunLog = RunLog(run: "r")
    ) -> TeamOrchestrator {
        TeamOrchestrator(servers: Sample.servers(servers, slots: slots), team: Sample.team, options: options, log: log)
    }

    @Test func `a plan's events come in order`() async throws {
        let log = RunLog(run: "r")
        let team = orchestrator([ScriptedServer("a")], log: log)
        let result = try await team.execute(Sample.plan([Sample.task("x"), Sample.task("y", after: ["x"])]))
        #expect(
            words(log.records) == [
                "joined a", "planned 2", "start x 1 a", "end x 1 succeeded", "start y 1 a", "end y 1 succeeded",
                "synthesized merge-all", "finished",
            ])
        #expect(result.success && result.early == nil)
        #expect(result.statistics == team.statistics)
        #expect(result.statistics.successful == 2)
        _ = try await team.execute(Sample.plan([Sample.task("z")]))
        #expect(team.statistics.tasks == 3)
        #expect(words(log.records).count { $0 == "joined a" } == 1)
    }

    @Test func `a task doesn't wait for the rest of a wave`() async throws {
        let slow = Latch()
        let a = ScriptedServer("a") { request in
            if request.text.contains("do slow") { try await slow.wait() }
            // `after` can only run while `slow` still does.
            if request.text.contains("do after") { slow.open() }
            return "ok"
        }
        let result = try await orchestrator([a], slots: 2).execute(
            Sample.plan([Sample.task("slow"), Sample.task("quick"), Sample.task("after", after: ["quick"])]))
        #expect(result.success)
    }

    @Test func `a task reads the results that it depends on, failures included`() async throws {
        let a = ScriptedServer("a") { request in
            if request.text.contains("do bad") { throw InferenceError(.badRequest, server: "a", message: "nonsense") }
            return "result \(request.number)"
        }
        _ = try await orchestrator([a]).execute(
            Sample.plan([
                Sample.task("good"), Sample.task("bad"), Sample.task("reader", after: ["good", "bad"]),
            ]))
        let last = try #require(a.requests.last)
        #expect(last.text.contains("result 1") || last.text.contains("result 2"))
        #expect(last.text.contains("brought no result: a: nonsense"))
    }

    @Test func `never more in flight than slots, also with two plans at once`() async throws {
        let both = Latch()
        let a = ScriptedServer("a") { request in
            if request.number == 2 { both.open() }
            try await both.wait()
            return "ok"
        }
        let team = orchestrator([a], slots: 2)
        let plans = ["p", "q"].map { name in Sample.plan((0..<10).map { Sample.task("\(name)\($0)") }) }
        let results = try await withThrowingTaskGroup(of: OrchestrationResult.self) { group in
            for plan in plans { group.addTask { try await team.execute(plan) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(results.map(\.success) == [true, true])
        #expect(a.mostInFlight == 2)
        #expect(a.requests.count == 20)
    }

    @Test func `a dead server's tasks finish on the other`() async throws {
        let failed = Latch()
        let a = ScriptedServer("a", isThere: { false }) { request in
            if request.number == 1 { return "ok" }
            failed.open()
            throw InferenceError(.unreachable, server: "a", message: "connection refused")
        }
        let b = ScriptedServer("b") { request in
            // The others are for it to finish, not to finish first.
            if request.number == 2 { try await failed.wait() }
            return "ok"
        }
        let log = RunLog(run: "r")
        let result = try await orchestrator([a, b], log: log).execute(
            Sample.plan((0..<8).map { Sample.task("t\($0)", retries: 0) }))
        #expect(result.success)
        #expect(a.requests.count == 2)
        #expect(result.statistics.failovers == 1)
        let words = words(log.records)
        let lost = try #require(words.firstIndex(of: "lost a"))
        #expect(words[lost - 1].hasSuffix("failed") && words[lost + 1].hasPrefix("moved"))
    }

    @Test func `a settled plan stops what runs`() async throws {
        let never = Latch()
        let a = ScriptedServer("a") { request in
            if request.text.contains("do first") { return "the answer" }
            try await never.wait()
            return "unreachable"
        }
        let log = RunLog(run: "r")
        var plan = Sample.plan([Sample.task("first"), Sample.task("second"), Sample.task("third")])
        plan.success = .verified
        let result = try await orchestrator([a], slots: 2, log: log).execute(plan) { result in
            result.text == "the answer" ? .settled("it builds") : .goOn
        }
        #expect(result.success)
        #expect(result.early == "it builds")
        #expect(result.results.map(\.succeeded) == [true, false, false])
        #expect(result.results[1].outcome == .cancelled && result.results[2].outcome == .cancelled)
        #expect(a.cancelled >= 1)
        #expect(words(log.records).contains("end second 1 cancelled"))
    }

    @Test func `the judge may add tasks`() async throws {
        let a = ScriptedServer("a")
        let result = try await orchestrator([a]).execute(Sample.plan([Sample.task("x")])) { result in
            result.task.id == "x"
                ? .add([Sample.task("more", after: ["x"]), Sample.task("last", after: ["more"])]) : .goOn
        }
        #expect(result.results.map(\.task.id) == ["x", "more", "last"])
        #expect(result.success)
        #expect(result.statistics.tasks == 3)
    }

    @Test func `tasks that can't be added are said, and the plan goes on`() async throws {
        let log = RunLog(run: "r")
        let result = try await orchestrator([ScriptedServer("a")], log: log).execute(Sample.plan([Sample.task("x")])) {
            _ in .add([Sample.task("more", after: ["nowhere"])])
        }
        #expect(result.success)
        #expect(words(log.records).count { $0.contains("nowhere") } == 1)
    }

    @Test func `cancelling ends the plan at once`() async throws {
        let started = Latch()
        let never = Latch()
        let a = ScriptedServer("a") { _ in
            started.open()
            try await never.wait()
            return "unreachable"
        }
        let team = orchestrator([a])
        let plan = Sample.plan([Sample.task("x"), Sample.task("y", after: ["x"])])
        let result = try await withThrowingTaskGroup(of: OrchestrationResult?.self) { group in
            group.addTask { try await team.execute(plan) }
            try await started.wait()
            group.cancelAll()
            return try await group.next() ?? nil
        }
        #expect(result?.results.map(\.outcome) == [.cancelled, .cancelled])
        #expect(result?.early != nil)
        #expect(a.cancelled == 1)
    }

    @Test func `a task's deadline ends its attempt`() async throws {
        let never = Latch()
        let clock = JumpingClock()
        let a = ScriptedServer("a") { _ in
            try await never.wait()
            return "unreachable"
        }
        let log = RunLog(run: "r", clock: { clock.now })
        // A wait for the server would be jumped over before the server's probe is heard.
        let options = OrchestratorOptions(serverWait: 1_000, seed: 1, clock: clock.orchestration)
        let result = try await orchestrator([a], options, log: log).execute(
            Sample.plan([Sample.task("x", retries: 1, timeout: 5)]))
        guard case .failed(_, .timedOut) = result.results[0].outcome else {
            Issue.record("\(result.results[0].outcome)")
            return
        }
        #expect(result.duration >= 10)
        #expect(a.requests.allSatisfy { $0.prompt.timeouts.total == .seconds(5) } == true)
    }

    @Test func `a probe finds out who is there`() async throws {
        let a = ScriptedServer("a", isThere: { false })
        let b = ScriptedServer("b")
        let log = RunLog(run: "r")
        let team = orchestrator([a, b], log: log)
        await team.probe()
        let result = try await team.execute(Sample.plan([Sample.task("x"), Sample.task("y")]))
        #expect(result.results.map(\.server) == ["b", "b"])
        #expect(a.requests.isEmpty)
        #expect(words(log.records).contains("lost a"))
    }

    @Test func `a custom synthesis is one more task that reads every result`() async throws {
        let a = ScriptedServer("a") { $0.text.contains("Make one result") ? "the whole" : "part \($0.number)" }
        let result = try await orchestrator([a]).execute(
            Sample.plan([Sample.task("x"), Sample.task("y")], synthesis: .custom(specialist: "Judge")))
        #expect(result.synthesis.text == "the whole")
        #expect(result.synthesis.strategy == .custom(specialist: "Judge"))
        #expect(result.results.count == 2)
        #expect(result.statistics.tasks == 3)
        let last = try #require(a.requests.last)
        #expect(last.text.contains("part 1") && last.text.contains("part 2"))
        #expect(last.prompt.messages.first?.content == "You are Judge.")
    }

    @Test func `a custom synthesis that fails leaves the merged results`() async throws {
        let a = ScriptedServer("a") { request in
            if request.text.contains("Make one result") {
                throw InferenceError(.badRequest, server: "a", message: "no")
            }
            return "part"
        }
        let result = try await orchestrator([a]).execute(
            Sample.plan([Sample.task("x")], synthesis: .custom(specialist: "Judge")))
        #expect(result.synthesis.strategy == .mergeAll)
        #expect(result.synthesis.text.contains("part"))
        #expect(result.synthesis.task?.succeeded == false)
    }

    @Test func `a closure may make the synthesis`() async throws {
        let result = try await orchestrator([ScriptedServer("a")]).execute(
            Sample.plan([Sample.task("x")]), synthesize: { results in "\(results.count) by hand" })
        #expect(result.synthesis.text == "1 by hand")
    }

    @Test(arguments: Pattern.allCases) func `every pattern runs to its end`(pattern: Pattern) async throws {
        let context = PlanContext(
            files: ["a.c", "b.c"], errors: ["a.c": 2, "b.c": 1], kind: .failure, shared: "the log",
            texts: ["a.c": "int a", "b.c": "int b"], tangled: true, pattern: pattern)
        let a = ScriptedServer("a")
        let b = ScriptedServer("b")
        let team = TeamOrchestrator(
            servers: Sample.servers([a, b]), team: PlannerTests.team, options: .init(seed: 1), log: RunLog(run: "r"))
        let plan = team.plan("it doesn't build", context: context)
        #expect(plan.pattern == pattern)
        let result = try await team.execute(plan)
        #expect(result.success)
        #expect(result.results.count == plan.tasks.count)
        #expect(!a.requests.isEmpty && !b.requests.isEmpty)
    }
}
