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
        var review = try await review(changes, texts)
        try Task.checkCancellation()
        let told = try await checked
        review.reported.removeAll { Evidence.isToldAlready($0.finding, by: told.findings) }
        var report = Report(
            files: changes.map(\.path).sorted(), findings: [], dropped: 0,
            failures: review.failures + told.failures + unread, usedModels: review.usedModels, planner: review.planner,
            timings: Timings(gather: gathering, checkers: told.toolSeconds * 1_000))
        let merged = Findings.merge(review.reported.map { ($0.source, [$0.finding]) })
        let models = merged.map { merged in
            var reported = weighed(merged, readers: review.team[merged.finding.file] ?? [], changes)
            let claimed = review.claims[merged.finding]
            reported.claimedLine = claimed == merged.finding.line ? nil : claimed
            return reported
        }
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

    /// What the models brought.
    private struct Review {
        var reported: [(source: String, finding: Finding)] = []
        /// The lines that models named for what they found.
        var claims: [Finding: Int] = [:]
        var dropped: [Dropped] = []
        var failures: [String] = []
        var usedModels = false
        var planner: PlanOrigin?
        var team: [String: [(specialist: String, model: String)]] = [:]
    }

    private func review(_ changes: [FileChange], _ texts: [String: SourceText]) async throws -> Review {
        var review = Review()
        guard let orchestrator, let plan = try await plan(changes, texts, orchestrator) else { return review }
        let result = try await orchestrator.execute(plan)
        review.usedModels = true
        review.planner = plan.planner
        review.team = readers(result.results)
        let touched = Dictionary(
            changes.map { ($0.path, Evidence.changedLines($0)) }, uniquingKeysWith: { first, _ in first })
        for answer in result.results {
            guard let text = answer.text else {
                review.failures.append(
                    "\(answer.task.specialist), \(answer.task.input.title): \(answer.reason ?? "no answer")")
                continue
            }
            let read = Findings(text)
            let specialist = answer.task.specialist
            review.dropped += read.dropped.map { Dropped(specialist: specialist, finding: nil, reason: $0) }
            for finding in read.findings {
                let file = Self.file(finding.file, answer.task.input.title, texts)
                guard let file, let text = texts[file] else {
                    review.dropped.append(
                        Dropped(specialist: specialist, finding: finding, reason: "its file didn't change"))
                    continue
                }
                guard let anchored = Evidence(file: file, text: text, changed: touched[file]).anchored(finding) else {
                    let isElsewhere = Evidence(file: file, text: text).anchored(finding) != nil
                    review.dropped.append(
                        Dropped(
                            specialist: specialist, finding: finding,
                            reason: isElsewhere ? "it isn't near the change" : "its evidence isn't in the file"))
                    continue
                }
                review.reported.append((specialist, anchored))
                review.claims[anchored] = finding.line
            }
        }
        return review
    }

    /// Who read which file, and with which model.
    private func readers(_ results: [TaskResult]) -> [String: [(specialist: String, model: String)]] {
        Dictionary(
            grouping: results.filter(\.succeeded), by: \.task.input.title
        ).mapValues { $0.map { ($0.task.specialist, $0.model ?? "") } }
    }

    /// What remains here has its evidence in the file; who read that file and didn't report it speaks against it.
    private func weighed(
        _ merged: Findings.Merged, readers: [(specialist: String, model: String)], _ changes: [FileChange]
    ) -> Reported {
        let change = changes.first { $0.path == merged.finding.file }.map(Evidence.changedLines) ?? []
        // Beside a change it may be the change's doing, or have been there all along.
        let isOnChange = change.contains { $0.contains(merged.finding.line ?? 0) }
        return Reported(
            finding: merged.finding, sources: merged.sources,
            confidence: Confidence(
                agreeing: merged.sources.count, independent: readers.count, evidence: isOnChange ? .found : .unchecked,
                record: records.best(of: readers.filter { merged.sources.contains($0.specialist) })))
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
        let readable = changes.filter { !$0.isBinary && !$0.hunks.isEmpty && $0.newPath != nil }
        let withheld = try await WithheldFiles.reasons(
            for: readable.flatMap { [$0.oldPath, $0.newPath].compactMap(\.self) }, in: repository)
        if !withheld.isEmpty { noteWithheld?(withheld) }
        let shown = readable.filter { change in
            ![change.oldPath, change.newPath].contains { $0.map { withheld[$0] != nil } ?? false }
        }
        let window = orchestrator.servers.map(\.contextLength).min() ?? 4096
        return await ReviewPlan(changes: shown, texts: texts, pattern: pattern, window: window)
            .plan(planner, orchestrator)
    }

    /// A change as models read it: every line with its number, `+` before added ones; removed lines stand without a number.
    static func shown(_ change: FileChange, longest: Int) -> String {
        ChangeContext(change: change, text: nil).shown(longest: longest)
    }

    private static func file(_ named: String, _ title: String, _ texts: [String: SourceText]) -> String? {
        if texts[named] != nil { return named }
        let matches = texts.keys.filter { $0.hasSuffix("/" + named) }
        return matches.count == 1 ? matches.first : texts[title] != nil ? title : nil
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
