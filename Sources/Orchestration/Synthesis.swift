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

    /// A statement that several tasks made.
    public struct Repeated: Codable, Sendable, Equatable {
        /// What they say, in the words of the first.
        public var text: String
        /// The tasks' ids.
        public var tasks: [String]

        /// Creates a repeated statement.
        public init(text: String, tasks: [String]) {
            self.text = text
            self.tasks = tasks
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
    /// For `merge-all`: what several tasks say; it stands in the text once.
    public var repeated: [Repeated]
    /// For `consensus`: how much speaks for the winner.
    public var confidence: Confidence?

    /// Creates a synthesis.
    public init(
        strategy: SynthesisStrategy, text: String, sources: [String], failures: [String] = [],
        agreement: Double? = nil, winner: String? = nil, dissent: [Dissent] = [], task: TaskResult? = nil,
        repeated: [Repeated] = [], confidence: Confidence? = nil
    ) {
        self.strategy = strategy
        self.text = text
        self.sources = sources
        self.failures = failures
        self.agreement = agreement
        self.winner = winner
        self.dissent = dissent
        self.task = task
        self.repeated = repeated
        self.confidence = confidence
    }

    /// Makes one of the results, by a strategy that needs no server. `custom` lists them as `merge-all` does.
    ///
    /// `merge-all` lists the results in plan order. What a later one says again (the same place and nearly the same words) is taken
    /// out of it, and the first who said it is told who else did. Results of tasks with dependencies stay whole.
    ///
    /// - Parameters:
    ///   - merge: merges results that have a structure; nil, or a nil result, lists the texts.
    ///   - vote: the part of a result that counts as its vote; nil means its whole text.
    ///   - records: how the specialists and models have fared; the confidence of a consensus rests on it.
    public static func make(
        _ strategy: SynthesisStrategy, of results: [TaskResult], merge: ((([TaskResult]) -> String?))? = nil,
        vote: ((TaskResult) -> String)? = nil, records: TrackRecords = TrackRecords()
    ) -> Synthesis {
        switch strategy {
        case .mergeAll, .custom: merged(results, merge)
        case .useFirstResult: first(results)
        case .consensus: consensus(results, vote, records)
        }
    }

    private static func failures(_ results: [TaskResult]) -> [String] {
        results.filter { !$0.succeeded }.map(\.task.id)
    }

    private static func merged(_ results: [TaskResult], _ merge: (([TaskResult]) -> String?)?) -> Synthesis {
        let sources = results.filter(\.succeeded).map(\.task.id)
        if let text = merge?(results) {
            return Synthesis(strategy: .mergeAll, text: text, sources: sources, failures: failures(results))
        }
        // Who has read the others wrote one text of theirs: it stays whole.
        let independent = results.indices.filter { results[$0].task.dependencies.isEmpty && results[$0].succeeded }
        let merged = StatementMerge(
            independent.map { results[$0].text ?? "" }, labels: labels(independent.map { results[$0].task }))
        var texts = results.map(\.text)
        for (position, index) in independent.enumerated() {
            texts[index] = merged.texts[position] ?? "Nothing that isn't said above."
        }
        let listed = zip(results, texts).map { result, text in
            let heading = "## \(result.task.specialist): \(result.task.input.title)"
            return "\(heading)\n\n\(text ?? "No result: \(result.reason ?? "unknown reason").")"
        }
        return Synthesis(
            strategy: .mergeAll, text: listed.joined(separator: "\n\n"), sources: sources, failures: failures(results),
            repeated: merged.repeated.map { statement in
                Repeated(text: statement.text, tasks: statement.sources.map { results[independent[$0]].task.id })
            })
    }

    /// A specialist who did one task is called by name, others by role and title.
    private static func labels(_ tasks: [TeamTask]) -> [String] {
        let counts = Dictionary(tasks.map { ($0.specialist, 1) }, uniquingKeysWith: +)
        return tasks.map { counts[$0.specialist] == 1 ? $0.specialist : "\($0.specialist): \($0.input.title)" }
    }

    /// The first to end with an answer, not the first in the plan.
    private static func first(_ results: [TaskResult]) -> Synthesis {
        let first = results.filter(\.succeeded).min { $0.ended < $1.ended }
        return Synthesis(
            strategy: .useFirstResult, text: first?.text ?? "", sources: first.map { [$0.task.id] } ?? [],
            failures: failures(results))
    }

    /// Tasks that depend on others have read their answers: they don't vote, but the last of them words the result.
    private static func consensus(
        _ results: [TaskResult], _ vote: ((TaskResult) -> String)?, _ records: TrackRecords
    ) -> Synthesis {
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
            },
            confidence: voters.isEmpty
                ? nil
                : Confidence(
                    agreeing: winners.count, independent: voters.count,
                    record: records.best(of: winners.map { (voters[$0].task.specialist, voters[$0].model ?? "") })))
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
    private static let mostBytes = 16 << 10

    /// Reads the beginning of a text, up to 16 KiB: what counts as a vote is said there.
    init(_ text: String) {
        words = String(decoding: text.utf8.prefix(Self.mostBytes), as: UTF8.self).lowercased().split {
            !($0.isLetter || $0.isNumber || $0 == "'" || $0 == "_")
        }.map(String.init)
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
