import Events
import Inference
import Synchronization

/// Coordinates a team of specialists on model servers: plans work, runs it in parallel, handles what fails, and makes one
/// result of many.
///
/// ```swift
/// let orchestrator = TeamOrchestrator(servers: servers, team: Roster.standard, log: RunLog(run: "example"))
/// let plan = orchestrator.plan(
///     "Fix a complex error with multiple issues",
///     context: PlanContext(files: ["main.py"], errors: ["main.py": 3], kind: .failure, texts: ["main.py": source]))
/// let result = try await orchestrator.execute(plan)
/// if result.success {
///     print(result.synthesis.text)
///     print(result.statistics.parallelEfficiency ?? 0)
/// }
/// ```
///
/// Plans may run at the same time: they share the servers' slots, their health and the rates learned. Cancelling the task
/// that awaits ``execute(_:budget:judge:synthesize:)`` ends the plan at once, and the servers are told.
public final class TeamOrchestrator: Sendable {
    /// The servers, in the order of preference among equals.
    public let servers: [TeamServer]
    /// The specialists.
    public let team: [Specialist]
    /// How it works.
    public let options: OrchestratorOptions
    /// Where everything that happens is recorded.
    public let log: RunLog
    private let shared: SharedPool
    private let announced = Mutex<Set<String>>([])

    /// Creates an orchestrator.
    ///
    /// - Parameters:
    ///   - servers: the servers; names are unique (of servers with one name, the first is used).
    ///   - team: the specialists that tasks may name.
    ///   - log: the run's log; several orchestrators may share it.
    public init(
        servers: [TeamServer], team: [Specialist], options: OrchestratorOptions = .init(), log: RunLog
    ) {
        var names: Set<String> = []
        self.servers = servers.filter { names.insert($0.name).inserted }
        self.team = team
        self.options = options
        self.log = log
        shared = SharedPool(
            ServerPool(
                members: self.servers.map { $0.member(profiles: options.profiles) }, maxWorkers: options.maxWorkers,
                seed: options.seed ?? UInt64.random(in: 0 ... .max), leases: options.leases))
    }

    /// Plans the work by rules: the same problem and context always give the same plan.
    public func plan(_ problem: String, context: PlanContext) -> OrchestrationPlan {
        RulePlanner(team: team.map(\.name)).plan(problem, context: context)
    }

    /// Runs a plan to its end.
    ///
    /// Tasks that fail are data, not errors: they are in the result, and in the synthesis. The events of the run are in the
    /// log, in order, when this returns.
    ///
    /// - Parameters:
    ///   - budget: the most seconds that this plan may take, where that is less than ``OrchestratorOptions/budget``.
    ///   - judge: sees each final result as it comes, at the same time as other tasks run, and may end the plan or add tasks.
    ///   - synthesize: makes the final text instead of the plan's strategy; nil, or a nil result, leaves it to the plan.
    /// - Throws: ``PlanError`` before anything starts; nothing is thrown afterwards.
    public func execute(
        _ plan: OrchestrationPlan, budget: Double? = nil, judge: (@Sendable (TaskResult) async -> Judgement)? = nil,
        synthesize: (@Sendable ([TaskResult]) async -> String?)? = nil
    ) async throws(PlanError) -> OrchestrationResult {
        try plan.validate(team: team, servers: servers)
        if let explain = options.explain {
            explain(explained(plan))
            throw .onlyExplained
        }
        let clock = options.clock
        let start = clock.now()
        let offset = log.elapsed - start
        for index in servers.indices { announce(index, version: nil) }
        let sequence = log.records.last?.sequence ?? 0
        logPlan(plan)

        let deadline = [options.budget, budget].compactMap(\.self).min().map { start + max(0, $0) }
        // Nothing but the first result is used or counted: the rest is work for nobody.
        let isOverWithFirst = judge == nil && plan.synthesis == .useFirstResult && plan.success == .anyTaskComplete
        let first: Execution.Judge = { $0.succeeded ? .settled("the first result is there") : .goOn }
        var execution = try execution(of: plan.tasks, deadline: deadline, judge: isOverWithFirst ? first : judge)
        await execution.run()
        let results = execution.scheduler.results.map { $0.moved(by: offset) }
        let early = execution.settled ?? execution.scheduler.early

        var synthesis = Synthesis.make(
            plan.synthesis, of: results, merge: options.merge, vote: options.vote, records: options.records)
        if let synthesize, !Task.isCancelled, let text = await synthesize(results) {
            synthesis.text = text
        } else if case .custom(let specialist) = plan.synthesis, early == nil, results.contains(where: \.succeeded) {
            synthesis = try await synthesized(synthesis, by: specialist, plan, results, deadline, offset)
        }
        log.append(
            .synthesized(
                strategy: synthesis.strategy.name, sources: synthesis.sources,
                summary: synthesis.text.count > 200 ? "\(synthesis.text.prefix(199))…" : synthesis.text))
        let duration = max(0, clock.now() - start)
        log.append(.orchestrationFinished(duration: duration))
        options.learned?(profiles)
        return OrchestrationResult(
            success: plan.success.isMet(by: results, settled: execution.settled != nil), results: results,
            synthesis: synthesis, statistics: RunStatistics(log.records.since(sequence)), duration: duration,
            early: early)
    }

    /// What the servers have shown, earlier runs included: for ``OrchestratorOptions/profiles`` of the next one.
    public var profiles: [ServerProfile] {
        shared.withLock { pool in
            zip(servers, pool.members).filter { $1.rates.isKnown }.map { server, member in
                let key = server.profileKey
                return member.rates.profile(server: key.server, model: key.model, search: member.slotSearch)
            }
        }
    }

    /// What each server's model was seen to make of text, earlier runs included; in the order of ``servers``.
    public var tokenRatios: [TokenRatio] { shared.withLock { pool in pool.members.map(\.rates.tokens) } }

    /// The figures of everything that the log has seen so far.
    public var statistics: RunStatistics { RunStatistics(log.records) }

    /// Asks every server whether it is there and has its model, at the same time. Those that aren't get no tasks until they
    /// answer. Optional: servers that were never asked are taken to be well.
    public func probe() async {
        let deadline = options.timeouts.connect
        await withTaskGroup(of: (Int, Result<ServerStatus, InferenceError>).self) { group in
            for (index, server) in servers.enumerated() {
                group.addTask {
                    do throws(InferenceError) {
                        return (index, .success(try await server.endpoint.status(deadline: deadline)))
                    } catch {
                        return (index, .failure(error))
                    }
                }
            }
            for await (index, answer) in group where !Task.isCancelled { take(answer, of: index) }
        }
    }

    private func take(_ answer: Result<ServerStatus, InferenceError>, of index: Int) {
        let server = servers[index]
        let now = options.clock.now()
        let fault: InferenceError?
        var isResident: Bool?
        switch answer {
        case .success(let status):
            isResident = server.isResident(status)
            announce(index, version: status.version)
            fault = server.missingModel(status)
        case .failure(let error):
            // Whatever kept it from answering a question about itself keeps it from working.
            fault =
                error.code == .unauthorized
                ? error : InferenceError(.unreachable, server: server.name, message: error.message)
        }
        let events = shared.withLock { pool in
            if let fault { return pool.failed(index, fault, now: now) }
            if let isResident { pool.learned(index, isResident: isResident) }
            return pool.answeredProbe(index)
        }
        for event in events { log.append(event) }
    }

    private func execution(
        of tasks: [TeamTask], deadline: Double?, judge: Execution.Judge? = nil, given: [TaskResult] = []
    ) throws(PlanError) -> Execution {
        let rules = Scheduler.Rules(
            placement: Placement(strategy: options.strategy), serverWait: options.serverWait,
            retryBudget: options.retryBudget ?? max(8, tasks.count / 2),
            hedges: options.hedges && options.strategy == .predictive, holdsBack: options.cache != nil,
            deadline: deadline, budget: options.budget)
        return Execution(
            servers: servers, options: options, log: log, shared: shared, judge: judge, given: given,
            scheduler: try Scheduler(tasks: tasks, team: team + Specialist.standing, rules: rules))
    }

    /// One more task, which reads every result.
    private func synthesized(
        _ fallback: Synthesis, by specialist: String, _ plan: OrchestrationPlan, _ results: [TaskResult],
        _ deadline: Double?, _ offset: Double
    ) async throws(PlanError) -> Synthesis {
        let taken = Set(results.map(\.task.id))
        var id = "synthesis"
        while taken.contains(id) { id += "+" }
        let task = TeamTask(
            id: id, specialist: specialist,
            input: TaskInput(
                title: "Make one of \(results.count) results",
                text: "The problem: \(plan.problem)\n\nMake one result of the results above."))
        let wave = (plan.waves.last?.number ?? 0) + 1
        var record = Scheduler.planned(task, wave: wave)
        record.dependencies = results.map(\.task.id)
        log.append(
            .planned(
                PlannedWork(pattern: "synthesis", strategy: options.strategy.rawValue, tasks: [record])))
        var execution = try execution(of: [task], deadline: deadline, given: results)
        await execution.run()
        guard let result = execution.scheduler.results.first?.moved(by: offset) else { return fallback }
        var synthesis = fallback
        synthesis.task = result
        if let text = result.text {
            synthesis.strategy = plan.synthesis
            synthesis.text = text
        }
        return synthesis
    }

    private func logPlan(_ plan: OrchestrationPlan) {
        let tasks = plan.waves.flatMap { wave in wave.tasks.map { ($0.id, wave.number) } }
        let waves = Dictionary(tasks, uniquingKeysWith: { first, _ in first })
        log.append(
            .planned(
                PlannedWork(
                    pattern: plan.pattern.rawValue, strategy: options.strategy.rawValue,
                    tasks: plan.tasks.map { Scheduler.planned($0, wave: waves[$0.id] ?? 1) })))
    }

    private func announce(_ index: Int, version: String?) {
        let server = servers[index]
        guard announced.withLock({ $0.insert(server.name).inserted }) else { return }
        // A search for its slots begins where an earlier run's ended.
        let slots = shared.withLock { $0.members[index].slots }
        log.append(
            .serverJoined(
                ServerFacts(
                    name: server.name, kind: server.endpoint.kind.rawValue, url: server.url, version: version,
                    model: server.model, slots: max(1, slots))))
    }
}

extension TaskResult {
    /// The same on a clock that is ahead by so much.
    fileprivate func moved(by offset: Double) -> TaskResult {
        var moved = self
        moved.started = started.map { $0 + offset }
        moved.ended += offset
        return moved
    }
}

extension [RunRecord] {
    /// The records after a place in the run, and who was there before.
    fileprivate func since(_ sequence: Int) -> [RunRecord] {
        filter { record in
            switch record.event {
            case .serverJoined, .serverSlots: true
            default: record.sequence > sequence
            }
        }
    }
}

extension TeamServer {
    fileprivate func member(profiles: [ServerProfile]) -> ServerPool.Member {
        let key = profileKey
        let profile = profiles.first { $0.server == key.server && $0.model == key.model && $0.isPlausible }
        var member = ServerPool.Member(
            name: name, model: model, contextLength: contextLength, slots: max(1, slots), strengths: strengths,
            slotSearch: slotsAreKnown ? nil : SlotSearch(slots: profile?.slots ?? slots, limit: profile?.slotLimit),
            rates: profile.map(ServerRates.init) ?? ServerRates(), leaseName: key.server,
            otherModels: otherModels.map(\.name))
        member.isResident = isResident
        return member
    }

    /// Whether its model is in memory; nil when the server doesn't say.
    fileprivate func isResident(_ status: ServerStatus) -> Bool? {
        guard let resident = status.resident, !model.isEmpty else { return nil }
        let wanted = model.lowercased()
        return resident.contains { [wanted, wanted + ":latest"].contains($0.name.lowercased()) }
    }

    /// An Ollama server lists what it can load; other servers often accept names that they don't list.
    fileprivate func missingModel(_ status: ServerStatus) -> InferenceError? {
        guard endpoint.kind == .ollama, !model.isEmpty else { return nil }
        let names = status.models.map { $0.name.lowercased() }
        let wanted = model.lowercased()
        guard !names.contains(wanted), !names.contains(wanted + ":latest") else { return nil }
        return InferenceError(
            .modelNotFound, server: name,
            message: "the model \(model) isn't installed there; `ollama pull \(model)` on that machine installs it")
    }
}
