import ArgumentParser
import Events
import Foundation
import History

package struct StatsCommand: Subcommand {
    package static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Shows what the team did: the recorded runs, or one run's figures per server and specialist.",
        discussion: "The definitions of the figures: docs/statistics.md.")

    @OptionGroup package var which: RecordedRunArguments
    @Flag(help: "The runs of every repository, not only of this one.")
    package var everywhere = false
    @Flag(help: "How well each model writes each edit format, over the runs of every repository.")
    package var models = false
    @OptionGroup package var dashboard: DashboardArguments
    @OptionGroup package var common: CommonOptions

    package init() {}

    package mutating func validate() throws {
        // A port that is none is read as a run's name.
        if dashboard.serve != nil, which.run != nil || which.last || models {
            throw ValidationError("--serve shows every run, and takes a port from 0 to 65535: --serve=8080.")
        }
    }

    package func perform(_ invocation: Invocation) async throws -> ExitStatus {
        if models {
            guard let store = invocation.history() else { return .failed }
            invocation.show(ModelsView(try store.replyCounts()))
            return .done
        }
        if let port = dashboard.serve { return try await invocation.serveDashboard(on: dashboard.listen, port: port) }
        let root = everywhere ? nil : try invocation.workTree().map(LoadedConfiguration.resolved)
        guard which.run != nil || which.last else {
            guard let store = invocation.history() else { return .failed }
            if common.format == .html { return try invocation.showRunsPage(of: root, in: store) }
            invocation.show(RunsView(runs: try store.runs(limit: 30, repository: root), repository: root))
            return .done
        }
        let run = try invocation.recordedRun(which, repository: root) { _, _ in true }
        guard let store = invocation.history() else { return .failed }
        if common.format == .html { return try invocation.showPage(of: run.id, in: store) }
        let (records, unreadable) = try store.records(run: run.id)
        if unreadable > 0 {
            invocation.note("\(unreadable) events of this run were written by a newer teamfix and are left out")
        }
        invocation.show(RunView(run: run, records: records))
        return .done
    }
}

extension Invocation {
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

/// The recorded runs, newest first.
package struct RunsView: Report {
    var runs: [StoredRun]
    var repository: String?

    package func lines(width: Int, style: Style) -> [String] {
        guard !runs.isEmpty else {
            return ["nothing is recorded\(repository == nil ? "" : " for this repository") yet"]
        }
        var table = TextTable([
            .init("run"), .init("command"), .init("outcome"), .init("time", alignsRight: true),
            .init("problem", isFlexible: true),
        ])
        for run in runs {
            table.add([
                run.id, run.command, run.outcome ?? "unfinished", run.duration.map(shownDuration) ?? "",
                sanitizedLine(run.problem),
            ])
        }
        return table.lines(width: width, style: style) + ["", "One run's figures: teamfix stats RUN"]
    }
}

/// One run's figures.
package struct RunView: Report {
    struct Candidate: Encodable {
        var id: String
        var source: String
        var model: String?
        var result: String
        var reason: String
    }

    var run: StoredRun
    var statistics: StatisticsReport
    var verification: VerificationFigures
    var specialists: [SpecialistRow]
    var candidates: [Candidate]
    var branch: String?

    struct SpecialistRow: Encodable {
        var name: String
        var tasks: Int
        var succeeded: Int
        var failed: Int
        var serviceTime: Double
        var answerTokens: Int
    }

    package init(run: StoredRun, records: [RunRecord]) {
        self.run = run
        statistics = StatisticsReport(records, run: run.id)
        verification = VerificationFigures(records)
        specialists = SpecialistRow.rows(records)
        candidates = records.compactMap { record in
            guard case .candidateJudged(let verdict) = record.event else { return nil }
            return Candidate(
                id: verdict.id, source: verdict.source, model: verdict.model, result: verdict.result.rawValue,
                reason: verdict.reason)
        }
        for record in records { if case .published(let name, _, _, _) = record.event { branch = name } }
    }

    package func lines(width: Int, style: Style) -> [String] {
        var lines = statistics.lines(width: width, style: style)
        func fit(_ text: String) -> String { style.fit(text, to: width) }
        if verification.builds > 0 { lines += ["", fit(padded("verification", to: 22) + verification.line)] }
        if !specialists.isEmpty {
            var table = TextTable([
                .init("specialist", isFlexible: true), .init("tasks", alignsRight: true),
                .init("failed", alignsRight: true),
                .init("service time", alignsRight: true), .init("tokens out", alignsRight: true),
            ])
            for row in specialists {
                table.add([
                    row.name, "\(row.tasks)", "\(row.failed)", shownDuration(row.serviceTime), "\(row.answerTokens)",
                ])
            }
            lines += [""] + table.lines(width: width, style: style)
        }
        if !candidates.isEmpty {
            lines += ["", style.apply(.heading, "Candidates")]
            lines += candidates.prefix(40).map {
                fit("  \($0.id) \($0.result) (\($0.model ?? "built-in engine")): \(sanitizedLine($0.reason))")
            }
        }
        if let branch { lines += ["", "branch \(branch)"] }
        return lines
    }
}
