import Events
import GRDB

/// How often what a specialist proposed with a model stood up to verification.
package struct VerdictCount: Sendable, Equatable {
    package var specialist: String
    package var model: String
    /// Candidates with which the build passed or got further.
    package var verified: Int
    /// Candidates that were refused, or with which the build failed as before.
    package var refused: Int

    package init(specialist: String, model: String, verified: Int, refused: Int) {
        self.specialist = specialist
        self.model = model
        self.verified = verified
        self.refused = refused
    }

    /// Notes what an event says about who proposed a candidate and what became of it.
    static func note(_ record: RunRecord, in database: Database) throws {
        switch record.event {
        case .planned(let work):
            for task in work.tasks {
                // A later plan of the run may use an id again.
                try database.cachedStatement(
                    sql: "INSERT OR REPLACE INTO roles (run, task, specialist) VALUES (?, ?, ?)"
                ).execute(arguments: [record.run, task.id, task.specialist])
            }
        case .candidateJudged(let verdict):
            // The built-in engine has no model; a candidate that came too late was not judged.
            guard let model = verdict.model, let isVerified = verdict.result.isVerified else { return }
            try database.cachedStatement(
                sql: """
                    INSERT OR REPLACE INTO verdicts (run, sequence, specialist, model, verified)
                    SELECT ?1, ?2, specialist, ?4, ?5 FROM roles WHERE run = ?1 AND task = ?3
                    """
            ).execute(arguments: [record.run, record.sequence, verdict.source, model, isVerified])
        default: break
        }
    }

    /// Notes what all stored events say: for a file whose events were stored before there were records.
    static func collect(from database: Database) throws {
        // A quote inside of a text is escaped, so these words are found in events of these kinds only.
        let rows = try String.fetchCursor(
            database,
            sql: """
                SELECT json FROM events WHERE instr(json, '"candidateJudged":') > 0 OR instr(json, '"planned":') > 0
                ORDER BY run, sequence
                """)
        while let json = try rows.next() {
            if let record = RecordCoding.record(from: json) { try note(record, in: database) }
        }
    }
}

extension CandidateVerdict.Result {
    /// Whether the verdict speaks for who proposed it; nil when it says nothing.
    fileprivate var isVerified: Bool? {
        switch self {
        case .passed, .improved: true
        case .failed, .refused: false
        case .cancelled: nil
        }
    }
}

extension RunStore {
    /// The record of each specialist with each model, in the newest `limit` verdicts of the runs that are kept; sorted by
    /// specialist and model.
    package func verdictCounts(limit: Int = 10_000) throws(HistoryError) -> [VerdictCount] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT specialist, model, sum(verified) AS verified, count(*) - sum(verified) AS refused
                    FROM (SELECT * FROM verdicts ORDER BY run DESC, sequence DESC LIMIT ?)
                    GROUP BY specialist, model ORDER BY specialist, model
                    """,
                arguments: [limit]
            ).map {
                VerdictCount(
                    specialist: $0.value("specialist", or: ""), model: $0.value("model", or: ""),
                    verified: $0.value("verified", or: 0), refused: $0.value("refused", or: 0))
            }
        }
    }
}
