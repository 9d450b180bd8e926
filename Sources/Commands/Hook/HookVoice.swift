import Dispatch
import Foundation
import Git
import Specialists
import Synchronization
import Workflows

/// What a hook has said, and what it comes to.
final class HookVoice: Sendable {
    private struct Said {
        var findings: [HookFinding] = []
        var shown = 0
        var files = 0
        var isOver = false
    }

    private let said = Mutex(Said())
    private let stream: TextStream
    private let style: Style
    private let width: Int
    private let stage: HookStage
    private let blocks: Bool
    private let failOn: AnalyzeArguments.Threshold

    /// The most findings that are shown, a line each.
    static let most = 16

    init(invocation: Invocation, stage: HookStage, blocks: Bool, failOn: AnalyzeArguments.Threshold) {
        stream = invocation.surroundings.standardError
        style = invocation.noteStyle
        width =
            Terminal(
                stream, environment: invocation.surroundings.environment, noColor: invocation.common.noColor
            ).columns
        self.stage = stage
        self.blocks = blocks
        self.failOn = failOn
    }

    /// Writes a line.
    func say(_ text: String) {
        stream.write("\(style.apply(.hint, "teamfix:")) \(sanitizedLine(text))\n")
    }

    /// Says why models were silent: the first reason, and how many more there are.
    func sayFailures(_ failures: [String]) {
        guard let first = failures.first else { return }
        say("no answer: \(first)" + (failures.count > 1 ? ", and \(failures.count - 1) more" : ""))
    }

    /// Shows findings at once; those that were shown already are left out.
    func tell(_ report: Analyze.Report) { tell(report.standing.map { HookFinding($0) }, files: report.files.count) }

    func tell(_ findings: [HookFinding], files: Int) {
        let lines = said.withLock { said -> [String] in
            said.files = max(said.files, files)
            let known = Set(said.findings.map(\.finding))
            let new = HookLines.ordered(findings.filter { !known.contains($0.finding) })
            said.findings += new
            let shown = new.prefix(max(0, Self.most - said.shown))
            said.shown += shown.count
            return shown.map { HookLines.line($0, style: style, width: width) }
        }
        if !lines.isEmpty { stream.write(lines.joined(separator: "\n") + "\n") }
    }

    /// Says the last line, once, and what it means for the commit.
    func conclude(_ why: String? = nil) -> ExitStatus {
        let said = said.withLock { said -> Said in
            defer { said.isOver = true }
            return said
        }
        let worst = said.findings.filter { failOn.includes($0.finding.severity) }.count
        let stops = blocks && worst > 0
        guard !said.isOver else { return stops ? .notFixed : .done }
        if let why { say(why) }
        sayHidden(said)
        if !said.findings.isEmpty {
            say(
                HookLines.summary(
                    said.findings.count, files: said.files, worst: worst, stops: stops, stage: stage,
                    failOn: failOn))
        }
        return stops ? .notFixed : .done
    }

    /// Says how much isn't shown, when no commit waits for it any more.
    func concludeLate() { sayHidden(said.withLock { $0 }) }

    private func sayHidden(_ said: Said) {
        guard said.findings.count > said.shown else { return }
        let left = "and \(said.findings.count - said.shown) more"
        say(HookLines.command(for: stage).map { "\(left): \($0)" } ?? left)
    }

    /// Ends the process when the work, cancelled at its deadline, doesn't end: a file system that hangs, say. What was found by
    /// then counts.
    func watch(until limit: Duration) -> DispatchWorkItem {
        let item = DispatchWorkItem { [self] in _exit(conclude("out of time").rawValue) }
        DispatchQueue.global().asyncAfter(deadline: .now() + limit.inSeconds, execute: item)
        return item
    }
}
