/// `file:line[:column]`, as most tools write a place.
struct PlaceReader: Sendable {
    var file: String
    var line: Int
    var column: Int?
    /// The offset behind the place, at what follows it: a colon, a space, the end.
    var end: Int

    init(file: String, line: Int, column: Int?, end: Int) {
        self.file = file
        self.line = line
        self.column = column
        self.end = end
    }

    /// The place that begins at an offset, when what stands there looks like one.
    init?(_ line: Line, at start: Int = 0) {
        guard let place = start == 0 ? line.place : PlaceReader(in: line.bytes, at: start) else { return nil }
        self = place
    }

    /// - Parameter accepting: whether a text can name a file.
    init?(in bytes: [UInt8], at start: Int, accepting: (ArraySlice<UInt8>) -> Bool = Self.looksLikePath) {
        guard start >= 0, start < bytes.count, bytes[start] != .space, bytes[start] != .tab else { return nil }
        var from = start
        while let at = bytes.firstOffset(of: .colon, from: from), at - start < 1024 {
            guard let number = bytes.number(at: at + 1) else {
                from = at + 1
                continue
            }
            guard at > start else { return nil }
            line = number.value
            end = number.end
            column = nil
            if end < bytes.count, bytes[end] == .colon, let second = bytes.number(at: end + 1) {
                column = second.value
                end = second.end
            }
            // clang and swift may print a range: `3:5-3:9`, `3:5-9`.
            var name = bytes[start..<at]
            while let last = name.last, last == .space || last == .tab { name.removeLast() }
            guard accepting(name) else { return nil }
            file = String(decoding: name, as: UTF8.self)
            return
        }
        return nil
    }

    static func looksLikePath(_ text: String) -> Bool { looksLikePath(Array(text.utf8)[...]) }

    /// Whether a text could name a file: no time, number, address or sentence does.
    static func looksLikePath(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard let first = bytes.first, let last = bytes.last, bytes.count <= 1024 else { return false }
        if first == 0x3c { return special.contains { bytes.elementsEqual($0.utf8) } }
        if last == .space || last == .colon { return false }
        var hasLetter = false
        var hasSlash = false
        var isOdd = false
        var space: Int?
        var previous: UInt8 = 0
        for index in bytes.indices {
            let byte = bytes[index]
            switch byte {
            case .slash:
                // An address: `://`.
                if previous == .slash, index - 2 >= bytes.startIndex, bytes[index - 2] == .colon { return false }
                hasSlash = true
            case .space: if space == nil { space = index }
            case 0x22, 0x27, 0x28, 0x29, 0x2a, 0x3b, 0x3c, 0x3d, 0x3e, 0x3f, 0x60, 0x7b, 0x7c, 0x7d:  // "'()*;<=>?`{|}
                // Parentheses and apostrophes do occur in file names, yet far more often in prose.
                isOdd = true
            default: if byte.isLetter { hasLetter = true }
            }
            previous = byte
        }
        guard hasLetter, hasSlash || !isOdd else { return false }
        // A sentence's last word may be followed by a number; a path with spaces has its spaces within directories.
        if let space { return bytes[..<space].contains(.slash) && hasExtension(bytes) }
        return hasSlash || hasExtension(bytes) || wellKnown.contains { bytes.elementsEqual($0.utf8) }
    }

    private static let special = ["<stdin>", "<EXPR>", "<unknown>"]

    private static let wellKnown = [
        "Makefile", "makefile", "GNUmakefile", "Dockerfile", "BUILD", "Justfile",
    ]

    private static func hasExtension(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard let dot = bytes.lastIndex(of: .dot), dot + 1 < bytes.endIndex, bytes.endIndex - dot <= 12 else {
            return false
        }
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
