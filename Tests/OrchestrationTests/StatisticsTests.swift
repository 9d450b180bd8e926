import Events
import Orchestration
import Testing

@Suite struct StatisticsTests {
    private var records: [RunRecord] = []

    private mutating func add(_ elapsed: Double, _ event: RunEvent) {
        records.append(RunRecord(run: "r", sequence: records.count + 1, elapsed: elapsed, event: event))
    }

    private mutating func join(_ names: String..., slots: Int = 1) {
        for name in names {
            add(
                0,
                .serverJoined(ServerFacts(name: name, kind: "ollama", url: "", version: nil, model: "m", slots: slots)))
        }
    }

    private mutating func plan(_ tasks: [(String, [String])]) {
        add(
            0,
            .planned(
                PlannedWork(
                    pattern: "p", strategy: "s",
                    tasks: tasks.map {
                        .init(
                            id: $0.0, specialist: "Analyst", title: "", wave: 1, dependencies: $0.1, server: nil)
                    })))
    }

    private mutating func run(
        _ task: String, on server: String, _ start: Double, _ seconds: Double, outcome: TaskEnd.Outcome = .succeeded,
        tokens: (Int, Int)? = nil, timed: (Double, Double)? = nil, attempt: Int = 1
    ) {
        add(start, .taskStarted(task: task, attempt: attempt, server: server, model: "m"))
        add(
            start + seconds,
            .taskFinished(
                TaskEnd(
                    task: task, attempt: attempt, server: server, model: "m", outcome: outcome,
                    promptTokens: tokens?.0, answerTokens: tokens?.1, prompt: timed?.0, answer: timed?.1,
                    elapsed: seconds)))
    }

    private mutating func statistics(duration: Double) -> RunStatistics {
        add(duration, .orchestrationFinished(duration: duration))
        records.sort { $0.elapsed < $1.elapsed }
        return RunStatistics(records)
    }

    @Test mutating func `four specialists at once: 176 seconds of work in 52 are 3.4x`() {
        join("ollama01", "ollama02", slots: 2)
        plan([("syntax", []), ("whitespace", []), ("pattern", []), ("cause", [])])
        run("syntax", on: "ollama02", 0, 45)
        run("whitespace", on: "ollama01", 0, 38)
        run("pattern", on: "ollama02", 0, 52)
        run("cause", on: "ollama01", 0, 41)
        let figures = statistics(duration: 52)
        #expect(figures.sequentialDuration == 176)
        #expect(figures.duration == 52)
        #expect((figures.parallelEfficiency ?? 0).formattedTenth == "3.4")
        #expect(figures.parallelismFactor == 1)
        #expect(figures.servers.map(\.busy) == [79, 97])
        #expect(figures.servers[1].utilization == 97.0 / 104)
    }

    @Test mutating func `four in parallel and one alone are 80 percent; 79 busy of 100 seconds are 79 percent`() {
        join("ollama01", "ollama02")
        plan([("a", []), ("b", []), ("c", []), ("d", []), ("last", ["a", "b", "c", "d"])])
        run("a", on: "ollama01", 0, 38)
        run("b", on: "ollama02", 0, 45)
        run("c", on: "ollama01", 38, 41)
        run("d", on: "ollama02", 45, 40)
        run("last", on: "ollama02", 85, 12)
        let figures = statistics(duration: 100)
        #expect(figures.parallelismFactor == 0.8)
        #expect(figures.servers.map(\.utilization) == [0.79, 0.97])
    }

    @Test mutating func `a server's own times count, not the client's latency`() {
        join("a")
        plan([("x", [])])
        run("x", on: "a", 0, 50, tokens: (100, 10), timed: (4, 6))
        let figures = statistics(duration: 50)
        #expect(figures.sequentialDuration == 10)
        #expect(figures.parallelEfficiency == 0.2)
        #expect(figures.promptTokens == 100 && figures.answerTokens == 10)
    }

    @Test mutating func `failures, retries, moves and skips are counted once a task`() {
        join("a", "b")
        plan([("moved", []), ("broken", []), ("skipped", ["broken"]), ("stopped", [])])
        run("moved", on: "a", 0, 1, outcome: .failed)
        add(1, .serverLost(name: "a", reason: "gone"))
        add(1, .taskMoved(task: "moved", from: "a", reason: "gone"))
        run("moved", on: "b", 1.5, 2, attempt: 2)
        run("broken", on: "b", 4, 1, outcome: .failed)
        add(5, .taskRetried(task: "broken", attempt: 2, delay: 1, reason: "bad"))
        run("broken", on: "b", 6, 1, outcome: .failed, attempt: 2)
        add(7, .taskSkipped(task: "skipped", reason: "broken", wasNeeded: true))
        run("stopped", on: "b", 8, 1, outcome: .cancelled)
        let figures = statistics(duration: 10)
        #expect(figures.tasks == 4 && figures.successful == 1 && figures.failed == 2 && figures.cancelled == 1)
        #expect(figures.retried == 1 && figures.moved == 1 && figures.failovers == 1 && figures.attempts == 5)
        #expect(figures.sequentialDuration == 2)
        #expect(figures.servers[0].lost == 1 && figures.servers[0].failed == 1)
        #expect(figures.specialists.first?.failed == 2)
    }

    @Test mutating func `the bound and the fastest server are computed from the rates shown`() {
        join("fast", "slow")
        plan([("a", []), ("b", []), ("c", [])])
        // fast: 0.1 s an answer token; slow: 0.2 s. Three tasks of 100 tokens.
        run("a", on: "fast", 0, 10, tokens: (0, 100), timed: (0, 10))
        run("b", on: "slow", 0, 20, tokens: (0, 100), timed: (0, 20))
        run("c", on: "fast", 10, 10, tokens: (0, 100), timed: (0, 10))
        let figures = statistics(duration: 20)
        // 300 tokens at 15 tokens a second over both: 20 s, which this schedule reaches; 30 s on the fast one alone.
        #expect(abs((figures.boundRatio ?? 0) - 1) < 1e-9)
        #expect(abs((figures.againstFastest ?? 0) - 1.5) < 1e-9)
    }

    @Test mutating func `the built-in lane stays out`() {
        join("a")
        add(0, .serverJoined(ServerFacts(name: "here", kind: "builtin", url: "", version: nil, model: nil, slots: 1)))
        plan([("x", [])])
        run("x", on: "a", 0, 2)
        run("fixit", on: "here", 0, 5)
        let figures = statistics(duration: 2)
        #expect(figures.servers.map(\.name) == ["a"])
        #expect(figures.sequentialDuration == 2 && figures.attempts == 1)
    }

    @Test func `no events are no figures`() {
        #expect(RunStatistics([]) == RunStatistics())
    }
}

extension Double {
    fileprivate var formattedTenth: String { String((self * 10).rounded() / 10) }
}
