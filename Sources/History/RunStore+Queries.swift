import Events
import Foundation
import GRDB

extension RunStore {
    /// The latest runs, newest first.
    package func runs(limit: Int, repository: String? = nil) throws(HistoryError) -> [StoredRun] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT * FROM runs WHERE ?1 IS NULL OR repository = ?1
                    ORDER BY started DESC, id DESC LIMIT ?2
                    """,
                arguments: [repository, limit]
            ).map(Self.run)
        }
    }

    /// The latest run, of a repository or of all.
    package func latestRun(repository: String? = nil) throws(HistoryError) -> StoredRun? {
        try runs(limit: 1, repository: repository).first
    }

    /// The runs whose ids begin so, newest first, ten at most: a person types a few characters.
    package func find(prefix: String) throws(HistoryError) -> [StoredRun] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT * FROM runs WHERE substr(id, 1, length(?1)) = ?1
                    ORDER BY id = ?1 DESC, started DESC, id DESC LIMIT 10
                    """,
                arguments: [prefix]
            ).map(Self.run)
        }
    }

    /// A run's events in order, and how many there are that this version can't read: a newer one wrote them.
    package func records(run: String) throws(HistoryError) -> (records: [RunRecord], unreadable: Int) {
        try read { database in
            let rows = try String.fetchCursor(
                database, sql: "SELECT json FROM events WHERE run = ? ORDER BY sequence", arguments: [run])
            var records: [RunRecord] = []
            var unreadable = 0
            while let json = try rows.next() {
                if let record = RecordCoding.record(from: json) { records.append(record) } else { unreadable += 1 }
            }
            return (records, unreadable)
        }
    }

    /// The patch that a run ended with.
    package func patch(run: String) throws(HistoryError) -> StoredPatch? {
        try read { database in
            try Row.fetchOne(database, sql: "SELECT * FROM patches WHERE run = ?", arguments: [run]).map { row in
                StoredPatch(
                    run: row.value("run", or: ""), branch: row.value("branch", or: ""),
                    commit: row.value("commit", or: ""),
                    base: row.value("base", or: ""),
                    isVerified: row.value("verified", or: false), text: row.value("text", or: ""))
            }
        }
    }

    static func run(_ row: Row) -> StoredRun {
        StoredRun(
            id: row.value("id", or: ""), command: row.value("command", or: ""),
            repository: row.value("repository", or: ""),
            started: Date(timeIntervalSince1970: row.value("started", or: 0)), problem: row.value("problem", or: ""),
            outcome: row.optional("outcome"),
            exitCode: row.optional("exit_code"), duration: row.optional("duration"),
            version: row.value("version", or: ""))
    }
}
