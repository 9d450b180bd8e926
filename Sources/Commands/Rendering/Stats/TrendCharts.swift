import Dashboard
import Events
import Foundation

/// A trend as bar charts over the same days or weeks, and as a table with the same content.
struct TrendCharts: Sendable {
    /// What became of runs. Each looks different without colours, too.
    private enum Part: String, CaseIterable {
        case succeeded, failed, unfinished

        var look: String {
            switch self {
            case .succeeded: "part full succeeded"
            case .failed: "part failed"
            case .unfinished: "part open waiting"
            }
        }

        var shape: String {
            switch self {
            case .succeeded: "filled"
            case .failed: "crossed"
            case .unfinished: "dashed"
            }
        }

        func count(_ bucket: Trend.Bucket) -> Int {
            switch self {
            case .succeeded: bucket.succeeded
            case .failed: bucket.failed
            case .unfinished: bucket.unfinished
            }
        }

        /// - Parameter unit: of `x` and `width`.
        func drawing(x: Double, y: Double, width: Double, height: Double, unit: String) -> HTML {
            let right = x + width
            let cross: HTML =
                self == .failed
                ? """
                <line class="\(look)" x1="\(x)\(unit)" y1="\(y)" x2="\(right)\(unit)" y2="\(y + height)"/>\
                <line class="\(look)" x1="\(x)\(unit)" y1="\(y + height)" x2="\(right)\(unit)" y2="\(y)"/>
                """ : ""
            return """
                <rect class="\(look)" x="\(x)\(unit)" y="\(y)" width="\(width)\(unit)" height="\(height)"/>\(cross)
                """
        }
    }

    private static let height = 110.0
    /// Above the highest bar, for the words there.
    private static let headroom = 18.0
    /// The most dates below a chart; more don't fit a narrow screen.
    private static let mostDates = 6

    private let trend: Trend
    /// A period's part of the width, in percent.
    private let step: Double

    init(_ trend: Trend) {
        self.trend = trend
        step = 100 / Double(max(1, trend.buckets.count))
    }

    /// Nothing where there is only one period.
    var section: HTML {
        guard trend.buckets.count > 1, let first = trend.buckets.first, let last = trend.buckets.last else { return "" }
        let period = trend.period.rawValue
        let name = trend.period == .week ? "; a week is named by its Monday" : ""
        return """
            <section aria-labelledby="trend"><h2 id="trend">Trend</h2>\
            <p class="small">By UTC's \(period)s, from \(first.start) to \(last.start)\(name).</p>\
            <h3>Runs a \(period)</h3>\(legend)\(runs)\
            <h3>Success rate</h3>\(rates)\
            <h3>Time of the runs</h3>\(times)\(table)</section>
            """
    }

    private var legend: HTML {
        let parts = Part.allCases.map { part -> HTML in
            """
            <span><svg class="meter" width="16" height="14" role="img" aria-label="\(part.shape)">\
            \(part.drawing(x: 2, y: 2, width: 12, height: 10, unit: ""))</svg> \(part.rawValue)</span>
            """
        }
        return "<p class=\"legend small\">\(parts)</p>"
    }

    private var runs: HTML {
        let most = trend.buckets.map(\.runs).max() ?? 0
        let bars = trend.buckets.enumerated().map { index, bucket -> HTML in
            var top = Self.height
            var drawn: [HTML] = []
            for part in Part.allCases where part.count(bucket) > 0 {
                let tall = barHeight(Double(part.count(bucket)), of: Double(most))
                top -= tall
                drawn.append(part.drawing(x: x(index), y: top, width: step * 0.8, height: tall, unit: "%"))
            }
            guard !drawn.isEmpty else { return "" }
            let counts = Part.allCases.map { "\($0.count(bucket)) \($0.rawValue)" }.joined(separator: ", ")
            return "<g><title>\(bucket.start): \(counts)</title>\(drawn)</g>"
        }
        let counts = Part.allCases.map { part -> String in
            "\(trend.buckets.map { part.count($0) }.reduce(0, +)) \(part.rawValue)"
        }
        return chart(
            "Runs a \(trend.period.rawValue), at most \(most): \(counts.joined(separator: ", "))",
            "at most \(counted(most, "run"))", bars)
    }

    private var rates: HTML {
        let bars = trend.buckets.enumerated().map { index, bucket -> HTML in
            guard let rate = bucket.successRate else { return "" }
            let ended = bucket.runs - bucket.unfinished
            return bar(
                index, barHeight(rate, of: 1), "\(shownPercent(rate)), \(bucket.succeeded) of \(counted(ended, "run"))")
        }
        let lines = [0.5, 1].map { rate -> HTML in
            let y = Self.height - barHeight(rate, of: 1)
            return "<line class=\"grid\" x1=\"0\" x2=\"100%\" y1=\"\(y)\" y2=\"\(y)\"/>"
        }
        let all = trend.buckets.reduce(into: (succeeded: 0, ended: 0)) {
            $0.succeeded += $1.succeeded
            $0.ended += $1.runs - $1.unfinished
        }
        return chart(
            "Success rate by \(trend.period.rawValue): \(all.succeeded) of \(counted(all.ended, "run")) that ended",
            "the lines are 50 and 100 %", lines + bars)
    }

    private var times: HTML {
        let most = trend.buckets.map(\.duration).max() ?? 0
        let bars = trend.buckets.enumerated().map { index, bucket -> HTML in
            bucket.duration > 0 ? bar(index, barHeight(bucket.duration, of: most), shownDuration(bucket.duration)) : ""
        }
        let label = "at most \(shownDuration(most))"
        return chart("Time of the runs by \(trend.period.rawValue), \(label)", label, bars)
    }

    private func x(_ index: Int) -> Double { (Double(index) + 0.1) * step }

    /// A bar's height. What there is can be seen, however little.
    private func barHeight(_ value: Double, of most: Double) -> Double {
        guard value.isFinite, most.isFinite, most > 0 else { return 1.5 }
        return max(1.5, value / most * (Self.height - Self.headroom))
    }

    private func bar(_ index: Int, _ tall: Double, _ words: String) -> HTML {
        """
        <rect class="rate" x="\(x(index))%" y="\(Self.height - tall)" width="\(step * 0.8)%" height="\(tall)">\
        <title>\(trend.buckets[index].start): \(words)</title></rect>
        """
    }

    private func chart(_ label: String, _ note: String, _ bars: [HTML]) -> HTML {
        """
        <svg class="chart" width="100%" height="\(Self.height + 18)" role="img" aria-label="\(label)">\
        <rect class="ground" width="100%" height="\(Self.height)"/>\(dates)\(bars)\
        <text class="tick" x="100%" dx="-4" y="12" text-anchor="end">\(note)</text></svg>
        """
    }

    private var dates: [HTML] {
        let count = trend.buckets.count
        let every = max(1, (count + Self.mostDates - 1) / Self.mostDates)
        return stride(from: 0, to: count, by: every).map { index -> HTML in
            let start = trend.buckets[index].start
            // Where the year differs it is worth more than the day.
            let shown = count > 52 ? start.prefix(7) : start.dropFirst(5)
            let place = Double(index) * step
            return """
                <line class="grid" x1="\(place)%" x2="\(place)%" y1="0" y2="\(Self.height)"/>\
                <text class="tick" x="\(place)%" dx="3" y="\(Self.height + 13)">\(String(shown))</text>
                """
        }
    }

    private var table: HTML {
        let rows = trend.buckets.map { bucket -> HTML in
            """
            <tr><th scope="row">\(bucket.start)</th><td class="number">\(bucket.runs)</td>\
            <td class="number">\(bucket.succeeded)</td><td class="number">\(bucket.failed)</td>\
            <td class="number">\(bucket.unfinished)</td>\
            <td class="number">\(bucket.successRate.map(shownPercent) ?? "")</td>\
            <td class="number">\(shownDuration(bucket.duration))</td><td class="number">\(bucket.tasks)</td>\
            <td class="number">\(bucket.answerTokens)</td></tr>
            """
        }
        return """
            <details id="trend-table"><summary>The same as a table</summary><div class="scroll" tabindex="0" role="region" \
            aria-label="Trend"><table><thead><tr><th scope="col">\(trend.period.rawValue)</th>\
            <th scope="col" class="number">runs</th><th scope="col" class="number">succeeded</th>\
            <th scope="col" class="number">failed</th><th scope="col" class="number">unfinished</th>\
            <th scope="col" class="number">success rate</th><th scope="col" class="number">time</th>\
            <th scope="col" class="number">tasks</th><th scope="col" class="number">tokens out</th></tr></thead>\
            <tbody>\(rows)</tbody></table></div></details>
            """
    }
}
