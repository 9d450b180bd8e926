import Events
import Testing

@testable import Orchestration

/// The scenarios that the design tells of, on a virtual clock; the figures are derived from the events.
@Suite("The design's scenarios")
struct ScenarioTests {
    private static let servers: [VirtualRun.Server] = [
        .init(name: "ollama01", slots: 2), .init(name: "ollama02", slots: 2),
    ]

    /// Runs tasks that take so many seconds wherever they run.
    private func statistics(
        _ tasks: [(id: String, seconds: Double, after: [String])], servers: [VirtualRun.Server] = Self.servers
    ) throws -> RunStatistics {
        let seconds = Dictionary(uniqueKeysWithValues: tasks.map { ($0.id, $0.seconds) })
        var run = try VirtualRun(tasks.map { Sample.task($0.id, after: $0.after) }, servers) { task, _, _, _ in
            VirtualRun.good(seconds[task.id] ?? 0)
        }
        run.run()
        #expect(run.results.allSatisfy { $0.succeeded })
        return run.statistics
    }

    @Test func `four specialists on one file: 52 s against 176 s`() throws {
        let figures = try statistics([
            ("syntax", 45, []), ("whitespace", 38, []), ("pattern", 52, []), ("root-cause", 41, []),
        ])
        #expect(abs(figures.duration - 52) < 0.1)
        #expect(abs(figures.sequentialDuration - 176) < 1e-9)
        #expect(abs((figures.parallelEfficiency ?? 0) - 3.4) < 0.05)
        #expect(figures.parallelismFactor == 1)
        #expect(figures.advice.isEmpty)
    }

    @Test func `four analysts and an architect: 58 s against 180 s`() throws {
        let analysts = [("syntax", 42.0), ("whitespace", 39.0), ("logic", 44.0), ("root-cause", 41.0)]
        let figures = try statistics(
            analysts.map { ($0.0, $0.1, []) } + [("architect", 14, analysts.map(\.0))])
        #expect(abs(figures.duration - 58) < 0.1)
        #expect(abs((figures.parallelEfficiency ?? 0) - 3.1) < 0.05)
        #expect(figures.parallelismFactor == 0.8)
        #expect(figures.longestChain == .init(tasks: 2, seconds: 58))
    }

    @Test func `six files and a Dependency Analyzer: 72 s against 240 s`() throws {
        let analysts = zip(1..., [42.0, 40, 36, 33, 30, 29]).map { ("file\($0)", $1, [String]()) }
        let figures = try statistics(
            analysts + [("dependencies", 30, analysts.map(\.0))],
            servers: [.init(name: "ollama01", slots: 3), .init(name: "ollama02", slots: 3)])
        #expect(abs(figures.duration - 72) < 0.1)
        #expect(abs(figures.sequentialDuration - 240) < 1e-9)
        #expect(abs((figures.parallelEfficiency ?? 0) - 3.3) < 0.05)
        #expect(figures.parallelismFactor == 6.0 / 7)
    }

    @Test func `three experts and a synthesizer: 95 s against 180 s`() throws {
        let figures = try statistics([
            ("a", 65, []), ("b", 45, []), ("c", 40, []), ("synthesizer", 30, ["a", "b", "c"]),
        ])
        #expect(abs(figures.duration - 95) < 0.1)
        #expect(abs((figures.parallelEfficiency ?? 0) - 1.9) < 0.05)
        #expect(figures.parallelismFactor == 0.75)
    }

    @Test func `the pipeline of four waves starts each task when its own dependencies are done`() throws {
        let figures = try statistics([
            ("code", 20, []), ("requirements", 30, []), ("architect", 20, ["code", "requirements"]),
            ("coder-a", 40, ["architect"]), ("coder-b", 20, ["architect"]), ("qa-a", 10, ["coder-a"]),
            ("qa-b", 10, ["coder-b"]),
        ])
        // 30 + 20 + 40 + 10: the longest chain; the second QA doesn't wait for the first coder.
        #expect(abs(figures.duration - 100) < 0.1)
        #expect(figures.longestChain == .init(tasks: 4, seconds: 100))
        #expect(abs((figures.parallelEfficiency ?? 0) - 1.5) < 0.01)
        #expect(figures.advice.map(\.code) == [.chain])
    }
}

extension VirtualRun {
    /// The run's events with what the orchestrator itself records around them.
    var records: [RunRecord] {
        let joined = pool.members.map { member in
            RunEvent.serverJoined(
                ServerFacts(
                    name: member.name, kind: "ollama", url: "", version: nil, model: "m", slots: member.slots))
        }
        let planned = RunEvent.planned(
            PlannedWork(
                pattern: "p", strategy: "s", tasks: scheduler.tasks.map { Scheduler.planned($0.task, wave: 1) }))
        let before = (joined + [planned]).map { (time: 0.0, event: $0) }
        let all = before + events + [(time: now, event: .orchestrationFinished(duration: now))]
        return all.enumerated().map {
            RunRecord(run: "r", sequence: $0.offset + 1, elapsed: $0.element.time, event: $0.element.event)
        }
    }

    var statistics: RunStatistics { RunStatistics(records) }
}
