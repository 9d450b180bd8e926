import Diagnostics
import Events
import Git
import Orchestration

/// From a failing build to a verified fix branch.
package struct Fix: Sendable {
    package var place: Workplace
    package var request: FixRequest
    /// The team; nil when no server is reachable or wanted.
    package var orchestrator: TeamOrchestrator?
    /// The statistics of a run so far, for the last commit's message.
    package var summarize: @Sendable ([RunRecord]) -> String?
    /// Told which files are kept from models, and why.
    package var noteWithheld: (@Sendable ([String: String]) -> Void)?

    package init(
        place: Workplace, request: FixRequest, orchestrator: TeamOrchestrator?,
        summarize: @escaping @Sendable ([RunRecord]) -> String?
    ) {
        self.place = place
        self.request = request
        self.orchestrator = orchestrator
        self.summarize = summarize
    }

    /// The journey: gather, reproduce, plan and repair, verify afresh, publish.
    package func run() async throws -> FixReport {
        try await Publisher.rehearse(
            request.branch ?? "fix", in: place.repository, environment: place.environment)
        let snapshot = try await place.repository.snapshot { CarriedFolders.refusal(of: $0) != nil }
        let told = request.log
        guard request.command != nil else {
            try refuseToPublish()
            return try await withoutCommand(told ?? BuildLog(), snapshot)
        }
        let outcome = try await place.withBench(tree: snapshot.tree, request: request) { bench in
            announce(bench.carried)
            var failure = try await bench.observe(.reproduce, contents: [:])
            if let report = notReproduced(failure, told, bench.carried) { return Repaired.ended(report) }
            // With all errors known, independent ones are mended side by side; the final check runs the command as it is.
            if let command = BuildSystem.keepGoing(request.command ?? "") {
                await bench.use(command)
                failure = try await bench.observe(.gather, contents: [:])
            }
            let repair = try await repair(failure, snapshot, bench)
            let ended = try await withinBudget(failure.duration) { try await attempt(repair, snapshot) }
            return .tried(failure: failure, latest: await repair.latest, steps: await repair.steps, ended: ended)
        }
        try refuseToPublish()
        switch outcome {
        case .ended(let report): return report
        case .tried(let failure, let latest, let steps, let ended):
            return try await conclude(failure: failure, latest: latest, steps: steps, ended: ended, snapshot)
        }
    }

    /// Whoever only asks what would be sent gets no branch.
    private func refuseToPublish() throws(PlanError) {
        if orchestrator?.options.explain != nil { throw .onlyExplained }
    }

    /// What `run` would do, without trying anything: the failure, what the built-in engine would propose, and the models' plan.
    package func preview() async throws -> Preview {
        let snapshot = try await place.repository.snapshot { CarriedFolders.refusal(of: $0) != nil }
        guard request.command != nil else { return Preview(failure: nil, proposals: [], plan: nil) }
        return try await place.withBench(tree: snapshot.tree, request: request) { bench in
            let failure = try await bench.observe(.reproduce, contents: [:])
            if failure.passed { return Preview(failure: failure, proposals: [], plan: nil) }
            let repair = try await repair(failure, snapshot, bench)
            let engine = BuiltinEngine()
            let proposals = failure.causes.flatMap {
                engine.proposals(for: $0, in: repair.files).prefix(3).map(\.title)
            }
            let planner = FixPlanner(repair.files, repair.gate, request, team: orchestrator)
            let planned = planner.plan(failure, round: 1, hints: [:], base: snapshot.base?.hex)
            return Preview(
                failure: failure, proposals: proposals, plan: planned?.plan, context: planned?.context)
        }
    }

    package struct Preview: Sendable {
        /// What the command does now; nil when there is no command.
        package var failure: BuildObservation?
        package var proposals: [String]
        package var plan: OrchestrationPlan?
        /// What another planner would need to know; nil when there is nothing to plan.
        package var context: PlanContext?
    }

    private enum Repaired: Sendable {
        case ended(FixReport)
        case tried(failure: BuildObservation, latest: BuildObservation, steps: [FixStep], ended: Bool)
    }

    /// Ends the search when the budget does, with time kept for the verification of what it may have found.
    ///
    /// - Returns: whether the search came to its own end.
    private func withinBudget(_ build: Double, _ search: @escaping @Sendable () async throws -> Void) async throws
        -> Bool
    {
        guard let budget = request.budget else {
            try await search()
            return true
        }
        let kept = min(budget * 0.2, build * 1.5 + 1)
        let left = max(0.1, budget - kept - place.log.elapsed)
        let ended = try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await search()
                return true
            }
            group.addTask {
                try await Task.sleep(for: .seconds(left))
                return false
            }
            defer { group.cancelAll() }
            let ended = try await group.next() ?? true
            if !ended {
                place.log.append(
                    .notice(level: .info, text: "the budget of \(Int(budget)) s is used up; the search ends"))
                group.cancelAll()
                // The search ends by cancellation now, which is no failure of the run.
                while let result = await group.nextResult() {
                    if case .failure(let error) = result, !(error is CancellationError) { throw error }
                }
            }
            return ended
        }
        try Task.checkCancellation()
        return ended
    }

    /// The built-in engine first: what the compiler already knows costs no token. Taking the change back comes last, and
    /// only where that was asked for.
    private func attempt(_ repair: Repair, _ snapshot: Snapshot) async throws {
        let load: @Sendable ([RootCause]) async -> Void = { causes in
            await repair.files.load(SuspectFiles(repair.files).wanted(for: causes))
        }
        let duration = await repair.latest.duration
        let builds = max(6, min(60, Int(180 / max(duration, 0.1))))
        try await BuiltinStage(mostBuilds: builds).run(repair, load: load)
        try await search(repair, snapshot, load)
        try await repair.tryPutOff { !isOutOfTime }
        if request.gate.allowsRevert, await !repair.latest.passed {
            try await RevertStage(change: repair.gate.suspect, log: place.log).run(repair)
        }
    }

    /// The models, and beside them what can be tried without a model.
    private func search(
        _ repair: Repair, _ snapshot: Snapshot, _ load: @escaping @Sendable ([RootCause]) async -> Void
    ) async throws {
        let failure = await repair.latest
        guard !failure.passed else { return }
        // A slow build is worth more to what models propose.
        let hasModels = orchestrator != nil && request.candidates > 0
        let isQuick = failure.duration < Self.longestSearchedBuild
        if request.mutates, !isConfined, failure.causes.contains(where: { Localization.isAssertion($0.diagnostic) }) {
            place.log.append(.notice(level: .info, text: "no small changes are tried without a sandbox"))
        }
        let seconds = hasModels ? Self.longestSearchBesideModels : Self.longestSearch
        let mutations =
            request.mutates && isConfined && (isQuick || !hasModels)
            ? MutationStage(
                command: request.command ?? "", most: (trials: 2_000, seconds: seconds), log: place.log,
                isOutOfTime: { isOutOfTime }) : nil
        guard hasModels, let orchestrator else {
            try await mutations?.run(repair, load: load)
            return
        }
        let (answers, news) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let stage = ModelStage(
            orchestrator: orchestrator, request: request, place: place, base: snapshot.base?.hex, log: place.log,
            isOutOfTime: { isOutOfTime }, sawAnswers: { if $0 >= Self.firstAnswers { news.finish() } })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { news.finish() }
                try await stage.run(repair, load: load)
            }
            group.addTask {
                // What a model means is worth more than what happens to pass: its first answers are seen before.
                for await _ in answers {}
                try Task.checkCancellation()
                try await mutations?.run(repair, load: load)
            }
            while let result = await group.nextResult() {
                let isMended = await repair.latest.passed
                if isMended { group.cancelAll() }
                // Whoever is still at work when it is mended is stopped, and what it says of that is no failure of the run.
                if case .failure(let error) = result, !isMended { throw error }
            }
        }
        try Task.checkCancellation()
    }

    /// Whether builds run in a sandbox. Code that was changed at random may delete what it was written to keep.
    private var isConfined: Bool { if case .none = place.sandbox { false } else { true } }

    /// The answers that are awaited before anything is tried without a model.
    private static let firstAnswers = 4
    /// Slower builds aren't spent on small changes while there are models, in seconds.
    private static let longestSearchedBuild = 3.0
    /// How long small changes are tried where there is nobody else to try anything, and where there is, in seconds.
    private static let longestSearch = 120.0
    private static let longestSearchBesideModels = 300.0

    private var isOutOfTime: Bool { request.budget.map { place.log.elapsed >= $0 } ?? false }

    private func repair(_ failure: BuildObservation, _ snapshot: Snapshot, _ bench: Bench) async throws -> Repair {
        let nothing: @Sendable (String) -> Bool = { _ in false }
        return try await place.repair(
            failure, snapshot, request, bench, holdsKnown: orchestrator?.options.screen?.holdsKnown ?? nothing,
            noteWithheld: noteWithheld)
    }

    private func announce(_ carried: CarriedFolders) {
        for folder in carried.leftOut where folder.mayBeMissed {
            place.log.append(
                .notice(level: .warning, text: "\(sanitized(folder.path)) doesn't come along: \(folder.reason)"))
        }
    }

    /// The report when there is nothing to repair here; nil when the failure is the one that is to be mended.
    private func notReproduced(_ failure: BuildObservation, _ told: BuildLog?, _ carried: CarriedFolders) -> FixReport?
    {
        var report = FixReport(
            outcome: .alreadyGreen, reason: "`\(request.command ?? "")` passes as things are", command: request.command,
            causes: failure.causes, remaining: failure.causes, steps: [], branch: nil, commit: nil, patch: "",
            logTail: failure.log.tail)
        report.failedInCheck = failure.isCheck && !failure.passed
        let command = (report.failedInCheck ? request.check : request.command) ?? ""
        if failure.passed {
            if let told, !told.rootCauses.isEmpty {
                report.outcome = .notReproducible
                report.causes = told.rootCauses
                report.reason =
                    "the log tells of \(told.rootCauses.count) error\(told.rootCauses.count == 1 ? "" : "s"), but `\(request.command ?? "")` passes here"
            } else if let check = request.check {
                report.reason = "`\(request.command ?? "")` and the check `\(check)` pass as things are"
            }
            return report
        }
        report.outcome = .notReproducible
        if failure.timedOut {
            report.reason = "`\(command)` didn't end within \(Int(request.buildTimeout)) s"
            return report
        }
        if failure.exitCode == 126 || failure.exitCode == 127 {
            report.reason =
                "`\(command)` can't be run here: \(failure.causes.first?.diagnostic.message ?? failure.ending)"
            return report
        }
        if let told, !told.rootCauses.isEmpty, !sameFailure(told, failure) {
            report.causes = told.rootCauses
            report.reason =
                "it fails here in another way: \(failure.causes.first?.diagnostic.message ?? failure.ending), where the log says "
                + "\(told.rootCauses.first?.diagnostic.message ?? "")"
            return report
        }
        return nil
    }

    private func sameFailure(_ told: BuildLog, _ failure: BuildObservation) -> Bool {
        let here = Set((failure.log.errors + failure.causes.map(\.diagnostic)).map(Self.complaint))
        return told.rootCauses.contains { here.contains(Self.complaint($0.diagnostic)) }
    }

    /// A complaint without what depends on where it was made: compilers quote as the locale has it, and a piece of a log may
    /// not tell which tool wrote it.
    private static func complaint(_ diagnostic: Diagnostic) -> String {
        var plain = diagnostic
        plain.tool = .generic
        return plain.fingerprint.replacing("‘", with: "'").replacing("’", with: "'").replacing("`", with: "'")
    }

    /// What passed on the bench must pass in a checkout that no other candidate has been in.
    private func conclude(
        failure: BuildObservation, latest: BuildObservation, steps: [FixStep], ended: Bool, _ snapshot: Snapshot
    ) async throws -> FixReport {
        var report = FixReport(
            outcome: .notFixed, reason: "no candidate made `\(request.command ?? "")` pass", command: request.command,
            causes: failure.causes, remaining: latest.causes, steps: steps, branch: nil, commit: nil, patch: "",
            logTail: latest.log.tail)
        report.failedInCheck = failure.isCheck
        if latest.isCheck, !latest.passed {
            report.reason =
                "`\(request.command ?? "")` passes, but no candidate made the check `\(request.check ?? "")` pass"
        }
        var verified = false
        if latest.passed {
            let contents = steps.reduce(into: [String: SourceText]()) { $0.merge($1.candidate.contents) { $1 } }
            let final = try await place.withBench(tree: snapshot.tree, request: request) { bench in
                try await bench.observe(.verify, contents: contents)
            }
            verified = final.passed
            report.remaining = final.causes
            if !verified {
                report.reason =
                    "it passed once, but not in a fresh checkout: \(final.causes.first?.diagnostic.message ?? final.ending)"
            }
        } else if !ended || isOutOfTime {
            report.outcome = .outOfTime
            report.reason = "the budget of \(Int(request.budget ?? 0)) s ended before a candidate passed"
        }
        guard verified || (request.keepsUnverified && !steps.isEmpty) else { return report }
        return try await place.publish(
            report, steps, snapshot, request, verified: verified, summarize: summarize)
    }

    /// A log without a command can't be verified; what the built-in engine makes of it is only written when that is asked for.
    private func withoutCommand(_ told: BuildLog, _ snapshot: Snapshot) async throws -> FixReport {
        let failure = BuildObservation(exitCode: 1, log: told, duration: 0)
        var report = FixReport(
            outcome: .notReproducible,
            reason: "there is no command to reproduce the log's failure with, and no build system is recognised here",
            command: nil, causes: failure.causes, remaining: failure.causes, steps: [], branch: nil, commit: nil,
            patch: "",
            logTail: told.tail)
        guard request.keepsUnverified, !told.rootCauses.isEmpty else { return report }
        let files = try await place.workingFiles(snapshot, failure, request, noteWithheld: noteWithheld)
        // What a log says was reproduced by nobody: it makes no test, build setting or CI file the task.
        let gate = Gate(
            rules: request.gate, taskFiles: [],
            failure: FailureTraits(failure.causes, files: files, command: ""))
        let engine = BuiltinEngine()
        let choices = failure.causes.compactMap { cause in
            engine.proposals(for: cause, in: files).first { proposal in
                proposal.edits.allSatisfy { gate.mayEdit($0.file) }
            }.map { (cause, $0) }
        }
        let batch = BuiltinStage.compatible(choices)
        for refusal in batch.refused {
            place.log.append(.notice(level: .info, text: "left out: \(sanitized(refusal.text))"))
        }
        let entries = batch.entries
        guard !entries.isEmpty, let contents = try? files.contents(applying: entries.flatMap(\.edits)) else {
            return report
        }
        var candidate = Candidate(
            id: "c1", title: entries.map(\.title).joined(separator: "\n"), source: "builtin",
            causes: entries.flatMap(\.causes).map(\.fingerprint),
            contents: contents, origins: contents.keys.reduce(into: [:]) { $0[$1] = files[$1] })
        candidate.isForeign = entries.contains(where: \.isForeign)
        if let reason = gate.refusal(of: candidate, against: files, scope: Set(candidate.files)) {
            report.reason = reason
            return report
        }
        report.steps = [FixStep(candidate: candidate, causes: entries.flatMap(\.causes).map(\.diagnostic))]
        return try await place.publish(
            report, report.steps, snapshot, request, verified: false, summarize: summarize)
    }
}
