import Foundation

/// A run as the history lists it.
package struct StoredRun: Sendable, Equatable, Codable {
    package var id: String
    /// The subcommand.
    package var command: String
    /// The repository's work tree.
    package var repository: String
    /// When it began, by the wall clock.
    package var started: Date
    /// The problem in a line.
    package var problem: String
    /// How it ended; nil while it runs, and for ever if it was killed.
    package var outcome: String?
    package var exitCode: Int32?
    /// Seconds.
    package var duration: Double?
    /// The teamfix that ran it.
    package var version: String

    package init(
        id: String, command: String, repository: String, started: Date, problem: String, outcome: String? = nil,
        exitCode: Int32? = nil, duration: Double? = nil, version: String
    ) {
        self.id = id
        self.command = command
        self.repository = repository
        self.started = started
        self.problem = problem
        self.outcome = outcome
        self.exitCode = exitCode
        self.duration = duration
        self.version = version
    }
}

/// The patch that a run ended with.
package struct StoredPatch: Sendable, Equatable {
    package var run: String
    /// The branch's short name; nil when none was written.
    package var branch: String?
    /// The branch's commit.
    package var commit: String?
    /// The commit that the patch applies to.
    package var base: String?
    /// Whether the build passed with it.
    package var isVerified: Bool
    /// The patch as git prints it.
    package var text: String

    /// The longest patch that is kept, in bytes.
    package static let longest = 8 << 20

    package init(run: String, branch: String?, commit: String?, base: String?, isVerified: Bool, text: String) {
        self.run = run
        self.branch = branch
        self.commit = commit
        self.base = base
        self.isVerified = isVerified
        self.text = text
    }
}
