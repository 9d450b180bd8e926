import Events
import Inference

/// Finds what a run's figures say about how to run better.
///
/// Every rule has a threshold below which it says nothing: short runs, a few failures and a server that is rightly left alone
/// are no reason for advice.
struct RunAdvisor {
    private let figures: RunStatistics
    private let reader: EventReader

    /// Shorter plans aren't worth tuning, in seconds.
    static let shortest = 1.0

    init(_ figures: RunStatistics, _ reader: EventReader) {
        self.figures = figures
        self.reader = reader
    }

    var advice: [RunAdvice] {
        [failures, timeouts, parallelism, balance, loads, prompts].compactMap { $0 }
    }

    // MARK: - Failures

    private var failed: [(end: TaskEnd, specialist: String?)] {
        zip(reader.ends, reader.owners).filter { $0.0.outcome == .failed }.map { end, owner in
            (end, owner.map { reader.tasks[$0].specialist })
        }
    }

    private static let timedOut = InferenceError.Code.timedOut.rawValue

    /// At least two, and a quarter of all attempts; time-outs have their own advice.
    private var failures: RunAdvice? {
        let all = failed
        let other = all.filter { $0.end.code != Self.timedOut }
        guard other.count >= 2, other.count * 4 >= figures.attempts else { return nil }
        let code = Self.commonest(other.map { $0.end.code ?? "" })
        let server = figures.servers.count > 1 ? Self.most(of: other.map(\.end.server)) : nil
        let specialist = figures.specialists.count > 1 ? Self.most(of: other.compactMap(\.specialist)) : nil
        let place = server.map { " on \($0)" } ?? specialist.map { ", above all the \($0)'s" } ?? ""
        let why = code.isEmpty ? "" : ", mostly \(Self.words(code))"
        return RunAdvice(
            .manyFailures, subject: server ?? specialist,
            text: "\(other.count) of \(figures.attempts) attempts failed\(place)\(why): \(Self.cure(code))",
            numbers: ["failed": Double(other.count), "attempts": Double(figures.attempts)])
    }

    private var timeouts: RunAdvice? {
        let all = reader.ends.filter { $0.outcome == .failed && $0.code == Self.timedOut }
        guard let longest = all.map(\.elapsed).max(), all.count * 10 >= figures.attempts else { return nil }
        let server = figures.servers.count > 1 ? Self.most(of: all.map(\.server)) : nil
        return RunAdvice(
            .timeouts, subject: server,
            text:
                "\(all.count) of \(figures.attempts) attempts ran out of time\(server.map { " on \($0)" } ?? ""), after "
                + "\(Self.seconds(longest)): allow more with --timeout, or use a smaller model",
            numbers: [
                "timedOut": Double(all.count), "attempts": Double(figures.attempts), "longest": longest,
            ])
    }

    /// The value that at least 70 % have.
    private static func most(of values: [String]) -> String? {
        let value = commonest(values)
        return !value.isEmpty && values.count(where: { $0 == value }) * 10 >= values.count * 7 ? value : nil
    }

    private static func commonest(_ values: [String]) -> String {
        let counts = Dictionary(values.map { ($0, 1) }, uniquingKeysWith: +)
        return counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? ""
    }

    private static func words(_ code: String) -> String {
        switch InferenceError.Code(rawValue: code) {
        case .unreachable: "not reachable"
        case .busy: "busy"
        case .incomplete: "cut short"
        case .modelNotFound: "without the model"
        case .contextOverflow: "prompts too long"
        case .badRequest: "requests refused"
        case .unauthorized: "not allowed in"
        case .serverFailed: "the server failed"
        case .malformed, .empty: "no usable answer"
        case .limitExceeded: "answers too long"
        case .timedOut, .cancelled, nil: code
        }
    }

    private static func cure(_ code: String) -> String {
        switch InferenceError.Code(rawValue: code) {
        case .unreachable, .incomplete: "check that the server is up (teamfix servers), or leave it out"
        case .busy: "give it fewer slots, or name another server"
        case .modelNotFound: "pull the model there, or name another one"
        case .contextOverflow: "allow a larger context, or give smaller parts"
        case .unauthorized: "set its token"
        case .serverFailed: "read its log; a smaller model or context may fit its memory"
        case .malformed, .empty, .limitExceeded: "use another model, or shorter tasks"
        case .timedOut, .badRequest, .cancelled, nil: "see the reasons with teamfix stats"
        }
    }

    // MARK: - Parallelism

    private var slots: Int { figures.servers.reduce(0) { $0 + $1.slots } }

    /// Low is under 2x where 2x was possible, and under 40 % of what was possible in larger teams.
    private var parallelism: RunAdvice? {
        guard figures.duration >= Self.shortest, figures.successful >= 2, slots >= 2,
            let efficiency = figures.parallelEfficiency
        else { return nil }
        let possible = Double(min(slots, figures.successful))
        if efficiency < min(2, 0.75 * possible) || efficiency < 0.4 * possible {
            return chain(efficiency) ?? straggler(efficiency) ?? longTask(efficiency) ?? fewWorkers(efficiency)
        }
        guard efficiency < 2, slots >= 2 * figures.successful else { return nil }
        return RunAdvice(
            .moreSlotsThanTasks,
            text:
                "\(figures.successful) tasks for \(slots) slots: split the work into more tasks, or name fewer servers",
            numbers: [
                "tasks": Double(figures.successful), "slots": Double(slots), "efficiency": efficiency,
            ])
    }

    private func chain(_ efficiency: Double) -> RunAdvice? {
        guard let chain = figures.longestChain, chain.tasks >= 2, chain.seconds >= 0.7 * figures.duration else {
            return nil
        }
        return RunAdvice(
            .chain,
            text: "\(chain.tasks) tasks waited for one another, \(Self.seconds(chain.seconds)) of "
                + "\(Self.seconds(figures.duration)): drop dependencies that aren't needed",
            numbers: [
                "tasks": Double(chain.tasks), "chain": chain.seconds, "duration": figures.duration,
                "efficiency": efficiency,
            ])
    }

    /// The server whose attempts ended last, when it was slow and the others had ended long before.
    private func straggler(_ efficiency: Double) -> RunAdvice? {
        var ends: [String: Double] = [:]
        for (end, owner) in zip(reader.ends, reader.owners) {
            let time = owner.flatMap { reader.tasks[$0].spans.last?.end } ?? 0
            ends[end.server] = max(ends[end.server] ?? 0, time)
        }
        let ordered = figures.servers.compactMap { server in ends[server.name].map { (server, $0) } }
            .sorted { $0.1 > $1.1 }
        guard ordered.count > 1, ordered[0].1 - ordered[1].1 >= 0.25 * figures.duration,
            let rate = ordered[0].0.answerRate, let best = figures.servers.compactMap(\.answerRate).max(),
            rate <= best / 2
        else { return nil }
        let name = ordered[0].0.name
        let alone = ordered[0].1 - ordered[1].1
        return RunAdvice(
            .slowServer, subject: name,
            text:
                "\(name) worked alone for the last \(Self.seconds(alone)), at \(Self.tenth(rate)) tokens a second against "
                + "\(Self.tenth(best)): leave it out, or give it only quick tasks",
            numbers: [
                "alone": alone, "duration": figures.duration, "rate": rate, "best": best, "efficiency": efficiency,
            ])
    }

    private func longTask(_ efficiency: Double) -> RunAdvice? {
        let done = reader.tasks.indices.filter { reader.tasks[$0].last?.outcome == .succeeded }
        let longest = done.max { serviceTime($0) < serviceTime($1) }
        guard let longest, serviceTime(longest) >= 0.7 * figures.duration else { return nil }
        let role = reader.tasks[longest].specialist
        return RunAdvice(
            .longTask, subject: role,
            text:
                "one task of \(role) took \(Self.seconds(serviceTime(longest))) of \(Self.seconds(figures.duration)): "
                + "split it, or bound its answer",
            numbers: [
                "task": serviceTime(longest), "duration": figures.duration, "efficiency": efficiency,
            ])
    }

    private func serviceTime(_ task: Int) -> Double { reader.tasks[task].last?.serviceTime ?? 0 }

    /// Tasks and slots were there, and few ran at once even when most did: something else than waiting for a build held them.
    private func fewWorkers(_ efficiency: Double) -> RunAdvice? {
        let peak = mostAtOnce
        guard peak * 2 <= min(slots, figures.tasks) else { return nil }
        return RunAdvice(
            .fewWorkers,
            text:
                "never more than \(peak) of \(figures.tasks) tasks ran at once on \(slots) slots: raise --max-workers, and let "
                + "tasks that can stand alone do so",
            numbers: ["mostAtOnce": Double(peak), "slots": Double(slots), "efficiency": efficiency])
    }

    private var mostAtOnce: Int {
        let spans = reader.tasks.flatMap(\.spans)
        // An end at the moment of a start comes first.
        let changes = (spans.map { ($0.start, 1) } + spans.map { ($0.end, -1) }).sorted { $0 < $1 }
        var (now, most) = (0, 0)
        for (_, change) in changes {
            now += change
            most = max(most, now)
        }
        return most
    }

    // MARK: - Balance

    /// Busy at 90 % and more against 30 % and less, where work could have been moved: a schedule near the bound is right to
    /// leave a slow server alone.
    private var balance: RunAdvice? {
        guard figures.duration >= Self.shortest, figures.servers.count > 1, figures.boundRatio ?? .infinity > 1.15,
            let busiest = figures.servers.max(by: { ($0.utilization ?? 0) < ($1.utilization ?? 0) }),
            let idlest = figures.servers.min(by: { ($0.utilization ?? 0) < ($1.utilization ?? 0) }),
            let high = busiest.utilization, let low = idlest.utilization,
            high >= 0.9, low <= 0.3, busiest.successful > busiest.slots
        else { return nil }
        let numbers = ["busiest": high, "idlest": low]
        let seen = "\(busiest.name) was busy \(Self.percent(high)) of the time, \(idlest.name) \(Self.percent(low)): "
        if idlest.attempts == 0 || idlest.lost > 0 {
            let lost = idlest.lost > 0
            return RunAdvice(
                .idleServer, subject: idlest.name,
                text: seen
                    + (lost
                        ? "it was lost; see why with teamfix servers"
                        : "let its strengths or model fit more of the tasks"),
                numbers: numbers)
        }
        let pinned = reader.tasks.count { $0.pinned == busiest.name }
        return RunAdvice(
            .unbalanced, subject: busiest.name,
            text: seen
                + (pinned > 0
                    ? "unpin some of the \(pinned) tasks that name \(busiest.name)"
                    : "use --strategy predictive or load-aware, or give \(idlest.name) more slots"),
            numbers: numbers.merging(["pinned": Double(pinned)]) { $1 })
    }

    // MARK: - Where the time goes

    private var reported: Double { figures.loadTime + figures.promptTime + figures.answerTime }

    private var loads: RunAdvice? {
        guard figures.loadTime >= 5, figures.loadTime >= 0.3 * reported else { return nil }
        return RunAdvice(
            .modelLoads,
            text:
                "loading models took \(Self.percent(figures.loadTime / reported)) of the servers' time: keep them loaded "
                + "(OLLAMA_KEEP_ALIVE), one model a server",
            numbers: ["load": figures.loadTime, "share": figures.loadTime / reported])
    }

    private var prompts: RunAdvice? {
        guard figures.promptTime >= 5, figures.promptTime >= 0.6 * reported else { return nil }
        return RunAdvice(
            .promptHeavy,
            text:
                "reading prompts took \(Self.percent(figures.promptTime / reported)) of the servers' time: shorten the "
                + "material, or put what tasks share first",
            numbers: [
                "prompt": figures.promptTime, "share": figures.promptTime / reported,
                "promptTokens": Double(figures.promptTokens),
            ])
    }

    // MARK: - Words

    private static func tenth(_ value: Double) -> String {
        let tenths = Int((min(value, 1e9) * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }

    private static func seconds(_ value: Double) -> String { "\(tenth(value)) s" }
    private static func percent(_ share: Double) -> String { "\(Int((min(share, 10) * 100).rounded()))%" }
}
