import Events
import GRDB

extension RunStore {
    /// What a run's events say after one of them.
    package struct News: Sendable {
        package var records: [RunRecord]
        /// Events that this version can't read: a newer one wrote them.
        package var unreadable: Int
        /// The last event's sequence: where to go on.
        package var last: Int
        /// Whether there may be more than the limit let through.
        package var isCut: Bool
    }

    /// A run's events after one of them, in order, for whoever follows a run that another process writes. Since a run's
    /// events are appended in their order, none is missed.
    ///
    /// - Parameters:
    ///   - sequence: the last one that is known; 0 at the beginning.
    ///   - limit: the most events to read.
    package func news(of run: String, after sequence: Int, limit: Int = 5_000) throws(HistoryError) -> News {
        try read { database in
            let rows = try Row.fetchCursor(
                database,
                sql: "SELECT sequence, json FROM events WHERE run = ? AND sequence > ? ORDER BY sequence LIMIT ?",
                arguments: [run, sequence, limit])
            var news = News(records: [], unreadable: 0, last: sequence, isCut: false)
            var read = 0
            while let row = try rows.next() {
                read += 1
                news.last = row.value("sequence", or: news.last)
                if let record = RecordCoding.record(from: row.value("json", or: "")) {
                    news.records.append(record)
                } else {
                    news.unreadable += 1
                }
            }
            news.isCut = read == limit
            return news
        }
    }
}
