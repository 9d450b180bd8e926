/// The code of some lines, with operators of several characters as one piece and brackets with their partners.
struct CodeAtoms {
    struct Atom: Equatable {
        enum Kind { case name, number, string, `operator`, bracket, separator }
        var kind: Kind
        var text: String
        /// Byte offsets into the file.
        var range: Range<Int>
        /// 1-based.
        var line: Int
    }

    let all: [Atom]
    /// Where the partner of a bracket stands, by its own place; brackets without one are absent.
    let partners: [Int: Int]
    /// The innermost open bracket around a place; absent outside of all.
    let enclosing: [Int: Int]

    /// - Parameter lines: those of `file` that are wanted, 1-based.
    init(_ file: TokenizedFile, lines: ClosedRange<Int>) {
        var atoms: [Atom] = []
        for token in file.code where lines.contains(file.line(of: token)) {
            let atom = Self.atom(token, in: file)
            if let last = atoms.last, last.kind == .operator, atom.kind == .operator,
                last.range.upperBound == atom.range.lowerBound, Self.operators.contains(last.text + atom.text)
            {
                atoms[atoms.count - 1].text += atom.text
                atoms[atoms.count - 1].range = last.range.lowerBound..<atom.range.upperBound
            } else {
                atoms.append(atom)
            }
        }
        var (open, partners, enclosing): ([Int], [Int: Int], [Int: Int]) = ([], [:], [:])
        for (index, atom) in atoms.enumerated() {
            if atom.kind == .bracket, let opening = Self.openings[atom.text] {
                // A bracket that closes another kind is no partner of anything: what is broken there isn't ours to guess.
                if let last = open.last, atoms[last].text == opening {
                    open.removeLast()
                    partners[last] = index
                    partners[index] = last
                }
            }
            enclosing[index] = open.last
            if atom.kind == .bracket, Self.openings[atom.text] == nil { open.append(index) }
        }
        (all, self.partners, self.enclosing) = (atoms, partners, enclosing)
    }

    private static func atom(_ token: Token, in file: TokenizedFile) -> Atom {
        let text = file.string(token)
        let kind: Atom.Kind =
            switch token.kind {
            case .identifier: .name
            case .number: .number
            case .string: .string
            default: "()[]{}".contains(text) ? .bracket : ",;:.@#\\".contains(text) ? .separator : .operator
            }
        return Atom(kind: kind, text: text, range: token.range, line: file.line(of: token))
    }

    private static let openings = [")": "(", "]": "[", "}": "{"]

    /// Operators of several characters; each beginning of one is one, so that they can be put together piece by piece.
    private static let operators: Set<String> = [
        "<=", ">=", "==", "!=", "===", "!==", "&&", "||", "//", "**", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=",
        "//=", "**=", "<<", ">>", "<<=", ">>=", "++", "--", "->", "=>", "??", "?.", "<-",
    ]

    subscript(index: Int) -> Atom? { all.indices.contains(index) ? all[index] : nil }

    /// Whether an operator has an operand before it, so that it isn't a sign.
    func hasOperandBefore(_ index: Int) -> Bool {
        guard let before = self[index - 1] else { return false }
        switch before.kind {
        case .name: return !Keywords.all.contains(before.text) || Mutations.values.contains(before.text)
        case .number, .string: return true
        case .bracket: return ")]".contains(before.text)
        case .operator, .separator: return false
        }
    }

    /// What stands between commas in a bracket: ranges of places; empty where it holds none.
    func items(in bracket: Int) -> [Range<Int>] {
        guard let end = partners[bracket], end > bracket + 1 else { return [] }
        var items: [Range<Int>] = []
        var start = bracket + 1
        for index in (bracket + 1)..<end where all[index].text == "," && enclosing[index] == bracket {
            items.append(start..<index)
            start = index + 1
        }
        items.append(start..<end)
        return items.contains(where: \.isEmpty) ? [] : items
    }

    /// The bytes that some places span.
    func bytes(_ places: Range<Int>) -> Range<Int> {
        all[places.lowerBound].range.lowerBound..<all[places.upperBound - 1].range.upperBound
    }

    /// Where the operand begins that ends before a place: a name or a value with what is called and subscripted; nil for none.
    func operandStart(endingBefore index: Int) -> Int? {
        var place = index - 1
        while let atom = self[place] {
            switch atom.kind {
            case .bracket:
                guard ")]".contains(atom.text), let open = partners[place] else { return nil }
                guard let before = self[open - 1], before.kind == .name, !Keywords.all.contains(before.text) else {
                    return open
                }
                place = open - 1
            case .name, .number, .string:
                if Keywords.all.contains(atom.text), !Mutations.values.contains(atom.text) { return nil }
                guard self[place - 1]?.text == "." else { return place }
                place -= 2
            case .operator, .separator: return nil
            }
        }
        return nil
    }

    /// The place behind the operand that begins at a place; nil for none.
    func operandEnd(startingAt index: Int) -> Int? {
        guard let first = self[index] else { return nil }
        var place = index
        switch first.kind {
        case .name where !Keywords.all.contains(first.text) || Mutations.values.contains(first.text),
            .number, .string:
            place += 1
        case .bracket:
            guard "([".contains(first.text), let close = partners[index] else { return nil }
            place = close + 1
        default: return nil
        }
        while let next = self[place] {
            if next.text == ".", self[place + 1]?.kind == .name {
                place += 2
            } else if "([".contains(next.text), next.kind == .bracket, let close = partners[place] {
                place = close + 1
            } else {
                break
            }
        }
        return place
    }
}
