import Events
import Inference

/// The team's servers as the scheduler sees them: slots, health, rates. A value: whoever changes it holds the lock.
struct ServerPool: Sendable {
    struct Member: Sendable {
        let name: String
        let model: String
        let contextLength: Int
        let slots: Int
        let strengths: [String]
        var inFlight = 0
        var health = ServerHealth()
        var rates = ServerRates()

        /// A half-open server gets one task, which shows whether it is well.
        var freeSlots: Int {
            switch health.state {
            case .closed: max(0, slots - inFlight)
            case .halfOpen: inFlight == 0 ? 1 : 0
            default: 0
            }
        }
    }

    private(set) var members: [Member]
    let maxWorkers: Int
    /// The index after the server that was used last.
    private(set) var rotation = 0
    private var random: SeededRandom

    init(members: [Member], maxWorkers: Int?, seed: UInt64) {
        self.members = members
        self.maxWorkers = max(1, maxWorkers ?? .max)
        random = SeededRandom(seed: seed)
    }

    var inFlight: Int { members.reduce(0) { $0 + $1.inFlight } }

    func hasRoom(now: Double) -> Bool {
        inFlight < maxWorkers && members.contains { $0.freeSlots > 0 && $0.health.heldUntil <= now }
    }

    /// Whether some server that could work is not taking tasks at the moment.
    var hasOutage: Bool { members.contains { !$0.health.isUp } }

    func index(named name: String) -> Int? { members.firstIndex { $0.name == name } }

    /// The servers that are up, as placement sees them.
    func candidates(_ indices: [Int], now: Double) -> [Placement.Candidate] {
        indices.filter { members[$0].health.isUp }.map { index in
            let member = members[index]
            return Placement.Candidate(
                index: index, inFlight: member.inFlight, slots: member.slots,
                isFree: member.freeSlots > 0 && member.health.heldUntil <= now, strengths: member.strengths,
                rates: member.rates)
        }
    }

    mutating func begin(_ server: Int) {
        members[server].inFlight += 1
        rotation = (server + 1) % members.count
    }

    mutating func end(_ server: Int) { members[server].inFlight = max(0, members[server].inFlight - 1) }

    mutating func succeeded(_ server: Int, _ usage: Usage) -> [RunEvent] {
        members[server].rates.learn(usage)
        return members[server].health.succeeded() ? [.serverRecovered(name: members[server].name)] : []
    }

    /// It answered a question about itself: it gets a task, which shows whether it is well.
    mutating func answeredProbe(_ server: Int) -> [RunEvent] {
        guard members[server].health.beginProbe(now: .infinity) else { return [] }
        return probed(server, answered: true, now: 0)
    }

    mutating func failed(_ server: Int, _ error: InferenceError, now: Double) -> [RunEvent] {
        guard members[server].health.failed(error, now: now, jitter: jitter(0.25)) else { return [] }
        return [.serverLost(name: members[server].name, reason: error.message)]
    }

    /// The servers to ask now; they count as being asked.
    mutating func probesDue(now: Double) -> [Int] {
        members.indices.filter { members[$0].health.beginProbe(now: now) }
    }

    /// - Parameter answered: nil when nobody waited for the answer.
    mutating func probed(_ server: Int, answered: Bool?, now: Double) -> [RunEvent] {
        let isBack = members[server].health.probed(answered: answered, now: now, jitter: jitter(0.25))
        return isBack ? [.serverRecovered(name: members[server].name)] : []
    }

    /// When a server's state changes by itself next: a probe is due, or a hold ends.
    func nextChange(after now: Double) -> Double? {
        members.compactMap { member -> Double? in
            if case .open(let until) = member.health.state { return until }
            return member.health.heldUntil > now ? member.health.heldUntil : nil
        }.min()
    }

    /// A factor around 1.
    mutating func jitter(_ spread: Double) -> Double { Double.random(in: (1 - spread)...(1 + spread), using: &random) }
}
