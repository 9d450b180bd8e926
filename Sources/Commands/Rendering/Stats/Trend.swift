import Foundation

/// How much was done, day by day or week by week, by UTC's days; weeks begin on Monday.
struct Trend: Codable, Sendable, Equatable {
    enum Period: String, Codable, Sendable { case day, week }

    struct Bucket: Codable, Sendable, Equatable {
        /// The first day, `2026-01-31`.
        var start: String
        var runs = 0
        /// Runs that ended with exit code 0.
        var succeeded = 0
        /// Runs without an end: under way, or killed.
        var unfinished = 0
        var tasks = 0
        var answerTokens = 0
        /// Seconds of the runs together.
        var duration = 0.0

        /// Runs that ended with another exit code.
        var failed: Int { runs - succeeded - unfinished }
        /// `succeeded` ÷ the runs that ended; nil without any.
        var successRate: Double? {
            runs > unfinished ? Double(succeeded) / Double(runs - unfinished) : nil
        }
    }

    /// Over more days than these, weeks are shown.
    private static let mostDays = 28
    private static let mostBuckets = 104

    var period = Period.day
    /// Without gaps, the oldest first; the last two years of weeks at most.
    var buckets: [Bucket] = []

    init(_ runs: [(started: Date, summary: RunSummary)]) {
        // A file may hold times that no calendar has.
        let days = runs.map { Int(min(max(0, $0.started.timeIntervalSince1970 / 86_400), 1e6).rounded(.down)) }
        guard let first = days.min(), let last = days.max() else { return }
        let isDaily = last - first < Self.mostDays
        period = isDaily ? .day : .week
        // The first of January 1970 was a Thursday.
        func number(_ day: Int) -> Int { isDaily ? day : Int((Double(day + 3) / 7).rounded(.down)) }
        let begin = max(number(first), number(last) - Self.mostBuckets + 1)
        buckets = (begin...number(last)).map { Bucket(start: Self.name(ofDay: isDaily ? $0 : $0 * 7 - 3)) }
        for (day, run) in zip(days, runs) where number(day) >= begin {
            let summary = run.summary
            buckets[number(day) - begin].runs += 1
            if summary.exitCode == 0 { buckets[number(day) - begin].succeeded += 1 }
            if summary.outcome == nil { buckets[number(day) - begin].unfinished += 1 }
            buckets[number(day) - begin].tasks += summary.statistics.tasks
            buckets[number(day) - begin].answerTokens += summary.statistics.answerTokens
            buckets[number(day) - begin].duration += summary.duration
        }
    }

    private static func name(ofDay day: Int) -> String {
        Date(timeIntervalSince1970: Double(day) * 86_400).formatted(.iso8601.year().month().day())
    }
}

/// Values as a row of bars, a column each; the largest is the highest.
///
/// - Parameter width: the last so many values are shown.
func sparkline(_ values: [Double], width: Int, hasUnicode: Bool) -> String {
    let bars = Array(hasUnicode ? "▁▂▃▄▅▆▇█" : "_.-=+*#@")
    let shown = values.suffix(max(0, width)).map { $0.isFinite ? max(0, $0) : 0 }
    let most = shown.max() ?? 0
    return String(
        shown.map { value in
            guard most > 0, value > 0 else { return bars[0] }
            // Something is more than nothing, however little.
            return bars[max(1, Int((value / most * Double(bars.count - 1)).rounded()))]
        })
}
