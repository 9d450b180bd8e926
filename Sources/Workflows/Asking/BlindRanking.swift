import Diagnostics
import Orchestration
import Specialists

/// The experts rank what the others say, without knowing who says it.
///
/// Each ballot has one option a group, in an order of its own, and in the words of somebody else: a group that an expert is
/// alone in isn't on its ballot. The ranks are counted as Borda did (1781): of `m` options the first gets `m − 1` points, the
/// next one less; what a ballot leaves out shares the places that are left. A group's rank is the mean of its points by what was
/// possible, over the ballots that it was on, each by its voter's weight.
struct BlindRanking: Sendable {
    /// What is ranked: a group's members, and each member's words.
    struct Option: Sendable {
        var holders: [Int]
        var texts: [Int: String]
    }

    /// One voter's options in the order shown.
    struct Ballot: Sendable, Equatable {
        var voter: Int
        /// Indices into the options.
        var order: [Int]
        var texts: [String]

        static let letters = Array("ABCDEFGHIJKLMNOP").map(String.init)

        /// The options with the letters that stand for them.
        var shown: String {
            zip(Self.letters, texts).map { "\($0): \($1)" }.joined(separator: "\n\n")
        }
    }

    var options: [Option]

    /// The ballot of a voter; nil when there is nothing to rank.
    /// - Parameter salt: what the order depends on beside the voter: the same always gives the same.
    func ballot(for voter: Int, salt: String) -> Ballot? {
        let seen = options.indices.compactMap { index -> (index: Int, text: String)? in
            let option = options[index]
            guard let other = option.holders.first(where: { $0 != voter }), let text = option.texts[other] else {
                return nil
            }
            return (index, text)
        }
        guard seen.count > 1 else { return nil }
        let shuffled = seen.prefix(Ballot.letters.count).sorted {
            Self.hash("\(salt)|\(voter)|\($0.index)") < Self.hash("\(salt)|\(voter)|\($1.index)")
        }
        return Ballot(voter: voter, order: shuffled.map(\.index), texts: shuffled.map(\.text))
    }

    /// The options as a reply ranks them, the best first, by their indices; nil when it ranks none.
    static func read(_ reply: String, _ ballot: Ballot) -> [Int]? {
        let answer = ConsensusReply(reply).answer
        for text in [answer, String(reply.prefix(2_000))] {
            let words = text.split { !$0.isLetter }.map(String.init)
            var letters = row(in: words)
            // `BAC` is a ranking, too, as long as every letter in it is an option's.
            if letters.count < 2, let compact = words.first(where: { $0.count == ballot.order.count }) {
                let split = compact.map(String.init)
                if Set(split) == Set(Ballot.letters.prefix(split.count)) { letters = split }
            }
            var ranking: [Int] = []
            for letter in letters {
                guard let place = Ballot.letters.firstIndex(of: letter), place < ballot.order.count else { continue }
                let option = ballot.order[place]
                if !ranking.contains(option) { ranking.append(option) }
            }
            if !ranking.isEmpty { return ranking }
        }
        return nil
    }

    /// The longest row of letters that stand for options: an `A` or an `I` by itself is a word of a sentence, unless it is all
    /// that there is.
    private static func row(in words: [String]) -> [String] {
        var best: [String] = []
        var row: [String] = []
        for word in words {
            if Ballot.letters.contains(word) { row.append(word) } else { row = [] }
            if row.count > best.count { best = row }
        }
        return best.count > 1 || words.count == 1 ? best : []
    }

    /// Each option's rank, 0 to 1; 0.5 for one that nobody ranked. Nil without a ballot.
    func ranks(_ ballots: [(ballot: Ballot, ranking: [Int], weight: Double)]) -> [Double]? {
        guard !ballots.isEmpty else { return nil }
        var points = options.map { _ in 0.0 }
        var possible = options.map { _ in 0.0 }
        for (ballot, ranking, weight) in ballots {
            let count = ballot.order.count
            let unranked = ballot.order.filter { !ranking.contains($0) }
            for option in ballot.order {
                let place = ranking.firstIndex(of: option).map(Double.init)
                let shared = Double(ranking.count) + Double(unranked.count - 1) / 2
                points[option] += weight * (Double(count - 1) - (place ?? shared)) / Double(count - 1)
                possible[option] += weight
            }
        }
        return zip(points, possible).map { $1 > 0 ? $0 / $1 : 0.5 }
    }

    /// Whether no ballot that is still out can change which option leads.
    ///
    /// The worst that can happen to the leader is tried for each of the others: every ballot puts that one first and the
    /// leader last.
    func isSettled(
        _ ballots: [(ballot: Ballot, ranking: [Int], weight: Double)], outstanding: [(ballot: Ballot, weight: Double)],
        weights: [Double]
    ) -> Bool {
        guard !ballots.isEmpty else { return outstanding.isEmpty }
        let groups = options.map(\.holders)
        let now = Tally(groups: groups, weights: weights, ranks: ranks(ballots)).winner
        guard let leader = groups.firstIndex(of: now) else { return outstanding.isEmpty }
        return options.indices.allSatisfy { challenger in
            guard challenger != leader else { return true }
            let worst = outstanding.map { entry in
                let middle = entry.ballot.order.filter { $0 != challenger && $0 != leader }
                let first = entry.ballot.order.contains(challenger) ? [challenger] : []
                let last = entry.ballot.order.contains(leader) ? [leader] : []
                return (ballot: entry.ballot, ranking: first + middle + last, weight: entry.weight)
            }
            return Tally(groups: groups, weights: weights, ranks: ranks(ballots + worst)).winner == now
        }
    }

    /// FNV-1a, then the finalizer of MurmurHash3: the same on every machine and in every process. By FNV alone texts that differ
    /// at their end only stand in the order of these ends, whatever is before.
    private static func hash(_ text: String) -> UInt64 {
        var hash = text.utf8.reduce(14_695_981_039_346_656_037) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
        hash = (hash ^ (hash >> 33)) &* 0xFF51_AFD7_ED55_8CCD
        hash = (hash ^ (hash >> 33)) &* 0xC4CE_B9FE_1A85_EC53
        return hash ^ (hash >> 33)
    }
}

extension BlindRanking {
    /// The task of filling in a ballot, beginning as the expert's own task did: a server has evaluated that already.
    static func task(
        _ ballot: Ballot, seat: Panel.Seat, model: String?, question: String, material: String, specialist: String
    ) -> TeamTask {
        let last = Ballot.letters[ballot.order.count - 1]
        return TeamTask(
            id: "ballot-\(seat.id.split(separator: "-").last ?? "x")", specialist: specialist,
            input: TaskInput(
                title: "Ballot of \(seat.name)", shared: material,
                text: """
                    The question: \(question)

                    Several answers were given, by experts whom you don't know:

                    \(ballot.shown)

                    Rank them, the best first: which is true, and borne out by the material? This time \
                    your answer has another form: one line, nothing else, without confidence, reasons and evidence: \
                    ANSWER: and the letters from A to \(last) in the order of your ranking.
                    """),
            policy: TaskPolicy(retries: 1), sampling: Sampling(temperature: 0, seed: seat.seed, maxTokens: 48),
            model: model)
    }
}
