import Events
import Foundation
import History
import Orchestration

/// One run's page.
package struct RunPage {
    private let run: StoredRun
    private let picture: RunPicture
    private let statistics: RunStatistics
    private let patch: StoredPatch?
    private let unreadable: Int
    private let standing: RunStanding
    /// Seconds since the run began, whole while it runs: a page changes once a second at most.
    private let elapsed: Double

    /// - Parameters:
    ///   - unreadable: events that a newer teamfix wrote.
    ///   - now: by the wall clock.
    package init(
        run: StoredRun, picture: RunPicture, statistics: RunStatistics, patch: StoredPatch?, unreadable: Int, now: Date
    ) {
        self.run = run
        self.picture = picture
        self.statistics = statistics
        self.patch = patch
        self.unreadable = unreadable
        standing = RunStanding(run, last: picture.last, now: now)
        elapsed =
            standing == .running
            ? max(picture.last, now.timeIntervalSince(run.started).rounded(.down)) : run.duration ?? picture.last
    }

    package var title: String { "\(run.command) \(run.id)" }

    package var content: HTML {
        let lanes: HTML = """
            <section aria-labelledby="lanes"><h2 id="lanes">Servers over time</h2>\(LaneChart(picture, now: elapsed).drawing)\
            \(legend)\(Figures(statistics, picture, duration: elapsed).servers)\(attempts)</section>
            """
        return """
            \(header)\(Figures(statistics, picture, duration: elapsed).section)\(failures)\(tasks)\(lanes)\
            \(throughput)\(candidates)\(patches)\(notes)
            """
    }

    private var header: HTML {
        let branch = picture.branches.last.map { " · branch \($0.name)" } ?? ""
        return """
            <section aria-labelledby="run"><h1 id="run">\(run.problem.isEmpty ? run.id : run.problem)</h1>\
            <p>\(standing.badge(outcome: run.outcome)) <span role="status" aria-live="polite" id="progress">\(progress)</span></p>\
            <p class="small"><code>\(run.command)</code> in <code>\(run.repository)</code>\(branch) · began \
            \(shownDate(run.started)) · run <code>\(run.id)</code> · teamfix \(run.version)</p></section>
            """
    }

    /// A sentence that changes only when something has happened, so that it can be read aloud.
    private var progress: String {
        var parts: [String] = []
        if !picture.tasks.isEmpty {
            parts.append("\(picture.count(.succeeded)) of \(counted(picture.tasks.count, "task")) done")
            for state in [RunPicture.TaskState.running, .failed, .skipped] where picture.count(state) > 0 {
                parts.append("\(picture.count(state)) \(state.rawValue)")
            }
        }
        if let build = picture.builds.last(where: { $0.end == nil }), standing.isOpen {
            parts.append("building to \(build.purpose.rawValue)")
        }
        if !picture.candidates.isEmpty { parts.append(counted(picture.candidates.count, "candidate") + " tried") }
        if let code = run.exitCode { parts.append("exit code \(code)") }
        return parts.joined(separator: ", ")
    }

    private var failures: HTML {
        let all = picture.failures
        guard !all.isEmpty else { return "" }
        let items = all.prefix(100).map {
            "<li><span class=\"when\">\(shownDuration($0.at))</span> \($0.value)</li>" as HTML
        }
        let more: HTML = all.count > 100 ? "<p>and \(all.count - 100) more</p>" : ""
        return """
            <section class="failures" aria-labelledby="failures"><h2 id="failures">What went wrong</h2><ul>\(items)</ul>\
            \(more)</section>
            """
    }

    private var tasks: HTML {
        guard !picture.tasks.isEmpty else { return "" }
        let rows = picture.tasks.prefix(1000).map { task -> HTML in
            let state = (task.isCached ? "known answer" : task.state.rawValue) + (task.reason.map { ": \($0)" } ?? "")
            let time = task.seconds.map(shownDuration) ?? ""
            let needs = task.dependencies.map { picture.tasks[$0].id }.joined(separator: ", ")
            return """
                <tr><th scope="row">\(task.id)</th><td>\(task.specialist)</td><td>\(task.title)</td>\
                <td class="number">\(task.wave)</td><td>\(needs)</td>\
                <td>\(state)</td>\
                <td>\(task.server ?? "")</td><td class="number">\(time)</td></tr>
                """
        }
        let plan = picture.plans.last.map { "\($0.pattern), \($0.strategy)" } ?? ""
        return """
            <section aria-labelledby="tasks"><h2 id="tasks">Tasks</h2><p class="small">\(plan)</p>\(WaveGraph(picture).drawing)\
            <details id="task-table"><summary>The same as a table</summary><div class="scroll" tabindex="0" role="region" \
            aria-label="Tasks"><table><thead><tr><th scope="col">task</th><th scope="col">specialist</th>\
            <th scope="col">about</th><th scope="col" class="number">wave</th><th scope="col">needs</th>\
            <th scope="col">state</th><th scope="col">server</th><th scope="col" class="number">time</th></tr></thead>\
            <tbody>\(rows)</tbody></table></div></details></section>
            """
    }

    private var legend: HTML {
        """
        <p class="legend small"><span>▶ running</span> <span>✓ succeeded</span> <span>✕ failed</span> \
        <span>– no longer needed</span> <span>≡ known answer</span></p>
        """
    }

    private var attempts: HTML {
        guard !picture.attempts.isEmpty else { return "" }
        let rows = picture.attempts.prefix(1000).map { attempt -> HTML in
            let took = attempt.ended.map { shownDuration($0 - attempt.start) } ?? ""
            let tokens = attempt.end?.answerTokens.map { "\($0)" } ?? ""
            let state = attempt.end.map { $0.cached ? "known answer" : $0.outcome.rawValue } ?? "running"
            return """
                <tr><th scope="row">\(attempt.task)</th><td class="number">\(attempt.number)</td><td>\(attempt.server)</td>\
                <td>\(attempt.model)</td><td>\(state)</td><td class="number">\(shownDuration(attempt.start))</td>\
                <td class="number">\(took)</td>\
                <td class="number">\(tokens)</td></tr>
                """
        }
        return """
            <details id="attempt-table"><summary>The lanes as a table</summary><div class="scroll" tabindex="0" role="region" \
            aria-label="Attempts"><table><thead><tr><th scope="col">task</th><th scope="col" class="number">attempt</th>\
            <th scope="col">server</th><th scope="col">model</th><th scope="col">state</th>\
            <th scope="col" class="number">began</th><th scope="col" class="number">took</th>\
            <th scope="col" class="number">tokens</th></tr></thead><tbody>\(rows)</tbody></table></div></details>
            """
    }

    private var throughput: HTML {
        guard !picture.attempts.isEmpty else { return "" }
        return """
            <section aria-labelledby="throughput"><h2 id="throughput">Throughput</h2>\
            <p class="small">Answer tokens a second, each answer spread over the time in which it was written.</p>\
            \(Throughput(picture, now: elapsed).drawing)</section>
            """
    }

    private var candidates: HTML {
        guard !picture.candidates.isEmpty else { return "" }
        let rows = picture.candidates.prefix(200).map { moment -> HTML in
            let verdict = moment.value
            return """
                <tr><th scope="row">\(verdict.id)</th><td>\(verdict.model ?? "built-in engine")</td>\
                <td>\(verdict.result.rawValue)</td><td>\(verdict.reason)</td>\
                <td>\(verdict.files.prefix(20).map { "<code>\($0)</code>" as HTML }.joined(by: ", "))</td>\
                <td class="number">\(verdict.changedLines)</td></tr>
                """
        }
        return """
            <section aria-labelledby="candidates"><h2 id="candidates">Candidates</h2><div class="scroll" tabindex="0" \
            role="region" aria-label="Candidates"><table><thead><tr><th scope="col">candidate</th><th scope="col">by</th>\
            <th scope="col">result</th><th scope="col">why</th><th scope="col">files</th>\
            <th scope="col" class="number">lines</th></tr></thead><tbody>\(rows)</tbody></table></div></section>
            """
    }

    private var patches: HTML {
        guard let patch else { return "" }
        let proof = patch.isVerified ? "verified: the build passes with it" : "not verified: no build has confirmed it"
        let branch: HTML =
            patch.branch.flatMap { name -> HTML? in name.isEmpty ? nil : "branch <code>\(name)</code>, " } ?? ""
        return """
            <section aria-labelledby="patch"><h2 id="patch">Patch</h2><p>\(branch)\(proof)</p>\(PatchView(patch.text).drawing)\
            </section>
            """
    }

    private var notes: HTML {
        let shown = picture.notes.filter { $0.value.level != .debug }
        guard !shown.isEmpty || !picture.synthesis.isEmpty || unreadable > 0 || picture.left > 0 else { return "" }
        var all = picture.synthesis
        all += shown.map { RunPicture.Moment(at: $0.at, value: $0.value.text) }
        let items = all.sorted { $0.at < $1.at }.prefix(200).map { note -> HTML in
            "<li><span class=\"when\">\(shownDuration(note.at))</span> \(shortened(note.value, to: 2000))</li>"
        }
        let newer: HTML =
            unreadable > 0
            ? "<li>\(counted(unreadable, "event")) of a newer teamfix can't be read by this one</li>" : ""
        let left: HTML = picture.left > 0 ? "<li>\(picture.left) more entries of this run aren't shown</li>" : ""
        return """
            <section aria-labelledby="notes"><h2 id="notes">Notes</h2><ul>\(items)\(newer)\(left)</ul></section>
            """
    }
}
