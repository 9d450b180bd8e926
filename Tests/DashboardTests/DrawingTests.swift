import Events
import Foundation
import Testing

@testable import Dashboard

@Suite struct DrawingTests {
    private func end(_ task: String, tokens: Int?, answer: Double?, elapsed: Double) -> TaskEnd {
        TaskEnd(
            task: task, attempt: 1, server: "a", model: "m", outcome: .succeeded, answerTokens: tokens, answer: answer,
            elapsed: elapsed)
    }

    private func picture(_ events: [(Double, RunEvent)]) -> RunPicture {
        RunPicture(
            events.enumerated().map { RunRecord(run: "r", sequence: $0 + 1, elapsed: $1.0, event: $1.1) })
    }

    @Test func `interpolated text has no meaning in HTML, and HTML keeps its own`() {
        let name = "a<b>&\"'\u{1B}[31m\u{202E}c"
        let inner: HTML = "<b title=\"\(name)\">\(7)</b>"
        let outer: HTML = "<p>\(inner)\([inner])</p>"
        #expect(inner.text == "<b title=\"a&lt;b&gt;&amp;&quot;&#39;c\">7</b>")
        #expect(outer.text == "<p>\(inner.text)\(inner.text)</p>")
        let odd: HTML = "\(Double.nan) \(Double.infinity) \(1.005)"
        #expect(odd.text.hasPrefix("0 0 1.0"))
    }

    @Test(arguments: [0, -1, 0.01, 0.5, 3, 59, 61, 3600, 90_000, 1e12, Double.infinity, .nan])
    func `an axis has a few ticks and keeps everything inside`(length: Double) {
        let axis = TimeAxis(length: length)
        #expect((1...8).contains(axis.ticks.count))
        for moment in [-1, 0, length / 2, length, length * 2, .nan, .infinity] {
            #expect((0...100).contains(axis.place(moment)))
        }
        #expect(axis.width(from: 0, to: length) <= 100.001)
    }

    @Test func `every token counts once in the throughput`() {
        let run = picture([
            (0, .taskStarted(task: "x", attempt: 1, server: "a", model: "m")),
            (4, .taskFinished(end("x", tokens: 100, answer: 3.5, elapsed: 4))),
            (4, .taskStarted(task: "y", attempt: 1, server: "a", model: "m")),
            (4.01, .taskFinished(end("y", tokens: 7, answer: nil, elapsed: 0.01))),
            (5, .taskFinished(end("z", tokens: nil, answer: 1, elapsed: 1))),
        ])
        let throughput = Throughput(run, now: 10)
        #expect(abs(throughput.rates.reduce(0) { $0 + $1 * throughput.step } - 107) < 0.5)
        #expect(throughput.rates.last == 0)
    }

    @Test func `times that are no numbers draw nothing odd`() {
        let odd = TaskEnd(
            task: "x", attempt: 1, server: "a", model: "m", outcome: .succeeded, answerTokens: 5, answer: .nan,
            elapsed: .infinity)
        let run = picture([
            (.nan, .taskStarted(task: "x", attempt: 1, server: "a", model: "m")), (.infinity, .taskFinished(odd)),
            (
                -5,
                .buildFinished(BuildEnd(purpose: .verify, exitCode: 0, timedOut: false, errors: 0, duration: .infinity))
            ),
        ])
        let page = LaneChart(run, now: .nan).drawing.text + Throughput(run, now: .infinity).drawing.text
        #expect(page.contains("<svg") && !page.contains("nan") && !page.contains("inf%"))
    }

    @Test func `bars of a lane never overlap in a row`() {
        let bars = [(0.0, 2.0), (1, 3), (2, 4), (3.5, 5), (0.5, 0.6)].map {
            LaneChart.Bar(start: $0.0, end: $0.1, look: "succeeded", label: "", detail: "")
        }
        let rows = LaneChart.rows(of: bars)
        #expect(rows.joined().count == bars.count && rows.count == 2)
        for row in rows {
            for (one, next) in zip(row, row.dropFirst()) { #expect(one.end <= next.start) }
        }
    }

    @Test func `a picture follows tasks through failure, another server and a second plan`() {
        let plan = PlannedWork(
            pattern: "p", strategy: "s",
            tasks: [
                .init(id: "x", specialist: "Coder", title: "", wave: 1, dependencies: [], server: nil),
                .init(id: "y", specialist: "QA", title: "", wave: 2, dependencies: ["x", "none"], server: nil),
            ])
        let failed = TaskEnd(
            task: "x", attempt: 1, server: "a", model: "m", outcome: .failed, reason: "cut", elapsed: 1)
        var events: [(Double, RunEvent)] = [
            (0, .planned(plan)), (0, .taskStarted(task: "x", attempt: 1, server: "a", model: "m")),
            (1, .taskFinished(failed)), (1, .taskMoved(task: "x", from: "a", reason: "cut")),
            (1, .taskStarted(task: "x", attempt: 2, server: "b", model: "m")),
        ]
        var run = picture(events)
        #expect(run.tasks.map(\.state) == [.running, .waiting])
        #expect(run.tasks[1].dependencies == [0] && run.tasks[0].attempts == 2)
        #expect(run.failures.count == 2 && run.lanes.map(\.name) == ["a", "b"])
        events += [(2, .planned(plan)), (3, .taskStarted(task: "x", attempt: 1, server: "a", model: "m"))]
        run = picture(events)
        #expect(run.tasks.map(\.state) == [.running, .waiting, .running, .waiting])
        #expect(run.tasks[3].dependencies == [2])
        let drawing = WaveGraph(run).drawing.text
        #expect(drawing.contains("Round 2, wave 1") && drawing.components(separatedBy: "class=\"edge\"").count == 3)
    }

    @Test func `a run of any length makes a page of bounded size`() {
        let tasks = (0..<20_000).map {
            PlannedWork.Task(id: "t\($0)", specialist: "Coder", title: "", wave: 1, dependencies: [], server: nil)
        }
        let notes = (0..<10_000).map { (Double($0), RunEvent.notice(level: .info, text: "note \($0)")) }
        let run = picture([(0, .planned(PlannedWork(pattern: "p", strategy: "s", tasks: tasks)))] + notes)
        #expect(run.tasks.count == RunPicture.most && run.notes.count == RunPicture.most)
        #expect(run.left == 20_000 + 10_000 - 2 * RunPicture.most)
        #expect(WaveGraph(run).drawing.text.utf8.count < 40_000)
    }

    @Test func `a patch is told apart by file, with its lines counted`() {
        let patch = PatchView(
            """
            diff --git a/one.c b/one.c
            --- a/one.c
            +++ b/one.c
            @@ -1,2 +1,2 @@
             same
            -old
            +new
            +more
            diff --git "a/t\\303\\274r.c" "b/t\\303\\274r.c"
            @@ -1 +0,0 @@
            -gone

            """)
        #expect(patch.files.map(\.name) == ["one.c", "t\\303\\274r.c"] && patch.left == 0)
        #expect(patch.files.map(\.added) == [2, 0] && patch.files.map(\.removed) == [1, 1])
        let drawing = patch.drawing.text
        #expect(drawing.contains("<span class=\"about\">--- a/one.c\n</span>"), "no line is gone there")
        #expect(drawing.contains("<span class=\"removed\">-old\n</span>"))
        let long = PatchView("diff --git a/x b/x\n" + "@@ -0,0 +1 @@\n" + String(repeating: "+line\n", count: 5000))
        #expect(long.left > 1900 && long.files[0].added == 5000)
        #expect(PatchView("").files.isEmpty && PatchView("no patch").files.isEmpty)
    }
}
