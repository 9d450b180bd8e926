import Diagnostics
import Events

/// The words of the commits on a fix branch: what failed, what changed, how it was verified; the last one also carries the
/// statistics, and every one the trailers that tools read.
package struct CommitMessage: Sendable {
    package var run: String
    package var command: String?
    package var check: String?
    package var version: String
    package var verified: Bool
    package var sandbox: String
    /// Whether the build passed and the check after it is what failed.
    package var failedInCheck: Bool

    package init(
        run: String, command: String?, check: String?, version: String, verified: Bool, sandbox: String,
        failedInCheck: Bool = false
    ) {
        self.run = run
        self.command = command
        self.check = check
        self.version = version
        self.verified = verified
        self.sandbox = sandbox
        self.failedInCheck = failedInCheck && check != nil
    }

    /// What passes with the fix, in words.
    package var passing: String {
        guard failedInCheck, let check else { return "`\(command ?? "")` passes with it" }
        return "`\(check)` passes with it, as `\(command ?? "")` does"
    }

    /// The message of one step's commit.
    /// - Parameter summary: the statistics, in the last commit only.
    package func text(for step: FixStep, isLast: Bool, summary: String?) -> String {
        // Names and titles come from tools, models and repositories: none of them is to make a line of its own.
        let titles = step.candidate.title.split(separator: "\n").map { Self.line(String($0)) }
        var parts: [String] = [Self.cut(subject(titles, step), to: 72)]
        let causes = step.causes.prefix(6).map { cause in
            let place = cause.location.map { location in
                ([Self.line(location.file)] + [location.line].compactMap { $0.map(String.init) }).joined(separator: ":")
                    + ": "
            }
            return "    \(place ?? "")\(Self.line(String(cause.message.prefix(240))))"
        }
        let failing = failedInCheck ? "check" : "build"
        if !causes.isEmpty { parts.append("The \(failing) failed with:\n\n" + causes.joined(separator: "\n")) }
        if titles.count > 1 { parts.append("What changed:\n\n" + titles.map { "- \($0)" }.joined(separator: "\n")) }
        parts.append(verification(isLast: isLast))
        if let summary, isLast { parts.append(summary) }
        parts.append(trailers(step, isLast: isLast))
        return parts.joined(separator: "\n\n") + "\n"
    }

    /// The message of the commit that holds what wasn't committed when the run began.
    package func snapshotText(paths: [String]) -> String {
        let listed =
            paths.prefix(20).map { "- \(Self.line($0))" }.joined(separator: "\n")
            + (paths.count > 20 ? "\n- … \(paths.count - 20) more" : "")
        return
            "Snapshot of uncommitted changes\n\nThe state that failed to build; the fixes stand on it:\n\n\(listed)\n\nTeamfix-Run: \(run)\n"
    }

    private func subject(_ titles: [String], _ step: FixStep) -> String {
        if titles.count == 1, let title = titles.first { return title }
        let files = step.candidate.files
        return files.count == 1
            ? "Mend \(titles.count) errors in \(Self.line(files[0]))"
            : "Mend \(titles.count) errors in \(files.count) files"
    }

    private func verification(isLast: Bool) -> String {
        guard let command else { return "Not verified: no command to verify it with." }
        let failing = (failedInCheck ? check : nil) ?? command
        guard verified else { return "Not verified: `\(failing)` could not be shown to fail before and pass after." }
        guard isLast else {
            return "Verified together with the commits that follow: with all of them `\(command)` passes."
        }
        if failedInCheck, let check {
            return
                "Verified in a fresh checkout, \(sandbox):\n`\(check)`\nfailed before and passes with this branch, as `\(command)` did and does."
        }
        let more = check.map { ", and `\($0)` too" } ?? ""
        return
            "Verified in a fresh checkout, \(sandbox):\n`\(command)`\nfailed before and passes with this branch\(more)."
    }

    private func trailers(_ step: FixStep, isLast: Bool) -> String {
        var lines = [
            "Teamfix-Run: \(run)",
            "Teamfix-Source: \(step.candidate.model.map { "\(step.candidate.source) (\($0))" } ?? "built-in engine")",
        ]
        if let model = step.candidate.model { lines.append("Teamfix-Models: \(model)") }
        lines.append(verified ? "Teamfix-Verified-By: \(command ?? "")" : "Teamfix-Verified-By: nobody")
        lines.append("Teamfix-Version: \(version)")
        return lines.map(Self.line).joined(separator: "\n")
    }

    /// The text on one line, without what a terminal would obey.
    private static func line(_ text: String) -> String {
        sanitized(text).split(whereSeparator: \.isNewline).joined(separator: " ")
    }

    /// A subject that is too long is cut.
    private static func cut(_ text: String, to width: Int) -> String {
        text.count <= width ? text : String(text.prefix(width - 1)) + "…"
    }
}
