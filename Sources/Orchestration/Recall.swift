import Events
import Inference
import Synchronization

/// What stands between a plan's attempts and the servers: kept answers are given without a request, and new ones are kept.
///
/// While a recalled answer is with the judge no new request leaves, for the judge may end the plan: a run that is repeated
/// would otherwise ask for what it did without the first time.
final class Recall: Sendable {
    /// What an attempt asks, and what other servers would be asked in its place.
    struct Question: Sendable {
        /// The task's index in the plan, and its number among those that ask the same.
        var task: Int
        var sample: Int
        /// The index of the server that the task was given to.
        var server: Int
        /// The only server that may do it; nil when all may.
        var pinned: String?
        /// The only model that may do it; nil when all may.
        var model: String?
        var servers: [TeamServer]
        /// The task's prompt for a server; nil when it doesn't fit there.
        var prompt: @Sendable (TeamServer) -> Prompt?

        /// The servers to look for answers of: the task's own first, and of those that would be asked the same one alone. A
        /// repeated run places its tasks elsewhere, as answers that take no time free the first servers at once.
        var places: [Int] {
            struct Asked: Hashable {
                var kind: ServerKind
                var model: String
                var content: String
                var contextLength: Int
            }
            var seen: Set<Asked> = []
            return ([server] + servers.indices.filter { $0 != server }).filter { index in
                let other = servers[index]
                return (pinned ?? other.name) == other.name && other.using(model) != nil
                    && seen.insert(
                        Asked(
                            kind: other.endpoint.kind, model: other.model, content: other.knownDigest ?? other.place,
                            contextLength: other.contextLength)
                    ).inserted
            }
        }

        func key(for place: Int) -> AnswerKey? {
            prompt(servers[place]).flatMap { AnswerKey($0, server: servers[place], sample: sample) }
        }
    }

    private struct State {
        var tickets = 0
        /// Attempts that are between their beginning and their end.
        var open: Set<Int> = []
        /// Those of them that were told to stop.
        var stopped: Set<Int> = []
        /// How many may still find a kept answer.
        var looking = 0
        /// The tasks whose recalled answers are with the judge, and those that were.
        var unjudged: Set<Int> = []
        var judged: Set<Int> = []
        /// Attempts whose request is held back.
        var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
        /// Attempts that need not be held back any more, whatever is with the judge.
        var released: Set<Int> = []
        var samples = SampleNumbers()

        var isClear: Bool { looking == 0 && unjudged.isEmpty }
    }

    /// The most seconds that a request is held back: a judge that takes longer isn't waited for.
    static let longestHold = 120.0

    private let cache: any AnswerCache
    private let hasJudge: Bool
    private let clock: OrchestrationClock
    private let state = Mutex(State())

    /// - Parameter hasJudge: whether results are judged while the plan runs.
    init(cache: any AnswerCache, hasJudge: Bool, clock: OrchestrationClock) {
        self.cache = cache
        self.hasJudge = hasJudge
        self.clock = clock
    }

    /// Holds every request back until ``started()``: what starts at the same moment is looked up together.
    func starting() { state.withLock { $0.looking += 1 } }

    /// Everything that starts at this moment has begun.
    func started() { open { $0.looking -= 1 } }

    /// A number for an attempt that begins now, and that ``run(_:ticket:question:onProgress:)`` runs.
    func begin() -> Int {
        state.withLock { state in
            state.tickets += 1
            state.looking += 1
            state.open.insert(state.tickets)
            return state.tickets
        }
    }

    /// The attempt isn't needed any more: if its request hasn't left, it won't.
    func stop(_ ticket: Int) {
        state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard state.open.contains(ticket) else { return nil }
            state.stopped.insert(ticket)
            return state.waiting.removeValue(forKey: ticket)
        }?.resume()
    }

    /// The judge has decided about a task, or won't be asked.
    func judged(_ task: Int) {
        open { state in
            state.unjudged.remove(task)
            state.judged.insert(task)
        }
    }

    /// A task's number among those of its plan that ask the same.
    func sample(of index: Int, in tasks: [SchedulerTask]) -> Int {
        state.withLock { $0.samples.number(of: index, in: tasks) }
    }

    /// Runs an attempt: a kept answer, or the server's, which is kept from now on.
    ///
    /// - Parameter onLeave: called when the request leaves: it may have been held back.
    func run(
        _ attempt: Attempt, ticket: Int, question: Question,
        onProgress: @escaping @Sendable (AnswerProgress) -> Void, onLeave: @Sendable () -> Void
    ) async -> AttemptEnding {
        defer { end(ticket) }
        if let found = await kept(question) { return found }
        await holdBack(ticket)
        guard !state.withLock({ $0.stopped.contains(ticket) }), !Task.isCancelled else { return .cancelled }
        onLeave()
        let ending = await attempt.run(onProgress: onProgress)
        // An answer to what may have been a part of the prompt isn't one to repeat.
        if case .answered(let answer) = ending, answer.warnings.isEmpty, let key = question.key(for: question.server) {
            await cache.keep(answer, for: key)
        }
        return ending
    }

    private func kept(_ question: Question) async -> AttemptEnding? {
        var found: AttemptEnding?
        for place in question.places where found == nil {
            guard let key = question.key(for: place) else { continue }
            found = await cache.answer(for: key).map { .recalled($0, server: place) }
        }
        open { [isFound = found != nil] state in
            state.looking -= 1
            if isFound, hasJudge, !state.judged.contains(question.task) { state.unjudged.insert(question.task) }
        }
        return found
    }

    private func holdBack(_ ticket: Int) async {
        guard hasJudge, !state.withLock({ $0.isClear }) else { return }
        let clock = clock
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.wait(ticket) }
            group.addTask { try? await clock.sleep(Self.longestHold) }
            await group.next()
            group.cancelAll()
        }
    }

    private func wait(_ ticket: Int) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isFree = state.withLock { state in
                    if state.isClear || state.stopped.contains(ticket) || state.released.contains(ticket) {
                        return true
                    }
                    state.waiting[ticket] = continuation
                    return false
                }
                if isFree { continuation.resume() }
            }
        } onCancel: {
            state.withLock { state -> CheckedContinuation<Void, Never>? in
                state.released.insert(ticket)
                return state.waiting.removeValue(forKey: ticket)
            }?.resume()
        }
    }

    /// Changes what holds requests back, and lets them go when nothing does any more.
    private func open(_ change: (inout State) -> Void) {
        let free = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            change(&state)
            guard state.isClear else { return [] }
            defer { state.waiting = [:] }
            return Array(state.waiting.values)
        }
        for continuation in free { continuation.resume() }
    }

    private func end(_ ticket: Int) {
        state.withLock { state in
            state.open.remove(ticket)
            state.stopped.remove(ticket)
            state.released.remove(ticket)
        }
    }
}

/// Numbers the tasks of a plan that ask the same of the same specialist, in plan order: they are there for several answers, and
/// one kept answer must not stand for all of them.
struct SampleNumbers: Sendable {
    private struct Request: Hashable {
        var specialist: String
        var shared: String
        var text: String
        var temperature: Double?
        var seed: Int?
        var maxTokens: Int?
        var stop: [String]?
        var prompt: [Prompt.Message]?
        var schema: String?
    }

    private var counts: [Request: Int] = [:]
    private var numbers: [Int] = []

    mutating func number(of index: Int, in tasks: [SchedulerTask]) -> Int {
        while numbers.count <= index {
            let task = tasks[numbers.count].task
            let request = Request(
                specialist: task.specialist, shared: task.input.shared, text: task.input.text,
                temperature: task.sampling.temperature, seed: task.sampling.seed, maxTokens: task.sampling.maxTokens,
                stop: task.sampling.stop, prompt: task.input.prompt, schema: task.input.schema)
            let number = counts[request, default: 0]
            counts[request] = number + 1
            numbers.append(number)
        }
        return numbers[index]
    }
}

extension Scheduler {
    /// A task's answer came out of the cache. The server that it was given to did nothing, so it learns nothing; the result is
    /// that of a server with the model that gave the answer.
    mutating func takeRecalled(
        _ index: Int, _ answer: Answer, from server: ServerPool.Member, _ end: TaskEnd, now: Double
    ) {
        guard tasks[index].phase == .running else {
            log([.taskFinished(end)])
            return
        }
        var end = end
        end.server = server.name
        end.model = server.model(for: tasks[index].task) ?? server.model
        end.outcome = .succeeded
        end.cached = true
        log([.taskFinished(end)])
        tasks[index].isCached = true
        accept(answer, for: index, from: server, now: now)
    }
}
