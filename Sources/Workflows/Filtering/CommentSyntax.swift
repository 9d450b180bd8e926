/// How comments and strings are written in a language, as far as one line can tell.
package struct CommentSyntax: Sendable, Equatable {
    /// What begins a comment.
    var openers: [String]
    /// What encloses strings. An apostrophe isn't among them where it encloses single characters, begins lifetimes or stands
    /// in prose.
    var quotes: [Character]

    private static let cFamily = CommentSyntax(openers: ["//", "/*"], quotes: ["\""])
    private static let scripts = CommentSyntax(openers: ["#"], quotes: ["\"", "'", "`"])
    /// For what isn't known: every opener that is common.
    private static let any = CommentSyntax(
        openers: ["//", "/*", "#", "--", "<!--", ";", "%", "(*", "{-", "{{!", "{#", "..", "REM ", "rem ", "dnl "],
        quotes: ["\"", "'", "`"])

    /// The syntax of a file, by its name.
    package init(file: String) {
        let name = file.split(separator: "/").last.map(String.init)?.lowercased() ?? ""
        let dot = name.lastIndex(of: ".")
        let ending = dot.map { String(name[name.index(after: $0)...]) } ?? ""
        self =
            switch ending {
            case "c", "h", "cc", "cpp", "cxx", "hh", "hpp", "hxx", "m", "mm", "swift", "rs", "go", "java", "kt", "kts",
                "cs", "scala", "dart", "zig", "proto", "scss", "less", "cu", "v", "sv":
                Self.cFamily
            case "js", "jsx", "ts", "tsx", "mjs", "cjs", "mts", "cts", "groovy", "gradle", "jsonc", "json5":
                CommentSyntax(openers: ["//", "/*"], quotes: ["\"", "'", "`"])
            case "php": CommentSyntax(openers: ["//", "/*", "#", "<!--"], quotes: ["\"", "'"])
            case "py", "rb", "pl", "pm", "sh", "bash", "zsh", "yml", "yaml", "toml", "r", "jl", "tcl", "mk", "cmake",
                "nix",
                "ex", "exs", "awk", "conf", "cfg", "tf", "properties", "gitignore", "gitattributes", "dockerfile":
                Self.scripts
            case "css": CommentSyntax(openers: ["/*"], quotes: ["\"", "'"])
            case "sql": CommentSyntax(openers: ["--", "/*", "#"], quotes: ["'", "\"", "`"])
            case "lua": CommentSyntax(openers: ["--"], quotes: ["\"", "'"])
            case "hs", "elm", "ads", "adb", "vhd", "vhdl": CommentSyntax(openers: ["--", "{-"], quotes: ["\""])
            case "html", "htm", "xml", "svg", "xhtml", "plist", "xsd", "csproj":
                CommentSyntax(openers: ["<!--"], quotes: [])
            case "vue", "svelte": CommentSyntax(openers: ["<!--", "//", "/*"], quotes: ["\"", "'", "`"])
            case "md", "markdown": CommentSyntax(openers: ["<!--", "[//]:"], quotes: [])
            case "lisp", "el", "clj", "cljs", "scm", "rkt": CommentSyntax(openers: [";"], quotes: ["\""])
            case "ini", "asm", "s": CommentSyntax(openers: [";", "#", "//", "/*"], quotes: ["\""])
            case "tex", "sty", "erl", "hrl", "pro": CommentSyntax(openers: ["%"], quotes: [])
            case "ml", "mli", "fs", "fsi", "pas": CommentSyntax(openers: ["(*", "//"], quotes: ["\""])
            case "" where ["makefile", "gnumakefile", "dockerfile", "gemfile", "rakefile", "cmakelists"].contains(name):
                Self.scripts
            default: Self.any
            }
    }

    init(openers: [String], quotes: [Character]) {
        self.openers = openers
        self.quotes = quotes
    }

    /// What stands in a line's comments, each from behind its opener, and whether nothing but white space is before it.
    ///
    /// A quote that isn't closed on the line is taken for an apostrophe. A line that begins with `*` goes on with the
    /// block comment above it.
    package func comment(in line: String) -> (text: Substring, isAlone: Bool)? {
        let trimmed = line.drop { $0 == " " || $0 == "\t" }
        if openers.contains("/*"), trimmed.first == "*", trimmed.dropFirst().first.map({ $0 == " " }) ?? true {
            return (trimmed.dropFirst(), true)
        }
        var at = trimmed.startIndex
        while at < trimmed.endIndex {
            let rest = trimmed[at...]
            if let opener = openers.first(where: { rest.hasPrefix($0) }), isPlausible(opener, at, in: trimmed) {
                let body = rest.dropFirst(opener.count)
                // Only the line's end ends a comment here: what follows `*/` is code that nobody annotates.
                return (body, at == trimmed.startIndex)
            }
            if quotes.contains(trimmed[at]) {
                at = end(ofString: at, in: trimmed) ?? trimmed.index(after: at)
            } else if trimmed[at] == "'", let close = end(ofCharacter: at, in: trimmed) {
                at = close
            } else {
                at = trimmed.index(after: at)
            }
        }
        return nil
    }

    /// `#` and others are parts of words and addresses, too: `a#b`, `$#`, `https://x`.
    private func isPlausible(_ opener: String, _ at: Substring.Index, in line: Substring) -> Bool {
        guard at > line.startIndex else { return true }
        let before = line[line.index(before: at)]
        switch opener {
        case "//": return before != ":"
        case "#", ";", "%", "--", "..", "REM ", "rem ", "dnl ":
            return before == " " || before == "\t" || (before == ";" && opener != ";")
        default: return true
        }
    }

    private func end(ofString start: Substring.Index, in line: Substring) -> Substring.Index? {
        let quote = line[start]
        var at = line.index(after: start)
        while at < line.endIndex {
            if line[at] == "\\" {
                at = line.index(at, offsetBy: 2, limitedBy: line.endIndex) ?? line.endIndex
                continue
            }
            if line[at] == quote { return line.index(after: at) }
            at = line.index(after: at)
        }
        return nil
    }

    /// The place behind a literal of one character, such as `'"'`.
    private func end(ofCharacter start: Substring.Index, in line: Substring) -> Substring.Index? {
        let literal = line[start...].prefix(10)
        guard let close = literal.dropFirst(literal.dropFirst().first == "\\" ? 3 : 2).firstIndex(of: "'") else {
            return nil
        }
        let isOne = literal.dropFirst().first == "\\" || line.distance(from: start, to: close) == 2
        return isOne ? line.index(after: close) : nil
    }
}
