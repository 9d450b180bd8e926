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

/// From a root cause to the code at fault: the place itself when it may be edited, else what a failing test calls; of those,
/// what was changed last comes first.
package struct Localization: Sendable {
    private let files: WorkingFiles
    private let isEditable: @Sendable (String) -> Bool
    /// The command that fails: where nothing else points anywhere, the files that it names do.
    private let command: String
    private let definitions: DefinitionIndex
    private let words = FileWords()

    package init(
        files: WorkingFiles, command: String = "", definitions: DefinitionIndex = DefinitionIndex(),
        isEditable: @escaping @Sendable (String) -> Bool
    ) {
        self.files = files
        self.command = command
        self.definitions = definitions
        self.isEditable = isEditable
    }

    /// The most suspects that are looked at before those that were changed last are chosen.
    private static let mostConsidered = 12

    /// The file of a cause's first suspect where nothing has to be looked for: a compiler named it. Nil says only that
    /// `suspects` must tell.
    func certainFile(of cause: RootCause) -> String? {
        let diagnostic = cause.diagnostic
        guard !Self.isAssertion(diagnostic), !Self.isRuntime(diagnostic), let location = diagnostic.location,
            location.line != nil,
            isEditable(location.file), files[location.file] != nil
        else { return nil }
        return location.file
    }

    /// Whether neither a place nor a definition of any name is known, so that another way of finding definitions may help.
    func findsNothing(for cause: RootCause) -> Bool {
        certainFile(of: cause) == nil && named(by: cause, most: 1).isEmpty
    }

    /// The suspects, likeliest first, at most `limit`.
    package func suspects(for cause: RootCause, limit: Int = 3) -> [Suspect] {
        let diagnostic = cause.diagnostic
        let isAssertion = Self.isAssertion(diagnostic)
        var result = named(by: cause, most: files.recent.isEmpty ? limit : max(limit, Self.mostConsidered))
        func add(_ suspect: Suspect) { Self.add(suspect, to: &result) }
        // Where an assertion stands is the check; only when nothing that it calls is known can it be the code as well.
        if result.isEmpty, let place = place(diagnostic.location), !looksLikeTest(place.file) { add(place) }
        if result.isEmpty {
            runByTheCommand().forEach(add)
            // Of a whole file, what was changed in it.
            result = result.flatMap(narrowed)
        }
        // A compiler knows where it stumbled; where a program went wrong, only what was changed tells.
        let isCertain = !isAssertion && result.first?.line != nil && !Self.isRuntime(diagnostic)
        // Where it stumbled over lines that nobody touched, the slip may stand in those of the file that somebody did.
        if isCertain, let first = result.first, files.recent.level(of: first.file, first.lines) == nil {
            for change in files.recent.changes(in: first.file).prefix(4) { add(around(change.lines, in: first.file)) }
        }
        return Array(newestFirst(result, keepingFirst: isCertain).prefix(limit))
    }

    /// The places that a cause names, and the definitions of its names until there are as many as wanted.
    private func named(by cause: RootCause, most: Int) -> [Suspect] {
        let diagnostic = cause.diagnostic
        var result: [Suspect] = []
        if !Self.isAssertion(diagnostic), let place = place(diagnostic.location) { Self.add(place, to: &result) }
        // Stack frames come with the innermost last or first; either way the editable ones are suspects.
        for note in diagnostic.notes {
            if let place = place(note.location), !looksLikeTest(place.file) { Self.add(place, to: &result) }
        }
        for name in names(in: cause) {
            for suspect in definitions(of: name) { Self.add(suspect, to: &result) }
            if result.count >= most { break }
        }
        return result
    }

    private static func add(_ suspect: Suspect, to result: inout [Suspect]) {
        if !result.contains(where: { $0.file == suspect.file && $0.lines.overlaps(suspect.lines) }) {
            result.append(suspect)
        }
    }

    /// Whether a check says that the code does the wrong thing.
    static func isAssertion(_ diagnostic: Diagnostic) -> Bool {
        diagnostic.test != nil || looksLikeAssertion(diagnostic.message, code: diagnostic.code)
    }

    private static func isRuntime(_ diagnostic: Diagnostic) -> Bool {
        [.python, .pytest, .unittest, .node].contains(diagnostic.tool)
            && !["SyntaxError", "IndentationError", "TabError"].contains(diagnostic.code ?? "")
    }

    /// In their order, but those that the newest changes touch before the others.
    private func newestFirst(_ suspects: [Suspect], keepingFirst: Bool) -> [Suspect] {
        guard !files.recent.isEmpty, suspects.count > 1 else { return suspects }
        let ranked = suspects.enumerated().map { index, suspect in
            let level = files.recent.level(of: suspect.file, suspect.lines) ?? .max
            return (suspect: suspect, rank: keepingFirst && index == 0 ? -1 : level, index: index)
        }
        return ranked.sorted { ($0.rank, $0.index) < ($1.rank, $1.index) }.map { entry in
            var suspect = entry.suspect
            if (0..<Int.max).contains(entry.rank) { suspect.reason += ", and was changed last" }
            return suspect
        }
    }

    /// The function around some lines, or the lines with what stands about them.
    private func around(_ lines: ClosedRange<Int>, in path: String) -> Suspect {
        guard let text = files[path] else {
            return Suspect(file: path, lines: lines, line: nil, reason: "was changed last")
        }
        let file = TokenizedFile(path: path, text: text)
        let first = min(lines.lowerBound, text.lineCount)
        let whole =
            CodeBlocks(file).enclosingFunction(of: first)
            ?? max(1, first - 6)...min(text.lineCount, max(first, lines.upperBound) + 6)
        return Suspect(file: path, lines: whole, line: nil, reason: "was changed last")
    }

    /// A suspect that is a long file as its changed places, when it has some.
    private func narrowed(_ suspect: Suspect) -> [Suspect] {
        let changes = files.recent.changes(in: suspect.file)
        guard !changes.isEmpty, suspect.lines.count > 60 else { return [suspect] }
        var places: [Suspect] = []
        for change in changes.prefix(6) {
            let place = around(change.lines, in: suspect.file)
            if !places.contains(where: { $0.lines.overlaps(place.lines) }) { places.append(place) }
        }
        return places
    }

    /// What a suspect calls, and what calls it, one step and by name; not those that are suspects themselves.
    package func neighbours(of suspect: Suspect, besides others: [Suspect], limit: Int = 4) -> [Suspect] {
        guard let text = files[suspect.file] else { return [] }
        let file = TokenizedFile(path: suspect.file, text: text)
        let own = file.code.indices.filter { suspect.lines.contains(file.line(of: file.code[$0])) }
        let called = own.filter { index in
            file.code[index].kind == .identifier && index + 1 < file.code.count && file.is(file.code[index + 1], "(")
        }.map { file.string(file.code[$0]) }.filter { !Keywords.all.contains($0) }
        var result: [Suspect] = []
        func add(_ found: Suspect) {
            let known = result + others + [suspect]
            if !known.contains(where: { $0.file == found.file && $0.lines.overlaps(found.lines) }) {
                result.append(found)
            }
        }
        var seen: Set<String> = []
        for name in called where seen.insert(name).inserted && seen.count <= 16 {
            for place in definitions(of: name).prefix(1) { add(place) }
        }
        // The first name that is called in a function's own lines is its own, in every language with parentheses.
        if let name = called.first { callers(of: name).forEach(add) }
        return Array(newestFirst(result, keepingFirst: false).prefix(limit))
    }

    /// The functions that call a name, at most three.
    private func callers(of name: String) -> [Suspect] {
        var result: [Suspect] = []
        for path in sources where result.count < 3 {
            guard let text = files[path], text.bytes.count < 400_000, text.string.contains(name) else { continue }
            let file = TokenizedFile(path: path, text: text)
            let blocks = CodeBlocks(file)
            for (index, token) in file.code.enumerated() where token.kind == .identifier && file.is(token, name) {
                guard index + 1 < file.code.count, file.is(file.code[index + 1], "("),
                    let lines = blocks.enclosingFunction(of: file.line(of: token)),
                    !result.contains(where: { $0.file == path && $0.lines == lines })
                else { continue }
                result.append(Suspect(file: path, lines: lines, line: nil, reason: "calls '\(name)'"))
                if result.count == 3 { break }
            }
        }
        return result
    }

    /// The loaded files in which code may be mended.
    private var sources: [String] {
        files.loaded.filter { Syntax(file: $0) != .plain && isEditable($0) && !looksLikeTest($0) }
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
        func add(_ path: String, _ lines: ClosedRange<Int>) {
            if !result.contains(where: { $0.file == path && $0.lines.overlaps(lines) }) {
                result.append(
                    Suspect(
                        file: path, lines: lines, line: nil, reason: "defines '\(name)', which the failure mentions"))
            }
        }
        for path in sources where result.count < 2 {
            guard let text = files[path], text.bytes.count < 400_000, words.has(name, in: path, text) else { continue }
            let file = TokenizedFile(path: path, text: text)
            let blocks = CodeBlocks(file)
            for line in blocks.definitions(of: name).prefix(1) {
                add(path, blocks.enclosingFunction(of: line) ?? line...min(text.lineCount, line + 30))
            }
        }
        // Where nothing was found so: languages, and ways of defining, that only ctags knows.
        for place in definitions.places(of: name).prefix(4) where result.isEmpty {
            guard isEditable(place.file), !looksLikeTest(place.file), let text = files[place.file],
                place.line <= text.lineCount
            else { continue }
            let file = TokenizedFile(path: place.file, text: text)
            let lines = CodeBlocks(file).enclosingFunction(of: place.line)
            add(
                place.file,
                lines ?? place.line...min(text.lineCount, max(place.line, min(place.end ?? .max, place.line + 80))))
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
