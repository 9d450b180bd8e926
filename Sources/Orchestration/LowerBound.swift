import Events

/// A time that no schedule of the successful work could have been shorter than, and the time of the fastest server alone.
///
/// With `p(i,j)` the seconds that task j takes on server i (its own tokens at the server's mean rates in this run, model
/// loaded, nobody else there), the bound is the larger of
///
/// * the critical path, every task at its fastest server, and
/// * for every set J of tasks that are followed by at least `q` seconds of others: the earliest start of J, plus the area
///   `max over λ of Σj min_i λi·p(i,j)`, plus `q`.
///
/// λ ≥ 0 with `Σ slots_i·λi = 1` is the dual of spreading J over the slots, so any λ gives a true bound; those tried are equal
/// ones and ones in proportion to speed. Servers that answered nothing are left out: their rates are unknown.
struct LowerBound {
    private(set) var seconds = 0.0
    /// The whole work on one server, the best for it, all slots busy.
    private(set) var fastestAlone = Double.infinity

    private struct Rates {
        var name: String
        var slots: Double
        var prompt: Double
        var answer: Double
    }

    private static let mostTasks = 4_000
    private static let mostTails = 24

    /// Nil when an answer lacks its tokens, or no server shows its rates.
    init?(_ reader: EventReader, servers: [ServerFacts]) {
        let done = reader.tasks.indices.filter {
            reader.tasks[$0].last?.outcome == .succeeded && reader.tasks[$0].last?.cached == false
        }
        let rates = servers.compactMap { Self.rates(of: $0, in: reader.ends) }
        guard !done.isEmpty, done.count <= Self.mostTasks, !rates.isEmpty else { return nil }
        var times: [[Double]] = []
        for task in done {
            guard let end = reader.tasks[task].last, let prompt = end.promptTokens, let answer = end.answerTokens else {
                return nil
            }
            let pinned = reader.tasks[task].pinned
            let own = rates.map { rate in
                pinned != nil && pinned != rate.name
                    ? Double.infinity : Double(prompt) * rate.prompt + Double(answer) * rate.answer
            }
            guard own.contains(where: \.isFinite) else { return nil }
            times.append(own)
        }
        let positions = Dictionary(done.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { a, _ in a })
        let dependencies = done.map { task in
            reader.tasks[task].dependencies.compactMap { reader.current[$0].flatMap { positions[$0] } }
        }
        let (dependents, order, _) = PlanGraph.levels(dependencies)
        guard order.count == done.count else { return nil }
        solve(times, dependencies, dependents, order, slots: rates.map(\.slots))
    }

    private static func rates(of server: ServerFacts, in ends: [TaskEnd]) -> Rates? {
        var promptTime = 0.0
        var promptTokens = 0
        var answerTime = 0.0
        var answerTokens = 0
        for end in ends where end.server == server.name && end.outcome == .succeeded {
            if let tokens = end.promptTokens, let seconds = end.prompt {
                promptTime += seconds
                promptTokens += tokens
            }
            if let tokens = end.answerTokens, let seconds = end.answer {
                answerTime += seconds
                answerTokens += tokens
            }
        }
        guard answerTokens > 0, answerTime > 0 else { return nil }
        return Rates(
            name: server.name, slots: Double(max(1, server.slots)),
            prompt: promptTokens > 0 ? promptTime / Double(promptTokens) : 0, answer: answerTime / Double(answerTokens))
    }

    private mutating func solve(
        _ times: [[Double]], _ dependencies: [[Int]], _ dependents: [[Int]], _ order: [Int], slots: [Double]
    ) {
        let least = times.map { $0.min() ?? 0 }
        var heads = [Double](repeating: 0, count: times.count)
        var tails = heads
        for task in order { heads[task] = dependencies[task].map { heads[$0] + least[$0] }.max() ?? 0 }
        for task in order.reversed() { tails[task] = dependents[task].map { tails[$0] + least[$0] }.max() ?? 0 }
        for task in order { seconds = max(seconds, heads[task] + least[task] + tails[task]) }

        let prices = Self.prices(times, slots)
        let levels = Set(tails).sorted()
        let step = max(1, levels.count / Self.mostTails)
        for level in stride(from: 0, to: levels.count, by: step).map({ levels[$0] }) {
            let set = order.filter { tails[$0] >= level }
            let head = set.map { heads[$0] }.min() ?? 0
            for price in prices {
                let area = set.reduce(0) { sum, task in
                    sum + (zip(price, times[task]).map { $1.isFinite ? $0 * $1 : .infinity }.min() ?? 0)
                }
                if area.isFinite { seconds = max(seconds, head + area + level) }
            }
        }
        for server in slots.indices {
            let own = times.map { $0[server] }
            fastestAlone = min(fastestAlone, max(own.reduce(0, +) / slots[server], own.max() ?? 0))
        }
        if !fastestAlone.isFinite { fastestAlone = 0 }
    }

    private static func prices(_ times: [[Double]], _ slots: [Double]) -> [[Double]] {
        let equal = [Double](repeating: 1 / slots.reduce(0, +), count: slots.count)
        let speeds = slots.indices.map { server in
            let own = times.map { $0[server] }.filter(\.isFinite)
            let sum = own.reduce(0, +)
            return sum > 0 ? Double(own.count) / sum : 0
        }
        let whole = zip(slots, speeds).reduce(0) { $0 + $1.0 * $1.1 }
        return whole > 0 ? [equal, speeds.map { $0 / whole }] : [equal]
    }
}
