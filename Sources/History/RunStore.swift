import Events
import Foundation
import GRDB

/// The runs of this user, in SQLite. Several processes may write at once; what was appended survives the death of its
/// process.
package struct RunStore: Sendable {
    package let path: String
    /// Where a damaged file was moved when this history was opened; nil when there was none.
    package let setAside: String?
    let database: DatabaseQueue

    private init(path: String, setAside: String?, database: DatabaseQueue) {
        self.path = path
        self.setAside = setAside
        self.database = database
    }

    /// Opens the history, making it and its folder if they are missing.
    ///
    /// A damaged file isn't deleted: it is moved aside (`setAside`), and a new history begins.
    package static func open(at path: String) throws(HistoryError) -> RunStore {
        let (database, setAside) = try DatabaseFile.open(path, label: "history", schema: .history, damaged: .setAside)
        return RunStore(path: path, setAside: setAside, database: database)
    }

    /// Moves the file aside after it was found damaged in use, so that later runs are recorded again. What this process has open
    /// stays as it is.
    ///
    /// - Returns: where it went; nil when it turns out to be sound, or can't be moved.
    package func moveAside() -> String? { DatabaseFile.setAside(path) }

    /// Appends a run's events, in one transaction. Those that are there already are left as they are, so a batch whose
    /// fate is unknown may be appended again.
    ///
    /// - Parameter started: when the run began; used for its first batch.
    package func append(_ records: [RunRecord], started: Date) throws(HistoryError) {
        guard !records.isEmpty else { return }
        try write { database in
            var known: Set<String> = []
            for record in records where record.isDurable {
                if known.insert(record.run).inserted {
                    try database.cachedStatement(
                        sql: """
                            INSERT INTO runs (id, command, repository, started, problem, version)
                            VALUES (?, '', '', ?, '', '') ON CONFLICT DO NOTHING
                            """
                    ).execute(arguments: [record.run, started.timeIntervalSince1970])
                }
                try Self.insert(record, into: database)
            }
        }
    }

    private static func insert(_ record: RunRecord, into database: Database) throws {
        switch record.event {
        case .runStarted(let start):
            try database.execute(
                sql: "UPDATE runs SET command = ?, repository = ?, problem = ?, version = ? WHERE id = ?",
                arguments: [start.command, start.repository, start.problem, start.version, record.run])
        case .runFinished(let outcome, let exitCode, let duration):
            try database.execute(
                sql: "UPDATE runs SET outcome = ?, exit_code = ?, duration = ? WHERE id = ?",
                arguments: [outcome, exitCode, duration, record.run])
        default: break
        }
        try database.cachedStatement(
            sql: "INSERT INTO events (run, sequence, elapsed, json) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
        ).execute(arguments: [record.run, record.sequence, record.elapsed, try RecordCoding.text(of: record)])
        // What is there already was noted already.
        guard database.changesCount > 0 else { return }
        try VerdictCount.note(record, in: database)
        try ReplyCount.note(record, in: database)
    }

    /// Keeps the patch that a run ended with, in place of an earlier one.
    ///
    /// - Returns: whether it was kept; false if it is longer than `StoredPatch.longest`.
    @discardableResult
    package func keep(_ patch: StoredPatch) throws(HistoryError) -> Bool {
        guard patch.text.utf8.count <= StoredPatch.longest else { return false }
        // As bytes, since text ends at a NUL, and a patch may have one.
        let text = Data(patch.text.utf8)
        try write { database in
            try database.execute(
                sql: """
                    INSERT OR REPLACE INTO patches (run, branch, "commit", base, verified, text)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """,
                arguments: [patch.run, patch.branch, patch.commit, patch.base, patch.isVerified, text])
        }
        return true
    }

    func write<Value>(_ body: (Database) throws -> Value) throws(HistoryError) -> Value {
        do {
            return try database.write(body)
        } catch {
            throw HistoryError(error, path: path)
        }
    }

    func read<Value>(_ body: (Database) throws -> Value) throws(HistoryError) -> Value {
        do {
            return try database.read(body)
        } catch {
            throw HistoryError(error, path: path)
        }
    }
}
