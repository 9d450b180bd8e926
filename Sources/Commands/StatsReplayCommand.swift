import ArgumentParser
import Diagnostics
import Events
import Foundation
import History

package struct StatsReplayCommand: Subcommand {
    package static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Shows a recorded run again, as it went, and its result as it was; no server is asked.",
        discussion: """
            On a terminal the run passes in its own time, or faster with --speed; elsewhere nothing is waited for, unless --speed \
            is given. Standard output gets what the run wrote there, byte for byte; --format json gets the result as JSON.
            """)

    @OptionGroup package var which: RecordedRunArguments
    @Option(help: ArgumentHelp("How many times faster: 0.1 to 1000000, or max.", valueName: "x"))
    package var speed: Speed?
    @Option(help: "The form of the result; without it, the one that it had.")
    package var format: OutputFormat?
    @OptionGroup package var options: StatsOptions

    package var common: CommonOptions { options.common(format ?? .text) }

    /// No run lasts longer, in seconds; a file from outside may say so.
    private static let longestRun = 1e9

    package init() {}

    package func perform(_ invocation: Invocation) async throws -> ExitStatus {
        guard let store = invocation.history() else { return .failed }
        let run = try invocation.recordedRun(which, repository: try invocation.repository(options)) { _, _ in true }
        let records = try invocation.records(of: run, in: store)
        let pace = speed?.factor ?? (invocation.surroundings.standardError.isTerminal ? 1 : .infinity)
        try await replay(records, pace: pace, invocation)
        try show(records, run, invocation)
        return .done
    }

    /// Passes the records to a live view, each at its time.
    private func replay(_ records: [RunRecord], pace: Double, _ invocation: Invocation) async throws {
        let view = invocation.liveView(speed: pace.isFinite ? pace : 0)
        let began = ContinuousClock.now
        try await view.during {
            for record in records {
                if pace.isFinite {
                    let due = began + .seconds(min(max(0, record.elapsed), Self.longestRun) / pace)
                    if due > .now { try await Task.sleep(until: due, clock: .continuous) }
                }
                view.sink(record)
            }
        }
    }

    private func show(_ records: [RunRecord], _ run: StoredRun, _ invocation: Invocation) throws {
        let result = records.reversed().lazy.compactMap { record -> ResultRecord? in
            if case .resultShown(let result) = record.event { result } else { nil }
        }.first
        guard let result else {
            invocation.note(
                run.outcome == nil
                    ? "this run has no end: it is under way, or it was killed"
                    : "what this run showed wasn't recorded: it was killed, or ran with an older teamfix")
            return
        }
        guard result.version <= ResultRecord.currentVersion else {
            throw Failure(.storage, "this run's result was written by a newer teamfix", hints: ["update this one"])
        }
        let isAsItWas = format.map { $0.rawValue == result.format } ?? true
        let text = isAsItWas ? result.text : format == .json ? result.json : nil
        guard let text else {
            guard isAsItWas || format == .json else {
                throw Failure(
                    .usage, "this run's result was shown as \(result.format), and is kept so and as JSON",
                    hints: ["leave --format out, or give --format json"], status: .usage)
            }
            throw Failure(
                .storage, "this run's result was too long to be kept (\(result.bytes) bytes)",
                hints: ["its figures: teamfix stats \(run.id)", "its patch: teamfix apply \(run.id)"])
        }
        let surroundings = invocation.surroundings
        let isError = result.stream == .error && isAsItWas
        let stream = isError ? surroundings.standardError : surroundings.standardOutput
        // What a terminal was given in colour is plain where there is none.
        let hasColor = isError ? invocation.noteStyle.hasColor : invocation.output.hasColor
        stream.write(hasColor || !text.contains("\u{1B}") ? text : sanitized(text))
    }
}

/// How much faster than it was.
package struct Speed: ExpressibleByArgument, Sendable, Equatable {
    /// Infinite for all at once.
    package var factor: Double

    package init?(argument: String) {
        if argument == "max" {
            self.factor = .infinity
            return
        }
        guard let factor = Double(argument), (0.1...1_000_000).contains(factor) else { return nil }
        self.factor = factor
    }
}
