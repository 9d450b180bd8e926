import Foundation

/// Figures in Prometheus' text exposition format, version 0.0.4: for a node exporter's text file collector.
struct Prometheus: Sendable {
    enum Kind: String, Sendable { case counter, gauge, summary }

    private(set) var text = ""

    /// - Parameter samples: label names and values, and the value; those without a value are left out.
    mutating func add(
        _ name: String, _ kind: Kind, _ help: String, _ samples: [(labels: [(String, String)], value: Double?)]
    ) {
        add(name, kind, help, samples.map { (suffix: "", labels: $0.labels, value: $0.value) })
    }

    private mutating func add(
        _ name: String, _ kind: Kind, _ help: String,
        _ samples: [(suffix: String, labels: [(String, String)], value: Double?)]
    ) {
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
        let totals = overview.totals
        func count(_ number: Int) -> Double { Double(number) }
        add(
            "runs_total", .counter, "Recorded runs by how they ended.",
            totals.outcomes.sorted { $0.key < $1.key }.map { (labels: [("outcome", $0.key)], value: count($0.value)) }
                + [(labels: [("outcome", "unfinished")], value: count(totals.unfinished))])
        add(
            "run_seconds_total", .counter, "Time of the recorded runs.", [(labels: [], value: totals.duration)])
        add(
            "tasks_total", .counter, "Tasks by how they ended.",
            [
                ("succeeded", totals.tasks.succeeded), ("failed", totals.tasks.failed),
                ("cancelled", totals.tasks.cancelled),
            ].map { (labels: [("outcome", $0.0)], value: count($0.1)) })
        add(
            "tasks_cached_total", .counter, "Tasks whose answer was known.",
            [(labels: [], value: count(totals.tasks.cached))])
        add(
            "tokens_total", .counter, "Tokens of prompts and answers.",
            [("prompt", totals.promptTokens), ("answer", totals.answerTokens)].map {
                (labels: [("direction", $0.0)], value: count($0.1))
            })
        add(
            "builds_total", .counter, "Builds that verified or reproduced.", [(labels: [], value: count(totals.builds))]
        )
        add("build_seconds_total", .counter, "Time of the builds.", [(labels: [], value: totals.buildTime)])
        add(
            "candidates_total", .counter, "Candidates that were judged, by what came of them.",
            [
                ("passed", totals.passed), ("refused", totals.refused),
                ("other", totals.candidates - totals.passed - totals.refused),
            ].map { (labels: [("result", $0.0)], value: count($0.1)) })
        addServers(overview.servers)
        addWork(overview)
    }

    private mutating func addServers(_ servers: [Overview.Server]) {
        func each(_ value: (Overview.Server) -> Double?) -> [(labels: [(String, String)], value: Double?)] {
            servers.map { (labels: [("server", $0.name)], value: value($0)) }
        }
        add(
            "server_attempts_total", .counter, "Attempts on a server by how they ended.",
            servers.flatMap { server in
                [
                    ("succeeded", server.succeeded), ("failed", server.failed),
                    ("cancelled", server.attempts - server.succeeded - server.failed),
                ].map { (labels: [("server", server.name), ("outcome", $0.0)], value: Double($0.1)) }
            })
        add("server_busy_seconds_total", .counter, "Slot time in use.", each { $0.busy })
        add("server_slot_seconds_total", .counter, "Slots times orchestration time.", each { $0.slotTime })
        add("server_utilization_ratio", .gauge, "Busy slot time by all slot time.", each { $0.utilization })
        add("server_prompt_tokens_per_second", .gauge, "Prompt tokens a second.", each { $0.promptRate })
        add("server_answer_tokens_per_second", .gauge, "Answer tokens a second.", each { $0.answerRate })
        add("server_lost_total", .counter, "How often a server was lost.", each { Double($0.lost) })
        add(
            "server_first_token_seconds", .summary, "Time to the first token of successful attempts.",
            servers.filter { $0.firstToken.count > 0 }.flatMap { server in
                let name = ("server", server.name)
                let times = server.firstToken
                return [
                    (suffix: "", labels: [name, ("quantile", "0.5")], value: times.p50),
                    (suffix: "", labels: [name, ("quantile", "0.95")], value: times.p95),
                    (suffix: "", labels: [name, ("quantile", "0.99")], value: times.p99),
                    (suffix: "_sum", labels: [name], value: server.firstTokenTime),
                    (suffix: "_count", labels: [name], value: Double(times.count)),
                ]
            })
    }

    private mutating func addWork(_ overview: Overview) {
        add(
            "specialist_candidates_total", .counter,
            "Candidates of a specialist with a model that stood up to the build, or didn't.",
            overview.specialists.filter { $0.verified + $0.refused > 0 }.flatMap { row in
                [("verified", row.verified), ("refused", row.refused)].map {
                    (
                        labels: [("specialist", row.specialist), ("model", row.model), ("result", $0.0)],
                        value: Double($0.1)
                    )
                }
            })
        add(
            "specialist_attempts_total", .counter, "Attempts of a specialist with a model by how they ended.",
            overview.specialists.flatMap { row in
                [
                    ("succeeded", row.succeeded), ("failed", row.failed),
                    ("cancelled", row.attempts - row.succeeded - row.failed),
                ].map {
                    (
                        labels: [("specialist", row.specialist), ("model", row.model), ("outcome", $0.0)],
                        value: Double($0.1)
                    )
                }
            })
        add(
            "replies_total", .counter, "Replies of a model in a format by what became of them.",
            overview.formats.flatMap { row in
                [("applied", row.applied), ("unchanged", row.unchanged), ("malformed", row.malformed)].map {
                    (labels: [("model", row.model), ("format", row.format), ("outcome", $0.0)], value: Double($0.1))
                }
            })
        add(
            "pattern_parallel_efficiency", .gauge, "Sequential duration by orchestration time.",
            overview.patterns.map { (labels: [("pattern", $0.pattern)], value: $0.parallelEfficiency) })
        add(
            "pattern_bound_ratio", .gauge, "Orchestration time by its lower bound, the median run.",
            overview.patterns.map { (labels: [("pattern", $0.pattern)], value: $0.boundRatio.p50) })
    }
}
