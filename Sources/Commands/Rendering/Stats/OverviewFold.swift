import Orchestration

/// Adds runs up.
struct OverviewFold {
    private struct ServerSums {
        var server: Overview.Server
        var models: Set<String> = []
        var promptSeconds = 0.0
        var promptTokens = 0
        var answerSeconds = 0.0
        var answerTokens = 0
        var firstTokens: [Double] = []
    }

    /// Advice is about how things are now.
    private static let recentRuns = 50

    private(set) var totals = Overview.Totals()
    private var serverSums: [String: ServerSums] = [:]
    private var work: [[String]: Overview.Work] = [:]
    private var replies: [[String]: Overview.Format] = [:]
    private var plans: [String: (pattern: Overview.Pattern, bounds: [Double])] = [:]
    private var advised: [[RunAdvice]] = []

    mutating func add(_ run: RunSummary) {
        total(run)
        let figures = run.statistics
        for server in figures.servers {
            add(server, of: run)
        }
        for part in run.work {
            let key = [part.specialist, part.model]
            var sum = work[key] ?? .init(specialist: part.specialist, model: part.model)
            sum.attempts += part.attempts
            sum.succeeded += part.succeeded
            sum.failed += part.failed
            sum.cached += part.cached
            sum.serviceTime += part.serviceTime
            sum.answerTokens += part.answerTokens
            sum.verified += part.verified
            sum.refused += part.refused
            work[key] = sum
        }
        for part in run.formats {
            let key = [part.model, part.format]
            var sum = replies[key] ?? .init(model: part.model, format: part.format)
            sum.asked += part.asked
            sum.applied += part.applied
            sum.unchanged += part.unchanged
            sum.malformed += part.malformed
            sum.verified += part.verified
            replies[key] = sum
        }
        if let pattern = run.pattern {
            var sum = plans[pattern] ?? (pattern: Overview.Pattern(pattern: pattern), bounds: [])
            sum.pattern.runs += 1
            sum.pattern.tasks += figures.tasks
            if figures.parallelEfficiency != nil {
                sum.pattern.orchestrationTime += figures.duration
                sum.pattern.sequentialDuration += figures.sequentialDuration
            }
            if let ratio = figures.boundRatio { sum.bounds.append(ratio) }
            plans[pattern] = sum
        }
        if figures.tasks > 0 { advised.append(figures.advice) }
    }

    private mutating func total(_ run: RunSummary) {
        let figures = run.statistics
        totals.runs += 1
        if let outcome = run.outcome { totals.outcomes[outcome, default: 0] += 1 } else { totals.unfinished += 1 }
        if run.exitCode == 0 { totals.succeeded += 1 }
        totals.duration += run.duration
        totals.orchestrationTime += figures.duration
        totals.sequentialDuration += figures.sequentialDuration
        totals.tasks.total += figures.tasks
        totals.tasks.succeeded += figures.successful
        totals.tasks.failed += figures.failed
        totals.tasks.cancelled += figures.cancelled
        totals.tasks.cached += figures.cached
        totals.tasks.hedged += figures.hedged
        totals.tasks.retried += figures.retried
        totals.attempts += figures.attempts
        totals.failovers += figures.failovers
        totals.promptTokens += figures.promptTokens
        totals.answerTokens += figures.answerTokens
        totals.builds += run.verification.builds
        totals.buildTime += run.verification.buildTime
        totals.candidates += run.verification.candidates
        totals.passed += run.verification.passed
        totals.refused += run.verification.refused
        totals.fromBuiltinEngine += run.verification.fromBuiltinEngine
    }

    private mutating func add(_ part: RunStatistics.Server, of run: RunSummary) {
        var sums = serverSums[part.name] ?? ServerSums(server: .init(name: part.name))
        sums.server.runs += 1
        sums.server.attempts += part.attempts
        sums.server.succeeded += part.successful
        sums.server.failed += part.failed
        sums.server.lost += part.lost
        sums.server.busy += part.busy
        sums.server.slotTime += Double(part.slots) * run.statistics.duration
        sums.server.promptTokens += part.promptTokens
        sums.server.answerTokens += part.answerTokens
        if let more = run.servers.first(where: { $0.name == part.name }) {
            if let model = more.model { sums.models.insert(model) }
            sums.promptSeconds += more.promptSeconds
            sums.promptTokens += more.timedPromptTokens
            sums.answerSeconds += more.answerSeconds
            sums.answerTokens += more.timedAnswerTokens
            sums.firstTokens += more.firstTokens
        }
        serverSums[part.name] = sums
    }

    /// By name.
    var servers: [Overview.Server] {
        serverSums.values.map { sums in
            var server = sums.server
            server.models = sums.models.sorted()
            if server.slotTime > 0 { server.utilization = server.busy / server.slotTime }
            if sums.promptSeconds > 0.01 { server.promptRate = Double(sums.promptTokens) / sums.promptSeconds }
            if sums.answerSeconds > 0.01 { server.answerRate = Double(sums.answerTokens) / sums.answerSeconds }
            server.firstToken = Quantiles(sums.firstTokens)
            server.firstTokenTime = sums.firstTokens.reduce(0, +)
            return server
        }.sorted { $0.name < $1.name }
    }

    /// By specialist and model.
    var specialists: [Overview.Work] {
        work.values.map { sum in
            var sum = sum
            sum.verifiedRate = ShareInterval(sum.verified, of: sum.verified + sum.refused)
            return sum
        }.sorted { ($0.specialist, $0.model) < ($1.specialist, $1.model) }
    }

    /// By model and format.
    var formats: [Overview.Format] {
        replies.values.map { sum in
            var sum = sum
            sum.wellFormed = ShareInterval(sum.applied + sum.unchanged, of: sum.asked)
            return sum
        }.sorted { ($0.model, $0.format) < ($1.model, $1.format) }
    }

    /// By name.
    var patterns: [Overview.Pattern] {
        plans.values.map { sum in
            var pattern = sum.pattern
            if pattern.orchestrationTime > 0 {
                pattern.parallelEfficiency = pattern.sequentialDuration / pattern.orchestrationTime
            }
            pattern.boundRatio = Quantiles(sum.bounds)
            return pattern
        }.sorted { $0.pattern < $1.pattern }
    }

    /// What at least two of the newest runs, and a fifth of them, were told; the commonest first.
    var advice: [Overview.Advice] {
        let recent = advised.suffix(Self.recentRuns)
        var found: [[String]: Overview.Advice] = [:]
        for run in recent {
            var seen: Set<[String]> = []
            for advice in run {
                let key = [advice.code.rawValue, advice.subject ?? ""]
                guard seen.insert(key).inserted else { continue }
                let before = found[key]?.runs ?? 0
                found[key] = .init(
                    code: advice.code, subject: advice.subject, runs: before + 1, of: recent.count, text: advice.text)
            }
        }
        return found.values.filter { $0.runs >= 2 && $0.runs * 5 >= recent.count }
            .sorted { ($1.runs, $0.code.rawValue, $0.subject ?? "") < ($0.runs, $1.code.rawValue, $1.subject ?? "") }
    }
}
