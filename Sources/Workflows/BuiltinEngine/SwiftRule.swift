import Diagnostics

/// What the Swift compiler's messages name without printing the edit: labels, separators, `try` and `await`, the `let` that
/// would have to be a `var`, the value that isn't returned.
struct SwiftRule: MendRule {
    func proposals(for cause: RootCause, in files: WorkingFiles) -> [Proposal] {
        let diagnostic = cause.diagnostic
        guard diagnostic.location?.file.hasSuffix(".swift") == true, let spot = Spot(diagnostic, in: files) else {
            return []
        }
        let message = diagnostic.message
        let names = SuggestionRule.quoted(in: message)
        if message.hasPrefix("missing argument label "), let label = names.first, Self.isLabel(label) {
            return [
                spot.proposal("Insert the label '\(label)'", [(spot.offset..<spot.offset, label + " ")], .suggestion)
            ]
        }
        if message.hasPrefix("extraneous argument label "), let label = names.first, Self.isLabel(label) {
            return label.split(separator: ":").count == 1 ? withoutLabel(label, spot) : []
        }
        if message.hasPrefix("incorrect argument label "), names.count == 2, names.allSatisfy(Self.isLabel) {
            return relabelled(from: names[0], to: names[1], spot)
        }
        if message.hasPrefix("consecutive "), message.contains("must be separated by ';'") {
            return [spot.proposal("Separate two statements with ';'", [(spot.offset..<spot.offset, ";")], .suggestion)]
        }
        if message.contains("multi-clause condition"), let token = spot.token(0), spot.file.is(token, "where") {
            let end = spot.token(-1)?.range.upperBound ?? token.range.lowerBound
            return [spot.proposal("Write ',' for 'where'", [(end..<token.range.upperBound, ",")], .suggestion)]
        }
        if message.contains("is a 'let' constant") { return variable(diagnostic, files) }
        if message.contains("not marked with 'try'") { return marked("try", spot) }
        if message.contains("not marked with 'await'") { return marked("await", spot) }
        if message.hasPrefix("missing return in ") { return returned(spot) }
        return []
    }

    /// `name:` or `first:second:`, as messages quote labels.
    private static func isLabel(_ text: String) -> Bool {
        text.hasSuffix(":") && text.count > 1 && text.count <= 80
            && text.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == ":" }
    }

    /// The labels at the top level of the call whose parenthesis stands at the place.
    private func labels(_ label: String, _ spot: Spot) -> [(name: Token, colon: Token, next: Token?)] {
        let file = spot.file
        let code = file.code
        let name = String(label.dropLast())
        guard let open = (spot.index..<min(code.count, spot.index + 40)).first(where: { file.is(code[$0], "(") }) else {
            return []
        }
        var depth = 0
        var found: [(name: Token, colon: Token, next: Token?)] = []
        for k in open..<min(code.count, open + 2_000) {
            if "([{".contains(file.string(code[k])) { depth += 1 }
            if ")]}".contains(file.string(code[k])) { depth -= 1 }
            if depth == 0 { break }
            guard depth == 1, k + 1 < code.count, file.is(code[k], name), file.is(code[k + 1], ":") else { continue }
            found.append((code[k], code[k + 1], k + 2 < code.count ? code[k + 2] : nil))
        }
        return found
    }

    private func withoutLabel(_ label: String, _ spot: Spot) -> [Proposal] {
        labels(label, spot).map { found in
            let end = found.next?.range.lowerBound ?? found.colon.range.upperBound
            return spot.proposal("Remove the label '\(label)'", [(found.name.range.lowerBound..<end, "")], .suggestion)
        }
    }

    private func relabelled(from label: String, to other: String, _ spot: Spot) -> [Proposal] {
        labels(label, spot).map { found in
            spot.proposal(
                "Write the label '\(other)' for '\(label)'", [(found.name.range, String(other.dropLast()))], .suggestion
            )
        }
    }

    /// The note says where the `let` stands.
    private func variable(_ diagnostic: Diagnostic, _ files: WorkingFiles) -> [Proposal] {
        diagnostic.notes.compactMap { note -> Proposal? in
            guard note.message.hasPrefix("change 'let' to 'var'"), let location = note.location,
                let line = location.line,
                let text = files[location.file]
            else { return nil }
            let file = TokenizedFile(path: location.file, text: text)
            let offset = text.offset(line: line, column: location.column ?? 1) ?? 0
            let keywords = file.code(onLine: line).filter { file.is($0, "let") }
            let nearest = keywords.min { abs($0.range.lowerBound - offset) < abs($1.range.lowerBound - offset) }
            guard let nearest else { return nil }
            return Proposal(
                "Change 'let' to 'var' at \(location.file):\(line)",
                edits: [Edit(file: location.file, range: nearest.range, replacement: "var")], grounds: .suggestion)
        }
    }

    /// The keyword goes before the whole expression: before `a` in `a.b().c()`.
    private func marked(_ keyword: String, _ spot: Spot) -> [Proposal] {
        var k = spot.index
        while k >= 2, let before = spot.file.code.indices.contains(k - 1) ? spot.file.code[k - 1] : nil,
            spot.file.is(before, "."), spot.file.code[k - 2].kind == .identifier
        {
            k -= 2
        }
        guard spot.file.code.indices.contains(k) else { return [] }
        let start = spot.file.code[k].range.lowerBound
        return [spot.proposal("Mark the call with '\(keyword)'", [(start..<start, keyword + " ")], .suggestion)]
    }

    /// The last line before the brace is what people meant to return, when it is an expression.
    private func returned(_ spot: Spot) -> [Proposal] {
        guard spot.index > 0, spot.index < spot.file.code.count, spot.file.is(spot.file.code[spot.index], "}") else {
            return []
        }
        let line = spot.file.line(of: spot.file.code[spot.index - 1])
        guard line < spot.line, let first = spot.file.code(onLine: line).first,
            first.kind != .punctuation || spot.file.is(first, "[") || spot.file.is(first, "("),
            !Self.statements.contains(spot.file.string(first))
        else { return [] }
        let start = first.range.lowerBound
        return [spot.proposal("Return the last value", [(start..<start, "return ")], .likelySlip)]
    }

    private static let statements: Set<String> = [
        "let", "var", "return", "if", "for", "while", "guard", "switch", "repeat", "do", "throw", "break", "continue",
        "defer",
        "func", "case", "default", "else", "fallthrough", "struct", "class", "enum",
    ]
}
