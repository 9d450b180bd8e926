/// One unit of work for one specialist: the design's *Task*. (Swift's own `Task` has the plain name.)
public struct TeamTask: Codable, Sendable, Equatable, Identifiable {
    /// Unique in its plan.
    public var id: String
    /// The name of the specialist who does it.
    public var specialist: String
    /// What the specialist works on.
    public var input: TaskInput
    /// The ids of the tasks whose results the specialist needs to see.
    public var dependencies: [String]
    /// The name of the server that must do it; nil lets the orchestrator choose.
    public var server: String?
    /// The most seconds that one attempt may take; nil means the orchestrator's own.
    public var timeout: Double?
    /// What happens when it fails.
    public var policy: TaskPolicy
    /// Sampling; nil values mean the specialist's own.
    public var sampling: Sampling

    /// Creates a task.
    public init(
        id: String, specialist: String, input: TaskInput, dependencies: [String] = [], server: String? = nil,
        timeout: Double? = nil, policy: TaskPolicy = TaskPolicy(), sampling: Sampling = Sampling()
    ) {
        self.id = id
        self.specialist = specialist
        self.input = input
        self.dependencies = dependencies
        self.server = server
        self.timeout = timeout
        self.policy = policy
        self.sampling = sampling
    }
}

/// What a task's specialist works on. The prompt is made of it in this order: the specialist's instructions, `shared`, the
/// results of the dependencies, `text`.
public struct TaskInput: Codable, Sendable, Equatable {
    /// A line for people.
    public var title: String
    /// What several tasks of the plan share, word for word. It stands first, so that a server evaluates it once.
    public var shared: String
    /// What this task alone is about.
    public var text: String

    /// Creates an input.
    public init(title: String, shared: String = "", text: String) {
        self.title = title
        self.shared = shared
        self.text = text
    }
}

/// What happens when a task fails.
public struct TaskPolicy: Codable, Sendable, Equatable {
    /// How many attempts may follow a failed one, 0 to 10.
    public var retries: Int
    /// Whether it runs when some (not all) of its dependencies failed.
    public var acceptsPartialInput: Bool

    /// Creates a policy.
    public init(retries: Int = 2, acceptsPartialInput: Bool = true) {
        self.retries = retries
        self.acceptsPartialInput = acceptsPartialInput
    }
}

/// How a task's answer is sampled; nil means the specialist's own value.
public struct Sampling: Codable, Sendable, Equatable {
    /// 0 (greedy) to 2.
    public var temperature: Double?
    /// A seed for the server's random source.
    public var seed: Int?
    /// The most tokens of the answer.
    public var maxTokens: Int?
    /// Texts that end the answer.
    public var stop: [String]?

    /// Creates a sampling.
    public init(temperature: Double? = nil, seed: Int? = nil, maxTokens: Int? = nil, stop: [String]? = nil) {
        self.temperature = temperature
        self.seed = seed
        self.maxTokens = maxTokens
        self.stop = stop
    }
}
