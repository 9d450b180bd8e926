/// The value that so many percent of the values don't exceed, by nearest rank: always one that was measured. Nil without any.
///
/// - Parameters:
///   - percent: 1 to 100.
///   - sorted: the values in ascending order.
func quantile(_ percent: Int, of sorted: [Double]) -> Double? {
    guard !sorted.isEmpty else { return nil }
    let rank = (percent * sorted.count + 99) / 100
    return sorted[min(max(rank, 1), sorted.count) - 1]
}

/// The middle and the slow end of measured times, in seconds.
struct Quantiles: Codable, Sendable, Equatable {
    /// How many were measured.
    var count: Int
    var p50: Double?
    var p95: Double?
    var p99: Double?

    init(_ values: [Double]) {
        let sorted = values.sorted()
        count = sorted.count
        p50 = quantile(50, of: sorted)
        p95 = quantile(95, of: sorted)
        p99 = quantile(99, of: sorted)
    }
}

/// A share with what it may be in the long run: Wilson's interval at 95 %.
struct ShareInterval: Codable, Sendable, Equatable {
    /// 0 to 1; nil when nothing was counted.
    var share: Double?
    /// The interval's ends, 0 to 1; without counts everything is possible.
    var low: Double
    var high: Double

    /// The quantile of the normal distribution that leaves 2.5 % on each side.
    private static let z = 1.959963984540054

    init(_ good: Int, of all: Int) {
        guard all > 0 else {
            (share, low, high) = (nil, 0, 1)
            return
        }
        let z = Self.z
        let n = Double(all)
        let p = Double(good) / n
        let middle = p + z * z / (2 * n)
        let margin = z * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
        let scale = 1 + z * z / n
        share = p
        low = max(0, (middle - margin) / scale)
        high = min(1, (middle + margin) / scale)
    }

    /// `80 % (55-93)`; empty when nothing was counted.
    var shown: String {
        guard let share else { return "" }
        func percent(_ value: Double) -> String { shownNumber(value * 100, decimals: 0) }
        return "\(percent(share)) % (\(percent(low))-\(percent(high)))"
    }
}
