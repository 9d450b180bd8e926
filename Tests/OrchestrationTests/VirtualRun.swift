import Events
import Inference

@testable import Orchestration

/// Drives the scheduler on a virtual clock: no task, no waiting, thousands of runs a second.
struct VirtualRun {
    struct Server {
        var name: String
        var slots = 1
        var context = 8192
        var strengths: [String] = []
        /// Whether nobody knows the slots.
        var searches = false
    }

    /// How long an attempt takes, and how it ends.
    typealias Behaviour = (_ task: TeamTask, _ server: String, _ attempt: Int, _ now: Double) -> (Double, AttemptEnding)

    var scheduler: Scheduler
    var pool: ServerPool
    var behaviour: Behaviour
    /// Whether a server answers when it is probed at a time.
    var isThere: (String, Double) -> Bool = { _, _ in true }
    var now = 0.0
    private(set) var events: [(time: Double, event: RunEvent)] = []
    private(set) var finished: [Int] = []
    private(set) var mostInFlight: [String: Int] = [:]
    private(set) var mostAtOnce = 0
    private(set) var isStuck = false
    private(set) var hedged = 0
    private var due: [(time: Double, event: Scheduler.Event, attempt: [Int]?, note: Scheduler.Note?)] = []
    /// The moment from which a server sends nothing any more.
    var silence: (_ server: String) -> Double = { _ in .infinity }
    /// The same for an answer that takes so many seconds.
    var streamAt: ((_ seconds: Double) -> (first: Double, token: Double, silence: Int?))?
    /// When an answer's pieces come: seconds until the first, seconds a token, tokens before it falls silent for good.
    var stream: ((_ task: TeamTask, _ server: String) -> (first: Double, token: Double, silence: Int?))?

    init(
        _ tasks: [TeamTask], _ servers: [Server], strategy: BalancingStrategy = .loadAware, maxWorkers: Int? = nil,
        budget: Double? = nil, serverWait: Double = 30, retryBudget: Int = 1000, hedges: Bool = false,
        profiles: [String: ServerProfile] = [:], seed: UInt64 = 1, team: [Specialist] = Sample.team,
        leases: (any SlotLeases)? = nil,
        behaviour: @escaping Behaviour
    ) throws {
        scheduler = try Scheduler(
            tasks: tasks, team: team,
            rules: .init(
                placement: Placement(strategy: strategy), serverWait: serverWait, retryBudget: retryBudget,
                hedges: hedges, deadline: budget, budget: budget))
        pool = ServerPool(
            members: servers.map {
                .init(
                    name: $0.name, model: "m", contextLength: $0.context, slots: $0.slots, strengths: $0.strengths,
                    slotSearch: $0.searches ? SlotSearch() : nil,
                    rates: profiles[$0.name].map(ServerRates.init) ?? ServerRates())
            }, maxWorkers: maxWorkers, seed: seed, leases: leases)
        self.behaviour = behaviour
    }

    mutating func run() {
        handle(.tick)
        var steps = 0
        while !scheduler.isFinished, !isStuck {
            steps += 1
            if steps < 100_000 { step() } else { isStuck = true }
        }
    }

    /// Goes on to what happens next.
    mutating func step() {
        let wake = scheduler.nextWake(pool: pool, now: now)
        let next = due.indices.min { due[$0].time < due[$1].time }
        guard wake != nil || next != nil else {
            isStuck = true
            return
        }
        if let next, due[next].time <= wake ?? .infinity {
            let event = due.remove(at: next)
            now = max(now, event.time)
            handle(event.event, notes: event.note.map { [$0] } ?? [])
        } else {
            now = max(now, wake ?? now)
            handle(.tick)
        }
    }

    mutating func handle(_ event: Scheduler.Event, notes: [Scheduler.Note] = []) {
        for command in scheduler.handle(event, notes: notes, pool: &pool, now: now) {
            switch command {
            case .log(let event): events.append((now, event))
            case .finished(let task): finished.append(task)
            case .probe(let server):
                let answered = isThere(pool.members[server].name, now)
                due.append((now + 0.01, .probed(server: server, answered: answered), nil, nil))
            case .stop(let task, let attempt):
                due.removeAll { $0.attempt == [task, attempt] }
                due.append((now, .attemptEnded(task: task, attempt: attempt, .cancelled), [task, attempt], nil))
            case .start(let task, let server, let attempt):
                let member = pool.members[server]
                mostInFlight[member.name] = max(mostInFlight[member.name] ?? 0, member.inFlight)
                mostAtOnce = max(mostAtOnce, pool.inFlight)
                if scheduler.tasks[task].runs.count > 1 { hedged += 1 }
                let (seconds, ending) = behaviour(scheduler.tasks[task].task, member.name, attempt, now)
                due.append(
                    (now + seconds, .attemptEnded(task: task, attempt: attempt, ending), [task, attempt], nil))
                if case .answered = ending { announce(task, attempt, member.name, seconds) }
            }
        }
    }

    /// The progress that the attempt will show, at moments that grow apart.
    private mutating func announce(_ task: Int, _ attempt: Int, _ server: String, _ seconds: Double) {
        let pace =
            stream?(scheduler.tasks[task].task, server) ?? (
                first: seconds / 10, token: seconds * 0.9 / 50, silence: nil
            )
        let end = now + seconds
        var gap = 0.03
        var time = now + pace.first
        let first = time
        let silence = silence(server)
        while time < end, time < silence, pace.silence.map({ (time - first) / pace.token < Double($0) }) ?? true {
            let tokens = 1 + Int((time - first) / pace.token)
            // The piece that is told of came a little before.
            let note = Scheduler.Note(
                task: task, attempt: attempt, pieces: tokens, time: first + Double(tokens - 1) * pace.token)
            due.append((time, .tick, [task, attempt], note))
            time += gap
            gap = min(gap * 2, 1)
        }
    }

    var results: [TaskResult] { scheduler.results }

    var log: [String] {
        words(
            events.enumerated().map {
                RunRecord(run: "r", sequence: $0.offset, elapsed: $0.element.time, event: $0.element.event)
            })
    }

    static func good(_ seconds: Double) -> (Double, AttemptEnding) {
        (
            seconds,
            .answered(
                Answer(
                    text: "good", finish: .stop,
                    usage: Usage(
                        promptTokens: 100, answerTokens: 50, promptDuration: seconds / 10,
                        answerDuration: seconds * 0.9, elapsed: seconds)))
        )
    }

    static func bad(_ code: InferenceError.Code, _ seconds: Double = 0.1, on server: String) -> (Double, AttemptEnding)
    {
        (seconds, .failed(InferenceError(code, server: server, message: "scripted \(code.rawValue)")))
    }
}
