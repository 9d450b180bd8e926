/// The results of a plan as one.
public struct Synthesis: Codable, Sendable, Equatable {
    /// A result that says something else than the winner.
    public struct Dissent: Codable, Sendable, Equatable {
        /// The task's id.
        public var task: String
        /// What it says.
        public var text: String

        /// Creates a dissent.
        public init(task: String, text: String) {
            self.task = task
            self.text = text
        }
    }

    /// How it was made. Falls back to `merge-all` when a custom synthesis brought nothing.
    public var strategy: SynthesisStrategy
    /// The text.
    public var text: String
    /// The ids of the tasks whose results are in it.
    public var sources: [String]
    /// The ids of the tasks that brought no result.
    public var failures: [String]
    /// For `consensus`: the share of votes that the winner has, 0 to 1. It measures agreement, not correctness.
    public var agreement: Double?
    /// For `consensus`: the task whose answer stands for the winners.
    public var winner: String?
    /// For `consensus`: the votes for something else.
    public var dissent: [Dissent]
    /// For a custom specialist: the task that wrote it.
    public var task: TaskResult?

    /// Creates a synthesis.
    public init(
        strategy: SynthesisStrategy, text: String, sources: [String], failures: [String] = [],
        agreement: Double? = nil, winner: String? = nil, dissent: [Dissent] = [], task: TaskResult? = nil
    ) {
        self.strategy = strategy
        self.text = text
        self.sources = sources
        self.failures = failures
        self.agreement = agreement
        self.winner = winner
        self.dissent = dissent
        self.task = task
    }

    /// Makes one of the results, by a strategy that needs no server. `custom` lists them as `merge-all` does.
    ///
    /// - Parameters:
    ///   - merge: merges results that have a structure; nil, or a nil result, lists the texts.
    ///   - vote: the part of a result that counts as its vote; nil means its whole text.
    public static func make(
        _ strategy: SynthesisStrategy, of results: [TaskResult], merge: ((([TaskResult]) -> String?))? = nil,
        vote: ((TaskResult) -> String)? = nil
    ) -> Synthesis {
        switch strategy {
        case .mergeAll, .custom: merged(results, merge)
        case .useFirstResult: first(results)
        case .consensus: consensus(results, vote)
        }
    }

    private static func failures(_ results: [TaskResult]) -> [String] {
        results.filter { !$0.succeeded }.map(\.task.id)
    }

    private static func merged(_ results: [TaskResult], _ merge: (([TaskResult]) -> String?)?) -> Synthesis {
        let listed = results.map { result in
            let heading = "## \(result.task.specialist): \(result.task.input.title)"
            return "\(heading)\n\n\(result.text ?? "No result: \(result.reason ?? "unknown reason").")"
        }
        return Synthesis(
            strategy: .mergeAll, text: merge?(results) ?? listed.joined(separator: "\n\n"),
            sources: results.filter(\.succeeded).map(\.task.id), failures: failures(results))
    }

    /// The first to end with an answer, not the first in the plan.
    private static func first(_ results: [TaskResult]) -> Synthesis {
        let first = results.filter(\.succeeded).min { $0.ended < $1.ended }
        return Synthesis(
            strategy: .useFirstResult, text: first?.text ?? "", sources: first.map { [$0.task.id] } ?? [],
            failures: failures(results))
    }

    /// Tasks that depend on others have read their answers: they don't vote, but the last of them words the result.
    private static func consensus(_ results: [TaskResult], _ vote: ((TaskResult) -> String)?) -> Synthesis {
        let independent = results.filter { $0.task.dependencies.isEmpty && $0.succeeded }
        let voters = independent.isEmpty ? results.filter(\.succeeded) : independent
        let votes = voters.map { VoteText(vote?($0) ?? $0.text ?? "") }
        var clusters: [[Int]] = []
        for index in voters.indices {
            if let found = clusters.firstIndex(where: { votes[$0[0]].agrees(with: votes[index]) }) {
                clusters[found].append(index)
            } else {
                clusters.append([index])
            }
        }
        // Among equal clusters the one that the plan names first.
        let winners = clusters.max { $0.count < $1.count || $0.count == $1.count && $0[0] > $1[0] } ?? []
        let winner = winners.first.map { voters[$0] }
        let writer = results.last { !$0.task.dependencies.isEmpty && $0.succeeded }
        return Synthesis(
            strategy: .consensus, text: writer?.text ?? winner?.text ?? "", sources: voters.map(\.task.id),
            failures: failures(results),
            agreement: voters.isEmpty ? nil : Double(winners.count) / Double(voters.count),
            winner: winner?.task.id,
            dissent: voters.indices.filter { !winners.contains($0) }.map {
                Dissent(task: voters[$0].task.id, text: voters[$0].text ?? "")
            })
    }
}

/// A vote without what people and models vary: case, punctuation, spacing, Markdown.
struct VoteText: Sendable {
    let words: [String]
    private let bag: Set<String>
    /// Words that turn a sentence around, and numbers: votes that differ in one of them differ.
    private let decisive: Set<String>

    private static let negations: Set<String> = [
        "no", "not", "never", "without", "none", "cannot", "can't", "don't", "doesn't", "isn't", "shouldn't", "won't",
    ]
    private static let leastAlike = 0.8

    init(_ text: String) {
        words = text.lowercased().split { !($0.isLetter || $0.isNumber || $0 == "'" || $0 == "_") }.map(String.init)
        bag = Set(words)
        decisive = bag.filter { Self.negations.contains($0) || $0.contains(where: \.isNumber) }
    }

    /// Whether two votes say the same: the same words, or, from eight words on, nearly all of them.
    func agrees(with other: VoteText) -> Bool {
        if words == other.words { return true }
        guard min(words.count, other.words.count) >= 8, decisive == other.decisive else { return false }
        let shared = bag.intersection(other.bag).count
        return Double(shared) >= Self.leastAlike * Double(bag.union(other.bag).count)
    }
}
