import Events
import Foundation
import GRDB
import Testing

@testable import History

/// A file of the first version becomes one of this version, with what it holds.
@Suite struct SchemaTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// What the first version wrote.
    private static let first = """
        CREATE TABLE runs (id TEXT PRIMARY KEY NOT NULL, command TEXT NOT NULL, repository TEXT NOT NULL,
            started REAL NOT NULL, problem TEXT NOT NULL, outcome TEXT, exit_code INTEGER, duration REAL,
            version TEXT NOT NULL);
        CREATE INDEX runs_by_time ON runs (started);
        CREATE INDEX runs_by_repository ON runs (repository, started);
        CREATE TABLE events (run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE, sequence INTEGER NOT NULL,
            elapsed REAL NOT NULL, json TEXT NOT NULL, PRIMARY KEY (run, sequence)) WITHOUT ROWID;
        CREATE TABLE patches (run TEXT PRIMARY KEY NOT NULL REFERENCES runs (id) ON DELETE CASCADE, branch TEXT,
            "commit" TEXT, base TEXT, verified INTEGER NOT NULL, text TEXT NOT NULL);
        PRAGMA user_version = 1;
        """

    private func writeFirstVersion(_ records: [RunRecord]) throws {
        try FileManager.default.createDirectory(
            atPath: (folder.history as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        let queue = try DatabaseQueue(path: folder.history)
        try queue.inDatabase { database in
            try database.execute(sql: Self.first)
            try database.execute(
                sql:
                    "INSERT INTO runs (id, command, repository, started, problem, version) VALUES ('a', 'fix', '/r', 1, 'p', '0.1')"
            )
            for record in records {
                var json = try RecordCoding.text(of: record)
                // The first version didn't know the key.
                json = json.replacing(#""cached":false,"#, with: "")
                try database.execute(
                    sql: "INSERT INTO events VALUES ('a', ?, 0, ?)", arguments: [record.sequence, json])
            }
        }
        try queue.close()
    }

    @Test func `runs of the first version stay, and their verdicts count`() throws {
        let records = judgedRun("a", [("c1", "t1", .failed), ("c2", "t2", .passed), ("c3", "t1", .cancelled)])
        try writeFirstVersion(records)
        let store = try RunStore.open(at: folder.history)
        #expect(store.setAside == nil)
        #expect(try store.read { try Int.fetchOne($0, sql: "PRAGMA user_version") } == 5)
        let (kept, unreadable) = try store.records(run: "a")
        #expect(kept == records && unreadable == 0)
        #expect(
            try store.verdictCounts() == [
                VerdictCount(specialist: "Coder", model: "m", verified: 0, refused: 1),
                VerdictCount(specialist: "Logic Analyst", model: "m", verified: 1, refused: 0),
            ])
        let key = ProfileKey(server: "s", model: "m")
        try store.keep([key: "{}"])
        #expect(try RunStore.open(at: folder.history).profiles(for: [key]) == [key: "{}"])
    }

    @Test func `a word in a text is no event, and an event that can't be read is passed over`() throws {
        try writeFirstVersion([
            RunRecord(
                run: "a", sequence: 1, elapsed: 0,
                event: .notice(level: .info, text: #""candidateJudged":{"planned":"#))
        ])
        let queue = try DatabaseQueue(path: folder.history)
        try queue.inDatabase {
            try $0.execute(sql: #"INSERT INTO events VALUES ('a', 2, 0, '{"event":{"planned":7}}')"#)
        }
        try queue.close()
        let store = try RunStore.open(at: folder.history)
        #expect(try store.verdictCounts().isEmpty)
        #expect(try store.records(run: "a").unreadable == 1)
    }

    @Test func `an old file that several processes open at once is changed once`() async throws {
        try writeFirstVersion(judgedRun("a", [("c1", "t1", .passed)]))
        let path = folder.history
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<6 { group.addTask { _ = try RunStore.open(at: path) } }
            try await group.waitForAll()
        }
        #expect(try RunStore.open(at: path).verdictCounts().map(\.verified) == [1])
    }
}
