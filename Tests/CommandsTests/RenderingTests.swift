import Commands
import Events
import Foundation
import Orchestration
import TestSupport
import Testing

@Suite("Rendering")
struct RenderingTests {
    static let events: [(Double, RunEvent)] = [
        (0, .runStarted(RunStart(command: "fix", repository: "/r", head: nil, problem: "make fails", version: "1"))),
        (
            0.1,
            .serverJoined(
                ServerFacts(
                    name: "ollama01", kind: "ollama", url: "http://a", version: "1", model: "qwen2.5-coder:7b", slots: 2
                ))
        ),
        (
            0.1,
            .serverJoined(
                ServerFacts(name: "ollama02", kind: "ollama", url: "http://b", version: "1", model: nil, slots: 1))
        ),
        (
            0.2,
            .serverJoined(
                ServerFacts(
                    name: "gpu-far-away-in-the-cellar", kind: "openai", url: "http://c", version: nil, model: "m",
                    slots: 1))
        ),
        (
            0.3,
            .planned(
                PlannedWork(
                    pattern: "divide-and-conquer", strategy: "predictive",
                    tasks: [
                        .init(
                            id: "a", specialist: "Syntax Analyst", title: "src/main.c: expected ‘;’ before ‘}’ token",
                            wave: 1, dependencies: [], server: nil),
                        .init(
                            id: "b", specialist: "Coder", title: "src/日本語のファイル名.py", wave: 1, dependencies: [],
                            server: nil),
                        .init(
                            id: "c", specialist: "Coder", title: "lib/util.c", wave: 1, dependencies: [], server: nil),
                        .init(
                            id: "d", specialist: "Integrator", title: "combine", wave: 2,
                            dependencies: ["a", "b", "c"], server: nil),
                    ]))
        ),
        (0.4, .taskStarted(task: "a", attempt: 1, server: "ollama01", model: "qwen2.5-coder:7b")),
        (0.4, .taskStarted(task: "b", attempt: 1, server: "ollama02", model: "tiny:1b")),
        (0.5, .taskStarted(task: "c", attempt: 1, server: "ollama01", model: "qwen2.5-coder:7b")),
        (
            2.5,
            .taskFinished(
                TaskEnd(
                    task: "a", attempt: 1, server: "ollama01", model: "m", outcome: .succeeded, answerTokens: 180,
                    elapsed: 2.1))
        ),
        (2.6, .taskProgress(task: "b", attempt: 1, server: "ollama02", pieces: 64)),
        (2.7, .serverLost(name: "gpu-far-away-in-the-cellar", reason: "connection refused\u{1B}[31m")),
        (
            2.8,
            .taskFinished(
                TaskEnd(
                    task: "c", attempt: 1, server: "ollama01", model: "m", outcome: .failed,
                    reason: "the answer was cut", elapsed: 2.3))
        ),
        (2.8, .taskRetried(task: "c", attempt: 2, delay: 0.5, reason: "the answer was cut")),
        (3.0, .taskStarted(task: "c", attempt: 2, server: "ollama01", model: "m")),
        (3.1, .buildStarted(purpose: .verify, command: "make -j2 all check")),
        (
            3.2,
            .candidateJudged(
                CandidateVerdict(
                    id: "1", source: "builtin", model: nil, result: .improved, reason: "one root cause less",
                    files: ["src/main.c"], changedLines: 2))
        ),
    ]

    static let records = events.enumerated().map {
        RunRecord(run: "r", sequence: $0.offset + 1, elapsed: $0.element.0, event: $0.element.1)
    }

    static var state: LiveState {
        var state = LiveState()
        for record in records { state.apply(record) }
        return state
    }

    @Test("the live view fits its width", arguments: [60, 80, 120])
    func liveView(columns: Int) throws {
        let layout = LiveLayout(Terminal(isTerminal: true, columns: columns, rows: 24))
        let lines = layout.lines(Self.state, at: 4.4)
        for line in lines { #expect(displayWidth(line) < columns, "\(line)") }
        try expectSnapshot(lines.joined(separator: "\n") + "\n", named: "live-\(columns)")
    }

    @Test("the live view fits a low terminal, and what runs stays")
    func lowTerminal() {
        let lines = LiveLayout(Terminal(isTerminal: true, columns: 80, rows: 9)).lines(Self.state, at: 4.4)
        #expect(lines.count <= 8)
        #expect(lines.contains { $0.contains("lib/util.c") })
    }

    @Test("without a UTF-8 locale the view is ASCII but for what it quotes")
    func ascii() {
        let lines = LiveLayout(Terminal(isTerminal: true, columns: 80, hasUnicode: false)).lines(Self.state, at: 4.4)
        #expect(lines[0].utf8.allSatisfy { $0 < 0x80 })
        #expect(lines.contains { $0.hasPrefix("`- . Integrator - combine") })
    }

    @Test("where there is no terminal, progress is plain lines", arguments: [Verbosity.quiet, .normal, .verbose])
    func plainLines(verbosity: Verbosity) async throws {
        let collected = Collected()
        let view = LiveView(stream: collected.stream, environment: ["LANG": "C.UTF-8"], verbosity: verbosity)
        await view.during { for record in Self.records { view.sink(record) } }
        #expect(!collected.text.contains("\u{1B}"))
        try expectSnapshot(collected.text, named: "progress-\(verbosity)")
    }

    @Test("on a terminal the area is gone at the end, also when the run fails")
    func areaIsCleared() async {
        struct Stop: Error {}
        let collected = Collected(isTerminal: true, size: (80, 24))
        let view = LiveView(
            stream: collected.stream, environment: ["LANG": "C.UTF-8", "TERM": "xterm"], verbosity: .normal)
        await #expect(throws: Stop.self) { () async throws in
            try await view.during {
                for record in Self.records { view.sink(record) }
                // The painter runs beside this task; wait for its first picture.
                let deadline = ContinuousClock.now + .seconds(20)
                while !collected.text.contains("Wave 1"), .now < deadline { await Task.yield() }
                throw Stop()
            }
        }
        #expect(collected.text.contains("Wave 1"))
        let screen = Screen(collected.text)
        #expect(!screen.lines.contains { $0.contains("Wave 1") })
        #expect(
            screen.lines.contains { $0.contains("lost: ") || $0.contains("server gpu-far-away-in-the-cellar lost") })
    }

    @Test("a log that is faster than the terminal loses no event, and its lines are bounded")
    func flood() async {
        let collected = Collected()
        let view = LiveView(stream: collected.stream, environment: [:], verbosity: .normal)
        await view.during {
            for number in 1...50_000 {
                view.sink(
                    RunRecord(run: "r", sequence: number, elapsed: 0, event: .notice(level: .info, text: "n\(number)")))
            }
        }
        let lines = collected.text.split(separator: "\n")
        #expect(lines.count < 50_000)
        #expect(lines.contains { $0.contains("more lines came too fast") })
    }

    @Test("a table gives way until it fits", arguments: [40, 60, 80, 120])
    func table(width: Int) {
        var table = TextTable([
            .init("server"), .init("url", isFlexible: true), .init("tokens", alignsRight: true),
        ])
        table.add(["ollama01", "http://a-very-long-name.in-some-domain.example.org:11434/with/a/path", "12345"])
        table.add(["日本語", "x", "7"])
        let lines = table.lines(width: width, style: Style(Terminal(isTerminal: false)))
        #expect(lines.count == 3)
        for line in lines { #expect(displayWidth(line) <= width) }
        #expect(lines[1].hasSuffix("12345"))
        #expect(lines[2].hasSuffix("    7"))
    }

    @Test("colours: not with NO_COLOR, --no-color, a dumb terminal or none")
    func colours() {
        let terminal = Collected(isTerminal: true, size: (100, 30)).stream
        #expect(Terminal(terminal, environment: [:], noColor: false).hasColor)
        #expect(Terminal(terminal, environment: ["NO_COLOR": ""], noColor: false).hasColor)
        #expect(!Terminal(terminal, environment: ["NO_COLOR": "1"], noColor: false).hasColor)
        #expect(!Terminal(terminal, environment: [:], noColor: true).hasColor)
        #expect(!Terminal(terminal, environment: ["TERM": "dumb"], noColor: false).hasColor)
        #expect(!Terminal(Collected().stream, environment: [:], noColor: false).hasColor)
        #expect(Terminal(terminal, environment: ["COLUMNS": "50"], noColor: false).columns == 100)
        #expect(Terminal(Collected().stream, environment: ["COLUMNS": "50"], noColor: false).columns == 50)
    }

    @Test("statistics are a table for people and an object for scripts")
    func statistics() throws {
        var report = StatisticsReport(run: "20260101-abc", command: "fix")
        report.outcome = "fixed"
        report.duration = 61.25
        report.orchestrationTime = 52
        report.sequentialDuration = 176
        report.parallelEfficiency = 176 / 52
        report.againstFastest = 1.9
        report.parallelismFactor = 1
        report.boundRatio = 1.08
        report.timeToFirstToken = 0.82
        report.tasks.total = 4
        report.tasks.succeeded = 3
        report.tasks.failed = 1
        report.tasks.retried = 1
        report.tokens.prompt = 8123
        report.tokens.answer = 912
        report.tokens.reused = 4000
        report.failovers = 1
        report.servers = [
            .init(
                name: "ollama01", model: "qwen2.5-coder:7b", slots: 2, tasks: 2, busy: 93, utilization: 0.89,
                promptTokens: 4000, answerTokens: 500, rate: 41.2),
            .init(name: "builtin", tasks: 1, busy: 0.2),
        ]
        report.advice = [
            RunAdvice(
                .manyFailures, subject: "ollama02",
                text:
                    "3 of 7 attempts failed on ollama02, mostly not reachable: check that the server is up (teamfix servers), or leave it out",
                numbers: ["failed": 3, "attempts": 7]),
            RunAdvice(.modelLoads, text: "a short one", numbers: ["share": 0.5]),
            RunAdvice(.promptHeavy, text: "one that doesn't fit any more", numbers: [:]),
        ]
        let terminal = Terminal(isTerminal: false, columns: 80)
        try expectSnapshot(OutputFormat.text.render(report, terminal: terminal), named: "statistics")
        try expectSnapshot(OutputFormat.json.render(report, terminal: terminal), named: "statistics-json")
        #expect(!report.commitText(VerificationFigures([])).contains("advice"))
    }

    @Test("a recorded run's advice reaches the report, and a run that went well has none")
    func advice() {
        func report(after: [String], from start: Double) -> StatisticsReport {
            var events: [(Double, RunEvent)] = [
                (
                    0,
                    .serverJoined(
                        ServerFacts(name: "a", kind: "ollama", url: "", version: nil, model: "m", slots: 2))
                ),
                (
                    0,
                    .planned(
                        PlannedWork(
                            pattern: "pipeline", strategy: "predictive",
                            tasks: [
                                .init(id: "1", specialist: "Coder", title: "", wave: 1, dependencies: [], server: nil),
                                .init(id: "2", specialist: "QA", title: "", wave: 2, dependencies: after, server: nil),
                            ]))
                ),
            ]
            for (task, begin) in [("1", 0.0), ("2", start)] {
                let end = TaskEnd(
                    task: task, attempt: 1, server: "a", model: "m", outcome: .succeeded, elapsed: 10)
                events.append((begin, .taskStarted(task: task, attempt: 1, server: "a", model: "m")))
                events.append((begin + 10, .taskFinished(end)))
            }
            events.append((start + 10, .orchestrationFinished(duration: start + 10)))
            let ordered = events.enumerated().sorted { ($0.element.0, $0.offset) < ($1.element.0, $1.offset) }
            return StatisticsReport(
                ordered.enumerated().map {
                    RunRecord(
                        run: "r", sequence: $0.offset + 1, elapsed: $0.element.element.0, event: $0.element.element.1)
                }, run: "r")
        }
        let style = Style(Terminal(isTerminal: false, columns: 100))
        let slow = report(after: ["1"], from: 10)
        #expect(slow.advice.map(\.code) == [.chain])
        #expect(slow.lines(width: 100, style: style).last?.hasPrefix("advice  2 tasks waited for one another") == true)
        let fast = report(after: [], from: 0)
        #expect(fast.advice.isEmpty)
        #expect(!fast.lines(width: 100, style: style).contains { $0.hasPrefix("advice") })
    }

    @Test(
        "durations are short and never odd",
        arguments: [(0.04, "0.0s"), (59.96, "1m00s"), (61.2, "1m01s"), (3600, "1h00m"), (-1, "0.0s"), (.infinity, "?")])
    func durations(seconds: Double, text: String) {
        #expect(shownDuration(seconds) == text)
    }
}

/// What is left on a terminal after the text: line ends, "up N lines" and "clear below" are understood.
private struct Screen {
    var lines: [String] = [""]

    init(_ text: String) {
        var rest = text[...]
        while let character = rest.first {
            if let match = rest.prefixMatch(of: /\u{1B}\[(\d+)F\u{1B}\[J/) {
                lines.removeLast(min(lines.count - 1, (Int(match.1) ?? 0) + 1))
                lines.append("")
                rest = rest[match.range.upperBound...]
            } else if let match = rest.prefixMatch(of: /\u{1B}\[[0-9;]*m/) {
                rest = rest[match.range.upperBound...]
            } else {
                if character == "\n" { lines.append("") } else { lines[lines.count - 1].append(character) }
                rest = rest.dropFirst()
            }
        }
    }
}
