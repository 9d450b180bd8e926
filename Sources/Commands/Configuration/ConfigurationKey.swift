import Orchestration
import Workflows

/// Everything that can be configured. A key's name is its place in `.teamfix.yml`.
package enum ConfigurationKey: String, Sendable, CaseIterable, Comparable {
    case servers, model, strategy, pattern
    case maxWorkers = "max-workers"
    case timeout, budget, build, check, protect, allow, carry, sandbox, candidates, rounds, cache
    case editFormat = "edit-format"
    case branchPrefix = "branch-prefix"
    case specialists
    case historyKeepDays = "history.keep-days"
    case historyKeepRuns = "history.keep-runs"

    package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

    /// What its value must be.
    package enum Kind: Sendable {
        case text
        case integer(ClosedRange<Int>)
        case seconds(ClosedRange<Double>)
        /// `true` or `false`.
        case truth
        case choice([String])
        /// A list of texts; on a line of the environment they are separated by colons.
        case list
        case branchPrefix
        case servers
        case specialists
    }

    package var kind: Kind {
        switch self {
        case .servers: .servers
        case .specialists: .specialists
        case .model, .build, .check: .text
        case .strategy: .choice(BalancingStrategy.allCases.map(\.rawValue))
        case .pattern: .choice(Pattern.allCases.map(\.rawValue))
        case .sandbox: .choice(SandboxMode.allCases.map(\.rawValue))
        case .maxWorkers: .integer(1...256)
        case .timeout: .seconds(1...86_400)
        case .budget: .seconds(1...604_800)
        case .protect, .allow, .carry: .list
        case .candidates: .integer(1...32)
        case .rounds: .integer(1...32)
        case .cache: .truth
        case .editFormat: .choice(EditFormatChoice.allCases.map(\.rawValue))
        case .branchPrefix: .branchPrefix
        case .historyKeepDays: .integer(1...36_500)
        case .historyKeepRuns: .integer(1...1_000_000)
        }
    }

    /// Whether a repository's own file may set it only when the user trusts that file: whatever names a machine to talk to,
    /// a command to run, words for a model, files to copy, a weaker sandbox, a wider task, or a shorter history of all.
    package var needsTrust: Bool {
        switch self {
        case .servers, .build, .check, .specialists, .carry, .sandbox, .allow, .historyKeepDays, .historyKeepRuns: true
        default: false
        }
    }

    /// Whether the values of all sources count together. Protection only ever grows; specialists replace one another by name.
    package var accumulates: Bool { self == .protect || self == .specialists }

    /// The environment variable that sets it; nil when none does.
    package var variable: String? {
        switch self {
        case .specialists: nil
        default:
            "TEAMFIX_"
                + rawValue.uppercased().map { $0 == "-" || $0 == "." ? "_" : String($0) }.joined()
        }
    }

    /// What it is for, in a line.
    package var summary: String {
        switch self {
        case .servers: "the model servers: name, url, kind, slots, strengths, model, context, credential"
        case .model: "the model for every server that names none of its own"
        case .strategy: "how a task gets its server"
        case .pattern: "how the work is cut; without it, the problem decides"
        case .maxWorkers: "the most tasks in flight over all servers"
        case .timeout: "the most seconds for one attempt at a task"
        case .budget: "the most seconds for a whole run"
        case .build: "the command that must pass"
        case .check: "a command that must pass after the build, such as the tests"
        case .protect: "globs of files that no fix may touch"
        case .allow: "paths that a fix may touch beside the files of the failure"
        case .carry: "ignored paths that the build needs in its scratch checkout"
        case .sandbox: "whether builds run in a sandbox"
        case .candidates: "how many candidates are asked for per failure"
        case .rounds: "how often what a build then says is worked on again"
        case .cache: "whether answers of earlier runs are used, and this run's kept"
        case .editFormat: "how models write a change; auto goes by their size and record"
        case .branchPrefix: "what the branches' names begin with; below teamfix/"
        case .specialists: "roles to add or replace: name, summary, instructions, temperature, max-tokens"
        case .historyKeepDays: "how many days a run stays in the history"
        case .historyKeepRuns: "how many runs stay in the history"
        }
    }

    /// What holds when nobody sets it; nil when there is no fixed value.
    package var standard: ConfigurationValue? {
        switch self {
        case .strategy: .text(BalancingStrategy.predictive.rawValue)
        case .sandbox: .text(SandboxMode.auto.rawValue)
        case .maxWorkers: .integer(16)
        case .timeout: .number(600)
        case .candidates: .integer(8)
        case .rounds: .integer(3)
        case .cache: .truth(true)
        case .editFormat: .text(EditFormatChoice.auto.rawValue)
        case .branchPrefix: .text("teamfix/")
        case .historyKeepDays: .integer(90)
        case .historyKeepRuns: .integer(1000)
        case .servers: .servers([])
        case .specialists: .specialists([])
        case .protect, .allow, .carry: .list([])
        case .model, .pattern, .budget, .build, .check: nil
        }
    }
}

/// A configured value; which case a key has follows from its kind.
package enum ConfigurationValue: Sendable, Equatable {
    case text(String)
    case integer(Int)
    case number(Double)
    case truth(Bool)
    case list([String])
    case servers([ServerSetting])
    case specialists([SpecialistSetting])
}

/// A server as it is configured. The URL is as the user wrote it, for the client to read.
package struct ServerSetting: Sendable, Equatable, Codable {
    /// nil until `Configuration.servers` gives it one.
    package var name: String?
    package var url: String
    /// `ollama` or `openai`; nil means Ollama.
    package var kind: String?
    package var slots: Int?
    package var strengths: [String]
    package var model: String?
    package var context: Int?
    /// A command that prints the bearer token; from the user's own file only.
    package var credential: String?
    /// Whether a repository's file names it: then it gets no token that isn't meant for it by its name.
    package var isFromRepository = false
    /// What its credential command printed, in this run; never shown, never written.
    package var token: String?

    private enum CodingKeys: CodingKey { case name, url, kind, slots, strengths, model, context, credential }

    package init(
        name: String? = nil, url: String, kind: String? = nil, slots: Int? = nil, strengths: [String] = [],
        model: String? = nil, context: Int? = nil, credential: String? = nil
    ) {
        self.credential = credential
        self.name = name
        self.url = url
        self.kind = kind
        self.slots = slots
        self.strengths = strengths
        self.model = model
        self.context = context
    }

    /// The URL without user and password.
    package var shownURL: String {
        guard let at = url.lastIndex(of: "@") else { return url }
        let start = url.range(of: "://")?.upperBound ?? url.startIndex
        guard start <= at else { return url }
        return String(url[..<start]) + url[url.index(after: at)...]
    }
}

/// A role as it is configured. Values that are nil come from the shipped role of that name.
package struct SpecialistSetting: Sendable, Equatable, Codable {
    package var name: String
    package var summary: String?
    package var instructions: String?
    package var temperature: Double?
    package var maxTokens: Int?

    package init(
        name: String, summary: String? = nil, instructions: String? = nil, temperature: Double? = nil,
        maxTokens: Int? = nil
    ) {
        self.name = name
        self.summary = summary
        self.instructions = instructions
        self.temperature = temperature
        self.maxTokens = maxTokens
    }
}
