import Diagnostics

/// The words of a fix's prompts. What the samples of one suspect share stands first and is the same to the byte, so that a
/// server evaluates it once.
struct FixPrompts: Sendable {
    var command: String
    var observation: BuildObservation
    var files: WorkingFiles
    var budget: PromptBudget

    /// The lines of a suspect's file that its prompts show: all of a small file, else the function and what stands above it.
    func context(for suspect: Suspect) -> ClosedRange<Int> {
        guard let text = files[suspect.file] else { return 1...1 }
        let all = 1...text.lineCount
        if text.bytes.count <= min(budget.longest, budget.smallFile) { return all }
        let around = max(1, suspect.lines.lowerBound - 12)...min(text.lineCount, suspect.lines.upperBound + 4)
        return CodeWindow.cut(
            around, around: suspect.line ?? suspect.lines.lowerBound, in: text,
            longest: min(budget.longest, budget.mostContext))
    }

    /// What failed, and the code around a suspect.
    func shared(for suspect: Suspect, cause: RootCause) -> String {
        guard let text = files[suspect.file] else { return "" }
        let lines = context(for: suspect)
        var parts = ["$ \(clean(command, 300))\n\(failure(cause))"]
        if let test = testExcerpt(cause, besides: suspect.file) { parts.append(test) }
        parts.append(shown(suspect.file, lines, text))
        return parts.joined(separator: "\n\n") + "\n"
    }

    private func shown(_ file: String, _ lines: ClosedRange<Int>, _ text: SourceText) -> String {
        let part = lines == 1...text.lineCount ? "" : ", lines \(lines.lowerBound) to \(lines.upperBound)"
        return "\(file)\(part):\n\(fenced(text.lines(lines), file))"
    }

    /// What to write again.
    func request(
        for window: CodeWindow, suspect: Suspect, format: EditFormat, isAssertion: Bool, hint: String?, explains: Bool
    ) -> String {
        guard let text = files[window.file] else { return "" }
        var parts: [String] = []
        if let line = suspect.line, line <= text.lineCount, !isAssertion {
            parts.append("The error is at line \(line) of \(suspect.file):\n\(text.line(line))")
        } else {
            parts.append("The failing check is right; \(suspect.file) has a bug.")
        }
        if let hint { parts.append(hint) }
        // Code that stands above word for word isn't shown twice: a small model's time goes into every token.
        let isAbove = window.lines == context(for: suspect)
        if format == .searchReplace {
            // The lines to change are above: the context holds the window, or more of the function than that.
            parts.append(
                (explains ? "First say in one sentence what is wrong. Then answer" : "Answer") + " with "
                    + Self.replacing)
            return parts.joined(separator: "\n")
        }
        let what = isAbove ? "the code of \(suspect.file)" : window.lines.count == 1 ? "this line" : "these lines"
        let form =
            format == .file
            ? "Write the whole of \(suspect.file) again with the mistake corrected and all else as it is. Answer with one code block and nothing else"
            : explains
                ? "First say in one sentence what is wrong. Then write \(what) again, corrected, in one code block; change as little as possible"
                : "Write \(what) again with the mistake corrected and all else as it is. Answer with one code block and nothing else"
        parts.append(isAbove ? form + "." : form + ":\n" + fenced(text.lines(window.lines), window.file))
        return parts.joined(separator: "\n")
    }

    /// What one line must be instead.
    /// - Parameter tried: what was tried in its place and is wrong, too.
    func lineRequest(for window: CodeWindow, isAssertion: Bool, tried: [String]) -> String {
        guard let text = files[window.file] else { return "" }
        let line = window.lines.lowerBound
        var parts = [
            (isAssertion
                ? "The failing check is right; \(window.file) has a bug. It is in line \(line):"
                : "The error is at line \(line) of \(window.file):") + "\n\(text.line(line))"
        ]
        if !tried.isEmpty {
            parts.append(
                "This was tried in its place and is wrong:\n"
                    + tried.suffix(3).map { clean($0, 200) }.joined(separator: "\n"))
        }
        parts.append(
            "Write what line \(line) must be instead. Answer with one code block that has the corrected line and nothing else."
        )
        return parts.joined(separator: "\n")
    }

    private static let replacing = """
        SEARCH/REPLACE blocks, each in this form, with the file's name above it:
        path/to/file
        <<<<<<< SEARCH
        the lines as they are now, word for word
        =======
        the same lines, corrected
        >>>>>>> REPLACE
        What a SEARCH says must stand in the file exactly once. Change as little as possible.
        """

    /// What is asked of whoever puts several files' parts together; nil when the code could be taken for a placeholder.
    func integration(_ places: [(suspects: [Suspect], cause: RootCause, coder: String)]) -> String? {
        var parts = ["$ \(clean(command, 300))\n" + places.map { failure($0.cause) }.joined(separator: "\n")]
        for place in places {
            guard let suspect = place.suspects.first, let text = files[suspect.file] else { continue }
            let lines = CodeWindow.cut(
                context(for: suspect), around: suspect.line ?? suspect.lines.lowerBound, in: text,
                longest: budget.longest / places.count)
            parts.append(shown(suspect.file, lines, text))
        }
        guard !parts.contains(where: { $0.contains("{{") }) else { return nil }
        for place in places {
            guard let file = place.suspects.first?.file else { continue }
            parts.append("What was tried for \(file), which didn't do:\n{{result:\(place.coder)}}")
        }
        parts.append("Mend all of it together. Answer with \(Self.replacing)")
        return parts.joined(separator: "\n\n")
    }

    /// The diagnostic as its tool said it, with what it said in addition.
    private func failure(_ cause: RootCause) -> String {
        let diagnostic = cause.diagnostic
        // What a message quotes is what the failure is about, though it looks like a duration.
        func said(_ location: SourceLocation?, _ message: String) -> String {
            steadied(self.said(location, message), keepingQuoted: true)
        }
        var lines = [said(diagnostic.location, "\(diagnostic.severity.rawValue): \(diagnostic.message)")]
        for note in diagnostic.notes.prefix(3) { lines.append(said(note.location, note.message)) }
        for cascade in cause.cascades.prefix(2) {
            lines.append(said(cascade.location, "\(cascade.severity.rawValue): \(cascade.message)"))
        }
        // A failing program says more in its output than in the one line that was understood.
        if diagnostic.location == nil || Localization.looksLikeAssertion(diagnostic.message, code: diagnostic.code) {
            lines.append(
                String(
                    steadied(
                        observation.log.tail.split(separator: "\n").suffix(5).filter { !isCrashTable($0) }
                            .joined(separator: "\n")
                    ).suffix(500))
            )
        }
        return lines.map { clean($0, 900) }.joined(separator: "\n")
    }

    private func said(_ location: SourceLocation?, _ message: String) -> String {
        guard let location else { return message }
        return ([location.file] + [location.line, location.column].compactMap { $0.map(String.init) }).joined(
            separator: ":") + ": " + message
    }

    /// The lines of the test that failed, when the suspect lies elsewhere.
    private func testExcerpt(_ cause: RootCause, besides file: String) -> String? {
        let places = [cause.diagnostic.location] + cause.diagnostic.notes.map(\.location)
        for place in places.compactMap({ $0 }) where place.file != file {
            guard let line = place.line, let text = files[place.file], (text.range(ofLine: line)?.count ?? .max) < 2_000
            else { continue }
            let lines = CodeWindow.cut(1...text.lineCount, around: line, in: text, longest: 700)
            return "\(place.file), which fails at line \(line) (\(clean(text.line(line).trimmingWhitespace, 200))):\n"
                + fenced(text.lines(lines), place.file)
        }
        return nil
    }

    private func clean(_ text: String, _ longest: Int) -> String {
        let safe = sanitized(text)
        return safe.count > longest ? String(safe.prefix(longest)) + "…" : safe
    }

    private func fenced(_ code: String, _ file: String) -> String {
        "```\(Self.language(of: file))\n\(code)\(code.hasSuffix("\n") ? "" : "\n")```"
    }

    static func language(of file: String) -> String {
        switch file.split(separator: ".").last.map(String.init) {
        case "c", "h": "c"
        case "cc", "cpp", "cxx", "hpp", "hh": "cpp"
        case "swift": "swift"
        case "py": "python"
        case "rs": "rust"
        case "go": "go"
        case "js", "mjs", "cjs", "jsx": "javascript"
        case "ts", "tsx": "typescript"
        case "java": "java"
        default: ""
        }
    }
}
