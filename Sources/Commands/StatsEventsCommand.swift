import ArgumentParser
import Events
import Foundation
import History

package struct StatsEventsCommand: Subcommand {
    package static let configuration = CommandConfiguration(
        commandName: "events",
        abstract: "Prints a recorded run's events as JSON lines, as --events does while it runs.",
        discussion:
            "One event a line, in order, also of runs that failed or were killed. What derives from them: docs/statistics.md."
    )

    @OptionGroup package var which: RecordedRunArguments
    @OptionGroup package var options: StatsOptions

    package var common: CommonOptions { options.common(.text) }

    package init() {}

    package func perform(_ invocation: Invocation) async throws -> ExitStatus {
        guard let store = invocation.history() else { return .failed }
        let run = try invocation.recordedRun(which, repository: try invocation.repository(options)) { _, _ in true }
        for record in try invocation.records(of: run, in: store) {
            try Task.checkCancellation()
            invocation.surroundings.standardOutput.write(try RecordCoding.text(of: record) + "\n")
        }
        return .done
    }
}
