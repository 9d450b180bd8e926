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

    package init(
        repository: Repository, selection: ChangeSelection, paths: [String], log: BuildLog?,
        orchestrator: TeamOrchestrator?,
        pattern: Orchestration.Pattern? = nil, planner: PlannerKind = .rules, records: TrackRecords = TrackRecords()
    ) {
        self.repository = repository
        self.selection = selection
        self.paths = paths
        self.log = log
        self.orchestrator = orchestrator
        self.pattern = pattern
        self.planner = planner
        self.records = records
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
    }

    /// The most files whose changes are shown to models in one run.
    static let mostFiles = 40

    /// Gathers the changes, lets checks and specialists look at them, and keeps what the files bear out.
    package func run() async throws -> Report {
        let (changes, texts) = try await gather()
        var reported: [Reported] = []
        var claims: [Finding: Int] = [:]
        var team: [String: [(specialist: String, model: String)]] = [:]
        var report = Report(
            files: changes.map(\.path).sorted(), findings: [], dropped: 0, failures: [], usedModels: false)
        if let orchestrator, let plan = await plan(changes, orchestrator) {
            let result = try await orchestrator.execute(plan)
            try Task.checkCancellation()
            report.usedModels = true
            report.planner = plan.planner
            team = readers(result.results)
            for answer in result.results {
                guard let text = answer.text else {
                    report.failures.append(
                        "\(answer.task.specialist), \(answer.task.input.title): \(answer.reason ?? "no answer")")
                    continue
                }
                let read = Findings(text)
                let specialist = answer.task.specialist
                read.dropped.forEach { report.drop(nil, of: specialist, $0) }
                for finding in read.findings {
                    let file = Self.file(finding.file, answer.task.input.title, texts)
                    guard let file, let text = texts[file] else {
                        report.drop(finding, of: specialist, "its file didn't change")
                        continue
                    }
                    guard let anchored = Evidence(file: file, text: text).anchored(finding) else {
                        report.drop(finding, of: specialist, "its evidence isn't in the file")
                        continue
                    }
                    reported.append(Reported(finding: anchored, sources: [specialist]))
                    claims[anchored] = finding.line
                }
            }
        }
        let merged = Findings.merge(reported.map { ($0.sources.first ?? "", [$0.finding]) })
        // What a tool says is its own: on one line a trailing blank and a defect are two findings.
        let told =
            LineChecks().findings(in: changes).map { Reported(finding: $0, sources: ["built-in checks"]) }
            + fromLog(texts)
        report.findings =
            (told
            + merged.map { merged in
                var reported = weighed(merged, readers: team[merged.finding.file] ?? [])
                let claimed = claims[merged.finding]
                reported.claimedLine = claimed == merged.finding.line ? nil : claimed
                return reported
            }).sorted {
                ($0.finding.file, $0.finding.line ?? 0, $0.finding.severity) < (
                    $1.finding.file, $1.finding.line ?? 0, $1.finding.severity
                )
            }
        report.addExcerpts(from: texts)
        return report
    }

    /// Who read which file, and with which model.
    private func readers(_ results: [TaskResult]) -> [String: [(specialist: String, model: String)]] {
        Dictionary(
            grouping: results.filter(\.succeeded), by: \.task.input.title
        ).mapValues { $0.map { ($0.task.specialist, $0.model ?? "") } }
    }

    /// What remains here has its evidence in the file; who read that file and didn't report it speaks against it.
    private func weighed(
        _ merged: Findings.Merged, readers: [(specialist: String, model: String)]
    ) -> Reported {
        Reported(
            finding: merged.finding, sources: merged.sources,
            confidence: Confidence(
                agreeing: merged.sources.count, independent: readers.count, evidence: .found,
                record: records.best(of: readers.filter { merged.sources.contains($0.specialist) })))
    }

    /// The plan that `run` would run; nil when nothing changed that models could read.
    package func plan() async throws -> OrchestrationPlan? {
        guard let orchestrator else { return nil }
        return await plan(try await gather().changes, orchestrator)
    }

    private func gather() async throws -> (changes: [FileChange], texts: [String: SourceText]) {
        let changes = try await repository.changes(selection, paths: paths)
        var texts: [String: SourceText] = [:]
        for change in changes where !change.isBinary && change.newPath != nil {
            if let bytes = try await repository.readChanged(change.path, selection) {
                texts[change.path] = SourceText(bytes)
            }
        }
        return (changes, texts)
    }

    /// One specialist a file and aspect, over the changed lines with their numbers; or what a model plans for them.
    private func plan(_ changes: [FileChange], _ orchestrator: TeamOrchestrator) async -> OrchestrationPlan? {
        let readable = changes.filter { !$0.isBinary && !$0.hunks.isEmpty && $0.newPath != nil }.prefix(Self.mostFiles)
        guard !readable.isEmpty else { return nil }
        let window = orchestrator.servers.map(\.contextLength).min() ?? 4096
        let problem = "Review the changes of \(readable.count) files"
        if planner == .model {
            let texts = readable.map { ($0.path, Self.shown($0, longest: window)) }
            let context = PlanContext(
                files: texts.map(\.0), kind: .changes,
                texts: Dictionary(texts, uniquingKeysWith: { first, _ in first }),
                pattern: pattern)
            let planned = await orchestrator.plan(
                problem + ": report only real defects that the lines marked with + bring", context: context,
                planner: .model)
            if planned.planner?.used == .model { return planned }
            return rulePlan(readable, problem, window, planned.planner)
        }
        return rulePlan(readable, problem, window, nil)
    }

    private func rulePlan(
        _ readable: ArraySlice<FileChange>, _ problem: String, _ window: Int, _ origin: PlanOrigin?
    ) -> OrchestrationPlan {
        let few = readable.count <= 2
        let chosen = pattern ?? (few ? .parallelAnalysis : .divideAndConquer)
        let roles =
            chosen == .parallelAnalysis ? ["Logic Analyst", "Code Analyst", "Security Analyst"] : ["Code Analyst"]
        var tasks: [TeamTask] = []
        for (number, change) in readable.enumerated() {
            let shown = Self.shown(change, longest: window)
            for role in roles {
                tasks.append(
                    TeamTask(
                        id: "\(role.lowercased().replacing(" ", with: "-"))-\(number + 1)", specialist: role,
                        input: TaskInput(
                            title: change.path, shared: shown,
                            text:
                                "Review the changed lines of \(change.path): those marked with +. Report only real defects that they bring."
                        ),
                        policy: TaskPolicy(retries: 1)))
            }
        }
        var plan = OrchestrationPlan(
            problem: problem, pattern: chosen, tasks: tasks, synthesis: .mergeAll, success: .anyTaskComplete)
        plan.planner = origin
        return plan
    }

    /// A change as models read it: every line with its number, `+` before added ones; removed lines stand without a number.
    static func shown(_ change: FileChange, longest: Int) -> String {
        var lines = ["Changes of \(change.path):"]
        var size = 0
        for hunk in change.hunks {
            lines.append("@@ \(sanitized(hunk.section))")
            for line in hunk.lines {
                let number = line.newNumber.map(String.init) ?? "-"
                let sign =
                    switch line.kind {
                    case .added: "+"
                    case .removed: "-"
                    case .context: " "
                    }
                let text = "\(number) |\(sign)\(sanitized(line.text))"
                size += text.utf8.count + 1
                guard size <= longest else {
                    lines.append("(the rest is left out: too long)")
                    return lines.joined(separator: "\n")
                }
                lines.append(text)
            }
        }
        return lines.joined(separator: "\n")
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
