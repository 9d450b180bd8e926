import Diagnostics

/// The words of a fix's prompts. What the samples of one suspect share stands first and is the same to the byte, so that a
/// server evaluates it once.
struct FixPrompts: Sendable {
    var command: String
    var observation: BuildObservation
    var files: WorkingFiles

    /// What failed, and the code around a suspect.
    func shared(for suspect: Suspect, cause: RootCause, longest: Int) -> String {
        guard let text = files[suspect.file] else { return "" }
        let lines = CodeWindow.cut(1...text.lineCount, around: suspect.line ?? suspect.lines.lowerBound, in: text, longest: longest)
        var parts = ["This command fails:\n$ \(clean(command, 400))\n\(failure(cause))"]
        if let test = testExcerpt(cause, besides: suspect.file) { parts.append(test) }
        let where_ = lines == 1...text.lineCount ? "The file \(suspect.file):" : "The file \(suspect.file), lines \(lines.lowerBound) to \(lines.upperBound):"
        parts.append("\(where_)\n\(fenced(text.lines(lines), suspect.file))")
        return parts.joined(separator: "\n\n") + "\n"
    }

    /// What to write again.
    func request(for window: CodeWindow, suspect: Suspect, cause: RootCause, isAssertion: Bool, hint: String?, explains: Bool) -> String {
        guard let text = files[window.file] else { return "" }
        var parts: [String] = []
        if let line = suspect.line, line <= text.lineCount, !isAssertion {
            parts.append("The error is reported at line \(line) of \(suspect.file), which is:\n\(text.line(line))")
        } else {
            parts.append("The mistake is in \(suspect.file).")
        }
        if let hint { parts.append(hint) }
        let whole = window.lines == suspect.lines || window.lines == 1...text.lineCount
        let what = whole ? "this code" : "lines \(window.lines.lowerBound) to \(window.lines.upperBound)"
        if explains {
            parts.append("First say in one sentence what is wrong. Then write \(what) again, corrected, in one code block. Change as little as possible:")
        } else {
            parts.append("Write \(what) again with the mistake corrected and everything else as it is. Answer with one code block and nothing else:")
        }
        parts.append(fenced(text.lines(window.lines), window.file))
        return parts.joined(separator: "\n")
    }

    /// The diagnostic as its tool said it, with what it said in addition.
    private func failure(_ cause: RootCause) -> String {
        let diagnostic = cause.diagnostic
        var lines = [said(diagnostic.location, "\(diagnostic.severity.rawValue): \(diagnostic.message)")]
        for note in diagnostic.notes.suffix(4) { lines.append(said(note.location, note.message)) }
        for cascade in cause.cascades.prefix(2) { lines.append(said(cascade.location, "\(cascade.severity.rawValue): \(cascade.message)")) }
        // A failing program says more in its output than in the one line that was understood.
        if diagnostic.location == nil || Localization.looksLikeAssertion(diagnostic.message, code: diagnostic.code) {
            lines.append(String(observation.log.tail.split(separator: "\n").suffix(8).joined(separator: "\n").suffix(900)))
        }
        return lines.map { clean($0, 900) }.joined(separator: "\n")
    }

    private func said(_ location: SourceLocation?, _ message: String) -> String {
        guard let location else { return message }
        return ([location.file] + [location.line, location.column].compactMap { $0.map(String.init) }).joined(separator: ":") + ": " + message
    }

    /// The lines of the test that failed, when the suspect lies elsewhere.
    private func testExcerpt(_ cause: RootCause, besides file: String) -> String? {
        let places = [cause.diagnostic.location] + cause.diagnostic.notes.map(\.location)
        for place in places.compactMap({ $0 }) where place.file != file {
            guard let line = place.line, let text = files[place.file], line <= text.lineCount else { continue }
            let lines = CodeWindow.cut(1...text.lineCount, around: line, in: text, longest: 900)
            return "It fails at line \(line) of \(place.file), which is:\n\(text.line(line).trimmingWhitespace)\n"
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
