import Foundation
import GRDB

/// What the history may take. Nil is no bound.
package struct HistoryLimits: Sendable, Equatable {
    /// Runs that began before it go.
    package var olderThan: Date?
    /// Only so many of the newest runs stay.
    package var runs: Int?
    /// The oldest runs go until the file has no more bytes in use.
    package var bytes: Int?

    package init(olderThan: Date? = nil, runs: Int? = nil, bytes: Int? = nil) {
        self.olderThan = olderThan
        self.runs = runs
        self.bytes = bytes
    }
}

/// What the history takes.
package struct HistorySize: Sendable, Equatable, Codable {
    package var runs: Int
    /// Bytes in use.
    package var bytes: Int
    /// When the oldest run began.
    package var oldest: Date?
}

extension RunStore {
    /// What the history takes.
    package func size() throws(HistoryError) -> HistorySize {
        try read { try Self.size($0) }
    }

    /// Removes old runs with their events and patches. The newest run stays whatever the limits say.
    ///
    /// - Returns: how many were removed.
    @discardableResult
    package func prune(
        olderThan: Date? = nil, keepingAtMost: Int? = nil, maxBytes: Int? = nil
    ) throws(HistoryError) -> Int {
        let removed = try remove(HistoryLimits(olderThan: olderThan, runs: keepingAtMost, bytes: maxBytes))
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

    /// What `prune` would remove, and what would be left; nothing is removed.
    package func pruning(_ limits: HistoryLimits) throws(HistoryError) -> (removed: Int, left: HistorySize) {
        var result = (removed: 0, left: HistorySize(runs: 0, bytes: 0))
        try inTransaction { database in
            result.removed = try Self.remove(limits, in: database)
            result.left = try Self.size(database)
            return .rollback
        }
        return result
    }

    /// Removes what is beyond the limits, if there is anything: a look and no write else, so that it costs a run nothing.
    ///
    /// - Returns: how many were removed.
    @discardableResult
    package func pruneIfDue(_ limits: HistoryLimits) throws(HistoryError) -> Int {
        let size = try self.size()
        let isOld = limits.olderThan.map { limit in size.oldest.map { $0 < limit } ?? false } ?? false
        guard isOld || size.runs > limits.runs ?? .max || size.bytes > limits.bytes ?? .max else { return 0 }
        let removed = try remove(limits)
        do {
            // The room goes back; whoever is reading or writing isn't waited for.
            try database.writeWithoutTransaction { _ = try Row.fetchAll($0, sql: "PRAGMA incremental_vacuum") }
        } catch {
            throw HistoryError(error, path: path)
        }
        return removed
    }

    private func remove(_ limits: HistoryLimits) throws(HistoryError) -> Int {
        var removed = 0
        try inTransaction { database in
            removed = try Self.remove(limits, in: database)
            return .commit
        }
        return removed
    }

    private func inTransaction(_ body: (Database) throws -> Database.TransactionCompletion) throws(HistoryError) {
        do {
            try database.writeWithoutTransaction { database in
                try database.inTransaction(.immediate) { try body(database) }
            }
        } catch {
            throw HistoryError(error, path: path)
        }
    }

    /// What may go: runs that have ended, and those that were killed. Of one that another process is writing the rest would
    /// come back without its beginning.
    private static let isOver = "(exit_code IS NOT NULL OR started < CAST(strftime('%s', 'now') AS REAL) - 86400)"

    private static func remove(_ limits: HistoryLimits, in database: Database) throws -> Int {
        var removed = 0
        if let olderThan = limits.olderThan {
            try database.execute(
                sql: """
                    DELETE FROM runs WHERE started < ? AND \(isOver) AND id NOT IN
                    (SELECT id FROM runs ORDER BY started DESC, id DESC LIMIT 1)
                    """,
                arguments: [olderThan.timeIntervalSince1970])
            removed += database.changesCount
        }
        if let runs = limits.runs {
            try database.execute(
                sql: """
                    DELETE FROM runs WHERE \(isOver) AND id NOT IN (SELECT id FROM runs ORDER BY started DESC, id DESC LIMIT ?)
                    """,
                arguments: [max(runs, 1)])
            removed += database.changesCount
        }
        guard let bytes = limits.bytes else { return removed }
        while true {
            let size = try Self.size(database)
            guard size.bytes > bytes, size.runs > 1 else { return removed }
            try database.execute(
                sql: "DELETE FROM runs WHERE id IN (SELECT id FROM runs WHERE \(isOver) ORDER BY started, id LIMIT ?)",
                arguments: [max(1, min(size.runs - 1, size.runs / 10))])
            guard database.changesCount > 0 else { return removed }
            removed += database.changesCount
        }
    }

    private static func size(_ database: Database) throws -> HistorySize {
        let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
        let free = try Int.fetchOne(database, sql: "PRAGMA freelist_count") ?? 0
        let size = try Int.fetchOne(database, sql: "PRAGMA page_size") ?? 4096
        let row = try Row.fetchOne(database, sql: "SELECT count(*) AS runs, min(started) AS oldest FROM runs")
        let oldest: Double? = row?.optional("oldest")
        return HistorySize(
            runs: row?.value("runs", or: 0) ?? 0, bytes: max(0, pages - free) * size,
            oldest: oldest.map { Date(timeIntervalSince1970: $0) })
    }
}
