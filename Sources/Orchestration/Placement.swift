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
        case .loadAware:
            return .server(leastLoaded(free))
        case .capability:
            let best = candidates.map { matches(work, $0) }.max() ?? 0
            let matching = free.filter { matches(work, $0) == best }
            return matching.isEmpty ? .wait : .server(leastLoaded(matching))
        case .predictive:
            return .server(earliestFinish(work, free))
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

    /// A server that hasn't answered yet counts as fast as the fastest known one: it must be tried to be known.
    private func earliestFinish(_ work: Work, _ free: [Candidate]) -> Int {
        let known = free.compactMap {
            $0.rates.predicted(promptTokens: work.promptTokens, answerTokens: work.answerTokens)
        }
        guard let fastest = known.min() else { return leastLoaded(free) }
        let finishes = free.map { candidate in
            (candidate.rates.predicted(promptTokens: work.promptTokens, answerTokens: work.answerTokens) ?? fastest)
                * (1 + 0.5 * Double(candidate.inFlight) / Double(max(1, candidate.slots)))
        }
        guard let least = finishes.min() else { return free[0].index }
        return leastLoaded(zip(free, finishes).filter { $0.1 <= least }.map(\.0))
    }
}
