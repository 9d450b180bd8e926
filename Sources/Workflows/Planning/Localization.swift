import Diagnostics

/// A place that may be at fault, and why it is thought to be.
package struct Suspect: Sendable, Equatable {
    package var file: String
    /// The lines to look at first.
    package var lines: ClosedRange<Int>
    /// The one line that a tool named; nil when the place was inferred.
    package var line: Int?
    package var reason: String

    package init(file: String, lines: ClosedRange<Int>, line: Int?, reason: String) {
        self.file = file
        self.lines = lines
        self.line = line
        self.reason = reason
    }
}

/// From a root cause to the code at fault: the place itself when it may be edited, else what a failing test calls.
package struct Localization: Sendable {
    private let files: WorkingFiles
    private let isEditable: @Sendable (String) -> Bool
    /// The command that fails: where nothing else points anywhere, the files that it names do.
    private let command: String

    package init(files: WorkingFiles, command: String = "", isEditable: @escaping @Sendable (String) -> Bool) {
        self.files = files
        self.command = command
        self.isEditable = isEditable
    }

    /// The suspects, likeliest first, at most `limit`.
    package func suspects(for cause: RootCause, limit: Int = 3) -> [Suspect] {
        var result: [Suspect] = []
        func add(_ suspect: Suspect) {
            if !result.contains(where: { $0.file == suspect.file && $0.lines.overlaps(suspect.lines) }) {
                result.append(suspect)
            }
        }
        let diagnostic = cause.diagnostic
        let isAssertion = diagnostic.test != nil || Self.looksLikeAssertion(diagnostic.message, code: diagnostic.code)
        if !isAssertion, let place = place(diagnostic.location) { add(place) }
        // Stack frames come with the innermost last or first; either way the editable ones are suspects.
        for note in diagnostic.notes {
            if let place = place(note.location), !looksLikeTest(place.file) { add(place) }
        }
        for name in names(in: cause) {
            for suspect in definitions(of: name) { add(suspect) }
            if result.count >= limit { break }
        }
        // Where an assertion stands is the check; only when nothing that it calls is known can it be the code as well.
        if result.isEmpty, let place = place(diagnostic.location), !looksLikeTest(place.file) { add(place) }
        if result.isEmpty { runByTheCommand().forEach(add) }
        return Array(result.prefix(limit))
    }

    /// The sources that the command runs: those that it names, and those that a test that it names mentions by their stem.
    private func runByTheCommand() -> [Suspect] {
        let words = command.split { " ;&|()<>='\"".contains($0) }.map {
            $0.hasPrefix("./") ? String($0.dropFirst(2)) : String($0)
        }
        var chosen = words.filter { files[$0] != nil && !looksLikeTest($0) && isEditable($0) }
        var mentioned: Set<String> = []
        for word in words {
            guard let text = files[word] else { continue }
            let file = TokenizedFile(path: word, text: text)
            mentioned.formUnion(file.code.filter { $0.kind == .identifier }.map(file.string))
        }
        let sources = files.paths.sorted().filter {
            files[$0] != nil && Syntax(file: $0) != .plain && !looksLikeTest($0) && isEditable($0)
        }
        chosen += sources.filter {
            mentioned.contains(String($0.split(separator: "/").last?.split(separator: ".").first ?? ""))
        }
        if chosen.isEmpty, sources.count <= 3 { chosen = sources }
        return chosen.compactMap { path in
            guard let text = files[path] else { return nil }
            return Suspect(file: path, lines: 1...text.lineCount, line: nil, reason: "is what the failing command runs")
        }
    }

    static func looksLikeAssertion(_ message: String, code: String?) -> Bool {
        let text = message.lowercased()
        return code == "AssertionError" || text.contains("assertion") || text.contains("assert")
            || text.contains("expectation failed")
    }

    private func place(_ location: SourceLocation?) -> Suspect? {
        guard let location, isEditable(location.file), let text = files[location.file] else { return nil }
        let line = min(max(1, location.line ?? 1), text.lineCount)
        let file = TokenizedFile(path: location.file, text: text)
        let lines = CodeBlocks(file).enclosingFunction(of: line) ?? max(1, line - 12)...min(text.lineCount, line + 12)
        return Suspect(file: location.file, lines: lines, line: location.line, reason: "named by the message")
    }

    /// Names that a failing test's line mentions, and those that the message quotes.
    private func names(in cause: RootCause) -> [String] {
        var lines: [String] = []
        let places = [cause.diagnostic.location] + cause.diagnostic.notes.reversed().map(\.location)
        for location in places.compactMap({ $0 }).prefix(6) {
            if let line = location.line, let text = files[location.file] { lines.append(text.line(line)) }
        }
        lines.append(cause.diagnostic.message)
        lines += cause.diagnostic.notes.prefix(10).map(\.message)
        var names: [String] = []
        for line in lines {
            let file = TokenizedFile(path: "line.py", text: SourceText(line))
            for token in file.code where token.kind == .identifier {
                let name = file.string(token)
                if name.count > 1, !Keywords.all.contains(name), !names.contains(name) { names.append(name) }
            }
        }
        for message in [cause.diagnostic.message] + cause.diagnostic.notes.prefix(10).map(\.message) {
            for name in SuggestionRule.quoted(in: message) where Self.isName(name) && !names.contains(name) {
                names.append(name)
            }
        }
        return Array(names.prefix(40))
    }

    private static func isName(_ text: String) -> Bool {
        (2...80).contains(text.count) && text.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
            && !Keywords.all.contains(text)
            && text.first?.isNumber == false
    }

    private func definitions(of name: String) -> [Suspect] {
        var result: [Suspect] = []
        for path in files.paths.sorted() where isEditable(path) && Syntax(file: path) != .plain && !looksLikeTest(path)
        {
            guard result.count < 2, let text = files[path], text.bytes.count < 400_000, text.string.contains(name)
            else { continue }
            let file = TokenizedFile(path: path, text: text)
            let blocks = CodeBlocks(file)
            for line in blocks.definitions(of: name).prefix(1) {
                let lines = blocks.enclosingFunction(of: line) ?? line...min(text.lineCount, line + 30)
                result.append(
                    Suspect(
                        file: path, lines: lines, line: nil, reason: "defines '\(name)', which the failure mentions"))
            }
        }
        return result
    }
}

/// Whether a path is a test by the conventions of its language.
package func looksLikeTest(_ path: String) -> Bool {
    let parts = path.lowercased().split(separator: "/")
    guard let name = parts.last else { return false }
    if parts.dropLast().contains(where: {
        ["test", "tests", "__tests__", "spec", "specs", "testing", "testdata"].contains($0)
    }) {
        return true
    }
    let stem = name.split(separator: ".").first.map(String.init) ?? String(name)
    return stem.hasPrefix("test_") || stem.hasSuffix("_test") || stem.hasSuffix("tests") || stem == "conftest"
        || name.contains(".test.")
        || name.contains(".spec.") || stem.hasSuffix("_spec")
        || (stem.hasSuffix("test") && stem != "test" && path.hasSuffix(".java")) || stem == "test"
}
