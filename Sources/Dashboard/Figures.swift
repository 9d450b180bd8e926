import Events
import Orchestration

/// A run's figures, each with what it means.
struct Figures {
    private let statistics: RunStatistics
    private let picture: RunPicture
    private let duration: Double

    /// - Parameter duration: of the whole run so far, in seconds.
    init(_ statistics: RunStatistics, _ picture: RunPicture, duration: Double) {
        self.statistics = statistics
        self.picture = picture
        self.duration = duration
    }

    var section: HTML {
        let advice = statistics.advice.map { "<li>\($0.text)</li>" as HTML }
        let advised: HTML = advice.isEmpty ? "" : "<h3>Advice</h3><ul>\(advice)</ul>"
        return """
            <section aria-labelledby="figures"><h2 id="figures">Figures</h2>\
            \(Figure.cards(all))\(advised)</section>
            """
    }

    var all: [Figure] {
        var all = [Figure(name: "duration", value: shownDuration(duration), meaning: "The whole run, builds included.")]
        func add(_ name: String, _ value: String?, _ meaning: String) {
            if let value { all.append(Figure(name: name, value: value, meaning: meaning)) }
        }
        let figures = statistics
        if figures.tasks > 0 {
            add(
                "tasks", "\(figures.successful) of \(figures.tasks)",
                "Planned tasks that succeeded, of all. \(figures.failed) failed, \(figures.cancelled) were no longer "
                    + "needed, \(figures.cached) had a known answer, \(figures.retried) were tried again, "
                    + "\(figures.hedged) were tried on a second server as well.")
            add(
                "orchestration time", shownDuration(figures.duration),
                "Over the run's plans, the time from a plan's start to its synthesis.")
            add(
                "sequential duration", shownDuration(figures.sequentialDuration),
                "The sum of the successful attempts' service times, as the servers report them: load, prompt and answer."
            )
        }
        add(
            "parallel efficiency", figures.parallelEfficiency.map { shownNumber($0, decimals: 1) + "x" },
            "Sequential duration ÷ orchestration time. Elsewhere it is called speedup.")
        add(
            "against the fastest", figures.againstFastest.map { shownNumber($0, decimals: 1) + "x" },
            "The whole work on the fastest server alone ÷ orchestration time: what the other servers really brought.")
        add(
            "parallelism factor", figures.tasks > 0 ? figures.parallelismFactor.map(shownPercent) : nil,
            "Tasks that ran while another ran ÷ all tasks.")
        add(
            "bound ratio", figures.boundRatio.map { shownNumber($0, decimals: 2) },
            "Orchestration time ÷ the least that any schedule could take: 1.00 is perfect.")
        if figures.promptTokens + figures.answerTokens > 0 {
            add(
                "tokens in / out", "\(figures.promptTokens) / \(figures.answerTokens)",
                "Prompt tokens, cached ones included, and answer tokens, over all attempts.")
        }
        add(
            "time to first token", figures.timeToFirstToken.map(shownDuration),
            "The mean over the successful attempts, on our clock.")
        if figures.failovers > 0 {
            add("failovers", "\(figures.failovers)", "How often a task left a server for another one.")
        }
        if !picture.candidates.isEmpty {
            let passed = picture.candidates.count { $0.value.result == .passed }
            add(
                "candidates passed", "\(passed) of \(picture.candidates.count)",
                "Patches that were tried, and how many of them the build passed with.")
        }
        return all
    }

    /// A table of the servers' parts.
    var servers: HTML {
        guard !statistics.servers.isEmpty else { return "" }
        let rows = statistics.servers.map { server -> HTML in
            let rate = server.answerRate.map { shownNumber($0, decimals: 1) } ?? ""
            let share = min(1, max(0, server.utilization ?? 0))
            let used: HTML =
                server.utilization == nil
                ? ""
                : """
                <svg class="meter" width="80" height="10" aria-hidden="true"><rect class="ground" width="80" height="10"/>\
                <rect class="rate" width="\(share * 80)" height="10"/></svg> \(shownPercent(share))
                """
            return """
                <tr><th scope="row">\(server.name)</th><td class="number">\(server.slots)</td>\
                <td class="number">\(server.attempts)</td><td class="number">\(server.failed)</td>\
                <td class="number">\(shownDuration(server.busy))</td><td>\(used)</td>\
                <td class="number">\(server.promptTokens) / \(server.answerTokens)</td>\
                <td class="number">\(rate)</td></tr>
                """
        }
        return """
            <div class="scroll" tabindex="0" role="region" aria-label="The servers' parts"><table><thead><tr>\
            <th scope="col">server</th><th scope="col" class="number">slots</th>\
            <th scope="col" class="number">attempts</th><th scope="col" class="number">failed</th>\
            <th scope="col" class="number">busy</th><th scope="col">used</th>\
            <th scope="col" class="number">tokens in / out</th><th scope="col" class="number">tokens/s</th></tr></thead>\
            <tbody>\(rows)</tbody></table></div>\
            <details id="used-means"><summary>What “used” means</summary><p>A server's busy slot-time ÷ (its slots × \
            orchestration time). Tokens/s are answer tokens over the time in which the server wrote them.</p></details>
            """
    }
}
