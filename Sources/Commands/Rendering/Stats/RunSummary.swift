import Events
import Orchestration

/// What the figures over all runs need of one, derived from its events alone.
package struct RunSummary: Codable, Sendable, Equatable {
    /// It rises when what is derived changes, so that what was kept is derived anew.
    package static let version = 1

    /// What `RunStatistics` doesn't say of a server. Seconds are those that the server reports.
    struct Server: Codable, Sendable, Equatable {
        var name: String
        var model: String?
        var promptSeconds = 0.0
        var timedPromptTokens = 0
        var answerSeconds = 0.0
        var timedAnswerTokens = 0
        /// Of the successful attempts, in the order in which they ended.
        var firstTokens: [Double] = []
    }

    /// What a specialist did with a model.
    struct Work: Codable, Sendable, Equatable {
        var specialist: String
        var model: String
        var attempts = 0
        var succeeded = 0
        var failed = 0
        var cached = 0
        var serviceTime = 0.0
        var answerTokens = 0
        /// Candidates with which the build passed or got further.
        var verified = 0
        /// Candidates that were refused, or with which the build failed as before.
        var refused = 0
    }

    /// What became of a model's replies in one format.
    struct Format: Codable, Sendable, Equatable {
        var model: String
        var format: String
        var asked = 0
        var applied = 0
        var unchanged = 0
        var malformed = 0
        var verified = 0
    }

    var command = ""
    /// Nil while the run is under way, and for ever if it was killed.
    var outcome: String?
    var exitCode: Int32?
    /// The whole run; of one without an end, until its last event.
    var duration = 0.0
    /// The pattern of its first plan; nil when nothing was planned.
    var pattern: String?
    var statistics: RunStatistics
    var servers: [Server] = []
    var work: [Work] = []
    var formats: [Format] = []
    var verification: VerificationFigures

    /// - Parameter records: a run's events, in order.
    package init(_ records: [RunRecord]) {
        statistics = RunStatistics(records)
        verification = VerificationFigures(records)
        var reader = SummaryReader()
        for record in records { reader.read(record) }
        for record in records {
            switch record.event {
            case .runStarted(let start): command = start.command
            case .planned(let work): pattern = pattern ?? work.pattern
            case .runFinished(let end, let code, let time):
                outcome = end
                exitCode = code
                duration = time
            default: break
            }
        }
        if outcome == nil { duration = records.last?.elapsed ?? 0 }
        servers = reader.servers
        work = reader.work.values.sorted { ($0.specialist, $0.model) < ($1.specialist, $1.model) }
        formats = reader.formats.values.sorted { ($0.model, $0.format) < ($1.model, $1.format) }
    }
}

/// Collects from events what a summary has beside the statistics.
private struct SummaryReader {
    private struct Reply {
        var task: String
        var key: [String]
        var isVerified = false
    }

    var servers: [RunSummary.Server] = []
    var work: [[String]: RunSummary.Work] = [:]
    var formats: [[String]: RunSummary.Format] = [:]
    private var builtin: Set<String> = ["builtin"]
    /// The specialist of each task; a later plan of the run may use an id again.
    private var roles: [String: String] = [:]
    private var replies: [Reply] = []

    mutating func read(_ record: RunRecord) {
        switch record.event {
        case .planned(let plan):
            for task in plan.tasks { roles[task.id] = task.specialist }
        case .serverJoined(let facts):
            if facts.kind == "builtin" {
                builtin.insert(facts.name)
            } else if let index = servers.firstIndex(where: { $0.name == facts.name }) {
                servers[index].model = facts.model ?? servers[index].model
            } else {
                servers.append(.init(name: facts.name, model: facts.model))
            }
        case .taskFinished(let end) where !builtin.contains(end.server): note(end)
        case .replyRead(let reply): note(reply)
        case .candidateJudged(let verdict): note(verdict)
        default: break
        }
    }

    private mutating func note(_ end: TaskEnd) {
        if let specialist = roles[end.task] {
            change(specialist, end.model) { work in
                work.attempts += 1
                if end.outcome == .failed { work.failed += 1 }
                guard end.outcome == .succeeded else { return }
                work.succeeded += 1
                if end.cached { work.cached += 1 }
                work.serviceTime += end.serviceTime
                work.answerTokens += end.answerTokens ?? 0
            }
        }
        guard !end.cached, let index = servers.firstIndex(where: { $0.name == end.server }) else { return }
        if let tokens = end.promptTokens, let seconds = end.prompt {
            servers[index].promptSeconds += seconds
            servers[index].timedPromptTokens += tokens
        }
        if let tokens = end.answerTokens, let seconds = end.answer {
            servers[index].answerSeconds += seconds
            servers[index].timedAnswerTokens += tokens
        }
        if end.outcome == .succeeded, let first = end.firstToken { servers[index].firstTokens.append(first) }
    }

    private mutating func note(_ reply: ReplyRecord) {
        let key = [reply.model, reply.format]
        var format = formats[key] ?? .init(model: reply.model, format: reply.format)
        format.asked += 1
        switch reply.outcome {
        case .applied: format.applied += 1
        case .unchanged: format.unchanged += 1
        case .malformed: format.malformed += 1
        }
        formats[key] = format
        replies.append(Reply(task: reply.task, key: key))
    }

    private mutating func note(_ verdict: CandidateVerdict) {
        let isVerified = verdict.result == .passed || verdict.result == .improved
        if isVerified {
            for index in replies.indices where replies[index].task == verdict.source && !replies[index].isVerified {
                replies[index].isVerified = true
                formats[replies[index].key]?.verified += 1
            }
        }
        // The built-in engine has no model; a candidate that came too late was not judged.
        guard let model = verdict.model, verdict.result != .cancelled, let specialist = roles[verdict.source] else {
            return
        }
        change(specialist, model) { work in
            if isVerified { work.verified += 1 } else { work.refused += 1 }
        }
    }

    private mutating func change(_ specialist: String, _ model: String, _ body: (inout RunSummary.Work) -> Void) {
        body(&work[[specialist, model], default: .init(specialist: specialist, model: model)])
    }
}
