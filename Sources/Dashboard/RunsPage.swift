import Events
import Foundation
import History

/// The recorded runs of all processes: those that run on top.
package struct RunsPage {
    /// A run with what its events say so far, for those without an end.
    package struct Entry {
        var run: StoredRun
        var picture: RunPicture?

        package init(run: StoredRun, picture: RunPicture?) {
            self.run = run
            self.picture = picture
        }
    }

    private let entries: [Entry]
    private let now: Date

    package init(_ entries: [Entry], now: Date) {
        self.entries = entries
        self.now = now
    }

    package var title: String { "Runs" }

    package var content: HTML {
        guard !entries.isEmpty else {
            return "<h1>Runs</h1><p class=\"empty\">Nothing is recorded yet. Run one: <code>teamfix fix</code></p>"
        }
        let open = entries.filter { standing($0) == .running }
        let rest = entries.filter { standing($0) != .running }
        return """
            <h1>Runs</h1><p><span role="status" aria-live="polite" id="progress">\(summary)</span></p>\
            \(section("now", "Running", open))\
            \(section("past", "Recorded", rest))
            """
    }

    private func section(_ id: String, _ heading: String, _ entries: [Entry]) -> HTML {
        entries.isEmpty
            ? "" : "<section aria-labelledby=\"\(id)\"><h2 id=\"\(id)\">\(heading)</h2>\(table(entries))</section>"
    }

    private func standing(_ entry: Entry) -> RunStanding {
        RunStanding(entry.run, last: entry.picture?.last ?? 0, now: now)
    }

    private var summary: String {
        let standings = entries.map(standing)
        var parts = [counted(entries.count, "run")]
        let words: [(RunStanding, String)] = [
            (.running, "running"), (.succeeded, "succeeded"), (.failed, "failed"), (.interrupted, "interrupted"),
        ]
        for (state, word) in words {
            let number = standings.count { $0 == state }
            if number > 0 { parts.append("\(number) \(word)") }
        }
        return parts.joined(separator: ", ")
    }

    private func table(_ entries: [Entry]) -> HTML {
        let rows = entries.map { entry -> HTML in
            let run = entry.run
            let problem = shortened(run.problem.isEmpty ? run.id : run.problem, to: 160)
            let time =
                run.duration ?? (standing(entry) == .running ? now.timeIntervalSince(run.started).rounded(.down) : nil)
            return """
                <tr><td>\(standing(entry).badge(outcome: run.outcome))</td><th scope="row">\
                <a href="run/\(run.id)">\(problem)</a>\(progress(entry))</th><td>\(run.command)</td>\
                <td title="\(run.repository)">\(lastComponent(run.repository))</td>\
                <td>\(shownDate(run.started))</td><td class="number">\(time.map(shownDuration) ?? "")</td></tr>
                """
        }
        return """
            <table class="runs"><thead><tr><th scope="col">state</th><th scope="col">problem</th><th scope="col">command</th>\
            <th scope="col">repository</th><th scope="col">began</th><th scope="col" class="number">time</th></tr></thead>\
            <tbody>\(rows)</tbody></table>
            """
    }

    private func progress(_ entry: Entry) -> HTML {
        guard entry.run.exitCode == nil, let picture = entry.picture, !picture.tasks.isEmpty else { return "" }
        let (done, all) = (
            picture.count(.succeeded) + picture.count(.failed) + picture.count(.skipped), picture.tasks.count
        )
        return """
            <br><svg class="meter" width="120" height="8" aria-hidden="true"><rect class="ground" width="120" height="8"/>\
            <rect class="rate" width="\(Double(done) / Double(all) * 120)" height="8"/></svg> \
            <span class="small">\(done) of \(counted(all, "task")) ended</span>
            """
    }
}
