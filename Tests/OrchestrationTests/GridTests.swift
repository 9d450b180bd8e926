import Foundation
import Inference
import Testing

@testable import Orchestration

extension Workload {
    /// What the scheduler knows before it starts.
    enum Knowledge { case profile, nothing }

    /// Runs the workload through the scheduler on a virtual clock.
    func run(
        _ strategy: BalancingStrategy = .predictive, knowing: Knowledge = .profile, hedges: Bool = true,
        silent: String? = nil, from moment: Double = .infinity, seed: UInt64 = 1
    ) throws -> VirtualRun {
        let tasks = jobs.map { job in
            TeamTask(
                id: job.id, specialist: "Analyst",
                input: TaskInput(title: job.id, text: String(repeating: "xyz", count: job.promptTokens)),
                dependencies: job.dependencies.map { jobs[$0].id }, sampling: Sampling(maxTokens: job.estimate))
        }
        let places = Dictionary(uniqueKeysWithValues: jobs.map { ($0.id, $0) })
        let fleet = Dictionary(uniqueKeysWithValues: machines.map { ($0.name, $0) })
        var profiles: [String: ServerProfile] = [:]
        if knowing == .profile {
            for machine in machines {
                profiles[machine.name] = ServerProfile(
                    server: machine.name, model: "m", promptToken: 1 / machine.promptRate,
                    answerToken: 1 / machine.answerRate, answers: 100)
            }
        }
        var run = try VirtualRun(
            tasks, machines.map { .init(name: $0.name, slots: $0.slots, context: 1 << 20) }, strategy: strategy,
            hedges: hedges, profiles: profiles, seed: seed
        ) { task, server, _, now in
            guard let job = places[task.id], let machine = fleet[server] else { return VirtualRun.good(1) }
            let prompt = Double(job.promptTokens) / machine.promptRate
            let answer = Double(job.answerTokens) / machine.answerRate
            let isSilent = server == silent && now + prompt + answer > moment
            return (
                isSilent ? 1e6 : prompt + answer,
                .answered(
                    Answer(
                        text: "good", finish: .stop,
                        usage: Usage(
                            promptTokens: job.promptTokens, answerTokens: job.answerTokens, promptDuration: prompt,
                            answerDuration: answer, elapsed: prompt + answer)))
            )
        }
        run.stream = { task, server in
            guard let job = places[task.id], let machine = fleet[server] else { return (0, 1, nil) }
            return (Double(job.promptTokens) / machine.promptRate, 1 / machine.answerRate, nil)
        }
        run.silence = { server in server == silent ? moment : .infinity }
        run.run()
        return run
    }
}

@Suite struct GridTests {
    struct Cell: CustomTestStringConvertible {
        var tasks: Int
        var servers: Int
        var spread: Double
        var slots = 1
        var testDescription: String { "\(tasks) tasks on \(servers), spread \(spread)" }
    }

    static let cells = [
        Cell(tasks: 12, servers: 2, spread: 1), Cell(tasks: 24, servers: 4, spread: 1),
        Cell(tasks: 40, servers: 4, spread: 1), Cell(tasks: 24, servers: 4, spread: 3),
        Cell(tasks: 40, servers: 4, spread: 3), Cell(tasks: 24, servers: 4, spread: 18),
        Cell(tasks: 40, servers: 4, spread: 18), Cell(tasks: 200, servers: 16, spread: 6),
    ]

    /// The whole grid, when it is asked for: `make bench-orchestration`.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["TEAMFIX_GRID"] != nil), .timeLimit(.minutes(30)))
    func `the grid on the virtual clock`() throws {
        let seeds = Int(ProcessInfo.processInfo.environment["TEAMFIX_GRID"] ?? "") ?? 200
        let columns = [
            "profile", "nothing", "no hedge", "load", "robin", "waves", "least", "pool", "waste",
        ]
        func line(_ name: String, _ values: [String]) {
            print(
                name.padding(toLength: 30, withPad: " ", startingAt: 0)
                    + values.map { String(repeating: " ", count: max(1, 9 - $0.count)) + $0 }.joined())
        }
        print("\nmakespan ÷ lower bound, mean over \(seeds) seeds of each of 4 shapes, servers in permuted order")
        line("", columns)
        for cell in Self.cells {
            for shape in Workload.Shape.allCases + [nil] {
                var sums = [Double](repeating: 0, count: columns.count)
                let shapes = shape.map { [$0] } ?? Workload.Shape.allCases
                guard shape == nil || seeds <= 40 else { continue }
                for shape in shapes {
                    for seed in 0..<(cell.tasks > 100 ? max(1, seeds / 10) : seeds) {
                        let work = Workload(
                            shape: shape, tasks: cell.tasks, servers: cell.servers, spread: cell.spread,
                            slots: cell.slots,
                            seed: seed)
                        let bound = work.lowerBound
                        let told = try work.run()
                        let values =
                            [
                                told.now, try work.run(knowing: .nothing).now, try work.run(hedges: false).now,
                                try work.run(.loadAware, hedges: false).now,
                                try work.run(.roundRobin, hedges: false).now,
                            ].map { $0 / bound } + Baseline.allCases.map { $0.makespan(work) / bound }
                        for (index, value) in values.enumerated() { sums[index] += value }
                        sums[columns.count - 1] += Double(told.hedged) / Double(cell.tasks)
                    }
                }
                let count = Double(shapes.count * (cell.tasks > 100 ? max(1, seeds / 10) : seeds))
                line(
                    "\(cell.testDescription) \(shape?.rawValue.prefix(6) ?? "")",
                    sums.map { String(format: "%.3f", $0 / count) })
            }
        }
    }

    @Test(arguments: Workload.Shape.allCases)
    func `predicted finish beats round robin in waves, in the mean of 200 seeds of each shape`(
        shape: Workload.Shape
    ) throws {
        var ours = 0.0
        var theirs = 0.0
        for seed in 0..<200 {
            let work = Workload(shape: shape, tasks: 12, servers: 3, spread: seed % 2 == 0 ? 1 : 6, seed: seed)
            let run = try work.run(knowing: seed % 3 == 0 ? .nothing : .profile)
            #expect(run.results.allSatisfy { $0.succeeded })
            #expect(run.now >= work.lowerBound * 0.999, "seed \(seed): no schedule is shorter than the bound")
            ours += run.now / work.lowerBound
            theirs += Baseline.waves.makespan(work) / work.lowerBound
        }
        #expect(ours < theirs)
    }
}

@Suite struct StallTests {
    /// One of four equal servers falls silent at 40 % of the bound, and whatever it is given afterwards is never answered.
    @Test(arguments: Workload.Shape.allCases)
    func `with one of four servers standing still the rest is nearly as fast as three alone`(shape: Workload.Shape)
        throws
    {
        var ratio = 0.0
        let seeds = 20
        for seed in 0..<seeds {
            let work = Workload(shape: shape, tasks: 24, servers: 4, spread: 1, seed: seed)
            let moment = 0.4 * work.lowerBound
            var three = work
            three.machines.removeAll { $0.name == "s1" }
            let run = try work.run(knowing: seed % 2 == 0 ? .profile : .nothing, silent: "s1", from: moment)
            #expect(run.results.allSatisfy { $0.succeeded })
            #expect(!run.isStuck)
            ratio += run.now / three.lowerBound / Double(seeds)
        }
        #expect(ratio <= 1.3, "mean over the bound of the other three: \(ratio)")
    }
}
