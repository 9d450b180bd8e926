import Events
import Foundation
import History
import Testing

@testable import Commands

@Suite("The page of many runs")
struct StatsPageTests {
    private static let now = Date(timeIntervalSince1970: 1_771_000_000)
    private var page: String { StatsFigureTests.overview.page(now: Self.now) }

    private func count(_ part: String, in page: String) -> Int { page.components(separatedBy: part).count - 1 }

    /// The row of a table that begins with a name.
    private func row(_ name: String, in page: String) throws -> String {
        let start = try #require(page.range(of: "<tr><th scope=\"row\">\(name)"))
        let end = try #require(page[start.lowerBound...].range(of: "</tr>"))
        return String(page[start.lowerBound..<end.upperBound])
    }

    /// Every element ends where it should, every place in a drawing is a number, and every drawing has a name.
    private func expectSound(_ page: String, sourceLocation: SourceLocation = #_sourceLocation) {
        var open: [Substring] = []
        for tag in page.matches(of: /<(\/?)([a-z0-9]+)([^>]*)>/) {
            let (_, slash, name, rest) = tag.output
            if name == "meta" || rest.hasSuffix("/") { continue }
            if slash.isEmpty {
                open.append(name)
                if name == "svg" {
                    #expect(
                        rest.contains("role=\"img\" aria-label=\"") && !rest.contains("aria-label=\"\""),
                        "\(tag.output.0)", sourceLocation: sourceLocation)
                }
            } else {
                let last = open.popLast()
                #expect(last == name, "\(name) ends", sourceLocation: sourceLocation)
            }
        }
        #expect(open.isEmpty, "\(open)", sourceLocation: sourceLocation)
        for place in page.matches(of: /\s(?:x|y|x1|x2|y1|y2|cx|cy|r|width|height)="([^"]*)"/) {
            let number = Double(place.output.1.hasSuffix("%") ? place.output.1.dropLast() : place.output.1)
            #expect(number.map { $0 >= 0 && $0 <= 128 } == true, "\(place.output.0)", sourceLocation: sourceLocation)
        }
        let ids = page.matches(of: /\sid="([^"]*)"/).map(\.output.1)
        #expect(Set(ids).count == ids.count, "an id is there twice", sourceLocation: sourceLocation)
        #expect(!page.contains("<script") && !page.contains("url("), sourceLocation: sourceLocation)
    }

    @Test("the page has the figures that the other forms have")
    func figures() throws {
        let page = self.page
        let overview = StatsFigureTests.overview
        expectSound(page)
        #expect(!page.contains(" style="), "the policy would refuse it")
        #expect(page.contains("<h1>Statistics of every repository</h1>"))
        #expect(page.contains("All recorded runs, as of 2026-02-13 16:26:40 UTC."))
        #expect(page.contains("<p>3 runs, 2 fixed, 1 unfinished</p>"))
        for (name, value) in [
            ("runs", "3"), ("succeeded", "100 %"), ("time", "27.5s"), ("candidates passed", "2 of 4"),
            ("tasks", "\(overview.totals.tasks.succeeded) of \(overview.totals.tasks.total)"),
            ("tokens in / out", "\(overview.totals.promptTokens) / \(overview.totals.answerTokens)"),
        ] {
            #expect(
                page.contains("<span class=\"name\">\(name)</span> <span class=\"value\">\(value)</span>"), "\(name)")
        }
        let gpu = try row("gpu", in: page)
        let used = try #require(overview.servers.first?.utilization)
        let percent = String(format: "%.0f %%", used * 100)
        #expect(gpu.contains("qwen2.5-coder:7b") && gpu.contains("aria-label=\"\(percent) slot time in use\""))
        #expect(gpu.contains("<td class=\"number\">1000.0</td><td class=\"number\">12.0</td>"))
        #expect(gpu.hasSuffix(String(repeating: "<td class=\"number\">0.6s</td>", count: 3) + "</tr>"))
        #expect(
            try row("laptop", in: page).hasSuffix(String(repeating: "<td class=\"number\"></td>", count: 5) + "</tr>"))
        let pattern = try row("divide-and-conquer", in: page)
        let efficiency = try #require(overview.patterns.first?.parallelEfficiency)
        #expect(pattern.contains(String(format: "<td class=\"number\">%.1fx</td>", efficiency)))
        #expect(page.contains("<code>20260211-024000-abcf</code>"))
        #expect(page.contains("make, -j2"))
    }

    @Test("a share is a dot on its interval, with the numbers beside it")
    func intervals() throws {
        let coder = try row("Coder", in: page)
        #expect(coder.contains("<td class=\"number\">2 of 4</td>"))
        #expect(coder.contains("aria-label=\"50 % verified, in the long run between 15 % and 85 %\""))
        #expect(coder.contains("<circle class=\"dot\" cx=\"55.00\" cy=\"8\" r=\"4\"/>"))
        let share = ShareInterval(2, of: 4)
        let line = String(format: "x1=\"%.2f\" x2=\"%.2f\" y1=\"8\"", 5 + share.low * 100, 5 + share.high * 100)
        #expect(coder.contains("<line class=\"reach\" \(line)"))
        #expect(coder.contains("<td class=\"number\">50 % (15-85)</td>"))
        // Nothing of this one was judged.
        #expect(try !row("Logic Analyst", in: page).contains("<svg"))
        let format = try row("qwen2.5-coder:7b</th><td>window", in: page)
        #expect(format.contains("aria-label=\"50 % well-formed, in the long run between 15 % and 85 %\""))
        #expect(ShareInterval(0, of: 5).drawing(of: "x").text.contains("cx=\"5.00\""))
        #expect(ShareInterval(5, of: 5).drawing(of: "x").text.contains("cx=\"105.00\""))
        #expect(shareBar(.nan, of: "x").text.contains("<rect class=\"rate\" width=\"0.00\""))
        #expect(shareBar(3, of: "x").text.contains("<rect class=\"rate\" width=\"100.00\""))
    }

    @Test("the trend tells by shape and by words what became of the runs, and by a table the same")
    func trend() throws {
        var runs = StatsSample.runs.map { (run: $0.run, summary: RunSummary($0.records)) }
        runs[1].summary.exitCode = 1
        let page = Overview(runs, repository: "/src/shop").page(now: Self.now)
        expectSound(page)
        #expect(page.contains("<h1>Statistics of shop</h1>"))
        #expect(page.contains("All recorded runs in /src/shop, as of "))
        #expect(page.contains("aria-label=\"Runs a day, at most 1: 1 succeeded, 1 failed, 1 unfinished\""))
        #expect(page.contains("aria-label=\"Success rate by day: 1 of 2 runs that ended\""))
        #expect(page.contains("aria-label=\"Time of the runs by day, at most 11.3s\""))
        #expect(page.contains("<title>2026-02-03: 0 succeeded, 1 failed, 0 unfinished</title>"))
        #expect(page.contains("<title>2026-02-03: 0 %, 0 of 1 run</title>"))
        // Once in a chart and once in its legend; what failed has a cross of two lines.
        #expect(count("class=\"part full succeeded\"", in: page) == 2)
        #expect(count("class=\"part failed\"", in: page) == 6)
        #expect(count("class=\"part open waiting\"", in: page) == 2)
        let tasks = try #require(StatsFigureTests.overview.trend.buckets.last?.tasks)
        let numbers = ["1", "0", "0", "1", "", "5.0s", "\(tasks)", "0"].map { "<td class=\"number\">\($0)</td>" }
        let expected = "<tr><th scope=\"row\">2026-02-11</th>\(numbers.joined())</tr>"
        #expect(try row("2026-02-11", in: page) == expected)
        #expect(try row("2026-02-06", in: page).contains("<td class=\"number\"></td><td class=\"number\">0.0s</td>"))
    }

    @Test("two years of weeks, and times that are no numbers, stay inside the drawing")
    func longTrend() {
        var odd = RunSummary(StatsSample.records())
        odd.duration = .infinity
        var unknown = odd
        unknown.duration = .nan
        let runs = [0, 390, 400, 800, 800].map { StatsSample.run("r\($0)", day: $0) }
        let known = RunSummary(StatsSample.records())
        let summaries = [known, unknown, odd, known, RunSummary([])]
        let page = Overview(zip(runs, summaries).map { (run: $0.0, summary: $0.1) }, repository: nil)
            .page(now: Self.now)
        expectSound(page)
        #expect(page.contains("a week is named by its Monday"))
        // Six dates below each of three charts, and what is at its top.
        #expect(count("class=\"tick\"", in: page) == 3 * 7)
    }

    @Test("of one day there is no trend")
    func oneDay() {
        let page = Overview([(StatsSample.run(), RunSummary(StatsSample.records()))], repository: nil).page(
            now: Self.now)
        expectSound(page)
        #expect(!page.contains("id=\"trend\"") && page.contains("id=\"servers\"") && page.contains("id=\"runs\""))
    }

    @Test("without runs the page says so, and of which repository and time")
    func empty() {
        let empty = Overview([], repository: nil)
        let page = empty.page(now: Self.now)
        expectSound(page)
        #expect(page.hasPrefix("<!doctype html>") && page.hasSuffix("</html>\n"))
        #expect(page.contains("Nothing is recorded yet. Run one: <code>teamfix fix</code>"))
        #expect(!page.contains("<svg") && !page.contains("<table"))
        let limited = Overview([], repository: "/src/shop").page(since: StatsSample.started, now: Self.now)
        #expect(limited.contains("Runs that began since 2026-02-02 02:40:00 UTC in /src/shop"))
        #expect(limited.contains("Nothing is recorded for this repository in this time."))
    }

    @Test("names from outside stay text, wherever they stand")
    func hostile() throws {
        let evil = "\"><script>alert('1')</script></style></svg>\u{1B}[31m\u{202E}&"
        let escaped = "&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&lt;/style&gt;&lt;/svg&gt;&amp;"
        let events: [RunEvent] = [
            .serverJoined(ServerFacts(name: evil, kind: "ollama", url: evil, version: evil, model: evil, slots: 1)),
            .planned(
                PlannedWork(
                    pattern: evil, strategy: evil,
                    tasks: [.init(id: "t", specialist: evil, title: evil, wave: 1, dependencies: [], server: nil)])),
            .taskStarted(task: "t", attempt: 1, server: evil, model: evil),
            .taskFinished(
                TaskEnd(
                    task: "t", attempt: 1, server: evil, model: evil, outcome: .succeeded, promptTokens: 1,
                    answerTokens: 1, load: 0, prompt: 1, answer: 1, firstToken: 1, elapsed: 2)),
            .replyRead(ReplyRecord(task: "t", model: evil, format: evil, outcome: .applied)),
            .candidateJudged(
                CandidateVerdict(
                    id: "c", source: "t", model: evil, result: .passed, reason: evil, files: [], changedLines: 1)),
            .orchestrationFinished(duration: 2),
            .runFinished(outcome: evil, exitCode: 1, duration: 3),
        ]
        let records = events.enumerated().map {
            RunRecord(run: "r", sequence: $0.offset + 1, elapsed: Double($0.offset), event: $0.element)
        }
        let run = StoredRun(
            id: evil, command: evil, repository: "/" + evil, started: StatsSample.started, problem: evil,
            outcome: evil, exitCode: 1, duration: 3, version: evil)
        var overview = Overview([(run, RunSummary(records))], repository: "/src/" + evil)
        overview.advice = [.init(code: .chain, subject: evil, runs: 2, of: 2, text: evil)]
        let page = overview.page(now: Self.now)
        expectSound(page)
        #expect(count("</style>", in: page) == 1)
        #expect(!page.contains("\u{1B}") && !page.contains("\u{202E}"))
        #expect(page.contains("<th scope=\"row\">\(escaped)"))
        #expect(page.contains("<span class=\"small\">\(escaped)</span>"), "the server's model")
        #expect(page.contains("<td>\(escaped)</td>"), "the specialist's model, the format")
        #expect(page.contains("<code>\(escaped)</code>"), "the run's id")
        #expect(page.contains("<li>In 2 of the newest 2 runs with tasks: \(escaped)</li>"))
        #expect(page.contains("<td title=\"/\(escaped)\">"))
        for id in ["servers", "specialists", "formats", "patterns", "advice", "runs"] {
            #expect(page.contains("<h2 id=\"\(id)\">"), "\(id)")
        }
    }
}
