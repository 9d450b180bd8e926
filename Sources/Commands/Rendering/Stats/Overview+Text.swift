import Events
import Foundation
import History

extension Overview: Report {
    package func lines(width: Int, style: Style) -> [String] {
        guard totals.runs > 0 else {
            return ["nothing is recorded\(repository == nil ? "" : " for this repository") yet"]
        }
        var lines = totalLines(width, style) + trendLines(width, style)
        for table in [serverTable, specialistTable, formatTable, patternTable].compactMap({ $0 }) {
            lines += [""] + table.lines(width: width, style: style)
        }
        let advised = advice.prefix(3).flatMap { advice in
            wrapped(
                sanitizedLine("in \(advice.runs) of \(counted(advice.of, "run")): \(advice.text)"), to: width - 8
            ).enumerated().map { padded($0.offset == 0 ? "advice" : "", to: 8) + $0.element }
        }
        if !advised.isEmpty { lines += [""] + advised }
        lines += [""] + runTable.lines(width: width, style: style)
        return lines + ["", "One run's figures: teamfix stats RUN"]
    }

    private func totalLines(_ width: Int, _ style: Style) -> [String] {
        var parts = [counted(totals.runs, "run")]
        parts += totals.outcomes.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.value) \($0.key)" }
        if totals.unfinished > 0 { parts.append("\(totals.unfinished) unfinished") }
        let head = sanitizedLine(parts.joined(separator: ", "))
        var lines = (style.cuts ? wrapped(head, to: width) : [head]).map {
            style.apply(.heading, style.fit($0, to: width))
        }
        func add(_ name: String, _ value: String) {
            lines += figure(name, value, width: width, style: style)
        }
        add("duration", shownDuration(totals.duration))
        if totals.tasks.total > 0 {
            var counts = [
                "\(totals.tasks.total)", "\(totals.tasks.succeeded) succeeded", "\(totals.tasks.failed) failed",
            ]
            for (number, word) in [
                (totals.tasks.cached, "cached"), (totals.tasks.hedged, "hedged"), (totals.tasks.retried, "retried"),
                (totals.tasks.cancelled, "no longer needed"),
            ] where number > 0 {
                counts.append("\(number) \(word)")
            }
            add("tasks", counts.joined(separator: ", "))
            add("orchestration time", shownDuration(totals.orchestrationTime))
            add("tokens", "\(totals.promptTokens) in, \(totals.answerTokens) out")
        }
        if totals.failovers > 0 { add("failovers", "\(totals.failovers)") }
        if totals.builds > 0 {
            add(
                "verification",
                "\(counted(totals.builds, "build")) in \(shownDuration(totals.buildTime)), "
                    + "\(counted(totals.candidates, "candidate")) (\(totals.fromBuiltinEngine) built-in), \(totals.passed) passed"
                    + (totals.refused > 0 ? ", \(totals.refused) refused" : ""))
        }
        return lines
    }

    private func trendLines(_ width: Int, _ style: Style) -> [String] {
        guard trend.buckets.count > 1 else { return [] }
        let shown = trend.buckets.suffix(max(1, width - 48))
        func line(_ name: String, _ value: (Trend.Bucket) -> Double) -> String {
            let values = shown.map(value)
            let bars = sparkline(values, width: values.count, hasUnicode: style.hasUnicode)
            return style.fit(padded(name, to: 22) + bars, to: width)
        }
        let name = trend.period.rawValue
        var lines = ["", line("runs a \(name)") { Double($0.runs) }]
        if let first = shown.first, let last = shown.last {
            lines[1] = style.fit(lines[1] + "  \(first.start) to \(last.start)", to: width)
        }
        if totals.succeeded > 0 { lines.append(line("succeeded") { Double($0.succeeded) }) }
        if totals.tasks.total > 0 { lines.append(line("tasks") { Double($0.tasks) }) }
        if totals.answerTokens > 0 { lines.append(line("tokens out") { Double($0.answerTokens) }) }
        return lines
    }

    private var serverTable: TextTable? {
        guard !servers.isEmpty else { return nil }
        var table = TextTable([
            .init("server", isFlexible: true), .init("runs", alignsRight: true, leaves: 1),
            .init("attempts", alignsRight: true, leaves: 2),
            .init("failed", alignsRight: true), .init("used", alignsRight: true), .init("tok/s", alignsRight: true),
            .init("first token 50/95/99 %", alignsRight: true),
        ])
        for server in servers {
            let first = [server.firstToken.p50, server.firstToken.p95, server.firstToken.p99].compactMap { $0 }
            table.add([
                server.name, "\(server.runs)", "\(server.attempts)",
                "\(server.failed)" + (server.lost > 0 ? ", lost \(server.lost)x" : ""),
                server.utilization.map { "\(shownNumber($0 * 100, decimals: 0))%" } ?? "",
                server.answerRate.map { shownNumber($0, decimals: 1) } ?? "",
                first.map(shownDuration).joined(separator: "/"),
            ])
        }
        return table
    }

    private var specialistTable: TextTable? {
        guard !specialists.isEmpty else { return nil }
        var table = TextTable([
            .init("specialist", isFlexible: true), .init("model", isFlexible: true),
            .init("attempts", alignsRight: true, leaves: 1), .init("failed", alignsRight: true, leaves: 2),
            .init("verified", alignsRight: true), .init("rate (95 %)", alignsRight: true),
        ])
        for row in specialists {
            let judged = row.verified + row.refused
            table.add([
                row.specialist, row.model, "\(row.attempts)", "\(row.failed)",
                judged > 0 ? "\(row.verified)/\(judged)" : "", row.verifiedRate.shown,
            ])
        }
        return table
    }

    private var formatTable: TextTable? {
        guard !formats.isEmpty else { return nil }
        var table = TextTable([
            .init("model", isFlexible: true), .init("format"), .init("asked", alignsRight: true, leaves: 1),
            .init("applied", alignsRight: true), .init("malformed", alignsRight: true),
            .init("well-formed (95 %)", alignsRight: true),
        ])
        for row in formats {
            table.add([
                row.model, row.format, "\(row.asked)", "\(row.applied)", "\(row.malformed)", row.wellFormed.shown,
            ])
        }
        return table
    }

    private var patternTable: TextTable? {
        guard !patterns.isEmpty else { return nil }
        var table = TextTable([
            .init("pattern"), .init("runs", alignsRight: true, leaves: 2),
            .init("tasks", alignsRight: true, leaves: 1),
            .init("efficiency", alignsRight: true), .init("bound ratio 50/95 %", alignsRight: true),
        ])
        for row in patterns {
            let bounds = [row.boundRatio.p50, row.boundRatio.p95].compactMap { $0 }
            table.add([
                row.pattern, "\(row.runs)", "\(row.tasks)",
                row.parallelEfficiency.map { shownNumber($0, decimals: 1) + "x" } ?? "",
                bounds.map { shownNumber($0, decimals: 2) }.joined(separator: "/"),
            ])
        }
        return table
    }

    private var runTable: TextTable {
        var table = TextTable([
            .init("run"), .init("command"), .init("outcome"), .init("time", alignsRight: true),
            .init("problem", isFlexible: true),
        ])
        for run in runs {
            table.add([
                run.id, run.command, run.outcome ?? "unfinished", run.duration.map(shownDuration) ?? "",
                sanitizedLine(run.problem),
            ])
        }
        return table
    }
}
