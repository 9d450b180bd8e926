import Events
import Foundation
import History
import TestSupport
import Testing

@testable import Commands

@Suite("The forms of figures")
struct StatsFormTests {
    private var records: [RunRecord] { StatsSample.records() }

    @Test("a run's chart fits its width", arguments: [60, 80, 120])
    func chart(columns: Int) throws {
        let style = Style(Terminal(isTerminal: true, columns: columns))
        let lines = Gantt(records).lines(width: columns, style: style)
        for line in lines { #expect(displayWidth(line) <= columns, "\(line)") }
        try expectSnapshot(lines.joined(separator: "\n") + "\n", named: "stats-chart-\(columns)")
    }

    @Test("without UTF-8 the chart is ASCII")
    func asciiChart() throws {
        let style = Style(Terminal(isTerminal: true, columns: 80, hasUnicode: false))
        let lines = Gantt(records).lines(width: 80, style: style)
        #expect(lines.joined().utf8.allSatisfy { $0 < 0x80 })
        try expectSnapshot(lines.joined(separator: "\n") + "\n", named: "stats-chart-ascii")
    }

    @Test("a run of which nothing or little is known has a chart of what there is")
    func partialChart() {
        let style = Style(Terminal(isTerminal: true, columns: 80))
        #expect(Gantt([]).lines(width: 80, style: style).isEmpty)
        #expect(Gantt(Array(records.prefix(1))).lines(width: 80, style: style).isEmpty)
        // Killed while four attempts were under way.
        let killed = Gantt(Array(records.prefix(11)))
        #expect(
            killed.bars.filter { $0.state == .running }.map(\.name).sorted() == [
                "known", "look", "repair-1", "repair-2",
            ])
        #expect(killed.lines(width: 80, style: style).contains { $0.contains("no end") })
    }

    @Test("more at once than a lane has lines for is counted")
    func crowdedChart() {
        let events = (0..<20).map { number in
            RunRecord(
                run: "r", sequence: number + 1, elapsed: 0,
                event: .taskStarted(task: "t\(number)", attempt: 1, server: "日本", model: "m"))
        }
        let last = RunRecord(
            run: "r", sequence: 21, elapsed: 5, event: .runFinished(outcome: "x", exitCode: 1, duration: 5))
        let lines = Gantt(events + [last]).lines(width: 60, style: Style(Terminal(isTerminal: true, columns: 60)))
        #expect(lines.contains { $0.hasSuffix("and 12 more") })
        for line in lines { #expect(displayWidth(line) <= 60) }
    }

    @Test("a run shown as a whole fits its width", arguments: [60, 80, 120])
    func wholeRun(columns: Int) throws {
        let style = Style(Terminal(isTerminal: true, columns: columns))
        let lines = RunView(run: StatsSample.run(), records: records).lines(width: columns, style: style)
        for line in lines { #expect(displayWidth(line) <= columns, "\(line)") }
        try expectSnapshot(lines.joined(separator: "\n") + "\n", named: "stats-run-\(columns)")
    }

    @Test("comma-separated values are quoted, and nothing from outside is a formula")
    func commas() {
        var csv = CSV(["a", "b", "c", "d"])
        csv.add([.text("x,\"y\""), .text("=1+1"), .number(0.1 + 0.2), .integer(nil)])
        #expect(csv.text == "a,b,c,d\r\n\"x,\"\"y\"\"\",'=1+1,0.30000000000000004,\r\n")
        let rows = CSV.runs([(StatsSample.run(), RunSummary(records))]).components(separatedBy: "\r\n")
        #expect(rows.count == 3)
        #expect(rows[1].hasPrefix("20260202-024000-abcd,2026-02-02T02:40:00Z,fix,/r,\"make, -j2\",fixed,0,11.25,"))
        let bars = CSV.bars(Gantt(records), run: "r").components(separatedBy: "\r\n")
        #expect(bars.contains("r,laptop,look,1,failed,2.6,4.5"))
        #expect(bars.contains("r,builds,verify,,succeeded,9.0,11.0"))
    }

    @Test("Prometheus' text has help and type for each figure, and escaped labels")
    func prometheus() throws {
        let text = Prometheus(StatsFigureTests.overview).text
        try expectSnapshot(text, named: "stats-prometheus")
        #expect(Prometheus.escaped("a\\b\"c\nd") == "a\\\\b\\\"c\\nd")
        #expect(Prometheus.escaped("\"quoted\"", quotes: false) == "\"quoted\"")
        var seen: Set<Substring> = []
        var current: Substring = ""
        for line in text.split(separator: "\n") {
            if line.hasPrefix("# HELP ") {
                current = line.dropFirst(7).prefix { $0 != " " }
                #expect(seen.insert(current).inserted, "\(current) is described twice")
            } else if line.hasPrefix("# TYPE ") {
                #expect(line.dropFirst(7).hasPrefix(current))
            } else {
                let match = try #require(
                    line.wholeMatch(of: /(teamfix_[a-z_]+)(\{([a-z]+="[^"]*",?)+\})? [0-9.e-]+/), "\(line)")
                #expect(match.1.hasPrefix(current))
            }
        }
        #expect(Prometheus(Overview([], repository: nil)).text.contains("teamfix_runs_total{outcome=\"unfinished\"} 0"))
    }

    @Test("spans have ids that derive from the run, parents that are there, and times in order")
    func spans() throws {
        let text = jsonText(Spans(StatsSample.run(), records))
        #expect(text == jsonText(Spans(StatsSample.run(), records)))
        let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let resources = try #require(object["resourceSpans"] as? [[String: Any]])
        let scopes = try #require(resources.first?["scopeSpans"] as? [[String: Any]])
        let spans = try #require(scopes.first?["spans"] as? [[String: Any]])
        // The run, a plan, six attempts, two builds.
        #expect(spans.count == 10)
        let ids = spans.compactMap { $0["spanId"] as? String }
        #expect(Set(ids).count == 10)
        #expect(ids.allSatisfy { $0.wholeMatch(of: /[0-9a-f]{16}/) != nil })
        #expect(Set(spans.compactMap { $0["traceId"] as? String }).count == 1)
        #expect((spans[0]["traceId"] as? String)?.wholeMatch(of: /[0-9a-f]{32}/) != nil)
        #expect(spans[0]["parentSpanId"] == nil)
        #expect(spans[0]["startTimeUnixNano"] as? String == "1770000000250000000")
        #expect(spans[0]["endTimeUnixNano"] as? String == "1770000011500000000")
        for span in spans.dropFirst() {
            let parent = try #require(span["parentSpanId"] as? String)
            #expect(ids.contains(parent))
            let start = try #require((span["startTimeUnixNano"] as? String).flatMap(Int64.init))
            let end = try #require((span["endTimeUnixNano"] as? String).flatMap(Int64.init))
            #expect(start <= end && start >= 1_770_000_000_250_000_000)
        }
        let failed = try #require(
            spans.first { ($0["status"] as? [String: Any])?["code"] as? Int == 2 && $0["kind"] as? Int == 3 })
        #expect(failed["name"] as? String == "Logic Analyst look")
        #expect(
            Spans(StatsSample.run("other"), records).resourceSpans[0].scopeSpans[0].spans[0].traceId != spans[0][
                "traceId"] as? String)
    }
}
