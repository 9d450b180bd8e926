import Events
import Inference
import Synchronization
import Testing

@testable import Orchestration

/// Slots that somebody else holds until a moment; a virtual clock's.
private final class HeldSlots: SlotLeases {
    private let state: Mutex<(held: Int, taken: Int, asked: Int)>

    init(held: Int) { state = Mutex((held, 0, 0)) }

    var asked: Int { state.withLock { $0.asked } }
    func hold() { state.withLock { $0.held = 1 } }
    func letGo() { state.withLock { $0.held = 0 } }

    func take(server: String, slots: Int, expectedSeconds: Double, title: String) -> SlotLease? {
        let isFree = state.withLock { state in
            state.asked += 1
            guard state.held + state.taken < slots else { return false }
            state.taken += 1
            return true
        }
        guard isFree else { return nil }
        return SlotLease(.init(release: { self.state.withLock { $0.taken -= 1 } }))
    }

    func expectedFree(server: String, slots: Int) -> Double? { state.withLock { $0.held > 0 ? 0.5 : nil } }
}

@Suite struct FleetTests {
    private let two = [VirtualRun.Server(name: "a"), VirtualRun.Server(name: "b")]

    @Test func `load-aware placement takes the server with the larger part of its slots free`() throws {
        let servers = [VirtualRun.Server(name: "small", slots: 1), VirtualRun.Server(name: "large", slots: 4)]
        var run = try VirtualRun((0..<5).map { Sample.task("t\($0)") }, servers, strategy: .loadAware) {
            _, _, _, _ in VirtualRun.good(1)
        }
        run.run()
        #expect(run.results.count { $0.server == "large" } == 4)
        // Two at once go to different servers, though the first has room for both.
        let equal = [VirtualRun.Server(name: "a", slots: 2), VirtualRun.Server(name: "b", slots: 2)]
        var pair = try VirtualRun([Sample.task("x"), Sample.task("y")], equal, strategy: .loadAware) { _, _, _, _ in
            VirtualRun.good(1)
        }
        pair.run()
        #expect(Set(pair.results.compactMap(\.server)) == ["a", "b"])
    }

    @Test func `a slot that another process holds is left alone until it is free`() throws {
        let slots = HeldSlots(held: 1)
        var run = try VirtualRun(
            [Sample.task("x"), Sample.task("y")], [VirtualRun.Server(name: "a", slots: 1)], strategy: .predictive,
            leases: slots
        ) { _, _, _, now in VirtualRun.good(1) }
        run.handle(.tick)
        #expect(run.mostInFlight.isEmpty)
        #expect(slots.asked == 1)
        slots.letGo()
        run.run()
        #expect(run.results.map(\.succeeded) == [true, true])
        #expect(run.results.compactMap(\.started) == [0.5, 1.5])
    }

    @Test(arguments: BalancingStrategy.allCases)
    func `a server that is back, and whose one slot another process has by now, is waited for`(
        strategy: BalancingStrategy
    ) throws {
        let slots = HeldSlots(held: 0)
        var run = try VirtualRun(
            [Sample.task("x"), Sample.task("y", retries: 3)], [VirtualRun.Server(name: "a")], strategy: strategy,
            leases: slots
        ) { _, server, attempt, now in
            guard now < 0.5 else { return VirtualRun.good(1) }
            slots.hold()
            return VirtualRun.bad(.unreachable, on: server)
        }
        run.isThere = { _, now in
            if now > 5 { slots.letGo() }
            return true
        }
        run.handle(.tick)
        for _ in 0..<200 where !run.scheduler.isFinished {
            run.step()
            if run.now > 5 { slots.letGo() }
        }
        #expect(run.results.allSatisfy { $0.succeeded })
        #expect(run.now > 5)
    }

    @Test func `two orchestrators share a server's one slot`() async throws {
        let slots = HeldSlots(held: 0)
        let server = ScriptedServer("a")
        func team() -> TeamOrchestrator {
            var options = OrchestratorOptions(seed: 1)
            options.leases = slots
            return TeamOrchestrator(
                servers: Sample.servers([server]), team: Sample.team, options: options, log: RunLog(run: "r"))
        }
        let (one, other) = (team(), team())
        async let first = one.execute(Sample.plan((0..<5).map { Sample.task("x\($0)") }))
        async let second = other.execute(Sample.plan((0..<5).map { Sample.task("y\($0)") }))
        let results = try await [first, second]
        #expect(results.allSatisfy { $0.success })
        #expect(server.mostInFlight == 1)
        #expect(slots.asked >= 10)
    }

    @Test(arguments: BalancingStrategy.allCases)
    func `slots that others never give back hold up no other server`(strategy: BalancingStrategy) throws {
        final class FirstIsTaken: SlotLeases {
            func take(server: String, slots: Int, expectedSeconds: Double, title: String) -> SlotLease? {
                server == "a" ? nil : SlotLease(nil)
            }
            func expectedFree(server: String, slots: Int) -> Double? { 0 }
        }
        var run = try VirtualRun(
            (0..<6).map { Sample.task("t\($0)") }, two, strategy: strategy, leases: FirstIsTaken()
        ) { _, _, _, _ in VirtualRun.good(1) }
        run.run()
        #expect(!run.isStuck)
        #expect(run.results.allSatisfy { $0.succeeded && $0.server == "b" })
    }

    @Test func `a model that would have to be loaded counts with its load`() throws {
        let profiles = ["a", "b"].reduce(into: [:]) {
            $0[$1] = ServerProfile(
                server: $1, model: "m", promptToken: 0, answerToken: 1.0 / 64, load: 20, answers: 1)
        }
        var run = try VirtualRun(
            (0..<4).map { Sample.task("t\($0)") }, two, strategy: .predictive, profiles: profiles
        ) { _, _, _, _ in VirtualRun.good(1) }
        run.pool.learned(0, isResident: false)
        run.run()
        #expect(run.results.allSatisfy { $0.server == "b" })
    }

    @Test func `what servers showed in one run places the first task of the next`() async throws {
        func team(_ profiles: [ServerProfile]) -> (TeamOrchestrator, kept: KeptProfiles) {
            let kept = KeptProfiles()
            var options = OrchestratorOptions(seed: 1, profiles: profiles)
            options.learned = { kept.put($0) }
            let servers = ["slow", "fast"].map { name in
                TeamServer(
                    endpoint: PacedServer(name, answerToken: name == "slow" ? 1 : 0.01), model: "m",
                    url: "http://\(name)")
            }
            return (
                TeamOrchestrator(servers: servers, team: Sample.team, options: options, log: RunLog(run: "r")), kept
            )
        }
        let (first, kept) = team([])
        _ = try await first.execute(Sample.plan([Sample.task("x"), Sample.task("y")]))
        let profiles = kept.profiles
        #expect(Set(profiles.map(\.server)) == ["http://slow", "http://fast"])
        #expect(first.profiles == profiles)
        let (second, _) = team(profiles)
        let result = try await second.execute(Sample.plan([Sample.task("x"), Sample.task("y")]))
        #expect(result.results.map(\.server) == ["fast", "fast"])
        // A profile that no server can have is passed over.
        var broken = profiles
        for index in broken.indices { broken[index].answerToken = -.infinity }
        let (third, _) = team(broken)
        let spread = try await third.execute(Sample.plan([Sample.task("x"), Sample.task("y")]))
        #expect(Set(spread.results.compactMap(\.server)) == ["slow", "fast"])
    }

    @Test func `a prompt rate that was far too high comes down again`() {
        var rates = ServerRates()
        rates.learn(Usage(promptTokens: 16, answerTokens: 5, promptDuration: 3.9, answerDuration: 0.05, elapsed: 4))
        let honest = Usage(
            promptTokens: 2_000, answerTokens: 20, promptDuration: 0.2, answerDuration: 0.1, elapsed: 0.3)
        // Twice may be a prefix that was evaluated before.
        for _ in 0..<2 { rates.learn(honest) }
        #expect((rates.prompt ?? 0) > 0.1)
        rates.learn(honest)
        #expect((rates.prompt ?? 1) < 0.001)
        rates.learn(honest, sharesPrefix: true)
        #expect(rates.answers == 5)
    }

    @Test func `a server that says it took no time is believed by what we waited`() {
        var rates = ServerRates()
        for _ in 0..<3 {
            rates.learn(
                Usage(promptTokens: 50, answerTokens: 20, promptDuration: 1e-9, answerDuration: 1e-9, elapsed: 3),
                wasAlone: true)
        }
        #expect((rates.predicted(promptTokens: 50, answerTokens: 20) ?? 0) > 2.9)
    }

    @Test func `tasks on servers that never begin to answer are all done elsewhere`() throws {
        let names = ["m1", "m2", "g1", "g2"]
        var run = try VirtualRun(
            (0..<4).map { Sample.task("t\($0)", timeout: 600) }, names.map { VirtualRun.Server(name: $0) },
            strategy: .predictive, hedges: true
        ) { _, server, _, _ in VirtualRun.good(server.hasPrefix("m") ? 600 : 0.5) }
        run.stream = { _, server in (first: server.hasPrefix("m") ? 1e6 : 0.1, token: 0.01, silence: nil) }
        run.run()
        #expect(run.results.allSatisfy { $0.succeeded && $0.server?.hasPrefix("g") == true })
        #expect(run.now < 90)
    }

    @Test func `a model that is being loaded isn't disturbed`() throws {
        let profiles = ["a", "b"].reduce(into: [:]) {
            $0[$1] = ServerProfile(
                server: $1, model: "m", promptToken: 0.001, answerToken: 0.01, load: 5, answers: 1)
        }
        var run = try VirtualRun(
            [Sample.task("x", on: nil), Sample.task("y")], two, strategy: .predictive, hedges: true, profiles: profiles
        ) { _, server, _, _ in VirtualRun.good(server == "a" ? 100 : 2) }
        run.pool.learned(0, isResident: false)
        run.stream = { _, server in (first: server == "a" ? 99 : 0.1, token: 0.01, silence: nil) }
        // Both servers are needed: the first task is as long as twenty on the other.
        run.run()
        #expect(run.hedged == 0)
    }

    @Test(arguments: [0.4, 100]) func `an attempt that is given up shows how slow its server is`(first: Double) throws {
        var run = try VirtualRun(
            (0..<6).map { Sample.task("t\($0)") }, two, strategy: .predictive, hedges: true
        ) { _, server, _, _ in VirtualRun.good(server == "a" ? 200 : 2) }
        run.stream = { _, server in server == "a" ? (first: first, token: 2, silence: nil) : (0.1, 0.02, nil) }
        run.run()
        #expect(run.results.allSatisfy { $0.server == "b" } && run.hedged == 1)
        let slow = run.pool.members[0].rates
        #expect(slow.answers == 0 && slow.isKnown)
        // The next run knows it, and leaves it alone.
        let profiles = Dictionary(
            uniqueKeysWithValues: run.pool.members.map {
                ($0.name, $0.rates.profile(server: $0.name, model: "m", search: nil))
            })
        var next = try VirtualRun(
            (0..<6).map { Sample.task("t\($0)") }, two, strategy: .predictive, hedges: true, profiles: profiles
        ) { _, server, _, _ in VirtualRun.good(server == "a" ? 200 : 2) }
        next.run()
        #expect(next.mostInFlight["a"] == nil)
    }

    @Test func `a stream that is told of once a second doesn't stand still`() {
        var rates = ServerRates()
        rates.learn(Usage(promptTokens: 100, answerTokens: 100, promptDuration: 0.1, answerDuration: 2.5, elapsed: 2.6))
        var attempt = RunningAttempt(promptTokens: 100, answerTokens: 500, load: 0, started: 0)
        #expect(attempt.stallsAt(rates, evaluation: 0) == nil)
        for second in 1...20 {
            attempt.noted(pieces: second * 40, time: Double(second))
            #expect((attempt.stallsAt(rates, evaluation: 0) ?? 0) > Double(second) + 1.1)
        }
        // A prompt of thirteen seconds beside it holds it up for as long.
        #expect((attempt.stallsAt(rates, evaluation: 13) ?? 0) > 20 + 13)
        #expect(attempt.expectedEnd(rates, now: 20.5).map { $0 > 20.5 && $0 < 30 } == true)
    }

    @Test func `where a server sends several tokens at once, a stream is as fast as its tokens`() {
        var rates = ServerRates()
        let usage = Usage(promptTokens: 100, answerTokens: 100, promptDuration: 0.1, answerDuration: 1, elapsed: 1.1)
        rates.learn(usage, pieces: 20)
        for _ in 0..<20 { rates.learn(usage, pieces: 20) }
        #expect(abs(rates.tokensPerPiece - 5) < 0.1)
        var attempt = RunningAttempt(promptTokens: 100, answerTokens: 100, load: 0, started: 0)
        attempt.noted(pieces: 1, tokensPerPiece: rates.tokensPerPiece, time: 0)
        attempt.noted(pieces: 11, tokensPerPiece: rates.tokensPerPiece, time: 0.5)
        #expect(attempt.observed.map { abs($0 - 0.01) < 0.001 } == true)
        // Fewer tokens than pieces is a server that counts wrongly, not one that is slow.
        rates.learn(Usage(answerTokens: 4, answerDuration: 1, elapsed: 1), pieces: 400)
        #expect(rates.tokensPerPiece > 4)
    }

    @Test func `a task that names a model goes where that is, and teaches nothing about the server's own`() async throws
    {
        let (a, b) = (ScriptedServer("a"), ScriptedServer("b"))
        let servers = [
            TeamServer(endpoint: a, model: "small:1b"),
            TeamServer(
                endpoint: b, model: "small:1b",
                otherModels: [InstalledModel(name: "Vision:latest", digest: "abc"), InstalledModel(name: "big:70b")]),
        ]
        var plan = Sample.plan(["v", "w", "x"].map { Sample.task($0) })
        for (index, model) in ["vision", "BIG:70b", "small:1b"].enumerated() { plan.tasks[index].model = model }
        for strategy in BalancingStrategy.allCases {
            let team = TeamOrchestrator(
                servers: servers, team: Sample.team, options: .init(strategy: strategy, seed: 1),
                log: RunLog(run: "r"))
            let result = try await team.execute(plan)
            #expect(result.success)
            #expect(result.results.prefix(2).map(\.server) == ["b", "b"])
            #expect(result.results.map(\.model) == ["Vision:latest", "big:70b", "small:1b"])
            #expect(team.profiles.reduce(0) { $0 + $1.answers } == 1)
        }
        #expect(Set(b.requests.map(\.prompt.model)).isSuperset(of: ["Vision:latest", "big:70b"]))
        #expect(Set(a.requests.map(\.prompt.model)).isSubset(of: ["small:1b"]))
        plan.tasks[2].model = "small:3b"
        #expect(
            throws: PlanError.unknownModel(
                task: "x", model: "small:3b", known: ["Vision:latest", "big:70b", "small:1b"])
        ) {
            try plan.validate(team: Sample.team, servers: servers)
        }
        plan.tasks[2].model = "vision"
        plan.tasks[2].server = "a"
        #expect(throws: PlanError.unknownModel(task: "x", model: "vision", known: ["small:1b"])) {
            try plan.validate(team: Sample.team, servers: servers)
        }
    }

    @Test func `with use-first-result and any-task-complete the first result ends the rest`() async throws {
        let never = Latch()
        let mute = ScriptedServer("mute") { _ in
            try await never.wait()
            return "unreachable"
        }
        var plan = Sample.plan(
            [Sample.task("a", on: "mute"), Sample.task("b", on: "good")], synthesis: .useFirstResult)
        plan.success = .anyTaskComplete
        let team = TeamOrchestrator(
            servers: Sample.servers([mute, ScriptedServer("good") { _ in "fine" }]), team: Sample.team,
            log: RunLog(run: "r"))
        let result = try await team.execute(plan)
        #expect(result.success)
        #expect(result.synthesis.text == "fine")
        #expect(mute.cancelled == 1)
    }

    @Test func `slots that were found count in the figures, and so do second attempts`() throws {
        func record(_ sequence: Int, _ elapsed: Double, _ event: RunEvent) -> RunRecord {
            RunRecord(run: "r", sequence: sequence, elapsed: elapsed, event: event)
        }
        func end(_ task: String, _ attempt: Int, _ outcome: TaskEnd.Outcome, _ seconds: Double) -> RunEvent {
            .taskFinished(
                TaskEnd(task: task, attempt: attempt, server: "a", model: "m", outcome: outcome, elapsed: seconds))
        }
        let tasks = ["x", "y"].map {
            PlannedWork.Task(id: $0, specialist: "Analyst", title: $0, wave: 1, dependencies: [], server: nil)
        }
        let events: [(Double, RunEvent)] = [
            (0, .serverJoined(ServerFacts(name: "a", kind: "ollama", url: "", version: nil, model: "m", slots: 1))),
            (0, .planned(PlannedWork(pattern: "p", strategy: "predictive", tasks: tasks))),
            (0, .serverSlots(name: "a", slots: 2)),
            (0, .taskStarted(task: "x", attempt: 1, server: "a", model: "m")),
            (0, .taskStarted(task: "y", attempt: 1, server: "a", model: "m")),
            (0, .taskHedged(task: "y", attempt: 2, server: "a", gain: 1)),
            (10, end("x", 1, .succeeded, 10)), (10, end("y", 1, .succeeded, 10)),
            (10, .orchestrationFinished(duration: 10)),
        ]
        let figures = RunStatistics(events.enumerated().map { record($0.offset, $0.element.0, $0.element.1) })
        #expect(figures.servers.first?.utilization == 1)
        #expect(figures.servers.first?.slots == 2)
        #expect(figures.hedged == 1)
    }

    @Test func `a dependent may start on the first of its inputs`() throws {
        var eager = Sample.task("sum", after: ["quick", "slow"])
        eager.policy.startsOnFirstInput = true
        var run = try VirtualRun([Sample.task("quick"), Sample.task("slow"), eager], two) { task, _, _, _ in
            VirtualRun.good(task.id == "slow" ? 100 : 1)
        }
        run.run()
        #expect(run.results[2].started == 1)
        #expect(run.results[2].succeeded)
        #expect(run.finished.sorted() == [0, 1, 2])
        #expect(run.scheduler.inputs(of: 2).count == 2)
        var steady = run
        steady.handle(.tick)
        #expect(steady.scheduler.isFinished)
    }
}

/// A server that reports how long its tokens take, and takes no time.
private struct PacedServer: ModelServer {
    let name: String
    let kind = ServerKind.ollama
    let answerToken: Double

    init(_ name: String, answerToken: Double) {
        self.name = name
        self.answerToken = answerToken
    }

    func status(deadline: Duration) async throws(InferenceError) -> ServerStatus {
        ServerStatus(version: "1.0", models: [], resident: nil, latency: 0)
    }

    func answer(
        _ prompt: Prompt, onProgress: @escaping @Sendable (AnswerProgress) -> Void
    ) async throws(InferenceError) -> Answer {
        Answer(
            text: "good", finish: .stop,
            usage: Usage(
                promptTokens: 100, answerTokens: 50, promptDuration: 0.1, answerDuration: 50 * answerToken,
                elapsed: 0.1 + 50 * answerToken))
    }
}

private final class KeptProfiles: Sendable {
    private let kept = Mutex<[ServerProfile]>([])
    var profiles: [ServerProfile] { kept.withLock { $0 } }
    func put(_ profiles: [ServerProfile]) { kept.withLock { $0 = profiles } }
}
