import Diagnostics

/// Two names that run together because a parenthesis is missing between them: `copyfrom, n)` for `copy(from, n)`,
/// `(ints->n;` for `(int)s->n;`.
struct GluedNameRule: MendRule {
    func proposals(for cause: RootCause, in files: WorkingFiles) -> [Proposal] {
        let message = cause.diagnostic.message
        guard
            ["undeclared", "was not declared", "implicit declaration", "unknown type name"].contains(
                where: message.contains),
            let name = UnknownNameRule.name(in: message), let spot = Spot(cause.diagnostic, in: files),
            Syntax(file: spot.file.path) == .cLike,
            let target = SuggestionRule.target(
                wrong: name, suggestion: "", file: spot.file, line: spot.line, offset: spot.offset)
        else { return [] }
        let file = spot.file
        let index = file.index(atOrAfter: target.lowerBound)
        let surplus = surplus(around: index, file)
        guard surplus != 0 else { return [] }
        var words: Set<String> = []
        var called: Set<String> = []
        for (k, token) in file.code.enumerated() where k != index && token.kind != .punctuation {
            let word = file.string(token)
            words.insert(word)
            if k + 1 < file.code.count, file.is(file.code[k + 1], "(") { called.insert(word) }
        }
        let letters = Array(name.utf8)
        var cuts: [Int] = []
        for cut in 1..<max(1, letters.count) {
            let first = String(decoding: letters[..<cut], as: UTF8.self)
            let second = String(decoding: letters[cut...], as: UTF8.self)
            guard words.contains(second) || second.allSatisfy(\.isNumber) else { continue }
            if surplus < 0 ? called.contains(first) : isCast(first, index, file, files) { cuts.append(cut) }
        }
        // The longest name is the likeliest: a shorter one is a part of it.
        return cuts.reversed().prefix(2).map { cut in
            let place = target.lowerBound + cut
            let sign = surplus < 0 ? "(" : ")"
            return spot.proposal("Insert '\(sign)'", [(place..<place, sign)], .knownSlip)
        }
    }

    private func isCast(_ type: String, _ index: Int, _ file: TokenizedFile, _ files: WorkingFiles) -> Bool {
        guard index > 0, file.is(file.code[index - 1], "(") else { return false }
        return ["char", "short", "int", "long", "float", "double", "unsigned"].contains(type)
            || DeclaredNames.isType(type, in: file, files)
    }

    /// The opening parentheses of the statement less the closing ones.
    private func surplus(around index: Int, _ file: TokenizedFile) -> Int {
        func ends(_ token: Token) -> Bool { [";", "{", "}"].contains { file.is(token, $0) } }
        var low = index
        while low > 0, index - low < 200, !ends(file.code[low - 1]) { low -= 1 }
        var high = index
        while high < file.code.count, high - index < 200, !ends(file.code[high]) { high += 1 }
        return file.code[low..<high].reduce(0) { $0 + (file.is($1, "(") ? 1 : file.is($1, ")") ? -1 : 0) }
    }
}
