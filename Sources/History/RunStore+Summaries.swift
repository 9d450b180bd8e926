import Foundation
import GRDB

/// What was derived from a run's events, as JSON that only its writer understands.
package struct StoredSummary: Sendable, Equatable {
    package var run: String
    /// The sequence of the last event that it rests on.
    package var events: Int
    /// The version of what `json` holds.
    package var version: Int
    package var json: String

    package init(run: String, events: Int, version: Int, json: String) {
        self.run = run
        self.events = events
        self.version = version
        self.json = json
    }
}

/// A run with what was derived from it before.
package struct SummarizedRun: Sendable, Equatable {
    package var run: StoredRun
    /// The sequence of its last event; 0 without any.
    package var lastEvent: Int
    /// Nil when there is none that rests on all of its events.
    package var summary: StoredSummary?
}

extension RunStore {
    /// The longest summary that is kept, in bytes; a longer one is derived each time.
    static let longestSummary = 1 << 20

    /// Every run that is kept, oldest first, with its summary where that is of `version` and up to date.
    ///
    /// - Parameters:
    ///   - repository: the runs of this one only.
    ///   - since: the runs that began then or later.
    package func summarizedRuns(
        version: Int, repository: String? = nil, since: Date? = nil
    ) throws(HistoryError) -> [SummarizedRun] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT runs.*, summaries.events, summaries.json, summaries.version AS shape,
                        (SELECT max(sequence) FROM events WHERE run = runs.id) AS last
                    FROM runs LEFT JOIN summaries ON summaries.run = runs.id
                    WHERE (?1 IS NULL OR repository = ?1) AND started >= ?2 ORDER BY started, id
                    """,
                arguments: [repository, since?.timeIntervalSince1970 ?? -1e300]
            ).map { row in
                let last = row.value("last", or: 0)
                var summary: StoredSummary?
                if let json: String = row.optional("json"), row.value("shape", or: -1) == version,
                    row.value("events", or: -1) == last
                {
                    summary = StoredSummary(run: row.value("id", or: ""), events: last, version: version, json: json)
                }
                return SummarizedRun(run: Self.run(row), lastEvent: last, summary: summary)
            }
        }
    }

    /// Keeps summaries in place of earlier ones. Those of runs that have gone since are left out.
    package func keep(_ summaries: [StoredSummary]) throws(HistoryError) {
        let kept = summaries.filter { $0.json.utf8.count <= Self.longestSummary }
        guard !kept.isEmpty else { return }
        try write { database in
            for summary in kept {
                try database.cachedStatement(
                    sql: """
                        INSERT OR REPLACE INTO summaries (run, events, version, json)
                        SELECT ?1, ?2, ?3, ?4 WHERE EXISTS (SELECT 1 FROM runs WHERE id = ?1)
                        """
                ).execute(arguments: [summary.run, summary.events, summary.version, summary.json])
            }
        }
    }
}
