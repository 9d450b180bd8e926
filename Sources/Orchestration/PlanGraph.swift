/// The dependency graph of a list of tasks, by position in the list.
struct PlanGraph: Sendable {
    /// The positions of the tasks that a task depends on, each once.
    let dependencies: [[Int]]
    /// The positions of the tasks that depend on a task.
    let dependents: [[Int]]
    /// Positions, dependencies first.
    let order: [Int]
    /// Each task's wave: 1 without dependencies, else one more than its latest dependency's.
    let waves: [Int]

    /// - Throws: duplicate ids, missing dependencies, a cycle.
    init(tasks: [TeamTask]) throws(PlanError) {
        var positions: [String: Int] = [:]
        for (index, task) in tasks.enumerated() {
            guard positions.updateValue(index, forKey: task.id) == nil else { throw .duplicateTask(task.id) }
        }
        var dependencies: [[Int]] = []
        for task in tasks {
            var seen: Set<Int> = []
            var own: [Int] = []
            for name in task.dependencies {
                guard let position = positions[name] else {
                    throw .missingDependency(task: task.id, dependency: name)
                }
                if seen.insert(position).inserted { own.append(position) }
            }
            dependencies.append(own)
        }
        let (dependents, order, waves) = Self.levels(dependencies)
        guard order.count == tasks.count else {
            throw .cycle(Self.cycle(dependencies, sorted: Set(order)).map { tasks[$0].id })
        }
        self.dependencies = dependencies
        self.dependents = dependents
        self.order = order
        self.waves = waves
    }

    /// Kahn's algorithm; tasks of a cycle are not in the order and have wave 0.
    static func levels(_ dependencies: [[Int]]) -> (dependents: [[Int]], order: [Int], waves: [Int]) {
        var dependents = [[Int]](repeating: [], count: dependencies.count)
        var missing = dependencies.map(\.count)
        for (index, own) in dependencies.enumerated() { for other in own { dependents[other].append(index) } }
        var waves = [Int](repeating: 0, count: dependencies.count)
        var order = missing.indices.filter { missing[$0] == 0 }
        for index in order { waves[index] = 1 }
        var next = 0
        while next < order.count {
            let index = order[next]
            next += 1
            for other in dependents[index] {
                missing[other] -= 1
                if missing[other] == 0 {
                    // The last dependency in topological order need not be the deepest.
                    waves[other] = 1 + (dependencies[other].map { waves[$0] }.max() ?? 0)
                    order.append(other)
                }
            }
        }
        return (dependents, order, waves)
    }

    private static func cycle(_ dependencies: [[Int]], sorted: Set<Int>) -> [Int] {
        guard var here = dependencies.indices.first(where: { !sorted.contains($0) }) else { return [] }
        var path: [Int] = []
        while true {
            if let start = path.firstIndex(of: here) {
                return Array(path[start...].reversed()) + [path[path.count - 1]]
            }
            path.append(here)
            // Every unsorted task has an unsorted dependency: that is why it wasn't sorted.
            guard let next = dependencies[here].first(where: { !sorted.contains($0) }) else { return path }
            here = next
        }
    }

    /// Each task's longest path of weights to the end of the plan, its own weight included.
    func remainingPaths(weights: [Double]) -> [Double] {
        var paths = weights
        for index in order.reversed() {
            paths[index] = weights[index] + (dependents[index].map { paths[$0] }.max() ?? 0)
        }
        return paths
    }
}

extension OrchestrationPlan {
    /// Creates a plan from waves: a task without dependencies of its own in wave n depends on every task of wave n−1.
    public init(
        problem: String, waves: [ExecutionWave], synthesis: SynthesisStrategy = .mergeAll,
        success: SuccessCriterion = .allTasksComplete
    ) {
        var tasks: [TeamTask] = []
        var previous: [String] = []
        for wave in waves.sorted(by: { $0.number < $1.number }) where !wave.tasks.isEmpty {
            for var task in wave.tasks {
                if task.dependencies.isEmpty { task.dependencies = previous }
                tasks.append(task)
            }
            previous = wave.tasks.map(\.id)
        }
        self.init(problem: problem, tasks: tasks, synthesis: synthesis, success: success)
    }

    /// The tasks by their depth in the dependency graph, in plan order within a wave. Tasks that can't be placed (a cycle, a
    /// missing dependency) are in the last wave; ``validate(team:servers:)`` names them.
    public var waves: [ExecutionWave] {
        var positions: [String: Int] = [:]
        for (index, task) in tasks.enumerated() where positions[task.id] == nil { positions[task.id] = index }
        let depths = PlanGraph.levels(
            tasks.map { Array(Set($0.dependencies.map { positions[$0] ?? -1 }.filter { $0 >= 0 })) }
        )
        .waves
        let last = (depths.max() ?? 0) + (depths.contains(0) ? 1 : 0)
        var waves: [Int: [TeamTask]] = [:]
        for (task, depth) in zip(tasks, depths) { waves[depth == 0 ? last : depth, default: []].append(task) }
        return waves.keys.sorted().map { ExecutionWave(number: $0, tasks: waves[$0] ?? []) }
    }
}
