import Foundation

/// Figures in Prometheus' text exposition format, version 0.0.4: for a node exporter's text file collector.
struct Prometheus: Sendable {
    enum Kind: String, Sendable { case counter, gauge, summary }

    private(set) var text = ""

    /// A value with the labels that tell it from its neighbours; one without a value is left out.
    struct Sample: Sendable {
        var suffix = ""
        var labels: [(String, String)]
        var value: Double?

        init(_ labels: [(String, String)], _ value: Double?, suffix: String = "") {
            self.suffix = suffix
            self.labels = labels
            self.value = value
        }

        init(_ labels: [(String, String)], count: Int) { self.init(labels, Double(count)) }
    }

    mutating func add(_ name: String, _ kind: Kind, _ help: String, _ samples: [Sample]) {
        let lines = samples.compactMap { sample -> String? in
            guard let value = sample.value else { return nil }
            let labels = sample.labels.map { "\($0.0)=\"\(Self.escaped($0.1))\"" }.joined(separator: ",")
            return "teamfix_\(name)\(sample.suffix)\(labels.isEmpty ? "" : "{\(labels)}") \(Self.shown(value))\n"
        }
        guard !lines.isEmpty else { return }
        text += "# HELP teamfix_\(name) \(Self.escaped(help, quotes: false))\n# TYPE teamfix_\(name) \(kind.rawValue)\n"
        text += lines.joined()
    }

    /// As the format wants it: a backslash, a line's end and, in a label's value, a quote are escaped.
    static func escaped(_ text: String, quotes: Bool = true) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func shown(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        return value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
    }

    /// The figures over many runs. Of one history; a pruned run leaves the sums, which a reader takes for a restart.
    init(_ overview: Overview) {
        addTotals(overview.totals)
        addServers(overview.servers)
        addWork(overview)
    }

    private mutating func addTotals(_ totals: Overview.Totals) {
        func one(_ value: Double) -> [Sample] { [Sample([], value)] }
        func each(_ label: String, _ counts: [(String, Int)]) -> [Sample] {
            counts.map { Sample([(label, $0.0)], count: $0.1) }
        }
        let ended = totals.outcomes.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        add(
            "runs_total", .counter, "Recorded runs by how they ended.",
            each("outcome", ended + [("unfinished", totals.unfinished)]))
        add("run_seconds_total", .counter, "Time of the recorded runs.", one(totals.duration))
        let tasks = totals.tasks
        add(
            "tasks_total", .counter, "Tasks by how they ended.",
            each(
                "outcome",
                [("succeeded", tasks.succeeded), ("failed", tasks.failed), ("cancelled", tasks.cancelled)]))
        add("tasks_cached_total", .counter, "Tasks whose answer was known.", one(Double(tasks.cached)))
        add(
            "tokens_total", .counter, "Tokens of prompts and answers.",
            each("direction", [("prompt", totals.promptTokens), ("answer", totals.answerTokens)]))
        add("builds_total", .counter, "Builds that verified or reproduced.", one(Double(totals.builds)))
        add("build_seconds_total", .counter, "Time of the builds.", one(totals.buildTime))
        let other = totals.candidates - totals.passed - totals.refused
        add(
            "candidates_total", .counter, "Candidates that were judged, by what came of them.",
            each("result", [("passed", totals.passed), ("refused", totals.refused), ("other", other)]))
    }

    private mutating func addServers(_ servers: [Overview.Server]) {
        func each(_ value: (Overview.Server) -> Double?) -> [Sample] {
            servers.map { Sample([("server", $0.name)], value($0)) }
        }
        var attempts: [Sample] = []
        var first: [Sample] = []
        for server in servers {
            let name = ("server", server.name)
            attempts += [
                Sample([name, ("outcome", "succeeded")], count: server.succeeded),
                Sample([name, ("outcome", "failed")], count: server.failed),
                Sample([name, ("outcome", "cancelled")], count: server.attempts - server.succeeded - server.failed),
            ]
            guard server.firstToken.count > 0 else { continue }
            first += [
                Sample([name, ("quantile", "0.5")], server.firstToken.p50),
                Sample([name, ("quantile", "0.95")], server.firstToken.p95),
                Sample([name, ("quantile", "0.99")], server.firstToken.p99),
                Sample([name], server.firstTokenTime, suffix: "_sum"),
                Sample([name], Double(server.firstToken.count), suffix: "_count"),
            ]
        }
        add("server_attempts_total", .counter, "Attempts on a server by how they ended.", attempts)
        add("server_busy_seconds_total", .counter, "Slot time in use.", each { $0.busy })
        add("server_slot_seconds_total", .counter, "Slots times orchestration time.", each { $0.slotTime })
        add("server_utilization_ratio", .gauge, "Busy slot time by all slot time.", each { $0.utilization })
        add("server_prompt_tokens_per_second", .gauge, "Prompt tokens a second.", each { $0.promptRate })
        add("server_answer_tokens_per_second", .gauge, "Answer tokens a second.", each { $0.answerRate })
        add("server_lost_total", .counter, "How often a server was lost.", each { Double($0.lost) })
        add("server_first_token_seconds", .summary, "Time to the first token of successful attempts.", first)
    }

    private mutating func addWork(_ overview: Overview) {
        var judged: [Sample] = []
        var attempts: [Sample] = []
        for row in overview.specialists {
            let who = [("specialist", row.specialist), ("model", row.model)]
            if row.verified + row.refused > 0 {
                judged.append(Sample(who + [("result", "verified")], count: row.verified))
                judged.append(Sample(who + [("result", "refused")], count: row.refused))
            }
            attempts.append(Sample(who + [("outcome", "succeeded")], count: row.succeeded))
            attempts.append(Sample(who + [("outcome", "failed")], count: row.failed))
            attempts.append(
                Sample(who + [("outcome", "cancelled")], count: row.attempts - row.succeeded - row.failed))
        }
        var replies: [Sample] = []
        for row in overview.formats {
            let what = [("model", row.model), ("format", row.format)]
            replies.append(Sample(what + [("outcome", "applied")], count: row.applied))
            replies.append(Sample(what + [("outcome", "unchanged")], count: row.unchanged))
            replies.append(Sample(what + [("outcome", "malformed")], count: row.malformed))
        }
        add(
            "specialist_candidates_total", .counter,
            "Candidates of a specialist with a model that stood up to the build, or didn't.", judged)
        add(
            "specialist_attempts_total", .counter, "Attempts of a specialist with a model by how they ended.", attempts)
        add("replies_total", .counter, "Replies of a model in a format by what became of them.", replies)
        add(
            "pattern_parallel_efficiency", .gauge, "Sequential duration by orchestration time.",
            overview.patterns.map { Sample([("pattern", $0.pattern)], $0.parallelEfficiency) })
        add(
            "pattern_bound_ratio", .gauge, "Orchestration time by its lower bound, the median run.",
            overview.patterns.map { Sample([("pattern", $0.pattern)], $0.boundRatio.p50) })
    }
}
