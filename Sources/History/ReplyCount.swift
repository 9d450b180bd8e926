import Events
import GRDB

/// What became of a model's replies in one format.
package struct ReplyCount: Sendable, Equatable {
    package var model: String
    /// The format that was asked for.
    package var format: String
    /// Replies that came.
    package var asked: Int
    /// Replies that changed files.
    package var applied: Int
    /// Replies that were well-formed, and changed nothing.
    package var unchanged: Int
    /// Replies with which the build passed or got further.
    package var verified: Int

    package init(model: String, format: String, asked: Int, applied: Int, unchanged: Int, verified: Int) {
        self.model = model
        self.format = format
        self.asked = asked
        self.applied = applied
        self.unchanged = unchanged
        self.verified = verified
    }

    /// Notes what an event says about a reply.
    static func note(_ record: RunRecord, in database: Database) throws {
        switch record.event {
        case .replyRead(let reply):
            try database.cachedStatement(
                sql: """
                    INSERT OR REPLACE INTO replies (run, sequence, task, model, format, outcome) VALUES (?, ?, ?, ?, ?, ?)
                    """
            ).execute(
                arguments: [
                    record.run, record.sequence, reply.task, reply.model, reply.format, reply.outcome.rawValue,
                ])
        case .candidateJudged(let verdict) where verdict.result == .passed || verdict.result == .improved:
            try database.cachedStatement(sql: "UPDATE replies SET verified = 1 WHERE run = ? AND task = ?").execute(
                arguments: [record.run, verdict.source])
        default: break
        }
    }
}

extension RunStore {
    /// What became of each model's replies in each format, in the newest `limit` replies of the runs that are kept; sorted by
    /// model and format.
    package func replyCounts(limit: Int = 10_000) throws(HistoryError) -> [ReplyCount] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT model, format, count(*) AS asked, sum(outcome = 'applied') AS applied,
                        sum(outcome = 'unchanged') AS unchanged, sum(verified) AS verified
                    FROM (SELECT * FROM replies ORDER BY run DESC, sequence DESC LIMIT ?)
                    GROUP BY model, format ORDER BY model, format
                    """,
                arguments: [limit]
            ).map {
                ReplyCount(
                    model: $0.value("model", or: ""), format: $0.value("format", or: ""),
                    asked: $0.value("asked", or: 0), applied: $0.value("applied", or: 0),
                    unchanged: $0.value("unchanged", or: 0), verified: $0.value("verified", or: 0))
            }
        }
    }
}
