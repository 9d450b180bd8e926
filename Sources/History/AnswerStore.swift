import Foundation
import GRDB

/// Texts that are kept by a key for a while: models' answers, in SQLite. What was used longest ago goes first when there is no
/// more room. Several processes may use it at once.
///
/// It is a cache: whatever goes wrong with it, the caller does without.
package struct AnswerStore: Sendable {
    /// How much is kept, and for how long.
    package struct Limits: Sendable {
        /// The most bytes of the file.
        package var bytes: Int
        /// The most seconds that a text is kept, used or not.
        package var age: TimeInterval

        package init(bytes: Int = 256 << 20, age: TimeInterval = 30 * 86_400) {
            self.bytes = bytes
            self.age = age
        }
    }

    /// How long a statement waits for another process' write: asking again takes seconds, too, but not every time.
    private static let patience: TimeInterval = 0.5
    /// A use is noted when the last one that was noted is so many seconds old: most lookups only read.
    private static let useInterval: TimeInterval = 3600
    /// A clock may be set back by so much without making what was kept since look as if it came from the future.
    private static let clockSlack: TimeInterval = 60

    package let path: String
    private let database: DatabaseQueue
    private let limits: Limits
    private let now: @Sendable () -> Date

    /// Opens the store, making it and its folder if they are missing. A damaged one is removed, and begins anew.
    package static func open(
        at path: String, limits: Limits = Limits(), now: @escaping @Sendable () -> Date = { Date() }
    ) throws(HistoryError) -> AnswerStore {
        let (database, _) = try DatabaseFile.open(
            path, label: "answers", schema: .answers, patience: patience, damaged: .removed)
        let store = AnswerStore(path: path, database: database, limits: limits, now: now)
        try store.tidy()
        return store
    }

    /// The text that is kept for a key; nil when there is none, or it is too old.
    package func text(for key: String) async throws(HistoryError) -> String? {
        let time = now().timeIntervalSince1970
        let found: (text: String, used: Double)?
        do {
            found = try await database.read { database in
                try Row.fetchOne(
                    database, sql: "SELECT text, used FROM answers WHERE key = ?1 AND expires > ?2 AND kept <= ?3",
                    arguments: [key, time, time + Self.clockSlack]
                ).map {
                    (
                        text: String(decoding: $0.value("text", or: Data()), as: UTF8.self),
                        used: $0.value("used", or: 0.0)
                    )
                }
            }
        } catch {
            throw failure(error)
        }
        guard let found else { return nil }
        if found.used < time - Self.useInterval {
            // A use that isn't noted costs at most the text.
            _ = try? await database.write { database in
                try database.execute(sql: "UPDATE answers SET used = ? WHERE key = ?", arguments: [time, key])
            }
        }
        return found.text
    }

    /// Keeps a text, in place of an earlier one for the key.
    ///
    /// - Parameter lifetime: seconds; the store's own limit bounds it.
    /// - Returns: whether it was kept: a text that takes more than a sixteenth of the room isn't.
    @discardableResult
    package func keep(
        _ text: String, for key: String, lifetime: TimeInterval = .infinity
    ) async throws(HistoryError) -> Bool {
        guard text.utf8.count <= limits.bytes / 16 else { return false }
        let time = now().timeIntervalSince1970
        let (age, bytes) = (min(lifetime, limits.age), limits.bytes)
        do {
            try await database.write { database in
                try database.execute(sql: "DELETE FROM answers WHERE expires <= ?", arguments: [time])
                try database.execute(
                    sql: "INSERT OR REPLACE INTO answers (key, text, kept, used, expires) VALUES (?, ?, ?, ?, ?)",
                    arguments: [key, Data(text.utf8), time, time, time + age])
                try Self.shrink(database, to: bytes, keeping: key)
            }
        } catch {
            throw failure(error)
        }
        return true
    }

    /// Removes the files: they were found damaged. Later runs begin anew.
    package func discard() {
        try? database.close()
        DatabaseFile.remove(path)
    }

    /// Removes what is too old or too much, and gives the room back.
    private func tidy() throws(HistoryError) {
        let time = now().timeIntervalSince1970
        do {
            try database.write { database in
                try database.execute(sql: "DELETE FROM answers WHERE expires <= ?", arguments: [time])
                try Self.shrink(database, to: limits.bytes, keeping: nil)
            }
            try database.writeWithoutTransaction { database in
                guard try Int.fetchOne(database, sql: "PRAGMA freelist_count") ?? 0 > 0 else { return }
                // A statement that says something for each page is run to its end by fetching.
                _ = try Row.fetchAll(database, sql: "PRAGMA incremental_vacuum")
            }
        } catch {
            let failure = failure(error)
            // Another process is at it.
            if case .busy = failure { return }
            throw failure
        }
    }

    /// Removes the texts that were used longest ago, a tenth of all at a time, until the rest has room.
    private static func shrink(_ database: Database, to bytes: Int, keeping key: String?) throws {
        func size() throws -> Int {
            let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
            let free = try Int.fetchOne(database, sql: "PRAGMA freelist_count") ?? 0
            return (pages - free) * (try Int.fetchOne(database, sql: "PRAGMA page_size") ?? 4096)
        }
        while try size() > bytes {
            let count = try Int.fetchOne(database, sql: "SELECT count(*) FROM answers") ?? 0
            try database.execute(
                sql: """
                    DELETE FROM answers WHERE key IN
                    (SELECT key FROM answers WHERE key IS NOT ? ORDER BY used, kept, key LIMIT ?)
                    """,
                arguments: [key, max(1, count / 10)])
            if database.changesCount == 0 { return }
        }
    }

    private func failure(_ error: any Error) -> HistoryError { HistoryError(error, path: path) }
}
