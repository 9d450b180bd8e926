import Events
import Inference
import Synchronization

/// The pool that every plan of one orchestrator draws from.
final class SharedPool: Sendable {
    private struct State {
        var pool: ServerPool
        var listeners: [Int: AsyncStream<Void>.Continuation] = [:]
        var joined = 0
    }

    private let state: Mutex<State>

    init(_ pool: ServerPool) { state = Mutex(State(pool: pool)) }

    func withLock<R: Sendable>(_ body: (inout ServerPool) -> sending R) -> R {
        state.withLock { body(&$0.pool) }
    }

    func join(_ listener: AsyncStream<Void>.Continuation) -> Int {
        state.withLock { state in
            state.joined += 1
            state.listeners[state.joined] = listener
            return state.joined
        }
    }

    func leave(_ ticket: Int) { state.withLock { _ = $0.listeners.removeValue(forKey: ticket) } }

    /// Tells the other plans that a slot may be free.
    func poke(except ticket: Int) {
        let others = state.withLock { state in state.listeners.filter { $0.key != ticket }.map(\.value) }
        for other in others { other.yield() }
    }
}

/// Runs a plan's tasks: the thin shell around ``Scheduler``, which asks, waits and logs. All waiting is in one task group.
struct Execution {
    typealias Judge = @Sendable (TaskResult) async -> Judgement

    private enum Signal: Sendable {
        case attempt(task: Int, attempt: Int, AttemptEnding)
        case progress
        case timer(Double)
        case probed(server: Int, answered: Bool?)
        case judged(task: Int, Judgement)
        case poked
    }

    let servers: [TeamServer]
    let options: OrchestratorOptions
    let log: RunLog
    let shared: SharedPool
    let judge: Judge?
    /// Results that tasks without dependencies see: the final synthesis reads them.
    let given: [TaskResult]
    var scheduler: Scheduler
    /// The judge's reason.
    private(set) var settled: String?
    private var stops: [AttemptKey: AsyncStream<Void>.Continuation] = [:]
    private let progress = ProgressBoard()
    private let recall: Recall?
    private var judging = 0
    private var armed: Double?
    private var ticket = 0

    init(
        servers: [TeamServer], options: OrchestratorOptions, log: RunLog, shared: SharedPool, judge: Judge?,
        given: [TaskResult] = [], scheduler: Scheduler
    ) {
        self.servers = servers
        self.options = options
        self.log = log
        self.shared = shared
        self.judge = judge
        self.given = given
        self.scheduler = scheduler
        recall = options.cache.map { Recall(cache: $0, hasJudge: judge != nil, clock: options.clock) }
    }

    mutating func run() async {
        let (pokes, listener) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        ticket = shared.join(listener)
        defer { shared.leave(ticket) }
        var execution = self
        await withTaskGroup(of: Signal.self) { group in
            execution.handle(.tick, in: &group)
            Self.listen(pokes, in: &group)
            execution.watchProgress(in: &group)
            while !execution.isOver {
                guard let signal = await group.next() else { break }
                if Task.isCancelled { execution.handle(.ended(reason: "the run was cancelled"), in: &group) }
                execution.take(signal, in: &group)
                if case .poked = signal, !Task.isCancelled { Self.listen(pokes, in: &group) }
                if case .progress = signal, !Task.isCancelled { execution.watchProgress(in: &group) }
            }
            group.cancelAll()
            for await signal in group {
                if case .probed(let server, let answered) = signal {
                    execution.shared.withLock { pool in
                        _ = pool.probed(server, answered: answered, now: execution.options.clock.now())
                    }
                }
            }
        }
        self = execution
    }

    private var isOver: Bool {
        scheduler.isFinished && (judging == 0 || settled != nil || scheduler.early != nil || Task.isCancelled)
    }

    private static func listen(_ pokes: AsyncStream<Void>, in group: inout TaskGroup<Signal>) {
        group.addTask {
            for await _ in pokes { break }
            return .poked
        }
    }

    private func watchProgress(in group: inout TaskGroup<Signal>) {
        let progress = progress
        group.addTask {
            await progress.next()
            return .progress
        }
    }

    private mutating func take(_ signal: Signal, in group: inout TaskGroup<Signal>) {
        switch signal {
        case .attempt(let task, let attempt, let ending):
            stops.removeValue(forKey: AttemptKey(task: task, attempt: attempt))
            handle(.attemptEnded(task: task, attempt: attempt, ending), in: &group)
            shared.poke(except: ticket)
        case .progress:
            handle(.tick, in: &group)
        case .timer(let wake):
            if armed == wake { armed = nil }
            handle(.tick, in: &group)
        case .probed(let server, let answered):
            handle(.probed(server: server, answered: answered), in: &group)
            shared.poke(except: ticket)
        case .judged(let task, let judgement):
            judging -= 1
            take(judgement, in: &group)
            recall?.judged(task)
        case .poked:
            handle(.tick, in: &group)
        }
    }

    private mutating func take(_ judgement: Judgement, in group: inout TaskGroup<Signal>) {
        switch judgement {
        case .goOn:
            break
        case .settled(let reason):
            settled = settled ?? reason
            handle(.ended(reason: reason), in: &group)
        case .add(let tasks):
            handle(.added(tasks), in: &group)
        }
    }

    private mutating func handle(_ event: Scheduler.Event, in group: inout TaskGroup<Signal>) {
        let now = options.clock.now()
        let notes = progress.take()
        var next = scheduler
        let (commands, wake) = shared.withLock { pool in
            let commands = next.handle(event, notes: notes, pool: &pool, now: now)
            return (commands, next.nextWake(pool: pool, now: now))
        }
        scheduler = next
        recall?.starting()
        for command in commands { perform(command, in: &group) }
        recall?.started()
        guard let wake, wake < (armed ?? .infinity) else { return }
        armed = wake
        let clock = options.clock
        group.addTask {
            // Cancelled or not: the loop looks at the clock again.
            try? await clock.sleep(max(0, wake - now))
            return .timer(wake)
        }
    }

    private mutating func perform(_ command: Scheduler.Command, in group: inout TaskGroup<Signal>) {
        switch command {
        case .log(let event):
            log.append(event)
        case .start(let task, let server, let attempt):
            start(task, on: server, attempt: attempt, in: &group)
        case .stop(let task, let attempt):
            stops[AttemptKey(task: task, attempt: attempt)]?.finish()
        case .probe(let server):
            let endpoint = servers[server].endpoint
            let deadline = options.timeouts.connect
            group.addTask {
                do {
                    _ = try await endpoint.status(deadline: deadline)
                    return .probed(server: server, answered: true)
                } catch {
                    return .probed(server: server, answered: Task.isCancelled ? nil : false)
                }
            }
        case .finished(let task):
            let result = scheduler.result(task)
            guard let judge, scheduler.early == nil, result.outcome != .cancelled else {
                recall?.judged(task)
                return
            }
            judging += 1
            group.addTask { .judged(task: task, await judge(result)) }
        }
    }

    private mutating func start(
        _ index: Int, on position: Int, attempt number: Int, in group: inout TaskGroup<Signal>
    ) {
        let state = scheduler.tasks[index]
        let task = state.task
        // The scheduler took only servers that have the task's model.
        let servers = task.model == nil ? servers : servers.map { $0.using(task.model) ?? $0 }
        let server = servers[position]
        let inputs = task.dependencies.isEmpty ? given : scheduler.inputs(of: index)
        let timeout = task.timeout ?? options.taskTimeout
        // The scheduler took only tasks of known specialists.
        guard let specialist = scheduler.team[task.specialist] else { return }
        let builder = PromptBuilder(timeouts: options.timeouts)
        // What is kept from leaving is hidden before anything is shortened: the half of a key is one, too.
        let plain = PromptMaterial(task: task, specialist: specialist, dependencies: inputs)
        let material = options.screen?.material(task, specialist, inputs) ?? plain
        let make: @Sendable (TeamServer) throws(PromptBuilder.TooLong) -> Prompt = {
            server throws(PromptBuilder.TooLong) in
            try builder.prompt(
                for: material.task, specialist: material.specialist, dependencies: material.dependencies,
                model: server.model, contextLength: server.contextLength, timeout: timeout, attempt: number,
                vary: state.varies)
        }
        let prompt: Prompt
        do {
            prompt = try make(server)
        } catch {
            let message = "the task needs \(error.needed) tokens of a window of \(error.contextLength)"
            group.addTask {
                .attempt(
                    task: index, attempt: number,
                    .failed(InferenceError(.contextOverflow, server: server.name, message: message)))
            }
            return
        }
        let (stop, stopper) = AsyncStream.makeStream(of: Void.self)
        stops[AttemptKey(task: index, attempt: number)] = stopper
        let attempt = Attempt(
            endpoint: server.endpoint, prompt: prompt, deadline: timeout, clock: options.clock, stop: stop)
        let sample = ProgressSample(log: log, task: task.id, attempt: number, server: server.name)
        let board = progress
        let clock = options.clock
        let progressed: @Sendable (AnswerProgress) -> Void = { progress in
            sample.take(progress)
            board.post(
                Scheduler.Note(task: index, attempt: number, pieces: progress.pieces, time: clock.now()),
                elapsed: progress.elapsed)
        }
        guard let recall else {
            group.addTask {
                let ending = await attempt.run(onProgress: progressed)
                return .attempt(task: index, attempt: number, ending.restored(by: material.restore))
            }
            return
        }
        let question = Recall.Question(
            task: index, sample: recall.sample(of: index, in: scheduler.tasks), server: position, pinned: task.server,
            model: task.model, servers: servers, prompt: { try? make($0) })
        let place = recall.begin()
        stopper.onTermination = { _ in recall.stop(place) }
        group.addTask {
            let ending = await recall.run(attempt, ticket: place, question: question, onProgress: progressed) {
                board.post(Scheduler.Note(task: index, attempt: number, pieces: nil, time: clock.now()), elapsed: 0)
            }
            return .attempt(task: index, attempt: number, ending.restored(by: material.restore))
        }
    }
}
