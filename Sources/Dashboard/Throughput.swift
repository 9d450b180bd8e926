import Events

/// Answer tokens a second over the run. An attempt's tokens are spread evenly over the time in which it wrote them, so what
/// is still being written isn't in it.
struct Throughput: Sendable, Equatable {
    static let bins = 60

    /// Tokens a second in each of `bins` equal parts of the run.
    let rates: [Double]
    /// Seconds of a part.
    let step: Double
    let length: Double

    init(_ run: RunPicture, now: Double) {
        let length = TimeAxis(length: max(now, run.last)).length
        let step = length / Double(Self.bins)
        var tokens = [Double](repeating: 0, count: Self.bins)
        for attempt in run.attempts {
            guard let end = attempt.end, let ended = attempt.ended, let count = end.answerTokens, count > 0, !end.cached
            else { continue }
            let writing = max(0.001, min(end.answer ?? end.elapsed, ended - attempt.start, length))
            guard writing.isFinite else { continue }
            let start = max(0, ended - writing)
            let (first, last) = (Self.bin(start, step), Self.bin(ended, step))
            for bin in first...max(first, last) {
                let from = max(start, Double(bin) * step)
                let to = min(ended, Double(bin + 1) * step)
                tokens[bin] += Double(count) * (first == last ? 1 : max(0, to - from) / writing)
            }
        }
        rates = tokens.map { $0 / step }
        self.step = step
        self.length = length
    }

    private static func bin(_ seconds: Double, _ step: Double) -> Int {
        min(bins - 1, max(0, Int(min(seconds / step, 1e6))))
    }

    var highest: Double { rates.max() ?? 0 }

    var drawing: HTML {
        let height = 96.0
        guard highest > 0 else { return "<p class=\"empty\">No answer with a token count has ended.</p>" }
        let width = 100 / Double(Self.bins)
        let bars = rates.enumerated().compactMap { bin, rate -> HTML? in
            guard rate > 0 else { return nil }
            let tall = max(1, rate / highest * (height - 14))
            let when = "\(shownDuration(Double(bin) * step)) to \(shownDuration(Double(bin + 1) * step))"
            return """
                <rect class="rate" x="\(Double(bin) * width)%" y="\(height - tall)" width="\(width * 0.9)%" \
                height="\(tall)"><title>\(when): \(shownNumber(rate, decimals: 1)) tokens a second</title></rect>
                """
        }
        return """
            <svg class="chart" width="100%" height="\(height + 18)" role="img" aria-label="Tokens a second over the run, \
            at most \(shownNumber(highest, decimals: 1))"><rect class="ground" width="100%" height="\(height)"/>\
            \(TimeAxis(length: length).drawing(height: height))\(bars)\
            <text class="tick" x="100%" dx="-4" y="11" text-anchor="end">at most \(shownNumber(highest, decimals: 1)) \
            tokens/s</text></svg>\(table)
            """
    }

    private var table: HTML {
        let coarse = stride(from: 0, to: Self.bins, by: 6).map { first -> HTML in
            let mean = rates[first..<(first + 6)].reduce(0, +) / 6
            return """
                <tr><td>\(shownDuration(Double(first) * step)) – \(shownDuration(Double(first + 6) * step))</td>\
                <td class="number">\(shownNumber(mean, decimals: 1))</td></tr>
                """
        }
        return """
            <details id="throughput-table"><summary>The same as a table</summary><table><thead><tr><th scope="col">time</th>\
            <th scope="col" class="number">tokens a second</th></tr></thead><tbody>\(coarse)</tbody></table></details>
            """
    }
}
