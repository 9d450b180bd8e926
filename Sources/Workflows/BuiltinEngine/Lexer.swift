/// A piece of source code, as far as telling code from strings and comments needs it.
struct Token: Sendable, Equatable {
    enum Kind: Sendable { case identifier, number, string, punctuation, comment, other }
    var kind: Kind
    /// Byte offsets into the text.
    var range: Range<Int>
}

/// How a language writes comments and strings.
enum Syntax: Sendable {
    /// C and what looks like it: C++, Swift, Rust, Go, Java, JavaScript, TypeScript.
    case cLike
    /// `#` comments, triple-quoted strings.
    case python
    /// Anything else: words and punctuation only.
    case plain

    init(file: String) {
        switch file.split(separator: ".").last.map(String.init) {
        case "c", "h", "cc", "cpp", "cxx", "hpp", "hh", "hxx", "m", "mm", "swift", "rs", "go", "java", "js", "mjs",
            "cjs", "ts", "tsx", "jsx", "kt", "cs":
            self = .cLike
        case "py", "pyi": self = .python
        default: self = .plain
        }
    }
}

/// Cuts text into tokens. Whitespace has none. It never fails: an unclosed string ends at its line's end, as a compiler
/// that recovers would have it.
/// - Parameter hasLifetimes: whether `'a` without a closing quote is a name, as in Rust.
func tokens(of text: SourceText, syntax: Syntax, hasLifetimes: Bool = false) -> [Token] {
    let bytes = text.bytes
    var result: [Token] = []
    var i = 0
    func at(_ k: Int) -> UInt8 { k < bytes.count ? bytes[k] : 0 }
    func lineEnd(_ start: Int) -> Int {
        var k = start
        while k < bytes.count, bytes[k] != 0x0A { k += 1 }
        return k
    }
    func add(_ kind: Token.Kind, to end: Int) {
        result.append(Token(kind: kind, range: i..<min(end, bytes.count)))
        i = max(end, i + 1)
    }
    while i < bytes.count {
        let byte = bytes[i]
        switch byte {
        case 0x20, 0x09, 0x0A, 0x0D, 0x0B, 0x0C: i += 1
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"), 0x80...:
            var k = i
            while k < bytes.count, isWord(bytes[k]) || bytes[k] >= 0x80 { k += 1 }
            add(.identifier, to: k)
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            var k = i
            while k < bytes.count, isWord(bytes[k]) || (bytes[k] == UInt8(ascii: ".") && isWord(at(k + 1))) { k += 1 }
            add(.number, to: k)
        case UInt8(ascii: "#") where syntax == .python: add(.comment, to: lineEnd(i))
        case UInt8(ascii: "/") where syntax == .cLike && at(i + 1) == UInt8(ascii: "/"): add(.comment, to: lineEnd(i))
        case UInt8(ascii: "/") where syntax == .cLike && at(i + 1) == UInt8(ascii: "*"):
            var k = i + 2
            while k < bytes.count, !(bytes[k] == UInt8(ascii: "*") && at(k + 1) == UInt8(ascii: "/")) { k += 1 }
            add(.comment, to: k + 2)
        case UInt8(ascii: "'") where hasLifetimes && (isWord(at(i + 1)) && at(i + 2) != UInt8(ascii: "'")):
            var k = i + 1
            while k < bytes.count, isWord(bytes[k]) { k += 1 }
            add(.identifier, to: k)
        case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"):
            guard syntax != .plain else {
                add(.punctuation, to: i + 1)
                continue
            }
            add(.string, to: stringEnd(bytes, from: i))
        case 0x21...0x7E: add(.punctuation, to: i + 1)
        default: add(.other, to: i + 1)
        }
    }
    return result
}

func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
        true
    default: false
    }
}

private func stringEnd(_ bytes: [UInt8], from start: Int) -> Int {
    let quote = bytes[start]
    let triple = start + 2 < bytes.count && bytes[start + 1] == quote && bytes[start + 2] == quote
    if triple {
        var k = start + 3
        while k + 2 < bytes.count {
            if bytes[k] == UInt8(ascii: "\\") {
                k += 2
            } else if bytes[k] == quote, bytes[k + 1] == quote, bytes[k + 2] == quote {
                return k + 3
            } else {
                k += 1
            }
        }
        return bytes.count
    }
    var k = start + 1
    while k < bytes.count {
        if bytes[k] == quote { return k + 1 }
        if bytes[k] == 0x0A, quote != UInt8(ascii: "`") { return k }
        k += bytes[k] == UInt8(ascii: "\\") ? 2 : 1
    }
    return bytes.count
}

/// A file cut into tokens, with the questions that the rules ask of it.
struct TokenizedFile: Sendable {
    let path: String
    let text: SourceText
    let all: [Token]
    /// Without comments.
    let code: [Token]

    init(path: String, text: SourceText) {
        self.path = path
        self.text = text
        all = tokens(of: text, syntax: Syntax(file: path), hasLifetimes: path.hasSuffix(".rs"))
        code = all.filter { $0.kind != .comment }
    }

    func string(_ token: Token) -> String { String(decoding: text.bytes[token.range], as: UTF8.self) }

    /// The index in `code` of the token that holds or follows an offset; `code.count` when none does.
    func index(atOrAfter offset: Int) -> Int {
        var low = 0
        var high = code.count
        while low < high {
            let middle = (low + high) / 2
            if code[middle].range.upperBound <= offset { low = middle + 1 } else { high = middle }
        }
        return low
    }

    func line(of token: Token) -> Int { text.line(at: token.range.lowerBound) }

    /// The tokens of a 1-based line.
    func code(onLine line: Int) -> [Token] {
        guard let range = text.range(ofLine: line) else { return [] }
        let first = index(atOrAfter: range.lowerBound)
        return Array(code[first...].prefix { $0.range.lowerBound < range.upperBound })
    }

    func `is`(_ token: Token, _ text: String) -> Bool {
        token.range.count == text.utf8.count && self.text.bytes[token.range].elementsEqual(text.utf8)
    }
}
