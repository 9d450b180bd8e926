/// Which of the servers gets a task: a pure decision over what is known now.
struct Placement: Sendable {
    /// A server as the decision sees it.
    struct Candidate: Sendable {
        var index: Int
        var inFlight: Int
        var slots: Int
        /// Whether it can take a task now.
        var isFree: Bool
        var strengths: [String]
        var rates: ServerRates
    }

    /// What the decision knows of the task.
    struct Work: Sendable {
        var needs: [String]
        var promptTokens: Int
        var answerTokens: Int
        /// What stands first in the prompt and in those of other tasks: equal numbers mean equal text; 0 means that there is
        /// none.
        var prefix = 0
        /// The prompt tokens of that part.
        var prefixTokens = 0
        /// The model that must do it; nil when any may.
        var model: String?
    }

    enum Choice: Sendable, Equatable {
        case server(Int)
        /// Better no server now than one of the free ones.
        case wait
    }

    var strategy: BalancingStrategy

    /// - Parameters:
    ///   - candidates: the servers that are up and may do the task, in the team's order.
    ///   - rotation: the index after the server that was used last.
    func choose(_ work: Work, among candidates: [Candidate], rotation: Int) -> Choice {
        let free = candidates.filter(\.isFree)
        guard !free.isEmpty else { return .wait }
        switch strategy {
        case .roundRobin:
            return .server((free.first { $0.index >= rotation } ?? free[0]).index)
        case .loadAware, .predictive:
            // `PredictivePlacement` decides for all ready tasks at once, and doesn't come here.
            return .server(leastLoaded(free))
        case .capability:
            let best = candidates.map { matches(work, $0) }.max() ?? 0
            let matching = free.filter { matches(work, $0) == best }
            return matching.isEmpty ? .wait : .server(leastLoaded(matching))
        }
    }

    private func matches(_ work: Work, _ candidate: Candidate) -> Int {
        work.needs.count { candidate.strengths.contains($0) }
    }

    private func leastLoaded(_ free: [Candidate]) -> Int {
        var best = free[0]
        for candidate in free.dropFirst() {
            let (mine, theirs) = (candidate.inFlight * best.slots, best.inFlight * candidate.slots)
            if mine < theirs
                || mine == theirs && (candidate.rates.latency ?? .infinity) < (best.rates.latency ?? .infinity)
            {
                best = candidate
            }
        }
        return best.index
    }
}
