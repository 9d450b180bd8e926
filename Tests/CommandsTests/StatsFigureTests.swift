import Events
import Foundation
import History
import TestSupport
import Testing

@testable import Commands

@Suite("Figures over runs")
struct StatsFigureTests {
    static var overview: Overview {
        Overview(StatsSample.runs.map { ($0.run, RunSummary($0.records)) }, repository: nil)
    }

    @Test(
        "a quantile is a value that was measured, by nearest rank",
        arguments: [
            ([Double](), 50, nil), ([7], 99, 7), ([1, 2], 50, 1), ([1, 2, 3], 50, 2),
            (Array(1...20).map(Double.init), 95, 19),
            (Array(1...100).map(Double.init), 99, 99), (Array(1...101).map(Double.init), 99, 100),
        ] as [([Double], Int, Double?)])
    func quantiles(values: [Double], percent: Int, expected: Double?) {
        #expect(quantile(percent, of: values) == expected)
    }

    @Test("a share comes with Wilson's interval, which is never outside of 0 and 1")
    func intervals() {
        // Newcombe (1998), table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
        for (good, all, low, high) in [
            (81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611), (1, 29, 0.0061, 0.1718),
        ] as [(Int, Int, Double, Double)] {
            let share = ShareInterval(good, of: all)
            #expect(abs(share.low - low) < 0.00006 && abs(share.high - high) < 0.00006, "\(share)")
        }
        #expect(ShareInterval(0, of: 0).share == nil)
        #expect(ShareInterval(5, of: 5).high == 1)
        #expect(ShareInterval(4, of: 5).shown == "80 % (38-96)")
    }

    @Test("a summary says what the run's events say, and comes back from its JSON")
    func summary() throws {
        let summary = RunSummary(StatsSample.records())
        #expect(summary.pattern == "divide-and-conquer")
        #expect(summary.outcome == "fixed")
        #expect(summary.servers.map(\.firstTokens) == [[0.6, 0.6, 0.6], []])
        let coder = try #require(summary.work.first { $0.specialist == "Coder" })
        #expect(coder.attempts == 3 && coder.succeeded == 3 && coder.cached == 1)
        #expect(coder.verified == 1 && coder.refused == 1)
        let analyst = try #require(summary.work.first { $0.specialist == "Logic Analyst" })
        #expect(analyst.attempts == 2 && analyst.failed == 1 && analyst.model == "tiny:1b")
        #expect(summary.formats.map(\.applied) == [1])
        #expect(summary.formats.map(\.malformed) == [1])
        #expect(summary.formats.map(\.verified) == [1])
        let again = try JSONDecoder().decode(RunSummary.self, from: JSONEncoder().encode(summary))
        #expect(again == summary)
    }

    @Test("runs add up; what a run has for itself is their sum or their middle")
    func adding() throws {
        let overview = Self.overview
        #expect(overview.totals.runs == 3)
        #expect(overview.totals.unfinished == 1)
        #expect(overview.totals.outcomes == ["fixed": 2])
        #expect(overview.totals.candidates == 4 && overview.totals.passed == 2 && overview.totals.refused == 2)
        #expect(overview.servers.map(\.name) == ["gpu", "laptop"])
        let gpu = overview.servers[0]
        #expect(gpu.runs == 3 && gpu.attempts == 6 && gpu.succeeded == 6)
        #expect(gpu.firstToken == Quantiles(Array(repeating: 0.6, count: 6)))
        #expect(gpu.utilization == gpu.busy / gpu.slotTime)
        #expect(overview.specialists.map(\.specialist) == ["Coder", "Integrator", "Logic Analyst"])
        #expect(overview.specialists[0].verifiedRate == ShareInterval(2, of: 4))
        #expect(overview.patterns.map(\.runs) == [3])
        #expect(overview.runs.map(\.id).first == "20260211-024000-abcf")
        #expect(overview.trend.period == .day)
        #expect(overview.trend.buckets.map(\.runs) == [1, 1, 0, 0, 0, 0, 0, 0, 0, 1])
        #expect(overview.trend.buckets.first?.start == "2026-02-02")
    }

    @Test("a long time is shown in weeks that begin on Monday, and never in more than two years of them")
    func weeks() {
        let summary = RunSummary(StatsSample.records())
        let day = Date(timeIntervalSince1970: 1_769_990_400)  // Monday, 2 February 2026
        let weeks = Trend([(day, summary), (day + 6 * 86_400, summary), (day + 28 * 86_400 + 1, summary)])
        #expect(weeks.period == .week)
        #expect(weeks.buckets.map(\.start) == ["2026-02-02", "2026-02-09", "2026-02-16", "2026-02-23", "2026-03-02"])
        #expect(weeks.buckets.map(\.runs) == [2, 0, 0, 0, 1])
        let years = Trend([(Date(timeIntervalSince1970: 0), summary), (day, summary)])
        #expect(years.buckets.count == 104)
        #expect(years.buckets.map(\.runs).reduce(0, +) == 1)
        #expect(Trend([]).buckets.isEmpty)
    }

    @Test("a sparkline is as high as its largest value, and something is more than nothing")
    func sparklines() {
        #expect(sparkline([0, 1, 1000, .nan, -3], width: 9, hasUnicode: true) == "▁▂█▁▁")
        #expect(sparkline([0, 4, 8], width: 2, hasUnicode: false) == "+@")
        #expect(sparkline([0, 0], width: 2, hasUnicode: false) == "__")
        #expect(sparkline([], width: 5, hasUnicode: true) == "")
    }

    @Test("the overview fits its width", arguments: [60, 80, 120])
    func overviewFits(columns: Int) throws {
        let style = Style(Terminal(isTerminal: true, columns: columns))
        let lines = Self.overview.lines(width: columns, style: style)
        for line in lines { #expect(displayWidth(line) <= columns, "\(line)") }
        try expectSnapshot(lines.joined(separator: "\n") + "\n", named: "stats-\(columns)")
    }

    @Test("many runs' advice is what a fifth of them was told")
    func advice() {
        var often = RunSummary(StatsSample.records())
        often.statistics.advice = [.init(.modelLoads, text: "keep them loaded", numbers: [:])]
        var never = often
        never.statistics.advice = []
        func advice(_ runs: [RunSummary]) -> [Int] {
            var fold = OverviewFold()
            for run in runs { fold.add(run) }
            return fold.advice.map(\.runs)
        }
        #expect(advice([often, often, never]) == [2])
        #expect(advice([often, never, never]) == [])
        #expect(advice(Array(repeating: never, count: 9) + [often, often]) == [])
    }

    @Test(
        "an age is a number with a unit, days without one",
        arguments: [("90d", 7_776_000), ("2w", 1_209_600), ("12h", 43_200), ("7", 604_800), ("0s", 0)]
            as [(String, Double)])
    func ages(text: String, seconds: Double) {
        #expect(Age(argument: text)?.seconds == seconds)
    }

    @Test("what is no age is refused", arguments: ["", "d", "-1d", "1.5d", "1y", "99999999d", "1dd"])
    func noAges(text: String) {
        #expect(Age(argument: text) == nil)
    }
}
