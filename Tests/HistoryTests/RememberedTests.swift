import Events
import Foundation
import GRDB
import Testing

@testable import History

/// A run in which `t1` is a Coder's task and `t2` a Logic Analyst's, and these candidates were judged.
func judgedRun(_ run: String, _ verdicts: [(id: String, task: String, result: CandidateVerdict.Result)]) -> [RunRecord]
{
    func task(_ id: String, _ specialist: String) -> PlannedWork.Task {
        PlannedWork.Task(id: id, specialist: specialist, title: "t", wave: 1, dependencies: [], server: nil)
    }
    var all: [RunEvent] = [
        .runStarted(RunStart(command: "fix", repository: "/r", head: nil, problem: "p", version: "1")),
        .planned(
            PlannedWork(
                pattern: "pipeline", strategy: "predictive", tasks: [task("t1", "Coder"), task("t2", "Logic Analyst")])),
    ]
    all += verdicts.map { verdict in
        .candidateJudged(
            CandidateVerdict(
                id: verdict.id, source: verdict.task, model: verdict.task == "builtin" ? nil : "m",
                result: verdict.result, reason: "r", files: ["f"], changedLines: 1))
    }
    return all.enumerated().map { RunRecord(run: run, sequence: $0.offset + 1, elapsed: 0, event: $0.element) }
}

@Suite struct TrackRecordTests {
    let folder: TemporaryFolder
    let store: RunStore

    init() throws {
        folder = try TemporaryFolder()
        store = try RunStore.open(at: folder.history)
    }

    @Test func `verdicts count for the specialist and the model that proposed the candidate`() throws {
        let run = judgedRun(
            "a",
            [
                ("c1", "t1", .passed), ("c2", "t1", .improved), ("c3", "t1", .failed), ("c4", "t2", .refused),
                ("c5", "t2", .cancelled), ("c6", "builtin", .passed), ("c7", "unknown", .passed),
            ])
        try store.append(run, started: someDay)
        // A batch whose fate is unknown is appended again.
        try store.append(run, started: someDay)
        try store.append(judgedRun("b", [("c1", "t2", .passed)]), started: someDay)
        #expect(
            try store.verdictCounts() == [
                VerdictCount(specialist: "Coder", model: "m", verified: 2, refused: 1),
                VerdictCount(specialist: "Logic Analyst", model: "m", verified: 1, refused: 1),
            ])
    }

    @Test func `a verdict that is written in a later batch than its plan counts, too`() throws {
        for record in judgedRun("a", [("c1", "t1", .passed)]) { try store.append([record], started: someDay) }
        #expect(try store.verdictCounts().map(\.specialist) == ["Coder"])
    }

    @Test func `the newest verdicts count, however large the history is`() throws {
        try store.append(judgedRun("run-0", []), started: someDay)
        try store.write { database in
            for sequence in 10..<5010 {
                try database.execute(
                    sql: "INSERT INTO verdicts VALUES ('run-0', ?, 'Coder', 'm', 0)", arguments: [sequence])
            }
        }
        try store.append(judgedRun("run-1", [("c1", "t1", .passed), ("c2", "t1", .passed)]), started: someDay)
        #expect(
            try store.verdictCounts(limit: 100) == [
                VerdictCount(specialist: "Coder", model: "m", verified: 2, refused: 98)
            ])
        let plan = try store.read { database in
            try Row.fetchAll(
                database,
                sql: "EXPLAIN QUERY PLAN SELECT * FROM verdicts ORDER BY run DESC, sequence DESC LIMIT 100"
            ).map { $0["detail"] as String }.joined()
        }
        #expect(!plan.contains("TEMP B-TREE"), "the newest are found without sorting all")
    }

    @Test func `a run that is removed takes its verdicts along`() throws {
        try store.append(judgedRun("a", [("c1", "t1", .passed)]), started: someDay)
        try store.append(judgedRun("b", [("c1", "t1", .failed)]), started: someDay + 1)
        try store.prune(keepingAtMost: 1)
        #expect(try store.verdictCounts() == [VerdictCount(specialist: "Coder", model: "m", verified: 0, refused: 1)])
    }
}

@Suite struct ProfileTests {
    let folder: TemporaryFolder
    let store: RunStore

    init() throws {
        folder = try TemporaryFolder()
        store = try RunStore.open(at: folder.history)
    }

    @Test func `a profile is there for its server and model alone, also for another process`() throws {
        let key = ProfileKey(server: "http://gpu:11434", model: "sha256:1")
        try store.keep([key: #"{"rate":1}"#])
        let other = try RunStore.open(at: folder.history)
        let strangers = [
            ProfileKey(server: "http://gpu:11434", model: "sha256:2"), ProfileKey(server: "x", model: "sha256:1"),
        ]
        #expect(try other.profiles(for: strangers + [key, key]) == [key: #"{"rate":1}"#])
        try other.keep([key: #"{"rate":2}"#])
        #expect(try store.profiles(for: [key]) == [key: #"{"rate":2}"#])
        #expect(try store.profiles(for: []).isEmpty)
    }

    @Test func `profiles are bounded in number, the oldest go, and in size`() throws {
        func key(_ number: Int) -> ProfileKey { ProfileKey(server: "s\(number)", model: "m") }
        try store.keep([key(0): "old"], now: someDay)
        try store.keep(
            Dictionary(uniqueKeysWithValues: (1...RunStore.mostProfiles).map { (key($0), "p\($0)") }), now: someDay + 1)
        #expect(try store.profiles(for: [key(0)]).isEmpty)
        #expect(try store.profiles(for: (1...RunStore.mostProfiles).map(key)).count == RunStore.mostProfiles)
        try store.keep([key(1): String(repeating: "x", count: RunStore.longestProfile + 1)], now: someDay + 2)
        #expect(try store.profiles(for: [key(1)]) == [key(1): "p1"])
    }
}
