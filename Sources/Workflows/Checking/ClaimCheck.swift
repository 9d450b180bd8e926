import Git
import Orchestration
import Specialists

/// Whether a file bears out what a model says of it, as far as that can be told without a model.
///
/// Only what contradicts the file is objected to; what can't be told stays. The checks know words, not meanings: each needs a
/// phrase of the message and a fact of the file that excludes it.
struct ClaimCheck: Sendable {
    private let file: TokenizedFile
    private let names: NamesInFile
    /// Whether a program has parsed the file to its end.
    private let parses: Bool
    /// The words of the lines that the change took away: models see those, too.
    private let removed: Set<String>

    init(file: String, text: SourceText, change: FileChange? = nil, parses: Bool) {
        self.file = TokenizedFile(path: file, text: text)
        names = NamesInFile(self.file)
        self.parses = parses
        let lines = (change?.hunks ?? []).flatMap(\.lines).filter { $0.kind == .removed }.map(\.text)
        removed = Set(lines.flatMap { NamesInFile.words(in: $0) })
    }

    /// What speaks against a finding whose evidence stands on its line; nil when nothing does.
    func objection(to finding: Finding) -> Objection? {
        guard let number = finding.line else { return nil }
        let claim = FindingClaim(finding)
        let line = file.text.line(number).trimmingWhitespace
        if isComment(number), !claim.says(ClaimWords.secrets) { return .comment }
        if claim.isAboutSyntax {
            if parses { return .parses }
            if hasAtEnd(claim, number) { return .alreadyThere }
        }
        if claim.says(ClaimWords.marks), !line.hasPrefix("+") { return .absent }
        if changesNothing(claim, line) { return .unchanged }
        if let objection = missingName(claim, number) { return objection }
        if claim.says(ClaimWords.unused), !claim.says(ClaimWords.results), isUsed(claim, besides: number) {
            return .used
        }
        if claim.says(ClaimWords.missingReturn), isReturn(number) || goesOn(after: number) { return .alreadyThere }
        if claim.says(["missing return type", "lacks a return type", "no return type"]), hasType(number) {
            return .alreadyThere
        }
        if isErrorChecked(claim, number) { return .checked }
        if renames(claim) { return .absent }
        if isChecked(claim, number) { return .checked }
        if !isThere(claim) { return .absent }
        return isBareHeader(claim, number) ? .header : nil
    }

    // MARK: The line

    private func isComment(_ line: Int) -> Bool {
        // Of other languages nobody knows what a comment looks like.
        guard Syntax(file: file.path) != .plain, let range = file.text.range(ofLine: line) else { return false }
        // A triple-quoted text goes over many lines and begins on none of them but the first.
        let isInside = file.code.contains {
            $0.kind == .string && $0.range.lowerBound < range.lowerBound && range.upperBound <= $0.range.upperBound
        }
        return isInside || file.code(onLine: line).isEmpty
    }

    /// Whether the line's code ends with what is said to be missing at its end.
    private func hasAtEnd(_ claim: FindingClaim, _ line: Int) -> Bool {
        guard let last = file.code(onLine: line).last else { return false }
        let ends = [
            ("colon", ":"), ("semicolon", ";"), ("brace", "{"), ("brace", "}"), ("parenthesis", ")"), ("bracket", "]"),
        ]
        return ends.contains { claim.says([$0.0]) && file.is(last, $0.1) }
    }

    private func isReturn(_ line: Int) -> Bool {
        file.code(onLine: line).first.map { file.is($0, "return") } ?? false
    }

    /// Whether a return behind a line would leave out what follows: the function goes on at the same depth, to its own return.
    private func goesOn(after line: Int) -> Bool {
        guard let function = CodeBlocks(file).enclosingFunction(of: line), line < function.upperBound else {
            return false
        }
        let depth = file.text.indentation(ofLine: line)
        return (line + 1...function.upperBound).contains { isReturn($0) && file.text.indentation(ofLine: $0) == depth }
            && function.lowerBound < line
    }

    /// Whether two names stand before the first parenthesis: a type, and what has it.
    private func hasType(_ line: Int) -> Bool {
        file.code(onLine: line).prefix { !file.is($0, "(") }.count { $0.kind == .identifier } >= 2
    }

    /// Whether the line reads already as the finding would have it.
    private func changesNothing(_ claim: FindingClaim, _ line: String) -> Bool {
        let own = Self.plain(line)
        let code = claim.proposals.map(Self.plain).filter { $0.count >= 2 }
        if code.contains(where: { $0 == own || own.contains($0) && $0.count * 10 >= own.count * 7 }) { return true }
        // `<` should be `<=`, where there is `<=`.
        let operators = Self.operators(of: line)
        func isOperator(_ text: String) -> Bool {
            !text.isEmpty && text.allSatisfy { ClaimWords.operatorSigns.contains($0) }
        }
        let wanted = claim.proposals.filter(isOperator)
        let present = claim.spans.filter { !$0.isProposed }.map(\.text).filter(isOperator)
        guard let wanted = wanted.first, operators.contains(wanted) else { return false }
        return present.isEmpty ? operators.count == 1 : !present.contains { operators.contains($0) }
    }

    /// The runs of operator signs in a line.
    private static func operators(of line: String) -> Set<String> {
        Set(line.split { !ClaimWords.operatorSigns.contains($0) }.map(String.init))
    }

    private static func plain(_ code: String) -> String {
        let text = code.filter { !$0.isWhitespace }
        return String(text.reversed().drop { ";:{,.".contains($0) }.reversed())
    }

    // MARK: Names

    /// Speaks against a claim that a name is missing.
    private func missingName(_ claim: FindingClaim, _ line: Int) -> Objection? {
        let isUnset = claim.says(ClaimWords.uninitialised)
        guard isUnset || claim.says(ClaimWords.undefined) else { return nil }
        let candidates = claim.subjects.isEmpty ? claim.plainNames : claim.subjects
        guard let name = candidates.first(where: { names.words.contains($0) }) else {
            return candidates.isEmpty || candidates.contains(where: removed.contains) ? nil : .absent
        }
        if isUnset { return names.assigned[name]?.contains { $0 <= line } == true ? .defined : nil }
        if names.defined[name] != nil { return .defined }
        // A slip of the pen has a neighbour that is spelt nearly so; a name that the change removed is its doing.
        if removed.contains(name) || nearestName(to: name, among: Array(names.defined.keys)) != nil { return nil }
        return .elsewhere
    }

    /// Whether it would have something that the file defines be called as nothing is: a matter of taste.
    private func renames(_ claim: FindingClaim) -> Bool {
        let known = names.words.union(removed)
        let wanted = claim.spans.filter(\.isProposed).map(\.text).compactMap(FindingClaim.name)
        guard let wanted = wanted.first, !known.contains(wanted), !NamesInFile.keywords.contains(wanted) else {
            return false
        }
        return claim.subjects.contains { names.defined[$0] != nil }
            && claim.says([
                "name is incorrect", "name is wrong", "should be ` instead of `", "named", "renamed", "name",
            ])
    }

    private func isUsed(_ claim: FindingClaim, besides line: Int) -> Bool {
        let candidates = claim.subjects.isEmpty ? claim.plainNames : claim.subjects
        guard let name = candidates.first(where: { names.words.contains($0) }) else { return false }
        return names.used[name]?.contains { $0 != line } == true
    }

    /// Whether anything of what it speaks of is there, in the file or in what was taken away.
    private func isThere(_ claim: FindingClaim) -> Bool {
        let known = names.words.union(removed)
        let spans = claim.spans.filter { !$0.isProposed }.map { NamesInFile.words(in: $0.text) }.filter { !$0.isEmpty }
        guard spans.isEmpty || spans.contains(where: { !known.isDisjoint(with: $0) }) else { return false }
        let lowered = Set(known.map { $0.lowercased() })
        return ClaimWords.needs.allSatisfy { claimed, needed in
            !claim.says(claimed) || lowered.contains { word in needed.contains { word.contains($0) } }
        }
    }

    // MARK: Checks and headers

    /// Lines before a place in which a check of a value may stand.
    private static let guardReach = 3

    /// Whether a check that is said to be missing stands on the line, or just before it.
    private func isChecked(_ claim: FindingClaim, _ line: Int) -> Bool {
        let speaksOf = claim.spans.filter { !$0.isProposed }.flatMap { NamesInFile.words(in: $0.text) }
        guard claim.says(ClaimWords.missingCheck),
            claim.says(ClaimWords.nothing) || !ClaimWords.nothingInCode.isDisjoint(with: speaksOf)
        else { return false }
        let subjects = Set(speaksOf).subtracting(ClaimWords.nothingInCode)
        guard !subjects.isEmpty else { return false }
        return (max(1, line - Self.guardReach)...line).contains { number in
            let words = Set(NamesInFile.words(in: file.text.line(number)))
            let isCondition = !words.isDisjoint(with: ["if", "while", "guard", "assert", "elif", "unless"])
            let text = file.text.line(number)
            let isNothing =
                !words.isDisjoint(with: ClaimWords.nothingInCode) || text.contains("!") || words.contains("not")
            return isCondition && isNothing && !words.isDisjoint(with: subjects)
        }
    }

    /// Whether what a call returns is tested where it stands, though it is said not to be.
    private func isErrorChecked(_ claim: FindingClaim, _ line: Int) -> Bool {
        guard claim.says(ClaimWords.missingErrorCheck) else { return false }
        let code = file.code(onLine: line)
        let conditions = ["if", "while", "guard", "assert", "elif", "unless", "try"]
        guard let first = code.first(where: { $0.kind == .identifier }), conditions.contains(file.string(first)) else {
            return false
        }
        let subjects = claim.subjects + claim.plainNames
        return zip(code, code.dropFirst()).contains { file.is($1, "(") && subjects.contains(file.string($0)) }
    }

    private func isBareHeader(_ claim: FindingClaim, _ line: Int) -> Bool {
        guard claim.says(ClaimWords.signature), claim.says(ClaimWords.blame), !claim.says(ClaimWords.reasons) else {
            return false
        }
        return CodeBlocks(file).enclosingFunction(of: line)?.lowerBound == line
    }
}
