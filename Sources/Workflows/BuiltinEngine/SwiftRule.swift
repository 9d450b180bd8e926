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
        if message.hasPrefix("missing argument label"), let said = names.first {
            return labelled(Self.labels(said), spot)
        }
        if message.hasPrefix("extraneous argument label"), let said = names.first {
            return withoutLabels(Self.labels(said), spot)
        }
        if message.hasPrefix("incorrect argument label"), names.count == 2 {
            return relabelled(Self.labels(names[1]), spot)
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

    /// `name:` and `first:_:`, as messages quote labels; empty for anything else.
    private static func labels(_ text: String) -> [String] {
        guard text.hasSuffix(":"), text.count <= 200,
            text.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" || $0 == ":" })
        else { return [] }
        return text.split(separator: ":").map(String.init)
    }

    /// An argument of a call: its label with the colon, where there is one, and where its value starts.
    private struct Argument {
        var label: String?
        var labelRange: Range<Int>
        var value: Int
    }

    /// The arguments of the call whose parenthesis stands at the place: swiftc points at it, not at the argument.
    private func arguments(_ spot: Spot) -> [Argument] {
        let file = spot.file
        let code = file.code
        guard let open = (spot.index..<min(code.count, spot.index + 2)).first(where: { file.is(code[$0], "(") }) else {
            return []
        }
        var result: [Argument] = []
        var depth = 0
        var startsArgument = false
        for k in open..<min(code.count, open + 4_000) {
            let text = file.string(code[k])
            if startsArgument, ![")", "]", "}"].contains(text) {
                let hasLabel = code[k].kind == .identifier && k + 2 < code.count && file.is(code[k + 1], ":")
                let start = code[k].range.lowerBound
                let value = hasLabel ? code[k + 2].range.lowerBound : start
                result.append(Argument(label: hasLabel ? text : nil, labelRange: start..<value, value: value))
            }
            startsArgument = false
            if ["(", "[", "{"].contains(text) {
                depth += 1
                startsArgument = depth == 1
            } else if [")", "]", "}"].contains(text) {
                depth -= 1
                if depth == 0 { return result }
            } else if text == ",", depth == 1 {
                startsArgument = true
            }
        }
        return []
    }

    /// One label may belong to any argument that has none, the last one most likely; several belong to all of them.
    private func labelled(_ labels: [String], _ spot: Spot) -> [Proposal] {
        let bare = arguments(spot).filter { $0.label == nil }
        func edit(_ argument: Argument, _ label: String) -> (Range<Int>, String) {
            (argument.value..<argument.value, label + ": ")
        }
        if labels.count == bare.count, !labels.isEmpty {
            return [
                spot.proposal("Insert '\(labels.joined(separator: ":")):'", zip(bare, labels).map(edit), .suggestion)
            ]
        }
        guard let label = labels.first, labels.count == 1 else { return [] }
        return bare.reversed().prefix(4).map {
            spot.proposal("Insert the label '\(label):'", [edit($0, label)], .suggestion)
        }
    }

    private func withoutLabels(_ labels: [String], _ spot: Spot) -> [Proposal] {
        let edits = arguments(spot).filter { argument in argument.label.map(labels.contains) == true }.map {
            ($0.labelRange, "")
        }
        return edits.isEmpty ? [] : [spot.proposal("Remove '\(labels.joined(separator: ":")):'", edits, .suggestion)]
    }

    /// Gives every argument the label that is expected; `_` is none.
    private func relabelled(_ labels: [String], _ spot: Spot) -> [Proposal] {
        let arguments = arguments(spot)
        guard arguments.count == labels.count else { return [] }
        let edits = zip(arguments, labels).compactMap { argument, label -> (Range<Int>, String)? in
            let wanted = label == "_" ? nil : label
            return argument.label == wanted ? nil : (argument.labelRange, wanted.map { $0 + ": " } ?? "")
        }
        return edits.isEmpty ? [] : [spot.proposal("Write '\(labels.joined(separator: ":")):'", edits, .suggestion)]
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

    /// What people meant to return: the expression that the message points at, or the last line before the brace that it
    /// points at.
    private func returned(_ spot: Spot) -> [Proposal] {
        guard let here = spot.token(0) else { return [] }
        let last = spot.file.is(here, "}") ? spot.token(-1) : here
        guard let last, let first = spot.file.code(onLine: spot.file.line(of: last)).first,
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
