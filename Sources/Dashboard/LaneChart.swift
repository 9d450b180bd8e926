import Events

/// What each server worked on and when: a lane a server, a row a slot, a bar an attempt. Builds have a lane of their own.
struct LaneChart {
    private static let barHeight = 22.0
    private static let rowHeight = 27.0
    /// The most rows of a lane; a server with more slots shows its first ones.
    private static let most = 24

    struct Bar: Equatable {
        var start: Double
        var end: Double
        /// `succeeded`, `failed`, `skipped`, `running` or `cached`.
        var look: String
        var label: String
        var detail: String
    }

    private let run: RunPicture
    private let now: Double
    private let axis: TimeAxis

    /// - Parameter now: seconds since the run began.
    init(_ run: RunPicture, now: Double) {
        self.run = run
        self.now = now
        axis = TimeAxis(length: max(now, run.last))
    }

    var drawing: HTML {
        var lanes: [HTML] = []
        for lane in run.lanes {
            let bars = run.attempts.filter { $0.server == lane.name }.map(bar)
            if bars.isEmpty, lane.kind == "builtin" { continue }
            lanes.append(drawing(name: lane.name, about: about(lane), bars: bars))
        }
        if !run.builds.isEmpty {
            lanes.append(drawing(name: "builds", about: "verification", bars: run.builds.map(bar)))
        }
        guard !lanes.isEmpty else { return "<p class=\"empty\">No server and no build has worked yet.</p>" }
        return "<div class=\"lanes\">\(lanes)</div>"
    }

    private func about(_ lane: RunPicture.Lane) -> String {
        var parts = lane.model.map { [$0] } ?? []
        parts.append(counted(lane.slots, "slot"))
        if let lost = lane.lost { parts.append("lost: \(lost)") }
        return parts.joined(separator: " · ")
    }

    private func drawing(name: String, about: String, bars: [Bar]) -> HTML {
        let rows = Self.rows(of: bars)
        let height = Double(max(1, rows.count)) * Self.rowHeight
        let drawn = rows.enumerated().map { row, bars in
            bars.map { drawing($0, y: Double(row) * Self.rowHeight + 2) }
        }
        let seconds = bars.reduce(0) { $0 + $1.end - $1.start }
        return """
            <h3 class="lane"><b>\(name)</b> <span class="small">\(about)</span></h3>\
            <svg class="chart" width="100%" height="\(height + 18)" role="img" aria-label="\(name): \
            \(counted(bars.count, "bar")), \(shownDuration(seconds)) of work">\
            <rect class="ground" width="100%" height="\(height)"/>\(axis.drawing(height: height))\
            \(Array(drawn.joined()))</svg>
            """
    }

    private func drawing(_ bar: Bar, y: Double) -> HTML {
        let (x, width) = (axis.place(bar.start), axis.width(from: bar.start, to: bar.end))
        // A drawing within the drawing cuts the text where the bar ends, however wide the screen is.
        let label: HTML =
            width < 1
            ? ""
            : """
            <svg x="\(x)%" y="\(y)" width="\(width)%" height="\(Self.barHeight)"><text x="5" y="15">\
            \(shortened(bar.label, to: 60))</text></svg>
            """
        return """
            <g class="bar \(bar.look)"><title>\(bar.detail)</title>\
            <rect x="\(x)%" y="\(y)" width="\(width)%" height="\(Self.barHeight)" rx="3"/>\(label)</g>
            """
    }

    private func bar(_ attempt: RunPicture.Attempt) -> Bar {
        let end = attempt.ended ?? (run.ending == nil ? max(now, attempt.start) : run.last)
        var (look, sign, word) = ("running", "▶ ", "running")
        if let finished = attempt.end {
            switch finished.outcome {
            case .succeeded where finished.cached: (look, sign, word) = ("cached", "≡ ", "known answer")
            case .succeeded: (look, sign, word) = ("succeeded", "✓ ", "succeeded")
            case .failed: (look, sign, word) = ("failed", "✕ ", "failed")
            case .cancelled: (look, sign, word) = ("skipped", "– ", "no longer needed")
            }
        } else if run.ending != nil {
            (look, sign, word) = ("skipped", "– ", "no end was recorded")
        }
        var detail = "\(attempt.task), attempt \(attempt.number): \(word), \(shownDuration(end - attempt.start))"
        if let tokens = attempt.end?.answerTokens { detail += ", \(tokens) tokens" }
        if let reason = attempt.end?.reason { detail += ": \(reason)" }
        return Bar(start: attempt.start, end: end, look: look, label: sign + attempt.task, detail: detail)
    }

    private func bar(_ build: RunPicture.Build) -> Bar {
        let end = build.end.map { build.start + $0.duration } ?? (run.ending == nil ? max(now, build.start) : run.last)
        let passes = build.end?.exitCode == 0
        let look = build.end == nil ? "running" : passes ? "succeeded" : "failed"
        let word =
            build.end.map { end in
                end.timedOut ? "ran out of time" : end.exitCode.map { "exit code \($0)" } ?? "ended by a signal"
            } ?? "running"
        let sign = build.end == nil ? "▶ " : passes ? "✓ " : "✕ "
        return Bar(
            start: build.start, end: end, look: look, label: sign + build.purpose.rawValue,
            detail: "\(build.purpose.rawValue): \(build.command): \(word), \(shownDuration(end - build.start))")
    }

    /// Spreads bars over as few rows as hold them without overlap, in their order of start.
    static func rows(of bars: [Bar]) -> [[Bar]] {
        var rows: [[Bar]] = []
        for bar in bars.sorted(by: { $0.start < $1.start }) {
            if let free = rows.firstIndex(where: { ($0.last?.end ?? 0) <= bar.start + 0.001 }) {
                rows[free].append(bar)
            } else if rows.count < most {
                rows.append([bar])
            }
        }
        return rows
    }
}
