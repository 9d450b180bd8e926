/// The seconds of a run as places across a drawing, in percent of its width: so drawings fit any screen without scaling
/// their text.
struct TimeAxis: Sendable, Equatable {
    /// The seconds that the whole width stands for.
    let length: Double

    init(length: Double) {
        self.length = length.isFinite ? min(max(length, 0.1), 1e8) : 0.1
    }

    /// Where a moment lies, 0 to 100.
    func place(_ seconds: Double) -> Double {
        seconds.isFinite ? min(max(seconds / length * 100, 0), 100) : 0
    }

    /// How wide a time is; never so narrow that it can't be seen.
    func width(from start: Double, to end: Double) -> Double {
        max(min(0.3, 100 - place(start)), place(end) - place(start))
    }

    /// Round moments, up to six of them, from 0 on.
    var ticks: [Double] {
        let steps: [Double] = [
            0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200,
            86_400,
        ]
        let step = steps.first { length / $0 <= 6 } ?? length / 5
        return Array(stride(from: 0, to: length * 0.97, by: step).prefix(8))
    }

    /// The axis under a drawing: lines through its whole height, and the moments below.
    func drawing(height: Double) -> HTML {
        let marks = ticks.map { tick -> HTML in
            let x = place(tick)
            let label = length < 1 ? shownNumber(tick, decimals: 2) + "s" : Self.short(tick)
            return """
                <line class="grid" x1="\(x)%" x2="\(x)%" y1="0" y2="\(height)"/>\
                <text class="tick" x="\(x)%" dx="3" y="\(height + 13)">\(label)</text>
                """
        }
        return "\(marks)"
    }

    private static func short(_ seconds: Double) -> String {
        if seconds < 60 {
            return seconds == seconds.rounded() ? "\(Int(seconds))s" : shownNumber(seconds, decimals: 1) + "s"
        }
        let whole = Int(seconds)
        if whole < 3600 { return whole % 60 == 0 ? "\(whole / 60)m" : "\(whole / 60)m\(whole % 60)s" }
        return whole % 3600 == 0 ? "\(whole / 3600)h" : "\(whole / 3600)h\(whole % 3600 / 60)m"
    }
}
