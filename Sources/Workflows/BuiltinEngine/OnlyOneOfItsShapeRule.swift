import Diagnostics

/// An unknown name that is used in a way in which only one of the known ones can be: the array of its dimensions, or the
/// function of its number of arguments that nobody calls. C and C++.
///
/// What is written to is left alone: then a declaration is missing, not a name wrong.
struct OnlyOneOfItsShapeRule: MendRule {
    func proposals(for cause: RootCause, in files: WorkingFiles) -> [Proposal] {
        let diagnostic = cause.diagnostic
        guard UnknownNameRule.isUnknownName(diagnostic.message),
            let quoted = UnknownNameRule.name(in: diagnostic.message)
        else { return [] }
        let name = String(quoted.prefix { $0 != "(" })
        guard !name.isEmpty else { return [] }
        guard diagnostic.tool != .linker else {
            return files.paths.filter(Self.isSource).sorted().prefix(200).compactMap { path in
                files[path].flatMap { function(name, Layout(TokenizedFile(path: path, text: $0))) }
            }
        }
        guard let spot = Spot(diagnostic, in: files), Self.isSource(spot.file.path) else { return [] }
        let layout = Layout(spot.file)
        return [array(name, at: spot.offset, layout), function(name, layout)].compactMap(\.self)
    }

    private static func isSource(_ path: String) -> Bool {
        [".c", ".cc", ".cpp", ".cxx"].contains(where: path.hasSuffix)
    }

    private func proposal(_ name: String, to other: String, at uses: [Int], _ layout: Layout) -> Proposal? {
        guard let first = uses.first else { return nil }
        let line = layout.file.text.line(at: layout.tokens[first].range.lowerBound)
        return Proposal(
            "Replace '\(name)' with '\(other)' at \(layout.file.path):\(line)",
            edits: uses.map { Edit(file: layout.file.path, range: layout.tokens[$0].range, replacement: other) },
            grounds: .resemblance)
    }

    private func isName(_ index: Int, _ layout: Layout) -> Bool {
        layout.tokens[index].kind == .identifier && !layout.is(index - 1, ".") && !layout.is(index - 1, "->")
    }

    // MARK: - Arrays

    /// The array or pointer that can be subscripted as often, when there is one in sight.
    private func array(_ name: String, at offset: Int, _ layout: Layout) -> Proposal? {
        let outline = OuterFunctions(layout)
        guard let function = outline.function(at: offset) else { return nil }
        let uses = function.body.filter { isName($0, layout) && layout.is($0, name) }
        guard let first = uses.first else { return nil }
        let ranks = uses.map { rank(of: $0, layout) }
        guard let rank = ranks.first, let rank, ranks.allSatisfy({ $0 == rank }) else { return nil }
        let declarations = LocalDeclarations(layout: layout)
        let inSight = Array(function.header.lowerBound..<first) + globals(outline)
        let names = Set(
            inSight.compactMap { index -> String? in
                guard layout.tokens[index].kind == .identifier, !layout.is(index, name),
                    let variable = declarations.declaration(at: index),
                    Self.dimensions(variable.bounds) + variable.stars.count == rank
                else { return nil }
                return layout.string(index)
            })
        guard names.count == 1, let other = names.first else { return nil }
        // A declaration that isn't understood may be another one's: what the function subscripts as often is one, too.
        let isAlone = function.body.allSatisfy { index in
            !isName(index, layout) || layout.is(index, name) || layout.is(index, other)
                || subscripts(of: index, layout).count != rank
        }
        return isAlone ? proposal(name, to: other, at: uses, layout) : nil
    }

    /// How often a use subscripts; nil for none, and for one that writes.
    private func rank(of index: Int, _ layout: Layout) -> Int? {
        let (count, next) = subscripts(of: index, layout)
        let writes = ["=", "+=", "-=", "*=", "/=", "%=", "++", "--"].contains(layout.string(next))
        return count == 0 || writes || layout.is(index - 1, "&") ? nil : count
    }

    /// How many there are behind a name, and what comes next.
    private func subscripts(of index: Int, _ layout: Layout) -> (count: Int, next: Int) {
        var next = index + 1
        var count = 0
        while layout.is(next, "["), let close = closingBracket(next, layout) {
            count += 1
            next = close + 1
        }
        return (count, next)
    }

    private func closingBracket(_ open: Int, _ layout: Layout) -> Int? {
        var depth = 0
        for index in open..<min(layout.tokens.count, open + 60) {
            depth += layout.is(index, "[") ? 1 : layout.is(index, "]") ? -1 : 0
            if depth == 0 { return index }
        }
        return nil
    }

    /// What stands outside of all functions and of all parentheses.
    private func globals(_ outline: OuterFunctions) -> [Int] {
        let layout = outline.layout
        var found: [Int] = []
        var depth = 0
        var index = 0
        for function in outline.functions.map(Optional.some) + [nil] {
            let end = function?.header.lowerBound ?? layout.tokens.count
            while index < end {
                depth += ["(", "{"].contains(layout.string(index)) ? 1 : 0
                depth -= [")", "}"].contains(layout.string(index)) ? 1 : 0
                if depth <= 0 { found.append(index) }
                index += 1
            }
            index = max(index, (function?.body.upperBound ?? index) + 1)
            depth = 0
        }
        return found
    }

    /// `[3][n]` has two, whatever stands between the brackets.
    private static func dimensions(_ bounds: String) -> Int {
        var depth = 0
        var count = 0
        for character in bounds {
            if character == "[" {
                count += depth == 0 ? 1 : 0
                depth += 1
            } else if character == "]" {
                depth -= 1
            }
        }
        return count
    }

    // MARK: - Functions

    /// The function of the file that takes as many arguments and that nobody calls, when there is one.
    private func function(_ name: String, _ layout: Layout) -> Proposal? {
        let calls = layout.tokens.indices.filter {
            layout.is($0, name) && isName($0, layout) && layout.is($0 + 1, "(")
        }
        guard !calls.isEmpty else { return nil }
        let counts = Set(calls.map { arguments($0 + 1, layout) })
        guard counts.count == 1, let first = counts.first, let count = first else { return nil }
        let outline = OuterFunctions(layout)
        guard !outline.functions.contains(where: { layout.is($0.name, name) }) else { return nil }
        let idle = outline.functions.filter { function in
            let own = layout.string(function.name)
            let isUsed = layout.tokens.indices.contains { index in
                layout.is(index, own) && !function.header.contains(index) && !function.body.contains(index)
                    && !isPrototype(index, layout, outline)
            }
            return own != "main" && !isUsed && arguments(function.name + 1, layout) == count
        }
        guard idle.count == 1, let other = idle.first else { return nil }
        return proposal(name, to: layout.string(other.name), at: calls, layout)
    }

    /// Whether a name stands outside of all functions: then it is declared there, not used.
    private func isPrototype(_ index: Int, _ layout: Layout, _ outline: OuterFunctions) -> Bool {
        !outline.functions.contains { $0.body.contains(index) }
    }

    /// How many there are between two parentheses.
    private func arguments(_ open: Int, _ layout: Layout) -> Int? {
        guard layout.is(open, "("), let close = layout.closing(open) else { return nil }
        if close == open + 1 || close == open + 2 && layout.is(open + 1, "void") { return 0 }
        var depth = 0
        var count = 1
        for index in (open + 1)..<close {
            if ["(", "[", "{"].contains(layout.string(index)) { depth += 1 }
            if [")", "]", "}"].contains(layout.string(index)) { depth -= 1 }
            if depth == 0, layout.is(index, ",") { count += 1 }
        }
        return count
    }
}
