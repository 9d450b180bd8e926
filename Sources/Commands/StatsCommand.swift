import ArgumentParser
import Events
import Foundation
import History

/// `teamfix stats`: with a part's name that part, else the figures.
package struct StatsCommands: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Shows what the team did: the figures over all recorded runs, or one run's, and its replay.",
        discussion: "The definitions of the figures: docs/statistics.md.",
        subcommands: [
            StatsCommand.self, StatsReplayCommand.self, StatsEventsCommand.self, StatsPruneCommand.self,
        ],
        defaultSubcommand: StatsCommand.self)

    package init() {}
}

package struct StatsCommand: Subcommand {
    package static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows the figures over the recorded runs, or one run's per server and specialist.",
        discussion: """
            Without a run: totals, trends, servers, specialists, patterns and the newest runs. With one: its figures and its chart. \
            csv has a row a run, or a row an attempt; prometheus is for a text file collector; otlp has one run's spans for a \
            collector of OpenTelemetry; html is a page to keep. --serve shows all runs live in a browser.
            """)

    @OptionGroup package var which: RecordedRunArguments
    @Flag(help: "How well each model writes each edit format, over the runs of every repository.")
    package var models = false
    @Option(help: ArgumentHelp("Only runs that began in so long: 30d, 12h, 2w.", valueName: "age"))
    package var since: Age?
    @Option(help: "The form: text, json, markdown, csv, prometheus, otlp or html.")
    package var format: StatsFormat = .text
    @OptionGroup package var dashboard: DashboardArguments
    @OptionGroup package var options: StatsOptions

    package var common: CommonOptions { options.common(format.common ?? .text) }

    package init() {}

    package mutating func validate() throws {
        let isOfOne = which.run != nil || which.last
        if format == .otlp, !isOfOne { throw ValidationError("--format otlp shows one run: name it, or give --last.") }
        if format == .prometheus, isOfOne { throw ValidationError("--format prometheus shows all runs, not one.") }
        if models, format.common == nil { throw ValidationError("--models is shown as text, json or markdown.") }
        if dashboard.listen != nil, dashboard.serve == nil {
            throw ValidationError("--listen says where --serve listens: add --serve.")
        }
        if dashboard.serve != nil, format != .text || since != nil {
            throw ValidationError("--serve shows every run on a page of its own: leave out --format and --since.")
        }
        // A port that is none is read as a run's name.
        if dashboard.serve != nil, which.run != nil || which.last || models {
            throw ValidationError("--serve shows every run, and takes a port from 0 to 65535: --serve=8080.")
        }
    }

    package func perform(_ invocation: Invocation) async throws -> ExitStatus {
        if let port = dashboard.serve {
            return try await invocation.serveDashboard(on: dashboard.listen ?? "127.0.0.1", port: port)
        }
        guard let store = invocation.history() else { return .failed }
        if models {
            invocation.show(ModelsView(try store.replyCounts()))
            return .done
        }
        let root = try invocation.repository(options)
        let output = invocation.surroundings.standardOutput
        guard which.run != nil || which.last else {
            let since = self.since.map { invocation.surroundings.now().addingTimeInterval(-$0.seconds) }
            let runs = try invocation.summaries(in: store, repository: root, since: since)
            switch format {
            case .csv: output.write(CSV.runs(runs))
            case .prometheus: output.write(Prometheus(Overview(runs, repository: root)).text)
            case .html:
                output.write(Overview(runs, repository: root).page(since: since, now: invocation.surroundings.now()))
            default: invocation.show(Overview(runs, repository: root))
            }
            return .done
        }
        let run = try invocation.recordedRun(which, repository: root) { _, _ in true }
        if format == .html { return try invocation.showPage(of: run.id, in: store) }
        let records = try invocation.records(of: run, in: store)
        switch format {
        case .csv: output.write(CSV.bars(Gantt(records), run: run.id))
        case .otlp: output.write(jsonText(Spans(run, records)))
        default: invocation.show(RunView(run: run, records: records))
        }
        return .done
    }
}

extension Invocation {
    /// The repository whose runs are meant; nil for all.
    func repository(_ options: StatsOptions) throws -> String? {
        options.everywhere ? nil : try workTree().map(LoadedConfiguration.resolved)
    }

    /// A run's events; those that can't be read are told of.
    func records(of run: StoredRun, in store: RunStore) throws -> [RunRecord] {
        let (records, unreadable) = try store.records(run: run.id)
        if unreadable > 0 {
            note("\(unreadable) events of this run were written by a newer teamfix and are left out")
        }
        return records
    }

    /// The runs with what the figures need of each, oldest first. What was derived before is read; the rest is derived from the
    /// events, and kept where the run has ended.
    func summaries(
        in store: RunStore, repository: String?, since: Date? = nil
    ) throws -> [(run: StoredRun, summary: RunSummary)] {
        var fresh: [StoredSummary] = []
        let encoder = JSONEncoder()
        let decoder = JSONDecoder()
        let runs = try store.summarizedRuns(version: RunSummary.version, repository: repository, since: since)
        let result = try runs.map { stored -> (run: StoredRun, summary: RunSummary) in
            if let json = stored.summary?.json,
                let summary = try? decoder.decode(RunSummary.self, from: Data(json.utf8))
            {
                return (stored.run, summary)
            }
            let summary = RunSummary(try store.records(run: stored.run.id).records)
            if stored.run.outcome != nil, let json = try? encoder.encode(summary) {
                fresh.append(
                    StoredSummary(
                        run: stored.run.id, events: stored.lastEvent, version: RunSummary.version,
                        json: String(decoding: json, as: UTF8.self)))
            }
            return (stored.run, summary)
        }
        // Only time is lost when they can't be kept.
        try? store.keep(fresh)
        return result
    }

    /// The last run in a repository, in a line.
    func lastRun(in repository: String) -> String? {
        guard let run = try? history()?.latestRun(repository: repository) else { return nil }
        return "\(run.command) \(run.outcome ?? "unfinished"): \(run.problem) (teamfix stats \(run.id))"
    }

    /// The recorded run that the arguments mean.
    /// - Parameter isWanted: whether a run will do, when none is named.
    func recordedRun(
        _ which: RecordedRunArguments, repository: String?, isWanted: (RunStore, StoredRun) throws -> Bool
    ) throws -> StoredRun {
        guard let store = history() else { throw Failure(.storage, "there is no history to look into") }
        if let prefix = which.run {
            let found = try store.find(prefix: prefix)
            guard let first = found.first else {
                throw Failure(
                    .usage, "no run begins with '\(prefix)'", hints: ["see the runs: teamfix stats"], status: .usage)
            }
            guard found.count == 1 || first.id == prefix else {
                throw Failure(
                    .usage, "several runs begin with '\(prefix)': \(found.map(\.id).joined(separator: ", "))",
                    hints: ["give more of the id"],
                    status: .usage)
            }
            return first
        }
        guard let last = try store.runs(limit: 200, repository: repository).first(where: { try isWanted(store, $0) })
        else {
            throw Failure(
                .storage, "nothing is recorded\(repository == nil ? "" : " for this repository") yet",
                hints: ["run one: teamfix fix"])
        }
        return last
    }
}
