import Events
import Testing

@testable import History

@Suite("How well models write edit formats is counted over the runs")
struct ReplyCountTests {
    private func record(_ run: String, _ sequence: Int, _ event: RunEvent) -> RunRecord {
        RunRecord(run: run, sequence: sequence, elapsed: Double(sequence), event: event)
    }

    private func reply(_ task: String, _ outcome: ReplyRecord.Outcome, _ format: String = "window") -> RunEvent {
        .replyRead(ReplyRecord(task: task, model: "m", format: format, outcome: outcome))
    }

    private func verdict(_ task: String, _ result: CandidateVerdict.Result) -> RunEvent {
        .candidateJudged(
            CandidateVerdict(
                id: "c", source: task, model: "m", result: result, reason: "", files: ["a.c"], changedLines: 1))
    }

    @Test func `replies, and what the build said of them`() throws {
        let folder = try TemporaryFolder()
        let store = try RunStore.open(at: folder.history)
        #expect(try store.replyCounts().isEmpty)
        let events = [
            record("a", 1, reply("t1", .applied)), record("a", 2, verdict("t1", .failed)),
            record("a", 3, reply("t2", .unchanged)), record("a", 4, reply("t3", .malformed)),
            record("a", 5, reply("t4", .applied, "search-replace")), record("a", 6, verdict("t4", .improved)),
            record("b", 1, reply("t1", .applied)), record("b", 2, verdict("t1", .passed)),
            record("b", 3, verdict("builtin", .passed)),
        ]
        try store.append(events, started: someDay)
        // What was written already counts once.
        try store.append(Array(events.prefix(3)), started: someDay)
        #expect(
            try store.replyCounts() == [
                ReplyCount(model: "m", format: "search-replace", asked: 1, applied: 1, unchanged: 0, verified: 1),
                ReplyCount(model: "m", format: "window", asked: 4, applied: 2, unchanged: 1, verified: 1),
            ])
        #expect(try store.replyCounts(limit: 1).map(\.asked) == [1])
        try store.prune(keepingAtMost: 1)
        #expect(try store.replyCounts().map(\.asked).reduce(0, +) == 1)
    }
}
