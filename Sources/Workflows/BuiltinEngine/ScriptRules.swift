import Diagnostics

/// What Python's messages say to people who read them often.
struct PythonRule: MendRule {
    func proposals(for cause: RootCause, in files: WorkingFiles) -> [Proposal] {
        let message = cause.diagnostic.message
        guard let spot = Spot(cause.diagnostic, in: files), Syntax(file: spot.file.path) == .python,
            let range = spot.file.text.range(ofLine: spot.line)
        else { return [] }
        let text = spot.file.text
        let code = spot.file.code(onLine: spot.line)
        let end = code.last?.range.upperBound ?? range.upperBound
        if message.contains("expected ':'") {
            return [spot.proposal("Insert ':'", [(end..<end, ":")], .knownSlip)]
        }
        if message.contains("instead of '='") || message.contains("cannot assign to") {
            return lone("=", in: spot).map { spot.proposal("Compare with '=='", [($0.range, "==")], .suggestion) }
        }
        if message.contains("Missing parentheses in call to"), let name = code.first {
            let start = name.range.upperBound
            let gap = code.count > 1 ? code[1].range.lowerBound : start
            return [
                spot.proposal(
                    "Call \(spot.file.string(name)) with parentheses", [(start..<gap, "("), (end..<end, ")")],
                    .suggestion)
            ]
        }
        if message.contains("was never closed"), let open = SuggestionRule.quoted(in: message).first {
            let close = ["(": ")", "[": "]", "{": "}"][open] ?? ")"
            var place = end
            if let last = code.last, spot.file.is(last, ":") { place = last.range.lowerBound }
            return [spot.proposal("Insert '\(close)'", [(place..<place, close)], .suggestion)]
        }
        if message.contains("unmatched"), let close = SuggestionRule.quoted(in: message).first,
            let token = code.last(where: { spot.file.is($0, close) })
        {
            return [spot.proposal("Remove an unmatched '\(close)'", [(token.range, "")], .suggestion)]
        }
        if message.contains("unterminated"), message.contains("string literal"), !message.contains("triple"),
            let token = code.last, token.kind == .string
        {
            let quote = String(
                decoding: text.bytes[token.range.lowerBound..<(token.range.lowerBound + 1)], as: UTF8.self)
            var place = token.range.upperBound
            while place > token.range.lowerBound + 1, ") ]:".utf8.contains(text.bytes[place - 1]) { place -= 1 }
            return [place, token.range.upperBound].map {
                spot.proposal("Close a string with \(quote)", [($0..<$0, quote)], .suggestion)
            }
        }
        if message.contains("forgot a comma") { return missingComma(spot, code) }
        return indentation(message, spot)
    }

    private func lone(_ sign: String, in spot: Spot) -> [Token] {
        let bytes = spot.file.text.bytes
        return spot.file.code(onLine: spot.line).filter { token in
            guard spot.file.is(token, sign) else { return false }
            let before = token.range.lowerBound > 0 ? bytes[token.range.lowerBound - 1] : 0x20
            let after = token.range.upperBound < bytes.count ? bytes[token.range.upperBound] : 0x20
            return !"=!<>+-*/%&|^:".utf8.contains(before) && after != UInt8(ascii: "=")
        }
    }

    private func missingComma(_ spot: Spot, _ code: [Token]) -> [Proposal] {
        var result: [Proposal] = []
        for (left, right) in zip(code, code.dropFirst()) where left.range.upperBound <= right.range.lowerBound {
            let values: Set<Token.Kind> = [.identifier, .number, .string]
            let ends = values.contains(left.kind) || spot.file.is(left, ")") || spot.file.is(left, "]")
            guard ends, values.contains(right.kind), left.range.upperBound < right.range.lowerBound else { continue }
            let place = left.range.upperBound
            result.append(spot.proposal("Insert ','", [(place..<place, ",")], .suggestion))
        }
        return Array(result.prefix(3))
    }

    private func indentation(_ message: String, _ spot: Spot) -> [Proposal] {
        let text = spot.file.text
        guard let range = text.range(ofLine: spot.line), spot.line > 1 else { return [] }
        let old = text.indentation(ofLine: spot.line)
        let place = range.lowerBound..<(range.lowerBound + old.utf8.count)
        let above = (1..<spot.line).reversed().first { !text.line($0).trimmingWhitespace.isEmpty } ?? spot.line - 1
        let outer = text.indentation(ofLine: above)
        if message.contains("expected an indented block") {
            let step = outer.contains("\t") ? "\t" : "    "
            return [spot.proposal("Indent the block", [(place, outer + step)], .suggestion)]
        }
        if message.contains("unexpected indent") {
            return [spot.proposal("Align with the line above", [(place, outer)], .suggestion)]
        }
        if message.contains("unindent does not match") || message.contains("inconsistent use of tabs") {
            let widths = Set((1..<spot.line).map { text.indentation(ofLine: $0) })
            return widths.sorted {
                abs($0.expandedWidth - old.expandedWidth) < abs($1.expandedWidth - old.expandedWidth)
            }
            .filter { $0 != old }.prefix(3).map {
                spot.proposal("Align with an outer block", [(place, $0)], .likelySlip)
            }
        }
        return []
    }
}

/// A recipe line that starts with spaces where make wants a tab.
struct MakefileRule: MendRule {
    func proposals(for cause: RootCause, in files: WorkingFiles) -> [Proposal] {
        guard cause.diagnostic.message.contains("missing separator"), let spot = Spot(cause.diagnostic, in: files)
        else { return [] }
        let text = spot.file.text
        // The whole recipe was written that way: mend every line of it.
        var edits: [(Range<Int>, String)] = []
        var line = spot.line
        while let range = text.range(ofLine: line) {
            let spaces = text.indentation(ofLine: line)
            guard !spaces.isEmpty, spaces.allSatisfy({ $0 == " " }), range.count > spaces.utf8.count else { break }
            edits.append((range.lowerBound..<(range.lowerBound + spaces.utf8.count), "\t"))
            line += 1
        }
        return edits.isEmpty ? [] : [spot.proposal("Start the recipe with a tab", edits, .knownSlip)]
    }
}

/// Conflict markers that were committed: one side, the other, or both.
struct ConflictMarkerRule: MendRule {
    func proposals(for cause: RootCause, in files: WorkingFiles) -> [Proposal] {
        guard let location = cause.diagnostic.location, let text = files[location.file] else { return [] }
        let conflicts = Self.conflicts(in: text)
        guard !conflicts.isEmpty else { return [] }
        let choices: [(String, (Conflict) -> [ClosedRange<Int>?])] = [
            ("our side", { [$0.ours] }), ("their side", { [$0.theirs] }), ("both sides", { [$0.ours, $0.theirs] }),
        ]
        return choices.map { name, lines in
            let edits = conflicts.compactMap { conflict -> Edit? in
                guard let range = text.range(ofLines: conflict.whole) else { return nil }
                let kept = lines(conflict).compactMap { $0 }.map { text.lines($0) }.joined()
                return Edit(file: location.file, range: range, replacement: kept)
            }
            return Proposal(
                "Resolve the conflict markers in \(location.file) with \(name)", edits: edits, grounds: .knownSlip)
        }
    }

    /// A conflict's lines, 1-based; a side without lines is nil.
    struct Conflict: Equatable {
        var whole: ClosedRange<Int>
        var ours: ClosedRange<Int>?
        var theirs: ClosedRange<Int>?
    }

    /// The conflicts that are whole: `<<<<<<<`, `=======`, `>>>>>>>`, with diff3's `|||||||` in between.
    static func conflicts(in text: SourceText) -> [Conflict] {
        var result: [Conflict] = []
        var start: Int?
        var base: Int?
        var middle: Int?
        for line in 1...max(1, text.lineCount) {
            let content = text.line(line)
            if content.hasPrefix("<<<<<<< ") {
                (start, base, middle) = (line, nil, nil)
            } else if content.hasPrefix("||||||| "), start != nil {
                base = line
            } else if content == "=======", start != nil {
                middle = line
            } else if content.hasPrefix(">>>>>>> "), let first = start, let middle {
                let oursEnd = (base ?? middle) - 1
                result.append(
                    Conflict(
                        whole: first...line, ours: oursEnd > first ? (first + 1)...oursEnd : nil,
                        theirs: line - 1 > middle ? (middle + 1)...(line - 1) : nil))
                start = nil
            }
        }
        return result
    }
}
