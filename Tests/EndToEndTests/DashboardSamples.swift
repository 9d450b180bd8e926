import Events
import Foundation
import History
import TestSupport

extension ScratchRepository {
    /// The history that the program uses here.
    var runStore: RunStore { get throws { try RunStore.open(at: home + "/.local/state/teamfix/history.sqlite") } }

    /// Records a run that began a while ago.
    func record(_ events: [RunEvent], as id: String, ago: TimeInterval = 5) throws {
        let records = events.enumerated().map { index, event in
            RunRecord(run: id, sequence: index + 1, elapsed: Double(index) / 4, event: event)
        }
        try runStore.append(records, started: Date(timeIntervalSinceNow: -ago))
    }
}

/// Text that would take over a page which doesn't escape it.
enum Hostile {
    static let script = "</script><script>document.title='taken'</script>"
    static let image = "\"><img src=x onerror=document.title='taken'>"
    static let attribute = "' onmouseover='document.title=1"
    static let style = "</style></title></pre></svg><svg onload=document.title='taken'>"
    /// Hides and reorders what stands around it.
    static let control = "\u{1B}]0;taken\u{7}\u{202E}\u{0}"

    static let all = [script, image, attribute, style, control].joined(separator: " ")

    /// A run whose every text is hostile.
    static let run: [RunEvent] = [
        .runStarted(RunStart(command: all, repository: "/tmp/" + all, head: all, problem: all, version: all)),
        .serverJoined(ServerFacts(name: all, kind: all, url: all, version: all, model: all, slots: 2)),
        .planned(
            PlannedWork(
                pattern: all, strategy: all,
                tasks: [
                    .init(id: all, specialist: all, title: all, wave: 1, dependencies: [], server: nil),
                    .init(id: "second", specialist: all, title: all, wave: 2, dependencies: [all], server: all),
                ])),
        .taskStarted(task: all, attempt: 1, server: all, model: all),
        .taskFinished(
            TaskEnd(
                task: all, attempt: 1, server: all, model: all, outcome: .failed, reason: all, answerTokens: 12,
                answer: 0.1, elapsed: 0.2)),
        .taskMoved(task: all, from: all, reason: all),
        .taskSkipped(task: "second", reason: all, wasNeeded: true),
        .serverLost(name: all, reason: all),
        .buildStarted(purpose: .verify, command: all),
        .replyRead(ReplyRecord(task: all, model: all, format: all, outcome: .malformed, reason: all)),
        .candidateJudged(
            CandidateVerdict(
                id: all, source: all, model: all, result: .refused, reason: all, files: [all], changedLines: 3)),
        .published(branch: all, commit: all, verified: false, files: [all]),
        .synthesized(strategy: all, sources: [all], summary: all),
        .notice(level: .warning, text: all),
        .runFinished(outcome: all, exitCode: 1, duration: 3),
    ]

    static let patch = """
        diff --git a/\(all) b/\(all)
        --- a/\(all)
        +++ b/\(all)
        @@ -1 +1 @@ \(all)
        -\(all)
        +\(all)

        """
}

/// A run as it looks half-way: two waves, one answer, one failure, one under way.
enum Sample {
    static let half: [RunEvent] = [
        .runStarted(
            RunStart(command: "analyze", repository: "/src/shop", head: "abc", problem: "Look into it", version: "1")),
        .serverJoined(
            ServerFacts(name: "ollama01", kind: "ollama", url: "http://a", version: "1", model: "coder:7b", slots: 2)),
        .planned(
            PlannedWork(
                pattern: "parallel-analysis", strategy: "predictive",
                tasks: [
                    .init(
                        id: "syntax", specialist: "Syntax Analyst", title: "one", wave: 1, dependencies: [], server: nil
                    ),
                    .init(
                        id: "logic", specialist: "Logic Analyst", title: "two", wave: 1, dependencies: [], server: nil),
                    .init(
                        id: "sum", specialist: "Synthesizer", title: "three", wave: 2,
                        dependencies: ["syntax", "logic"], server: nil),
                ])),
        .taskStarted(task: "syntax", attempt: 1, server: "ollama01", model: "coder:7b"),
        .taskStarted(task: "logic", attempt: 1, server: "ollama01", model: "coder:7b"),
        .taskFinished(
            TaskEnd(
                task: "syntax", attempt: 1, server: "ollama01", model: "coder:7b", outcome: .succeeded,
                promptTokens: 300, answerTokens: 60, load: 0, prompt: 0.2, answer: 0.4, firstToken: 0.3, elapsed: 0.6)),
    ]
}
