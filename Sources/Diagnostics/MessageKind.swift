/// What sort of complaint a message is, as far as the search for root causes cares.
enum MessageKind: Hashable {
    /// The file's structure is lost: a brace, a parameter list, a declaration. Whatever comes later may be its echo.
    case structural
    /// A statement doesn't parse; compilers recover within a line or two.
    case syntax
    /// A name that nothing declares.
    case undeclared(String)
    /// A type that nothing declares: variables of it are then wrong everywhere.
    case undeclaredType(String)
    case other

    init(_ diagnostic: Diagnostic) {
        switch diagnostic.tool {
        case .gcc, .clang, .swiftc, .rustc, .tsc, .go, .javac, .ghc, .msbuild, .generic, .linker: break
        default:
            self = .other
            return
        }
        let text = Self.plainQuotes(diagnostic.message)
        if let name = Self.name(text, Self.typePatterns) {
            self = .undeclaredType(name)
        } else if let name = Self.name(text, Self.namePatterns) {
            self = .undeclared(name)
        } else if diagnostic.tool == .linker {
            self = .other
        } else if Self.structuralWords.contains(where: { text.contains($0) }) {
            self = .structural
        } else if text.hasPrefix("expected ") || Self.syntaxWords.contains(where: { text.contains($0) }) {
            self = .syntax
        } else {
            self = .other
        }
    }

    var isSyntax: Bool { self == .structural || self == .syntax }

    var missingName: String? {
        switch self {
        case .undeclared(let name), .undeclaredType(let name): name
        default: nil
        }
    }

    /// A message with all the quotes that compilers use written as `'`.
    static func plainQuotes(_ text: String) -> String {
        var out = ""
        out.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "‘", "’", "`": out.unicodeScalars.append("'")
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }

    /// The name between a pattern's two parts.
    private static func name(_ text: String, _ patterns: [(before: String, after: String)]) -> String? {
        for (before, after) in patterns {
            guard let start = text.end(of: before) else { continue }
            let rest = text[start...]
            let name = rest.prefix { $0 != "'" && $0 != " " && $0 != "(" }
            guard !name.isEmpty, name.utf8.count < 200, rest[name.endIndex...].hasPrefix(after) else { continue }
            return String(name)
        }
        return nil
    }

    private static let typePatterns: [(before: String, after: String)] = [
        ("unknown type name '", "'"), ("cannot find type '", "'"), ("cannot find type '", "' in"),
        ("no type named '", "'"), ("cannot find struct, variant or union type '", "'"), ("no such module '", "'"),
        ("'", "' does not name a type"), ("undeclared type '", "'"),
        ("cannot find symbol: class ", ""), ("The type or namespace name '", "' could not be found"),
        ("Not in scope: type constructor or class '", "'"),
    ]

    private static let namePatterns: [(before: String, after: String)] = [
        ("use of undeclared identifier '", "'"), ("'", "' undeclared"), ("'", "' was not declared in this scope"),
        ("cannot find '", "' in scope"), ("cannot find value '", "'"), ("cannot find function '", "'"),
        ("cannot find macro '", "'"), ("Cannot find name '", "'"), ("undefined: ", ""),
        ("implicit declaration of function '", "'"), ("call to undeclared function '", "'"),
        ("call to undeclared library function '", "'"), ("undefined reference to '", "'"), ("undeclared name: ", ""),
        ("use of undeclared label '", "'"), ("no template named '", "'"), ("cannot find symbol: variable ", ""),
        ("cannot find symbol: method ", ""), ("The name '", "' does not exist in the current context"),
        ("Variable not in scope: ", ""), ("Data constructor not in scope: ", ""),
    ]

    private static let structuralWords = [
        "at end of input", "at end of brace statement", "expected '}'", "extraneous '}'", "extraneous closing brace",
        "expected declaration", "expected identifier or '('", "expected unqualified-id",
        "function definition is not allowed",
        "expected external declaration", "unclosed delimiter", "mismatched closing delimiter",
        "unexpected closing delimiter",
        "data definition has no type", "unterminated", "missing terminating", "old-style parameter declarations",
        "expected '=', ',', ';', 'asm'", "#endif without", "#else without", "expected '{'",
        "reached end of file while parsing",
        "class, interface, enum, or record expected", "illegal start of type", "expected function body",
        "non-declaration statement outside function body", "expected ';' after top level declarator",
        "statements are not allowed at the top level", "expressions are not allowed at the top level",
        "but no declaration", "possibly incorrect indentation", "} expected", "end-of-file expected",
    ]

    private static let syntaxWords = [
        "syntax error", "unexpected token", "parse error", "consecutive statements on a line", "' expected",
        "expected '",
        "expected expression", "illegal start of expression", "not a statement", "stray '", "unexpected newline",
        "Unexpected token", "Declaration or statement expected", "Expression expected", "without a previous 'if'",
        "without a previous", "expected pattern", "keyword '", "no rules expected", "; expected", ") expected",
    ]
}

extension String {
    /// The offset behind the first occurrence of a text.
    fileprivate func end(of wanted: String) -> Index? {
        guard let first = wanted.utf8.first else { return startIndex }
        var at = utf8.startIndex
        while let found = utf8[at...].firstIndex(of: first) {
            if utf8[found...].starts(with: wanted.utf8) { return utf8.index(found, offsetBy: wanted.utf8.count) }
            at = utf8.index(after: found)
        }
        return nil
    }

    fileprivate func contains(_ wanted: String) -> Bool { end(of: wanted) != nil }
}
