/// Edits of several sources, of which those that can stand beside each other are chosen.
///
/// Identical proposals become one with all of its sources. Proposals that touch the same place contend: a verified one wins
/// over one that isn't, then the one with more confidence, then the smaller one, then the earlier one. A proposal is taken whole or
/// not at all, and whoever is refused is told by whom, and why.
package struct EditConflicts: Sendable, Equatable {
    /// Edits that belong together, and what speaks for them.
    package struct Proposal: Sendable, Equatable {
        /// Who proposes it: ids, the first first.
        package var sources: [String]
        package var edits: [Edit]
        /// Whether a build has passed, or got further, with it.
        package var isVerified: Bool
        /// 0 to 1.
        package var confidence: Double

        package init(source: String, edits: [Edit], isVerified: Bool = false, confidence: Double = 0.5) {
            sources = [source]
            self.edits = edits
            self.isVerified = isVerified
            self.confidence = confidence
        }

        /// Bytes that go and bytes that come.
        package var size: Int { edits.reduce(0) { $0 + $1.range.count + $1.replacement.count } }
    }

    /// Why a proposal lost.
    package enum Reason: String, Sendable, Equatable {
        case verified = "has been verified"
        case confidence = "has more to say for it"
        case size = "changes less"
        case order = "came first"
    }

    /// A proposal that wasn't taken.
    package struct Refusal: Sendable, Equatable {
        package var proposal: Proposal
        /// The place where both want something.
        package var file: String
        /// The sources of the proposal that was taken there.
        package var winner: [String]
        package var reason: Reason

        package var text: String {
            "\(proposal.sources.joined(separator: ", ")): overlaps with \(winner.joined(separator: ", ")) in \(file), which "
                + reason.rawValue
        }
    }

    /// What was taken, in the order in which it came.
    package private(set) var chosen: [Proposal] = []
    /// What wasn't, in the order in which it came.
    package private(set) var refused: [Refusal] = []

    package init(_ proposals: [Proposal]) {
        var distinct: [Proposal] = []
        var positions: [Set<Edit>: Int] = [:]
        for proposal in proposals where !proposal.edits.isEmpty {
            if let first = positions[Set(proposal.edits)] {
                for source in proposal.sources where !distinct[first].sources.contains(source) {
                    distinct[first].sources.append(source)
                }
                distinct[first].isVerified = distinct[first].isVerified || proposal.isVerified
                distinct[first].confidence = max(distinct[first].confidence, proposal.confidence)
            } else {
                positions[Set(proposal.edits)] = distinct.count
                distinct.append(proposal)
            }
        }
        let ranked = distinct.indices.sorted { a, b in
            if Self.reason(distinct[a], distinct[b]) != nil { return true }
            return Self.reason(distinct[b], distinct[a]) == nil && a < b
        }
        var taken: [String: TakenRanges] = [:]
        var winners: Set<Int> = []
        var losers: [Int: Refusal] = [:]
        for index in ranked {
            let proposal = distinct[index]
            let clash = proposal.edits.lazy.compactMap { edit in
                taken[edit.file]?.owner(touching: edit.range).map { (edit.file, $0) }
            }.first
            if let (file, winner) = clash {
                losers[index] = Refusal(
                    proposal: proposal, file: file, winner: distinct[winner].sources,
                    reason: Self.reason(distinct[winner], proposal) ?? .order)
                continue
            }
            winners.insert(index)
            for edit in proposal.edits { taken[edit.file, default: .init()].insert(edit.range, owner: index) }
        }
        chosen = distinct.indices.filter(winners.contains).map { distinct[$0] }
        refused = losers.keys.sorted().compactMap { losers[$0] }
    }

    /// Why the first goes before the second; nil when nothing but their order tells.
    private static func reason(_ a: Proposal, _ b: Proposal) -> Reason? {
        if a.isVerified != b.isVerified { return a.isVerified ? .verified : nil }
        if a.confidence != b.confidence { return a.confidence > b.confidence ? .confidence : nil }
        return a.size < b.size ? .size : nil
    }
}

/// Ranges of one file, of which none overlap; those of one owner may touch.
private struct TakenRanges {
    /// By their beginning, then their end.
    private var ranges: [(range: Range<Int>, owner: Int)] = []

    /// The owner of a range that overlaps with another one, or ends where it begins.
    func owner(touching range: Range<Int>) -> Int? {
        // Ranges that don't overlap are in the order of their ends, too.
        var index = position { $0.upperBound < range.lowerBound }
        while index < ranges.count, ranges[index].range.lowerBound <= range.upperBound {
            if ranges[index].range.upperBound >= range.lowerBound { return ranges[index].owner }
            index += 1
        }
        return nil
    }

    mutating func insert(_ range: Range<Int>, owner: Int) {
        let index = position { ($0.lowerBound, $0.upperBound) < (range.lowerBound, range.upperBound) }
        ranges.insert((range, owner), at: index)
    }

    /// The first range for which a condition doesn't hold that holds for none behind one for which it doesn't, by bisection.
    private func position(where isBefore: (Range<Int>) -> Bool) -> Int {
        var (low, high) = (0, ranges.count)
        while low < high {
            let middle = (low + high) / 2
            if isBefore(ranges[middle].range) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
