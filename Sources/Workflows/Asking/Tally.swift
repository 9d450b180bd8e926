import Orchestration

/// What an expert's voice counts.
///
/// The weight is `2 · record · (1 + found) ÷ (1 + cited)`: the record is the mean of how results of this role and model have
/// fared (0.5 when nothing is known, so that an unknown expert counts 1), and of what it quoted only what really stands in the
/// material speaks for it.
package struct VoteWeight: Sendable, Equatable {
    package let value: Double

    package init(record: TrackRecord, cited: Int = 0, found: Int = 0) {
        let (cited, found) = (max(0, cited), max(0, min(found, cited)))
        value = 2 * record.mean * Double(1 + found) / Double(1 + cited)
    }
}

/// Votes counted: groups of voices that say the same, by weight.
package struct Tally: Sendable, Equatable {
    /// The voices' indices, a group each: the one that leads first.
    package private(set) var groups: [[Int]]
    /// Each voice's weight.
    package let weights: [Double]
    /// What each group's claim was ranked at by the others, 0 (always last) to 1 (always first); in the order of ``groups``. Nil
    /// when nobody ranked.
    package private(set) var ranks: [Double]?

    /// The fewest voices that settle a vote: the agreement of two tells little, and who dissents is part of the answer.
    package static let leastVoices = 3

    /// - Parameters:
    ///   - groups: indices of voices, each once.
    ///   - ranks: each group's mean rank, or nil.
    ///   - breaksTiesByOrder: whether of two with equal support the one that stands first leads; else the larger one does.
    package init(
        groups: [[Int]], weights: [Double], ranks: [Double]? = nil, breaksTiesByOrder: Bool = false
    ) {
        self.weights = weights
        let total = weights.reduce(0, +)
        func share(_ group: [Int]) -> Double {
            total > 0 ? group.reduce(0) { $0 + weights[$1] } / total : 0
        }
        let support = groups.indices.map { index in
            Self.support(share: share(groups[index]), rank: ranks?[index])
        }
        // Among equals the larger group, then the one whose first member comes first: never who was asked last.
        let order = groups.indices.sorted { a, b in
            if abs(support[a] - support[b]) > 1e-9 { return support[a] > support[b] }
            if breaksTiesByOrder { return a < b }
            if groups[a].count != groups[b].count { return groups[a].count > groups[b].count }
            return (groups[a].first ?? 0) < (groups[b].first ?? 0)
        }
        self.groups = order.map { groups[$0] }
        self.ranks = ranks.map { ranks in order.map { ranks[$0] } }
    }

    /// Groups whose order is decided already.
    init(ordered groups: [[Int]], weights: [Double]) {
        (self.groups, self.weights) = (groups, weights)
        ranks = nil
    }

    /// The group that leads; empty without voices.
    package var winner: [Int] { groups.first ?? [] }

    /// A group's share of all weight, 0 to 1.
    package func share(_ group: [Int]) -> Double {
        let total = weights.reduce(0, +)
        return total > 0 ? group.reduce(0) { $0 + weights[$1] } / total : 0
    }

    /// What decides, 0 to 1: the share of the votes, or with a rank `(2 · share + rank) ÷ 3`. Small models rank poorly: what more
    /// than three quarters say by themselves no ranking overturns.
    package static func support(share: Double, rank: Double?) -> Double {
        rank.map { (2 * share + $0) / 3 } ?? share
    }

    /// What decides about a group.
    package func support(at index: Int) -> Double {
        Self.support(share: share(groups[index]), rank: ranks?[index])
    }

    /// Whether nobody who is still to answer can change which group leads.
    ///
    /// - Parameter outstanding: the most that each of them can weigh.
    package func isSettled(outstanding: [Double]) -> Bool {
        guard weights.count >= Self.leastVoices, let leader = groups.first else { return outstanding.isEmpty }
        func weight(_ group: [Int]) -> Double { group.reduce(0) { $0 + weights[$1] } }
        let second = groups.dropFirst().map(weight).max() ?? 0
        return weight(leader) > second + outstanding.reduce(0, +) + 1e-9
    }
}
