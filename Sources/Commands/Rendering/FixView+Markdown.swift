import Events
import Workflows

extension FixView {
    package func markdown(atMost bytes: Int) -> String {
        var parts = MarkdownParts()
        parts.add("## \(outcome == .fixed ? "✅" : outcome == .alreadyGreen ? "☑️" : "❌") teamfix: \(verdict)")
        parts.add(Markdown.prose(reason))
        parts.add(Markdown.table(["", ""], facts))
        if outcome != .alreadyGreen { parts.add("what failed", rank: 2, section("What failed", causeTable)) }
        parts.add("what changed", rank: 1, section(branch == nil ? "What was kept" : "What changed", stepTable))
        let placeOfPatch = parts.parts.count
        if [.notFixed, .outOfTime, .unverified].contains(outcome) {
            parts.add("what is still wrong", rank: 1, section("What is still wrong", leftTable))
        }
        let steps = next.map { "- \(Markdown.prose($0.why)): \(Markdown.code($0.command))" }
        parts.add("what to do next", rank: 1, section("What to do next", steps.joined(separator: "\n")))
        let said = warnings.prefix(10).map { "- \(Markdown.prose($0, most: 300))" }
        parts.add("warnings", rank: 3, section("Warnings", said.joined(separator: "\n")))
        parts.add("candidates", rank: 4, candidateTable)
        if outcome != .fixed, !logTail.isEmpty {
            let lines = logTail.split(separator: "\n", omittingEmptySubsequences: false).suffix(60)
                .joined(separator: "\n").utf8.suffix(12_000)
            parts.add(
                "the output's end", rank: 5,
                Markdown.folded(
                    "The last lines of the output", Markdown.fence(String(decoding: lines, as: UTF8.self), as: "text")))
        }
        let figures = statistics.figureLines(width: 72, style: Style(.plain)).joined(separator: "\n")
        parts.add("statistics", rank: 3, Markdown.folded("Statistics", Markdown.fence(figures, as: "text")))
        if let patch = patchPart(room: bytes - parts.count - 300) { parts.parts.insert(patch, at: placeOfPatch) }
        return parts.text(atMost: bytes)
    }

    private func section(_ title: String, _ body: String) -> String { body.isEmpty ? "" : "### \(title)\n\n\(body)" }

    private var facts: [[String]] {
        var rows: [[String]] = []
        if let failure {
            let name =
                failure.isCheck ? "The check that failed" : failure.passed ? "The command" : "The command that failed"
            let command = failure.isCheck ? check : command
            rows.append([name, "\(Markdown.code(command ?? "")) \(failure.ending)"])
        } else if let command {
            rows.append(["The command", Markdown.code(command)])
        }
        if let finalCheck {
            let ran = finalCheck.passed ? [command, check] : [finalCheck.command]
            let both = ran.compactMap { $0 }.map { Markdown.code($0) }.joined(separator: ", then ")
            rows.append([
                finalCheck.passed ? "Verified" : "Not confirmed",
                "\(both) \(finalCheck.ending) in a fresh checkout, \(confinement), \(shownDuration(finalCheck.duration))",
            ])
        }
        if let branch {
            rows.append([outcome == .fixed ? "Branch" : "**Unverified** branch", Markdown.code(branch)])
            rows.append(["See it", Markdown.code("git diff \(comparison(branch))", most: 400)])
        }
        if let note { rows.append(["Note", "\(Markdown.code(note.reference)) on \(Markdown.code(note.commit))"]) }
        if let applied {
            rows.append([
                "Applied to the work tree", applied.prefix(20).map { Markdown.code($0) }.joined(separator: ", "),
            ])
        }
        let asked = rounds > 0 ? ", \(counted(rounds, "round")) of models" : ""
        rows.append(["Tried", verification.line + asked])
        rows.append(["Run", Markdown.code(run)])
        return rows
    }

    private var causeTable: String {
        guard !causes.isEmpty else { return "" }
        let rows = causes.prefix(20).map { cause in
            [place(cause), Markdown.code(cause.message, most: 300), Markdown.code(cause.test ?? cause.tool)]
        }
        return Markdown.table(["where", "what", "says"], rows) + more(causes.count - 20)
    }

    private var stepTable: String {
        guard !steps.isEmpty else { return "" }
        let rows = steps.prefix(20).map { step in
            [
                step.commit.map { Markdown.code(String($0.prefix(12))) } ?? "",
                step.title.split(separator: "\n").prefix(6).map { Markdown.code(String($0)) }.joined(separator: "<br>"),
                files(step.files), "\(step.changedLines)",
                step.model.map { Markdown.code($0) } ?? "built-in engine",
            ]
        }
        return Markdown.table(["commit", "what", "files", "lines", "by"], rows) + more(steps.count - 20)
    }

    private var leftTable: String {
        guard !remaining.isEmpty else { return "" }
        let rows = remaining.prefix(20).map { cause in
            [
                place(cause), Markdown.code(cause.message, most: 300), tried(cause),
                nearest(cause).map { Markdown.code($0.reason) } ?? "",
            ]
        }
        return Markdown.table(["where", "what", "tried", "nearest"], rows) + more(remaining.count - 20)
    }

    private var candidateTable: String {
        guard !candidates.isEmpty else { return "" }
        let rows = candidates.prefix(50).map { candidate in
            [
                Markdown.code(candidate.id), candidate.round == 0 ? "" : "\(candidate.round)",
                candidate.model == nil ? "built-in engine" : Markdown.code(candidate.author),
                files(candidate.files), "\(candidate.changedLines)", candidate.result.rawValue,
                Markdown.code(candidate.reason),
            ]
        }
        let table = Markdown.table(["", "round", "by", "files", "lines", "verdict", "why"], rows)
        return Markdown.folded(
            "\(counted(verification.candidates, "candidate")), each with its verdict",
            table + more(candidates.count - 50))
    }

    /// The patch, or as much of it as there is room for.
    private func patchPart(room: Int) -> MarkdownParts.Part? {
        guard !patch.isEmpty else { return nil }
        let shown = patch.wholeLines(atMost: room)
        let isCut = shown.utf8.count < patch.utf8.count
        guard !isCut || shown.utf8.count > 500 else {
            return .init(name: "the patch", rank: 1, text: "_The patch has no room here; it is on the branch._")
        }
        let body = Markdown.fence(shown, as: "diff") + (isCut ? "\n\n_The rest of it is on the branch._" : "")
        return .init(name: "the patch", rank: 6, text: Markdown.folded("The patch", body))
    }

    private func place(_ cause: Cause) -> String {
        guard let file = cause.file else { return "" }
        return Markdown.code(file + (cause.line.map { ":\($0)" } ?? ""))
    }

    private func files(_ files: [String]) -> String {
        files.prefix(5).map { Markdown.code($0, most: 120) }.joined(separator: "<br>")
            + (files.count > 5 ? "<br>and \(files.count - 5) more" : "")
    }

    private func more(_ count: Int) -> String { count > 0 ? "\n\nand \(count) more" : "" }
}
