import Events
import Inference

/// What the scheduler does when an attempt, a task, a wave or a server fails.
extension Scheduler {
    private static let firstDelay = 0.5
    private static let longestDelay = 30.0

    mutating func endAttempt(
        _ index: Int, _ attempt: Int, _ ending: AttemptEnding, pool: inout ServerPool, now: Double
    ) {
        guard let place = tasks[index].runs.firstIndex(where: { $0.attempt == attempt }) else { return }
        let run = tasks[index].runs.remove(at: place)
        let server = run.server
        var learned: [RunEvent] = []
        if case .answered(let answer) = ending { learned = pool.succeeded(server, ticket: run.ticket, answer.usage) }
        if case .cancelled = ending { pool.gaveUp(server, ticket: run.ticket, now: now) }
        pool.end(server, ticket: run.ticket)
        openAttempts -= 1
        let member = pool.members[server]
        var end = TaskEnd(
            task: tasks[index].task.id, attempt: attempt, server: member.name,
            model: member.model(for: tasks[index].task) ?? member.model,
            outcome: .cancelled, elapsed: max(0, now - run.started))
        switch ending {
        case .answered(let answer):
            end.outcome = .succeeded
            end.promptTokens = answer.usage.promptTokens
            end.answerTokens = answer.usage.answerTokens
            end.load = answer.usage.loadDuration
            end.prompt = answer.usage.promptDuration
            end.answer = answer.usage.answerDuration
            end.firstToken = answer.usage.timeToFirstToken
            guard tasks[index].phase == .running else {
                // Another attempt was first, or the plan has ended: the answer teaches, and counts for nothing else.
                end.outcome = .cancelled
                end.reason = "another attempt was first"
                log([.taskFinished(end)] + learned)
                return
            }
            log([.taskFinished(end)] + learned)
            if let tokens = answer.usage.answerTokens {
                lengths[tasks[index].task.specialist, default: Lengths()].learn(
                    tokens: tokens, of: tasks[index].work.answerTokens)
            }
            for other in tasks[index].runs where pool.members[other.server].isLost(other.ticket, now: now) {
                log(pool.stalled(other.server, now: now))
            }
            accept(answer, for: index, from: member, now: now)
        case .recalled(let answer, let source):
            takeRecalled(index, answer, from: pool.members[source], end, now: now)
        case .failed(let error) where early == nil && tasks[index].phase == .running:
            end.outcome = .failed
            end.reason = error.message
            end.code = error.code.rawValue
            log([.taskFinished(end)])
            log(pool.failed(server, error, now: now))
            guard tasks[index].runs.isEmpty else {
                tasks[index].tried.insert(server)
                return  // the other attempt goes on
            }
            recover(index, from: error, on: server, pool: &pool, now: now)
        case .failed, .cancelled:
            end.reason = early ?? (tasks[index].answer == nil ? "it was cancelled" : "another attempt was first")
            log([.taskFinished(end)])
            // What another attempt made needless may have failed for a reason of the server's.
            if case .failed(let error) = ending { log(pool.failed(server, error, now: now)) }
            guard tasks[index].phase == .running, tasks[index].runs.isEmpty else { return }
            finish(index, .cancelled, now: now)
            decideWave(tasks[index].wave, now: now)
        }
    }

    /// A task's answer is there: it ends well, and its other attempts are told to stop.
    mutating func accept(_ answer: Answer, for index: Int, from member: ServerPool.Member, now: Double) {
        tasks[index].serverName = member.name
        tasks[index].modelName = member.model(for: tasks[index].task) ?? member.model
        tasks[index].answer = answer
        stopRuns(of: index)
        finish(index, .succeeded(text: answer.text), now: now)
        decideWave(tasks[index].wave, now: now)
    }

    /// Another server, another try, or the end.
    private mutating func recover(
        _ index: Int, from error: InferenceError, on server: Int, pool: inout ServerPool, now: Double
    ) {
        tasks[index].tried.insert(server)
        if error.code == .contextOverflow { tasks[index].overflowed = pool.members[server].contextLength }
        let others = usableServers(index, pool: pool).filter {
            pool.members[$0].health.isUp && !tasks[index].tried.contains($0)
        }
        let speaksAgainstServer =
            error.isServerFault || [.modelNotFound, .unauthorized, .contextOverflow].contains(error.code)
        if speaksAgainstServer, !others.isEmpty {
            log([
                .taskMoved(task: tasks[index].task.id, from: pool.members[server].name, reason: error.message)
            ])
            makeReady(index)
        } else if error.code == .unreachable, tasks[index].refusalsLeft > 0 {
            // No server has seen the request: it waits for the first that is back.
            tasks[index].refusalsLeft -= 1
            makeReady(index)
        } else if error.mayRetry, tasks[index].retriesLeft > 0, rules.retryBudget > 0 {
            tasks[index].retriesLeft -= 1
            rules.retryBudget -= 1
            retry(index, after: error, pool: &pool, now: now)
        } else {
            fail(index, error.description, error.code, mayRetry: error.mayRetry, now: now)
        }
    }

    private mutating func retry(_ index: Int, after error: InferenceError, pool: inout ServerPool, now: Double) {
        let used = tasks[index].task.policy.retries - tasks[index].retriesLeft
        let delay = min(Self.firstDelay * Double(1 << min(max(0, used - 1), 10)), Self.longestDelay) * pool.jitter(0.5)
        let wait = min(max(delay, error.retryAfter ?? 0), 2 * Self.longestDelay)
        tasks[index].varies = tasks[index].varies || !error.isServerFault
        tasks[index].phase = .delayed(until: now + wait)
        delayed.insert(index)
        log([
            .taskRetried(
                task: tasks[index].task.id, attempt: tasks[index].attempts + 1, delay: wait, reason: error.message)
        ])
    }

    /// The task failed, unless its whole wave did and is tried once more.
    private mutating func fail(
        _ index: Int, _ reason: String, _ code: InferenceError.Code?, mayRetry: Bool, now: Double
    ) {
        tasks[index].outcome = .failed(reason: reason, code: code)
        tasks[index].mayRetry = mayRetry
        tasks[index].phase = .provisional
        tasks[index].ended = now
        decideWave(tasks[index].wave, now: now)
    }

    // MARK: - Waves

    /// Settles a wave's failures as soon as they can't be retried any more.
    mutating func decideWave(_ number: Int, now: Double) {
        guard early == nil, var wave = waves[number] else { return }
        let members = wave.tasks
        let failed = members.filter { tasks[$0].phase == .provisional }
        if !wave.isDecided {
            if members.contains(where: { tasks[$0].answer != nil }) {
                wave.isDecided = true
            } else {
                let isOver = members.allSatisfy { [.provisional, .ended].contains(tasks[$0].phase) }
                guard isOver, !failed.isEmpty else { return }
                let again = failed.filter { tasks[$0].mayRetry }
                let isRetried = !wave.isRetried && !again.isEmpty
                log([.waveFailed(wave: number, retried: isRetried)])
                if isRetried {
                    wave.isRetried = true
                    waves[number] = wave
                    for index in again {
                        tasks[index].outcome = nil
                        tasks[index].tried = []
                        tasks[index].varies = true
                        makeReady(index)
                    }
                    return
                }
                wave.isDecided = true
            }
            waves[number] = wave
        }
        for index in failed { close(index, now: now) }
    }

    // MARK: - Servers

    /// The servers that may do the task, up or not.
    func usableServers(_ index: Int, pool: ServerPool) -> [Int] {
        let task = tasks[index]
        return pool.members.indices.filter { server in
            let member = pool.members[server]
            return member.health.isUsable && (task.task.server ?? member.name) == member.name
                && member.model(for: task.task) != nil
                && member.contextLength >= task.requiredTokens && member.contextLength > task.overflowed
        }
    }

    /// Ends a ready task that no server can do, now or within the time that it may wait.
    mutating func checkServers(of index: Int, pool: ServerPool, now: Double) {
        let usable = usableServers(index, pool: pool)
        if usable.isEmpty {
            ready.removeAll { $0 == index }
            let (reason, code) = whyUnusable(index, pool: pool)
            fail(index, reason, code, mayRetry: false, now: now)
        } else if usable.contains(where: { pool.members[$0].health.isUp }) {
            tasks[index].strandedSince = nil
        } else {
            let since = tasks[index].strandedSince ?? now
            tasks[index].strandedSince = since
            guard now - since >= rules.serverWait else { return }
            ready.removeAll { $0 == index }
            let names = usable.map { pool.members[$0].name }.joined(separator: ", ")
            fail(
                index,
                "no server that may do it came back within \(rules.serverWait) seconds (\(names)): "
                    + "start one of them, or configure another", .unreachable, mayRetry: false, now: now)
        }
    }

    private func whyUnusable(_ index: Int, pool: ServerPool) -> (String, InferenceError.Code?) {
        let task = tasks[index]
        let allowed = pool.members.filter {
            (task.task.server ?? $0.name) == $0.name && $0.model(for: task.task) != nil
        }
        if allowed.isEmpty, let model = task.task.model {
            return ("no server that may do it has the model '\(model)'", .modelNotFound)
        }
        let working = allowed.filter(\.health.isUsable)
        if working.isEmpty {
            let reasons = allowed.map { member in
                if case .unusable(let reason) = member.health.state { "\(member.name): \(reason)" } else { member.name }
            }
            return ("no server can do it: " + reasons.joined(separator: "; "), .modelNotFound)
        }
        let largest = working.map(\.contextLength).max() ?? 0
        return (
            "it is too long: it needs a window of about \(max(task.requiredTokens, task.overflowed + 1)) tokens, and the "
                + "largest here has \(largest). Give it less text, or a server a larger context length.",
            .contextOverflow
        )
    }
}
