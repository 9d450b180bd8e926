import Foundation
import History

/// Comma-separated values as RFC 4180 has them, with lines that end in CR LF.
struct CSV: Sendable {
    private(set) var text: String

    init(_ titles: [String]) { text = titles.joined(separator: ",") + "\r\n" }

    enum Cell: Sendable {
        case text(String?)
        case integer(Int?)
        /// In full precision.
        case number(Double?)
    }

    mutating func add(_ cells: [Cell]) { text += cells.map(Self.shown).joined(separator: ",") + "\r\n" }

    private static func shown(_ cell: Cell) -> String {
        switch cell {
        case .text(let text): text.map(quoted) ?? ""
        case .integer(let number): number.map(String.init) ?? ""
        case .number(let number): number.map { $0.isFinite ? "\($0)" : "" } ?? ""
        }
    }

    /// A text from outside that begins as a formula would be one for whoever opens the file in a spreadsheet.
    private static func quoted(_ text: String) -> String {
        var text = sanitizedLine(text)
        if let first = text.first, "=+-@".contains(first) { text = "'" + text }
        guard text.contains(where: { ",\"\r\n".contains($0) }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }

    /// A row a run, the oldest first.
    static func runs(_ runs: [(run: StoredRun, summary: RunSummary)]) -> String {
        var csv = CSV([
            "run", "started", "command", "repository", "problem", "outcome", "exit_code", "duration", "pattern",
            "tasks",
            "succeeded", "failed", "cancelled", "cached", "retried", "hedged", "attempts", "failovers",
            "orchestration_time", "sequential_duration", "parallel_efficiency", "against_fastest", "parallelism_factor",
            "bound_ratio", "prompt_tokens", "answer_tokens", "builds", "build_time", "candidates", "passed", "refused",
        ])
        for (run, summary) in runs {
            let figures = summary.statistics
            csv.add([
                .text(run.id), .text(run.started.formatted(.iso8601)), .text(run.command), .text(run.repository),
                .text(run.problem), .text(run.outcome), .integer(run.exitCode.map(Int.init)),
                .number(summary.duration), .text(summary.pattern), .integer(figures.tasks),
                .integer(figures.successful), .integer(figures.failed), .integer(figures.cancelled),
                .integer(figures.cached), .integer(figures.retried), .integer(figures.hedged),
                .integer(figures.attempts), .integer(figures.failovers), .number(figures.duration),
                .number(figures.sequentialDuration), .number(figures.parallelEfficiency),
                .number(figures.againstFastest), .number(figures.parallelismFactor), .number(figures.boundRatio),
                .integer(figures.promptTokens), .integer(figures.answerTokens), .integer(summary.verification.builds),
                .number(summary.verification.buildTime), .integer(summary.verification.candidates),
                .integer(summary.verification.passed), .integer(summary.verification.refused),
            ])
        }
        return csv.text
    }

    /// A row for each attempt at a task and each build of a run, in the order in which they began.
    static func bars(_ gantt: Gantt, run: String) -> String {
        var csv = CSV(["run", "lane", "name", "attempt", "state", "start", "end"])
        for bar in gantt.bars {
            csv.add([
                .text(run), .text(bar.lane), .text(bar.name), .integer(bar.attempt), .text(bar.state.rawValue),
                .number(bar.start), .number(bar.end),
            ])
        }
        return csv.text
    }
}
