import Events

/// What the scheduler does with the tasks that are ready: one list, the longest remaining path first, and a server for each when a
/// slot is free.
extension Scheduler {
    func isBefore(_ a: Int, _ b: Int) -> Bool {
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

    mutating func wakeDelayed(now: Double) {
        for index in delayed {
            guard case .delayed(let until) = tasks[index].phase, until <= now else { continue }
            delayed.remove(index)
            makeReady(index)
        }
    }

    mutating func dispatch(pool: inout ServerPool, now: Double) {
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

    /// What is over sooner is over before anybody has read when.
    private static let leastPrediction = 1.0

    /// Starts a ready task that is off the list; it goes back there when other processes have the server's slots.
    ///
    /// - Returns: whether it started.
    @discardableResult
    mutating func start(_ index: Int, on server: Int, pool: inout ServerPool, now: Double) -> Bool {
        let title = tasks[index].task.input.title
        let work = estimated(tasks[index])
        let expected = pool.members[server].predicted(work)
        guard let ticket = pool.begin(server, work, title: title, hasLeft: !rules.holdsBack, now: now) else {
            if tasks[index].runs.isEmpty { makeReady(index) }
            return false
        }
        let name = pool.members[server].name
        let model = pool.members[server].model(for: tasks[index].task) ?? pool.members[server].model
        tasks[index].phase = .running
        tasks[index].attempts += 1
        tasks[index].started = tasks[index].started ?? now
        let attempt = tasks[index].attempts
        tasks[index].runs.append(.init(attempt: attempt, server: server, ticket: ticket, started: now))
        tasks[index].serverName = name
        tasks[index].modelName = model
        openAttempts += 1
        let id = tasks[index].task.id
        log([.taskStarted(task: id, attempt: attempt, server: name, model: model)])
        if let expected, expected >= Self.leastPrediction, expected.isFinite {
            log([.taskPredicted(task: id, attempt: attempt, server: name, seconds: expected)])
        }
        commands.append(.start(task: index, server: server, attempt: attempt))
        return true
    }

    /// Tells the attempts of a task that nobody needs them any more.
    mutating func stopRuns(of index: Int) {
        for run in tasks[index].runs { commands.append(.stop(task: index, attempt: run.attempt)) }
    }
}

extension ServerPool.Member {
    /// Seconds that a task would take here if it began now; nil while the rates are unknown.
    fileprivate func predicted(_ work: Placement.Work) -> Double? {
        currentRates.predicted(promptTokens: promptTokens(work), answerTokens: work.answerTokens).map { loadTime + $0 }
    }
}
