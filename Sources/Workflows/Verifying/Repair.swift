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
        let before = latest
        let after = try await bench.observe(.verify, contents: files.changes.merging(candidate.contents) { $1 })
        let progress = Progress.compare(
            before: before, after: after, targets: candidate.causes, touched: candidate.touchedLines)
        switch progress {
        case .passed:
            take(candidate, after)
            return trial(candidate, .passed, "the build passes", progress, after)
        case .improved(let reason):
            if acceptsImprovement { take(candidate, after) }
            return trial(candidate, .improved, reason, progress, after)
        case .none(let reason):
            return trial(candidate, .failed, reason, progress, after)
        }
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
