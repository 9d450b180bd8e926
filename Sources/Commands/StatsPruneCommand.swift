import ArgumentParser
import Events
import Foundation
import History

package struct StatsPruneCommand: Subcommand {
    package static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Removes old runs from the history, and gives the room back.",
        discussion: """
            Without a bound, those of the configuration hold (history.keep-days, history.keep-runs, and 512 MB), which every run \
            keeps to by itself. The newest run stays. Branches and patches in repositories aren't touched: see teamfix clean.
            """)

    @Option(help: ArgumentHelp("Remove runs that began longer ago: 90d, 12h, 2w.", valueName: "age"))
    package var olderThan: Age?
    @Option(help: ArgumentHelp("Keep only so many of the newest runs.", valueName: "n"))
    package var keep: Int?
    @Option(help: ArgumentHelp("Remove the oldest runs until the history takes no more.", valueName: "MB"))
    package var maxSize: Int?
    @Flag(name: [.customShort("n"), .long], help: "Say what would be removed, and remove nothing.")
    package var dryRun = false
    @Option(help: "The form of results and errors on standard output.")
    package var format: OutputFormat = .text
    @OptionGroup package var options: StatsOptions

    package var common: CommonOptions { options.common(format) }

    package init() {}

    package mutating func validate() throws {
        if let keep, !(1...1_000_000).contains(keep) { throw ValidationError("--keep must be between 1 and 1000000.") }
        if let maxSize, !(1...1_000_000).contains(maxSize) {
            throw ValidationError("--max-size must be between 1 and 1000000 MB.")
        }
    }

    package func perform(_ invocation: Invocation) async throws -> ExitStatus {
        guard let store = invocation.history() else { return .failed }
        var limits = HistoryLimits(
            olderThan: olderThan.map { invocation.surroundings.now().addingTimeInterval(-$0.seconds) }, runs: keep,
            bytes: maxSize.map { $0 << 20 })
        if limits == HistoryLimits() {
            let configuration = try invocation.configuration().configuration
            limits = HistoryLimits(
                olderThan: invocation.surroundings.now().addingTimeInterval(
                    -86_400 * Double(configuration.historyKeepDays)),
                runs: configuration.historyKeepRuns, bytes: Session.mostHistory)
        }
        let before = try store.size()
        if dryRun {
            let (removed, left) = try store.pruning(limits)
            invocation.show(PruneReport(removed: removed, dryRun: true, before: before, after: left))
        } else {
            let removed = try store.prune(
                olderThan: limits.olderThan, keepingAtMost: limits.runs, maxBytes: limits.bytes)
            invocation.show(PruneReport(removed: removed, dryRun: false, before: before, after: try store.size()))
        }
        return .done
    }
}

/// What pruning did, or would do.
struct PruneReport: Report {
    var removed: Int
    var dryRun: Bool
    var before: HistorySize
    var after: HistorySize

    func lines(width: Int, style: Style) -> [String] {
        func size(_ size: HistorySize) -> String {
            "\(counted(size.runs, "run")), \(shownNumber(Double(size.bytes) / 1_048_576, decimals: 1)) MB"
        }
        guard removed > 0 else { return ["nothing to remove: \(size(before))"] }
        return ["\(dryRun ? "would remove" : "removed") \(counted(removed, "run")); left: \(size(after))"]
    }
}
