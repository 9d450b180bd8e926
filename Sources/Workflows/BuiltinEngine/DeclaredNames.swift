/// What the headers and sources of a project declare for others.
enum DeclaredNames {
    /// Whether a file, or a header beside it, makes a name a type's.
    static func isType(_ name: String, in file: TokenizedFile, _ files: WorkingFiles) -> Bool {
        if declares(name, in: file, asType: true) { return true }
        return headers(for: file, files).contains { declares(name, in: $0, asType: true) }
    }

    /// The loaded headers that mention a name at all are worth cutting into tokens.
    static func headers(mentioning name: String, _ files: WorkingFiles) -> [TokenizedFile] {
        let wanted = Array(name.utf8)
        return files.paths.filter(isHeader).sorted().compactMap { path in
            guard let text = files[path], text.bytes.firstRange(of: wanted) != nil else { return nil }
            return TokenizedFile(path: path, text: text)
        }
    }

    static func isHeader(_ path: String) -> Bool {
        [".h", ".hh", ".hpp", ".hxx", ".inl"].contains(where: path.hasSuffix)
    }

    private static func headers(for file: TokenizedFile, _ files: WorkingFiles) -> [TokenizedFile] {
        let folder = file.path.split(separator: "/").dropLast().joined(separator: "/")
        return files.paths.filter { path in
            isHeader(path) && path.split(separator: "/").dropLast().joined(separator: "/") == folder
        }.sorted().prefix(40).compactMap { path in files[path].map { TokenizedFile(path: path, text: $0) } }
    }

    /// Whether a file defines a macro, a type, a function or a constant of a name for those that include it.
    static func declares(_ name: String, in file: TokenizedFile, asType: Bool = false) -> Bool {
        let code = file.code
        func at(_ k: Int, _ text: String) -> Bool { code.indices.contains(k) && file.is(code[k], text) }
        for (k, token) in code.enumerated() where token.kind == .identifier && file.is(token, name) {
            if !asType, at(k - 1, "define"), at(k - 2, "#") { return true }
            if ["struct", "union", "class", "enum"].contains(where: { at(k - 1, $0) }), at(k + 1, "{") || at(k + 1, ":")
            {
                return true
            }
            if at(k + 1, ";") || at(k + 1, ",") || at(k + 1, "[") || at(k + 1, ")"), isTypedef(k, file) { return true }
            if asType { continue }
            let isFree = k > 0 && !file.is(code[k - 1], "(") && !file.is(code[k - 1], ",") && !file.is(code[k - 1], "=")
            if at(k + 1, "("), isFree, code[k - 1].kind == .identifier || at(k - 1, "*"), !at(k - 1, "return") {
                return true
            }
            if at(k + 1, ",") || at(k + 1, "=") || at(k + 1, "}"), at(k - 1, "{") || at(k - 1, ","), isInEnum(k, file) {
                return true
            }
        }
        return false
    }

    /// Whether the declaration that ends in a name is a `typedef`.
    private static func isTypedef(_ index: Int, _ file: TokenizedFile) -> Bool {
        var depth = 0
        var k = index - 1
        while k >= 0, index - k < 2_000 {
            let token = file.code[k]
            if file.is(token, "}") || file.is(token, ")") { depth += 1 }
            if file.is(token, "{") || file.is(token, "(") { depth = max(0, depth - 1) }
            if depth == 0, file.is(token, "typedef") { return true }
            if depth == 0, file.is(token, ";") || file.is(token, "#") || file.is(token, "{") { return false }
            k -= 1
        }
        return false
    }

    private static func isInEnum(_ index: Int, _ file: TokenizedFile) -> Bool {
        var k = index
        while k >= 0, index - k < 6_000 {
            let token = file.code[k]
            if file.is(token, ";") || file.is(token, "(") { return false }
            if file.is(token, "{") {
                return k >= 1 && file.is(file.code[k - 1], "enum") || k >= 2 && file.is(file.code[k - 2], "enum")
            }
            k -= 1
        }
        return false
    }
}
