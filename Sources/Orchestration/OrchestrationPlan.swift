/// A whole piece of teamwork as a value: what to do, by whom, in which order, and how the results become one.
public struct OrchestrationPlan: Codable, Sendable, Equatable {
    /// The problem in a line or two.
    public var problem: String
    /// How the work is cut.
    public var pattern: Pattern
    /// The tasks. Their dependencies must name tasks of this plan and form no cycle.
    public var tasks: [TeamTask]
    /// How the results become one.
    public var synthesis: SynthesisStrategy
    /// When the plan counts as done.
    public var success: SuccessCriterion
    /// The commit that the inputs were read from; a plan with a base is refused when that has moved.
    public var base: String?
    /// Who made it, and why so; nil when nobody said.
    public var planner: PlanOrigin?

    /// Creates a plan of tasks with dependencies.
    public init(
        problem: String, pattern: Pattern = .parallelAnalysis, tasks: [TeamTask],
        synthesis: SynthesisStrategy = .mergeAll, success: SuccessCriterion = .allTasksComplete, base: String? = nil
    ) {
        self.problem = problem
        self.pattern = pattern
        self.tasks = tasks
        self.synthesis = synthesis
        self.success = success
        self.base = base
    }
}

/// How work is cut into tasks.
public enum Pattern: String, Codable, Sendable, CaseIterable {
    /// Several specialists look at one thing at once.
    case parallelAnalysis = "parallel-analysis"
    /// One specialist a part, then an integrator.
    case divideAndConquer = "divide-and-conquer"
    /// Analysis, design, implementation, validation.
    case pipeline
    /// Several experts on one question, then a synthesizer.
    case consensus

    /// Reads a name; `_` and `-` are the same.
    public init(from decoder: any Decoder) throws { self = try PlainName.decode(Self.self, from: decoder) }
}

/// How a server is chosen for a task.
public enum BalancingStrategy: String, Codable, Sendable, CaseIterable {
    /// One after the other, among those with a free slot.
    case roundRobin = "round-robin"
    /// By what the task needs and the server is good at: a task waits for the best match, even when others are free.
    case capability
    /// The server with the smallest share of its slots in use; among equals, the one that has been faster.
    case loadAware = "load-aware"
    /// The earliest predicted finish among the servers with a free slot, by the rates learned in this run.
    case predictive

    /// Reads a name; `_` and `-` are the same.
    public init(from decoder: any Decoder) throws { self = try PlainName.decode(Self.self, from: decoder) }
}

/// How the tasks' results become one.
public enum SynthesisStrategy: Codable, Sendable, Equatable {
    /// Every result, failures included.
    case mergeAll
    /// The first success.
    case useFirstResult
    /// What most of them say.
    case consensus
    /// A named specialist reads every result and writes one.
    case custom(specialist: String)
}

/// When a plan counts as done.
public enum SuccessCriterion: Codable, Sendable, Equatable {
    /// Every task succeeded.
    case allTasksComplete
    /// One task succeeded.
    case anyTaskComplete
    /// At least this many tasks succeeded.
    case quorum(Int)
    /// Whoever runs the plan said so.
    case verified
}

/// A group of tasks that share a depth in the dependency graph. Waves are how a plan is shown and how wave failure is
/// defined; a task starts as soon as its own dependencies are done.
public struct ExecutionWave: Codable, Sendable, Equatable {
    /// 1 for the tasks without dependencies.
    public var number: Int
    /// The tasks, in plan order.
    public var tasks: [TeamTask]

    /// Creates a wave.
    public init(number: Int, tasks: [TeamTask]) {
        self.number = number
        self.tasks = tasks
    }
}
