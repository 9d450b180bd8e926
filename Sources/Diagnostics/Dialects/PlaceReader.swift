/// `file:line[:column]`, as most tools write a place.
struct PlaceReader {
    var file: String
    var line: Int
    var column: Int?
    /// The offset behind the place, at what follows it: a colon, a space, the end.
    var end: Int

    /// The place that begins at an offset, when what stands there looks like one.
    ///
    /// - Parameter accepting: whether a text can name a file.
    init?(_ line: Line, at start: Int = 0, accepting: (String) -> Bool = Self.looksLikePath) {
        guard let first = line.byte(start), first != .space, first != .tab else { return nil }
        var at = start
        while at < line.count, at - start < 1024 {
            if line.bytes[at] == .colon, let number = line.number(at: at + 1) {
                guard at > start else { return nil }
                file = line.text(start, at)
                self.line = number.value
                end = number.end
                column = nil
                if line.byte(end) == .colon, let second = line.number(at: end + 1) {
                    column = second.value
                    end = second.end
                }
                // clang and swift may print a range: `3:5-3:9`, `3:5-9`.
                guard accepting(file) else { return nil }
                return
            }
            at += 1
        }
        return nil
    }

    /// Whether a text could name a file: no time, number, address or sentence does.
    static func looksLikePath(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard let last = bytes.last, !bytes.isEmpty, bytes.count <= 1024 else { return false }
        if text.hasPrefix("<") { return text == "<stdin>" || text == "<EXPR>" || text == "<unknown>" }
        if last == .space || last == .colon || text.contains("://") { return false }
        guard bytes.contains(where: \.isLetter) else { return false }
        for byte in bytes {
            switch byte {
            case 0x22, 0x27, 0x28, 0x29, 0x2a, 0x3b, 0x3c, 0x3d, 0x3e, 0x3f, 0x60, 0x7b, 0x7c, 0x7d:  // "'()*;<=>?`{|}
                // Parentheses and apostrophes do occur in file names, yet far more often in prose.
                if !bytes.contains(.slash) { return false }
            default: continue
            }
        }
        // A sentence's last word may be followed by a number; a path with spaces has its spaces within directories.
        if let space = bytes.firstIndex(of: .space) {
            return bytes[..<space].contains(.slash) && Self.hasExtension(bytes)
        }
        return Self.hasExtension(bytes) || bytes.contains(.slash) || Self.wellKnown.contains(text)
    }

    private static let wellKnown: Set<String> = [
        "Makefile", "makefile", "GNUmakefile", "Dockerfile", "BUILD", "Justfile",
    ]

    private static func hasExtension(_ bytes: [UInt8]) -> Bool {
        guard let dot = bytes.lastIndex(of: .dot), dot + 1 < bytes.count, bytes.count - dot <= 12 else { return false }
        return bytes[dot + 1].isLetter && bytes[(dot + 1)...].allSatisfy { $0.isWord || $0 == 0x2b || $0 == .dash }
    }

    /// The extension of a path, without the dot.
    static func fileExtension(_ path: String) -> Substring {
        let name = path.utf8.lastIndex(of: .slash).map { path[path.utf8.index(after: $0)...] } ?? path[...]
        return name.utf8.lastIndex(of: .dot).map { name[name.utf8.index(after: $0)...] } ?? ""
    }

    /// Extensions of files that people write programs in.
    static let sourceExtensions: Set<Substring> = [
        "c", "h", "cc", "cpp", "cxx", "c++", "hh", "hpp", "hxx", "ipp", "inl", "m", "mm", "cu", "s", "S", "asm",
        "swift",
        "rs", "go", "py", "pyi", "pyx", "js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts", "vue", "svelte", "java",
        "kt",
        "kts", "scala", "groovy", "gradle", "rb", "php", "pl", "pm", "lua", "hs", "ml", "mli", "ex", "exs", "erl",
        "clj",
        "cs", "fs", "vb", "f", "f90", "f95", "for", "d", "zig", "nim", "v", "sv", "vhd", "sh", "bash", "zsh", "fish",
        "sql",
        "proto", "yml", "yaml", "json", "toml", "xml", "html", "css", "scss", "less", "md", "rst", "tex", "cmake", "mk",
        "ninja", "am", "ac", "dart", "r", "R", "jl", "tf", "y", "yy", "l", "ll", "pas", "adb", "ads",
    ]
}
