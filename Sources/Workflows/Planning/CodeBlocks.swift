/// The blocks of a file (functions, types), found without a parser: by braces where the language has them, else by indentation.
struct CodeBlocks {
    private let file: TokenizedFile

    init(_ file: TokenizedFile) { self.file = file }

    /// The lines of the outermost function that holds a line; nil when it stands outside of all.
    ///
    /// Types and namespaces are looked into: their members are the functions that people talk about.
    func enclosingFunction(of line: Int) -> ClosedRange<Int>? {
        switch Syntax(file: file.path) {
        case .cLike: bracedBlock(around: line)
        case .python: indentedBlock(around: line)
        case .plain: nil
        }
    }

    private static let containers: Set<String> = [
        "struct", "class", "enum", "extension", "protocol", "namespace", "impl", "trait", "mod", "interface", "actor",
    ]

    private func bracedBlock(around line: Int) -> ClosedRange<Int>? {
        var open: [(start: Int, header: Int, isContainer: Bool)] = []
        var best: ClosedRange<Int>?
        var lastBoundary = 0
        for (k, token) in file.code.enumerated() {
            if file.is(token, "{") {
                let header = Array(file.code[lastBoundary..<k])
                let words = header.map { file.string($0) }
                let isContainer = words.contains { Self.containers.contains($0) } && !words.contains("(")
                let first = header.first.map { file.line(of: $0) } ?? file.line(of: token)
                open.append((file.line(of: token), first, isContainer))
                lastBoundary = k + 1
            } else if file.is(token, "}") {
                lastBoundary = k + 1
                guard let block = open.popLast() else { continue }
                let end = file.line(of: token)
                // The outermost block that isn't a container itself.
                if block.header <= line, line <= end, !block.isContainer, open.allSatisfy(\.isContainer) {
                    best = block.header...max(block.header, end)
                }
            } else if file.is(token, ";") {
                lastBoundary = k + 1
            }
        }
        // A block that is never closed reaches to the end: that is the error itself.
        if best == nil, let block = open.first(where: { !$0.isContainer }), block.header <= line {
            best = block.header...file.text.lineCount
        }
        return best
    }

    private func indentedBlock(around line: Int) -> ClosedRange<Int>? {
        let text = file.text
        var start: Int?
        for candidate in stride(from: min(line, text.lineCount), through: 1, by: -1) {
            let content = text.line(candidate).trimmingWhitespace
            guard content.hasPrefix("def ") || content.hasPrefix("async def ") else { continue }
            start = candidate
            if text.indentation(ofLine: candidate).isEmpty { break }
            let parent = (1..<candidate).reversed().first {
                !text.line($0).trimmingWhitespace.isEmpty
                    && text.indentation(ofLine: $0).expandedWidth < text.indentation(ofLine: candidate).expandedWidth
            }
            if let parent, text.line(parent).trimmingWhitespace.hasPrefix("class ") { break }
        }
        guard var first = start else { return nil }
        let width = text.indentation(ofLine: first).expandedWidth
        var last = first
        for candidate in (first + 1)..<max(first + 1, text.lineCount + 1) {
            let content = text.line(candidate).trimmingWhitespace
            if content.isEmpty { continue }
            let inner = text.indentation(ofLine: candidate).expandedWidth
            if inner <= width, !content.hasPrefix("#"), !content.hasPrefix(")") { break }
            last = candidate
        }
        guard last >= line else { return nil }
        while first > 1, text.line(first - 1).trimmingWhitespace.hasPrefix("@") { first -= 1 }
        return first...last
    }

    /// The lines where a name is defined as a function, type or variable, first match first.
    func definitions(of name: String) -> [Int] {
        let openers: Set<String> = [
            "def", "func", "fn", "class", "struct", "enum", "function", "let", "var", "const", "define", "typedef",
            "interface", "type",
        ]
        var lines: [Int] = []
        for (k, token) in file.code.enumerated() where token.kind == .identifier && file.is(token, name) {
            let before = k > 0 ? file.string(file.code[k - 1]) : ""
            if openers.contains(before) { lines.append(file.line(of: token)) }
            // C: `int name(…) {` at the start of a line.
            if k > 0, k + 1 < file.code.count, file.is(file.code[k + 1], "("),
                file.code[k - 1].kind == .identifier || before == "*",
                !Keywords.all.subtracting([
                    "int", "void", "char", "float", "double", "long", "short", "unsigned", "bool", "signed",
                ]).contains(before),
                text(startsAtMargin: token)
            {
                lines.append(file.line(of: token))
            }
        }
        return lines
    }

    private func text(startsAtMargin token: Token) -> Bool {
        let line = file.line(of: token)
        return file.text.indentation(ofLine: line).isEmpty
    }
}
