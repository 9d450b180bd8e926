import Diagnostics
import Events
import Git
import Orchestration
import Specialists

/// A review of what changed.
package struct Analyze: Sendable {
    package var repository: Repository
    package var selection: ChangeSelection
    package var paths: [String]
    /// A build log to take into account.
    package var log: BuildLog?
    /// The team; nil without servers: then the built-in checks alone speak.
    package var orchestrator: TeamOrchestrator?
    package var pattern: Orchestration.Pattern?
    /// Who plans the models' part.
    package var planner: PlannerKind
    /// How specialists and models have fared before; the findings' confidence rests on it.
    package var records: TrackRecords
    /// The specialists that need no model.
    package var checks: BuiltinChecks
    /// Files of which it is known that they parse, besides those that the checks parse.
    package var parsed: Set<String> = []
    /// Told which changed files are kept from models, and why.
    package var noteWithheld: (@Sendable ([String: String]) -> Void)?

    package init(
        repository: Repository, selection: ChangeSelection, paths: [String], log: BuildLog?,
        orchestrator: TeamOrchestrator?,
        pattern: Orchestration.Pattern? = nil, planner: PlannerKind = .rules, records: TrackRecords = TrackRecords(),
        checks: BuiltinChecks = BuiltinChecks()
    ) {
        self.repository = repository
        self.selection = selection
        self.paths = paths
        self.log = log
        self.orchestrator = orchestrator
        self.pattern = pattern
        self.planner = planner
        self.records = records
        self.checks = checks
    }

    /// A finding, and who reported it.
    package struct Reported: Sendable, Codable, Equatable {
        package var finding: Finding
        package var sources: [String]
        /// How much speaks for it; nil for what a tool says.
        package var confidence: Confidence?
        /// The line that the model named, where its evidence stands on another one.
        package var claimedLine: Int?
        /// What a second look made of it; nil where there was none.
        package var secondLook: String?
        /// The line that it is about; nil when it is about a whole file.
        package var excerpt: Excerpt?
    }

    /// Something that a specialist reported and that isn't shown, since nothing bears it out.
    package struct Dropped: Sendable, Codable, Equatable {
        package var specialist: String
        /// Nil for what wasn't a finding at all.
        package var finding: Finding?
        /// Why, in words.
        package var reason: String
    }

    package struct Report: Sendable, Codable {
        /// The files that changed.
        package var files: [String]
        /// The findings, by file and line.
        package var findings: [Reported]
        /// How many were dropped because their evidence isn't in the file.
        package var dropped: Int
        /// What was dropped, at most 1,000 of it.
        package var droppedFindings: [Dropped] = []
        /// Why specialists brought nothing, a line each.
        package var failures: [String]
        /// Whether models looked at it.
        package var usedModels: Bool
        /// Whose plan the models worked by; nil when nobody was asked to choose.
        package var planner: PlanOrigin?
        /// How long parts of the run took.
        package var timings = Timings()
        /// The changed files that a program has parsed to their end.
        package var parsed: [String] = []
    }

    /// How long parts of a run took, in milliseconds by the clock.
    package struct Timings: Sendable, Codable, Equatable {
        /// Opening the repository, comparing, and reading what changed.
        package var gather = 0.0
        /// The programs that parsed what changed.
        package var checkers = 0.0
    }

    /// Gathers the changes, lets checks and specialists look at them, and keeps what the files bear out.
    package func run() async throws -> Report {
        let (changes, texts, unread) = try await gather()
        let gathering = await repository.timeSpent / .milliseconds(1)
        // The checks run while the models think.
        async let checked = check(changes, texts)
        let started = orchestrator?.options.clock.now() ?? 0
        var review = try await review(changes, texts)
        try Task.checkCancellation()
        let told = try await checked
        let parsed = parsed.union(told.parsed)
        review.sift(changes: changes, texts: texts, told: told.findings, parsed: parsed)
        let models = try await secondLook(at: review.merged(changes, records), &review, changes, texts, since: started)
        var report = Report(
            files: changes.map(\.path).sorted(), findings: [], dropped: 0,
            failures: review.failures + told.failures + unread, usedModels: review.usedModels, planner: review.planner,
            timings: Timings(gather: gathering, checkers: told.toolSeconds * 1_000), parsed: parsed.sorted())
        for drop in review.dropped { report.drop(drop.finding, of: drop.specialist, drop.reason) }
        // What a tool says is its own: on one line a trailing blank and a defect are two findings.
        report.findings =
            (told.findings.map { Reported(finding: $0, sources: [BuiltinChecks.name]) }
            + fromLog(texts) + models).sorted {
                ($0.finding.file, $0.finding.line ?? 0, $0.finding.severity) < (
                    $1.finding.file, $1.finding.line ?? 0, $1.finding.severity
                )
            }
        report.addExcerpts(from: texts)
        report.coverSecrets(orchestrator?.options.screen?.cover)
        return report
    }

    /// What the checks say that need no model.
    private func check(
        _ changes: [FileChange], _ texts: [String: SourceText]
    ) async throws -> BuiltinChecks.Outcome {
        do {
            let files = try await repository.checkedFiles(changes, texts: texts, selection: selection)
            return try await checks.run(files, names: try await repository.namesBeside(changes, selection: selection))
        } catch let error where !(error is CancellationError) {
            // What models say of the same changes is worth having all the same.
            return BuiltinChecks.Outcome(findings: [], toolSeconds: 0, failures: ["\(BuiltinChecks.name): \(error)"])
        }
    }

    private func review(_ changes: [FileChange], _ texts: [String: SourceText]) async throws -> ModelReview {
        guard let orchestrator, let plan = try await plan(changes, texts, orchestrator) else { return ModelReview() }
        return ModelReview(
            try await orchestrator.execute(plan).results, by: plan.planner, changes: changes, texts: texts)
    }

    /// The findings without those that models don't stand by when they are asked again.
    private func secondLook(
        at findings: [Reported], _ review: inout ModelReview, _ changes: [FileChange], _ texts: [String: SourceText],
        since start: Double
    ) async throws -> [Reported] {
        guard let orchestrator, !findings.isEmpty else { return findings }
        let now = orchestrator.options.clock.now()
        let team = review.team
        let window = window(of: orchestrator)
        let look = SecondLook(
            orchestrator: orchestrator,
            shown: { file in
                changes.first { $0.path == file }.map {
                    ReviewPlan(changes: [], texts: texts, pattern: nil, window: window).shown($0)
                } ?? ""
            },
            models: { Set((team[$0] ?? []).map(\.model)) })
        // What several say, and what is said of the changed lines, is worth asking about first.
        let order = findings.indices.sorted {
            (findings[$0].confidence?.value ?? 0, $1) > (findings[$1].confidence?.value ?? 0, $0)
        }
        // A finding names the file that it is about, and may name one that nobody was shown.
        let open = Set(try await shown(changes).map(\.path))
        let asked = order.filter {
            open.contains(findings[$0].finding.file) && !FindingClaim(findings[$0].finding).isAdvice
        }
        let outcome = try await look.look(
            at: asked.map { findings[$0].finding },
            left: orchestrator.options.budget.map { $0 - (now - start) }, answerTime: review.quickest)
        if let problem = outcome.problem { orchestrator.log.append(.notice(level: .debug, text: problem)) }
        var result = findings
        var refuted: Set<Int> = []
        for (place, verdict) in outcome.outcomes {
            let index = asked[place]
            result[index].secondLook = verdict.rawValue
            switch verdict {
            case .refuted: refuted.insert(index)
            case .affirmed: result[index].confidence = result[index].confidence?.withOneMoreVoice
            case .undecided: break
            }
        }
        for index in refuted.sorted() {
            var finding = result[index].finding
            finding.line = result[index].claimedLine ?? finding.line
            review.drop(finding, of: result[index].sources.joined(separator: ", "), .refuted)
        }
        return result.indices.filter { !refuted.contains($0) }.map { result[$0] }
    }

    /// The plan that `run` would run; nil when nothing changed that models could read.
    package func plan() async throws -> OrchestrationPlan? {
        guard let orchestrator else { return nil }
        let (changes, texts, _) = try await gather()
        return try await plan(changes, texts, orchestrator)
    }

    /// The most bytes of changed files that are held at once.
    private static let mostBytes = 256 << 20

    /// What changed, the new contents, and what couldn't be looked at, a line each.
    private func gather() async throws -> (changes: [FileChange], texts: [String: SourceText], unread: [String]) {
        let changes = try await repository.changes(selection, paths: paths)
        var texts: [String: SourceText] = [:]
        var left = Self.mostBytes
        var unread = changes.filter { $0.isOversized && $0.newPath != nil }.map(\.path)
        for change in changes where !change.isBinary && change.newPath != nil {
            guard left > 0 else {
                unread.append(change.path)
                continue
            }
            if let bytes = try await repository.readChanged(change.path, selection) {
                texts[change.path] = SourceText(bytes)
                left -= bytes.count
            }
        }
        guard let first = unread.first else { return (changes, texts, []) }
        let others = unread.count > 1 ? " and \(unread.count - 1) more" : ""
        return (
            changes, texts,
            ["\(BuiltinChecks.name): \(sanitized(first))\(others) are too large to be looked at line by line"]
        )
    }

    private func plan(
        _ changes: [FileChange], _ texts: [String: SourceText], _ orchestrator: TeamOrchestrator
    ) async throws -> OrchestrationPlan? {
        let shown = try await shown(changes, note: noteWithheld)
        return await ReviewPlan(changes: shown, texts: texts, pattern: pattern, window: window(of: orchestrator))
            .plan(planner, orchestrator)
    }

    /// The changes that models may read.
    ///
    /// - Parameter note: told which files they may not, and why.
    private func shown(
        _ changes: [FileChange], note: (@Sendable ([String: String]) -> Void)? = nil
    ) async throws -> [FileChange] {
        let readable = changes.filter { !$0.isBinary && !$0.hunks.isEmpty && $0.newPath != nil }
        let withheld = try await WithheldFiles.reasons(
            for: readable.flatMap { [$0.oldPath, $0.newPath].compactMap(\.self) }, in: repository)
        if !withheld.isEmpty { note?(withheld) }
        return readable.filter { change in
            ![change.oldPath, change.newPath].contains { $0.map { withheld[$0] != nil } ?? false }
        }
    }

    private func window(of orchestrator: TeamOrchestrator) -> Int {
        orchestrator.servers.map(\.contextLength).min() ?? 4096
    }

    /// A change as models read it: every line with its number, `+` before added ones; removed lines stand without a number.
    static func shown(_ change: FileChange, longest: Int) -> String {
        ChangeContext(change: change, text: nil).shown(longest: longest)
    }

    /// Errors and warnings of the log in files that changed.
    private func fromLog(_ texts: [String: SourceText]) -> [Reported] {
        (log?.diagnostics ?? []).compactMap { diagnostic in
            guard let location = diagnostic.location, let text = texts[location.file], diagnostic.severity > .note
            else { return nil }
            return Reported(
                finding: Finding(
                    file: location.file, line: location.line, severity: diagnostic.isError ? .error : .warning,
                    message: sanitized(diagnostic.message), evidence: location.line.map { text.line($0) } ?? "",
                    suggestion: ""),
                sources: [diagnostic.tool.rawValue])
        }
    }
}
