import Diagnostics
import Events
import Git
import Workflows

/// What `fix` shows in the end.
package struct FixView: Report {
    struct Cause: Encodable {
        var file: String?
        var line: Int?
        var message: String
        var tool: String
    }
    struct Step: Encodable {
        var title: String
        var files: [String]
        var source: String
        var model: String?
    }

    var schema = "teamfix.fix/1"
    var run: String
    var outcome: FixReport.Outcome
    var reason: String
    var command: String?
    var causes: [Cause]
    var remaining: [Cause]
    var steps: [Step]
    var branch: String?
    var commit: String?
    var patch: String
    var applied: [String]?
    var verification: VerificationFigures
    var statistics: StatisticsReport
    private var base: String?
    private var tail: String
    private var snapshot: String?

    package init(_ report: FixReport, run: String, base: String?, applied: ApplyReport?, records: [RunRecord]) {
        func shown(_ causes: [RootCause]) -> [Cause] {
            causes.prefix(50).map {
                Cause(
                    file: $0.diagnostic.location?.file, line: $0.diagnostic.location?.line,
                    message: sanitizedLine($0.diagnostic.message),
                    tool: $0.diagnostic.tool.rawValue)
            }
        }
        self.run = run
        outcome = report.outcome
        reason = report.reason
        command = report.command
        causes = shown(report.causes)
        remaining = report.outcome == .fixed ? [] : shown(report.remaining)
        steps = report.steps.map {
            Step(
                title: $0.candidate.title, files: $0.candidate.files, source: $0.candidate.source,
                model: $0.candidate.model)
        }
        branch = report.branch
        commit = report.commit
        patch = report.patch
        self.applied = applied.map { $0.written + $0.deleted }
        verification = VerificationFigures(records)
        statistics = StatisticsReport(records, run: run)
        self.base = base
        tail = report.logTail
        snapshot = report.snapshotCommit
    }

    enum CodingKeys: CodingKey {
        case schema, run, outcome, reason, command, causes, remaining, steps, branch, commit, patch, applied,
            verification, statistics
    }

    package func lines(width: Int, style: Style) -> [String] {
        var lines: [String] = []
        func fit(_ text: String) -> String { fitted(text, to: width, ellipsis: style.glyphs.ellipsis) }
        let good = outcome == .fixed
        let sign = good ? style.apply(.success, style.glyphs.succeeded) : style.apply(.warning, style.glyphs.failed)
        let verdict = good ? "fixed" : outcome.rawValue.replacing("-", with: " ")
        lines += wrapped("\(verdict): \(sanitizedLine(reason))", to: width - 2).enumerated().map {
            $0.offset == 0 ? "\(sign) \($0.element)" : "  \($0.element)"
        }
        if !causes.isEmpty, outcome != .alreadyGreen {
            lines += ["", style.apply(.heading, "What failed")]
            lines += causes.prefix(12).map { fit("  " + place($0) + $0.message) }
            if causes.count > 12 { lines.append("  and \(causes.count - 12) more") }
        }
        if !steps.isEmpty {
            lines += ["", style.apply(.heading, good ? "What changed" : "What was tried and kept")]
            for step in steps {
                let who = step.model.map { "\($0) (\(step.source))" } ?? "built-in engine"
                for title in step.title.split(separator: "\n") {
                    lines.append(fit("  \(sanitizedLine(String(title)))  [\(who)]"))
                }
            }
        }
        if !remaining.isEmpty, outcome == .notFixed || outcome == .outOfTime || outcome == .unverified {
            lines += ["", style.apply(.heading, "What is still wrong")]
            lines += remaining.prefix(6).map { fit("  " + place($0) + $0.message) }
        }
        lines += [""]
        lines += wrapped(verification.line, to: width - 22).enumerated().map {
            padded($0.offset == 0 ? "verification" : "", to: 22) + $0.element
        }
        lines += statistics.lines(width: width, style: style).dropFirst()
        // Commands and branch names are there to be copied: they are never cut.
        lines += next(style)
        return lines
    }

    private func place(_ cause: Cause) -> String {
        guard let file = cause.file else { return "" }
        return sanitizedLine(file) + (cause.line.map { ":\($0)" } ?? "") + ": "
    }

    private func next(_ style: Style) -> [String] {
        var lines: [String] = []
        if let applied { lines += ["", "applied to the work tree: \(applied.joined(separator: ", "))"] }
        switch outcome {
        case .fixed, .unverified:
            guard let branch else { break }
            lines += [
                "", style.apply(.heading, outcome == .fixed ? "Branch \(branch)" : "UNVERIFIED branch \(branch)"),
            ]
            if let snapshot {
                // The branch stands on a snapshot of what isn't committed: merging it would clash with just that.
                lines.append("  git diff \(snapshot.prefix(12))..\(branch)")
                if outcome == .fixed, applied == nil { lines.append("  teamfix apply \(run)") }
            } else {
                lines.append("  git diff \(base ?? "HEAD")...\(branch)")
                if outcome == .fixed {
                    lines.append("  git merge \(branch)")
                    if applied == nil { lines.append("  teamfix apply \(run)") }
                }
            }
        case .notFixed, .outOfTime:
            if statistics.servers.isEmpty {
                lines += ["", "No model took part. With a server the search goes on: --server http://HOST:11434"]
            }
        case .alreadyGreen, .notReproducible:
            if outcome == .notReproducible, !tail.isEmpty {
                lines += ["", style.apply(.heading, "The last lines of its output")]
                lines += tail.split(separator: "\n").suffix(8).map { "  " + sanitizedLine(String($0)) }
            }
        }
        return lines
    }
}

extension StatisticsReport {
    /// The summary for a commit message, in lines of at most 72 columns.
    package func commitText(_ verification: VerificationFigures) -> String {
        let plain = Style(Terminal.plain)
        let body = figureLines(width: 72, style: plain).dropFirst()
        let verified = wrapped(verification.line, to: 50).enumerated().map {
            padded($0.offset == 0 ? "verification" : "", to: 22) + $0.element
        }
        return (["Statistics:", ""] + verified + body).map { $0.isEmpty ? "" : "    " + $0 }
            .joined(separator: "\n").replacing("    Statistics:", with: "Statistics:")
    }
}
