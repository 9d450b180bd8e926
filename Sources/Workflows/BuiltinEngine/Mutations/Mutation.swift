import Diagnostics

/// A small change of one line.
struct Mutation: Sendable, Hashable {
    /// How often slips are of its kind, as far as that is known: 0 comes first.
    var tier: Int
    var file: String
    /// 1-based.
    var line: Int
    var edits: [Edit]
    /// What it does, as a commit message says it.
    var title: String
}

/// Small changes of a line, as slips are made: another comparison, a neighbouring number, the opposite, arguments swapped, another
/// name of the same function, a condition turned round, a statement a level out.
///
/// The changes are those by which mutation testing makes faults (Jia and Harman, "An Analysis and Survey of the Development of
/// Mutation Testing", IEEE TSE 2011), used the other way round (Debroy and Wong, "Using Mutation to Automatically Suggest Fixes for
/// Faulty Programs", ICST 2010). They know no meaning: only the tests say whether one mends anything.
struct Mutations {
    private let file: TokenizedFile
    private let atoms: CodeAtoms
    /// The lines of the function, or of what else is looked at as a whole.
    private let scope: ClosedRange<Int>
    private let names: [String]
    private let literals: [String]
    private let numbers: [String]
    /// The places of a line's atoms.
    private let byLine: [Int: [Int]]
    private var found: [Mutation] = []

    /// Words of a language that stand for values.
    static let values: Set<String> = [
        "true", "false", "True", "False", "None", "nil", "null", "NULL", "self", "this", "super",
    ]
    /// Words before a parenthesis that call nothing.
    private static let controls: Set<String> = [
        "if", "elif", "while", "for", "switch", "return", "in", "and", "or", "not", "catch", "guard", "match", "is",
        "assert", "else", "foreach", "case", "when",
    ]
    /// Longer lines weren't written by hand.
    private static let longestLine = 400
    /// The most other names, numbers and strings that are put in the place of one.
    private static let mostOthers = 5
    private static let mostLiterals = 12

    private init(_ file: TokenizedFile, scope: ClosedRange<Int>) {
        self.file = file
        self.scope = scope
        atoms = CodeAtoms(file, lines: scope)
        names = Self.valueNames(atoms)
        literals = Self.once(atoms.all.filter { $0.kind == .string }.map(\.text))
        numbers = Self.once(atoms.all.filter { $0.kind == .number }.map(\.text))
        byLine = Dictionary(grouping: atoms.all.indices) { [atoms] in atoms.all[$0].line }
    }

    /// All changes of the lines, the likeliest kinds first; within one, lines in the order in which they are given.
    ///
    /// - Parameter scope: the function that the lines are in.
    static func of(_ lines: [Int], in file: TokenizedFile, scope: ClosedRange<Int>) -> [Mutation] {
        var mutations = Mutations(file, scope: scope)
        let rank = Dictionary(lines.enumerated().map { ($1, $0) }, uniquingKeysWith: min)
        for line in rank.keys.sorted() where file.text.line(line).utf8.count <= longestLine { mutations.mutate(line) }
        var seen: Set<[Edit]> = []
        let ordered = mutations.found.enumerated().sorted { a, b in
            let (one, two) = (a.element, b.element)
            return (one.tier, rank[one.line] ?? 0, a.offset) < (two.tier, rank[two.line] ?? 0, b.offset)
        }
        return ordered.map(\.element).filter { mutation in
            seen.insert(mutation.edits).inserted
                && mutation.edits.contains { file.text.bytes[$0.range] != $0.replacement[...] }
        }
    }

    // MARK: - Finding

    private mutating func add(_ tier: Int, _ line: Int, _ range: Range<Int>, _ replacement: String, _ title: String) {
        add(tier, line, [Edit(file: file.path, range: range, replacement: replacement)], title)
    }

    private mutating func add(_ tier: Int, _ line: Int, _ edits: [Edit], _ title: String) {
        found.append(
            Mutation(
                tier: tier, file: file.path, line: line, edits: edits,
                title: "\(sanitized(title)) at \(file.path):\(line)"))
    }

    private mutating func replace(_ tier: Int, _ atom: CodeAtoms.Atom, by other: String) {
        guard other != atom.text else { return }
        add(tier, atom.line, atom.range, other, "Replace `\(Self.short(atom.text))` by `\(Self.short(other))`")
    }

    private static func short(_ text: String) -> String {
        text.count > 30 ? String(text.prefix(29)) + "…" : text
    }

    private func text(_ range: Range<Int>) -> String { String(decoding: file.text.bytes[range], as: UTF8.self) }

    private mutating func mutate(_ line: Int) {
        for index in byLine[line] ?? [] {
            let atom = atoms.all[index]
            switch atom.kind {
            case .operator: mutateOperator(index, atom)
            case .number: mutateNumber(index, atom)
            case .string: mutateString(atom)
            case .name: mutateName(index, atom)
            case .bracket: mutateItems(index, atom)
            case .separator: break
            }
        }
        turnConditions(line)
        moveStatement(line)
    }

    private mutating func mutateOperator(_ index: Int, _ atom: CodeAtoms.Atom) {
        if let others = MutationTables.comparisons[atom.text] {
            for (number, other) in others.enumerated() { replace(number < 2 ? 0 : 1, atom, by: other) }
            swapOperands(index, atom)
        }
        if let others = MutationTables.logic[atom.text] {
            for other in others { replace(0, atom, by: other) }
            dropOperand(index)
        }
        if atom.text == "!", atoms[index + 1]?.text != "=" { add(1, atom.line, atom.range, "", "Take away `!`") }
        if let others = MutationTables.assignments[atom.text] {
            for (number, other) in others.enumerated() { replace(number == 0 ? 0 : 1, atom, by: other) }
        }
        guard let others = MutationTables.arithmetic[atom.text] else { return }
        guard atoms.hasOperandBefore(index) else {
            if atom.text == "-" { add(1, atom.line, atom.range, "", "Take away the sign `-`") }
            return
        }
        for (number, other) in others.enumerated() {
            // What only one language has isn't tried in the others.
            if other == "//" || other == "**", !file.path.hasSuffix(".py") { continue }
            replace(number == 0 ? 0 : 1, atom, by: other)
        }
        if ["-", "/", "//", "%", "**"].contains(atom.text) { swapOperands(index, atom) }
        // `x + 1` where `x` is meant.
        if let end = atoms.operandEnd(startingAt: index + 1), "+-".contains(atom.text),
            end == index + 2, atoms.all[index + 1].kind == .number, let before = atoms[index - 1]
        {
            let range = before.range.upperBound..<atoms.all[index + 1].range.upperBound
            add(1, atom.line, range, "", "Take away `\(Self.short(text(range)))`")
        }
    }

    private mutating func swapOperands(_ index: Int, _ atom: CodeAtoms.Atom) {
        guard let start = atoms.operandStart(endingBefore: index), let end = atoms.operandEnd(startingAt: index + 1)
        else { return }
        swap(1, atom.line, atoms.bytes(start..<index), atoms.bytes((index + 1)..<end))
    }

    private mutating func swap(_ tier: Int, _ line: Int, _ left: Range<Int>, _ right: Range<Int>) {
        let (one, two) = (text(left), text(right))
        guard one != two, !one.contains("\n"), !two.contains("\n") else { return }
        add(
            tier, line,
            [
                Edit(file: file.path, range: left, replacement: two),
                Edit(file: file.path, range: right, replacement: one),
            ], "Swap `\(Self.short(one))` and `\(Self.short(two))`")
    }

    /// `a and b` where only one of both is meant.
    private mutating func dropOperand(_ index: Int) {
        let atom = atoms.all[index]
        func isBoundary(_ place: Int) -> Bool {
            guard let other = atoms[place], other.line == atom.line else { return true }
            if atoms.enclosing[place] != atoms.enclosing[index] {
                return other.kind == .bracket && place == atoms.enclosing[index]
            }
            if other.kind == .bracket, atoms.partners[place] == atoms.enclosing[index] { return true }
            return MutationTables.logic[other.text] != nil || [",", ":", ";", "=", "?", "{"].contains(other.text)
                || ["if", "elif", "while", "return", "else", "for", "in", "guard", "assert"].contains(other.text)
        }
        var (first, last) = (index - 1, index + 1)
        while !isBoundary(first) { first -= 1 }
        while !isBoundary(last) { last += 1 }
        if first < index - 1, let right = atoms[index + 1] {
            let range = atoms.all[first + 1].range.lowerBound..<right.range.lowerBound
            add(2, atom.line, range, "", "Take away `\(Self.short(text(range)))`")
        }
        if last > index + 1, let left = atoms[index - 1] {
            let range = left.range.upperBound..<atoms.all[last - 1].range.upperBound
            add(2, atom.line, range, "", "Take away `\(Self.short(text(range)))`")
        }
    }

    private mutating func mutateNumber(_ index: Int, _ atom: CodeAtoms.Atom) {
        if let value = Int(atom.text), abs(value) < 1_000_000_000 {
            let isNegative = atoms[index - 1]?.text == "-" && !atoms.hasOperandBefore(index - 1)
            for other in [value - 1, value + 1] where other >= 0 || !isNegative {
                replace(0, atom, by: String(other))
            }
            for other in [0, 1, 2] where abs(other - value) > 1 { replace(2, atom, by: String(other)) }
            if !isNegative, value != 0 { replace(2, atom, by: "-\(value)") }
        }
        for other in numbers.filter({ $0 != atom.text }).prefix(Self.mostOthers) { replace(2, atom, by: other) }
        for name in names.prefix(Self.mostOthers) { replace(3, atom, by: name) }
    }

    private mutating func mutateString(_ atom: CodeAtoms.Atom) {
        let others = literals.filter { $0 != atom.text && $0.utf8.count < 200 }
        let alike = others.filter { $0.count == atom.text.count } + others.filter { $0.count != atom.text.count }
        for other in alike.prefix(Self.mostLiterals) {
            replace(other.count == atom.text.count ? 1 : 2, atom, by: other)
        }
    }

    private mutating func mutateName(_ index: Int, _ atom: CodeAtoms.Atom) {
        if let others = MutationTables.words[atom.text] { for other in others { replace(0, atom, by: other) } }
        if let others = MutationTables.opposites[atom.text] {
            for (number, other) in others.enumerated() { replace(number == 0 ? 0 : 1, atom, by: other) }
        }
        if let others = MutationTables.logic[atom.text] {
            for other in others { replace(0, atom, by: other) }
            dropOperand(index)
        }
        if atom.text == "not", let next = atoms[index + 1] {
            add(1, atom.line, atom.range.lowerBound..<next.range.lowerBound, "", "Take away `not`")
        }
        if atom.text == "in" || atom.text == "is", file.path.hasSuffix(".py") { mutateMembership(index, atom) }
        guard !Keywords.all.contains(atom.text) || Self.values.contains(atom.text), isRead(index) else { return }
        for name in names.filter({ $0 != atom.text }).prefix(Self.mostOthers) { replace(2, atom, by: name) }
        let onLine = (byLine[atom.line] ?? []).map { atoms.all[$0] }
            .filter { $0.kind == .string && $0.text.count < 40 }.map(\.text)
        for other in Self.once(onLine).prefix(3) { replace(2, atom, by: other) }
        // A call around one thing where the thing is meant.
        if atoms[index + 1]?.text == "(", let close = atoms.partners[index + 1], atoms.items(in: index + 1).count == 1 {
            add(
                2, atom.line,
                [
                    Edit(
                        file: file.path, range: atom.range.lowerBound..<atoms.all[index + 1].range.upperBound,
                        replacement: ""),
                    Edit(file: file.path, range: atoms.all[close].range, replacement: ""),
                ], "Take away `\(Self.short(atom.text))(…)`")
        }
    }

    private mutating func mutateMembership(_ index: Int, _ atom: CodeAtoms.Atom) {
        let before = atoms[index - 1]?.text
        let onLine = atoms.all[..<index].reversed().prefix { $0.line == atom.line }
        guard before != "not", !onLine.contains(where: { $0.text == "for" }) else { return }
        let isMembership = atom.text == "in"
        if !isMembership, atoms[index + 1]?.text == "not" { return }
        add(
            1, atom.line, atom.range, isMembership ? "not in" : "is not",
            "Replace `\(atom.text)` by `\(isMembership ? "not in" : "is not")`")
    }

    /// Whether a name stands for a value that is used here: it isn't a member, a label, or what is assigned to.
    private func isRead(_ index: Int) -> Bool {
        if let before = atoms[index - 1] {
            if before.text == "." || before.text == "?." { return false }
            if before.kind == .name,
                ["def", "func", "fn", "function", "class", "struct", "import", "from", "let", "var", "const", "for"]
                    .contains(before.text)
            {
                return false
            }
        }
        guard let next = atoms[index + 1] else { return true }
        if next.text == "=" || next.text == ":" && atoms.enclosing[index].map({ atoms.all[$0].text }) == "(" {
            return false
        }
        return true
    }

    /// Items of a list or a call in another order, one less, one more.
    private mutating func mutateItems(_ index: Int, _ atom: CodeAtoms.Atom) {
        guard "([".contains(atom.text), let close = atoms.partners[index] else { return }
        let items = atoms.items(in: index)
        // What a function takes is its callers' business, too.
        let isHeader = atoms[index - 2].map { ["def", "func", "fn", "function"].contains($0.text) } ?? false
        guard !isHeader, file.path.hasSuffix(".py") || scope.count == 1 || atom.line > scope.lowerBound else { return }
        if (2...5).contains(items.count) {
            for (left, right) in zip(items, items.dropFirst()) {
                swap(1, atom.line, atoms.bytes(left), atoms.bytes(right))
            }
        }
        let isIndex = atom.text == "[" && index > 0 && atoms.hasOperandBefore(index)
        let isCall =
            atom.text == "(" && atoms[index - 1].map { $0.kind == .name && !Self.controls.contains($0.text) } ?? false
        if isIndex || isCall {
            for item in items
            where item.count <= 8 && !atoms.all[item].contains(where: { $0.text == "=" || $0.kind == .string }) {
                let end = atoms.all[item.upperBound - 1].range.upperBound
                for more in [" - 1", " + 1"] {
                    add(isIndex ? 1 : 3, atom.line, end..<end, more, "Add `\(more.dropFirst())`")
                }
            }
        }
        guard isIndex, items.count == 1 else { return }
        if let colon = (index + 1..<close).first(where: { atoms.all[$0].text == ":" && atoms.enclosing[$0] == index }) {
            // A slice that has a bound too many.
            if colon > index + 1 {
                add(2, atom.line, atoms.bytes((index + 1)..<colon), "", "Let the slice begin at the first one")
            }
            if colon + 1 < close {
                add(2, atom.line, atoms.bytes((colon + 1)..<close), "", "Let the slice end at the last one")
            }
        }
        let part = atom.range.lowerBound..<atoms.all[close].range.upperBound
        add(3, atom.line, part, "", "Take away `\(Self.short(text(part)))`")
    }

    /// `if x` where `if not x` is meant.
    private mutating func turnConditions(_ line: Int) {
        let own = byLine[line] ?? []
        guard let first = own.first, let last = own.last else { return }
        let isPython = file.path.hasSuffix(".py")
        guard let keyword = own.prefix(3).first(where: { ["if", "elif", "while"].contains(atoms.all[$0].text) }),
            keyword < last
        else { return }
        if isPython, atoms.all[last].text == ":", keyword == first, last > keyword + 1 {
            let range = atoms.bytes((keyword + 1)..<last)
            add(1, line, range, "not (\(text(range)))", "Turn the condition round")
            if atoms.all[keyword].text == "elif" { replace(2, atoms.all[keyword], by: "if") }
        } else if !isPython, atoms.all[keyword + 1].text == "(", let close = atoms.partners[keyword + 1],
            close > keyword + 2
        {
            let range = atoms.bytes((keyword + 2)..<close)
            add(1, line, range, "!(\(text(range)))", "Turn the condition round")
        } else if file.path.hasSuffix(".swift") || file.path.hasSuffix(".go") || file.path.hasSuffix(".rs"),
            atoms.all[last].text == "{", last > keyword + 1,
            !atoms.all[keyword..<last].contains(where: { ["let", "case", ";", ",", ":="].contains($0.text) })
        {
            let range = atoms.bytes((keyword + 1)..<last)
            add(1, line, range, "!(\(text(range)))", "Turn the condition round")
        }
    }

    /// A statement that is a level too deep, or that shouldn't be.
    private mutating func moveStatement(_ line: Int) {
        let own = (byLine[line] ?? []).map { atoms.all[$0] }
        guard let start = byLine[line]?.first, let first = own.first, let last = own.last,
            let range = file.text.range(ofLine: line),
            let whole = file.text.rangeWithEnding(ofLine: line), line > scope.lowerBound
        else { return }
        let isWhole =
            own.filter { "([{".contains($0.text) && $0.kind == .bracket }.count
            == own.filter { ")]}".contains($0.text) && $0.kind == .bracket }.count
        guard isWhole, atoms.enclosing[start].map({ atoms.all[$0].text == "{" }) ?? true
        else { return }
        if file.path.hasSuffix(".py"), last.text != ":" {
            let indentation = file.text.indentation(ofLine: line)
            let above = (scope.lowerBound..<line).reversed().map { file.text.indentation(ofLine: $0) }
            let shallower = above.first { $0.utf8.count < indentation.utf8.count && !$0.isEmpty }
            let place = range.lowerBound..<(range.lowerBound + indentation.utf8.count)
            if let shallower { add(2, line, place, shallower, "Move the statement a level out") }
            if let deeper = above.first, deeper.utf8.count > indentation.utf8.count {
                add(2, line, place, deeper, "Move the statement a level in")
            }
            add(3, line, whole, "", "Take away `\(Self.short(text(range).trimmingWhitespace))`")
        } else if last.text == ";", first.kind == .name || first.text == "*" {
            add(3, line, whole, "", "Take away `\(Self.short(text(range).trimmingWhitespace))`")
        }
    }

    // MARK: - What is at hand

    /// Names that stand for values in a function, those that occur most often first.
    private static func valueNames(_ atoms: CodeAtoms) -> [String] {
        var counts: [String: Int] = [:]
        var order: [String] = []
        for (index, atom) in atoms.all.enumerated() where atom.kind == .name {
            guard !Keywords.all.contains(atom.text), atoms[index - 1]?.text != ".", atoms[index + 1]?.text != "(",
                atoms[index + 1]?.kind != .string
            else { continue }
            if counts.updateValue((counts[atom.text] ?? 0) + 1, forKey: atom.text) == nil { order.append(atom.text) }
        }
        // One that stands there once is a type, or something from elsewhere.
        return order.filter { (counts[$0] ?? 0) > 1 }.enumerated()
            .sorted { ((counts[$1.element] ?? 0), $0.offset) < ((counts[$0.element] ?? 0), $1.offset) }.map(\.element)
    }

    private static func once(_ texts: [String]) -> [String] {
        var seen: Set<String> = []
        return texts.filter { seen.insert($0).inserted }
    }
}
