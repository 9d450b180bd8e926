import Events
import Orchestration
import Testing

@Suite("A run's figures say what to do better")
struct AdviceTests {
    private struct Attempt {
        var task: String
        var server: String
        var start: Double
        var seconds: Double
        var outcome = TaskEnd.Outcome.succeeded
        var code: String?
        var times: (load: Double, prompt: Double, answer: Double)?
        var tokens: (prompt: Int, answer: Int)?
        var specialist = "Analyst"
        var after: [String] = []
        var pinned: String?
    }

    private func advice(
        _ attempts: [Attempt], servers: [(name: String, slots: Int)] = [("a", 1), ("b", 1)], duration: Double,
        lost: String? = nil
    ) -> [RunAdvice] {
        var events: [(Double, RunEvent)] = servers.map {
            (
                0,
                .serverJoined(
                    ServerFacts(name: $0.name, kind: "ollama", url: "", version: nil, model: "m", slots: $0.slots))
            )
        }
        var seen: Set<String> = []
        let tasks = attempts.filter { seen.insert($0.task).inserted }.map {
            PlannedWork.Task(
                id: $0.task, specialist: $0.specialist, title: "", wave: 1, dependencies: $0.after, server: $0.pinned)
        }
        events.append((0, .planned(PlannedWork(pattern: "p", strategy: "s", tasks: tasks))))
        if let lost { events.append((0, .serverLost(name: lost, reason: "gone"))) }
        for attempt in attempts {
            events.append(
                (attempt.start, .taskStarted(task: attempt.task, attempt: 1, server: attempt.server, model: "m")))
            events.append(
                (
                    attempt.start + attempt.seconds,
                    .taskFinished(
                        TaskEnd(
                            task: attempt.task, attempt: 1, server: attempt.server, model: "m",
                            outcome: attempt.outcome,
                            code: attempt.code, promptTokens: attempt.tokens?.prompt,
                            answerTokens: attempt.tokens?.answer, load: attempt.times?.load,
                            prompt: attempt.times?.prompt, answer: attempt.times?.answer, elapsed: attempt.seconds))
                ))
        }
        events.append((duration, .orchestrationFinished(duration: duration)))
        let ordered = events.enumerated().sorted { ($0.element.0, $0.offset) < ($1.element.0, $1.offset) }
        return RunStatistics(
            ordered.enumerated().map {
                RunRecord(run: "r", sequence: $0.offset + 1, elapsed: $0.element.element.0, event: $0.element.element.1)
            }
        ).advice
    }

    @Test func `a run that went well gets none, nor does one that was too short to matter`() {
        let well = (0..<4).map {
            Attempt(task: "\($0)", server: $0 % 2 == 0 ? "a" : "b", start: Double($0 / 2) * 10, seconds: 10)
        }
        #expect(advice(well, duration: 20).isEmpty)
        let short = [
            Attempt(task: "1", server: "a", start: 0, seconds: 0.3),
            Attempt(task: "2", server: "a", start: 0.3, seconds: 0.3, after: ["1"]),
        ]
        #expect(advice(short, duration: 0.6).isEmpty)
        #expect(advice([Attempt(task: "1", server: "a", start: 0, seconds: 60)], duration: 60).isEmpty)
        #expect(RunStatistics([]).advice.isEmpty)
    }

    @Test func `tasks that wait for one another are a chain`() {
        let found = advice(
            [
                Attempt(task: "1", server: "a", start: 0, seconds: 20),
                Attempt(task: "2", server: "b", start: 20, seconds: 20, after: ["1"]),
                Attempt(task: "3", server: "a", start: 40, seconds: 20, after: ["2"]),
            ], duration: 60)
        #expect(found.map(\.code) == [.chain])
        #expect(found.first?.numbers == ["tasks": 3, "chain": 60, "duration": 60, "efficiency": 1])
        #expect(
            found.first?.text
                == "3 tasks waited for one another, 60.0 s of 60.0 s: drop dependencies that aren't needed")
    }

    @Test func `one task that takes most of the time should be split`() {
        let found = advice(
            [
                Attempt(task: "1", server: "a", start: 0, seconds: 50, specialist: "Architect"),
                Attempt(task: "2", server: "b", start: 0, seconds: 5),
                Attempt(task: "3", server: "b", start: 5, seconds: 5),
            ], duration: 50)
        #expect(found.first?.code == .longTask && found.first?.subject == "Architect")
    }

    @Test func `a slow server that ends last is named with its rate`() {
        let found = advice(
            [
                Attempt(task: "1", server: "a", start: 0, seconds: 10, times: (0, 0, 10), tokens: (10, 200)),
                Attempt(task: "2", server: "b", start: 0, seconds: 50, times: (0, 0, 50), tokens: (10, 200)),
                Attempt(task: "3", server: "a", start: 10, seconds: 10, times: (0, 0, 10), tokens: (10, 200)),
            ], duration: 50)
        #expect(found.first?.code == .slowServer && found.first?.subject == "b")
        #expect(found.first?.numbers["alone"] == 30 && found.first?.numbers["rate"] == 4)
    }

    @Test func `slots that nobody could use, and workers that nobody let work`() {
        let two = [
            Attempt(task: "1", server: "a", start: 0, seconds: 20),
            Attempt(task: "2", server: "b", start: 0, seconds: 19),
        ]
        let found = advice(two, servers: [("a", 4), ("b", 4)], duration: 20)
        #expect(found.map(\.code) == [.moreSlotsThanTasks])
        #expect(found.first?.numbers["slots"] == 8)
        let six = (0..<6).map { Attempt(task: "\($0)", server: "a", start: Double($0) * 5, seconds: 5) }
        let bounded = advice(six, servers: [("a", 4)], duration: 30)
        #expect(bounded.map(\.code) == [.fewWorkers])
        #expect(bounded.first?.text.hasPrefix("never more than 1 of 6 tasks ran at once on 4 slots") == true)
        // Six at once, and then a long wait for something else than a server.
        let early = (0..<6).map { Attempt(task: "\($0)", server: "a", start: 0, seconds: 5) }
        #expect(advice(early, servers: [("a", 6)], duration: 30).isEmpty)
    }

    @Test func `one server busy and the other not is said, with the pins that do it`() {
        let tasks = (0..<5).map {
            Attempt(task: "\($0)", server: "a", start: Double($0) * 10, seconds: 10, pinned: "a")
        }
        let light = Attempt(task: "light", server: "b", start: 0, seconds: 10)
        let found = advice(tasks + [light], duration: 50)
        let balance = found.first { $0.code == .unbalanced }
        #expect(balance?.subject == "a")
        #expect(balance?.text == "a was busy 100% of the time, b 20%: unpin some of the 5 tasks that name a")
        #expect(balance?.numbers == ["busiest": 1, "idlest": 0.2, "pinned": 5])
        let idle = advice(tasks, duration: 50, lost: "b").first { $0.code == .idleServer }
        #expect(idle?.subject == "b" && idle?.text.contains("it was lost") == true)
        #expect(advice(tasks, duration: 50).contains { $0.code == .idleServer && $0.text.contains("strengths") })
    }

    @Test func `many failures name the server or the specialist, and what to do about their kind`() {
        let good = (0..<4).map { Attempt(task: "g\($0)", server: "a", start: Double($0), seconds: 1) }
        let bad = (0..<3).map {
            Attempt(task: "b\($0)", server: "b", start: Double($0), seconds: 1, outcome: .failed, code: "serverFailed")
        }
        let found = advice(good + bad, duration: 4).first
        #expect(found?.code == .manyFailures && found?.subject == "b")
        #expect(found?.numbers == ["failed": 3, "attempts": 7])
        #expect(found?.text.hasPrefix("3 of 7 attempts failed on b, mostly the server failed: read its log") == true)
        let role = (0..<4).map {
            Attempt(
                task: "r\($0)", server: $0 % 2 == 0 ? "a" : "b", start: Double($0), seconds: 1, outcome: .failed,
                code: "malformed", specialist: "Judge")
        }
        #expect(advice(good + role, duration: 4).first?.subject == "Judge")
        #expect(!advice(good + bad.prefix(1), duration: 4).contains { $0.code == .manyFailures })
    }

    @Test func `time-outs say how long was waited`() {
        let good = (0..<4).map { Attempt(task: "g\($0)", server: "a", start: Double($0), seconds: 1) }
        let late = Attempt(task: "l", server: "b", start: 0, seconds: 30, outcome: .failed, code: "timedOut")
        let found = advice(good + [late], duration: 30).first { $0.code == .timeouts }
        #expect(found?.subject == "b" && found?.numbers["longest"] == 30)
        #expect(found?.text.contains("1 of 5 attempts ran out of time on b, after 30.0 s") == true)
    }

    @Test func `loads and prompts that take most of the time are told`() {
        let loading = (0..<2).map {
            Attempt(
                task: "\($0)", server: $0 == 0 ? "a" : "b", start: 0, seconds: 20, times: (10, 2, 8), tokens: (10, 10))
        }
        #expect(advice(loading, duration: 20).map(\.code) == [.modelLoads])
        let reading = (0..<2).map {
            Attempt(
                task: "\($0)", server: $0 == 0 ? "a" : "b", start: 0, seconds: 20, times: (0, 15, 5), tokens: (10, 10))
        }
        #expect(advice(reading, duration: 20).map(\.code) == [.promptHeavy])
    }
}
