import Diagnostics

/// Where a diagnostic points, with the file cut into tokens.
struct Spot {
    let file: TokenizedFile
    let line: Int
    let offset: Int
    /// The index in `file.code` of the token at or after the place.
    let index: Int

    init?(_ diagnostic: Diagnostic, in files: WorkingFiles) {
        guard let location = diagnostic.location, let line = location.line, let text = files[location.file],
            let offset = text.offset(of: location, saidBy: diagnostic.tool)
        else { return nil }
        file = TokenizedFile(path: location.file, text: text)
        self.line = line
        self.offset = offset
        index = file.index(atOrAfter: offset)
    }

    func token(_ relative: Int) -> Token? {
        let k = index + relative
        return file.code.indices.contains(k) ? file.code[k] : nil
    }

    func proposal(_ title: String, _ edits: [(Range<Int>, String)], _ grounds: Proposal.Grounds) -> Proposal {
        Proposal(
            "\(title) at \(file.path):\(file.text.line(at: edits.first?.0.lowerBound ?? offset))",
            edits: edits.map { Edit(file: file.path, range: $0.0, replacement: $0.1) }, grounds: grounds)
    }
}

extension SourceText {
    /// Where a location points: gcc counts columns as a terminal shows them, the others count bytes.
    func offset(of location: SourceLocation, saidBy tool: Diagnostic.Tool) -> Int? {
        guard let line = location.line else { return nil }
        let column = location.column ?? 1
        return tool == .gcc ? offset(line: line, displayColumn: column) : offset(line: line, column: column)
    }
}

/// A character that can't stand in a program: a control character, a typographic quote, a backslash without its quotes.
struct StraySymbolRule: MendRule {
    func proposals(for cause: RootCause, in files: WorkingFiles) -> [Proposal] {
        let message = cause.diagnostic.message
        let isStray = [
            "stray", "non-ASCII", "invalid character", "unexpected character", "unexpected non-printable", "unicode",
        ]
        .contains { message.contains($0) }
        guard isStray, let spot = Spot(cause.diagnostic, in: files), let range = spot.file.text.range(ofLine: spot.line)
        else { return [] }
        let bytes = spot.file.text.bytes
        var result: [Proposal] = []
        // while (c = \0): a character constant without its quotes.
        if spot.offset + 1 < range.upperBound, bytes[spot.offset] == UInt8(ascii: "\\") {
            let escape = bytes[spot.offset..<(spot.offset + 2)]
            if "0nrtabfv\\'\"".utf8.contains(bytes[spot.offset + 1]) {
                let constant = "'" + String(decoding: escape, as: UTF8.self) + "'"
                result.append(
                    spot.proposal(
                        "Quote the character \(constant)", [(spot.offset..<(spot.offset + 2), constant)], .knownSlip))
            }
            result.append(spot.proposal("Remove a stray '\\'", [(spot.offset..<(spot.offset + 1), "")], .likelySlip))
        }
        // Every stray byte of the line at once: a pasted quotation mark seldom comes alone.
        var edits: [(Range<Int>, String)] = []
        let line = String(decoding: bytes[range], as: UTF8.self)
        var offset = range.lowerBound
        var inPlainString = false
        for scalar in line.unicodeScalars {
            let width = UTF8.width(scalar)
            if scalar == "\"" { inPlainString.toggle() }
            if !inPlainString, let plain = Self.plain[scalar] {
                edits.append((offset..<(offset + width), plain))
            } else if (scalar.value < 0x20 && scalar != "\t") || (!inPlainString && Self.isInvisible(scalar)) {
                edits.append((offset..<(offset + width), ""))
            }
            offset += width
        }
        if !edits.isEmpty, offset == range.upperBound {
            result.append(spot.proposal("Replace stray characters by what was meant", edits, .knownSlip))
        }
        return result
    }

    private static let plain: [Unicode.Scalar: String] = [
        "“": "\"", "”": "\"", "„": "\"", "‘": "'", "’": "'", "–": "-", "—": "-", "−": "-", "×": "*", "÷": "/",
        "≤": "<=",
        "≥": ">=", "≠": "!=", "；": ";", "，": ",", "（": "(", "）": ")", "：": ":", "\u{a0}": " ",
    ]

    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        (0x200B...0x200F).contains(scalar.value) || (0x202A...0x202E).contains(scalar.value) || scalar.value == 0xFEFF
            || scalar.value == 0x7F
    }
}

/// Operators that were cut in two, turned round or doubled: `= =`, `=>`, `%%`, `=` where a condition wants `==`.
struct OperatorSlipRule: MendRule {
    func proposals(for cause: RootCause, in files: WorkingFiles) -> [Proposal] {
        guard let spot = Spot(cause.diagnostic, in: files), Syntax(file: spot.file.path) == .cLike else { return [] }
        let message = cause.diagnostic.message
        var result: [Proposal] = []
        if message.contains("expected expression") || message.contains("expected primary-expression")
            || message.contains("expected an expression") || message.contains("illegal start of expression")
        {
            result += brokenOperator(spot)
        }
        if message.contains("lvalue required as left operand") || message.contains("not assignable")
            || message.contains("use of '=' in a boolean context")
        {
            result += assignmentInCondition(spot)
        }
        return result
    }

    private func brokenOperator(_ spot: Spot) -> [Proposal] {
        guard let here = spot.token(0), let before = spot.token(-1), here.kind == .punctuation,
            before.kind == .punctuation
        else { return [] }
        let both = before.range.lowerBound..<here.range.upperBound
        let pair = spot.file.string(before) + spot.file.string(here)
        let apart = before.range.upperBound < here.range.lowerBound
        let twoSigns: Set<String> = [
            "==", "!=", "<=", ">=", "&&", "||", "++", "--", "+=", "-=", "*=", "/=", "->", "<<", ">>", "::",
        ]
        let turned = ["=>": ">=", "=<": "<=", "=!": "!=", "=+": "+=", "=-": "-="]
        let doubled: Set<String> = ["%%", "//", "**", "^^", ",,"]
        if apart, twoSigns.contains(pair) { return [spot.proposal("Join '\(pair)'", [(both, pair)], .knownSlip)] }
        if let right = turned[pair] {
            return [spot.proposal("Write '\(right)' for '\(pair)'", [(both, right)], .knownSlip)]
        }
        if doubled.contains(pair) {
            return [
                spot.proposal("Write '\(pair.prefix(1))' for '\(pair)'", [(both, String(pair.prefix(1)))], .knownSlip)
            ]
        }
        return []
    }

    /// `if (a && b = c)`: the `=` nearest to the place, inside the parentheses of a condition.
    private func assignmentInCondition(_ spot: Spot) -> [Proposal] {
        let line = spot.file.code(onLine: spot.line)
        guard
            line.contains(where: { ["if", "while", "for", "return"].contains(spot.file.string($0)) })
                || line.contains(where: { spot.file.is($0, "?") })
        else { return [] }
        let lone = line.filter { token in
            guard spot.file.is(token, "=") else { return false }
            let bytes = spot.file.text.bytes
            let before = token.range.lowerBound > 0 ? bytes[token.range.lowerBound - 1] : 0x20
            let after = token.range.upperBound < bytes.count ? bytes[token.range.upperBound] : 0x20
            return !"=!<>+-*/%&|^".utf8.contains(before) && after != UInt8(ascii: "=")
        }
        return lone.sorted {
            abs($0.range.lowerBound - spot.offset) < abs($1.range.lowerBound - spot.offset)
        }.prefix(2).map { spot.proposal("Compare with '=='", [($0.range, "==")], .knownSlip) }
    }
}

/// Slips in lists and calls: a comma too many or missing, empty brackets on an argument, a repeated type, a `for` header
/// with a comma for a semicolon.
struct ListSlipRule: MendRule {
    func proposals(for cause: RootCause, in files: WorkingFiles) -> [Proposal] {
        guard let spot = Spot(cause.diagnostic, in: files), Syntax(file: spot.file.path) == .cLike else { return [] }
        let message = cause.diagnostic.message
        var result: [Proposal] = []
        if message.contains("expected expression") || message.contains("expected primary-expression") {
            result += beforeCloser(spot)
        }
        if message.hasPrefix("expected ‘;’") || message.hasPrefix("expected ';'") { result += forHeader(spot) }
        if message.hasPrefix("expected"), message.contains("‘;’") || message.contains("';'"),
            cause.diagnostic.fixIts.isEmpty
        {
            result += missingSemicolon(spot)
        }
        if message.contains("invalid operands to binary &") || message.contains("expected ‘)’ before")
            || message.contains("expected ')' before") || message.contains("expected ')'")
        {
            result += missingComma(spot)
        }
        if message.contains("expected identifier or") || message.contains("expected unqualified-id") {
            result += repeatedType(spot)
        }
        if message.contains("incompatible type for argument 1") { result += formatString(cause.diagnostic, spot) }
        return result
    }

    /// `f(a, )`: the comma goes. `f(a[], k)`: the brackets go, the array itself is meant.
    private func beforeCloser(_ spot: Spot) -> [Proposal] {
        guard let here = spot.token(0), let before = spot.token(-1) else { return [] }
        let file = spot.file
        if file.is(before, ","), file.is(here, ")") || file.is(here, "]") || file.is(here, "}") {
            return [spot.proposal("Remove a ',' too many", [(before.range, "")], .knownSlip)]
        }
        if file.is(here, "]"), file.is(before, "["), let after = spot.token(1),
            file.is(after, ",") || file.is(after, ")"),
            let name = spot.token(-2), name.kind == .identifier
        {
            let brackets = before.range.lowerBound..<here.range.upperBound
            return [spot.proposal("Pass the array '\(file.string(name))' itself", [(brackets, "")], .knownSlip)]
        }
        return []
    }

    /// A declaration or statement without its end, where the compiler thinks of other signs too and prints no edit.
    private func missingSemicolon(_ spot: Spot) -> [Proposal] {
        guard let before = spot.token(-1), !spot.file.is(before, ";"), !spot.file.is(before, "{") else { return [] }
        let end = before.range.upperBound
        return [spot.proposal("Insert ';'", [(end..<end, ";")], .suggestion)]
    }

    /// `for (i = 0; i < n, i++)`.
    private func forHeader(_ spot: Spot) -> [Proposal] {
        guard let here = spot.token(0), spot.file.is(here, ")") else { return [] }
        var depth = 0
        var semicolons = 0
        var commas: [Token] = []
        var k = spot.index - 1
        while k >= 1, spot.index - k < 200 {
            let token = spot.file.code[k]
            if spot.file.is(token, ")") || spot.file.is(token, "]") { depth += 1 }
            if spot.file.is(token, "(") || spot.file.is(token, "[") {
                if depth == 0 { break }
                depth -= 1
            }
            if depth == 0, spot.file.is(token, ";") { semicolons += 1 }
            if depth == 0, spot.file.is(token, ","), semicolons < 2 { commas.append(token) }
            k -= 1
        }
        guard k >= 1, spot.file.is(spot.file.code[k - 1], "for"), semicolons == 1 else { return [] }
        return commas.prefix(3).map {
            spot.proposal("Write ';' for ',' in a for header", [($0.range, ";")], .knownSlip)
        }
    }

    /// `scanf("%d" &x)`, `printf("%d" x)`: a string literal that runs into the next argument.
    private func missingComma(_ spot: Spot) -> [Proposal] {
        for relative in [0, -1, 1, -2] {
            guard let next = spot.token(relative), let literal = spot.token(relative - 1), literal.kind == .string,
                next.kind == .identifier || spot.file.is(next, "&") || next.kind == .number,
                spot.file.line(of: literal) == spot.line
            else { continue }
            let end = literal.range.upperBound
            return [spot.proposal("Insert ',' after a string", [(end..<end, ",")], .knownSlip)]
        }
        return []
    }

    /// `char a[100], char b[100];`
    private func repeatedType(_ spot: Spot) -> [Proposal] {
        guard let here = spot.token(0), here.kind == .identifier, let comma = spot.token(-1), spot.file.is(comma, ",")
        else { return [] }
        let first = spot.file.code(onLine: spot.line).first
        guard let first, spot.file.string(first) == spot.file.string(here) else { return [] }
        let end = spot.token(1)?.range.lowerBound ?? here.range.upperBound
        return [
            spot.proposal(
                "Remove a repeated '\(spot.file.string(here))'", [(here.range.lowerBound..<end, "")], .knownSlip)
        ]
    }

    /// `printf(x)` where x is a number: the note tells its type.
    private func formatString(_ diagnostic: Diagnostic, _ spot: Spot) -> [Proposal] {
        guard diagnostic.message.contains("printf"), let argument = spot.token(0), argument.kind == .identifier,
            let close = spot.token(1), spot.file.is(close, ")")
        else { return [] }
        let formats = [
            "float": "%f", "double": "%f", "int": "%d", "char": "%c", "long int": "%ld", "long long int": "%lld",
        ]
        for note in diagnostic.notes where note.message.contains("argument is of type") {
            if let type = SuggestionRule.quoted(in: note.message).last, let format = formats[type] {
                let start = argument.range.lowerBound
                return [
                    spot.proposal(
                        "Print with the format \"\(format)\"", [(start..<start, "\"\(format)\", ")], .knownSlip)
                ]
            }
        }
        return []
    }
}
