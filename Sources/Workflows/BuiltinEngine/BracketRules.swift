import Diagnostics

/// Parentheses and square brackets that don't pair up on a statement's line: the one too many goes, nearest first.
struct BracketRule: MendRule {
    func proposals(for cause: RootCause, in files: WorkingFiles) -> [Proposal] {
        guard
            cause.diagnostic.message.contains("expected") || cause.diagnostic.message.contains("extraneous")
                || cause.diagnostic.message.contains("unmatched") || cause.diagnostic.message.contains("unbalanced"),
            let spot = Spot(cause.diagnostic, in: files)
        else { return [] }
        let line = spot.file.code(onLine: spot.line)
        for (open, close) in [("(", ")"), ("[", "]")] {
            let opens = line.filter { spot.file.is($0, open) }
            let closes = line.filter { spot.file.is($0, close) }
            guard closes.count == opens.count + 1 else { continue }
            // The parser stumbles right after the bracket that closed too early, or on the one that it can't place.
            let ordered = closes.sorted { rank($0, spot) < rank($1, spot) }
            return ordered.prefix(4).map { spot.proposal("Remove a '\(close)' too many", [($0.range, "")], .knownSlip) }
        }
        return []
    }

    private func rank(_ token: Token, _ spot: Spot) -> Int {
        let distance = token.range.lowerBound - spot.offset
        return distance <= 0 ? -distance * 2 : distance * 2 + 1
    }
}

/// Braces of C's family: one too many (code at file level), one too few (the file ends inside a block).
struct BraceRule: MendRule {
    func proposals(for cause: RootCause, in files: WorkingFiles) -> [Proposal] {
        guard let spot = Spot(cause.diagnostic, in: files), Syntax(file: spot.file.path) == .cLike else { return [] }
        let message = cause.diagnostic.message
        if Self.endsEarly.contains(where: message.contains) { return tooFew(spot) }
        if Self.startsLate.contains(where: message.contains), balance(spot.file) < 0 {
            // Where the layout shows that a '{' is missing, taking its '}' away makes another program.
            return BraceShape(Layout(spot.file)).missingOpeners.isEmpty ? tooMany(spot) : []
        }
        return []
    }

    private static let endsEarly = [
        "at end of input", "expected ‘}’", "expected '}'", "unexpected end of input", "unclosed delimiter",
        "reached end of file",
        "to match this '{'", "Unexpected end of input", "'}' expected",
    ]
    private static let startsLate = [
        "expected identifier or", "extraneous closing brace", "extraneous '}'", "expected declaration",
        "does not name a type",
        "expected unqualified-id", "statements are not allowed at the top level",
        "non-declaration statement outside function",
        "unexpected closing delimiter", "data definition has no type", "Unexpected token '}'", "class, interface",
    ]

    private func balance(_ file: TokenizedFile) -> Int {
        file.code.reduce(0) { $0 + (file.is($1, "{") ? 1 : file.is($1, "}") ? -1 : 0) }
    }

    /// The `}` that closed a function too early stands before the place; the nearest is the likeliest.
    private func tooMany(_ spot: Spot) -> [Proposal] {
        var result: [Proposal] = []
        var k = min(spot.index, spot.file.code.count - 1)
        while k >= 0, result.count < 4 {
            let token = spot.file.code[k]
            if spot.file.is(token, "}") { result.append(removal(of: token, spot)) }
            k -= 1
        }
        return result
    }

    /// Removes a brace, and its line when nothing else stands there.
    private func removal(of token: Token, _ spot: Spot) -> Proposal {
        let line = spot.file.line(of: token)
        let alone = spot.file.all.filter { spot.file.line(of: $0) == line }.count == 1
        let whole = spot.file.text.rangeWithEnding(ofLine: line) ?? token.range
        return spot.proposal("Remove a '}' too many", [(alone ? whole : token.range, "")], .likelySlip)
    }

    /// The unclosed block is found by its indentation: the first line that stands no deeper than the line that opened it, and
    /// doesn't close it, shows where it was meant to end. A loop's or condition's single statement comes next, the end of the
    /// file last.
    private func tooFew(_ spot: Spot) -> [Proposal] {
        let file = spot.file
        let ending = file.text.lineEnding
        var open: [Token] = []
        var suspects: [(token: Token, line: Int)] = []
        for token in file.code {
            if file.is(token, "{") {
                open.append(token)
            } else if file.is(token, "}"), let opener = open.popLast() {
                let opened = file.text.indentation(ofLine: file.line(of: opener)).expandedWidth
                let closed = file.text.indentation(ofLine: file.line(of: token)).expandedWidth
                if opened > closed, file.line(of: opener) != file.line(of: token) {
                    suspects.append((opener, file.line(of: opener)))
                }
            }
        }
        suspects += open.reversed().map { ($0, file.line(of: $0)) }
        var places: [Int] = []
        for suspect in suspects.prefix(6) {
            if let line = firstLineOutside(file, suspect.line), !places.contains(line) { places.append(line) }
            let next = suspect.line + 2
            if next <= file.text.lineCount, !places.contains(next) { places.append(next) }
        }
        var result = places.prefix(6).compactMap { line -> Proposal? in
            guard let start = file.text.rangeWithEnding(ofLine: line)?.lowerBound else { return nil }
            let indentation = suspects.first.map { file.text.indentation(ofLine: $0.line) } ?? ""
            return spot.proposal("Close a block with '}'", [(start..<start, indentation + "}" + ending)], .likelySlip)
        }
        // gcc takes the functions below an open block for nested ones, and the program is another one.
        if let first = open.first, functionFollows(first, in: file) { return result }
        let end = file.text.bytes.count
        let newline = file.text.bytes.last == 0x0A ? "" : ending
        result.append(
            spot.proposal("Close the last block with '}'", [(end..<end, newline + "}" + ending)], .resemblance))
        return result
    }

    /// Whether a function begins at the left margin somewhere below a `{`.
    private func functionFollows(_ opener: Token, in file: TokenizedFile) -> Bool {
        let layout = Layout(file)
        guard let start = layout.tokens.firstIndex(of: opener) else { return false }
        return layout.tokens.indices.contains { index in
            guard index > start, layout.is(index, "{"), layout.is(index - 1, ")") else { return false }
            let first = layout.statementStart(of: index)
            return layout.isFirstOnLine(first) && layout.width(ofLine: layout.lines[first]) == 0
        }
    }

    private func firstLineOutside(_ file: TokenizedFile, _ opened: Int) -> Int? {
        let width = file.text.indentation(ofLine: opened).expandedWidth
        guard opened < file.text.lineCount else { return nil }
        for line in (opened + 1)...file.text.lineCount {
            let content = file.text.line(line).trimmingWhitespace
            if content.isEmpty || content.hasPrefix("//") || content.hasPrefix("#") { continue }
            if file.text.indentation(ofLine: line).expandedWidth <= width {
                return content.hasPrefix("}") || content.hasPrefix("{") ? nil : line
            }
        }
        return nil
    }
}
