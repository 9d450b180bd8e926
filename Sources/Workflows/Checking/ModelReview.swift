import Git
import Orchestration
import Specialists

/// What models said of a change, what of it the files bear out, and why the rest isn't shown.
struct ModelReview: Sendable {
    private(set) var reported: [(source: String, finding: Finding)] = []
    /// The lines that models named for what they found.
    private var claims: [Finding: Int] = [:]
    private(set) var dropped: [Analyze.Dropped] = []
    var failures: [String] = []
    private(set) var usedModels = false
    private(set) var planner: PlanOrigin?
    /// Who read which file, and with which model.
    private(set) var team: [String: [(specialist: String, model: String)]] = [:]
    /// The shortest time that an answer took, in seconds.
    private(set) var quickest = 0.0

    /// Nobody was asked.
    init() {}

    /// Reads the answers, and keeps the findings that quote the file near the change.
    init(_ results: [TaskResult], by planner: PlanOrigin?, changes: [FileChange], texts: [String: SourceText]) {
        usedModels = true
        self.planner = planner
        team = Dictionary(grouping: results.filter(\.succeeded), by: \.task.input.title).mapValues {
            $0.map { ($0.task.specialist, $0.model ?? "") }
        }
        quickest =
            results.filter(\.succeeded).compactMap { result in result.started.map { result.ended - $0 } }.min() ?? 0
        let touched = Dictionary(
            changes.map { ($0.path, Evidence.changedLines($0)) }, uniquingKeysWith: { first, _ in first })
        for answer in results {
            guard let text = answer.text else {
                failures.append(
                    "\(answer.task.specialist), \(answer.task.input.title): \(answer.reason ?? "no answer")")
                continue
            }
            take(Findings(text), of: answer.task, texts, touched)
        }
    }

    private mutating func take(
        _ read: Findings, of task: TeamTask, _ texts: [String: SourceText], _ touched: [String: [ClosedRange<Int>]]
    ) {
        dropped += read.dropped.map { Analyze.Dropped(specialist: task.specialist, finding: nil, reason: $0) }
        let repeated = Self.repeatedShapes(read.findings)
        for finding in read.findings {
            guard let file = Self.file(finding.file, task.input.title, texts), let text = texts[file] else {
                drop(finding, of: task.specialist, "its file didn't change")
                continue
            }
            guard let anchored = Evidence(file: file, text: text, changed: touched[file]).anchored(finding) else {
                let isElsewhere = Evidence(file: file, text: text).anchored(finding) != nil
                drop(
                    finding, of: task.specialist,
                    isElsewhere ? "it isn't near the change" : "its evidence isn't in the file")
                continue
            }
            guard !repeated.contains(FindingClaim(finding).shape) else {
                drop(finding, of: task.specialist, .repeated)
                continue
            }
            reported.append((task.specialist, anchored))
            claims[anchored] = finding.line
        }
    }

    /// So many lines of which a reply says the same, other names aside, were not looked at one by one.
    private static let manyLines = 5

    /// What a reply says of many lines and of little else: a small model that has begun to repeat itself.
    private static func repeatedShapes(_ findings: [Finding]) -> Set<String> {
        let lines = Dictionary(grouping: findings, by: { FindingClaim($0).shape }).mapValues {
            Set($0.map(\.evidence)).count
        }
        return Set(lines.filter { $0.value >= manyLines && $0.value * 2 >= findings.count }.keys)
    }

    /// Takes away what the tools have told already, and what the files contradict.
    mutating func sift(
        changes: [FileChange], texts: [String: SourceText], told: [Finding], parsed: Set<String>
    ) {
        var checks: [String: ClaimCheck] = [:]
        let all = reported
        reported = []
        for (source, finding) in all where !Evidence.isToldAlready(finding, by: told) {
            guard let text = texts[finding.file] else { continue }
            let check =
                checks[finding.file]
                ?? ClaimCheck(
                    file: finding.file, text: text, change: changes.first { $0.path == finding.file },
                    parses: parsed.contains(finding.file))
            checks[finding.file] = check
            if let objection = check.objection(to: finding) {
                drop(finding, of: source, objection)
            } else {
                reported.append((source, finding))
            }
        }
    }

    /// What is left, each line once, with how much speaks for it.
    func merged(_ changes: [FileChange], _ records: TrackRecords) -> [Analyze.Reported] {
        // Of several who speak of a line the one who names what goes wrong is quoted.
        let advice = reported.map { FindingClaim($0.finding).isAdvice }
        let ordered = reported.indices.filter { !advice[$0] } + reported.indices.filter { advice[$0] }
        return Findings.merge(ordered.map { (reported[$0].source, [reported[$0].finding]) }).map { merged in
            let claimed = claims[merged.finding]
            var entry = weighed(merged, changes, records)
            entry.claimedLine = claimed == merged.finding.line ? nil : claimed
            return entry
        }
    }

    /// What is here has its evidence in the file; who read that file and didn't report it speaks against it.
    private func weighed(
        _ merged: Findings.Merged, _ changes: [FileChange], _ records: TrackRecords
    ) -> Analyze.Reported {
        var finding = merged.finding
        let readers = team[finding.file] ?? []
        let change = changes.first { $0.path == finding.file }.map(Evidence.changedLines) ?? []
        let isAdvice = FindingClaim(finding).isAdvice
        if isAdvice { finding.severity = .note }
        // Beside a change it may be the change's doing, or have been there all along.
        let isOnChange = change.contains { $0.contains(finding.line ?? 0) }
        return Analyze.Reported(
            finding: finding, sources: merged.sources,
            confidence: Confidence(
                agreeing: merged.sources.count, independent: readers.count,
                evidence: isAdvice ? .refuted : isOnChange ? .found : .unchecked,
                record: records.best(of: readers.filter { merged.sources.contains($0.specialist) })))
    }

    mutating func drop(_ finding: Finding, of specialist: String, _ objection: Objection) {
        drop(finding, of: specialist, objection.rawValue)
    }

    private mutating func drop(_ finding: Finding, of specialist: String, _ reason: String) {
        var finding = finding
        // What isn't shown is told as it was said.
        if let claimed = claims[finding] { finding.line = claimed }
        dropped.append(Analyze.Dropped(specialist: specialist, finding: finding, reason: reason))
    }

    private static func file(_ named: String, _ title: String, _ texts: [String: SourceText]) -> String? {
        if texts[named] != nil { return named }
        let matches = texts.keys.filter { $0.hasSuffix("/" + named) }
        return matches.count == 1 ? matches.first : texts[title] != nil ? title : nil
    }
}
