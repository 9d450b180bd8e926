import Testing

@testable import Orchestration

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
