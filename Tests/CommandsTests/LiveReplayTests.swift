import Events
import Foundation
import TestSupport
import Testing

@testable import Commands

@Suite("The live view, and its replay")
struct LiveReplayTests {
    private func state(until elapsed: Double) -> LiveState {
        var state = LiveState()
        for record in StatsSample.records() where record.elapsed <= elapsed { state.apply(record) }
        return state
    }

    @Test("what runs is shown against what was predicted, at every width", arguments: [60, 80, 120])
    func predicted(columns: Int) throws {
        let layout = LiveLayout(Terminal(isTerminal: true, columns: columns, rows: 24))
        let lines = layout.lines(state(until: 5.2), at: 5.2)
        for line in lines { #expect(displayWidth(line) < columns, "\(line)") }
        #expect(lines.contains { $0.contains("2.7s of ~3.4s") })
        try expectSnapshot(lines.joined(separator: "\n") + "\n", named: "live-predicted-\(columns)")
    }

    @Test("the run's own end is predicted when nothing waits and everything under way is")
    func end() {
        var state = LiveState()
        func apply(_ elapsed: Double, _ event: RunEvent) {
            state.apply(RunRecord(run: "r", sequence: 1, elapsed: elapsed, event: event))
        }
        func task(_ id: String) -> PlannedWork.Task {
            .init(id: id, specialist: "Coder", title: "", wave: 1, dependencies: [], server: nil)
        }
        apply(0, .planned(PlannedWork(pattern: "pipeline", strategy: "predictive", tasks: [task("a"), task("b")])))
        #expect(state.predictedEnd == nil)
        apply(1, .taskStarted(task: "a", attempt: 1, server: "s", model: "m"))
        apply(1, .taskPredicted(task: "a", attempt: 1, server: "s", seconds: 4))
        #expect(state.predictedEnd == nil, "one hasn't begun")
        apply(2, .taskStarted(task: "b", attempt: 1, server: "s", model: "m"))
        #expect(state.predictedEnd == nil, "of one nothing is known")
        apply(2, .taskPredicted(task: "b", attempt: 1, server: "s", seconds: 7))
        #expect(state.predictedEnd == 9)
        apply(3, .taskStarted(task: "b", attempt: 2, server: "t", model: "m"))
        #expect(state.predictedEnd == nil, "another attempt isn't the one that was predicted")
        // A prediction for an attempt that isn't the shown one is passed over.
        apply(3, .taskPredicted(task: "b", attempt: 1, server: "s", seconds: 1))
        #expect(state.rows[1].predicted == nil)
    }

    @Test("the same picture isn't drawn twice, and each is drawn at once")
    func drawing() async {
        let collected = Collected(isTerminal: true, size: (80, 24))
        // Time stands still but for the records'.
        let view = LiveView(
            stream: collected.stream, environment: ["LANG": "C.UTF-8", "TERM": "xterm"], verbosity: .normal, speed: 0)
        func pictures() -> Int { collected.text.components(separatedBy: "\u{1B}[?2026h").count - 1 }
        for record in StatsSample.records() where record.elapsed <= 5.2 { view.sink(record) }
        view.draw()
        #expect(pictures() == 1)
        view.draw()
        #expect(pictures() == 1)
        for record in StatsSample.records() where record.elapsed == 5.5 { view.sink(record) }
        view.draw()
        #expect(pictures() == 2)
        #expect(collected.text.components(separatedBy: "\u{1B}[?2026l").count == 3)
        #expect(collected.text.contains("join"))
        // Leaves no live area behind.
        await view.during {}
    }

    @Test("lines about a run are the same whenever its records come", arguments: [Verbosity.normal, .verbose])
    func lines(verbosity: Verbosity) async {
        func shown(_ speed: Double) async -> String {
            let collected = Collected()
            let view = LiveView(stream: collected.stream, environment: [:], verbosity: verbosity, speed: speed)
            await view.during { for record in StatsSample.records() { view.sink(record) } }
            return collected.text
        }
        let (one, other) = (await shown(1), await shown(0))
        #expect(one == other)
        #expect(one.contains("look failed on laptop"))
    }

    @Test(
        "a factor is a number above 0 or max",
        arguments: [("2", 2), ("0.5", 0.5), ("max", .infinity)] as [(String, Double)])
    func speeds(text: String, factor: Double) {
        #expect(Speed(argument: text)?.factor == factor)
        #expect(Speed(argument: "0") == nil && Speed(argument: "nan") == nil && Speed(argument: "fast") == nil)
    }
}
