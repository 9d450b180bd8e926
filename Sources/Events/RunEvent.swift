/// One thing that happened in a run. The ordered stream of these is the truth: statistics, the live view and the history
/// derive from it.
///
/// The JSON form of an event is an object with one key, the case's name. Readers ignore keys that they don't know.
public enum RunEvent: Codable, Sendable, Equatable {
    /// The run began.
    case runStarted(RunStart)
    /// The work was planned.
    case planned(PlannedWork)
    /// A server answered the first questions and joined the team.
    case serverJoined(ServerFacts)
    /// A server can't be used (any more); its tasks go elsewhere.
    case serverLost(name: String, reason: String)
    /// A server that was lost answers again.
    case serverRecovered(name: String)
    /// A server's slots turned out to be so many.
    case serverSlots(name: String, slots: Int)
    /// A task was given to a server.
    case taskStarted(task: String, attempt: Int, server: String, model: String)
    /// How long an attempt that was just given to a server will probably take there, in seconds; told where it is known and worth
    /// knowing.
    case taskPredicted(task: String, attempt: Int, server: String, seconds: Double)
    /// A sample of an answer's progress; not durable.
    case taskProgress(task: String, attempt: Int, server: String, pieces: Int)
    /// An attempt at a task ended.
    case taskFinished(TaskEnd)
    /// A task leaves a server for another one.
    case taskMoved(task: String, from: String, reason: String)
    /// A failed task is tried again, after `delay` seconds.
    case taskRetried(task: String, attempt: Int, delay: Double, reason: String)
    /// A task that takes long is tried on a second server as well; the first good answer counts. `gain`: the seconds that it is
    /// predicted to save, 0 when its first answer stands still.
    case taskHedged(task: String, attempt: Int, server: String, gain: Double)
    /// A task ended for good without having run: a dependency is missing, or (`wasNeeded` is false) the plan ended first.
    case taskSkipped(task: String, reason: String, wasNeeded: Bool)
    /// Every task of a wave failed.
    case waveFailed(wave: Int, retried: Bool)
    /// The tasks' results became one.
    case synthesized(strategy: String, sources: [String], summary: String)
    /// Orchestration ended; its clock stops.
    case orchestrationFinished(duration: Double)
    /// A build command is running.
    case buildStarted(purpose: BuildPurpose, command: String)
    /// A build command ended.
    case buildFinished(BuildEnd)
    /// A model's reply to a request for code was read.
    case replyRead(ReplyRecord)
    /// A candidate was tried, and this is what was seen.
    case candidateJudged(CandidateVerdict)
    /// A branch was written.
    case published(branch: String, commit: String, verified: Bool, files: [String])
    /// Something that the user should know.
    case notice(level: NoticeLevel, text: String)
    /// The run ended.
    case runFinished(outcome: String, exitCode: Int32, duration: Double)
    /// What the user was shown of it, after its end.
    case resultShown(ResultRecord)
}

/// How a run began.
public struct RunStart: Codable, Sendable, Equatable {
    /// The subcommand: `fix`, `analyze`, `consensus`, `run`.
    public var command: String
    /// The repository's work tree.
    public var repository: String
    /// The commit that `HEAD` named; nil when unborn or outside a repository.
    public var head: String?
    /// The problem in a line.
    public var problem: String
    /// teamfix's own version.
    public var version: String

    /// Creates a record.
    public init(command: String, repository: String, head: String?, problem: String, version: String) {
        self.command = command
        self.repository = repository
        self.head = head
        self.problem = problem
        self.version = version
    }
}

/// A plan as the run's readers need it.
public struct PlannedWork: Codable, Sendable, Equatable {
    /// A task in a plan.
    public struct Task: Codable, Sendable, Equatable {
        /// The task's id, unique in its plan.
        public var id: String
        /// The specialist's name.
        public var specialist: String
        /// What it is about, in a line.
        public var title: String
        /// The wave, 1-based, in which it is shown.
        public var wave: Int
        /// The ids of the tasks whose results it uses.
        public var dependencies: [String]
        /// The server that it is pinned to.
        public var server: String?

        /// Creates a task record.
        public init(
            id: String, specialist: String, title: String, wave: Int, dependencies: [String], server: String?
        ) {
            self.id = id
            self.specialist = specialist
            self.title = title
            self.wave = wave
            self.dependencies = dependencies
            self.server = server
        }
    }

    /// The pattern's name.
    public var pattern: String
    /// The balancing strategy's name.
    public var strategy: String
    /// The tasks in plan order.
    public var tasks: [Task]

    /// Creates a record.
    public init(pattern: String, strategy: String, tasks: [Task]) {
        self.pattern = pattern
        self.strategy = strategy
        self.tasks = tasks
    }
}

/// What is known of a server when it joins.
public struct ServerFacts: Codable, Sendable, Equatable {
    /// The server's name in this run.
    public var name: String
    /// `ollama` or `openai`; `builtin` for the built-in engine's lane.
    public var kind: String
    /// The URL without credentials.
    public var url: String
    /// The version that it reports.
    public var version: String?
    /// The model that this run uses there.
    public var model: String?
    /// How many requests it gets at once.
    public var slots: Int

    /// Creates a record.
    public init(name: String, kind: String, url: String, version: String?, model: String?, slots: Int) {
        self.name = name
        self.kind = kind
        self.url = url
        self.version = version
        self.model = model
        self.slots = slots
    }
}

/// How an attempt at a task ended. Durations are in seconds; nil is unknown.
public struct TaskEnd: Codable, Sendable, Equatable {
    /// How it ended.
    public enum Outcome: String, Codable, Sendable {
        /// With a usable answer.
        case succeeded
        /// Without one.
        case failed
        /// It was no longer needed, and the server was told.
        case cancelled
    }

    /// The task's id.
    public var task: String
    /// 1 for the first attempt.
    public var attempt: Int
    /// The server that worked on it.
    public var server: String
    /// The model that worked on it.
    public var model: String
    /// How it ended.
    public var outcome: Outcome
    /// Why it failed, in words.
    public var reason: String?
    /// The kind of failure, a name of `InferenceError.Code`.
    public var code: String?
    /// Prompt tokens, cached ones included.
    public var promptTokens: Int?
    /// Answer tokens.
    public var answerTokens: Int?
    /// Load time that the server reports.
    public var load: Double?
    /// Prompt evaluation time that the server reports.
    public var prompt: Double?
    /// Answer time that the server reports.
    public var answer: Double?
    /// Time to the first token, on our clock.
    public var firstToken: Double?
    /// The attempt's whole time on our clock.
    public var elapsed: Double
    /// Whether the answer was known from an earlier run, so that no request left: tokens and times are nil then.
    public var cached: Bool

    /// Creates a record.
    public init(
        task: String, attempt: Int, server: String, model: String, outcome: Outcome, reason: String? = nil,
        code: String? = nil, promptTokens: Int? = nil, answerTokens: Int? = nil, load: Double? = nil,
        prompt: Double? = nil, answer: Double? = nil, firstToken: Double? = nil, elapsed: Double,
        cached: Bool = false
    ) {
        self.task = task
        self.attempt = attempt
        self.server = server
        self.model = model
        self.outcome = outcome
        self.reason = reason
        self.code = code
        self.promptTokens = promptTokens
        self.answerTokens = answerTokens
        self.load = load
        self.prompt = prompt
        self.answer = answer
        self.firstToken = firstToken
        self.elapsed = elapsed
        self.cached = cached
    }

    /// Reads a record; older ones don't say whether the answer was known.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        func optional<Value: Decodable>(_ key: CodingKeys) throws -> Value? {
            try values.decodeIfPresent(Value.self, forKey: key)
        }
        self.init(
            task: try values.decode(String.self, forKey: .task), attempt: try values.decode(Int.self, forKey: .attempt),
            server: try values.decode(String.self, forKey: .server),
            model: try values.decode(String.self, forKey: .model),
            outcome: try values.decode(Outcome.self, forKey: .outcome), reason: try optional(.reason),
            code: try optional(.code), promptTokens: try optional(.promptTokens),
            answerTokens: try optional(.answerTokens), load: try optional(.load), prompt: try optional(.prompt),
            answer: try optional(.answer), firstToken: try optional(.firstToken),
            elapsed: try values.decode(Double.self, forKey: .elapsed), cached: try optional(.cached) ?? false)
    }

    /// The server's own time on this attempt: load, prompt and answer. Where it reports none, the attempt's time. A known
    /// answer took none.
    public var serviceTime: Double {
        cached ? 0 : prompt == nil && answer == nil ? elapsed : (load ?? 0) + (prompt ?? 0) + (answer ?? 0)
    }
}

/// Why a build runs.
public enum BuildPurpose: String, Codable, Sendable {
    /// Where the user is, to see it fail.
    case gather
    /// In a scratch checkout of the base, to see it fail there too.
    case reproduce
    /// In a scratch checkout with a candidate's edits.
    case verify
    /// The user's `--check`, after the build passed.
    case check
    /// In a scratch checkout with one of many small changes that are tried one after the other.
    case search
}

/// How a build ended.
public struct BuildEnd: Codable, Sendable, Equatable {
    /// Why it ran.
    public var purpose: BuildPurpose
    /// The exit code; nil when a signal or the deadline ended it.
    public var exitCode: Int32?
    /// Whether the deadline ended it.
    public var timedOut: Bool
    /// Errors in its output.
    public var errors: Int
    /// Seconds.
    public var duration: Double
    /// The command that ended: the build's, or that of the check after it. Older records don't say.
    public var command: String?
    /// Whether it was the check, after the build had passed. Older records don't say.
    public var isCheck: Bool?
    /// Whether it ran in a checkout that no build had been in. Older records don't say.
    public var isFresh: Bool?

    /// Creates a record.
    public init(
        purpose: BuildPurpose, exitCode: Int32?, timedOut: Bool, errors: Int, duration: Double,
        command: String? = nil, isCheck: Bool? = nil, isFresh: Bool? = nil
    ) {
        self.purpose = purpose
        self.exitCode = exitCode
        self.timedOut = timedOut
        self.errors = errors
        self.duration = duration
        self.command = command
        self.isCheck = isCheck
        self.isFresh = isFresh
    }
}

/// What verification saw of a candidate.
public struct CandidateVerdict: Codable, Sendable, Equatable {
    /// How it went.
    public enum Result: String, Codable, Sendable {
        /// The command passes.
        case passed
        /// The command still fails, but a root cause is gone and none came: worth building on.
        case improved
        /// The command still fails.
        case failed
        /// It was refused before or whatever the build said.
        case refused
        /// Another candidate was faster.
        case cancelled
    }

    /// The candidate's id in its run.
    public var id: String
    /// Who proposed it: `builtin`, or a task's id.
    public var source: String
    /// The model that wrote it; nil for the built-in engine.
    public var model: String?
    /// How it went.
    public var result: Result
    /// Why, in words.
    public var reason: String
    /// The files it changes.
    public var files: [String]
    /// Changed lines: added plus removed.
    public var changedLines: Int
    /// What it does, in a line or, for several fixes in one, a line each. Older records don't say.
    public var title: String?
    /// The fingerprints of the root causes that it is meant to mend. Older records don't say.
    public var causes: [String]?

    /// Creates a record.
    public init(
        id: String, source: String, model: String?, result: Result, reason: String, files: [String], changedLines: Int,
        title: String? = nil, causes: [String]? = nil
    ) {
        self.id = id
        self.source = source
        self.model = model
        self.result = result
        self.reason = reason
        self.files = files
        self.changedLines = changedLines
        self.title = title
        self.causes = causes
    }
}

/// How much a notice matters.
public enum NoticeLevel: String, Codable, Sendable { case debug, info, warning }
