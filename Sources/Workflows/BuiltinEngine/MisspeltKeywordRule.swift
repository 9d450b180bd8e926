import Diagnostics

/// A keyword with a slip in it: `whle (…) {`, `retrun x;`. The compiler takes it for a name and complains about what follows.
struct MisspeltKeywordRule: MendRule {
    func proposals(for cause: RootCause, in files: WorkingFiles) -> [Proposal] {
        let message = cause.diagnostic.message
        guard !message.contains("argument label"),
            ["expected", "undeclared", "unknown type name", "was not declared", "cannot find", "invalid syntax"]
                .contains(where: message.contains),
            let spot = Spot(cause.diagnostic, in: files), Syntax(file: spot.file.path) != .plain
        else { return [] }
        let file = spot.file
        let nearby = file.code(onLine: spot.line) + (spot.line > 1 ? file.code(onLine: spot.line - 1) : [])
        var result: [Proposal] = []
        for token in nearby where token.kind == .identifier && token.range.lowerBound <= spot.offset {
            let word = file.string(token)
            guard word.utf8.count >= 2, !Keywords.all.contains(word), isRare(word, file) else { continue }
            for keyword in Self.keywords where fits(keyword, token, file) {
                guard Likeness.editDistance(Array(word.utf8), Array(keyword.utf8)) == 1 else { continue }
                result.append(spot.proposal("Write '\(keyword)' for '\(word)'", [(token.range, keyword)], .knownSlip))
            }
        }
        return Array(result.prefix(3))
    }

    private static let keywords = [
        "while", "for", "if", "else", "switch", "return", "case", "default", "break", "continue", "struct", "typedef",
        "static", "const",
        "unsigned", "void", "int", "char", "float", "double", "func", "let", "var", "guard", "class", "enum", "def",
        "import", "from", "elif",
        "except", "lambda", "fn", "match", "do",
    ]

    /// A name that the file uses more often is a name.
    private func isRare(_ word: String, _ file: TokenizedFile) -> Bool {
        file.code.lazy.filter { $0.kind == .identifier && file.is($0, word) }.prefix(2).count == 1
    }

    /// `while`, `for`, `if` and `switch` of C's family stand before a parenthesis, or they aren't meant.
    private func fits(_ keyword: String, _ token: Token, _ file: TokenizedFile) -> Bool {
        guard ["while", "for", "if", "switch"].contains(keyword),
            [".c", ".h", ".cc", ".cpp", ".java", ".js"].contains(where: file.path.hasSuffix)
        else { return true }
        let next = file.index(atOrAfter: token.range.upperBound)
        return next < file.code.count && file.is(file.code[next], "(")
    }
}
