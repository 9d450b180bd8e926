import Diagnostics
import Orchestration
import Specialists

/// Hears the experts as their answers come, and says when the vote is settled.
actor Hearing {
    /// An expert's answer, read, checked and weighed.
    struct Voice: Sendable {
        var seat: Int
        var server: String?
        var model: String?
        var reply: ConsensusReply
        var quoted: [Consensus.Quoted]
        var weight: Double

        /// The answer as it is compared with others.
        var claim: Claim {
            Claim(
                reply.answer,
                cited: quoted.filter { $0.check == .found }.compactMap { cited in
                    cited.line.map { (cited.file, $0) }
                })
        }
    }

    let panel: Panel
    let tasks: [TeamTask]
    let material: Material
    let records: TrackRecords
    let models: [String]
    /// Whether the rest is still heard when it can't change anything.
    let hearsAll: Bool
    private var voices: [Int: Voice] = [:]
    private var gone: Set<Int> = []
    private var isSettled = false

    init(
        panel: Panel, tasks: [TeamTask], material: Material, records: TrackRecords, models: [String], hearsAll: Bool
    ) {
        self.panel = panel
        self.tasks = tasks
        self.material = material
        self.records = records
        self.models = models
        self.hearsAll = hearsAll
    }

    /// What the vote is when a result has come in.
    func take(_ result: TaskResult) -> Judgement {
        guard let (seat, isSecond) = seatIndex(of: result.task.id) else { return .goOn }
        guard let voice = Self.voice(result, seat: seat, panel, material, records) else {
            // A model that can't be had is no reason to go without this expert: another one may speak for it.
            if !isSecond, !result.succeeded, panel.seats[seat].model != nil {
                var again = tasks[seat]
                again.id += Self.second
                again.model = nil
                return .add([again])
            }
            gone.insert(seat)
            return judgement()
        }
        voices[seat] = voice
        return judgement()
    }

    private func judgement() -> Judgement {
        guard !hearsAll, !isSettled else { return .goOn }
        let heard = voices.values.sorted { $0.seat < $1.seat }
        let waiting = panel.seats.indices.filter { voices[$0] == nil && !gone.contains($0) }
        guard !waiting.isEmpty else { return .goOn }
        let tally = Tally(groups: ClaimGroups.of(heard.map(\.claim)), weights: heard.map(\.weight))
        let most = waiting.map { seat in
            models.map { records.record(specialist: panel.seats[seat].role, model: $0) }.map {
                VoteWeight(record: $0).value
            }.max() ?? 2
        }
        guard tally.isSettled(outstanding: most) else { return .goOn }
        isSettled = true
        return .settled("the vote is settled: \(tally.winner.count) of \(panel.seats.count) experts agree")
    }

    /// Shorter code stands in many lines.
    private static let leastCode = 8

    /// What stands in backquotes and is long enough to be a line's own, a few at most.
    static func inlineCode(in text: String) -> [String] {
        let parts = text.split(separator: "`", omittingEmptySubsequences: false)
        return stride(from: 1, to: parts.count - 1, by: 2).map { String(parts[$0]) }
            .filter { $0.count >= leastCode && !$0.contains("\n") && $0.contains { " =()[]<>+-".contains($0) } }
            .prefix(4).map(\.self)
    }

    private static let second = "-again"

    private func seatIndex(of task: String) -> (seat: Int, isSecond: Bool)? {
        let isSecond = task.hasSuffix(Self.second)
        let id = isSecond ? String(task.dropLast(Self.second.count)) : task
        return panel.seats.firstIndex { $0.id == id }.map { ($0, isSecond) }
    }

    /// What was heard in the end, from the plan's results: the voices by seat, who brought nothing and why, and who wasn't
    /// waited for.
    func conclusion(_ results: [TaskResult]) -> (voices: [Voice], missing: [String], unheard: [String]) {
        var found: [Voice] = []
        var missing: [String] = []
        var unheard: [String] = []
        for (number, seat) in panel.seats.enumerated() {
            let own = results.filter { self.seatIndex(of: $0.task.id)?.seat == number }
            if let voice = own.lazy.compactMap({ Self.voice($0, seat: number, self.panel, self.material, self.records) }
            )
            .first {
                found.append(voice)
            } else if isSettled, own.contains(where: { $0.outcome == .cancelled }) {
                unheard.append("\(seat.name), \(seat.role)")
            } else {
                let reason = own.last.map { $0.succeeded ? "its reply has no answer" : $0.reason ?? "no answer" }
                missing.append("\(seat.name): \(reason ?? "it wasn't asked")")
            }
        }
        return (found, missing, unheard)
    }

    private static func voice(
        _ result: TaskResult, seat: Int, _ panel: Panel, _ material: Material, _ records: TrackRecords
    ) -> Voice? {
        guard let text = result.text else { return nil }
        let reply = ConsensusReply(sanitized(text))
        guard !reply.answer.allSatisfy(\.isWhitespace) else { return nil }
        var quoted = reply.evidence.map { citation in
            let (check, citation) = material.check(citation)
            return Consensus.Quoted(file: citation.file, line: citation.line, quote: citation.quote, check: check)
        }
        // Small models name a line by its code, in the answer. What isn't there may be what they propose.
        for code in inlineCode(in: reply.answer) {
            let (check, citation) = material.check(.init(file: nil, line: nil, quote: code))
            guard check == .found, !quoted.contains(where: { $0.file == citation.file && $0.line == citation.line })
            else { continue }
            quoted.append(.init(file: citation.file, line: citation.line, quote: code, check: check))
        }
        let checked = quoted.filter { $0.check != .unchecked }
        return Voice(
            seat: seat, server: result.server, model: result.model, reply: reply, quoted: quoted,
            weight: VoteWeight(
                record: records.record(specialist: panel.seats[seat].role, model: result.model ?? ""),
                cited: checked.count, found: checked.count { $0.check == .found }
            ).value)
    }
}
