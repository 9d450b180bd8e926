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
    /// The model that must do it, by name: only servers that have it get the task; nil means each server's own.
    public var model: String?
    /// The most seconds that one attempt may take; nil means the orchestrator's own.
    public var timeout: Double?
    /// What happens when it fails.
    public var policy: TaskPolicy
    /// Sampling; nil values mean the specialist's own.
    public var sampling: Sampling

    /// Creates a task.
    public init(
        id: String, specialist: String, input: TaskInput, dependencies: [String] = [], server: String? = nil,
        timeout: Double? = nil, policy: TaskPolicy = TaskPolicy(), sampling: Sampling = Sampling(),
        model: String? = nil
    ) {
        self.model = model
        self.id = id
        self.specialist = specialist
        self.input = input
        self.dependencies = dependencies
        self.server = server
        self.timeout = timeout
        self.policy = policy
        self.sampling = sampling
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case id, specialist, input, dependencies, server, model, timeout, policy, sampling
    }

    /// Reads a task as people write it: only `id`, `specialist` and `input` are needed, and where the input is a prompt of
    /// its own no specialist either (then it is ``Specialist/verbatim``). Unknown keys are errors.
    public init(from decoder: any Decoder) throws {
        try decoder.refuseUnknownKeys(CodingKeys.self)
        let values = try decoder.container(keyedBy: CodingKeys.self)
        id = try values.decode(String.self, forKey: .id)
        let named = try values.decodeIfPresent(String.self, forKey: .specialist)
        input = try values.decode(TaskInput.self, forKey: .input)
        guard let specialist = named ?? (input.prompt == nil ? nil : Specialist.verbatim.name) else {
            throw DecodingError.keyNotFound(
                CodingKeys.specialist,
                .init(codingPath: decoder.codingPath, debugDescription: "'specialist' is missing"))
        }
        self.specialist = specialist
        if input.title.isEmpty { input.title = id }
        dependencies = try values.decodeIfPresent([String].self, forKey: .dependencies) ?? []
        server = try values.decodeIfPresent(String.self, forKey: .server)
        model = try values.decodeIfPresent(String.self, forKey: .model)
        timeout = try values.decodeIfPresent(Double.self, forKey: .timeout)
        policy = try values.decodeIfPresent(TaskPolicy.self, forKey: .policy) ?? TaskPolicy()
        sampling = try values.decodeIfPresent(Sampling.self, forKey: .sampling) ?? Sampling()
    }
}

/// What happens when a task fails.
public struct TaskPolicy: Codable, Sendable, Equatable {
    /// How many attempts may follow a failed one, 0 to 10.
    public var retries: Int
    /// Whether it runs when some (not all) of its dependencies failed.
    public var acceptsPartialInput: Bool
    /// Whether it starts as soon as one of its dependencies has brought a result; it sees those that are there by then.
    public var startsOnFirstInput: Bool
    /// Ready tasks of a higher priority start first, whatever hangs on the others; 0 is usual.
    public var priority: Int

    /// Creates a policy.
    public init(
        retries: Int = 2, acceptsPartialInput: Bool = true, priority: Int = 0, startsOnFirstInput: Bool = false
    ) {
        self.startsOnFirstInput = startsOnFirstInput
        self.retries = retries
        self.priority = priority
        self.acceptsPartialInput = acceptsPartialInput
    }

    enum CodingKeys: String, CodingKey, CaseIterable { case retries, acceptsPartialInput, priority, startsOnFirstInput }

    /// Reads a policy; what is left out has its default.
    public init(from decoder: any Decoder) throws {
        try decoder.refuseUnknownKeys(CodingKeys.self)
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init()
        retries = try values.decodeIfPresent(Int.self, forKey: .retries) ?? retries
        acceptsPartialInput =
            try values.decodeIfPresent(Bool.self, forKey: .acceptsPartialInput) ?? acceptsPartialInput
        priority = try values.decodeIfPresent(Int.self, forKey: .priority) ?? priority
        startsOnFirstInput = try values.decodeIfPresent(Bool.self, forKey: .startsOnFirstInput) ?? startsOnFirstInput
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

    enum CodingKeys: String, CodingKey, CaseIterable { case temperature, seed, maxTokens, stop }

    /// Reads a sampling; what is left out is the specialist's.
    public init(from decoder: any Decoder) throws {
        try decoder.refuseUnknownKeys(CodingKeys.self)
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            temperature: try values.decodeIfPresent(Double.self, forKey: .temperature),
            seed: try values.decodeIfPresent(Int.self, forKey: .seed),
            maxTokens: try values.decodeIfPresent(Int.self, forKey: .maxTokens),
            stop: try values.decodeIfPresent([String].self, forKey: .stop))
    }
}
