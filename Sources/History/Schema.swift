import GRDB

/// A file's tables, and how those of older versions become them.
///
/// The number of steps taken is the file's `user_version`. Each step and its number are one transaction that looks at the
/// number first, so that processes that open the file at once don't take one twice.
struct Schema: Sendable {
    typealias Step = @Sendable (Database) throws -> Void

    var steps: [Step]

    func prepare(_ queue: DatabaseQueue, path: String) throws {
        try queue.inDatabase { database in
            // Before the first table: a file can't get this later without being rewritten.
            if try Int.fetchOne(database, sql: "PRAGMA page_count") == 0 {
                try database.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
            }
            // Readers don't block the writer, and a killed process leaves whole transactions only. Without a sync at
            // each commit: a power cut may take the last events, never the file.
            _ = try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL")
            try database.execute(sql: "PRAGMA synchronous = NORMAL")
            try database.inTransaction(.immediate) {
                let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
                guard version <= steps.count else { throw HistoryError.newer(path: path, version: version) }
                for step in steps[version...] { try step(database) }
                if version < steps.count { try database.execute(sql: "PRAGMA user_version = \(steps.count)") }
                return .commit
            }
        }
    }
}

extension Schema {
    static let history = Schema(steps: [runs, profiles, verdicts, replies, summaries])
    static let answers = Schema(steps: [texts])

    private static let runs: Step = { database in
        try database.execute(
            sql: """
                CREATE TABLE runs (
                    id TEXT PRIMARY KEY NOT NULL,
                    command TEXT NOT NULL,
                    repository TEXT NOT NULL,
                    started REAL NOT NULL,
                    problem TEXT NOT NULL,
                    outcome TEXT,
                    exit_code INTEGER,
                    duration REAL,
                    version TEXT NOT NULL
                );
                CREATE INDEX runs_by_time ON runs (started);
                CREATE INDEX runs_by_repository ON runs (repository, started);
                CREATE TABLE events (
                    run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
                    sequence INTEGER NOT NULL,
                    elapsed REAL NOT NULL,
                    json TEXT NOT NULL,
                    PRIMARY KEY (run, sequence)
                ) WITHOUT ROWID;
                CREATE TABLE patches (
                    run TEXT PRIMARY KEY NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
                    branch TEXT,
                    "commit" TEXT,
                    base TEXT,
                    verified INTEGER NOT NULL,
                    text TEXT NOT NULL
                );
                """)
    }

    private static let profiles: Step = { database in
        try database.execute(
            sql: """
                CREATE TABLE profiles (
                    server TEXT NOT NULL,
                    model TEXT NOT NULL,
                    json TEXT NOT NULL,
                    updated REAL NOT NULL,
                    PRIMARY KEY (server, model)
                ) WITHOUT ROWID;
                CREATE INDEX profiles_by_time ON profiles (updated);
                """)
    }

    /// What events say about candidates, so that the record of a specialist and a model is read without reading every event.
    private static let verdicts: Step = { database in
        try database.execute(
            sql: """
                CREATE TABLE roles (
                    run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
                    task TEXT NOT NULL,
                    specialist TEXT NOT NULL,
                    PRIMARY KEY (run, task)
                ) WITHOUT ROWID;
                CREATE TABLE verdicts (
                    run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
                    sequence INTEGER NOT NULL,
                    specialist TEXT NOT NULL,
                    model TEXT NOT NULL,
                    verified INTEGER NOT NULL,
                    PRIMARY KEY (run, sequence)
                ) WITHOUT ROWID;
                """)
        try VerdictCount.collect(from: database)
    }

    /// What became of models' replies, so that a model's format is chosen without reading every event.
    private static let replies: Step = { database in
        try database.execute(
            sql: """
                CREATE TABLE replies (
                    run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
                    sequence INTEGER NOT NULL,
                    task TEXT NOT NULL,
                    model TEXT NOT NULL,
                    format TEXT NOT NULL,
                    outcome TEXT NOT NULL,
                    verified INTEGER NOT NULL DEFAULT 0,
                    PRIMARY KEY (run, sequence)
                ) WITHOUT ROWID;
                CREATE INDEX replies_by_task ON replies (run, task);
                """)
    }

    /// What was derived from a run's events, as JSON that only its writer understands, so that figures over all runs are read
    /// without reading every event. `events` is the last event that it rests on.
    private static let summaries: Step = { database in
        try database.execute(
            sql: """
                CREATE TABLE summaries (
                    run TEXT PRIMARY KEY NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
                    events INTEGER NOT NULL,
                    version INTEGER NOT NULL,
                    json TEXT NOT NULL
                ) WITHOUT ROWID;
                """)
    }

    private static let texts: Step = { database in
        try database.execute(
            sql: """
                CREATE TABLE answers (
                    key TEXT PRIMARY KEY NOT NULL,
                    text BLOB NOT NULL,
                    kept REAL NOT NULL,
                    used REAL NOT NULL,
                    expires REAL NOT NULL
                );
                CREATE INDEX answers_by_use ON answers (used);
                CREATE INDEX answers_by_end ON answers (expires);
                """)
    }
}
