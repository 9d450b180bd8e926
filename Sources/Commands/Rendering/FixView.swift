import Diagnostics
import Events
import Git
import Workflows

/// What `fix` shows in the end: as text, as JSON (docs/reports.md has its shape), and as Markdown.
package struct FixView: Report {
    /// A root cause, with what was tried to mend it.
    struct Cause: Encodable {
        /// Unique in its report.
        var id: String
        var file: String?
        var line: Int?
        var column: Int?
        var message: String
        var tool: String
        var code: String?
        var test: String?
        var attempts: Attempts

        /// The place in front of a message; empty without one.
        var place: String {
            guard let file else { return "" }
            return sanitizedLine(file) + (line.map { ":\($0)" } ?? "") + ": "
        }
    }
    /// A fix that was kept; each is a commit, when there is a branch.
    struct Step: Encodable {
        var title: String
        var files: [String]
        var changedLines: Int
        var source: String
        var model: String?
        var commit: String?
    }
    /// The note that `--notes` asked for.
    package struct Note: Encodable, Sendable {
        var reference: String
        var commit: String
    }
    /// What the run was asked, as far as its report tells it.
    package struct Asked: Sendable {
        package var check: String?
        package var sandbox: Sandbox
        package var rounds: Int
        package var candidates: Int

        package init(check: String?, sandbox: Sandbox, rounds: Int, candidates: Int) {
            self.check = check
            self.sandbox = sandbox
            self.rounds = rounds
            self.candidates = candidates
        }
    }

    var schema = "teamfix.fix/1"
    var run: String
    var outcome: FixReport.Outcome
    var exitCode: Int32
    var reason: String
    var command: String?
    var check: String?
    var sandbox: String
    var failure: Trials.Build?
    var causes: [Cause]
    var remaining: [Cause]
    var candidates: [Trials.Candidate]
    var rounds: Int
    var answersWithoutEdit: Int
    var searchBuilds: Int
    var steps: [Step]
    var finalCheck: Trials.Build?
    var branch: String?
    var commit: String?
    var snapshot: String?
    var patch: String
    var applied: [String]?
    package var note: Note?
    var logTail: String
    var warnings: [String]
    var next: [NextStep]
    var verification: VerificationFigures
    var statistics: StatisticsReport
    /// What a branch is compared with.
    var base: String?
    /// Whether the history has the patch, for `teamfix apply`.
    package var isKept = true

    package init(
        _ report: FixReport, run: String, base: String?, applied: ApplyReport?, records: [RunRecord], asked: Asked
    ) {
        let trials = Trials(records)
        self.run = run
        self.base = base
        outcome = report.outcome
        exitCode = report.outcome.status.rawValue
        reason = sanitizedLine(report.reason)
        command = report.command
        check = asked.check
        sandbox = asked.sandbox.name
        failure = trials.failure
        let left = report.outcome == .fixed ? [] : report.remaining
        var names = CauseNames()
        let causeIDs = report.causes.prefix(Self.mostCauses).map { names.name($0) }
        names.startOver()
        let leftIDs = left.prefix(Self.mostCauses).map { names.name($0) }
        candidates = trials.candidates.map {
            var candidate = $0
            candidate.causes = names.names(of: candidate.fingerprints)
            return candidate
        }
        causes = zip(causeIDs, report.causes).map { Cause($0, $1, trials.candidates) }
        remaining = zip(leftIDs, left).map { Cause($0, $1, trials.candidates) }
        rounds = trials.rounds
        answersWithoutEdit = trials.answersWithoutEdit
        searchBuilds = trials.searchBuilds
        steps = report.steps.enumerated().map { number, step in
            Step(
                title: sanitized(step.candidate.title), files: step.candidate.files,
                changedLines: step.candidate.changedLines, source: step.candidate.source,
                model: step.candidate.model,
                commit: report.commits.indices.contains(number) ? report.commits[number] : nil)
        }
        finalCheck = trials.finalCheck
        branch = report.branch
        commit = report.commit
        snapshot = report.snapshotCommit
        patch = report.patch
        self.applied = applied.map { $0.written + $0.deleted }
        logTail = sanitized(report.logTail)
        warnings = trials.warnings
        verification = VerificationFigures(records)
        statistics = StatisticsReport(records, run: run)
        next = []
        next = NextStep.after(self, trials, asked)
    }

    private static let mostCauses = 50

    enum CodingKeys: CodingKey {
        case schema, run, outcome, exitCode, reason, command, check, sandbox, failure, causes, remaining, candidates,
            rounds, answersWithoutEdit, steps, finalCheck, branch, commit, snapshot, patch, applied, note, logTail,
            warnings, next, verification, statistics
    }

    /// The outcome as people say it.
    var verdict: String { outcome.rawValue.replacing("-", with: " ") }

    /// How the sandbox is called in a sentence.
    var confinement: String { sandbox == "none" ? "without a sandbox" : "sandboxed with \(sandbox)" }
}

extension FixView.Cause {
    fileprivate init(_ id: String, _ cause: RootCause, _ candidates: [Trials.Candidate]) {
        let (diagnostic, fingerprint) = (cause.diagnostic, cause.fingerprint)
        self.init(
            id: id, file: diagnostic.location?.file, line: diagnostic.location?.line,
            column: diagnostic.location?.column, message: sanitizedLine(diagnostic.message),
            tool: diagnostic.tool.rawValue, code: diagnostic.code.map(sanitizedLine),
            test: diagnostic.test.map(sanitizedLine),
            attempts: Attempts(candidates.filter { $0.fingerprints.contains(fingerprint) }))
    }
}

/// Names for root causes: one complaint keeps its name when its line moves, and equal ones get one each.
private struct CauseNames {
    private var known: [String: [String]] = [:]
    private var used: [String: Int] = [:]
    private var count = 0

    mutating func name(_ cause: RootCause) -> String {
        let place = used[cause.fingerprint, default: 0]
        used[cause.fingerprint] = place + 1
        if let names = known[cause.fingerprint], names.indices.contains(place) { return names[place] }
        count += 1
        known[cause.fingerprint, default: []].append("e\(count)")
        return "e\(count)"
    }

    /// From here on causes are those of another build: the same complaints get the same names.
    mutating func startOver() { used.removeAll() }

    func names(of fingerprints: [String]) -> [String] {
        var seen: Set<String> = []
        return fingerprints.flatMap { known[$0] ?? [] }.filter { seen.insert($0).inserted }
    }
}

extension Sandbox {
    /// The program's name; `none` without one.
    package var name: String {
        switch self {
        case .bubblewrap: "bubblewrap"
        case .seatbelt: "sandbox-exec"
        case .none: "none"
        }
    }
}
