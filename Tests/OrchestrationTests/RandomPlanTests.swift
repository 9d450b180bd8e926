import Events
import Inference
import Testing

@testable import Orchestration

@Suite struct RandomPlanTests {
    /// 300 random graphs on random fleets with random faults at random moments.
    @Test(arguments: 0..<300)
    func `no task is lost, dependencies are respected and slots held`(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let count = Int.random(in: 1...40, using: &random)
        let tasks = (0..<count).map { index in
            let dependencies = (0..<index).filter { _ in Int.random(in: 0..<8, using: &random) == 0 }.map { "t\($0)" }
            return Sample.task(
                "t\(index)", after: dependencies, retries: Int.random(in: 0...3, using: &random),
                partial: Bool.random(using: &random))
        }
        let servers = (0..<Int.random(in: 1...5, using: &random)).map {
            VirtualRun.Server(name: "s\($0)", slots: Int.random(in: 1...3, using: &random))
        }
        let faults: [InferenceError.Code] = [
            .unreachable, .busy, .timedOut, .incomplete, .badRequest, .serverFailed, .malformed, .empty,
            .contextOverflow,
            .modelNotFound,
        ]
        let faultShare = Int.random(in: 0...4, using: &random)
        var dice = SeededRandom(seed: UInt64(seed) &+ 99)
        let strategy = BalancingStrategy.allCases[seed % 4]
        var run = try VirtualRun(
            tasks, servers, strategy: strategy, maxWorkers: seed % 3 == 0 ? 2 : nil, budget: seed % 5 == 0 ? 30 : nil,
            seed: UInt64(seed)
        ) { _, server, _, _ in
            let seconds = Double.random(in: 0...5, using: &dice)
            guard Int.random(in: 0..<10, using: &dice) < faultShare, let code = faults.randomElement(using: &dice)
            else {
                return VirtualRun.good(seconds)
            }
            return VirtualRun.bad(code, seconds, on: server)
        }
        run.run()

        #expect(!run.isStuck)
        #expect(run.finished.sorted() == Array(tasks.indices), "each task ends exactly once")
        for server in servers { #expect((run.mostInFlight[server.name] ?? 0) <= server.slots) }
        if seed % 3 == 0 { #expect(run.mostAtOnce <= 2) }
        #expect(run.pool.inFlight == 0)

        var ended: [String: Double] = [:]
        for result in run.results { ended[result.task.id] = result.ended }
        for result in run.results {
            guard let started = result.started else { continue }
            for dependency in result.task.dependencies {
                #expect(started >= ended[dependency] ?? .infinity, "\(result.task.id) before \(dependency)")
            }
        }
        let succeeded = Set(run.results.filter(\.succeeded).map(\.task.id))
        for result in run.results where result.attempts > 0 && !result.task.dependencies.isEmpty {
            let good = result.task.dependencies.count { succeeded.contains($0) }
            #expect(good == result.task.dependencies.count || result.task.policy.acceptsPartialInput && good > 0)
        }
    }

    @Test func `the largest plan is scheduled in little time`() throws {
        let tasks = (0..<PlanLimits.tasks).map { Sample.task("t\($0)", after: $0 < 200 ? [] : ["t\($0 - 200)"]) }
        let servers = (0..<16).map { VirtualRun.Server(name: "s\($0)", slots: 2) }
        var run = try VirtualRun(tasks, servers, strategy: .predictive) { _, _, _, _ in VirtualRun.good(1) }
        let time = ContinuousClock().measure { run.run() }
        #expect(run.results.allSatisfy { $0.succeeded })
        // What grows with the square of the tasks takes minutes here; this is a bound for the slowest of machines.
        #expect(time < .seconds(30))
    }
}
