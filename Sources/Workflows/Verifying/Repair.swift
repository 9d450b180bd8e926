import Diagnostics
import Events
import Synchronization

/// The state of a fix under way: what has been accepted, and what the build says with it.
///
/// Candidates come from several tasks at once; they are judged one at a time, each against the state that it finds.
package actor Repair {
    package nonisolated let files: WorkingFiles
    private nonisolated let gates: Mutex<Gate>
    /// What candidates may do, as things are: each one that is accepted leaves another failure, and the gate is for that.
    package nonisolated var gate: Gate { gates.withLock { $0 } }
    private let bench: Bench
    private let log: RunLog
    private let turn = Turnstile()
    private var seen: Set<[String: SourceText]> = []
    /// How long the syntax check of a kind of file took; 0 where the tool is missing.
    private var checkDurations: [String: Double] = [:]
    /// Whether running only the failing tests has been of use so far.
    private var isNarrowing = true
    /// Whether a whole run has borne out that a test which fails alone fails in company.
    private var isNarrowingBorneOut = false
    /// What the syntax check said of files as they were before a candidate.
    private var parsed: [String: (text: SourceText, said: BuildObservation)] = [:]
    private var count = 0
    private var patience = Patience()
    /// Candidates that hadn't ended when their first time was up.
    private var putOff: [(candidate: Candidate, scope: Set<String>, acceptsImprovement: Bool)] = []

    package private(set) var latest: BuildObservation
    package private(set) var steps: [FixStep] = []

    package init(files: WorkingFiles, gate: Gate, bench: Bench, log: RunLog, failure: BuildObservation) {
        self.files = files
        gates = Mutex(gate)
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

    /// Gives those candidates all the time there is that hadn't ended when their first time was up, until one passes.
    func tryPutOff(while isInTime: @Sendable () -> Bool) async throws {
        let waiting = putOff
        putOff = []
        for (candidate, scope, acceptsImprovement) in waiting where isInTime() && !latest.passed {
            _ = try await turn.pass {
                try await self.judge(candidate, scope: scope, acceptsImprovement: acceptsImprovement, isSecond: true)
            }
        }
    }

    /// Accepts a candidate whose trial was kept back until the others had been seen.
    package func accept(_ trial: Trial) async {
        await turn.pass {
            guard let observation = trial.observation, trial.candidate.origins.allSatisfy({ files[$0.key] == $0.value })
            else { return }
            await self.take(trial.candidate, observation)
        }
    }

    /// - Parameter isSecond: whether it has run before and not ended in the time that it was given.
    private func judge(
        _ candidate: Candidate, scope: Set<String>, acceptsImprovement: Bool, isSecond: Bool = false
    ) async throws -> Trial {
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
        // Guesses differ from one another, and there are too many to be kept.
        let isNew =
            candidate.isGuess ? !seen.contains(candidate.contents) : seen.insert(candidate.contents).inserted
        guard isNew || isSecond else {
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
        let end = candidate.guessEnds.map { min($0, Patience.endOfGuess(after: before)) }
        let narrowed = try await narrowedRun(candidate, contents, deadline: end)
        if candidate.isGuess, let run = narrowed?.observation, run.timedOut {
            return trial(candidate, .failed, "it doesn't end", nil, run)
        }
        let refusal = narrowed?.refusal
        if let (reason, said) = refusal, isNarrowingBorneOut { return trial(candidate, .failed, reason, nil, said) }
        let deadline = isSecond ? nil : end ?? patience.deadline(after: before)
        let after = try await bench.observe(
            candidate.isGuess ? .search : .verify, contents: contents, deadline: deadline)
        if candidate.isGuess, after.timedOut { return trial(candidate, .failed, "it doesn't end", nil, after) }
        let isPutOff = deadline != nil && after.timedOut
        patience.saw(after, wasPutOff: isPutOff)
        if let deadline, isPutOff {
            putOff.append((candidate, scope, acceptsImprovement))
            return trial(
                candidate, .failed,
                "it hasn't ended after \(Int(deadline.rounded())) s; it is tried again when the others are done")
        }
        if let narrowed, !narrowed.agrees(with: after) { isNarrowing = false }
        if let (reason, _) = refusal, isNarrowing {
            isNarrowingBorneOut = true
            return trial(candidate, .failed, reason, nil, after)
        }
        let progress = Progress.compare(
            before: before, after: after, targets: candidate.causes, touched: candidate.touchedLines)
        switch progress {
        case .passed:
            let totals = (before: before.log.tests, after: after.log.tests)
            if candidate.isUntrusted,
                let reason = TestTotals.refusal(before: totals.before, after: totals.after)
            {
                return trial(candidate, .refused, reason)
            }
            await take(candidate, after)
            return trial(candidate, .passed, "the build passes", progress, after)
        case .improved(let reason):
            if acceptsImprovement { await take(candidate, after) }
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
            let before = try await parse(path, with: command)
            // The parser is to be trusted with a file that parsed without the candidate.
            if before.passed { return (finding.reason, said) }
            // Else only where the build complains of the same line, and then an error elsewhere may have been there before.
            if finding.isInTouchedLine, SyntaxCheck.isBorneOut(before, of: path, by: latest.causes) {
                return (finding.reason, said)
            }
        }
        return nil
    }

    /// What the syntax check says of a file without a candidate.
    private func parse(_ path: String, with command: String) async throws -> BuildObservation {
        guard let text = files[path] else { return try await bench.parse(with: command, contents: files.changes) }
        if let known = parsed[path], known.text == text { return known.said }
        let said = try await bench.parse(with: command, contents: files.changes)
        parsed[path] = (text, said)
        return said
    }

    /// What running only the failing tests showed.
    private struct NarrowedRun {
        var tests: Set<String>
        var observation: BuildObservation

        var refusal: (String, BuildObservation)? {
            NarrowedTests.refusal(after: observation, meantFor: tests).map { ($0, observation) }
        }

        private static func messages(_ test: String, _ run: BuildObservation) -> Set<String> {
            Set(run.log.errors.filter { $0.test == test }.map(\.message))
        }

        /// Whether the whole run bears out what this one showed: the tests that passed alone, or failed, do so in company.
        func agrees(with whole: BuildObservation) -> Bool {
            let failing = Set(whole.causes.compactMap(\.diagnostic.test))
            if observation.passed { return tests.isDisjoint(with: failing) }
            guard refusal != nil else { return !whole.passed }
            // With the same words: a test that misses the company of others may fail in it, too, for its own reason.
            return tests.allSatisfy { test in
                let (alone, inCompany) = (Self.messages(test, observation), Self.messages(test, whole))
                return !inCompany.isEmpty && alone == inCompany
            }
        }
    }

    /// Runs the failing tests alone, where that is quicker and the command is understood.
    private func narrowedRun(
        _ candidate: Candidate, _ contents: [String: SourceText], deadline: Double?
    ) async throws -> NarrowedRun? {
        let causes = latest.causes.map(\.diagnostic)
        guard isNarrowing, latest.duration > NarrowedTests.leastDuration,
            let command = NarrowedTests.command(await bench.command, failing: causes)
        else { return nil }
        let observation = try await bench.observe(
            candidate.isGuess ? .search : .verify, contents: contents, only: command, deadline: deadline)
        // What loops says nothing of how long the failing tests take.
        if !observation.timedOut, observation.duration > latest.duration * 0.8 { isNarrowing = false }
        let meant = causes.filter { candidate.causes.contains($0.fingerprint) }.compactMap(\.test)
        return NarrowedRun(tests: Set(meant), observation: observation)
    }

    private func take(_ candidate: Candidate, _ after: BuildObservation) async {
        let causes = latest.causes.map(\.diagnostic)
        files.accept(candidate.contents)
        // What failed before may pass now.
        seen.removeAll()
        latest = after
        for part in candidate.parts.isEmpty ? [candidate] : candidate.parts {
            steps.append(FixStep(candidate: part, causes: causes.filter { part.causes.contains($0.fingerprint) }))
        }
        guard !after.passed else { return }
        await files.load(SuspectFiles(files).wanted(for: after.causes))
        let renewed = gate.renewed(for: after.causes, files: files)
        gates.withLock { $0 = renewed }
    }

    private func trial(
        _ candidate: Candidate, _ result: CandidateVerdict.Result, _ reason: String, _ progress: Progress? = nil,
        _ observation: BuildObservation? = nil
    ) -> Trial {
        guard !candidate.isGuess || result == .passed else {
            return Trial(candidate: candidate, progress: progress ?? .none(reason), observation: observation)
        }
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
