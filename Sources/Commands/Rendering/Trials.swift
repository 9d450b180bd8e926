import Diagnostics
import Events

/// What a fix ran and tried, read from the run's events: the part of its report that is about how it went.
package struct Trials: Sendable, Equatable {
    /// A build that ended.
    package struct Build: Encodable, Sendable, Equatable {
        /// The command that ended: the build's, or that of the check after it.
        var command: String?
        /// Whether the build had passed, and this is the check after it.
        var isCheck: Bool
        /// Nil when a signal or the deadline ended it.
        var exitCode: Int32?
        var timedOut: Bool
        /// Errors in its output.
        var errors: Int
        /// Seconds.
        var duration: Double
        /// Whether no build had been in its checkout before.
        var freshCheckout: Bool

        init(_ end: BuildEnd) {
            command = end.command.map(sanitizedLine)
            isCheck = end.isCheck ?? false
            exitCode = end.exitCode
            timedOut = end.timedOut
            errors = end.errors
            duration = end.duration
            freshCheckout = end.isFresh ?? false
        }

        var passed: Bool { exitCode == 0 && !timedOut }

        /// How it ended, in words.
        var ending: String {
            if timedOut { return "ran out of time" }
            return exitCode.map { "exited with \($0)" } ?? "was ended by a signal"
        }
    }

    /// A candidate that was judged.
    package struct Candidate: Encodable, Sendable, Equatable {
        var id: String
        /// The round of models, from 1, in which it was judged; 0 before the first.
        var round: Int
        var title: String?
        /// `builtin`, or a task's id.
        var source: String
        var server: String?
        var model: String?
        var files: [String]
        /// Added plus removed.
        var changedLines: Int
        var result: CandidateVerdict.Result
        var reason: String
        /// The ids of the causes that it is meant to mend.
        var causes: [String] = []
        /// The fingerprints of these causes.
        var fingerprints: [String]

        enum CodingKeys: CodingKey {
            case id, round, title, source, server, model, files, changedLines, result, reason, causes
        }

        /// Who wrote it, in words.
        var author: String {
            guard let model else { return "built-in engine" }
            return server.map { "\(model) on \($0)" } ?? model
        }
    }

    /// More candidates than this aren't kept for the report.
    static let mostCandidates = 1000

    /// How the command ended that was to fail; nil when none ran.
    var failure: Build?
    /// The last build in a checkout that no candidate had been in; nil when none got so far.
    var finalCheck: Build?
    var candidates: [Candidate] = []
    /// How many times models were asked.
    var rounds = 0
    /// Models' answers from which no edit could be read.
    var answersWithoutEdit = 0
    /// Builds with small changes that were tried one after the other.
    var searchBuilds = 0
    /// Servers that were there, and those that couldn't be used, once each.
    var servers: Set<String> = []
    var lostServers: Set<String> = []
    /// What the user should know, in the order in which it was said.
    var warnings: [String] = []

    package init(_ records: [RunRecord]) {
        var servers: [String: String] = [:]
        var coders: Set<String> = []
        var answered: Set<String> = []
        for record in records {
            switch record.event {
            case .planned(let work) where !["added", "synthesis"].contains(work.pattern):
                rounds += 1
                coders.formUnion(work.tasks.filter { $0.specialist == "Coder" }.map(\.id))
            case .serverJoined(let facts): self.servers.insert(facts.name)
            case .serverLost(let name, _): lostServers.insert(name)
            case .taskFinished(let end) where end.outcome == .succeeded:
                servers[end.task] = end.server
                if coders.contains(end.task) { answered.insert(end.task) }
            case .buildFinished(let end):
                if end.purpose == .search { searchBuilds += 1 }
                if end.purpose == .reproduce, failure == nil { failure = Build(end) }
                if end.purpose == .verify, end.isFresh == true { finalCheck = Build(end) }
            case .candidateJudged(let verdict):
                answered.remove(verdict.source)
                if candidates.count < Self.mostCandidates { add(verdict, servers) }
            case .notice(.warning, let text) where warnings.count < 50 && !warnings.contains(text):
                warnings.append(sanitizedLine(text))
            default: break
            }
        }
        answersWithoutEdit = answered.count
    }

    private mutating func add(_ verdict: CandidateVerdict, _ servers: [String: String]) {
        candidates.append(
            Candidate(
                id: verdict.id, round: rounds, title: verdict.title.map(sanitized), source: verdict.source,
                server: servers[verdict.source], model: verdict.model.map(sanitizedLine), files: verdict.files,
                changedLines: verdict.changedLines, result: verdict.result, reason: sanitizedLine(verdict.reason),
                fingerprints: verdict.causes ?? []))
    }
}

/// What was tried to mend one cause.
package struct Attempts: Encodable, Sendable, Equatable {
    var total = 0
    var passed = 0
    var improved = 0
    var failed = 0
    var refused = 0
    var cancelled = 0
    /// The id of the candidate that came nearest.
    var nearest: String?

    /// - Parameter candidates: those that were meant to mend it, in the order in which they were judged.
    init(_ candidates: [Trials.Candidate]) {
        total = candidates.count
        for candidate in candidates {
            switch candidate.result {
            case .passed: passed += 1
            case .improved: improved += 1
            case .failed: failed += 1
            case .refused: refused += 1
            case .cancelled: cancelled += 1
            }
        }
        nearest = Self.nearest(candidates)?.id
    }

    /// The one that got furthest; of several, the smallest, and of those the first.
    static func nearest(_ candidates: [Trials.Candidate]) -> Trials.Candidate? {
        let order: [CandidateVerdict.Result] = [.passed, .improved, .failed, .refused, .cancelled]
        func rank(_ candidate: Trials.Candidate) -> Int { order.firstIndex(of: candidate.result) ?? order.count }
        return candidates.min { (rank($0), $0.changedLines) < (rank($1), $1.changedLines) }
    }

    /// `6 tried: 2 refused, 4 failed`.
    var line: String {
        let parts = [
            (passed, "passed"), (improved, "got further"), (failed, "failed"), (refused, "refused"),
            (cancelled, "no longer needed"),
        ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        return "\(total) tried: \(parts.joined(separator: ", "))"
    }
}
