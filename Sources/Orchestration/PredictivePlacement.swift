/// Which servers the ready tasks get now, by predicted finish: a pure decision over what is known now.
///
/// The tasks are taken in their order, which is the longest remaining path first. Each goes where it finishes soonest, waiting
/// for a busy server included: then that server's slot is set aside for it in the prediction, and the task stays ready, so that
/// nothing is bound before it starts. A slow server is left idle when everything finishes sooner without it.
///
/// The time on a server is prompt tokens × its rate + answer tokens × its rate, without the part of the prompt that it has
/// evaluated before, plus the load of the model where it isn't in memory. A server without rates counts as the fastest that
/// is known: it has to be tried to be known.
struct PredictivePlacement: Sendable {
    /// Of a long list, so many tasks are looked at; the rest has no bearing on what starts now.
    static let horizon = 256
    /// Rates of a server of which nothing at all is known, and of no other either. Only their proportion matters.
    private static let unknown = ServerRates(
        ServerProfile(server: "", model: "", promptToken: 0.001, answerToken: 0.03))

    private struct Outlook {
        let index: Int
        let rates: ServerRates
        let load: Double
        /// When each of its slots is free, the first first.
        var slots: [Double]
        /// How many are free now.
        var free: Int
        /// Whether one of its answers stands still: it gets something only where nobody else may have it.
        let isStalled: Bool
    }

    private var servers: [Outlook]
    private let now: Double

    init(pool: ServerPool, now: Double) {
        self.now = now
        let known = pool.members.filter(\.health.isUsable).map(\.currentRates).filter { $0.answer != nil }
        let fastest = known.min { Self.nominal($0) < Self.nominal($1) } ?? Self.unknown
        servers = pool.members.indices.compactMap { index in
            let member = pool.members[index]
            guard member.health.isUp else { return nil }
            let rates = member.currentRates
            let ends = member.running.keys.map { member.expectedEnd($0, now: now) ?? .infinity }
            let free = member.health.heldUntil <= now ? member.freeSlots : 0
            let held = max(0, member.freeSlots - free)
            let slots =
                Array(repeating: now, count: free) + Array(repeating: member.health.heldUntil, count: held)
                + ends + member.foreign
            return Outlook(
                index: index, rates: rates.isKnown ? rates : fastest,
                load: member.loadTime, slots: slots.sorted(), free: free, isStalled: member.isStalled(now: now))
        }
    }

    private static func nominal(_ rates: ServerRates) -> Double {
        rates.predicted(promptTokens: 500, answerTokens: 200) ?? .infinity
    }

    /// Whether anything can start now.
    var hasFree: Bool { servers.contains { $0.free > 0 } }

    private func positions(_ usable: [Int]) -> [Int] {
        let all = servers.indices.filter { usable.contains(servers[$0].index) }
        let moving = all.filter { !servers[$0].isStalled }
        return moving.isEmpty ? all : moving
    }

    /// When the task would end on the server if it started now; nil when it can't start there now.
    func finish(of work: Placement.Work, on server: Int, member: ServerPool.Member) -> Double? {
        guard let outlook = servers.first(where: { $0.index == server }), outlook.free > 0,
            !outlook.isStalled
        else { return nil }
        return now + Self.seconds(work, outlook, member)
    }

    /// Where the task goes. What it decides counts for the tasks after it.
    ///
    /// - Parameter usable: the servers that may do the task.
    mutating func place(_ work: Placement.Work, usable: [Int], pool: ServerPool) -> Placement.Choice {
        var best: Int?
        var bestFinish = Double.infinity
        var bestIsFree = false
        let positions = positions(usable)
        for position in positions {
            guard let start = servers[position].slots.first else { continue }
            let finish =
                max(now, start) + Self.seconds(work, servers[position], pool.members[servers[position].index])
            let isFree = servers[position].free > 0
            // Among equals one that is free, then the one with more room, then the first.
            let isEqual = abs(finish - bestFinish) <= 1e-9 * max(1, finish)
            let hasMoreRoom = best.map { servers[position].free > servers[$0].free } ?? true
            if finish < bestFinish && !isEqual || isEqual && (isFree && !bestIsFree || isFree && hasMoreRoom) {
                best = position
                bestFinish = finish
                bestIsFree = isFree
            }
        }
        guard let best, bestFinish.isFinite else {
            // Nothing can be told of the busy ones: a free one it is.
            guard let free = positions.first(where: { servers[$0].free > 0 }) else {
                return .wait
            }
            return take(free, until: .infinity)
        }
        return take(best, until: bestFinish)
    }

    private mutating func take(_ position: Int, until finish: Double) -> Placement.Choice {
        servers[position].slots.removeFirst()
        let place = servers[position].slots.firstIndex { $0 > finish } ?? servers[position].slots.count
        servers[position].slots.insert(finish, at: place)
        guard servers[position].free > 0 else { return .wait }
        servers[position].free -= 1
        return .server(servers[position].index)
    }

    private static func seconds(_ work: Placement.Work, _ outlook: Outlook, _ member: ServerPool.Member) -> Double {
        outlook.load
            + (outlook.rates.predicted(
                promptTokens: member.promptTokens(work), answerTokens: work.answerTokens) ?? 0)
    }
}
