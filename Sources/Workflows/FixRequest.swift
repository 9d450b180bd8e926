import Diagnostics

/// What `fix` is asked to do.
package struct FixRequest: Sendable {
    /// The command that fails, as a shell takes it; nil when only a log is at hand and no build system is recognised.
    package var command: String?
    /// Where the command runs, relative to the work tree; empty for its root.
    package var directory: String
    /// What must pass after the build, before a fix counts.
    package var check: String?
    /// The output of a build that failed before; nil when the command is to be run first.
    package var log: BuildLog?
    /// The most answers that are asked for about one file in one round, 0 to 64; 0 leaves the models out.
    package var candidates: Int
    /// How many times models are asked again with what the build then said, 1 to 10.
    package var rounds: Int
    /// The branch's name below `teamfix/`; nil derives one.
    package var branch: String?
    /// What derived branch names begin with, below `teamfix/`; empty or ending in `/`.
    package var branchPrefix = ""
    package var gate: GateRules
    /// Whether to write what could not be verified to a branch named so.
    package var keepsUnverified: Bool
    /// The most seconds that one build may take.
    package var buildTimeout: Double
    /// The most seconds that the whole run may take; nil sets no end.
    package var budget: Double?
    /// Extra ignored paths that come along into the scratch checkout.
    package var carried: [String]
    /// A pattern that overrides the planner's choice.
    package var pattern: String?
    /// How models are asked to write a change; nil lets their size and their record decide.
    package var editFormat: EditFormat?
    /// Whether small changes of suspected lines are tried where a check fails.
    package var mutates = true
    /// What earlier runs have shown of the models.
    package var skills = FormatSkills()

    package init(
        command: String?, directory: String = "", check: String? = nil, log: BuildLog? = nil, candidates: Int = 8,
        rounds: Int = 3, branch: String? = nil, gate: GateRules = GateRules(), keepsUnverified: Bool = false,
        buildTimeout: Double = 1800, budget: Double? = nil, carried: [String] = [], pattern: String? = nil
    ) {
        self.command = command
        self.directory = directory
        self.check = check
        self.log = log
        self.candidates = candidates
        self.rounds = rounds
        self.branch = branch
        self.gate = gate
        self.keepsUnverified = keepsUnverified
        self.buildTimeout = buildTimeout
        self.budget = budget
        self.carried = carried
        self.pattern = pattern
    }

    /// What is run: the command and the check behind it.
    var commands: String { [command, check].compactMap(\.self).joined(separator: " ") }
}

/// One accepted fix: it becomes a commit.
package struct FixStep: Sendable, Equatable {
    package var candidate: Candidate
    /// What it mends, as the tool said it.
    package var causes: [Diagnostic]
}

/// What came of a fix.
package struct FixReport: Sendable {
    package enum Outcome: String, Sendable, Codable {
        /// A verified branch was written.
        case fixed
        /// A branch was written that nobody verified.
        case unverified
        /// No candidate passed.
        case notFixed = "not-fixed"
        /// The command passes as things are.
        case alreadyGreen = "already-green"
        /// The command fails here in another way than the log tells, or for a reason outside the repository.
        case notReproducible = "not-reproducible"
        /// The budget ended before a candidate passed.
        case outOfTime = "out-of-time"
    }

    package var outcome: Outcome
    /// Why, in words, when it isn't fixed.
    package var reason: String
    package var command: String?
    /// The root causes at the start.
    package var causes: [RootCause]
    /// What is still wrong at the end.
    package var remaining: [RootCause]
    package var steps: [FixStep]
    package var branch: String?
    package var commit: String?
    /// The commits of the branch, a step each, in order; the last one is `commit`.
    package var commits: [String] = []
    /// Whether the build passed and the check after it is what failed.
    package var failedInCheck = false
    /// The whole patch in git's format; empty when nothing was accepted.
    package var patch: String
    /// The commit that the fixes stand on, when it is a snapshot of a dirty tree.
    package var snapshotCommit: String?
    /// The tree that failed, the branch's base.
    package var baseTree: String?
    /// The last lines of the failing build, for those who want to see what the machine saw.
    package var logTail: String
}
