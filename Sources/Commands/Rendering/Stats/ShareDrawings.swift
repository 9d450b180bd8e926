import Dashboard

/// The width of a whole.
private let wholeWidth = 100.0

/// A share of 1 as a bar.
///
/// - Parameter what: what it is a share of, for those who don't see it.
func shareBar(_ share: Double, of what: String) -> HTML {
    let filled = share.isFinite ? min(1, max(0, share)) : 0
    return """
        <svg class="meter" width="\(wholeWidth)" height="10" role="img" aria-label="\(shownPercent(share)) \(what)">\
        <rect class="ground" width="\(wholeWidth)" height="10"/>\
        <rect class="rate" width="\(filled * wholeWidth)" height="10"/></svg>
        """
}

extension ShareInterval {
    /// The share as a dot on its interval, between nothing and all; empty when nothing was counted.
    func drawing(of what: String) -> HTML {
        guard let share else { return "" }
        let edge = 5.0
        func place(_ value: Double) -> Double { edge + value * wholeWidth }
        let label =
            "\(shownPercent(share)) \(what), in the long run between \(shownPercent(low)) and \(shownPercent(high))"
        let grid = [0, 0.5, 1].map { value -> HTML in
            "<line class=\"grid\" x1=\"\(place(value))\" x2=\"\(place(value))\" y1=\"0\" y2=\"16\"/>"
        }
        let ends = [low, high].map { value -> HTML in
            "<line class=\"reach\" x1=\"\(place(value))\" x2=\"\(place(value))\" y1=\"4\" y2=\"12\"/>"
        }
        return """
            <svg class="meter" width="\(wholeWidth + 2 * edge)" height="16" role="img" aria-label="\(label)">\(grid)\
            <line class="reach" x1="\(place(low))" x2="\(place(high))" y1="8" y2="8"/>\(ends)\
            <circle class="dot" cx="\(place(share))" cy="8" r="4"/></svg>
            """
    }
}
