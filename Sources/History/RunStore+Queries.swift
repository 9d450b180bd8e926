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

    /// Removes old runs with their events and patches. The newest run stays whatever the limits say.
    ///
    /// - Parameters:
    ///   - olderThan: runs that began before it go.
    ///   - keepingAtMost: only so many of the newest stay.
    ///   - maxBytes: the oldest go until the file is no larger.
    /// - Returns: how many were removed.
    @discardableResult
    package func prune(
        olderThan: Date? = nil, keepingAtMost: Int? = nil, maxBytes: Int? = nil
    ) throws(HistoryError) -> Int {
        var removed = try write { database in
            let newest = "SELECT id FROM runs ORDER BY started DESC, id DESC LIMIT 1"
            try database.execute(
                sql: "DELETE FROM runs WHERE started < ? AND id NOT IN (\(newest))",
                arguments: [olderThan?.timeIntervalSince1970 ?? -Double.infinity])
            var removed = database.changesCount
            if let keepingAtMost {
                try database.execute(
                    sql: """
                        DELETE FROM runs WHERE id NOT IN
                        (SELECT id FROM runs ORDER BY started DESC, id DESC LIMIT ?)
                        """,
                    arguments: [max(keepingAtMost, 1)])
                removed += database.changesCount
            }
            return removed
        }
        if let maxBytes { removed += try shrink(to: maxBytes) }
        do {
            try database.writeWithoutTransaction { database in
                // Statements that say something for each page are run to their end by fetching.
                _ = try Row.fetchAll(database, sql: "PRAGMA incremental_vacuum")
                _ = try Row.fetchAll(database, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
            }
        } catch {
            throw HistoryError(error, path: path)
        }
        return removed
    }

    private func shrink(to maxBytes: Int) throws(HistoryError) -> Int {
        try write { database in
            var removed = 0
            while true {
                let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
                let free = try Int.fetchOne(database, sql: "PRAGMA freelist_count") ?? 0
                let size = try Int.fetchOne(database, sql: "PRAGMA page_size") ?? 4096
                let count = try Int.fetchOne(database, sql: "SELECT count(*) FROM runs") ?? 0
                guard (pages - free) * size > maxBytes, count > 1 else { return removed }
                try database.execute(
                    sql: "DELETE FROM runs WHERE id IN (SELECT id FROM runs ORDER BY started, id LIMIT ?)",
                    arguments: [max(1, min(count - 1, count / 10))])
                removed += database.changesCount
            }
        }
    }

    private static func run(_ row: Row) -> StoredRun {
        StoredRun(
            id: row.value("id", or: ""), command: row.value("command", or: ""),
            repository: row.value("repository", or: ""),
            started: Date(timeIntervalSince1970: row.value("started", or: 0)), problem: row.value("problem", or: ""),
            outcome: row.optional("outcome"),
            exitCode: row.optional("exit_code"), duration: row.optional("duration"),
            version: row.value("version", or: ""))
    }
}
