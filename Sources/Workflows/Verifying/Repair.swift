import Diagnostics
import Events

/// The state of a fix under way: what has been accepted, and what the build says with it.
///
/// Candidates come from several tasks at once; they are judged one at a time, each against the state that it finds.
package actor Repair {
    package nonisolated let files: WorkingFiles
    package nonisolated let gate: Gate
    private let bench: Bench
    private let log: RunLog
    private let turn = Turnstile()
    private var seen: Set<[String: SourceText]> = []
    /// How long the syntax check of a kind of file took; 0 where the tool is missing.
    private var checkDurations: [String: Double] = [:]
    /// Whether running only the failing tests has been of use so far.
    private var isNarrowing = true
    private var count = 0

    package private(set) var latest: BuildObservation
    package private(set) var steps: [FixStep] = []

    package init(files: WorkingFiles, gate: Gate, bench: Bench, log: RunLog, failure: BuildObservation) {
        self.files = files
        self.gate = gate
        self.bench = bench
        self.log = log
        latest = failure
    }

    /// A new candidate id.
    package func nextID() -> String {
        count += 1
        return "c\(count)"
    }

    /// Records which proposals gave way to others.
    package nonisolated func note(_ refused: [EditConflicts.Refusal]) {
        for refusal in refused { log.append(.notice(level: .debug, text: "not tried now: \(sanitized(refusal.text))")) }
    }

    /// What trying a candidate showed.
    package struct Trial: Sendable {
        package var candidate: Candidate
        package var progress: Progress
        package var observation: BuildObservation?
    }

    /// Tries a candidate, and accepts it when the build passes with it.
    ///
    /// - Parameters:
    ///   - scope: the files that the candidate may change.
    ///   - acceptsImprovement: whether one that gets the build further is accepted too.
    /// - Throws: what keeps a build from running at all, and cancellation.
    package func consider(
        _ candidate: Candidate, scope: Set<String>, acceptsImprovement: Bool
    ) async throws -> Trial {
        try await turn.pass {
            try await self.judge(candidate, scope: scope, acceptsImprovement: acceptsImprovement)
        }
    }

    /// Accepts a candidate whose trial was kept back until the others had been seen.
    package func accept(_ trial: Trial) {
        guard let observation = trial.observation, trial.candidate.origins.allSatisfy({ files[$0.key] == $0.value })
        else { return }
        take(trial.candidate, observation)
    }

    private func judge(_ candidate: Candidate, scope: Set<String>, acceptsImprovement: Bool) async throws -> Trial {
        try Task.checkCancellation()
        if latest.passed {
            return trial(candidate, .cancelled, "another candidate passed first")
        }
        var candidate = candidate
        if !candidate.origins.allSatisfy({ files[$0.key] == $0.value }) {
            do throws(Candidate.Stale) {
                let steps = steps
                candidate = try candidate.rebased(onto: files) { file in
                    steps.map(\.candidate).filter { $0.files.contains(file) }.map(\.source)
                }
            } catch {
                return trial(candidate, .refused, error.reason)
            }
            let open = Set(latest.causes.map(\.fingerprint))
            guard candidate.causes.contains(where: open.contains) else {
                return trial(candidate, .refused, "what it mends has been mended since")
            }
        }
        guard seen.insert(candidate.contents).inserted else {
            return trial(candidate, .refused, "the same edit has been tried")
        }
        if let reason = gate.refusal(of: candidate, against: files, scope: scope) {
            return trial(candidate, .refused, reason)
        }
        if let (reason, said) = try await syntaxError(in: candidate) {
            return trial(candidate, .refused, reason, nil, said)
        }
        let before = latest
        let contents = files.changes.merging(candidate.contents) { $1 }
        let narrowed = try await narrowedRun(candidate, contents)
        if let (reason, said) = narrowed?.refusal { return trial(candidate, .failed, reason, nil, said) }
        let after = try await bench.observe(.verify, contents: contents)
        if let narrowed, !narrowed.agrees(with: after) { isNarrowing = false }
        let progress = Progress.compare(
            before: before, after: after, targets: candidate.causes, touched: candidate.touchedLines)
        switch progress {
        case .passed:
            let totals = (before: TestTotals(before.log.tail), after: TestTotals(after.log.tail))
            if candidate.model != nil,
                let reason = TestTotals.refusal(before: totals.before, after: totals.after)
            {
                return trial(candidate, .refused, reason)
            }
            take(candidate, after)
            return trial(candidate, .passed, "the build passes", progress, after)
        case .improved(let reason):
            if acceptsImprovement { take(candidate, after) }
            return trial(candidate, .improved, reason, progress, after)
        case .none(let reason):
            return trial(candidate, .failed, reason, progress, after)
        }
    }

    /// Why a candidate doesn't parse, where that is quicker to find out than by a build.
    private func syntaxError(in candidate: Candidate) async throws -> (String, BuildObservation)? {
        let touched = candidate.touchedLines
        for path in candidate.files.prefix(4) {
            let kind = path.split(separator: ".").last.map(String.init) ?? ""
            guard checkDurations[kind] != 0,
                SyntaxCheck.isWorthwhile(build: latest.duration, check: checkDurations[kind]),
                let command = SyntaxCheck.command(for: path, build: await bench.command)
            else { continue }
            let said = try await bench.parse(with: command, contents: files.changes.merging(candidate.contents) { $1 })
            let isMissing = said.exitCode == 126 || said.exitCode == 127
            checkDurations[kind] = isMissing ? 0 : said.duration
            if isMissing { continue }
            guard let finding = SyntaxCheck.finding(in: path, said: said, touched: touched[path] ?? []) else {
                continue
            }
            // An error elsewhere is the candidate's only if the file parsed without it.
            if finding.isInTouchedLine { return (finding.reason, said) }
            if try await bench.parse(with: command, contents: files.changes).passed { return (finding.reason, said) }
        }
        return nil
    }

    /// What running only the failing tests showed.
    private struct NarrowedRun {
        var tests: Set<String>
        var observation: BuildObservation

        var refusal: (String, BuildObservation)? {
            NarrowedTests.refusal(after: observation, meantFor: tests).map { ($0, observation) }
        }

        /// Whether the whole run bears out what this one showed: the tests that passed alone, or failed, do so in company.
        func agrees(with whole: BuildObservation) -> Bool {
            let failing = Set(whole.causes.compactMap(\.diagnostic.test))
            return observation.passed ? tests.isDisjoint(with: failing) : !whole.passed
        }
    }

    /// Runs the failing tests alone, where that is quicker and the command is understood.
    private func narrowedRun(_ candidate: Candidate, _ contents: [String: SourceText]) async throws -> NarrowedRun? {
        let causes = latest.causes.map(\.diagnostic)
        guard isNarrowing, latest.duration > NarrowedTests.leastDuration,
            let command = NarrowedTests.command(await bench.command, failing: causes)
        else { return nil }
        let observation = try await bench.observe(.verify, contents: contents, only: command)
        if observation.duration > latest.duration * 0.8 { isNarrowing = false }
        let meant = causes.filter { candidate.causes.contains($0.fingerprint) }.compactMap(\.test)
        return NarrowedRun(tests: Set(meant), observation: observation)
    }

    private func take(_ candidate: Candidate, _ after: BuildObservation) {
        let causes = latest.causes.map(\.diagnostic)
        files.accept(candidate.contents)
        // What failed before may pass now.
        seen.removeAll()
        latest = after
        for part in candidate.parts.isEmpty ? [candidate] : candidate.parts {
            steps.append(FixStep(candidate: part, causes: causes.filter { part.causes.contains($0.fingerprint) }))
        }
    }

    private func trial(
        _ candidate: Candidate, _ result: CandidateVerdict.Result, _ reason: String, _ progress: Progress? = nil,
        _ observation: BuildObservation? = nil
    ) -> Trial {
        log.append(
            .candidateJudged(
                CandidateVerdict(
                    id: candidate.id, source: candidate.source, model: candidate.model, result: result,
                    reason: sanitized(reason), files: candidate.files, changedLines: candidate.changedLines,
                    title: sanitized(candidate.title), causes: candidate.causes)))
        return Trial(candidate: candidate, progress: progress ?? .none(reason), observation: observation)
    }
}

/// Lets one caller through at a time, in the order in which they came.
actor Turnstile {
    private var isTaken = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func pass<T: Sendable>(_ body: @Sendable () async throws -> T) async rethrows -> T {
        if isTaken {
            await withCheckedContinuation { waiting.append($0) }
        }
        isTaken = true
        defer {
            // The turn goes straight to the next: nobody can step in between.
            if waiting.isEmpty { isTaken = false } else { waiting.removeFirst().resume() }
        }
        return try await body()
    }
}
