import ArgumentParser
import Events
import Workflows

package struct ConsensusCommand: Subcommand {
    package static let configuration = CommandConfiguration(
        commandName: "consensus",
        abstract: "Puts a question to several experts, and gives one answer with its dissent.",
        discussion: "Needs a model server: there is no built-in opinion.")

    @OptionGroup package var consensus: ConsensusArguments
    @OptionGroup package var prompts: PromptArguments
    @OptionGroup package var common: CommonOptions

    package init() {}

    package func perform(_ invocation: Invocation) async throws -> ExitStatus {
        let session = try await Session.open(invocation)
        if prompts.explainPrompts {
            return try await session.explainPrompts { team, _, _ in
                _ = try await Consensus(
                    question: consensus.question, experts: consensus.experts, orchestrator: team
                ).run()
            }
        }
        let (outcome, records) = try await session.record("consensus", problem: consensus.question) { log in
            guard let team = try await session.team(log: log) else { throw Failure.noServer }
            let journey = Consensus(question: consensus.question, experts: consensus.experts, orchestrator: team)
            guard let report = try await journey.run() else {
                throw Failure(
                    .server, "no expert gave an answer",
                    hints: ["see why: teamfix stats --last", "allow more time with --timeout SECONDS"])
            }
            return RunOutcome(report, outcome: "answered", status: .done)
        }
        invocation.show(ConsensusView(outcome.value, run: session.run, records: records))
        return outcome.status
    }
}

extension Failure {
    /// A question needs a model.
    static let noServer = Failure(
        .server, "no model server can be used",
        hints: [
            "see what is wrong: teamfix servers", "name one: --server http://HOST:11434",
            "or start one here: ollama serve",
        ])
}

/// What `consensus` shows.
package struct ConsensusView: Report {
    var schema = "teamfix.consensus/1"
    var run: String
    var report: Consensus.Report
    var statistics: StatisticsReport

    package init(_ report: Consensus.Report, run: String, records: [RunRecord]) {
        self.run = run
        self.report = report
        statistics = StatisticsReport(records, run: run)
    }

    package func lines(width: Int, style: Style) -> [String] {
        func text(_ words: String, _ indent: String = "") -> [String] {
            words.split(separator: "\n", omittingEmptySubsequences: false).flatMap {
                wrapped(sanitizedLine(String($0)), to: width - indent.count)
            }.map { indent + $0 }
        }
        var lines = text(report.answer)
        if !report.reasons.isEmpty { lines += [""] + report.reasons.flatMap { text("- " + $0) } }
        let agreeing = report.opinions.count(where: \.agrees)
        lines += [
            "",
            style.apply(
                .heading,
                "\(agreeing) of \(report.opinions.count) experts agree, confidence "
                    + "\(shownNumber(report.confidence.value, decimals: 2)) (agreement, not correctness)"),
        ]
        for opinion in report.opinions where opinion.agrees { lines.append("  " + who(opinion)) }
        let dissent = report.opinions.filter { !$0.agrees }
        if !dissent.isEmpty {
            lines += ["", style.apply(.heading, "Dissent")]
            for opinion in dissent { lines += text(who(opinion), "  ") + text(opinion.answer, "    ") }
        }
        lines += report.missing.flatMap { text("no answer: " + $0) }
        if !report.isSynthesized { lines += ["", "The synthesizer gave no answer; this is the majority's."] }
        return lines + [""] + statistics.lines(width: width, style: style)
    }

    private func who(_ opinion: Consensus.Opinion) -> String {
        let place = [opinion.model, opinion.server].compactMap { $0 }.joined(separator: " on ")
        let confidence = opinion.confidence.map { ", says it is \(shownNumber($0 * 100, decimals: 0))% sure" } ?? ""
        return sanitizedLine("\(opinion.expert) (\(place)\(confidence))")
    }
}
