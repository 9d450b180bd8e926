import Events
import Foundation
import GRDB
import Testing

@testable import History

/// What each version of the file had beyond the one before, as it was written then. These texts never change.
private let versions = [
    """
    CREATE TABLE runs (id TEXT PRIMARY KEY NOT NULL, command TEXT NOT NULL, repository TEXT NOT NULL,
        started REAL NOT NULL, problem TEXT NOT NULL, outcome TEXT, exit_code INTEGER, duration REAL,
        version TEXT NOT NULL);
    CREATE INDEX runs_by_time ON runs (started);
    CREATE INDEX runs_by_repository ON runs (repository, started);
    CREATE TABLE events (run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE, sequence INTEGER NOT NULL,
        elapsed REAL NOT NULL, json TEXT NOT NULL, PRIMARY KEY (run, sequence)) WITHOUT ROWID;
    CREATE TABLE patches (run TEXT PRIMARY KEY NOT NULL REFERENCES runs (id) ON DELETE CASCADE, branch TEXT,
        "commit" TEXT, base TEXT, verified INTEGER NOT NULL, text TEXT NOT NULL);
    """,
    """
    CREATE TABLE profiles (server TEXT NOT NULL, model TEXT NOT NULL, json TEXT NOT NULL, updated REAL NOT NULL,
        PRIMARY KEY (server, model)) WITHOUT ROWID;
    CREATE INDEX profiles_by_time ON profiles (updated);
    """,
    """
    CREATE TABLE roles (run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE, task TEXT NOT NULL,
        specialist TEXT NOT NULL, PRIMARY KEY (run, task)) WITHOUT ROWID;
    CREATE TABLE verdicts (run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE, sequence INTEGER NOT NULL,
        specialist TEXT NOT NULL, model TEXT NOT NULL, verified INTEGER NOT NULL,
        PRIMARY KEY (run, sequence)) WITHOUT ROWID;
    """,
    """
    CREATE TABLE replies (run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE, sequence INTEGER NOT NULL,
        task TEXT NOT NULL, model TEXT NOT NULL, format TEXT NOT NULL, outcome TEXT NOT NULL,
        verified INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (run, sequence)) WITHOUT ROWID;
    CREATE INDEX replies_by_task ON replies (run, task);
    """,
    """
    CREATE TABLE summaries (run TEXT PRIMARY KEY NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
        events INTEGER NOT NULL, version INTEGER NOT NULL, json TEXT NOT NULL) WITHOUT ROWID;
    """,
]

@Suite("Files of every earlier version become this one's, with what they hold")
struct MigrationTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private let verdicts = judgedRun("a", [("c1", "t1", .failed), ("c2", "t2", .passed), ("c3", "t1", .passed)])

    /// A file as a version left it, with a run, and what that version noted of it.
    private func write(_ version: Int) throws {
        try FileManager.default.createDirectory(
            atPath: (folder.history as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        let queue = try DatabaseQueue(path: folder.history)
        try queue.writeWithoutTransaction { database in
            _ = try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL")
            for text in versions.prefix(version) { try database.execute(sql: text) }
            try database.execute(sql: "PRAGMA user_version = \(version)")
            try database.execute(
                sql: """
                    INSERT INTO runs (id, command, repository, started, problem, outcome, exit_code, duration, version)
                    VALUES ('a', 'fix', '/r', 1700000000, 'p', 'fixed', 0, 2.5, '0.0.1');
                    INSERT INTO patches VALUES ('a', 'teamfix/x', 'c', 'b', 1, 'diff');
                    """)
            for record in verdicts {
                try database.execute(
                    sql: "INSERT INTO events VALUES ('a', ?, 0, ?)",
                    arguments: [record.sequence, try RecordCoding.text(of: record)])
                if version >= 3 { try VerdictCount.note(record, in: database) }
            }
            if version >= 2 { try database.execute(sql: "INSERT INTO profiles VALUES ('s', 'm', '{\"x\":1}', 5)") }
            if version >= 4 {
                try database.execute(sql: "INSERT INTO replies VALUES ('a', 9, 't1', 'm', 'window', 'applied', 1)")
            }
        }
        try queue.close()
    }

    @Test(arguments: 1...5)
    func `what was written then is there, and what derives from it`(version: Int) throws {
        try write(version)
        let store = try RunStore.open(at: folder.history)
        #expect(store.setAside == nil)
        #expect(try store.read { try Int.fetchOne($0, sql: "PRAGMA user_version") } == versions.count)
        let (records, unreadable) = try store.records(run: "a")
        #expect(records == verdicts && unreadable == 0)
        #expect(try store.latestRun()?.duration == 2.5)
        #expect(try store.patch(run: "a")?.text == "diff")
        #expect(
            try store.verdictCounts() == [
                VerdictCount(specialist: "Coder", model: "m", verified: 1, refused: 1),
                VerdictCount(specialist: "Logic Analyst", model: "m", verified: 1, refused: 0),
            ])
        let key = ProfileKey(server: "s", model: "m")
        #expect(try store.profiles(for: [key])[key] == (version >= 2 ? "{\"x\":1}" : nil))
        #expect(try store.replyCounts().map(\.asked) == (version >= 4 ? [1] : []))
        #expect(try store.summarizedRuns(version: 1).map(\.summary) == [nil])
        // It takes new runs, and takes old ones away with all that is theirs.
        try store.append(events(of: "b"), started: someDay + 1)
        #expect(try store.prune(keepingAtMost: 1) == 1)
        #expect(try store.runs(limit: 9).map(\.id) == ["b"])
        #expect(try store.verdictCounts().isEmpty)
        #expect(try store.read { try String.fetchAll($0, sql: "PRAGMA integrity_check") } == ["ok"])
        #expect(try store.read { try Row.fetchAll($0, sql: "PRAGMA foreign_key_check") }.isEmpty)
    }

    @Test(arguments: 1...5)
    func `a migrated file has the tables of a new one`(version: Int) throws {
        func tables(_ store: RunStore) throws -> [String] {
            try store.read { database in
                try Row.fetchAll(
                    database,
                    sql: """
                        SELECT m.name || '.' || i.name || ' ' || i.type || ' ' || i."notnull" || ' ' || i.pk AS line
                        FROM sqlite_master m JOIN pragma_table_info(m.name) i WHERE m.type = 'table'
                        UNION ALL SELECT 'index ' || name FROM sqlite_master WHERE type = 'index' ORDER BY 1
                        """
                ).map { $0["line"] as String }
            }
        }
        try write(version)
        let migrated = try tables(RunStore.open(at: folder.history))
        let fresh = try tables(RunStore.open(at: folder.path + "/new.sqlite"))
        #expect(migrated == fresh)
        #expect(migrated.count > 20)
    }

    @Test func `the texts of the versions are as many as the steps`() {
        #expect(versions.count == Schema.history.steps.count)
    }
}
