import Events
import Inference

/// Decides what a plan does next: events in, commands out. It never waits and never asks a server; the shell around it does.
///
/// One list of ready tasks, the longest remaining path first; a task gets a server only when a slot is free.
struct Scheduler: Sendable {
    enum Event: Sendable {
        case attemptEnded(task: Int, attempt: Int, AttemptEnding)
        /// An attempt's answer has about so many tokens now.
        case progressed(task: Int, attempt: Int, tokens: Int)
        /// Time passed.
        case tick
        /// A probed server answered, or not; nil: nobody waited for it.
        case probed(server: Int, answered: Bool?)
        case added([TeamTask])
        /// The plan ends now: by the judge, the budget or the caller.
        case ended(reason: String)
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
    private var unchecked: [Int] = []
    var commands: [Command] = []
    /// Why the plan ends before its tasks do.
    private(set) var early: String?
    private var unfinished = 0
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
    mutating func handle(_ event: Event, pool: inout ServerPool, now: Double) -> [Command] {
        commands = []
        pool.passed(to: now)
        switch event {
        case .attemptEnded(let task, let attempt, let ending):
            endAttempt(task, attempt, ending, pool: &pool, now: now)
        case .progressed(let task, let attempt, let tokens):
            guard let run = tasks[task].runs.first(where: { $0.attempt == attempt }) else { break }
            pool.progressed(run.server, ticket: run.ticket, tokens: tokens, now: now)
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
        return TaskResult(
            task: task.task, outcome: task.outcome ?? .cancelled, answer: task.answer,
            server: task.serverName, model: task.modelName, attempts: task.attempts, started: task.started,
            ended: task.ended)
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

    // MARK: - The ready list

    private func isBefore(_ a: Int, _ b: Int) -> Bool {
        let (first, second) = (tasks[a].task.policy.priority, tasks[b].task.policy.priority)
        if first != second { return first > second }
        return tasks[a].rank != tasks[b].rank ? tasks[a].rank > tasks[b].rank : a < b
    }

    mutating func makeReady(_ index: Int) {
        tasks[index].phase = .ready
        tasks[index].strandedSince = nil
        unchecked.append(index)
        var low = 0
        var high = ready.count
        while low < high {
            let middle = (low + high) / 2
            if isBefore(ready[middle], index) { low = middle + 1 } else { high = middle }
        }
        ready.insert(index, at: low)
    }

    private mutating func wakeDelayed(now: Double) {
        for index in delayed {
            guard case .delayed(let until) = tasks[index].phase, until <= now else { continue }
            delayed.remove(index)
            makeReady(index)
        }
    }

    private mutating func dispatch(pool: inout ServerPool, now: Double) {
        guard !ready.isEmpty else { return }
        if pool.hasOutage {
            for server in pool.probesDue(now: now) { commands.append(.probe(server: server)) }
            for index in ready { checkServers(of: index, pool: pool, now: now) }
        }
        // A task that no server can do must not wait for a slot to hear it.
        while let index = unchecked.popLast() {
            if tasks[index].phase == .ready, usableServers(index, pool: pool).isEmpty {
                checkServers(of: index, pool: pool, now: now)
            }
        }
        switch rules.placement.strategy {
        case .predictive: dispatchByPrediction(pool: &pool, now: now)
        default: dispatchOneByOne(pool: &pool, now: now)
        }
    }

    private mutating func dispatchOneByOne(pool: inout ServerPool, now: Double) {
        var position = 0
        while position < ready.count, pool.hasRoom(now: now) {
            let index = ready[position]
            let usable = usableServers(index, pool: pool)
            if usable.isEmpty {
                checkServers(of: index, pool: pool, now: now)
                position = 0  // its end may have made others ready, anywhere in the list
                continue
            }
            var candidates = pool.candidates(usable, now: now)
            let fresh = candidates.filter { !tasks[index].tried.contains($0.index) }
            if !fresh.isEmpty { candidates = fresh }
            guard
                case .server(let server) = rules.placement.choose(
                    tasks[index].work, among: candidates, rotation: pool.rotation)
            else {
                position += 1
                continue
            }
            ready.remove(at: position)
            start(index, on: server, pool: &pool, now: now)
        }
    }

    private mutating func dispatchByPrediction(pool: inout ServerPool, now: Double) {
        guard pool.hasRoom(now: now) else { return }
        var outlook = PredictivePlacement(pool: pool, now: now)
        var position = 0
        while position < min(ready.count, PredictivePlacement.horizon), outlook.hasFree, pool.hasRoom(now: now) {
            let index = ready[position]
            let all = usableServers(index, pool: pool)
            if all.isEmpty {
                checkServers(of: index, pool: pool, now: now)
                outlook = PredictivePlacement(pool: pool, now: now)
                position = 0  // its end may have made others ready, anywhere in the list
                continue
            }
            let fresh = all.filter { !tasks[index].tried.contains($0) && pool.members[$0].health.isUp }
            if case .server(let server) = outlook.place(
                estimated(tasks[index]), usable: fresh.isEmpty ? all : fresh, pool: pool)
            {
                ready.remove(at: position)
                if !start(index, on: server, pool: &pool, now: now) {
                    outlook = PredictivePlacement(pool: pool, now: now)
                    position = 0
                }
            } else {
                position += 1
            }
        }
    }

    /// A task's work, by what answers of its specialist have really been as long as.
    func estimated(_ task: SchedulerTask) -> Placement.Work {
        guard let length = lengths[task.task.specialist], length.answers >= Lengths.leastAnswers else {
            return task.work
        }
        var work = task.work
        work.answerTokens = max(1, Int(Double(work.answerTokens) * length.share))
        return work
    }

    /// Starts a ready task that is off the list; it goes back there when other processes have the server's slots.
    ///
    /// - Returns: whether it started.
    @discardableResult
    mutating func start(_ index: Int, on server: Int, pool: inout ServerPool, now: Double) -> Bool {
        let title = tasks[index].task.input.title
        guard let ticket = pool.begin(server, estimated(tasks[index]), title: title, now: now) else {
            if tasks[index].runs.isEmpty { makeReady(index) }
            return false
        }
        let name = pool.members[server].name
        let model = pool.members[server].model
        tasks[index].phase = .running
        tasks[index].attempts += 1
        tasks[index].started = tasks[index].started ?? now
        let attempt = tasks[index].attempts
        tasks[index].runs.append(.init(attempt: attempt, server: server, ticket: ticket, started: now))
        tasks[index].serverName = name
        tasks[index].modelName = model
        openAttempts += 1
        log([.taskStarted(task: tasks[index].task.id, attempt: attempt, server: name, model: model)])
        commands.append(.start(task: index, server: server, attempt: attempt))
        return true
    }

    /// Tells the attempts of a task that nobody needs them any more.
    mutating func stopRuns(of index: Int) {
        for run in tasks[index].runs { commands.append(.stop(task: index, attempt: run.attempt)) }
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
