import Events

/// The figures of a run, derived from its events alone.
///
/// The built-in engine's lane counts nowhere. Durations are in seconds; nil means that a figure can't be known.
public struct RunStatistics: Codable, Sendable, Equatable {
    /// Tasks that were planned.
    public var tasks = 0
    /// Tasks that ended with an answer.
    public var successful = 0
    /// Tasks whose last attempt failed, and tasks that never ran because something was missing.
    public var failed = 0
    /// Tasks that ended because the plan did.
    public var cancelled = 0
    /// Successful tasks whose answer was known from an earlier run. They count in no time, rate or server's part.
    public var cached = 0
    /// Tasks that were tried on a second server as well.
    public var hedged = 0
    /// Tasks that were tried again.
    public var retried = 0
    /// Tasks that left a server for another one.
    public var moved = 0
    /// How often a task left a server for another one.
    public var failovers = 0
    /// Attempts of all tasks.
    public var attempts = 0
    /// Orchestration time: the sum over the run's plans.
    public var duration = 0.0
    /// The sum of the successful attempts' own service times, as their servers report them.
    public var sequentialDuration = 0.0
    /// `sequentialDuration` ÷ `duration`.
    public var parallelEfficiency: Double?
    /// The time that the fastest server alone would need for the successful work, at the rates that it showed in this run
    /// and with all of its slots busy, ÷ `duration`. Nil without token counts and durations.
    public var againstFastest: Double?
    /// Tasks that ran while another ran ÷ all tasks.
    public var parallelismFactor: Double?
    /// `duration` ÷ the lower bound that ``LowerBound`` describes: 1 is perfect. For the successful work, on the servers
    /// whose rates this run has shown. Nil without token counts and durations.
    public var boundRatio: Double?
    /// Prompt tokens, cached ones included.
    public var promptTokens = 0
    /// Answer tokens.
    public var answerTokens = 0
    /// The mean time to the first token of the successful attempts.
    public var timeToFirstToken: Double?
    /// Time that the servers report for loading models, over all attempts.
    public var loadTime = 0.0
    /// Time that the servers report for evaluating prompts, over all attempts.
    public var promptTime = 0.0
    /// Time that the servers report for writing answers, over all attempts.
    public var answerTime = 0.0
    /// The chain of dependent tasks whose successful attempts took longest; nil when nothing succeeded.
    public var longestChain: Chain?
    /// What to do about what these figures show, the most pressing first; empty when there is nothing to say.
    public var advice: [RunAdvice] = []
    /// Each server's part, in the order in which they joined.
    public var servers: [Server] = []
    /// Each specialist's part, by name.
    public var specialists: [Specialist] = []

    /// Tasks of which each waited for the one before.
    public struct Chain: Codable, Sendable, Equatable {
        /// How many tasks it has; 1 is a task that nothing waited for.
        public var tasks: Int
        /// Their service times together.
        public var seconds: Double

        /// Creates a chain.
        public init(tasks: Int, seconds: Double) {
            self.tasks = tasks
            self.seconds = seconds
        }
    }

    /// A server's part of a run.
    public struct Server: Codable, Sendable, Equatable {
        /// Its name.
        public var name: String
        /// Its slots.
        public var slots: Int
        /// Attempts on it.
        public var attempts = 0
        /// Attempts that brought an answer.
        public var successful = 0
        /// Attempts that failed.
        public var failed = 0
        /// Slot time in use, cancelled and failed attempts included.
        public var busy = 0.0
        /// `busy` ÷ (slots × orchestration time).
        public var utilization: Double?
        /// Prompt tokens.
        public var promptTokens = 0
        /// Answer tokens.
        public var answerTokens = 0
        /// Answer tokens a second.
        public var answerRate: Double?
        /// How often it was lost.
        public var lost = 0
    }

    /// A specialist's part of a run.
    public struct Specialist: Codable, Sendable, Equatable {
        /// The role's name.
        public var name: String
        /// Tasks.
        public var tasks = 0
        /// Tasks that ended with an answer.
        public var successful = 0
        /// Tasks without an answer, cancelled ones not counted.
        public var failed = 0
        /// Service time of the successful attempts.
        public var serviceTime = 0.0
        /// Answer tokens.
        public var answerTokens = 0
    }

    /// Creates empty statistics.
    public init() {}
}
