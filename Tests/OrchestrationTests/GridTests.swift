import Foundation
import Testing

@testable import Orchestration

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
