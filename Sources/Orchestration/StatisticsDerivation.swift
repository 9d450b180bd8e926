import Events

extension RunStatistics {
    /// Derives the figures from a run's events, in their order. Events that don't concern orchestration are passed over.
    public init(_ records: [RunRecord]) {
        var reader = EventReader()
        for record in records { reader.read(record) }
        self = reader.statistics(at: records.last?.elapsed ?? 0)
    }
}

/// Collects what the events say about tasks and servers.
struct EventReader {
    struct TaskState {
        var specialist: String
        var dependencies: [String]
        var pinned: String?
        var last: TaskEnd?
        var isSkipped = false
        var isCancelled = false
        var isRetried = false
        var isMoved = false
        var isHedged = false
        var spans: [Span] = []
        /// When the attempts began that have not ended, by number.
        var open: [Int: Double] = [:]
    }

    struct Span {
        var start: Double
        var end: Double
    }

    private(set) var tasks: [TaskState] = []
    private(set) var ends: [TaskEnd] = []
    /// For each end the position of its task; nil for a task that wasn't planned.
    private(set) var owners: [Int?] = []
    /// The latest task with an id: another plan of the run may use it again.
    private(set) var current: [String: Int] = [:]
    private var servers: [ServerFacts] = []
    private var builtin: Set<String> = ["builtin"]
    private var lost: [String: Int] = [:]
    private var failovers = 0
    private var duration = 0.0
    private var openPlan: Double?

    mutating func read(_ record: RunRecord) {
        switch record.event {
        case .planned(let work):
            if openPlan == nil { openPlan = record.elapsed }
            for task in work.tasks {
                current[task.id] = tasks.count
                tasks.append(
                    TaskState(specialist: task.specialist, dependencies: task.dependencies, pinned: task.server))
            }
        case .serverJoined(let facts):
            if facts.kind == "builtin" {
                builtin.insert(facts.name)
            } else if !servers.contains(where: { $0.name == facts.name }) {
                servers.append(facts)
            }
        case .serverSlots(let name, let slots):
            // Figures are against the most that it worked on at once: less would make it busier than it can be.
            if let index = servers.firstIndex(where: { $0.name == name }) {
                servers[index].slots = max(servers[index].slots, slots)
            }
        case .taskHedged(let task, _, _, _):
            change(task) { $0.isHedged = true }
        case .serverLost(let name, _):
            lost[name, default: 0] += 1
        case .taskStarted(let task, let attempt, let server, _) where !builtin.contains(server):
            change(task) { $0.open[attempt] = record.elapsed }
        case .taskFinished(let end) where !builtin.contains(end.server):
            ends.append(end)
            owners.append(current[end.task])
            change(end.task) { state in
                // Of two attempts the good one counts, whichever ended last.
                if state.last?.outcome != .succeeded { state.last = end }
                let start = state.open.removeValue(forKey: end.attempt) ?? record.elapsed - end.elapsed
                if !end.cached { state.spans.append(Span(start: start, end: record.elapsed)) }
            }
        case .taskMoved(let task, _, _):
            failovers += 1
            change(task) { $0.isMoved = true }
        case .taskRetried(let task, _, _, _):
            change(task) { $0.isRetried = true }
        case .taskSkipped(let task, _, let wasNeeded):
            change(task) { state in
                if wasNeeded { state.isSkipped = true } else { state.isCancelled = true }
            }
        case .orchestrationFinished(let seconds):
            duration += seconds
            openPlan = nil
        default:
            break
        }
    }

    private mutating func change(_ task: String, _ body: (inout TaskState) -> Void) {
        guard let index = current[task] else { return }
        body(&tasks[index])
    }

    func statistics(at now: Double) -> RunStatistics {
        var figures = RunStatistics()
        figures.duration = duration + (openPlan.map { max(0, now - $0) } ?? 0)
        count(into: &figures)
        sum(into: &figures)
        figures.longestChain = longestChain
        if figures.tasks > 0 { figures.parallelismFactor = Double(overlapping) / Double(figures.tasks) }
        guard figures.duration > 0 else { return figures }
        if figures.successful > figures.cached {
            figures.parallelEfficiency = figures.sequentialDuration / figures.duration
        }
        for index in figures.servers.indices {
            figures.servers[index].utilization =
                figures.servers[index].busy / (Double(figures.servers[index].slots) * figures.duration)
        }
        if let bound = LowerBound(self, servers: servers) {
            if bound.fastestAlone > 0 { figures.againstFastest = bound.fastestAlone / figures.duration }
            if bound.seconds > 0.01 { figures.boundRatio = figures.duration / bound.seconds }
        }
        figures.advice = RunAdvisor(figures, self).advice
        return figures
    }

    private func count(into figures: inout RunStatistics) {
        var specialists: [String: RunStatistics.Specialist] = [:]
        figures.tasks = tasks.count
        for task in tasks {
            if task.isHedged { figures.hedged += 1 }
            var role = specialists[task.specialist] ?? .init(name: task.specialist)
            role.tasks += 1
            switch task.last?.outcome {
            case .succeeded:
                figures.successful += 1
                if task.last?.cached == true { figures.cached += 1 }
                role.successful += 1
                role.serviceTime += task.last?.serviceTime ?? 0
                role.answerTokens += task.last?.answerTokens ?? 0
            case .cancelled:
                figures.cancelled += 1
            case .failed:
                figures.failed += 1
                role.failed += 1
            case nil where task.isSkipped:
                figures.failed += 1
                role.failed += 1
            case nil where task.isCancelled:
                figures.cancelled += 1
            case nil:
                break
            }
            if task.isRetried { figures.retried += 1 }
            if task.isMoved { figures.moved += 1 }
            specialists[task.specialist] = role
        }
        figures.specialists = specialists.values.sorted { $0.name < $1.name }
        figures.failovers = failovers
    }

    private func sum(into figures: inout RunStatistics) {
        var parts = servers.map { RunStatistics.Server(name: $0.name, slots: max(1, $0.slots)) }
        var firstTokens: [Double] = []
        var answerTime = [Double](repeating: 0, count: parts.count)
        var timedTokens = [Int](repeating: 0, count: parts.count)
        figures.attempts = ends.count
        for end in ends {
            figures.promptTokens += end.promptTokens ?? 0
            figures.answerTokens += end.answerTokens ?? 0
            figures.loadTime += end.load ?? 0
            figures.promptTime += end.prompt ?? 0
            figures.answerTime += end.answer ?? 0
            if end.outcome == .succeeded {
                figures.sequentialDuration += end.serviceTime
                if let first = end.firstToken { firstTokens.append(first) }
            }
            guard !end.cached, let index = parts.firstIndex(where: { $0.name == end.server }) else { continue }
            parts[index].attempts += 1
            parts[index].busy += end.elapsed
            parts[index].promptTokens += end.promptTokens ?? 0
            parts[index].answerTokens += end.answerTokens ?? 0
            if end.outcome == .succeeded { parts[index].successful += 1 }
            if end.outcome == .failed { parts[index].failed += 1 }
            if let tokens = end.answerTokens, let seconds = end.answer {
                answerTime[index] += seconds
                timedTokens[index] += tokens
            }
        }
        for index in parts.indices {
            parts[index].lost = lost[parts[index].name] ?? 0
            if answerTime[index] > 0.01 { parts[index].answerRate = Double(timedTokens[index]) / answerTime[index] }
        }
        figures.servers = parts
        if !firstTokens.isEmpty { figures.timeToFirstToken = firstTokens.reduce(0, +) / Double(firstTokens.count) }
    }

    private var longestChain: RunStatistics.Chain? {
        let dependencies = tasks.indices.map { task in
            tasks[task].dependencies.compactMap { current[$0] }.filter { $0 != task }
        }
        let (_, order, _) = PlanGraph.levels(dependencies)
        var chains = [RunStatistics.Chain](repeating: .init(tasks: 0, seconds: 0), count: tasks.count)
        for task in order {
            let before = dependencies[task].map { chains[$0] }.max { $0.seconds < $1.seconds }
            chains[task] = before ?? .init(tasks: 0, seconds: 0)
            guard let end = tasks[task].last, end.outcome == .succeeded else { continue }
            chains[task].tasks += 1
            chains[task].seconds += end.serviceTime
        }
        return chains.max { $0.seconds < $1.seconds }.flatMap { $0.tasks > 0 ? $0 : nil }
    }

    /// How many tasks ran while another ran: touching ends don't count.
    private var overlapping: Int {
        let spans = tasks.indices.flatMap { task in tasks[task].spans.map { (task: task, span: $0) } }
            .filter { $0.span.end > $0.span.start }.sorted { $0.span.start < $1.span.start }
        var found: Set<Int> = []
        // The span that reaches furthest among those that began before, and the furthest of another task.
        var furthest: (task: Int, end: Double)?
        var second: (task: Int, end: Double)?
        for (task, span) in spans {
            for earlier in [furthest, second] {
                if let earlier, earlier.task != task, earlier.end > span.start {
                    found.insert(task)
                    found.insert(earlier.task)
                }
            }
            let candidate = (task: task, end: span.end)
            guard let best = furthest else {
                furthest = candidate
                continue
            }
            if span.end > best.end {
                if best.task != task { second = best }
                furthest = candidate
            } else if best.task != task, span.end > (second?.end ?? -.infinity) {
                second = candidate
            }
        }
        return found.count
    }
}
