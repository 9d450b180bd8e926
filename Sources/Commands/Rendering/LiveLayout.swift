import Events

/// The live view's lines: a pure function of state, time and size.
package struct LiveLayout: Sendable {
    package var columns: Int
    package var rows: Int
    package var style: Style

    package init(_ terminal: Terminal) {
        // The last column stays free: terminals wrap there in different ways.
        columns = max(20, terminal.columns - 1)
        rows = max(4, terminal.rows - 1)
        style = Style(terminal)
    }

    package func lines(_ state: LiveState, at now: Double) -> [String] {
        let head = [header(state, at: now)]
        let foot = state.lanes.map { lane($0, state, at: now) } + state.builds.map { build($0, at: now) }
        let room = max(1, rows - head.count - min(foot.count, rows / 2))
        return Array((head + tree(state, at: now, room: room) + foot).prefix(rows))
    }

    private func header(_ state: LiveState, at now: Double) -> String {
        var parts = ["teamfix \(state.command)"]
        if let pattern = state.pattern { parts.append(pattern) }
        parts.append(elapsed(now, of: state.predictedEnd))
        let done = state.rows.count { if case .succeeded = $0.progress { true } else { false } }
        if !state.rows.isEmpty { parts.append("\(done)/\(state.rows.count) tasks") }
        if state.candidatesTried > 0 {
            parts.append("\(state.candidatesPassed)/\(state.candidatesTried) candidates verified")
        }
        func line() -> String { parts.joined(separator: " \(style.glyphs.separator) ") }
        // The last of them is on the lines below as well.
        while parts.count > 1, displayWidth(line()) > columns { parts.removeLast() }
        return style.apply(.heading, cut(line(), to: columns))
    }

    // MARK: The tasks

    private func tree(_ state: LiveState, at now: Double, room: Int) -> [String] {
        let waves = Set(state.rows.map(\.wave)).sorted()
        let showsWaves = waves.count > 1
        var visible = state.rows
        var hidden = 0
        func needed() -> Int {
            let shownWaves = Set(visible.map(\.wave)).count
            return visible.count + (showsWaves ? shownWaves : 0) + (hidden > 0 ? 1 : 0)
        }
        // What is over gives way first, then what has not begun; what runs stays longest.
        for disposable in [Phase.over, .waiting, .running] {
            while needed() > room, let index = visible.firstIndex(where: { phase($0) == disposable }) {
                visible.remove(at: index)
                hidden += 1
            }
        }
        var lines: [String] = []
        for wave in waves {
            let members = visible.filter { $0.wave == wave }
            if members.isEmpty { continue }
            if showsWaves { lines.append(style.apply(.faint, cut("Wave \(wave)", to: columns))) }
            for (index, row) in members.enumerated() {
                let isLast = index == members.count - 1
                lines.append(task(row, branch: isLast ? style.glyphs.lastBranch : style.glyphs.branch, at: now))
            }
        }
        if hidden > 0 { lines.append(style.apply(.faint, cut("   \(hidden) more tasks", to: columns))) }
        return lines
    }

    private enum Phase { case waiting, running, over }

    private func phase(_ row: LiveState.Row) -> Phase {
        switch row.progress {
        case .waiting: .waiting
        case .running: .running
        case .succeeded, .failed, .skipped: .over
        }
    }

    private func task(_ row: LiveState.Row, branch: String, at now: Double) -> String {
        let glyphs = style.glyphs
        let sign: (Style.Role, String)
        var right: [String] = []
        var title = "\(row.specialist) \(glyphs.separator) \(row.title)"
        switch row.progress {
        case .waiting:
            sign = (.faint, glyphs.waiting)
        case .running(let since, let attempt, let server, let pieces):
            sign = (.running, glyphs.running)
            if attempt > 1 { title += " (attempt \(attempt))" }
            if pieces > 0 { right.append("\(pieces) tok") }
            right += [server, elapsed(now - since, of: row.predicted)]
        case .succeeded(let duration, let server, let tokens):
            sign = (.success, glyphs.succeeded)
            if let tokens { right.append("\(tokens) tok") }
            right += [server, shownDuration(duration)]
        case .failed(let reason):
            sign = (.error, glyphs.failed)
            title += ": \(reason)"
        case .skipped(let reason):
            sign = (.faint, glyphs.skipped)
            title += ": \(reason)"
        }
        let prefix = "\(branch) "
        let width = columns - displayWidth(prefix) - displayWidth(sign.1) - 1
        return style.apply(.faint, prefix) + style.apply(sign.0, sign.1) + " " + spread(title, right, to: width)
    }

    /// The time that has passed, against the time that was predicted.
    private func elapsed(_ seconds: Double, of predicted: Double?) -> String {
        shownDuration(seconds) + (predicted.map { " of ~\(shownDuration($0))" } ?? "")
    }

    // MARK: Servers and builds

    private func lane(_ lane: LiveState.Lane, _ state: LiveState, at now: Double) -> String {
        let name = padded(sanitizedLine(lane.name), to: 12, ellipsis: style.glyphs.ellipsis)
        let width = columns - 13
        if let lost = lane.lost {
            return name + " " + style.apply(.warning, cut("lost: \(lost)", to: width))
        }
        let busy = state.rows.compactMap { row -> (title: String, since: Double, pieces: Int)? in
            guard case .running(let since, _, lane.name, let pieces) = row.progress else { return nil }
            return (row.title, since, pieces)
        }
        var left = lane.model ?? ""
        if busy.isEmpty {
            left += left.isEmpty ? "idle" : " \(style.glyphs.separator) idle"
            return name + " " + style.apply(.faint, spread(left, ["\(lane.done) done"], to: width))
        }
        let work = busy.map(\.title).joined(separator: ", ")
        left += left.isEmpty ? work : " \(style.glyphs.separator) \(work)"
        let pieces = busy.reduce(0) { $0 + $1.pieces }
        let longest = busy.map { now - $0.since }.max() ?? 0
        var right: [String] = []
        if pieces > 0, longest >= 1 { right.append("\(Int((Double(pieces) / longest).rounded())) tok/s") }
        right.append("\(busy.count)/\(lane.slots)")
        return name + " " + spread(left, right, to: width)
    }

    private func build(_ build: LiveState.Build, at now: Double) -> String {
        let what =
            switch build.purpose {
            case .gather: "build"
            case .reproduce: "reproduce"
            case .verify: "verify"
            case .check: "check"
            case .search: "search"
            }
        return padded(what, to: 12) + " " + spread(build.command, [shownDuration(now - build.since)], to: columns - 13)
    }

    /// `left`, cut as needed, and `right` at the line's end; of `right`, the first parts give way on a narrow line.
    private func spread(_ left: String, _ right: [String], to width: Int) -> String {
        var right = right
        func tail() -> String { right.joined(separator: "  ") }
        while right.count > 1, displayWidth(tail()) > width / 2 { right.removeFirst() }
        if right.isEmpty { return cut(left, to: width) }
        let end = cut(tail(), to: width / 2)
        let room = width - displayWidth(end) - 2
        return padded(left, to: max(0, room), ellipsis: style.glyphs.ellipsis) + "  " + end
    }

    private func cut(_ text: String, to width: Int) -> String {
        fitted(text, to: width, ellipsis: style.glyphs.ellipsis)
    }
}
