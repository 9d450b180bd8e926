import Events
import Workflows

extension FixView {
    package func lines(width: Int, style: Style) -> [String] {
        let good = outcome == .fixed
        let sign = good ? style.apply(.success, style.glyphs.succeeded) : style.apply(.warning, style.glyphs.failed)
        var lines = wrapped("\(verdict): \(reason)", to: width - 2).enumerated().map {
            $0.offset == 0 ? "\(sign) \($0.element)" : "  \($0.element)"
        }
        if !causes.isEmpty, outcome != .alreadyGreen {
            let what = failure?.isCheck == true ? "What failed, in the check after the build" : "What failed"
            lines += ["", style.apply(.heading, what)]
            lines += causes.prefix(12).map { style.fit("  " + $0.place + $0.message, to: width) }
            if causes.count > 12 { lines.append("  and \(causes.count - 12) more") }
        }
        if !steps.isEmpty {
            lines += ["", style.apply(.heading, good ? "What changed" : "What was tried and kept")]
            for step in steps {
                let who = step.model.map { "\(sanitizedLine($0)) (\(step.source))" } ?? "built-in engine"
                for title in step.title.split(separator: "\n") {
                    lines.append(style.fit("  \(sanitizedLine(String(title)))  [\(who)]", to: width))
                }
            }
        }
        lines += leftLines(width, style)
        lines += [""]
        lines += wrapped(verification.line, to: width - 22).enumerated().map {
            padded($0.offset == 0 ? "verification" : "", to: 22) + $0.element
        }
        lines += statistics.lines(width: width, style: style).dropFirst()
        // Commands and branch names are there to be copied: they are never cut.
        return lines + resultLines(style) + nextLines(width, style)
    }

    /// What is still wrong, with what was tried about it.
    private func leftLines(_ width: Int, _ style: Style) -> [String] {
        guard !remaining.isEmpty, [.notFixed, .outOfTime, .unverified].contains(outcome) else { return [] }
        var lines = ["", style.apply(.heading, "What is still wrong")]
        for cause in remaining.prefix(6) {
            lines.append(style.fit("  " + cause.place + cause.message, to: width))
            lines += wrapped(tried(cause), to: width - 4).map { "    " + $0 }
            guard let nearest = nearest(cause) else { continue }
            let text = wrapped("nearest (\(nearest.author)): \(nearest.reason)", to: width - 4)
            lines += text.prefix(3).map { style.fit("    " + $0, to: width) }
        }
        if remaining.count > 6 { lines.append("  and \(remaining.count - 6) more") }
        return lines
    }

    /// What was tried about a cause, in words.
    func tried(_ cause: Cause) -> String {
        if cause.attempts.total > 0 { return cause.attempts.line }
        if searchBuilds > 0, candidates.isEmpty {
            return
                "no rule knows a remedy, and none of the small changes passed that were tried in \(counted(searchBuilds, "build"))"
        }
        if rounds == 0 { return "nothing was tried: the built-in engine knows no remedy" }
        if answersWithoutEdit > 0 {
            return
                "nothing was tried: no edit could be read from \(counted(answersWithoutEdit, "answer")) of the models"
        }
        return "nothing was tried: no model's answer was about it"
    }

    /// The candidate that came nearest to mending a cause.
    func nearest(_ cause: Cause) -> Trials.Candidate? {
        cause.attempts.nearest.flatMap { id in candidates.first { $0.id == id } }
    }

    private func resultLines(_ style: Style) -> [String] {
        var lines: [String] = []
        if let applied {
            lines += ["", "applied to the work tree: \(applied.map(sanitizedLine).joined(separator: ", "))"]
        }
        if let branch {
            lines += [
                "", style.apply(.heading, outcome == .fixed ? "Branch \(branch)" : "UNVERIFIED branch \(branch)"),
            ]
            lines.append("  git diff \(comparison(branch))")
            if outcome == .fixed {
                // A branch on a snapshot of what isn't committed would clash with just that when it is merged.
                if snapshot == nil { lines.append("  git merge \(branch)") }
                if applied == nil, isKept { lines.append("  teamfix apply \(run)") }
            }
            if let note {
                lines.append("Note \(note.reference)")
                lines.append("  git notes --ref=teamfix show \(note.commit.prefix(12))")
            }
        }
        if outcome == .notReproducible, !logTail.isEmpty {
            lines += ["", style.apply(.heading, "The last lines of its output")]
            lines += logTail.split(separator: "\n").suffix(8).map { "  " + sanitizedLine(String($0)) }
        }
        return lines
    }

    /// What `git diff` takes to show the branch's fixes.
    func comparison(_ branch: String) -> String {
        snapshot.map { "\($0.prefix(12))..\(branch)" } ?? "\(base ?? "HEAD")...\(branch)"
    }

    private func nextLines(_ width: Int, _ style: Style) -> [String] {
        guard !next.isEmpty else { return [] }
        return ["", style.apply(.heading, "What to do next")]
            + next.flatMap { step in
                let whole = "  \(step.why): \(step.command)"
                if displayWidth(whole) <= width { return [whole] }
                return wrapped(step.why + ":", to: width - 2).map { "  " + $0 } + ["    " + step.command]
            }
    }
}

extension StatisticsReport {
    /// The summary for a commit message, in lines of at most 72 columns.
    package func commitText(_ verification: VerificationFigures) -> String {
        let plain = Style(Terminal.plain)
        let body = figureLines(width: 72, style: plain).dropFirst()
        let verified = wrapped(verification.line, to: 50).enumerated().map {
            padded($0.offset == 0 ? "verification" : "", to: 22) + $0.element
        }
        return (["Statistics:", ""] + verified + body).map { $0.isEmpty ? "" : "    " + $0 }
            .joined(separator: "\n").replacing("    Statistics:", with: "Statistics:")
    }
}
