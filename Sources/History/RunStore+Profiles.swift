import Foundation
import GRDB

/// Whose profile it is.
package struct ProfileKey: Sendable, Hashable {
    /// The server's URL, or its name where it has none.
    package var server: String
    /// The model's digest, or its name where it has none.
    package var model: String

    package init(server: String, model: String) {
        self.server = server
        self.model = model
    }
}

/// What servers have shown in earlier runs, as JSON that only its writer understands.
extension RunStore {
    /// The most profiles that are kept; the one that was updated longest ago goes first.
    static let mostProfiles = 1000
    /// The most bytes of a profile.
    static let longestProfile = 64 << 10

    /// The profiles that are kept for these servers and models.
    package func profiles(for keys: [ProfileKey]) throws(HistoryError) -> [ProfileKey: String] {
        try read { database in
            var found: [ProfileKey: String] = [:]
            for key in Set(keys) {
                found[key] = try String.fetchOne(
                    database, sql: "SELECT json FROM profiles WHERE server = ? AND model = ?",
                    arguments: [key.server, key.model])
            }
            return found
        }
    }

    /// Keeps profiles in place of earlier ones. Of two processes that keep one at once, the later one wins. A profile that is
    /// longer than 64 KiB is left out.
    package func keep(_ profiles: [ProfileKey: String], now: Date = Date()) throws(HistoryError) {
        let kept = profiles.filter { $0.value.utf8.count <= Self.longestProfile }
        guard !kept.isEmpty else { return }
        try write { database in
            for (key, json) in kept {
                try database.execute(
                    sql: "INSERT OR REPLACE INTO profiles (server, model, json, updated) VALUES (?, ?, ?, ?)",
                    arguments: [key.server, key.model, json, now.timeIntervalSince1970])
            }
            try database.execute(
                sql: """
                    DELETE FROM profiles WHERE (server, model) IN
                    (SELECT server, model FROM profiles ORDER BY updated DESC, server, model LIMIT -1 OFFSET ?)
                    """,
                arguments: [Self.mostProfiles])
        }
    }
}
