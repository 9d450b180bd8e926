import Events
import Orchestration

extension StatisticsReport {
    /// The figures of a recorded run.
    package init(_ records: [RunRecord], run: String) {
        let figures = RunStatistics(records)
        var command = "run"
        var models: [String: String] = [:]
        var outcome: String?
        var duration: Double?
        for record in records {
            switch record.event {
            case .runStarted(let start): command = start.command
            case .serverJoined(let facts): models[facts.name] = facts.model
            case .runFinished(let end, _, let time):
                outcome = end
                duration = time
            default: break
            }
        }
        self.init(run: run, command: command)
        self.outcome = outcome
        self.duration = duration ?? records.last?.elapsed
        guard figures.tasks > 0 else { return }
        orchestrationTime = figures.duration
        sequentialDuration = figures.sequentialDuration
        parallelEfficiency = figures.parallelEfficiency
        againstFastest = figures.againstFastest
        parallelismFactor = figures.parallelismFactor
        boundRatio = figures.boundRatio
        timeToFirstToken = figures.timeToFirstToken
        failovers = figures.failovers
        tasks.total = figures.tasks
        tasks.succeeded = figures.successful
        tasks.failed = figures.failed
        tasks.cancelled = figures.cancelled
        tasks.retried = figures.retried
        tasks.cached = figures.cached
        tasks.hedged = figures.hedged
        tokens.prompt = figures.promptTokens
        tokens.answer = figures.answerTokens
        advice = figures.advice
        servers = figures.servers.map { server in
            Server(
                name: server.name, model: models[server.name], slots: server.slots, tasks: server.attempts,
                failed: server.failed,
                busy: server.busy, utilization: server.utilization, promptTokens: server.promptTokens,
                answerTokens: server.answerTokens, rate: server.answerRate)
        }
    }
}

/// What the built-in engine and verification did in a run: the part that no server has.
package struct VerificationFigures: Codable, Sendable, Equatable {
    package var builds = 0
    package var buildTime = 0.0
    package var candidates = 0
    package var passed = 0
    package var refused = 0
    package var fromBuiltinEngine = 0

    package init(_ records: [RunRecord]) {
        for record in records {
            switch record.event {
            case .buildFinished(let end):
                builds += 1
                buildTime += end.duration
            case .candidateJudged(let verdict):
                candidates += 1
                if verdict.result == .passed { passed += 1 }
                if verdict.result == .refused { refused += 1 }
                if verdict.model == nil { fromBuiltinEngine += 1 }
            default: break
            }
        }
    }

    package var line: String {
        "\(counted(builds, "build")) in \(shownDuration(buildTime)), \(counted(candidates, "candidate")) "
            + "(\(fromBuiltinEngine) built-in), \(passed) passed" + (refused > 0 ? ", \(refused) refused" : "")
    }
}

extension RunView.SpecialistRow {
    static func rows(_ records: [RunRecord]) -> [Self] {
        RunStatistics(records).specialists.map {
            Self(
                name: $0.name, tasks: $0.tasks, succeeded: $0.successful, failed: $0.failed,
                serviceTime: $0.serviceTime,
                answerTokens: $0.answerTokens)
        }
    }
}
