import Diagnostics
import Events
import Orchestration
import Synchronization

/// The models' part of a fix: rounds of plans, each result verified as it comes.
struct ModelStage: Sendable {
    var orchestrator: TeamOrchestrator
    var request: FixRequest
    var place: Workplace
    var base: String?
    var log: RunLog
    /// Whether the run's time is up.
    var isOutOfTime: @Sendable () -> Bool
    /// Told how many answers have been judged, as they are.
    var sawAnswers: @Sendable (Int) -> Void = { _ in }

    func run(_ repair: Repair, load: @Sendable ([RootCause]) async -> Void) async throws {
        var hints: [String: String] = [:]
        var tried: [String: [String]] = [:]
        var definitions: DefinitionIndex?
        let seen = Mutex(0)
        for round in 1...max(1, request.rounds) {
            let latest = await repair.latest
            if latest.passed || isOutOfTime() { return }
            await load(latest.causes)
            var planner = FixPlanner(
                repair.files, repair.gate, request, team: orchestrator, definitions: definitions ?? DefinitionIndex())
            // It takes time before the first prompt: only where the search without it is at a loss, and once.
            if definitions == nil, planner.lacksDefinitions(latest.causes) {
                planner.definitions = try await DefinitionIndex.make(of: repair.files, in: place)
                definitions = planner.definitions
            }
            guard let planned = planner.plan(latest, round: round, hints: hints, tried: tried, base: base) else {
                log.append(.notice(level: .info, text: "nothing that may be edited is suspect; no model is asked"))
                return
            }
            let learned = LearnedInRound(before: latest)
            _ = try await orchestrator.execute(planned.plan) { result in
                guard let brief = planned.briefs[result.task.id], let text = result.text else { return .goOn }
                let judgement = await judge(text, result, brief, planned, repair, learned)
                sawAnswers(
                    seen.withLock { count in
                        count += 1
                        return count
                    })
                return judgement
            }
            try Task.checkCancellation()
            if let problem = await learned.problem { throw problem }
            try await tryTogether(planned, repair, learned)
            hints.merge(await learned.hints) { $1 }
            tried.merge(await learned.triedLines) { $0 + $1 }
        }
    }

    private func judge(
        _ answer: String, _ result: TaskResult, _ brief: TaskBrief, _ planned: FixPlanner.Planned, _ repair: Repair,
        _ learned: LearnedInRound
    ) async -> Judgement {
        let sample = planned.plan.tasks.firstIndex { $0.id == result.task.id } ?? .max
        for (contents, isReduced) in versions(of: answer, result, brief, repair.files) {
            let origins = contents.keys.reduce(into: [String: SourceText]()) { $0[$1] = repair.files[$1] }
            let candidate = Candidate(
                id: await repair.nextID(), title: title(of: contents, brief, repair.files), source: result.task.id,
                model: result.model, causes: brief.causes, contents: contents, origins: origins)
            do {
                let trial = try await repair.consider(
                    candidate, scope: brief.scope, acceptsImprovement: !brief.isAssertion && !isReduced)
                switch trial.progress {
                case .passed: return .settled("a candidate of \(result.task.id) passed")
                case .improved where !isReduced && !brief.isAssertion:
                    let rest = await repair.latest.causes
                    // The other files' tasks go on; with one file there is nothing left that they could mend.
                    return Set(planned.briefs.values.map(\.window.file)).count == 1 || rest.isEmpty
                        ? .settled("a candidate of \(result.task.id) got the build further") : .goOn
                case .improved, .none:
                    if let observation = trial.observation {
                        await learned.saw(observation, of: candidate, about: brief.window.file, sample: sample)
                        if brief.format == .line { await learned.saw(candidate, inPlaceOf: brief.window) }
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

    private func title(of contents: [String: SourceText], _ brief: TaskBrief, _ files: WorkingFiles) -> String {
        let others = contents.keys.filter { $0 != brief.window.file }.sorted()
        guard !others.isEmpty else {
            let first = files[brief.window.file].flatMap { old in
                contents[brief.window.file].flatMap { lineHunks(old.allLines, $0.allLines).first?.new.lowerBound }
            }
            return "Mend \(brief.window.file):\(first.map { $0 + 1 } ?? brief.window.lines.lowerBound)"
        }
        return "Mend " + contents.keys.sorted().joined(separator: ", ")
    }

    /// The new contents that an answer stands for: first without what was tidied up far from the error, then
    /// without what is no code, then whole.
    private func versions(
        of answer: String, _ result: TaskResult, _ brief: TaskBrief, _ files: WorkingFiles
    ) -> [(contents: [String: SourceText], isReduced: Bool)] {
        let edits = ReplyEdits(window: brief.window, format: brief.format, scope: brief.scope) { files[$0] }
        let whole: [String: SourceText]
        do throws(ReplyEdits.Problem) {
            whole = try edits.contents(of: answer)
            note(result, brief, .applied, nil)
        } catch {
            note(result, brief, error == .unchanged ? .unchanged : .malformed, error.text)
            return []
        }
        var versions = [(contents: whole, isReduced: false)]
        let code = whole.reduce(into: whole) { result, entry in
            let kept = files[entry.key].flatMap { keepingCode(in: entry.key, old: $0, new: entry.value) }
            if let kept { result[entry.key] = kept }
        }
        if code != whole { versions.insert((code, false), at: 0) }
        if !brief.isAssertion, let line = brief.suspect.line, whole.count == 1, let new = code[brief.window.file],
            let origin = files[brief.window.file],
            let reduced = keepingHunks(near: line, within: 3, old: origin, new: new)
        {
            versions.insert(([brief.window.file: reduced], true), at: 0)
        }
        return versions
    }

    /// A reply that was kept from an earlier run says nothing new of its model.
    private func note(_ result: TaskResult, _ brief: TaskBrief, _ outcome: ReplyRecord.Outcome, _ reason: String?) {
        guard let model = result.model, !result.cached else { return }
        log.append(
            .replyRead(
                ReplyRecord(
                    task: result.task.id, model: model, format: brief.format.rawValue, outcome: outcome, reason: reason)
            ))
    }

    /// Parts that mend nothing alone may do so together: the first of each file's in one build.
    private func tryTogether(
        _ planned: FixPlanner.Planned, _ repair: Repair, _ learned: LearnedInRound
    ) async throws {
        guard planned.plan.pattern == .divideAndConquer, await !repair.latest.passed, !isOutOfTime() else { return }
        let parts = await learned.firstTries.filter { part in
            part.origins.allSatisfy { repair.files[$0.key] == $0.value }
        }
        guard parts.count > 1 else { return }
        let contents = parts.reduce(into: [String: SourceText]()) { $0.merge($1.contents) { first, _ in first } }
        let candidate = Candidate(
            id: await repair.nextID(), title: "Mend " + contents.keys.sorted().joined(separator: ", "),
            source: parts[0].source, model: parts[0].model, causes: parts.flatMap(\.causes), contents: contents,
            origins: contents.keys.reduce(into: [:]) { $0[$1] = repair.files[$1] })
        _ = try await repair.consider(candidate, scope: Set(contents.keys), acceptsImprovement: true)
    }
}
