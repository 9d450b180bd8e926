import Commands
import Events
import Foundation
import History

/// A run of two rounds on two servers: attempts that succeed, fail, are cancelled, known, and tried again; builds and candidates.
enum StatsSample {
    static let started = Date(timeIntervalSince1970: 1_770_000_000.25)

    private static func task(_ id: String, _ specialist: String, after: [String] = []) -> PlannedWork.Task {
        PlannedWork.Task(
            id: id, specialist: specialist, title: "about \(id)", wave: after.isEmpty ? 1 : 2, dependencies: after,
            server: nil)
    }

    private static func end(
        _ task: String, _ attempt: Int, _ server: String, _ model: String, _ outcome: TaskEnd.Outcome,
        _ elapsed: Double,
        cached: Bool = false
    ) -> RunEvent {
        let isGood = outcome == .succeeded && !cached
        return .taskFinished(
            TaskEnd(
                task: task, attempt: attempt, server: server, model: model, outcome: outcome,
                reason: outcome == .failed ? "the server \"said\"\nno" : nil,
                code: outcome == .failed ? "serverFailed" : nil, promptTokens: isGood ? 400 : nil,
                answerTokens: isGood ? Int(elapsed * 10) : nil, load: isGood ? 0.1 : nil, prompt: isGood ? 0.4 : nil,
                answer: isGood ? elapsed - 0.5 : nil, firstToken: isGood ? 0.6 : nil, elapsed: elapsed, cached: cached))
    }

    static let events: [(Double, RunEvent)] = [
        (
            0,
            .runStarted(RunStart(command: "fix", repository: "/r", head: "abc", problem: "make, -j2", version: "0.1.0"))
        ),
        (0.1, .buildStarted(purpose: .reproduce, command: "make")),
        (2.1, .buildFinished(BuildEnd(purpose: .reproduce, exitCode: 2, timedOut: false, errors: 1, duration: 2))),
        (
            2.2,
            .serverJoined(
                ServerFacts(
                    name: "gpu", kind: "ollama", url: "http://a", version: "1", model: "qwen2.5-coder:7b", slots: 2))
        ),
        (
            2.2,
            .serverJoined(
                ServerFacts(name: "laptop", kind: "ollama", url: "http://b", version: "1", model: "tiny:1b", slots: 1))
        ),
        (
            2.5,
            .planned(
                PlannedWork(
                    pattern: "divide-and-conquer", strategy: "predictive",
                    tasks: [
                        task("repair-1", "Coder"), task("repair-2", "Coder"), task("look", "Logic Analyst"),
                        task("known", "Coder"), task("join", "Integrator", after: ["repair-1", "repair-2"]),
                    ]))
        ),
        (2.5, .taskStarted(task: "repair-1", attempt: 1, server: "gpu", model: "qwen2.5-coder:7b")),
        (2.5, .taskPredicted(task: "repair-1", attempt: 1, server: "gpu", seconds: 3.4)),
        (2.5, .taskStarted(task: "repair-2", attempt: 1, server: "gpu", model: "qwen2.5-coder:7b")),
        (2.6, .taskStarted(task: "look", attempt: 1, server: "laptop", model: "tiny:1b")),
        (2.6, .taskStarted(task: "known", attempt: 1, server: "gpu", model: "qwen2.5-coder:7b")),
        (2.7, end("known", 1, "gpu", "qwen2.5-coder:7b", .succeeded, 0.1, cached: true)),
        (4.5, end("look", 1, "laptop", "tiny:1b", .failed, 1.9)),
        (4.5, .taskRetried(task: "look", attempt: 2, delay: 0.5, reason: "no")),
        (5.0, .taskStarted(task: "look", attempt: 2, server: "laptop", model: "tiny:1b")),
        (5.5, end("repair-1", 1, "gpu", "qwen2.5-coder:7b", .succeeded, 3)),
        (6.5, end("repair-2", 1, "gpu", "qwen2.5-coder:7b", .succeeded, 4)),
        (
            6.5,
            .replyRead(
                ReplyRecord(task: "repair-1", model: "qwen2.5-coder:7b", format: "window", outcome: .applied))
        ),
        (
            6.5,
            .replyRead(
                ReplyRecord(task: "repair-2", model: "qwen2.5-coder:7b", format: "window", outcome: .malformed))
        ),
        (6.6, .taskStarted(task: "join", attempt: 1, server: "gpu", model: "qwen2.5-coder:7b")),
        (8.6, end("join", 1, "gpu", "qwen2.5-coder:7b", .succeeded, 2)),
        (8.7, end("look", 2, "laptop", "tiny:1b", .cancelled, 3.7)),
        (8.8, .orchestrationFinished(duration: 6.3)),
        (9.0, .buildStarted(purpose: .verify, command: "make")),
        (11.0, .buildFinished(BuildEnd(purpose: .verify, exitCode: 0, timedOut: false, errors: 0, duration: 2))),
        (
            11.0,
            .candidateJudged(
                CandidateVerdict(
                    id: "c1", source: "repair-1", model: "qwen2.5-coder:7b", result: .passed,
                    reason: "the build passes",
                    files: ["main.c"], changedLines: 2))
        ),
        (
            11.1,
            .candidateJudged(
                CandidateVerdict(
                    id: "c2", source: "repair-2", model: "qwen2.5-coder:7b", result: .refused,
                    reason: "it edits a test",
                    files: ["t.c"], changedLines: 9))
        ),
        (11.2, .published(branch: "teamfix/x", commit: "123", verified: true, files: ["main.c"])),
        (11.25, .runFinished(outcome: "fixed", exitCode: 0, duration: 11.25)),
    ]

    static func records(_ run: String = "20260202-024000-abcd") -> [RunRecord] {
        events.enumerated().map {
            RunRecord(run: run, sequence: $0.offset + 1, elapsed: $0.element.0, event: $0.element.1)
        }
    }

    static func run(_ id: String = "20260202-024000-abcd", day: Double = 0) -> StoredRun {
        StoredRun(
            id: id, command: "fix", repository: "/r", started: started.addingTimeInterval(day * 86_400),
            problem: "make, -j2", outcome: "fixed", exitCode: 0, duration: 11.25, version: "0.1.0")
    }

    /// Three runs over nine days, the last one killed.
    static var runs: [(run: StoredRun, records: [RunRecord])] {
        var killed = run("20260211-024000-abcf", day: 9)
        (killed.outcome, killed.exitCode, killed.duration) = (nil, nil, nil)
        return [
            (run(), records()), (run("20260203-024000-abce", day: 1), records("20260203-024000-abce")),
            (killed, Array(records("20260211-024000-abcf").prefix(15))),
        ]
    }
}
