import Events

/// What the page shows of a run: a fold over its records. Everything in it has a bound, since a run's events have none.
package struct RunPicture: Sendable, Equatable {
    /// How a task stands.
    enum TaskState: String, Sendable, CaseIterable {
        case waiting, running, succeeded, failed, skipped
    }

    struct Plan: Sendable, Equatable {
        var pattern: String
        var strategy: String
    }

    struct Task: Sendable, Equatable {
        var id: String
        var specialist: String
        var title: String
        /// The run's plan that it belongs to, from 0, and its wave there, from 1.
        var plan: Int
        var wave: Int
        /// Positions in `tasks`.
        var dependencies: [Int]
        var state = TaskState.waiting
        var server: String?
        var attempts = 0
        var seconds: Double?
        var tokens: Int?
        /// Whether the answer was known from an earlier run.
        var isCached = false
        /// Why it failed or was skipped.
        var reason: String?
    }

    /// An attempt at a task on a server.
    struct Attempt: Sendable, Equatable {
        var task: String
        var number: Int
        var server: String
        var model: String
        var start: Double
        /// Nil while it is under way.
        var end: TaskEnd?
        /// When it ended, in seconds of the run.
        var ended: Double?
    }

    struct Lane: Sendable, Equatable {
        var name: String
        var kind: String
        var model: String?
        var slots: Int
        /// Why it can't be used now.
        var lost: String?
    }

    struct Build: Sendable, Equatable {
        var purpose: BuildPurpose
        var command: String
        var start: Double
        var end: BuildEnd?
    }

    struct Moment<Value: Sendable & Equatable>: Sendable, Equatable {
        var at: Double
        var value: Value
    }

    struct Note: Sendable, Equatable {
        var level: NoticeLevel
        var text: String
    }

    struct Branch: Sendable, Equatable {
        var name: String
        var commit: String
        var isVerified: Bool
        var files: [String]
    }

    struct Ending: Sendable, Equatable {
        var outcome: String
        var exitCode: Int32
        var duration: Double
    }

    /// The most tasks, attempts, builds, candidates and notes that are kept.
    static let most = 4000
    /// The most plans; each is a round of columns in the graph.
    static let mostPlans = 200
    /// The most characters of a title or a reason.
    static let longest = 2000

    var start: RunStart?
    /// The plans' patterns and balancing strategies.
    var plans: [Plan] = []
    var tasks: [Task] = []
    var attempts: [Attempt] = []
    var lanes: [Lane] = []
    var builds: [Build] = []
    var candidates: [Moment<CandidateVerdict>] = []
    var notes: [Moment<Note>] = []
    /// What went wrong, in words.
    var failures: [Moment<String>] = []
    var branches: [Branch] = []
    var synthesis: [Moment<String>] = []
    var ending: Ending?
    /// When the last event was.
    var last = 0.0
    /// What didn't fit.
    var left = 0
    /// The position of the latest task with an id.
    var current: [String: Int] = [:]

    package init() {}

    func count(_ state: TaskState) -> Int { tasks.count { $0.state == state } }
}
