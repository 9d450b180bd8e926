/// A coder's plain-text reply: its code blocks and its SEARCH/REPLACE blocks.
public struct CodeReply: Sendable, Equatable {
    /// A fenced block.
    public struct Block: Sendable, Equatable {
        /// The word after the fence, such as `c`; empty when there is none.
        public var language: String
        /// A file name on the fence line or the line before; nil when there is none.
        public var file: String?
        /// The lines between the fences, each with its newline.
        public var code: String
        /// Whether the closing fence is there; an answer that was cut lacks it.
        public var isClosed: Bool
        /// Whether it leaves out code with words such as `rest unchanged`, so that it can't be used as it is.
        public var isElided: Bool

        /// Creates a block.
        public init(language: String, file: String?, code: String, isClosed: Bool, isElided: Bool) {
            self.language = language
            self.file = file
            self.code = code
            self.isClosed = isClosed
            self.isElided = isElided
        }
    }

    /// Lines to find, and lines to put in their place.
    public struct Replacement: Sendable, Equatable {
        /// The file named before it; nil when there is none.
        public var file: String?
        /// The lines to find, each with its newline; empty for a new file.
        public var search: String
        /// The lines to put there, each with its newline.
        public var replace: String
        /// Whether the replacement leaves out code.
        public var isElided: Bool

        /// Creates a replacement.
        public init(file: String?, search: String, replace: String, isElided: Bool) {
            self.file = file
            self.search = search
            self.replace = replace
            self.isElided = isElided
        }
    }

    /// The fenced blocks that aren't SEARCH/REPLACE blocks, in order.
    public var blocks: [Block] = []
    /// The SEARCH/REPLACE blocks, in order, fenced or not.
    public var replacements: [Replacement] = []
    /// Whether it ends within a SEARCH/REPLACE block: it isn't known what it would have said.
    public var isCut = false

    /// The most bytes of a reply that are read.
    public static let mostBytes = 4 << 20
    private static let mostBlocks = 256

    /// Reads a reply. Never fails: a reply without code has no blocks.
    public init(_ reply: String) {
        var reader = CodeReplyReader()
        let text = String(decoding: reply.utf8.prefix(Self.mostBytes), as: UTF8.self)
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            guard reader.blocks.count + reader.replacements.count < Self.mostBlocks else { break }
            reader.read(line.hasSuffix("\r") ? String(line.dropLast()) : String(line))
        }
        reader.finish()
        blocks = reader.blocks
        replacements = reader.replacements
        isCut = reader.isCut
    }

    /// The largest closed block that leaves out nothing, or the largest of all when there is none.
    public var bestBlock: Block? {
        let whole = blocks.filter { $0.isClosed && !$0.isElided }
        return (whole.isEmpty ? blocks : whole).max { $0.code.utf8.count < $1.code.utf8.count }
    }

    /// Whether code says that something was left out: `// ... existing code`, `# rest unchanged`, a line of dots.
    public static func isElided(_ code: String) -> Bool {
        code.split(whereSeparator: \.isNewline).contains { isElision($0) }
    }

    /// The same of code that is meant to take the place of other code: what the original says itself leaves out nothing.
    public static func isElided(_ code: String, besides original: String) -> Bool {
        let elided = code.split(whereSeparator: \.isNewline).filter { isElision($0) }
        guard !elided.isEmpty else { return false }
        let known = Set(original.split(whereSeparator: \.isNewline).map { $0.trimming() })
        return elided.contains { !known.contains($0.trimming()) }
    }

    private static let elisions = [
        "existing code", "rest unchanged", "rest of the", "rest of code", "rest of file", "remaining code",
        "code unchanged", "unchanged code", "remains unchanged", "remain unchanged", "same as before",
        "omitted for brevity",
        "other code here", "previous code", "code here", "no changes", "unchanged",
    ]

    private static func isElision(_ line: Substring) -> Bool {
        let text = line.trimming().lowercased()
        if text == "..." || text == "…" { return true }
        let marks = ["//", "/*", "#", "--", ";", "<!--", "%"]
        let comment = marks.first { text.hasPrefix($0) }.map { text.dropFirst($0.count).trimming() }
        let body: String = comment ?? text
        let hasDots = body.hasPrefix("...") || body.hasPrefix("…") || body.hasSuffix("...") || body.hasSuffix("…")
        // `...` alone is Python and Swift code too; in a comment, or with the words, it isn't.
        guard comment != nil || hasDots else { return false }
        let words = body.filter { $0 != "." && $0 != "…" && $0 != "*" && $0 != "/" }
        if comment != nil, hasDots, Substring(words).trimming().isEmpty { return true }
        guard hasDots || body.utf8.count < 60 else { return false }
        for phrase in elisions where body.contains(phrase) {
            if hasDots || phrase.contains(" ") && phrase != "code here" { return true }
        }
        return false
    }
}

/// Reads a reply line by line.
private struct CodeReplyReader {
    private enum Part { case search, replace }

    var blocks: [CodeReply.Block] = []
    var replacements: [CodeReply.Replacement] = []
    private var fence: (mark: String, language: String, file: String?)?
    private var lines: [String] = []
    private var part: Part?
    private var search: [String] = []
    private var replace: [String] = []
    private var file: String?
    private var hadReplacement = false

    mutating func read(_ line: String) {
        if part != nil {
            readInReplacement(line)
        } else if line.hasPrefix("<<<<<<< ") || line.hasPrefix("<<<<<<<S") || line.trimmed == "<<<<<<<" {
            part = .search
            hadReplacement = true
            // Inside a fence the path may be the line before the marker.
            if let last = lines.last(where: { !$0.isEmpty }), let name = Self.fileName(last) { file = name }
            (search, replace) = ([], [])
        } else if let fence {
            if line.trimmed == fence.mark {
                endBlock(isClosed: true)
            } else {
                lines.append(line)
            }
        } else if let opening = Self.opening(line) {
            fence = (opening.mark, opening.language, opening.file ?? file)
            if let named = opening.file { file = named }
            lines = []
            hadReplacement = false
        } else if let name = Self.fileName(line) ?? Self.announcedFile(line) {
            file = name
        }
    }

    /// `Change **src/main.c** like this:`
    private static func announcedFile(_ line: String) -> String? {
        guard line.trimmed.hasSuffix(":") else { return nil }
        let words = line.split { $0.isWhitespace }
        return words.last { $0.hasPrefix("`") || $0.hasPrefix("**") }.flatMap { fileName(String($0)) }
    }

    private mutating func readInReplacement(_ line: String) {
        if part == .search, line.trimmed == "=======" {
            part = .replace
        } else if part == .replace, line.hasPrefix(">>>>>>>") {
            let text = Self.text(replace)
            replacements.append(
                .init(
                    file: file, search: Self.text(search), replace: text, isElided: CodeReply.isElided(text)))
            part = nil
            lines = []
        } else if part == .search {
            search.append(line)
        } else {
            replace.append(line)
        }
    }

    /// Whether the text ends within a replacement.
    var isCut: Bool { part != nil }

    mutating func finish() {
        // A replacement without its end is cut: it isn't known what it would have said.
        if fence != nil, part == nil { endBlock(isClosed: false) }
    }

    private mutating func endBlock(isClosed: Bool) {
        defer {
            fence = nil
            lines = []
            if !hadReplacement { file = nil }
            hadReplacement = false
        }
        guard let fence, !hadReplacement else { return }
        if !isClosed, lines.last == "" { lines.removeLast() }
        let code = Self.text(lines)
        guard !code.isEmpty else { return }
        blocks.append(
            .init(
                language: fence.language, file: fence.file, code: code, isClosed: isClosed,
                isElided: CodeReply.isElided(code)))
    }

    private static func text(_ lines: [String]) -> String { lines.map { $0 + "\n" }.joined() }

    private static func opening(_ line: String) -> (mark: String, language: String, file: String?)? {
        let text = line.trimmed
        guard let mark = ["```", "~~~"].first(where: text.hasPrefix), let first = text.first else { return nil }
        let ticks = text.prefix { $0 == first }
        let info = text.dropFirst(ticks.count).trimming()
        guard !info.contains("`") else { return nil }
        let words = info.split { $0 == " " || $0 == ":" }.map(String.init)
        let file = words.lazy.compactMap(fileName).first
        return (
            String(ticks.isEmpty ? Substring(mark) : ticks), words.first.flatMap { $0 == file ? nil : $0 } ?? "", file
        )
    }

    /// `src/main.c`, `**src/main.c**`, `File: src/main.c`, `### \`src/main.c\`:`
    private static func fileName(_ line: String) -> String? {
        var text = Substring(line.trimmed)
        for prefix in ["File:", "file:", "Path:", "path:", "filename:", "FILE:"] where text.hasPrefix(prefix) {
            text = text.dropFirst(prefix.count)
        }
        let name = text.drop { "#*`\"' ".contains($0) }
        let end = name.lastIndex { !"*`\"': ".contains($0) }
        guard let end, name[...end].utf8.count <= 300 else { return nil }
        let path = String(name[...end])
        guard !path.contains(where: { $0.isWhitespace || "(){};=<>`,\"".contains($0) }) else { return nil }
        let last = path.split(separator: "/").last ?? ""
        guard let dot = last.lastIndex(of: "."), dot != last.startIndex || path.contains("/") else {
            return ["Makefile", "Dockerfile", "CMakeLists.txt", "Gemfile", "Rakefile"].contains(String(last))
                ? path : nil
        }
        let suffix = last[last.index(after: dot)...]
        guard (1...8).contains(suffix.count), suffix.allSatisfy({ $0.isLetter || $0.isNumber }),
            suffix.contains(where: \.isLetter)
        else { return nil }
        return path
    }
}

extension String {
    fileprivate var trimmed: String { Substring(self).trimming() }
}

extension Substring {
    func trimming() -> String {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }
}
