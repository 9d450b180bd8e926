import Diagnostics
import Events
import Orchestration
import Specialists

/// The models' part of a fix: rounds of plans, each result verified as it comes.
struct ModelStage: Sendable {
    var orchestrator: TeamOrchestrator
    var request: FixRequest
    var longestContext: Int
    var base: String?
    var log: RunLog
    /// Whether the run's time is up.
    var isOutOfTime: @Sendable () -> Bool

    func run(_ repair: Repair, load: @Sendable ([RootCause]) async -> Void) async throws {
        var hints: [String: String] = [:]
        for round in 1...max(1, request.rounds) {
            let latest = await repair.latest
            if latest.passed || isOutOfTime() { return }
            await load(latest.causes)
            let planner = FixPlanner(
                files: repair.files, gate: repair.gate, command: request.command ?? "", candidates: request.candidates,
                longestContext: longestContext, pattern: request.pattern.flatMap(Pattern.init(rawValue:)))
            guard let planned = planner.plan(latest, round: round, hints: hints, base: base) else {
                log.append(.notice(level: .info, text: "nothing that may be edited is suspect; no model is asked"))
                return
            }
            let learned = Learned()
            _ = try await orchestrator.execute(planned.plan) { result in
                guard let brief = planned.briefs[result.task.id], let text = result.text else { return .goOn }
                return await judge(text, result, brief, planned, repair, learned)
            }
            try Task.checkCancellation()
            if let problem = await learned.problem { throw problem }
            hints.merge(await learned.hints) { $1 }
        }
    }

    private func judge(
        _ answer: String, _ result: TaskResult, _ brief: TaskBrief, _ planned: FixPlanner.Planned, _ repair: Repair,
        _ learned: Learned
    ) async -> Judgement {
        let texts = texts(from: answer, brief, repair.files)
        for (text, isReduced) in texts {
            guard let origin = repair.files[brief.window.file] else { continue }
            let candidate = Candidate(
                id: await repair.nextID(),
                title: "Mend \(brief.window.file):\(brief.suspect.line ?? brief.window.lines.lowerBound)",
                source: result.task.id, model: result.model, causes: brief.causes, contents: [brief.window.file: text],
                origins: [brief.window.file: origin])
            do {
                let trial = try await repair.consider(
                    candidate, scope: [brief.window.file], acceptsImprovement: !brief.isAssertion && !isReduced)
                switch trial.progress {
                case .passed: return .settled("a candidate of \(result.task.id) passed")
                case .improved where !isReduced && !brief.isAssertion:
                    let rest = await repair.latest.causes
                    // The other files' tasks go on; with one file there is nothing left that they could mend.
                    return Set(planned.briefs.values.map(\.window.file)).count == 1 || rest.isEmpty
                        ? .settled("a candidate of \(result.task.id) got the build further") : .goOn
                case .improved, .none:
                    if let observation = trial.observation {
                        await learned.saw(
                            observation, brief.window.file, instead: text, of: origin,
                            sample: planned.plan.tasks.firstIndex { $0.id == result.task.id } ?? .max)
                    }
                }
            } catch is CancellationError {
                return .goOn
            } catch {
                await learned.failed(error)
                return .settled("the build can't be run: \(error)")
            }
        }
        return .goOn
    }

    /// The file's new contents that an answer stands for: first without what was tidied up far from the error, then whole.
    private func texts(from answer: String, _ brief: TaskBrief, _ files: WorkingFiles) -> [(SourceText, Bool)] {
        guard let origin = files[brief.window.file] else { return [] }
        let reply = CodeReply(answer)
        let whole: SourceText
        if let replaced = Self.replacing(reply.replacements, in: origin) {
            whole = replaced
        } else if let block = reply.bestBlock, !block.isElided,
            let placed = try? ReplyPlacement(text: origin, window: brief.window).place(block.code)
        {
            whole = placed
        } else {
            return []
        }
        guard !brief.isAssertion, let line = brief.suspect.line,
            let reduced = keepingHunks(near: line, within: 3, old: origin, new: whole)
        else { return [(whole, false)] }
        return [(reduced, true), (whole, false)]
    }

    /// SEARCH/REPLACE blocks, each of which must match exactly once: all of them or none.
    private static func replacing(_ replacements: [CodeReply.Replacement], in origin: SourceText) -> SourceText? {
        guard !replacements.isEmpty else { return nil }
        var text = origin.string
        for replacement in replacements {
            let places = text.ranges(of: replacement.search)
            guard !replacement.search.isEmpty, !replacement.isElided, places.count == 1, let place = places.first else {
                return nil
            }
            text.replaceSubrange(place, with: replacement.replace)
        }
        return text == origin.string ? nil : SourceText(text)
    }
}

/// What a round's failures teach the next one.
private actor Learned {
    private(set) var hints: [String: String] = [:]
    private var samples: [String: Int] = [:]
    private(set) var problem: (any Error)?

    /// Of several failures of one file the plan's first counts, not the one that came last: the next round's prompts don't
    /// depend on which server was faster.
    func saw(
        _ observation: BuildObservation, _ file: String, instead text: SourceText, of origin: SourceText, sample: Int
    ) {
        guard sample <= samples[file] ?? .max else { return }
        samples[file] = sample
        guard let cause = observation.causes.first else { return }
        let hunks = lineHunks(origin.allLines, text.allLines).prefix(3)
        let changed = hunks.map { text.allLines[$0.new].joined() }.joined().prefix(400)
        hints[file] =
            "This was tried and is wrong, the command then says '\(sanitized(steadied(String(cause.diagnostic.message.prefix(200)))))':\n\(changed)"
    }

    func failed(_ error: any Error) { problem = error }
}
