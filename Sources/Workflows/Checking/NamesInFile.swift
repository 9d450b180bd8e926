/// Which names a file defines, and where it uses which, as far as its tokens tell.
///
/// What looks like a definition counts as one: it is asked whether a claim that a name is missing can be believed, and
/// believing too little costs less than repeating what isn't so.
struct NamesInFile: Sendable {
    /// The lines on which a name is defined: declared, assigned, imported, or a parameter.
    private(set) var defined: [String: [Int]] = [:]
    /// The lines on which a name stands for its value.
    private(set) var used: [String: [Int]] = [:]
    /// The lines on which something is put into a name.
    private(set) var assigned: [String: [Int]] = [:]
    /// Every word of the file, comments and strings included.
    let words: Set<String>

    init(_ file: TokenizedFile) {
        words = Set(Self.words(in: file.text.string))
        let code = file.code
        let texts = code.map { file.string($0) }
        func at(_ k: Int) -> String { texts.indices.contains(k) ? texts[k] : "" }
        var depth = 0
        var importLine = 0
        for (k, token) in code.enumerated() {
            let line = file.line(of: token)
            if token.kind == .string {
                // Interpolated strings use names; which ones are, differs from language to language.
                for word in Self.words(in: texts[k]) { used[word, default: []].append(line) }
                continue
            }
            // What stands in the parentheses of a function's first line are its parameters.
            if texts[k] == "(" {
                if depth > 0 || Self.definers.contains(at(k - 2)) || at(k - 1) == "function" { depth += 1 }
            } else if texts[k] == ")" {
                depth = max(0, depth - 1)
            }
            if Self.importers.contains(texts[k]) { importLine = line }
            guard token.kind == .identifier, !Self.keywords.contains(texts[k]) else { continue }
            func isName(_ j: Int) -> Bool { code.indices.contains(j) && code[j].kind == .identifier }
            func isAssigned(_ j: Int) -> Bool { at(j + 1) == "=" && !["=", ">"].contains(at(j + 2)) }
            let isFirst = k == 0 || file.line(of: code[k - 1]) < line
            // `int count`, `let count`, `for count in`.
            let isDeclared = isName(k - 1) && !Self.users.contains(at(k - 1)) && !isFirst
            let isAnnotated = isFirst && at(k + 1) == ":" && file.path.hasSuffix(".py")
            // `out:` is where `goto out` leads.
            let isLabel = isFirst && at(k + 1) == ":" && at(k + 2) != ":"
            let isPut = isAssigned(k) || at(k + 1) == ":" && at(k + 2) == "=" || isAnnotated
            // `count, rest = both()`, `char *name;`: they may as well be uses, as in `f(count, size = 1)` and `a * name`.
            var last = k
            while at(last + 1) == ",", isName(last + 2), last - k < 40 { last += 2 }
            let isOneOfSeveral = last > k && isAssigned(last)
            let isPointer = ["*", "&"].contains(at(k - 1)) && isName(k - 2) && !Self.users.contains(at(k - 2))
            let isArrow = at(k + 1) == "=" && at(k + 2) == ">"
            let name = texts[k]
            if isPut || isOneOfSeveral { assigned[name, default: []].append(line) }
            let isDefinition = isPut || isDeclared || isLabel || isArrow || depth > 0 || importLine == line
            if isDefinition || isOneOfSeveral || isPointer { defined[name, default: []].append(line) }
            if !isDefinition { used[name, default: []].append(line) }
        }
    }

    /// The words of a text that could be names.
    static func words(in text: String) -> [String] {
        text.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "$") }.map(String.init).filter {
            $0.first?.isNumber == false
        }
    }

    private static let definers: Set<String> = ["def", "function", "func", "fn", "fun", "sub", "proc"]
    private static let importers: Set<String> = ["import", "using", "require", "include"]
    /// Words before a name that use it; any other word before a name declares it.
    private static let users: Set<String> = [
        "return", "in", "not", "and", "or", "if", "else", "elif", "while", "until", "await", "yield", "throw", "raise",
        "new", "delete", "del", "case", "goto", "sizeof", "is", "typeof", "assert", "except", "echo", "print", "when",
        "instanceof", "defer", "go", "try", "do", "match", "switch", "then", "unless", "extends", "implements", "of",
    ]
    static let keywords: Set<String> = users.union(definers).union([
        "for", "let", "var", "const", "static", "class", "struct", "enum", "union", "typedef", "import", "from", "as",
        "with", "unsigned", "signed", "int", "char", "void", "long", "short", "float", "double", "bool", "self", "this",
        "None", "True", "False", "null", "nil", "true", "false", "NULL", "undefined", "lambda", "extern", "pass",
        "break",
        "continue", "global", "nonlocal", "async", "public", "private", "package", "protected",
    ])
}
