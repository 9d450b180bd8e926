import Orchestration

/// Hands out the ballots, counts them, and ends when those that are out can't change who leads.
enum BallotBox {
    typealias Counted = (ballot: BlindRanking.Ballot, ranking: [Int], weight: Double)

    /// - Parameters:
    ///   - voters: who votes, with the model that answered for them; their positions are those of the ranking's holders.
    ///   - isPinned: whether a voter's ballot goes to the model that answered for it.
    ///   - budget: the seconds that are left for it; nil for no end.
    static func count(
        _ ranking: BlindRanking, voters: [(seat: Panel.Seat, model: String?)], weights: [Double], isPinned: Bool,
        question: String, material: String, specialist: String, _ orchestrator: TeamOrchestrator, budget: Double?
    ) async throws -> (ranks: [Double]?, ballots: Consensus.Ballots) {
        let ballots = voters.indices.compactMap { ranking.ballot(for: $0, salt: question) }
        guard !ballots.isEmpty else { return (nil, Consensus.Ballots(counted: 0, lost: 0)) }
        let tasks = ballots.map { ballot in
            BlindRanking.task(
                ballot, seat: voters[ballot.voter].seat, model: isPinned ? voters[ballot.voter].model : nil,
                question: question, material: material, specialist: specialist)
        }
        let box = Box(
            ranking: ranking, weights: weights,
            ballots: Dictionary(zip(tasks.map(\.id), ballots), uniquingKeysWith: { first, _ in first }))
        _ = try await orchestrator.execute(
            OrchestrationPlan(problem: question, pattern: .consensus, tasks: tasks, success: .anyTaskComplete),
            budget: budget
        ) { await box.take($0) }
        try Task.checkCancellation()
        let (counted, lost) = await (box.counted, box.lost)
        return (ranking.ranks(counted), Consensus.Ballots(counted: counted.count, lost: lost))
    }

    private actor Box {
        let ranking: BlindRanking
        let weights: [Double]
        private var outstanding: [String: BlindRanking.Ballot]
        private var cast: [Counted] = []
        private var unreadable = 0

        init(ranking: BlindRanking, weights: [Double], ballots: [String: BlindRanking.Ballot]) {
            self.ranking = ranking
            self.weights = weights
            outstanding = ballots
        }

        /// Those that couldn't be read, and those that are still out when time is up.
        var lost: Int { unreadable + outstanding.count }

        /// By voter, so that the order in which they came doesn't show.
        var counted: [Counted] { cast.sorted { $0.ballot.voter < $1.ballot.voter } }

        func take(_ result: TaskResult) -> Judgement {
            guard let ballot = outstanding.removeValue(forKey: result.task.id) else { return .goOn }
            if let text = result.text, let read = BlindRanking.read(text, ballot) {
                cast.append((ballot, read, weights[ballot.voter]))
            } else {
                unreadable += 1
            }
            guard !outstanding.isEmpty,
                ranking.isSettled(
                    cast, outstanding: outstanding.values.map { ($0, weights[$0.voter]) }, weights: weights)
            else { return .goOn }
            outstanding = [:]
            return .settled("the ranking is settled: \(cast.count) ballots are in")
        }
    }
}
