import Events
import Inference

/// Decides what a plan does next: events in, commands out. It never waits and never asks a server; the shell around it does.
///
/// One list of ready tasks, the longest remaining path first; a task gets a server only when a slot is free.
struct Scheduler: Sendable {
    enum Event: Sendable {
        case attemptEnded(task: Int, attempt: Int, AttemptEnding)
        /// Time passed.
        case tick
        /// A probed server answered, or not; nil: nobody waited for it.
        case probed(server: Int, answered: Bool?)
        case added([TeamTask])
        /// The plan ends now: by the judge, the budget or the caller.
        case ended(reason: String)
    }

    /// How far an attempt has come.
    struct Note: Sendable {
        let task: Int
        let attempt: Int
        /// The pieces of its answer so far; nil when its request has only now left.
        let pieces: Int?
        /// When the last of them came.
        let time: Double
    }

    enum Command: Sendable {
        case start(task: Int, server: Int, attempt: Int)
        /// Stop an attempt that runs; it ends with an event of its own.
        case stop(task: Int, attempt: Int)
        case probe(server: Int)
        case log(RunEvent)
        /// This task's result is final.
        case finished(task: Int)
    }

    struct Rules: Sendable {
        var placement: Placement
        var serverWait: Double
        var retryBudget: Int
        /// Whether tasks that take long are tried on a second server.
        var hedges = false
        /// Whether requests may be held back after their tasks were started, and leave later.
        var holdsBack = false
        /// When the budget ends.
        var deadline: Double?
        var budget: Double?
    }

    struct Wave: Sendable {
        var tasks: [Int] = []
        var isRetried = false
        /// Whether its failures are final: one of its tasks succeeded, or its retry is over.
        var isDecided = false
    }

    let team: [String: Specialist]
    var rules: Rules
    var tasks: [SchedulerTask] = []
    var graph: PlanGraph
    var waves: [Int: Wave] = [:]
    /// Positions, the longest remaining path first.
    var ready: [Int] = []
    /// Positions that wait for their next try.
    var delayed: Set<Int> = []
    /// Ready tasks that nobody has looked for a server for.
    var unchecked: [Int] = []
    var commands: [Command] = []
    /// Why the plan ends before its tasks do.
    private(set) var early: String?
    private var unfinished = 0
    /// Seconds between looks while a slot idles.
    static let lookInterval = 0.25
    /// Attempts that have not ended, those included that are told to stop.
    var openAttempts = 0
    /// How long answers are, against what was asked for, by specialist.
    var lengths: [String: Lengths] = [:]
    /// Answer tokens, as estimated, that second attempts were started for.
    var hedgedTokens = 0

    init(tasks: [TeamTask], team: [Specialist], rules: Rules) throws(PlanError) {
        graph = try PlanGraph(tasks: tasks)
        self.rules = rules
        self.team = Dictionary(team.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        try append(tasks)
    }

    var isFinished: Bool { unfinished == 0 && openAttempts == 0 }

    /// Takes an event and says what to do now.
    ///
    /// - Parameter notes: what attempts have shown since the last time.
    mutating func handle(
        _ event: Event, notes: [Note] = [], pool: inout ServerPool, now: Double
    ) -> [Command] {
        commands = []
        pool.passed(to: now)
        for note in notes {
            guard let run = tasks[note.task].runs.first(where: { $0.attempt == note.attempt }) else { continue }
            pool.noted(run.server, ticket: run.ticket, pieces: note.pieces, time: note.time)
        }
        switch event {
        case .attemptEnded(let task, let attempt, let ending):
            endAttempt(task, attempt, ending, pool: &pool, now: now)
        case .tick:
            break
        case .probed(let server, let answered):
            log(pool.probed(server, answered: answered, now: now))
        case .added(let added):
            guard early == nil else { break }
            do {
                try add(added, now: now)
            } catch {
                log([.notice(level: .warning, text: "Tasks could not be added to the plan. \(error)")])
            }
        case .ended(let reason):
            end(reason, now: now)
        }
        if early == nil, let deadline = rules.deadline, deadline <= now, unfinished > 0 {
            end("the budget of \(rules.budget ?? 0) seconds is used up", now: now)
        }
        if early == nil {
            wakeDelayed(now: now)
            dispatch(pool: &pool, now: now)
            if rules.hedges { hedge(pool: &pool, now: now) }
        }
        return commands
    }

    /// When to call again if nothing else happens before; nil when only an event can change something.
    func nextWake(pool: ServerPool, now: Double) -> Double? {
        guard early == nil, unfinished > 0 else { return nil }
        var wakes = delayed.compactMap { index -> Double? in
            if case .delayed(let until) = tasks[index].phase { until } else { nil }
        }
        if let deadline = rules.deadline { wakes.append(deadline) }
        if !ready.isEmpty {
            if let change = pool.nextChange(after: now) { wakes.append(change) }
            // Something is ready and a slot is free: a task waits for a server that is busy, as long as that seems better.
            if pool.hasRoom(now: now) { wakes.append(now + Self.lookInterval) }
            if pool.hasOutage {
                wakes += ready.compactMap { tasks[$0].strandedSince.map { $0 + rules.serverWait } }
            }
        } else if let look = nextHedge(pool: pool, now: now) {
            wakes.append(look)
        }
        return wakes.min()
    }

    /// The results that are final, in plan order.
    var results: [TaskResult] { tasks.indices.map(result) }

    func result(_ index: Int) -> TaskResult {
        let task = tasks[index]
        var result = TaskResult(
            task: task.task, outcome: task.outcome ?? .cancelled, answer: task.answer,
            server: task.serverName, model: task.modelName, attempts: task.attempts, started: task.started,
            ended: task.ended)
        result.cached = task.isCached
        return result
    }

    /// The results that a task sees: those of its dependencies that have ended, failures included.
    func inputs(of index: Int) -> [TaskResult] {
        graph.dependencies[index].filter { tasks[$0].phase == .ended }.map(result)
    }

    // MARK: - Adding and ending

    private mutating func add(_ added: [TeamTask], now: Double) throws(PlanError) {
        let all = tasks.map(\.task) + added
        guard all.count <= PlanLimits.tasks else {
            throw .tooLarge("it would have \(all.count) tasks; at most \(PlanLimits.tasks) are run")
        }
        for task in added { try task.checkValues() }
        graph = try PlanGraph(tasks: all)
        let first = tasks.count
        try append(added)
        let records = (first..<tasks.count).map { Self.planned(tasks[$0].task, wave: tasks[$0].wave) }
        log([.planned(PlannedWork(pattern: "added", strategy: rules.placement.strategy.rawValue, tasks: records))])
        for index in first..<tasks.count {
            let ended = graph.dependencies[index].count { tasks[$0].phase == .ended }
            tasks[index].missing -= ended
            if tasks[index].missing == 0, ended > 0 { unblock(index, now: now) }
        }
    }

    static func planned(_ task: TeamTask, wave: Int) -> PlannedWork.Task {
        PlannedWork.Task(
            id: task.id, specialist: task.specialist, title: task.input.title, wave: wave,
            dependencies: task.dependencies, server: task.server)
    }

    private mutating func append(_ added: [TeamTask]) throws(PlanError) {
        for task in added {
            guard let specialist = team[task.specialist] else {
                throw .unknownSpecialist(task: task.id, specialist: task.specialist, known: team.keys.sorted())
            }
            let index = tasks.count
            let wave = graph.waves[index]
            tasks.append(
                SchedulerTask(task, specialist: specialist, wave: wave, missing: graph.dependencies[index].count))
            waves[wave, default: Wave()].tasks.append(index)
            unfinished += 1
        }
        for (index, rank) in graph.remainingPaths(weights: tasks.map(\.weight)).enumerated() {
            tasks[index].rank = rank
        }
        for index in tasks.count - added.count..<tasks.count where tasks[index].missing == 0 { makeReady(index) }
        ready = ready.sorted { isBefore($0, $1) }
    }

    private mutating func end(_ reason: String, now: Double) {
        guard early == nil, unfinished > 0 else { return }
        early = reason
        ready = []
        for index in tasks.indices {
            switch tasks[index].phase {
            case .running: stopRuns(of: index)
            case .ended: break
            case .provisional: close(index, now: now)
            case .blocked, .ready, .delayed:
                log([.taskSkipped(task: tasks[index].task.id, reason: reason, wasNeeded: false)])
                finish(index, .cancelled, now: now)
            }
        }
    }

    // MARK: - Ends

    mutating func log(_ events: [RunEvent]) { commands += events.map(Command.log) }

    /// Ends a task for good, and lets those that depend on it know.
    mutating func finish(_ index: Int, _ outcome: TaskResult.Outcome, now: Double) {
        tasks[index].outcome = outcome
        close(index, now: now)
    }

    mutating func close(_ index: Int, now: Double) {
        if tasks[index].phase != .provisional { tasks[index].ended = now }
        tasks[index].phase = .ended
        unfinished -= 1
        commands.append(.finished(task: index))
        guard early == nil else { return }
        for other in graph.dependents[index] where tasks[other].phase == .blocked {
            tasks[other].missing -= 1
            if tasks[other].missing == 0 {
                unblock(other, now: now)
            } else if tasks[other].task.policy.startsOnFirstInput, tasks[index].answer != nil {
                makeReady(other)
            }
        }
    }

    private mutating func unblock(_ index: Int, now: Double) {
        let own = graph.dependencies[index]
        let failed = own.filter { tasks[$0].answer == nil }
        let names = failed.map { "'\(tasks[$0].task.id)'" }.joined(separator: ", ")
        if failed.isEmpty || failed.count < own.count && tasks[index].task.policy.acceptsPartialInput {
            makeReady(index)
        } else {
            skip(index, "it depends on \(names), which brought no result", now: now)
        }
    }

    private mutating func skip(_ index: Int, _ reason: String, now: Double) {
        log([.taskSkipped(task: tasks[index].task.id, reason: reason, wasNeeded: true)])
        finish(index, .skipped(reason: reason), now: now)
        decideWave(tasks[index].wave, now: now)
    }
}
