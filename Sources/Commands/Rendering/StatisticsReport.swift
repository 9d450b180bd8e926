import Events
import Orchestration

/// The figures of a run, by the design's definitions. Durations are in seconds; nil is unknown or undefined.
package struct StatisticsReport: Report, Equatable {
    package struct Tasks: Codable, Sendable, Equatable {
        package var total = 0
        package var succeeded = 0
        package var failed = 0
        package var skipped = 0
        package var cached = 0
        package var hedged = 0
        package var retried = 0
        package var cancelled = 0

        package init() {}
    }

    package struct Tokens: Codable, Sendable, Equatable {
        package var prompt = 0
        package var answer = 0
        package var reused = 0

        package init() {}
    }

    package struct Server: Codable, Sendable, Equatable {
        package var name: String
        package var model: String?
        package var slots: Int
        package var tasks: Int
        package var failed: Int
        package var busy: Double
        /// 0 to 1; nil for the built-in engine, whose lane has no slots.
        package var utilization: Double?
        package var promptTokens: Int
        package var answerTokens: Int
        /// Answer tokens a second.
        package var rate: Double?

        package init(
            name: String, model: String? = nil, slots: Int = 1, tasks: Int = 0, failed: Int = 0, busy: Double = 0,
            utilization: Double? = nil, promptTokens: Int = 0, answerTokens: Int = 0, rate: Double? = nil
        ) {
            self.name = name
            self.model = model
            self.slots = slots
            self.tasks = tasks
            self.failed = failed
            self.busy = busy
            self.utilization = utilization
            self.promptTokens = promptTokens
            self.answerTokens = answerTokens
            self.rate = rate
        }
    }

    package var run: String
    package var command: String
    /// The outcome in a word or two; nil while the run is under way.
    package var outcome: String?
    /// The whole run.
    package var duration: Double?
    package var orchestrationTime: Double?
    package var sequentialDuration: Double?
    /// The same from tokens and solo rates, where a server batches.
    package var soloSequentialDuration: Double?
    package var parallelEfficiency: Double?
    package var againstFastest: Double?
    /// 0 to 1.
    package var parallelismFactor: Double?
    package var boundRatio: Double?
    package var timeToFirstToken: Double?
    package var failovers = 0
    package var tasks = Tasks()
    package var tokens = Tokens()
    package var servers: [Server] = []
    /// What to do about what the figures show.
    package var advice: [RunAdvice] = []

    package init(run: String, command: String) {
        self.run = run
        self.command = command
    }
}

extension StatisticsReport {
    package func lines(width: Int, style: Style) -> [String] {
        let shown = adviceLines(width: width)
        return figureLines(width: width, style: style) + (shown.isEmpty ? [] : [""] + shown)
    }

    /// The first advice, and as many more as three lines hold.
    private func adviceLines(width: Int) -> [String] {
        var lines: [String] = []
        for (number, advice) in advice.enumerated() {
            let next = wrapped(sanitizedLine(advice.text), to: width - 8).enumerated().map {
                padded($0.offset == 0 ? "advice" : "", to: 8) + $0.element
            }
            if number > 0, lines.count + next.count > 3 { break }
            lines += next.prefix(3)
        }
        return lines
    }

    /// The figures without advice.
    package func figureLines(width: Int, style: Style) -> [String] {
        var title = "\(command) \(style.glyphs.separator) run \(run)"
        if let outcome { title += " \(style.glyphs.separator) \(outcome)" }
        let title2 = style.fit(sanitizedLine(title), to: width)
        var lines = [style.apply(.heading, title2)]
        for (name, value) in figures {
            lines += figure(name, value, width: width, style: style)
        }
        if servers.isEmpty { return lines }
        var table = TextTable([
            .init("server"), .init("model", isFlexible: true), .init("tasks", alignsRight: true, leaves: 2),
            .init("failed", alignsRight: true), .init("busy", alignsRight: true),
            .init("used", alignsRight: true), .init("tokens in/out", alignsRight: true, leaves: 1),
            .init("tok/s", alignsRight: true),
        ])
        for server in servers {
            table.add([
                server.name, server.model ?? "", "\(server.tasks)", "\(server.failed)", shownDuration(server.busy),
                server.utilization.map(percent) ?? "", "\(server.promptTokens)/\(server.answerTokens)",
                server.rate.map { shownNumber($0, decimals: 1) } ?? "",
            ])
        }
        return lines + [""] + table.lines(width: width, style: style)
    }

    private var figures: [(String, String)] {
        var figures: [(String, String)] = []
        func add(_ name: String, _ value: String?) {
            if let value { figures.append((name, value)) }
        }
        add("duration", duration.map(shownDuration))
        var counts = ["\(tasks.total)", "\(tasks.succeeded) succeeded", "\(tasks.failed) failed"]
        for (number, word) in [
            (tasks.skipped, "skipped"), (tasks.cached, "cached"), (tasks.hedged, "hedged"), (tasks.retried, "retried"),
            (tasks.cancelled, "no longer needed"),
        ] where number > 0 {
            counts.append("\(number) \(word)")
        }
        if tasks.total > 0 { add("tasks", counts.joined(separator: ", ")) }
        add("orchestration time", orchestrationTime.map(shownDuration))
        add(
            "sequential duration",
            sequentialDuration.map { duration in
                shownDuration(duration)
                    + (soloSequentialDuration.map { " (\(shownDuration($0)) at solo rates)" } ?? "")
            })
        add("parallel efficiency", parallelEfficiency.map { shownNumber($0, decimals: 1) + "x" })
        add("against the fastest", againstFastest.map { shownNumber($0, decimals: 1) + "x" })
        add("parallelism factor", parallelismFactor.map(percent))
        add("bound ratio", boundRatio.map { shownNumber($0, decimals: 2) })
        if tokens.prompt + tokens.answer > 0 {
            let reused = tokens.reused > 0 ? " (\(tokens.reused) reused)" : ""
            add("tokens", "\(tokens.prompt) in\(reused), \(tokens.answer) out")
        }
        add("time to first token", timeToFirstToken.map(shownDuration))
        if failovers > 0 { add("failovers", "\(failovers)") }
        return figures
    }

    private func percent(_ share: Double) -> String { "\(shownNumber(share * 100, decimals: 0))%" }
}

/// A figure's name and its value, which goes on in the next line at a comma where it is too long for one.
func figure(_ name: String, _ value: String, width: Int, style: Style) -> [String] {
    let margin = 22
    var lines = [""]
    for part in value.split(separator: ", ").map(String.init) {
        let line = lines[lines.count - 1]
        if line.isEmpty {
            lines[lines.count - 1] = part
        } else if !style.cuts || margin + displayWidth(line) + displayWidth(part) + 3 <= width {
            lines[lines.count - 1] += ", " + part
        } else {
            lines[lines.count - 1] += ","
            lines.append(part)
        }
    }
    return lines.enumerated().map {
        style.fit(padded($0.offset == 0 ? name : "", to: margin) + $0.element, to: width)
    }
}
