import Events
import Git
import Specialists
import Workflows

/// A finding as a hook shows and keeps it.
struct HookFinding: Codable, Sendable, Hashable {
    var finding: Finding
    /// From 0 to 1; nil for what a tool says.
    var confidence: Double?

    init(_ finding: Finding, confidence: Double? = nil) {
        self.finding = finding
        self.confidence = confidence
    }

    init(_ reported: Analyze.Reported) {
        self.init(reported.finding, confidence: reported.confidence?.value)
    }
}

/// The few lines that a hook says. Pure.
enum HookLines {
    /// The worst first, then by place.
    static func ordered(_ findings: [HookFinding]) -> [HookFinding] {
        findings.sorted {
            ($0.finding.severity, $0.finding.file, $0.finding.line ?? 0)
                < ($1.finding.severity, $1.finding.file, $1.finding.line ?? 0)
        }
    }

    /// One finding on one line, however long what a model or a file's name says is.
    static func line(_ reported: HookFinding, style: Style, width: Int) -> String {
        let finding = reported.finding
        let role: Style.Role = finding.severity == .error ? .error : finding.severity == .warning ? .warning : .faint
        let place = sanitizedLine(finding.file) + (finding.line.map { ":\($0)" } ?? "")
        let confidence = reported.confidence.map { " (confidence \(shownNumber($0, decimals: 2)))" } ?? ""
        let text = "\(place): \(finding.severity.rawValue): \(sanitizedLine(finding.message))\(confidence)"
        return style.apply(role, fitted(text, to: style.cuts ? width : 300, ellipsis: style.glyphs.ellipsis))
    }

    /// The command that shows everything; nil when there is none.
    static func command(for stage: HookStage) -> String? {
        switch stage {
        case .preCommit: "teamfix analyze --staged"
        case .prePush: "teamfix analyze --range @{upstream}..HEAD"
        case .commitMessage: nil
        }
    }

    static func summary(
        _ count: Int, files: Int, worst: Int, stops: Bool, stage: HookStage,
        failOn: AnalyzeArguments.Threshold
    ) -> String {
        let what = stage == .prePush ? "push" : "commit"
        let place = files > 0 && stage != .commitMessage ? " in \(counted(files, "changed file"))" : ""
        let found = "\(counted(count, "finding"))\(place)"
        guard stops else { return "\(found); the \(what) goes on" }
        let reached = failOn == .error ? "an error" : "at least a \(failOn.rawValue)"
        return "\(what) stopped: \(found), \(worst) of them \(reached). All the same: TEAMFIX_SKIP=1 git \(what) …"
    }
}
