import Inference

/// How a task of a plan ended for good.
public struct TaskResult: Codable, Sendable, Equatable {
    /// How it ended.
    public enum Outcome: Codable, Sendable, Equatable {
        /// With a usable answer: the model's text.
        case succeeded(text: String)
        /// Without one, after every attempt that its policy allows; the code is nil when no server was asked.
        case failed(reason: String, code: InferenceError.Code?)
        /// It never ran: what it depends on is missing.
        case skipped(reason: String)
        /// The plan ended before it did.
        case cancelled
    }

    /// The task.
    public var task: TeamTask
    /// How it ended.
    public var outcome: Outcome
    /// The whole answer; nil unless it succeeded.
    public var answer: Answer?
    /// The server of the last attempt; nil when there was none.
    public var server: String?
    /// The model of the last attempt; nil when there was none.
    public var model: String?
    /// How many attempts were begun.
    public var attempts: Int
    /// Whether the answer was kept from an earlier run: its usage is that of the time when it was made.
    public var cached = false
    /// When the first attempt began, in seconds on the run's clock; nil when there was none.
    public var started: Double?
    /// When it ended, in seconds on the run's clock.
    public var ended: Double

    /// Creates a result.
    public init(
        task: TeamTask, outcome: Outcome, answer: Answer? = nil, server: String? = nil, model: String? = nil,
        attempts: Int = 0, started: Double? = nil, ended: Double
    ) {
        self.task = task
        self.outcome = outcome
        self.answer = answer
        self.server = server
        self.model = model
        self.attempts = attempts
        self.started = started
        self.ended = ended
    }

    /// Whether it ended with a usable answer.
    public var succeeded: Bool { text != nil }

    /// The answer's text; nil unless it succeeded.
    public var text: String? {
        if case .succeeded(let text) = outcome { text } else { nil }
    }

    /// Why there is no answer, in words; nil when there is one.
    public var reason: String? {
        switch outcome {
        case .succeeded: nil
        case .failed(let reason, _), .skipped(let reason): reason
        case .cancelled: "it was cancelled"
        }
    }
}

/// What whoever runs a plan thinks of a result that just came in.
public enum Judgement: Sendable, Equatable {
    /// The rest goes on.
    case goOn
    /// The plan has reached its end, for this reason: the rest is cancelled and the servers are told.
    case settled(String)
    /// These tasks join the plan. They may depend on tasks that are already in it.
    case add([TeamTask])
}

/// What came out of a plan.
public struct OrchestrationResult: Codable, Sendable, Equatable {
    /// Whether the plan's success criterion is met.
    public var success: Bool
    /// Every task's result, in plan order, tasks that were added last. Includes the failures.
    public var results: [TaskResult]
    /// The results as one.
    public var synthesis: Synthesis
    /// The figures of this plan alone.
    public var statistics: RunStatistics
    /// Seconds from the plan's start to its end.
    public var duration: Double
    /// Why it ended before its time: the judge's reason, the budget, or the caller's cancellation; nil when it didn't.
    public var early: String?

    /// Creates a result.
    public init(
        success: Bool, results: [TaskResult], synthesis: Synthesis, statistics: RunStatistics, duration: Double,
        early: String?
    ) {
        self.success = success
        self.results = results
        self.synthesis = synthesis
        self.statistics = statistics
        self.duration = duration
        self.early = early
    }
}

extension SuccessCriterion {
    /// Whether these results meet the criterion.
    ///
    /// - Parameter settled: whether the judge ended the plan.
    func isMet(by results: [TaskResult], settled: Bool) -> Bool {
        let successes = results.count(where: \.succeeded)
        return switch self {
        case .allTasksComplete: successes == results.count
        case .anyTaskComplete: successes > 0
        case .quorum(let count): successes >= count
        case .verified: settled
        }
    }
}
