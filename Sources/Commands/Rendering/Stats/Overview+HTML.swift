import Dashboard
import Events
import Foundation
import History

extension Overview {
    /// The figures as a page of its own: without scripts, with nothing from elsewhere, fit to be printed.
    ///
    /// - Parameter since: when the oldest of these runs may have begun; nil without a limit.
    func page(since: Date? = nil, now: Date) -> String {
        let place = repository.map(lastComponent) ?? "every repository"
        let time = since.map { "Runs that began since \(shownDate($0))" } ?? "All recorded runs"
        let folder = repository.map { " in " + $0 } ?? ""
        let content: HTML = """
            <h1>Statistics of \(place)</h1>\
            <p class="small">\(time)\(folder), as of \(shownDate(now)).</p>\
            \(totals.runs > 0 ? figures : nothing(isLimited: since != nil))
            """
        return PageDocument(title: "Statistics of \(place)", content: content).still
    }

    private func nothing(isLimited: Bool) -> HTML {
        let place = repository == nil ? "" : " for this repository"
        let time = isLimited ? " in this time" : " yet"
        return "<p class=\"empty\">Nothing is recorded\(place)\(time). Run one: <code>teamfix fix</code></p>"
    }

    private var figures: HTML {
        """
        <p>\(standing)</p>\
        <section aria-labelledby="figures"><h2 id="figures">Totals</h2>\(Figure.cards(cards))</section>\
        \(TrendCharts(trend).section)\(serverSection)\(specialistSection)\(formatSection)\(patternSection)\
        \(adviceSection)\(runSection)\
        <p class="small">What each figure means: docs/statistics.md. One run's page: \
        <code>teamfix stats RUN --format html</code></p>
        """
    }

    private var standing: String {
        var parts = [counted(totals.runs, "run")]
        parts += totals.outcomes.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.value) \($0.key)" }
        if totals.unfinished > 0 { parts.append("\(totals.unfinished) unfinished") }
        return parts.joined(separator: ", ")
    }

    private var cards: [Figure] {
        let ended = totals.runs - totals.unfinished
        var cards = [
            Figure(
                name: "runs", value: "\(totals.runs)",
                meaning: "\(totals.succeeded) succeeded (exit code 0), \(ended - totals.succeeded) ended otherwise, "
                    + "\(totals.unfinished) have no end: they are under way, or were killed.")
        ]
        func add(_ name: String, _ value: String, _ meaning: String) {
            cards.append(Figure(name: name, value: value, meaning: meaning))
        }
        let success = ShareInterval(totals.succeeded, of: ended)
        if let share = success.share {
            add(
                "succeeded", shownPercent(share),
                "Runs that ended with exit code 0 ÷ runs that ended. With Wilson's interval at 95 %: \(success.shown).")
        }
        add("time", shownDuration(totals.duration), "All runs together, builds included.")
        let tasks = totals.tasks
        if tasks.total > 0 {
            add(
                "tasks", "\(tasks.succeeded) of \(tasks.total)",
                "Planned tasks that succeeded, of all. \(tasks.failed) failed, \(tasks.cancelled) were no longer needed, "
                    + "\(tasks.cached) had a known answer, \(tasks.retried) were tried again, \(tasks.hedged) were tried "
                    + "on a second server as well; \(counted(totals.attempts, "attempt")) in all.")
            add(
                "orchestration time", shownDuration(totals.orchestrationTime),
                "From a plan's start to its synthesis, over all plans.")
            add(
                "sequential duration", shownDuration(totals.sequentialDuration),
                "The sum of the successful attempts' service times, as the servers report them.")
            add(
                "tokens in / out", "\(totals.promptTokens) / \(totals.answerTokens)",
                "Prompt tokens, cached ones included, and answer tokens, over all attempts.")
        }
        if totals.failovers > 0 {
            add("failovers", "\(totals.failovers)", "How often a task left a server for another one.")
        }
        if totals.builds > 0 {
            add(
                "builds", "\(totals.builds)",
                "They took \(shownDuration(totals.buildTime)); reproduction and verification together.")
        }
        if totals.candidates > 0 {
            add(
                "candidates passed", "\(totals.passed) of \(totals.candidates)",
                "Patches that were tried, and how many of them the build passed with. \(totals.refused) were refused; "
                    + "\(totals.fromBuiltinEngine) came from the built-in engine.")
        }
        return cards
    }

    private var serverSection: HTML {
        let rows = servers.map { server -> HTML in
            let models = server.models.joined(separator: ", ")
            let lost = server.lost > 0 ? ", lost \(server.lost)x" : ""
            let used: HTML =
                server.utilization.map { share -> HTML in
                    "\(shareBar(share, of: "slot time in use")) \(shownPercent(share))"
                } ?? ""
            let rates = [server.promptRate, server.answerRate].map { rate -> String in
                rate.map { shownNumber($0, decimals: 1) } ?? ""
            }
            let first = [server.firstToken.p50, server.firstToken.p95, server.firstToken.p99].map { time -> HTML in
                "<td class=\"number\">\(time.map(shownDuration) ?? "")</td>"
            }
            return """
                <tr><th scope="row">\(server.name) <span class="small">\(models)</span></th>\
                <td class="number">\(server.runs)</td><td class="number">\(server.attempts)</td>\
                <td class="number">\(server.failed)\(lost)</td><td>\(used)</td>\
                <td class="number">\(rates[0])</td><td class="number">\(rates[1])</td>\(first)</tr>
                """
        }
        return section(
            "servers", "Servers",
            """
            “Used” is the busy slot time ÷ all slot time of the runs that a server was in. The last three are the times to \
            the first token that 50, 95 and 99 % of its successful attempts didn't exceed.
            """,
            [
                "server", "#runs", "#attempts", "#failed", "used", "#tokens/s in", "#tokens/s out", "#first token 50 %",
                "#95 %", "#99 %",
            ], rows)
    }

    private var specialistSection: HTML {
        let rows = specialists.map { row -> HTML in
            let judged = row.verified + row.refused
            let verified = judged > 0 ? "\(row.verified) of \(judged)" : ""
            return """
                <tr><th scope="row">\(row.specialist)</th><td>\(row.model)</td><td class="number">\(row.attempts)</td>\
                <td class="number">\(row.failed)</td><td class="number">\(row.cached)</td>\
                <td class="number">\(shownDuration(row.serviceTime))</td><td class="number">\(row.answerTokens)</td>\
                <td class="number">\(verified)</td>\
                <td>\(row.verifiedRate.drawing(of: "verified"))</td><td class="number">\(row.verifiedRate.shown)</td></tr>
                """
        }
        return section(
            "specialists", "Specialists and models",
            """
            “Verified” are the candidates with which the build passed or got further, of those that were judged. The dot is \
            their share; the line, Wilson's interval at 95 %, is what it may be in the long run.
            """,
            [
                "specialist", "model", "#attempts", "#failed", "#cached", "#service time", "#tokens out", "#verified",
                "0 to 100 %", "#rate (95 %)",
            ], rows)
    }

    private var formatSection: HTML {
        let rows = formats.map { row -> HTML in
            """
            <tr><th scope="row">\(row.model)</th><td>\(row.format)</td><td class="number">\(row.asked)</td>\
            <td class="number">\(row.applied)</td><td class="number">\(row.unchanged)</td>\
            <td class="number">\(row.malformed)</td><td class="number">\(row.verified)</td>\
            <td>\(row.wellFormed.drawing(of: "well-formed"))</td><td class="number">\(row.wellFormed.shown)</td></tr>
            """
        }
        return section(
            "formats", "Edit formats", "Well-formed are the replies that were applied or changed nothing.",
            [
                "model", "format", "#asked", "#applied", "#unchanged", "#malformed", "#verified", "0 to 100 %",
                "#well-formed (95 %)",
            ], rows)
    }

    private var patternSection: HTML {
        let rows = patterns.map { row -> HTML in
            let efficiency = row.parallelEfficiency.map { shownNumber($0, decimals: 1) + "x" } ?? ""
            let bounds = [row.boundRatio.p50, row.boundRatio.p95].map { ratio -> HTML in
                let shown = ratio.map { shownNumber($0, decimals: 2) } ?? ""
                return "<td class=\"number\">\(shown)</td>"
            }
            return """
                <tr><th scope="row">\(row.pattern)</th><td class="number">\(row.runs)</td>\
                <td class="number">\(row.tasks)</td><td class="number">\(shownDuration(row.orchestrationTime))</td>\
                <td class="number">\(shownDuration(row.sequentialDuration))</td>\
                <td class="number">\(efficiency)</td>\(bounds)</tr>
                """
        }
        return section(
            "patterns", "Patterns",
            """
            Parallel efficiency is the sequential duration ÷ the orchestration time, of the runs in which it is known. The \
            bound ratio is the orchestration time ÷ the least that any schedule could take: 1.00 is perfect.
            """,
            [
                "pattern", "#runs", "#tasks", "#orchestration time", "#sequential duration", "#parallel efficiency",
                "#bound ratio 50 %", "#95 %",
            ], rows)
    }

    private var adviceSection: HTML {
        guard !advice.isEmpty else { return "" }
        let items = advice.map { advice -> HTML in
            "<li>In \(advice.runs) of the newest \(counted(advice.of, "run")) with tasks: \(advice.text)</li>"
        }
        return """
            <section aria-labelledby="advice"><h2 id="advice">Advice</h2><ul class="advice">\(items)</ul></section>
            """
    }

    private var runSection: HTML {
        let rows = runs.map { run -> HTML in
            // A sign of its own each, so that nobody depends on colours.
            let (look, sign) =
                run.outcome == nil ? ("waiting", "○") : run.exitCode == 0 ? ("succeeded", "✓") : ("failed", "✕")
            return """
                <tr><td><span class="badge \(look)"><span aria-hidden="true">\(sign)</span> \
                \(run.outcome ?? "unfinished")</span></td>\
                <th scope="row">\(shortened(run.problem.isEmpty ? run.id : run.problem, to: 160))</th>\
                <td><code>\(run.id)</code></td><td>\(run.command)</td>\
                <td title="\(run.repository)">\(lastComponent(run.repository))</td><td>\(shownDate(run.started))</td>\
                <td class="number">\(run.duration.map(shownDuration) ?? "")</td></tr>
                """
        }
        return section(
            "runs", "Newest runs", nil, ["state", "problem", "run", "command", "repository", "began", "#time"], rows)
    }

    /// A section with a table; nothing without rows.
    ///
    /// - Parameter titles: of the columns; those of numbers begin with `#`.
    private func section(
        _ id: String, _ heading: String, _ meaning: String?, _ titles: [String], _ rows: [HTML]
    ) -> HTML {
        guard !rows.isEmpty else { return "" }
        let head = titles.map { title -> HTML in
            title.hasPrefix("#")
                ? "<th scope=\"col\" class=\"number\">\(String(title.dropFirst()))</th>"
                : "<th scope=\"col\">\(title)</th>"
        }
        let most = 1000
        let left: HTML = rows.count > most ? "<p class=\"small\">and \(rows.count - most) more</p>" : ""
        let about: HTML = meaning.map { "<p class=\"small\">\($0)</p>" } ?? ""
        return """
            <section aria-labelledby="\(id)"><h2 id="\(id)">\(heading)</h2>\(about)\
            <div class="scroll" tabindex="0" role="region" aria-label="\(heading)"><table class="\(id)"><thead><tr>\(head)</tr></thead>\
            <tbody>\(Array(rows.prefix(most)))</tbody></table></div>\(left)</section>
            """
    }
}
