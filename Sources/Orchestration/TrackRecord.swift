/// How often somebody's results were checked, and how the checks went.
///
/// Whether a result holds is taken as a coin of unknown bias `θ`. With the uniform prior `Beta(1, 1)` (nothing is known: any
/// bias is as likely as another) and `v` verified and `r` refused results, the posterior is `Beta(v + 1, r + 1)`. Its mean is
/// Laplace's rule of succession; without a record it is 0.5. (Gelman and others, *Bayesian Data Analysis*, 3rd edition,
/// chapter 2.)
public struct TrackRecord: Codable, Sendable, Equatable {
    /// Results that a check bore out: a build passed with them.
    public var verified: Int
    /// Results that a check refuted, or that were refused.
    public var refused: Int

    /// Creates a record; negative counts are taken as 0.
    public init(verified: Int = 0, refused: Int = 0) {
        self.verified = max(0, verified)
        self.refused = max(0, refused)
    }

    /// The posterior's mean, `(v + 1) ÷ (v + r + 2)`: above 0, below 1.
    public var mean: Double { (Double(verified) + 1) / (Double(verified) + Double(refused) + 2) }

    /// The bound that `θ` exceeds with a probability: the posterior's quantile at `1 − credibility`.
    ///
    /// For whole counts `P(θ ≤ x)` is a binomial tail, `P(Bin(v + r + 1, x) ≥ v + 1)`, summed term by term; the quantile is
    /// found by bisection. Records longer than 1000 are scaled down to 1000, which only makes the bound more careful.
    ///
    /// - Parameter credibility: 0.5 to 0.999; 0.95 by default.
    public func lowerBound(credibility: Double = 0.95) -> Double {
        let record = scaled(to: 1_000)
        let tail = 1 - min(max(credibility, 0.5), 0.999)
        var (low, high) = (0.0, 1.0)
        for _ in 0..<50 {
            let middle = (low + high) / 2
            if record.probability(below: middle) < tail { low = middle } else { high = middle }
        }
        return low
    }

    /// The same share from fewer observations: at most so many.
    func scaled(to most: Int) -> TrackRecord {
        let (good, bad) = (Double(verified), Double(refused))
        guard good + bad > Double(most) else { return self }
        let kept = Int((good * Double(most) / (good + bad)).rounded())
        return TrackRecord(verified: kept, refused: most - kept)
    }

    /// `P(θ ≤ x)`. The binomial's terms are built from its mode outward, so that none overflows and those that vanish are far.
    private func probability(below x: Double) -> Double {
        guard x > 0 else { return 0 }
        guard x < 1 else { return 1 }
        let trials = verified + refused + 1
        let mode = min(trials, Int(Double(trials + 1) * x))
        let odds = x / (1 - x)
        var (all, wanted) = (0.0, 0.0)
        func take(_ successes: Int, _ weight: Double) {
            all += weight
            if successes > verified { wanted += weight }
        }
        take(mode, 1)
        var weight = 1.0
        for successes in stride(from: mode + 1, through: trials, by: 1) {
            weight *= Double(trials - successes + 1) / Double(successes) * odds
            take(successes, weight)
        }
        weight = 1
        for successes in stride(from: mode - 1, through: 0, by: -1) {
            weight *= Double(successes + 1) / Double(trials - successes) / odds
            take(successes, weight)
        }
        return wanted / all
    }
}

/// The records of specialists and models, as a history tells them.
public struct TrackRecords: Sendable, Equatable {
    private struct Key: Hashable, Sendable {
        var specialist: String
        var model: String
    }

    private var pairs: [Key: TrackRecord] = [:]
    private var models: [String: TrackRecord] = [:]
    /// What a model did in other roles tells less than what it did in this one: it counts as at most so many results.
    private static let mostBorrowed = 4

    /// Takes a history's rows; rows of one specialist and model add up. Without rows every record is the prior.
    public init(_ rows: [(specialist: String, model: String, verified: Int, refused: Int)] = []) {
        for row in rows {
            let record = TrackRecord(verified: row.verified, refused: row.refused)
            pairs[Key(specialist: row.specialist, model: row.model), default: .init()].add(record)
            models[row.model, default: .init()].add(record)
        }
    }

    /// What is known of a specialist on a model: their own results, and at most four that stand for the model's other roles.
    public func record(specialist: String, model: String) -> TrackRecord {
        var own = pairs[Key(specialist: specialist, model: model)] ?? TrackRecord()
        guard let all = models[model] else { return own }
        let others = TrackRecord(verified: all.verified - own.verified, refused: all.refused - own.refused)
        own.add(others.scaled(to: Self.mostBorrowed))
        return own
    }

    /// The best record, by mean, of those who say the same; the prior when it is nobody.
    public func best(of sources: [(specialist: String, model: String)]) -> TrackRecord {
        sources.map { record(specialist: $0.specialist, model: $0.model) }.max { $0.mean < $1.mean } ?? TrackRecord()
    }
}

extension TrackRecord {
    /// Adds another record's counts; counts stay within what can be counted.
    fileprivate mutating func add(_ other: TrackRecord) {
        func sum(_ a: Int, _ b: Int) -> Int { min(a, Int.max / 4) + min(b, Int.max / 4) }
        self = TrackRecord(verified: sum(verified, other.verified), refused: sum(refused, other.refused))
    }
}
