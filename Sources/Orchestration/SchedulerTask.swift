import Inference

/// A task as the scheduler keeps it.
struct SchedulerTask: Sendable {
    enum Phase: Sendable, Equatable {
        /// Dependencies are missing.
        case blocked
        /// It waits for a slot.
        case ready
        /// A server works on it.
        case running
        /// It is tried again then.
        case delayed(until: Double)
        /// It ended without an answer; its wave may still be retried.
        case provisional
        /// It ended for good.
        case ended
    }

    struct Run: Sendable {
        let attempt: Int
        let server: Int
        /// The pool's number for it.
        let ticket: Int
        let started: Double
    }

    let task: TeamTask
    let work: Placement.Work
    /// The window that it needs at least.
    let requiredTokens: Int
    let wave: Int
    var phase: Phase = .blocked
    /// Dependencies that have not ended for good.
    var missing: Int
    /// The longest path of work from here to the plan's end.
    var rank = 0.0
    var attempts = 0
    var retriesLeft: Int
    /// How often it may wait for a server that refused the connection, without using up a retry.
    var refusalsLeft = 3
    /// The servers that failed it.
    var tried: Set<Int> = []
    /// Whether the last answer was bad, so that the next attempt varies seed and temperature.
    var varies = false
    /// A window that was too small, whatever was estimated.
    var overflowed = 0
    /// Since when no server that it may use is up.
    var strandedSince: Double?
    /// The attempts that have not ended: none, one, or two of which the first good answer counts.
    var runs: [Run] = []
    var serverName: String?
    var modelName: String?
    var started: Double?
    var ended = 0.0
    var outcome: TaskResult.Outcome?
    var answer: Answer?
    /// Whether the answer came out of the cache.
    var isCached = false
    /// Whether it failed in a way that another try may mend.
    var mayRetry = false

    init(_ task: TeamTask, specialist: Specialist, wave: Int, missing: Int) {
        self.task = task
        self.wave = wave
        self.missing = missing
        retriesLeft = task.policy.retries
        let shared = task.input.sharedText
        requiredTokens = PromptBuilder.requiredTokens(task, specialist)
        work = Placement.Work(
            needs: specialist.needs, promptTokens: PromptBuilder.promptTokens(task, specialist),
            answerTokens: task.sampling.maxTokens ?? specialist.maxTokens,
            prefix: shared.isEmpty ? 0 : [shared, task.model ?? ""].hashValue | 1,
            prefixTokens: PromptBuilder.estimatedTokens(shared), model: task.model)
    }

    /// What it weighs on a path: an answer token costs about ten times a prompt token.
    var weight: Double { 1 + Double(work.answerTokens) + Double(work.promptTokens) / 10 }
}

/// How one attempt ended, as the shell saw it.
enum AttemptEnding: Sendable {
    case answered(Answer)
    /// The answer was known: a server gave it in an earlier run.
    case recalled(Answer, server: Int)
    case failed(InferenceError)
    /// It was told to stop, and did.
    case cancelled
}

/// How long a specialist's answers are, as a share of the tokens that they may have: most end long before the limit.
struct Lengths: Sendable {
    static let leastAnswers = 3
    private(set) var answers = 0
    private(set) var share = 1.0
    private static let weight = 0.2

    mutating func learn(tokens: Int, of limit: Int) {
        let seen = min(4, Double(tokens) / Double(max(1, limit)))
        answers += 1
        // The plain mean at first, then one that forgets.
        share += max(Self.weight, 1 / Double(answers)) * (seen - share)
    }
}
