import Events

extension RunPicture {
    package init(_ records: [RunRecord]) {
        self.init()
        for record in records { read(record) }
    }

    /// Takes the next record of the run.
    package mutating func read(_ record: RunRecord) {
        let now = record.elapsed.isFinite ? max(0, record.elapsed) : last
        last = max(last, now)
        switch record.event {
        case .runStarted(let start): self.start = start
        case .planned(let work): add(work)
        case .serverJoined(let facts): join(facts)
        case .serverLost(let name, let reason):
            change(name) { $0.lost = reason }
            fail("server \(name) was lost: \(reason)", at: now)
        case .serverRecovered(let name): change(name) { $0.lost = nil }
        case .serverSlots(let name, let slots): change(name) { $0.slots = slots }
        case .taskStarted(let task, let attempt, let server, let model):
            begin(task, attempt, server, model, now)
        case .taskFinished(let end): finish(end, now)
        case .taskMoved(let task, let from, let reason):
            change(task: task) { if $0.state != .succeeded { $0.state = .waiting } }
            fail("\(task) left \(from): \(reason)", at: now)
        case .taskRetried(let task, let attempt, _, let reason):
            change(task: task) { if $0.state != .succeeded { $0.state = .waiting } }
            fail("\(task) is tried again (attempt \(attempt)): \(reason)", at: now)
        case .taskSkipped(let task, let reason, let wasNeeded):
            change(task: task) {
                $0.state = wasNeeded ? .failed : .skipped
                $0.reason = shortened(reason, to: Self.longest)
            }
        case .waveFailed(let wave, let retried):
            fail("every task of wave \(wave) failed\(retried ? "; it is tried once more" : "")", at: now)
        case .synthesized(let strategy, let sources, let summary):
            keep(
                Moment(at: now, value: "\(strategy) of \(counted(sources.count, "result")): \(summary)"),
                in: \.synthesis
            )
        case .buildStarted(let purpose, let command):
            keep(Build(purpose: purpose, command: command, start: now), in: \.builds)
        case .buildFinished(let end): finish(end, now)
        case .candidateJudged(let verdict): keep(Moment(at: now, value: verdict), in: \.candidates)
        case .published(let branch, let commit, let verified, let files):
            keep(Branch(name: branch, commit: commit, isVerified: verified, files: files), in: \.branches)
        case .notice(let level, let text):
            keep(Moment(at: now, value: Note(level: level, text: text)), in: \.notes)
        case .runFinished(let outcome, let exitCode, let duration):
            ending = Ending(outcome: outcome, exitCode: exitCode, duration: duration)
        case .replyRead(let reply):
            if reply.outcome == .malformed {
                fail("\(reply.task): the reply can't be used: \(reply.reason ?? "malformed")", at: now)
            }
        default: break  // it changes nothing that is shown
        }
    }

    private mutating func keep<Value>(_ value: Value, in list: WritableKeyPath<Self, [Value]>) {
        if self[keyPath: list].count < Self.most { self[keyPath: list].append(value) } else { left += 1 }
    }

    private mutating func fail(_ text: String, at now: Double) {
        keep(Moment(at: now, value: shortened(text, to: Self.longest)), in: \.failures)
    }

    private mutating func add(_ work: PlannedWork) {
        guard plans.count < Self.mostPlans else {
            left += work.tasks.count
            return
        }
        let plan = plans.count
        plans.append(Plan(pattern: work.pattern, strategy: work.strategy))
        let kept = work.tasks.prefix(max(0, Self.most - tasks.count))
        left += work.tasks.count - kept.count
        // A later plan of the run may use an id again: from here on it means the new task.
        for (offset, task) in kept.enumerated() { current[task.id] = tasks.count + offset }
        let first = tasks.count
        for task in kept {
            tasks.append(
                Task(
                    id: task.id, specialist: task.specialist, title: shortened(task.title, to: Self.longest),
                    plan: plan, wave: max(1, task.wave),
                    dependencies: task.dependencies.compactMap { current[$0] }.filter { $0 >= first }))
        }
    }

    private mutating func join(_ facts: ServerFacts) {
        let lane = Lane(name: facts.name, kind: facts.kind, model: facts.model, slots: max(1, facts.slots))
        if let index = lanes.firstIndex(where: { $0.name == facts.name }) {
            lanes[index] = lane
        } else if lanes.count < 256 {
            lanes.append(lane)
        } else {
            left += 1
        }
    }

    private mutating func change(_ lane: String, _ body: (inout Lane) -> Void) {
        if let index = lanes.firstIndex(where: { $0.name == lane }) { body(&lanes[index]) }
    }

    private mutating func change(task: String, _ body: (inout Task) -> Void) {
        if let index = current[task] { body(&tasks[index]) }
    }

    private mutating func begin(_ task: String, _ number: Int, _ server: String, _ model: String, _ now: Double) {
        change(task: task) {
            if $0.state != .succeeded { $0.state = .running }
            $0.server = server
            $0.attempts = max($0.attempts, number)
        }
        if !lanes.contains(where: { $0.name == server }) {
            join(ServerFacts(name: server, kind: "", url: "", version: nil, model: model, slots: 1))
        }
        keep(Attempt(task: task, number: number, server: server, model: model, start: now), in: \.attempts)
    }

    private mutating func finish(_ end: TaskEnd, _ now: Double) {
        if let index = attempts.lastIndex(where: {
            $0.task == end.task && $0.number == end.attempt && $0.server == end.server && $0.end == nil
        }) {
            attempts[index].end = end
            attempts[index].ended = now
        } else {
            let start = max(0, now - (end.elapsed.isFinite ? end.elapsed : 0))
            keep(
                Attempt(
                    task: end.task, number: end.attempt, server: end.server, model: end.model, start: start, end: end,
                    ended: now), in: \.attempts)
        }
        if end.outcome == .failed {
            fail("\(end.task) failed on \(end.server): \(end.reason ?? "no reason given")", at: now)
        }
        change(task: end.task) { task in
            // Of two attempts the good one counts, whichever ended last.
            if task.state == .succeeded { return }
            task.server = end.server
            task.attempts = max(task.attempts, end.attempt)
            switch end.outcome {
            case .succeeded:
                task.state = .succeeded
                task.seconds = end.elapsed
                task.tokens = end.answerTokens
                task.isCached = end.cached
                task.reason = nil
            case .failed:
                task.state = .failed
                task.reason = end.reason.map { shortened($0, to: Self.longest) }
            case .cancelled:
                task.state = .skipped
                task.reason = end.reason ?? "no longer needed"
            }
        }
    }

    private mutating func finish(_ end: BuildEnd, _ now: Double) {
        if let index = builds.lastIndex(where: { $0.purpose == end.purpose && $0.end == nil }) {
            builds[index].end = end
        } else {
            keep(
                Build(purpose: end.purpose, command: end.command ?? "", start: max(0, now - end.duration), end: end),
                in: \.builds)
        }
    }
}
