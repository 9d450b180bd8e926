import Events
import Inference

/// The team's servers as the scheduler sees them: slots, health, rates, what they work on. A value: whoever changes it holds
/// the lock.
struct ServerPool: Sendable {
    struct Member: Sendable {
        let name: String
        let model: String
        let contextLength: Int
        /// How many requests it gets at once.
        fileprivate(set) var slots: Int
        let strengths: [String]
        /// The names of what it has, its own model included, by the names as servers compare them.
        private let models: [String: String]
        /// Nil when the slots are configured.
        var slotSearch: SlotSearch?
        var health = ServerHealth()
        var rates = ServerRates()
        /// Whether its model is in memory; nil when nobody knows, which counts as yes.
        var isResident: Bool?
        /// What it works on, by ticket.
        fileprivate(set) var running: [Int: RunningAttempt] = [:]
        /// Slots that other processes hold, until then.
        fileprivate(set) var foreign: [Double] = []
        /// What its slots are shared under.
        let leaseName: String
        /// The shared parts of prompts that its slots evaluated last, the latest first.
        private var prefixes: [Int] = []

        init(
            name: String, model: String, contextLength: Int, slots: Int, strengths: [String] = [],
            slotSearch: SlotSearch? = nil, rates: ServerRates = ServerRates(), leaseName: String? = nil,
            otherModels: [String] = []
        ) {
            models = Dictionary(
                ([model] + otherModels).map { (canonicalModelName($0), $0) }, uniquingKeysWith: { first, _ in first })
            self.leaseName = leaseName ?? name
            self.name = name
            self.model = model
            self.contextLength = contextLength
            self.slots = slotSearch?.slots ?? slots
            self.strengths = strengths
            self.slotSearch = slotSearch
            self.rates = rates
        }

        var inFlight: Int { running.count }

        /// The model that it would do a task with; nil when the task names one that it doesn't have.
        func model(for task: TeamTask) -> String? {
            task.model.map { models[canonicalModelName($0)] } ?? model
        }

        /// A half-open server gets one task, which shows whether it is well.
        var freeSlots: Int {
            switch health.state {
            case .closed: max(0, slots - inFlight - foreign.count)
            case .halfOpen: inFlight == 0 && foreign.isEmpty ? 1 : 0
            default: 0
            }
        }

        /// The rates that its streams show now, where they differ from what was learned.
        var currentRates: ServerRates {
            let seen = running.values.compactMap(\.observed)
            guard !seen.isEmpty else { return rates }
            let mean = seen.reduce(0, +) / Double(seen.count)
            return rates.with(answer: rates.answer.map { ($0 + mean) / 2 } ?? mean)
        }

        /// The prompt tokens that it would have to evaluate.
        func promptTokens(_ work: Placement.Work) -> Int {
            prefixes.contains(work.prefix) && work.prefix != 0
                ? max(0, work.promptTokens - work.prefixTokens) : work.promptTokens
        }

        /// Seconds until its model is loaded.
        var loadTime: Double { isResident == false && inFlight == 0 ? rates.load ?? Self.unknownLoad : 0 }
        private static let unknownLoad = 5.0

        /// Seconds of prompts that it evaluates now, which holds up the answers that it writes.
        private var evaluation: Double {
            running.values.filter { $0.first == nil && $0.hasLeft }.reduce(0) {
                $0 + Double($1.promptTokens) * (rates.prompt ?? Self.unknownPrompt)
            }
        }
        /// Seconds a prompt token, on a slow processor.
        private static let unknownPrompt = 0.02

        /// When the answer of an attempt counts as standing still; nil when it can't.
        func stallsAt(_ ticket: Int) -> Double? {
            running[ticket]?.stallsAt(currentRates, evaluation: evaluation)
        }

        /// Whether one of its answers stopped in the middle: it gets nothing new until that is over.
        func isStalled(now: Double) -> Bool { running.keys.contains { isStalled($0, now: now) } }

        func isStalled(_ ticket: Int, now: Double) -> Bool { stallsAt(ticket).map { now >= $0 } ?? false }

        /// Whether an attempt's answer stands still, or never began: not while its model may be loading.
        func isLost(_ ticket: Int, now: Double) -> Bool {
            isStalled(ticket, now: now)
                || isResident != false && running[ticket]?.isSilent(rates, now: now) == true
        }

        /// When an attempt ends, as far as can be told: infinite when it is lost, nil when nothing is known.
        func expectedEnd(_ ticket: Int, now: Double) -> Double? {
            isLost(ticket, now: now) ? .infinity : running[ticket]?.expectedEnd(currentRates, now: now)
        }

        fileprivate mutating func begin(_ ticket: Int, _ work: Placement.Work, hasLeft: Bool, now: Double) {
            let count = running.count + 1
            let tokens = promptTokens(work)
            let attempt = RunningAttempt(
                promptTokens: tokens, sharesPrefix: tokens < work.promptTokens, answerTokens: work.answerTokens,
                load: loadTime, prefix: work.prefix, started: now, hasLeft: hasLeft, company: count,
                isOwnModel: work.model.map { models[canonicalModelName($0)] == model } ?? true)
            for other in running.keys { running[other]?.joined(by: count) }
            running[ticket] = attempt
        }

        fileprivate mutating func noted(_ ticket: Int, pieces: Int?, time: Double) {
            let hadText = running[ticket]?.first != nil
            running[ticket]?.noted(pieces: pieces, tokensPerPiece: rates.tokensPerPiece, time: time)
            if !hadText, let attempt = running[ticket], attempt.first != nil { evaluated(attempt.prefix) }
        }

        /// A slot has evaluated a prompt that begins so.
        fileprivate mutating func evaluated(_ prefix: Int) {
            guard prefix != 0 else { return }
            prefixes.removeAll { $0 == prefix }
            prefixes.insert(prefix, at: 0)
            if prefixes.count > slots { prefixes.removeLast(prefixes.count - slots) }
        }
    }

    private(set) var members: [Member]
    let maxWorkers: Int
    /// The index after the server that was used last.
    private(set) var rotation = 0
    private var random: SeededRandom
    private var tickets = 0
    /// The slots that other processes share, and what is held of them, by ticket.
    private let leases: (any SlotLeases)?
    private var held: [Int: SlotLease] = [:]
    /// Seconds after which a slot that another process holds is asked for again.
    private static let leaseWait = 0.05...1.0

    init(members: [Member], maxWorkers: Int?, seed: UInt64, leases: (any SlotLeases)? = nil) {
        self.members = members
        self.leases = leases
        self.maxWorkers = max(1, maxWorkers ?? .max)
        random = SeededRandom(seed: seed)
    }

    var inFlight: Int { members.reduce(0) { $0 + $1.inFlight } }

    func hasRoom(now: Double) -> Bool {
        inFlight < maxWorkers && members.contains { $0.freeSlots > 0 && $0.health.heldUntil <= now }
    }

    /// Whether some server that could work is not taking tasks at the moment.
    var hasOutage: Bool { members.contains { !$0.health.isUp } }

    /// The servers that are up, as placement sees them.
    func candidates(_ indices: [Int], now: Double) -> [Placement.Candidate] {
        indices.filter { members[$0].health.isUp }.map { index in
            let member = members[index]
            return Placement.Candidate(
                index: index, inFlight: member.inFlight + member.foreign.count, slots: member.slots,
                isFree: member.freeSlots > 0 && member.health.heldUntil <= now, strengths: member.strengths,
                rates: member.rates)
        }
    }

    /// - Returns: the ticket that the attempt's progress and end are told with; nil when other processes hold every slot.
    ///
    /// - Parameter hasLeft: whether the request leaves at once; else a note says when.
    mutating func begin(
        _ server: Int, _ work: Placement.Work, title: String, hasLeft: Bool, now: Double
    ) -> Int? {
        tickets += 1
        if let leases {
            let member = members[server]
            let seconds = member.rates.predicted(
                promptTokens: member.promptTokens(work), answerTokens: work.answerTokens)
            guard
                let lease = leases.take(
                    server: member.leaseName, slots: member.slots, expectedSeconds: seconds ?? 30, title: title)
            else {
                let wait = leases.expectedFree(server: member.leaseName, slots: member.slots) ?? 0
                let until = now + min(max(wait, Self.leaseWait.lowerBound), Self.leaseWait.upperBound)
                members[server].foreign = Array(repeating: until, count: max(1, member.slots - member.inFlight))
                return nil
            }
            held[tickets] = lease
        }
        members[server].begin(tickets, work, hasLeft: hasLeft, now: now)
        rotation = (server + 1) % members.count
        return tickets
    }

    /// - Parameter pieces: the pieces of the answer so far; nil when the request has left.
    mutating func noted(_ server: Int, ticket: Int, pieces: Int?, time: Double) {
        members[server].noted(ticket, pieces: pieces, time: time)
    }

    mutating func end(_ server: Int, ticket: Int) {
        members[server].running[ticket] = nil
        held.removeValue(forKey: ticket)?.release()
    }

    /// Slots that other processes held until now may be free.
    mutating func passed(to now: Double) {
        for index in members.indices where !members[index].foreign.isEmpty {
            members[index].foreign.removeAll { $0 <= now }
        }
    }

    /// An attempt's answer is whole. To be told before ``end(_:ticket:)``.
    mutating func succeeded(_ server: Int, ticket: Int, _ usage: Usage) -> [RunEvent] {
        let running = members[server].running
        let company = running[ticket]?.company ?? 1
        let othersWait = running.contains { $0.key != ticket && $0.value.first == nil }
        let wasFull = running.count >= members[server].slots
        let isOwn = running[ticket]?.isOwnModel ?? true
        if isOwn {
            members[server].rates.learn(
                usage, sharesPrefix: running[ticket]?.sharesPrefix ?? false, wasAlone: company == 1,
                pieces: running[ticket]?.pieces)
            members[server].isResident = true
        }
        members[server].evaluated(running[ticket]?.prefix ?? 0)
        var events: [RunEvent] = []
        if isOwn,
            members[server].slotSearch?.learn(
                usage, wasFull: wasFull, company: company, othersWait: othersWait) == true
        {
            members[server].slots = members[server].slotSearch?.slots ?? members[server].slots
            events.append(.serverSlots(name: members[server].name, slots: members[server].slots))
        }
        if members[server].health.succeeded() { events.append(.serverRecovered(name: members[server].name)) }
        return events
    }

    /// An attempt was given up: what it showed until then teaches all the same. A slow server's first task is often one that
    /// another finishes sooner, and a server of which nothing is known is tried again in each run.
    mutating func gaveUp(_ server: Int, ticket: Int, now: Double) {
        guard let attempt = members[server].running[ticket], attempt.isOwnModel, attempt.hasLeft else { return }
        members[server].rates.learn(givenUp: attempt, now: now)
    }

    /// Whether the model is in the server's memory, as the server says.
    mutating func learned(_ server: Int, isResident: Bool) { members[server].isResident = isResident }

    /// It answered a question about itself: it gets a task, which shows whether it is well.
    mutating func answeredProbe(_ server: Int) -> [RunEvent] {
        guard members[server].health.beginProbe(now: .infinity) else { return [] }
        return probed(server, answered: true, now: 0)
    }

    mutating func failed(_ server: Int, _ error: InferenceError, now: Double) -> [RunEvent] {
        guard members[server].health.failed(error, now: now, jitter: jitter(0.25)) else { return [] }
        return [.serverLost(name: members[server].name, reason: error.message)]
    }

    /// An attempt is given up that stood still.
    mutating func stalled(_ server: Int, now: Double) -> [RunEvent] {
        guard members[server].health.stalled(now: now, jitter: jitter(0.25)) else { return [] }
        return [
            .serverLost(name: members[server].name, reason: "its answer stood still, and another server's was there")
        ]
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

    /// When a server's state changes by itself next: a probe is due, a hold ends, another process's slot may be free, an
    /// answer turns out to stall.
    func nextChange(after now: Double) -> Double? {
        var changes: [Double] = []
        for member in members {
            if case .open(let until) = member.health.state { changes.append(until) }
            changes.append(member.health.heldUntil)
            changes += member.foreign
            changes += member.running.keys.compactMap { member.stallsAt($0) }
        }
        return changes.filter { $0 > now }.min()
    }

    /// A factor around 1.
    mutating func jitter(_ spread: Double) -> Double { Double.random(in: (1 - spread)...(1 + spread), using: &random) }
}
