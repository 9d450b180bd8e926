import Diagnostics

/// The edits that a compiler prints beside its message.
struct FixItRule: MendRule {
    func proposals(for cause: RootCause, in files: WorkingFiles) -> [Proposal] {
        var result: [Proposal] = []
        // The cause's own fix-its belong together; those of its cascades are the compiler's guesses after it lost its way.
        let groups = [cause.diagnostic.fixIts].filter { !$0.isEmpty }
        for group in groups {
            if let proposal = proposal(from: group, in: files) { result.append(proposal) }
        }
        return result
    }

    private func proposal(from fixIts: [FixIt], in files: WorkingFiles) -> Proposal? {
        var edits: [Edit] = []
        for fixIt in fixIts {
            guard let text = files[fixIt.file],
                let start = text.offset(line: fixIt.startLine, column: fixIt.startColumn),
                let end = text.offset(line: fixIt.endLine, column: fixIt.endColumn), start <= end
            else { return nil }
            var edit = Edit(file: fixIt.file, range: start..<end, replacement: fixIt.replacement)
            if start == end { edit = placed(edit, in: text) }
            edits.append(edit)
        }
        guard let first = edits.first, let text = files[first.file] else { return nil }
        return Proposal(Self.title(of: first, in: text), edits: edits, grounds: .fixIt)
    }

    /// A compiler inserts what is missing right before the next token, which may be lines further down; people write it
    /// where the previous token ends.
    private func placed(_ edit: Edit, in text: SourceText) -> Edit {
        guard [";", ")", "]", ",", ":"].contains(String(decoding: edit.replacement, as: UTF8.self)) else { return edit }
        let file = TokenizedFile(path: edit.file, text: text)
        let next = file.index(atOrAfter: edit.range.lowerBound)
        guard next > 0 else { return edit }
        let end = file.code[next - 1].range.upperBound
        guard end <= edit.range.lowerBound else { return edit }
        return Edit(file: edit.file, range: end..<end, replacement: edit.replacement)
    }

    static func title(of edit: Edit, in text: SourceText) -> String {
        let line = text.line(at: edit.range.lowerBound)
        let old = shown(text.bytes[edit.range])
        let new = shown(edit.replacement[...])
        if edit.range.isEmpty { return "Insert '\(new)' at \(edit.file):\(line)" }
        if edit.replacement.isEmpty { return "Remove '\(old)' at \(edit.file):\(line)" }
        return "Replace '\(old)' with '\(new)' at \(edit.file):\(line)"
    }

    private static func shown(_ bytes: ArraySlice<UInt8>) -> String {
        let text = String(decoding: bytes, as: UTF8.self).trimmingWhitespace
        let clean = sanitized(text.split(separator: "\n").first.map(String.init) ?? text)
        return clean.count > 40 ? clean.prefix(39) + "…" : clean
    }
}

/// "Did you mean 'x'?": the message names the replacement for the name at its place.
struct SuggestionRule: MendRule {
    func proposals(for cause: RootCause, in files: WorkingFiles) -> [Proposal] {
        var result: [Proposal] = []
        let diagnostic = cause.diagnostic
        let sayings =
            [(diagnostic.message, diagnostic.location)]
            + diagnostic.notes.map { ($0.message, $0.location ?? diagnostic.location) }
        for (message, location) in sayings {
            guard let location, let line = location.line, let text = files[location.file] else { continue }
            for suggestion in Self.suggestions(in: message) {
                let file = TokenizedFile(path: location.file, text: text)
                let offset = location.column == nil ? nil : text.offset(of: location, saidBy: diagnostic.tool)
                let target = Self.wrongNames(in: diagnostic.message, for: suggestion).lazy.compactMap {
                    Self.target(wrong: $0, suggestion: suggestion, file: file, line: line, offset: offset)
                }.first
                guard let target else { continue }
                let edit = Edit(file: location.file, range: target, replacement: suggestion)
                result.append(Proposal(FixItRule.title(of: edit, in: text), edits: [edit], grounds: .suggestion))
            }
        }
        return result
    }

    /// What a message offers: the quoted text after "did you mean", "a similar name exists", "perhaps you meant" and their kind.
    static func suggestions(in message: String) -> [String] {
        let lower = message.lowercased()
        for marker in ["did you mean", "similar name", "perhaps you meant", "maybe you meant", "did you want"] {
            guard let found = lower.firstRange(of: marker) else { continue }
            let distance = lower.distance(from: lower.startIndex, to: found.upperBound)
            let rest = String(message.dropFirst(distance))
            let names = quoted(in: rest).filter { $0.count <= 80 && !$0.contains("(") && $0 != "=" }
            if !names.isEmpty { return Array(names.prefix(3)) }
            // "did you mean to use x" and "did you mean x?" without quotes.
            let word = rest.drop { $0 == " " || $0 == ":" }.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
            if word.count > 1, !["to", "the", "a", "this", "or"].contains(String(word)) { return [String(word)] }
        }
        return []
    }

    /// The quoted names that a suggestion may be meant for, the most alike first: messages also quote the type or module that
    /// lacks the name ("'Box' object has no attribute 'lenght'. Did you mean: 'length'?").
    static func wrongNames(in message: String, for suggestion: String) -> [String?] {
        let all = quoted(in: message)
        if all.isEmpty { return [nil] }
        let names = all.filter { $0 != suggestion }.prefix(6).map { name in
            (name, Likeness.editDistance(Array(name.utf8), Array(suggestion.utf8)))
        }
        return names.enumerated().sorted { ($0.element.1, $0.offset) < ($1.element.1, $1.offset) }.map(\.element.0)
    }

    /// The texts between quotes: '…', ‘…’, `…`, "…".
    static func quoted(in message: String) -> [String] {
        var result: [String] = []
        var open: Character?
        var current = ""
        var previous: Character = " "
        for character in message {
            defer { previous = character }
            if let quote = open {
                let closes =
                    quote == "‘"
                    ? character == "’" : (quote == "`" ? character == "`" || character == "'" : character == quote)
                if closes {
                    if !current.isEmpty { result.append(current) }
                    open = nil
                } else {
                    current.append(character)
                }
            } else if "'‘`\"".contains(character), character != "'" || !previous.isLetter {
                // An apostrophe ("isn't") opens nothing.
                open = character
                current = ""
            }
        }
        return result
    }

    /// The place of the wrong name: at the column, or its only occurrence on the line.
    static func target(
        wrong: String?, suggestion: String, file: TokenizedFile, line: Int, offset: Int?
    ) -> Range<Int>? {
        let onLine = file.code(onLine: line)
        if let offset {
            let at = onLine.first { $0.range.contains(offset) && $0.kind == .identifier }
            if let at, wrong == nil || file.is(at, wrong ?? "") || wrong.map({ $0.hasSuffix(file.string(at)) }) == true
            {
                return at.range
            }
        }
        guard let wrong else { return nil }
        let name = wrong.split(whereSeparator: { ".:".contains($0) }).last.map(String.init) ?? wrong
        let matches = onLine.filter { $0.kind == .identifier && file.is($0, name) && name != suggestion }
        guard let offset, matches.count > 1 else { return matches.first?.range }
        return matches.min { abs($0.range.lowerBound - offset) < abs($1.range.lowerBound - offset) }?.range
    }
}

extension String {
    var trimmingWhitespace: String {
        var text = self[...]
        while let first = text.first, first.isWhitespace { text = text.dropFirst() }
        while let last = text.last, last.isWhitespace { text = text.dropLast() }
        return String(text)
    }
}
