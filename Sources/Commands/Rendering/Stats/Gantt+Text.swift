import Events
import Foundation

extension Gantt {
    /// The chart: a scale, the lanes with as many lines as there were bars at once, and what the signs mean. Empty when nothing
    /// took any time.
    ///
    /// - Parameter columns: the columns that it may take.
    func lines(width columns: Int, style: Style) -> [String] {
        guard duration > 0, !bars.isEmpty else { return [] }
        let columns = min(max(columns, 30), 200)
        let names = lanes.map { displayWidth(sanitizedLine($0)) }.max() ?? 0
        let margin = min(max(names, 4), columns / 4)
        let width = columns - margin - 1
        let ellipsis = style.glyphs.ellipsis
        var lines = [padded("", to: margin) + " " + scale(width)]
        for lane in lanes {
            let (rows, hidden) = self.rows(of: lane, width: width)
            if rows.isEmpty {
                lines.append(
                    padded(sanitizedLine(lane), to: margin, ellipsis: ellipsis) + " " + style.apply(.faint, "idle"))
            }
            for (index, row) in rows.enumerated() {
                let name = index == 0 ? sanitizedLine(lane) : ""
                lines.append(padded(name, to: margin, ellipsis: ellipsis) + " " + draw(row, width: width, style: style))
            }
            if hidden > 0 {
                lines.append(padded("", to: margin) + " " + style.apply(.faint, "and \(hidden) more"))
            }
        }
        return lines + [style.fit(padded("", to: margin) + " " + Signs(style).legend(bars), to: columns)]
    }

    /// A lane takes so many lines at most.
    private static let mostRows = 8

    /// A bar in whole columns.
    private struct Placed {
        var bar: Bar
        var first: Int
        var last: Int
    }

    private func rows(of lane: String, width: Int) -> (rows: [[Placed]], hidden: Int) {
        var rows: [[Placed]] = []
        var hidden = 0
        func column(_ time: Double) -> Int { min(width - 1, max(0, Int(time / duration * Double(width)))) }
        for bar in bars where bar.lane == lane {
            let first = column(bar.start)
            // A bar ends in the column before the one in which the next may begin.
            let last = max(first, column(bar.end) - (bar.end < duration && column(bar.end) > first ? 1 : 0))
            let placed = Placed(bar: bar, first: first, last: last)
            if let free = rows.firstIndex(where: { ($0.last?.last ?? -1) < first }) {
                rows[free].append(placed)
            } else if rows.count < Self.mostRows {
                rows.append([placed])
            } else {
                hidden += 1
            }
        }
        return (rows, hidden)
    }

    private func draw(_ row: [Placed], width: Int, style: Style) -> String {
        let signs = Signs(style)
        var text = ""
        var at = 0
        for placed in row {
            text += style.apply(.faint, String(repeating: signs.idle, count: placed.first - at))
            text += style.apply(
                signs.role(placed.bar.state), signs.bar(placed.bar, width: placed.last - placed.first + 1))
            at = placed.last + 1
        }
        return text + style.apply(.faint, String(repeating: signs.idle, count: width - at))
    }

    /// Times at every so many columns: at 0, and where round seconds are.
    private func scale(_ width: Int) -> String {
        let least = duration / Double(width) * 12
        let magnitude = pow(10, (log10(least)).rounded(.down))
        let step = [1, 2, 5, 10].map { $0 * magnitude }.first { $0 >= least } ?? least
        var text = ""
        var time = 0.0
        while time <= duration {
            let column = Int(time / duration * Double(width))
            let label = step < 0.1 ? shownNumber(time, decimals: 2) + "s" : shownDuration(time)
            let mark = "|" + label
            guard column >= text.count, column + mark.count <= width else { break }
            text += String(repeating: " ", count: column - text.count) + mark
            time += step
        }
        return text
    }
}

/// The signs of a chart.
private struct Signs {
    let idle: String
    private let isUnicode: Bool

    init(_ style: Style) {
        isUnicode = style.hasUnicode
        idle = isUnicode ? "·" : "."
    }

    func role(_ state: Gantt.Bar.State) -> Style.Role {
        switch state {
        case .succeeded: .success
        case .cached: .hint
        case .failed: .error
        case .cancelled: .faint
        case .running: .running
        }
    }

    private func fill(_ state: Gantt.Bar.State) -> String {
        switch state {
        case .succeeded: isUnicode ? "━" : "="
        case .cached: isUnicode ? "┄" : ":"
        case .failed: isUnicode ? "╳" : "x"
        case .cancelled: isUnicode ? "─" : "-"
        case .running: isUnicode ? "▒" : ">"
        }
    }

    /// The bar's begin, as much of its name as there is room for, and its state up to its end.
    func bar(_ bar: Gantt.Bar, width: Int) -> String {
        let fill = self.fill(bar.state)
        guard width > 1 else { return fill }
        let name = sanitizedLine(bar.name) + ((bar.attempt ?? 1) > 1 ? "#\(bar.attempt ?? 1)" : "")
        // With less than three of its letters a name says nothing.
        let room = width - 2
        let label = room >= min(3, displayWidth(name)) ? fitted(name, to: room, ellipsis: "") : ""
        let rest = width - 1 - displayWidth(label)
        return (isUnicode ? "┣" : "[") + label + String(repeating: fill, count: max(0, rest))
    }

    /// What the signs mean that are there.
    func legend(_ bars: [Gantt.Bar]) -> String {
        let words: [(Gantt.Bar.State, String)] = [
            (.succeeded, "succeeded"), (.cached, "cached"), (.failed, "failed"), (.cancelled, "no longer needed"),
            (.running, "no end"),
        ]
        return words.filter { word in bars.contains { $0.state == word.0 } }
            .map { "\(fill($0.0)) \($0.1)" }.joined(separator: "  ")
    }
}
