/// The code of a file of C's family as a compiler sees it: without comments, without preprocessor directives, and of
/// each conditional only one branch, so that braces pair up where `#ifdef` chooses between two headers of one block.
struct Layout: Sendable {
    let file: TokenizedFile
    let tokens: [Token]
    /// The line of each token.
    let lines: [Int]
    /// The tokens of each line that has any.
    private let onLine: [Int: Range<Int>]
    private let tabWidth: Int

    /// - Parameter tabWidth: how many columns a tab is worth.
    init(_ file: TokenizedFile, tabWidth: Int = 8) {
        self.file = file
        self.tabWidth = tabWidth
        var tokens: [Token] = []
        var lines: [Int] = []
        var onLine: [Int: Range<Int>] = [:]
        // Whether each open conditional's present branch is read, and whether one of its branches has been.
        var conditions: [(reads: Bool, hasRead: Bool)] = []
        var directiveEnd = 0
        var line = 1
        var previousLine = 0
        for (k, token) in file.code.enumerated() {
            while line < file.text.lineCount, file.text.lineStarts[line] <= token.range.lowerBound { line += 1 }
            defer { previousLine = line }
            if line <= directiveEnd { continue }
            if line != previousLine, file.is(token, "#") {
                directiveEnd = Self.lastLine(ofDirectiveAt: line, in: file.text)
                let word = k + 1 < file.code.count ? file.string(file.code[k + 1]) : ""
                let argument = k + 2 < file.code.count ? file.string(file.code[k + 2]) : ""
                Self.apply(word, argument, to: &conditions)
                continue
            }
            if conditions.contains(where: { !$0.reads }) { continue }
            onLine[line] = (onLine[line]?.lowerBound ?? tokens.count)..<(tokens.count + 1)
            tokens.append(token)
            lines.append(line)
        }
        self.tokens = tokens
        self.lines = lines
        self.onLine = onLine
    }

    private static func lastLine(ofDirectiveAt line: Int, in text: SourceText) -> Int {
        var last = line
        while last < text.lineCount, let range = text.range(ofLine: last), text.bytes[range].last == UInt8(ascii: "\\")
        {
            last += 1
        }
        return last
    }

    private static func apply(
        _ word: String, _ argument: String, to conditions: inout [(reads: Bool, hasRead: Bool)]
    ) {
        switch word {
        case "if", "ifdef", "ifndef":
            let reads = !(word == "if" && argument == "0")
            conditions.append((reads, reads))
        case "else", "elif":
            guard let last = conditions.popLast() else { return }
            conditions.append((!last.hasRead, true))
        case "endif": _ = conditions.popLast()
        default: break
        }
    }

    /// The indices of a line's tokens; nil for a line without code.
    func tokens(onLine line: Int) -> Range<Int>? { onLine[line] }

    func `is`(_ index: Int, _ text: String) -> Bool { tokens.indices.contains(index) && file.is(tokens[index], text) }

    func string(_ index: Int) -> String { tokens.indices.contains(index) ? file.string(tokens[index]) : "" }

    func isFirstOnLine(_ index: Int) -> Bool { index == 0 || lines[index - 1] != lines[index] }

    /// The column of a line's first code, counted from 0; of a line without code, its indentation.
    func width(ofLine line: Int) -> Int {
        guard let range = file.text.range(ofLine: line) else { return 0 }
        let code = onLine[line].map { tokens[$0.lowerBound].range.lowerBound }
        var width = 0
        for (offset, byte) in zip(range, file.text.bytes[range]) {
            if let code, offset >= code { break }
            if byte == 0x09 {
                width = (width / tabWidth + 1) * tabWidth
            } else if byte == 0x20 || code != nil {
                width += 1
            } else {
                break
            }
        }
        return width
    }

    /// The index of the first token of the statement or declaration that a token belongs to.
    func statementStart(of index: Int) -> Int {
        var depth = 0
        var k = index - 1
        while k >= 0, index - k < 600 {
            if self.is(k, ")") || self.is(k, "]") {
                depth += 1
            } else if self.is(k, "(") || self.is(k, "[") {
                if depth == 0 { return k + 1 }
                depth -= 1
            } else if depth == 0 {
                if self.is(k, ";") || self.is(k, "{") || self.is(k, "}") { return k + 1 }
                // A label that stands alone on its line.
                if self.is(k, ":"), lines[k + 1] != lines[k], !self.is(k - 1, ":") { return k + 1 }
            }
            k -= 1
        }
        return k + 1
    }

    /// The index of the parenthesis that closes the one at an index.
    func closing(_ open: Int) -> Int? {
        var depth = 0
        for k in open..<min(tokens.count, open + 4_000) {
            if self.is(k, "(") { depth += 1 }
            if self.is(k, ")") {
                depth -= 1
                if depth == 0 { return k }
            }
            if self.is(k, "{") || self.is(k, "}"), depth == 1 { return nil }
        }
        return nil
    }

    /// `case 1:`, `default:`, `public:`, `again:`: lines that stand where they like.
    func isLabel(line: Int) -> Bool {
        guard let range = onLine[line], let first = range.first else { return false }
        let word = string(first)
        if word == "case" || word == "default" { return true }
        return tokens[first].kind == .identifier && self.is(first + 1, ":") && !self.is(first + 2, ":")
            && range.contains(first + 1)
    }
}
