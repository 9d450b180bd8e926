import Events
import Workflows

/// What `consensus` shows: as text, as JSON (docs/consensus.md has its shape), and as Markdown.
package struct ConsensusView: Report {
    var schema = "teamfix.consensus/1"
    var run: String
    var report: Consensus.Report
    /// Where the decision was saved; nil when that wasn't asked for.
    package var decision: String?
    /// Whether the history has the patch, for `teamfix apply`.
    package var isKept = true
    var statistics: StatisticsReport

    package init(_ report: Consensus.Report, run: String, records: [RunRecord]) {
        self.run = run
        self.report = report
        statistics = StatisticsReport(records, run: run)
    }

    enum CodingKeys: CodingKey { case schema, run, report, decision, statistics }

    package func lines(width: Int, style: Style) -> [String] {
        func text(_ words: String, _ indent: String = "") -> [String] {
            words.split(separator: "\n", omittingEmptySubsequences: false).flatMap {
                wrapped(sanitizedLine(String($0)), to: width - indent.count)
            }.map { indent + $0 }
        }
        // A patch is code: its lines are cut where there is a limit, never broken.
        func claim(_ group: Consensus.Group) -> [String] {
            guard report.patched != nil else { return text(group.claim, "    ") }
            return group.claim.split(separator: "\n").map { style.fit("    " + sanitizedLine(String($0)), to: width) }
        }
        func part(_ title: String, _ body: [String]) -> [String] {
            body.isEmpty ? [] : ["", style.apply(.heading, title)] + body
        }
        var lines = text(verdict)
        if !report.reasons.isEmpty { lines += [""] + report.reasons.flatMap { text("- " + $0) } }
        lines += ["", style.apply(.heading, style.fit(agreement, to: width))]
        lines += weights.flatMap { text($0, "  ") }
        for opinion in report.opinions where opinion.agrees { lines += text(who(opinion), "  ") }
        if report.patched != nil, let chosen = report.groups.first, chosen.isVerified == true {
            lines += claim(chosen)
        }
        var dissent: [String] = []
        for group in others {
            for opinion in report.opinions where group.experts.contains(opinion.expert) {
                dissent += text(who(opinion), "  ")
            }
            dissent += claim(group)
            for reason in group.reasons.prefix(3) { dissent += text("- " + reason, "      ") }
            if let verdict = group.verdict { dissent += text("[\(verdict)]", "    ") }
        }
        for said in report.dissent { dissent += text("- " + said, "  ") }
        lines += part(report.patched == nil ? "Dissent" : "Other patches", dissent)
        lines += part("What would change this", report.wouldChange.flatMap { text("- " + $0, "  ") })
        let notes = self.notes
        if !notes.isEmpty { lines += [""] + notes.flatMap { text($0) } }
        if let branch = report.patched?.branch {
            // Commands and branch names are there to be copied: they are never cut.
            let base = report.patched?.snapshot.map { "\($0.prefix(12)).." } ?? "HEAD..."
            lines += [
                "", style.apply(.heading, "Branch \(branch)"), "  git diff \(base)\(branch)",
            ]
            if isKept { lines.append("  teamfix apply \(run)") }
        }
        if let decision { lines += ["", "decision saved: \(sanitizedLine(decision))"] }
        return lines + [""] + statistics.lines(width: width, style: style)
    }

    /// The answer; for a patch how it ended.
    var verdict: String {
        report.patched.map { "\($0.outcome.rawValue.replacing("-", with: " ")): \($0.reason)" } ?? report.answer
    }

    /// How many agree, in a line.
    var agreement: String {
        let agreeing = report.opinions.count(where: \.agrees)
        return
            "\(agreeing) of \(counted(report.opinions.count, "expert")) \(agreeing == 1 ? "agrees" : "agree"), confidence "
            + "\(shownNumber(report.confidence.value, decimals: 2)) (agreement, not correctness)"
    }

    /// What the heads alone don't say: the agreement by weight, and the ranks.
    var weights: [String] {
        var lines: [String] = []
        if report.opinions.contains(where: { abs($0.weight - 1) > 1e-9 }) {
            lines.append("by weight \(percent(report.agreement)): their records and quotes count")
        }
        let ranks = report.groups.compactMap(\.rank)
        if !ranks.isEmpty, ranks.count == report.groups.count {
            lines.append("ranked blind: " + ranks.map { shownNumber($0, decimals: 2) }.joined(separator: ", "))
        }
        return lines
    }

    /// The groups that didn't win; without a patch that did, all.
    var others: [Consensus.Group] {
        guard let patched = report.patched, patched.outcome != .fixed else { return Array(report.losing) }
        return report.groups
    }

    /// What else the reader should know.
    var notes: [String] {
        var notes = report.missing.map { "no answer: " + $0 }
        if !report.unheard.isEmpty {
            notes.append("not waited for, as they could change nothing: \(report.unheard.joined(separator: "; "))")
        }
        if let ballots = report.ballots {
            if ballots.lost > 0 {
                notes.append(
                    "\(counted(ballots.lost, "ballot")) of \(ballots.lost + ballots.counted) didn't come or couldn't be read, "
                        + "and didn't count")
            } else if ballots.counted == 0 {
                notes.append(
                    "nothing was ranked: "
                        + (report.patched == nil
                            ? "nobody had two answers of others before them"
                            : "there was no choice of patches that pass"))
            }
        }
        if let strayed = report.strayed {
            notes.append("the synthesizer left the answer that won, and isn't followed: \(strayed)")
        } else if !report.isSynthesized, report.patched == nil, report.opinions.count > 1 {
            notes.append("No synthesizer worded this: it is what an expert of the leading group said.")
        }
        return notes + report.leftOut.map { "not shown to the experts: " + $0 }
    }

    func who(_ opinion: Consensus.Opinion) -> String {
        var parts = [[opinion.model, opinion.server].compactMap { $0 }.joined(separator: " on ")]
        if let confidence = opinion.confidence {
            parts.append("says it is \(shownNumber(confidence * 100, decimals: 0))% sure")
        }
        let missing = opinion.evidence.count { $0.check == .missing }
        if missing > 0 { parts.append("\(missing) of \(counted(opinion.evidence.count, "quote")) not found") }
        if abs(opinion.weight - 1) > 1e-9 { parts.append("counts \(shownNumber(opinion.weight, decimals: 2))") }
        return "\(opinion.expert), \(opinion.role) (\(parts.joined(separator: ", ")))"
    }

    func percent(_ share: Double) -> String { "\(shownNumber(share * 100, decimals: 0))%" }
}
