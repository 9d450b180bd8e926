import Events
import Foundation
import GRDB
import Testing

@testable import History

@Suite("Summaries and bounds of the history")
struct SummaryAndBoundTests {
    let folder: TemporaryFolder
    let store: RunStore

    init() throws {
        folder = try TemporaryFolder()
        store = try RunStore.open(at: folder.history)
    }

    @Test func `a summary counts while it is of the asked version and rests on every event`() throws {
        try store.append(events(of: "a"), started: someDay)
        try store.append(events(of: "b", repository: "/other", isFinished: false), started: someDay + 1)
        #expect(try store.summarizedRuns(version: 1).map(\.lastEvent) == [5, 4])
        try store.keep([
            StoredSummary(run: "a", events: 5, version: 1, json: "{}"),
            StoredSummary(run: "b", events: 4, version: 1, json: "[]"),
            StoredSummary(run: "gone", events: 4, version: 1, json: "[]"),
        ])
        #expect(try store.summarizedRuns(version: 1).map { $0.summary?.json } == ["{}", "[]"])
        #expect(try store.summarizedRuns(version: 2).map(\.summary) == [nil, nil])
        #expect(try store.summarizedRuns(version: 1, repository: "/r").map(\.run.id) == ["a"])
        #expect(try store.summarizedRuns(version: 1, since: someDay + 0.5).map(\.run.id) == ["b"])
        // Another event, and it is out of date.
        let more = RunRecord(run: "b", sequence: 5, elapsed: 9, event: .notice(level: .info, text: "late"))
        try store.append([more], started: someDay)
        #expect(try store.summarizedRuns(version: 1).map { $0.summary?.json } == ["{}", nil])
        try store.prune(keepingAtMost: 1)
        #expect(try store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM summaries") } == 1)
    }

    @Test func `what pruning would remove is told without removing it`() throws {
        for number in 0..<10 { try store.append(events(of: "r\(number)"), started: someDay + Double(number)) }
        let (removed, left) = try store.pruning(HistoryLimits(olderThan: someDay + 3, runs: 4))
        #expect(removed == 6)
        #expect(left.runs == 4)
        #expect(left.oldest == someDay + 6)
        #expect(try store.size().runs == 10)
        #expect(try store.pruneIfDue(HistoryLimits(olderThan: someDay + 3, runs: 4)) == 6)
        #expect(try store.size().runs == 4)
    }

    @Test func `within its bounds the history isn't written to`() throws {
        for number in 0..<5 { try store.append(events(of: "r\(number)"), started: someDay + Double(number)) }
        try store.database.writeWithoutTransaction { _ = try Row.fetchAll($0, sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
        let before = try store.read { try Int.fetchOne($0, sql: "PRAGMA data_version") }
        #expect(try store.pruneIfDue(HistoryLimits(olderThan: someDay, runs: 5, bytes: 100 << 20)) == 0)
        let log = try FileManager.default.attributesOfItem(atPath: folder.history + "-wal")[.size] as? Int
        #expect(log == 0)
        #expect(try store.read { try Int.fetchOne($0, sql: "PRAGMA data_version") } == before)
        #expect(try store.size().bytes > 4096)
        #expect(try store.pruneIfDue(HistoryLimits(bytes: 1)) == 4)
    }
}
