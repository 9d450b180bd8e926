import Workflows

extension ConsensusView {
    package func markdown(atMost bytes: Int) -> String {
        var parts = MarkdownParts()
        parts.add("## teamfix: consensus")
        parts.add("> " + Markdown.prose(report.question, most: 2_000))
        parts.add(report.patched == nil ? Markdown.prose(verdict, most: 4_000) : "**\(Markdown.prose(verdict))**")
        parts.add("reasons", rank: 1, list(report.reasons))
        parts.add(Markdown.prose(([agreement] + weights).joined(separator: "; ")))
        if let patched = report.patched, !patched.patch.isEmpty {
            let shown = patched.patch.wholeLines(atMost: bytes / 3)
            parts.add(
                "the patch", rank: 3,
                Markdown.folded("The patch", Markdown.fence(shown, as: "diff")) + "\n\nBranch "
                    + Markdown.code(patched.branch ?? ""))
        }
        let dissent = others.map { group in
            let verdict = group.verdict.map { " — \(Markdown.prose($0))" } ?? ""
            let who = "**\(Markdown.prose(group.experts.joined(separator: ", ")))** (\(percent(group.share)))"
            return "- \(who): \(Markdown.prose(group.claim))\(verdict)"
                + group.reasons.prefix(3).map { "\n  - \(Markdown.prose($0))" }.joined()
        }
        if !dissent.isEmpty {
            let said = report.dissent.isEmpty ? "" : "\n\n" + list(report.dissent)
            parts.add(
                "the dissent", rank: 1,
                "### \(report.patched == nil ? "Dissent" : "Other patches")\n\n" + dissent.joined(separator: "\n")
                    + said)
        }
        if !report.wouldChange.isEmpty {
            parts.add("what would change it", rank: 2, "### What would change this\n\n" + list(report.wouldChange))
        }
        parts.add("notes", rank: 2, list(notes))
        parts.add("the experts", rank: 4, Markdown.folded("Who said what", experts))
        if let decision { parts.add("Decision saved: " + Markdown.code(decision)) }
        parts.add("Run " + Markdown.code(run))
        return parts.text(atMost: bytes)
    }

    private func list(_ items: [String]) -> String {
        items.map { "- " + Markdown.prose($0) }.joined(separator: "\n")
    }

    private var experts: String {
        Markdown.table(
            ["expert", "model", "server", "weight", "quotes found", "answer"],
            report.opinions.map { opinion in
                let found = opinion.evidence.count { $0.check == .found }
                let looked = opinion.evidence.count { $0.check != .unchecked }
                return [
                    Markdown.prose("\(opinion.expert), \(opinion.role)"), Markdown.code(opinion.model ?? ""),
                    Markdown.code(opinion.server ?? ""), shownNumber(opinion.weight, decimals: 2),
                    looked > 0 ? "\(found) of \(looked)" : "", Markdown.prose(opinion.answer, most: 300),
                ]
            })
    }
}
