import Events
import Foundation
import Workflows

/// A decision as people keep it beside the code: context, options with who held them, the decision, how far they agreed,
/// and what would change it. The form follows MADR (Markdown architectural decision records).
package struct ConsensusDecision: Sendable {
    private let report: Consensus.Report
    private let run: String
    private let date: Date

    package init(_ report: Consensus.Report, run: String, date: Date) {
        self.report = report
        self.run = run
        self.date = date
    }

    /// The words for the file's name: `should-this-cache-be-bounded`.
    package var slug: String {
        let words = report.question.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
        var slug = ""
        for word in words.prefix(10) where slug.count + word.count < 60 { slug += (slug.isEmpty ? "" : "-") + word }
        return slug.isEmpty ? "decision" : slug
    }

    package var text: String {
        var parts = ["# \(Markdown.prose(title, most: 120))"]
        let models = Set(report.opinions.compactMap(\.model)).sorted().map { Markdown.code($0) }
        parts.append(
            """
            * Status: proposed
            * Date: \(date.formatted(.iso8601.year().month().day()))
            * Asked: \(counted(report.opinions.count, "expert")) on \(models.joined(separator: ", ")), teamfix run \
            \(Markdown.code(run))
            """)
        parts.append("## Context and question\n\n" + Markdown.prose(report.question, most: 4_000))
        if !report.files.isEmpty {
            parts.append("Looked at: " + report.files.prefix(20).map { Markdown.code($0) }.joined(separator: ", "))
        }
        parts.append("## Considered options\n\n" + options)
        parts.append("## Decision\n\n" + decision)
        parts.append("## Agreement\n\n" + agreement)
        parts.append("## Dissent\n\n" + dissent)
        let consequences = report.wouldChange.map { "* \(Markdown.prose($0))" }.joined(separator: "\n")
        parts.append(
            "## Consequences\n\nThis stands until one of these is seen:\n\n"
                + (consequences.isEmpty
                    ? "* Nothing was named. Ask again when what it rests on changes." : consequences))
        return parts.joined(separator: "\n\n") + "\n"
    }

    private var title: String {
        String((report.question.split(whereSeparator: \.isNewline).first ?? "").prefix(120))
    }

    private var options: String {
        report.groups.enumerated().map { number, group in
            let verdict = group.verdict.map { "; \(Markdown.prose($0))" } ?? ""
            return "\(number + 1). \(claim(group)) (\(holders(group))\(verdict))"
        }.joined(separator: "\n")
    }

    /// A patch is code; an answer is prose.
    private func claim(_ group: Consensus.Group) -> String {
        guard group.isVerified != nil else { return Markdown.prose(group.claim, most: 2_000) }
        return "\n\n"
            + Markdown.fence(group.claim, as: "diff").split(separator: "\n", omittingEmptySubsequences: false)
            .map { "   " + $0 }.joined(separator: "\n") + "\n\n  "
    }

    private func holders(_ group: Consensus.Group) -> String {
        let names = group.experts.map { name in
            let opinion = report.opinions.first { $0.expert == name }
            return Markdown.prose("\(name), \(opinion?.role ?? "")")
        }
        return names.joined(separator: "; ")
    }

    private var decision: String {
        let reasons = report.reasons.map { "* \(Markdown.prose($0))" }.joined(separator: "\n")
        return Markdown.prose(report.answer, most: 4_000) + (reasons.isEmpty ? "" : "\n\nBecause:\n\n" + reasons)
    }

    private var agreement: String {
        let agreeing = report.opinions.count(where: \.agrees)
        return
            "\(agreeing) of \(counted(report.opinions.count, "expert")), "
            + "\(shownNumber(report.agreement * 100, decimals: 0)) % of the weight; confidence "
            + "\(shownNumber(report.confidence.value, decimals: 2)). Agreement, not correctness."
    }

    private var dissent: String {
        let lines =
            report.losing.map { group in
                "* \(holders(group)): \(Markdown.prose(group.claim, most: 600))"
                    + group.reasons.prefix(4).map { "\n  * \(Markdown.prose($0))" }.joined()
            } + report.dissent.map { "* \(Markdown.prose($0))" }
        return lines.isEmpty ? "Nobody who answered disagreed." : lines.joined(separator: "\n")
    }
}
