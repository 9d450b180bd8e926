import Events
import Inference
import Testing

@testable import Orchestration

@Suite struct SchedulerTests {
    private let two = [VirtualRun.Server(name: "a"), VirtualRun.Server(name: "b")]

    @Test func `a task starts when its own dependencies are done, not its wave's`() throws {
        var run = try VirtualRun(
            [Sample.task("quick"), Sample.task("slow"), Sample.task("next", after: ["quick"])], two
        ) { task, _, _, _ in VirtualRun.good(task.id == "slow" ? 100 : 1) }
        run.run()
        let next = try #require(run.results.last)
        #expect(next.started == 1)
        #expect(run.now == 100)
    }

    @Test func `the longest remaining path goes first`() throws {
        let tasks = [Sample.task("lone"), Sample.task("first"), Sample.task("second", after: ["first"])]
        var run = try VirtualRun(tasks, [two[0]]) { _, _, _, _ in VirtualRun.good(1) }
        run.run()
        #expect(run.log.filter { $0.hasPrefix("start") }.first == "start first 1 a")
    }

    @Test(arguments: [BalancingStrategy.roundRobin, .loadAware, .predictive, .capability])
    func `slots and the workers' limit hold`(strategy: BalancingStrategy) throws {
        let servers = [VirtualRun.Server(name: "a", slots: 2), VirtualRun.Server(name: "b", slots: 3)]
        let tasks = (0..<40).map { Sample.task("t\($0)") }
        var free = try VirtualRun(tasks, servers, strategy: strategy) { _, _, _, _ in VirtualRun.good(1) }
        free.run()
        #expect(free.mostInFlight == ["a": 2, "b": 3])
        var bounded = try VirtualRun(tasks, servers, strategy: strategy, maxWorkers: 4) { _, _, _, _ in
            VirtualRun.good(1)
        }
        bounded.run()
        #expect(bounded.mostAtOnce == 4)
        #expect(bounded.results.allSatisfy { $0.succeeded })
    }

    @Test func `round robin takes the servers in turn`() throws {
        let servers = [VirtualRun.Server(name: "a", slots: 4), VirtualRun.Server(name: "b", slots: 4)]
        var run = try VirtualRun((0..<4).map { Sample.task("t\($0)") }, servers, strategy: .roundRobin) { _, _, _, _ in
            VirtualRun.good(1)
        }
        run.run()
        #expect(run.results.map(\.server) == ["a", "b", "a", "b"])
    }

    @Test func `a pinned task waits for its server`() throws {
        let tasks = [Sample.task("one", on: "b"), Sample.task("two", on: "b")]
        var run = try VirtualRun(tasks, two) { _, _, _, _ in VirtualRun.good(1) }
        run.run()
        #expect(run.results.map(\.server) == ["b", "b"])
        #expect(run.now == 2)
    }

    @Test func `what a task needs decides, where servers have strengths`() throws {
        let placement = Placement(strategy: .capability)
        func candidate(_ index: Int, _ strengths: [String], isFree: Bool = true) -> Placement.Candidate {
            .init(index: index, inFlight: 0, slots: 1, isFree: isFree, strengths: strengths, rates: ServerRates())
        }
        let work = Placement.Work(needs: ["heavy"], promptTokens: 1, answerTokens: 1)
        let both = [candidate(0, ["quick"]), candidate(1, ["heavy"])]
        #expect(placement.choose(work, among: both, rotation: 0) == .server(1))
        let busy = [candidate(0, ["quick"]), candidate(1, ["heavy"], isFree: false)]
        #expect(placement.choose(work, among: busy, rotation: 0) == .wait)
        #expect(placement.choose(work, among: [candidate(0, [])], rotation: 0) == .server(0))
    }

    /// A server that takes so many seconds for an answer of 100 tokens.
    private func profile(_ name: String, seconds: Double) -> [String: ServerProfile] {
        [name: ServerProfile(server: name, model: "m", promptToken: 0, answerToken: seconds / 64, answers: 1)]
    }

    @Test func `a slow server stays idle when everything ends sooner without it`() throws {
        let profiles = profile("a", seconds: 50).merging(profile("b", seconds: 5)) { $1 }
        var run = try VirtualRun(
            (0..<4).map { Sample.task("t\($0)") }, two, strategy: .predictive, profiles: profiles
        ) { _, server, _, _ in VirtualRun.good(server == "a" ? 50 : 5) }
        run.run()
        #expect(run.results.map(\.server) == ["b", "b", "b", "b"])
        #expect(run.now == 20)
        // Twelve of them take 60 seconds there: now the slow one brings something.
        var long = try VirtualRun(
            (0..<12).map { Sample.task("t\($0)") }, two, strategy: .predictive, profiles: profiles
        ) { _, server, _, _ in VirtualRun.good(server == "a" ? 50 : 5) }
        long.run()
        #expect(long.results.count { $0.server == "a" } == 1)
        #expect(long.now == 55)
    }

    @Test func `what a server shows while it answers counts at once`() throws {
        // Nothing is known of either; each gets one task, and the rest goes where tokens come faster.
        var run = try VirtualRun((0..<6).map { Sample.task("t\($0)") }, two, strategy: .predictive) {
            _, server, _, _ in VirtualRun.good(server == "a" ? 100 : 2)
        }
        run.stream = { _, server in (0.1, server == "a" ? 1.5 : 0.03, nil) }
        run.run()
        #expect(run.results.count { $0.server == "a" } == 1)
    }

    @Test func `a task that takes long is tried on an idle server, and the first answer counts`() throws {
        func makespan(hedges: Bool) throws -> VirtualRun {
            var run = try VirtualRun(
                [Sample.task("x"), Sample.task("y")], two, strategy: .predictive, hedges: hedges
            ) { _, server, _, _ in VirtualRun.good(server == "a" ? 100 : 2) }
            run.stream = { _, server in (0.1, server == "a" ? 1.5 : 0.03, nil) }
            run.run()
            return run
        }
        let plain = try makespan(hedges: false)
        #expect(plain.now == 100)
        let run = try makespan(hedges: true)
        #expect(run.now < 6)
        #expect(run.hedged == 1)
        #expect(run.results.map(\.server) == ["b", "b"])
        #expect(run.finished.count == 2)
        #expect(run.pool.inFlight == 0)
        #expect(run.log.contains("end x 1 cancelled") || run.log.contains("end y 1 cancelled"))
    }

    @Test func `an answer that stands still is asked for elsewhere, and its server gets nothing new`() throws {
        let three = two + [VirtualRun.Server(name: "c")]
        let profiles = ["a", "b", "c"].reduce(into: [:]) { $0.merge(profile($1, seconds: 4)) { $1 } }
        var run = try VirtualRun(
            (0..<12).map { Sample.task("t\($0)") }, three, strategy: .predictive, hedges: true, profiles: profiles
        ) { _, server, _, now in VirtualRun.good(server == "b" && now > 6 ? 1_000 : 4) }
        run.stream = { _, server in (0.01, 4.0 / 64, server == "b" ? 10 : nil) }
        run.run()
        #expect(run.results.allSatisfy { $0.succeeded })
        // The two others alone would need 24 seconds.
        #expect(run.now <= 1.3 * 24)
    }

    @Test func `a server that stands still is used where there is no other`() throws {
        let one = [VirtualRun.Server(name: "a", slots: 2)]
        var run = try VirtualRun(
            [Sample.task("slow"), Sample.task("quick"), Sample.task("after", after: ["quick"])], one,
            strategy: .predictive, hedges: true, profiles: profile("a", seconds: 1)
        ) { task, _, _, _ in VirtualRun.good(task.id == "slow" ? 500 : 4) }
        run.stream = { task, _ in (task.id == "slow" ? 400 : 0.1, 0.06, nil) }
        run.run()
        #expect(run.results[2].started == 4)
        #expect(run.results[0].ended == 500)
    }

    @Test func `the part of a prompt that a server has evaluated costs nothing there`() throws {
        let profiles = ["a", "b"].reduce(into: [:]) {
            $0[$1] = ServerProfile(server: $1, model: "m", promptToken: 0.01, answerToken: 0.001, answers: 1)
        }
        let first = String(repeating: "a", count: 3_000)
        let second = String(repeating: "b", count: 3_000)
        // Two files, four specialists each: every file stays on one server.
        let tasks = (0..<8).map { index in
            TeamTask(
                id: "t\(index)", specialist: "Analyst",
                input: TaskInput(title: "t", shared: index % 2 == 0 ? first : second, text: "look"))
        }
        var run = try VirtualRun(tasks, two, strategy: .predictive, profiles: profiles) { _, _, _, _ in
            VirtualRun.good(2)
        }
        run.run()
        let even = Set(run.results.enumerated().filter { $0.offset % 2 == 0 }.compactMap(\.element.server))
        let odd = Set(run.results.enumerated().filter { $0.offset % 2 == 1 }.compactMap(\.element.server))
        #expect(even.count == 1)
        #expect(odd.count == 1)
        #expect(even != odd)
    }

    @Test func `a long prompt goes only where it fits, and nowhere is said in words`() throws {
        let servers = [
            VirtualRun.Server(name: "small", context: 1024), VirtualRun.Server(name: "large", context: 8192),
        ]
        let long = String(repeating: "x", count: 9_000)
        var run = try VirtualRun(
            [Sample.task("long", text: long), Sample.task("huge", text: long + long + long)], servers
        ) {
            _, _, _, _ in VirtualRun.good(1)
        }
        run.run()
        #expect(run.results[0].server == "large")
        guard case .failed(let reason, .contextOverflow) = run.results[1].outcome else {
            Issue.record("\(run.results[1].outcome)")
            return
        }
        #expect(reason.contains("largest here has 8192"))
        #expect(run.results[1].attempts == 0)
    }

    @Test func `the budget ends what runs and what waits`() throws {
        var run = try VirtualRun((0..<3).map { Sample.task("t\($0)") }, [two[0]], budget: 15) { _, _, _, _ in
            VirtualRun.good(10)
        }
        run.run()
        #expect(run.now == 15)
        #expect(run.results.map(\.succeeded) == [true, false, false])
        #expect(run.results[1].outcome == .cancelled)
        #expect(run.log.suffix(2) == ["skipped t2", "end t1 1 cancelled"])
        #expect(run.scheduler.early?.contains("15") == true)
    }
}
