import Events
import Inference

/// How an orchestrator works.
public struct OrchestratorOptions: Sendable {
    /// How a server is chosen for a task.
    public var strategy: BalancingStrategy
    /// What servers have shown in earlier runs; those of other servers and models are passed over.
    public var profiles: [ServerProfile]
    /// Whether a task that takes long is tried on a second server, where a slot idles (with `predictive` only).
    public var hedges: Bool
    /// The most tasks in flight over all servers; nil means the sum of their slots.
    public var maxWorkers: Int?
    /// The most seconds that one plan may take; nil sets no end. What isn't done then is cancelled.
    public var budget: Double?
    /// The deadlines of a request. A task's own timeout bounds the whole request in addition.
    public var timeouts: Timeouts
    /// The most seconds that one attempt may take, for tasks that don't say.
    public var taskTimeout: Double
    /// The most seconds that a ready task waits while no server that it may use is up; then it fails.
    public var serverWait: Double
    /// The most retries of all tasks of a plan together; nil means 8, or half as many as there are tasks if that is more.
    public var retryBudget: Int?
    /// A seed for the jitter of waits; nil takes a random one.
    public var seed: UInt64?
    /// The clock that waits are measured on.
    public var clock: OrchestrationClock
    /// Where answers are kept between runs; nil asks every time.
    public var cache: (any AnswerCache)?
    /// Merges results that have a structure (findings, say) for `merge-all`; nil, or a nil result, lists the texts in order.
    public var merge: (@Sendable ([TaskResult]) -> String?)?
    /// The part of a result that counts as its vote for `consensus`; nil means its whole text.
    public var vote: (@Sendable (TaskResult) -> String)?
    /// How the specialists and models have fared before; the confidence of a consensus rests on it.
    public var records = TrackRecords()
    /// Slots that other processes on this machine share; nil when there are none.
    public var leases: (any SlotLeases)?
    /// Told at each plan's end what the servers have shown: for ``profiles`` of a later run.
    public var learned: (@Sendable ([ServerProfile]) -> Void)?
    /// What keeps secrets out of every prompt; nil sends all texts as they are.
    public var screen: PromptScreen?
    /// Told what a plan would send. When it is there nothing is sent: ``TeamOrchestrator/execute(_:budget:judge:synthesize:)`` throws
    /// ``PlanError/onlyExplained``.
    public var explain: (@Sendable ([ExplainedPrompt]) -> Void)?

    /// Creates options; the defaults suit a few servers on a local network.
    public init(
        strategy: BalancingStrategy = .predictive, maxWorkers: Int? = nil, budget: Double? = nil,
        timeouts: Timeouts = Timeouts(), taskTimeout: Double = 300, serverWait: Double = 30, retryBudget: Int? = nil,
        seed: UInt64? = nil, clock: OrchestrationClock = .continuous,
        merge: (@Sendable ([TaskResult]) -> String?)? = nil, vote: (@Sendable (TaskResult) -> String)? = nil,
        cache: (any AnswerCache)? = nil, profiles: [ServerProfile] = [], hedges: Bool = true
    ) {
        self.profiles = profiles
        self.hedges = hedges
        self.strategy = strategy
        self.maxWorkers = maxWorkers
        self.budget = budget
        self.timeouts = timeouts
        self.taskTimeout = taskTimeout
        self.serverWait = serverWait
        self.retryBudget = retryBudget
        self.seed = seed
        self.clock = clock
        self.merge = merge
        self.vote = vote
        self.cache = cache
    }
}

/// A clock that never goes back, in seconds from any zero.
public struct OrchestrationClock: Sendable {
    /// Seconds now.
    public var now: @Sendable () -> Double
    /// Suspends for so many seconds; throws when the task is cancelled.
    public var sleep: @Sendable (Double) async throws -> Void

    /// Creates a clock.
    public init(now: @escaping @Sendable () -> Double, sleep: @escaping @Sendable (Double) async throws -> Void) {
        self.now = now
        self.sleep = sleep
    }

    /// Creates a clock from one of Swift's.
    public init<C: Clock<Duration>>(_ clock: C) {
        let zero = clock.now
        now = { zero.duration(to: clock.now).inSeconds }
        sleep = { try await clock.sleep(until: clock.now.advanced(by: .seconds($0)), tolerance: nil) }
    }

    /// The continuous clock.
    public static let continuous = OrchestrationClock(ContinuousClock())
}

/// A small random source that a seed repeats (SplitMix64).
struct SeededRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
