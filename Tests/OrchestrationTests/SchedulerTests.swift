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

    @Test func `predictive placement prefers the server that has been faster`() throws {
        var slow = ServerRates()
        slow.learn(Usage(promptTokens: 100, answerTokens: 50, promptDuration: 5, answerDuration: 50, elapsed: 55))
        var fast = ServerRates()
        fast.learn(Usage(promptTokens: 100, answerTokens: 50, promptDuration: 1, answerDuration: 5, elapsed: 6))
        let candidates = [slow, fast].enumerated().map {
            Placement.Candidate(
                index: $0.offset, inFlight: 0, slots: 1, isFree: true, strengths: [], rates: $0.element)
        }
        let work = Placement.Work(needs: [], promptTokens: 100, answerTokens: 100)
        #expect(Placement(strategy: .predictive).choose(work, among: candidates, rotation: 0) == .server(1))
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
