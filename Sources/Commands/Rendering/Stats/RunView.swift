import Events
import Foundation
import History

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
    var chart: Gantt

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
        chart = Gantt(records)
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
        let chart = chart.lines(width: style.cuts ? width : max(width, 100), style: style)
        if !chart.isEmpty { lines += [""] + chart }
        if verification.builds > 0 {
            lines += [""] + figure("verification", verification.line, width: width, style: style)
        }
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
