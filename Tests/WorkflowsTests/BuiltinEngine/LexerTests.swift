import Testing

@testable import Workflows

@Suite("Code is told from strings and comments")
struct LexerTests {
    private func kinds(_ text: String, _ file: String) -> [String] {
        let cut = TokenizedFile(path: file, text: SourceText(text))
        return cut.all.map { "\($0.kind) \(cut.string($0))" }
    }

    @Test(arguments: [
        (
            "a.c", "x = \"a\\\"b\"; // \"c",
            ["identifier x", "punctuation =", "string \"a\\\"b\"", "punctuation ;", "comment // \"c"]
        ),
        ("a.c", "'\\'' /* ' */ 'x'", ["string '\\''", "comment /* ' */", "string 'x'"]),
        ("a.c", "f(\"open\ng)", ["identifier f", "punctuation (", "string \"open", "identifier g", "punctuation )"]),
        ("a.c", "/* never closed", ["comment /* never closed"]),
        ("a.c", "1.5e3 0x1F 3.x", ["number 1.5e3", "number 0x1F", "number 3.x"]),
        ("a.py", "x = '''a\n'b' ''' # c", ["identifier x", "punctuation =", "string '''a\n'b' '''", "comment # c"]),
        ("a.py", "\"\"\"open\n", ["string \"\"\"open\n"]),
        ("a.js", "`a\n${b}` + 'c'", ["string `a\n${b}`", "punctuation +", "string 'c'"]),
        (
            "a.rs", "fn f<'a>(x: &'a str) -> 'b' {",
            [
                "identifier fn", "identifier f", "punctuation <", "identifier 'a", "punctuation >", "punctuation (",
                "identifier x",
                "punctuation :", "punctuation &", "identifier 'a", "identifier str", "punctuation )", "punctuation -",
                "punctuation >",
                "string 'b'", "punctuation {",
            ]
        ),
        (
            "notes.txt", "don't # stop",
            ["identifier don", "punctuation '", "identifier t", "punctuation #", "identifier stop"]
        ),
        ("a.c", "", []),
        ("a.c", "größe = 1", ["identifier größe", "punctuation =", "number 1"]),
    ])
    func `tokens`(file: String, text: String, expected: [String]) { #expect(kinds(text, file) == expected) }

    @Test func `any bytes are cut into tokens in order, which never overlap or leave the text`() {
        var random = Seeded(seed: 7)
        let alphabet = Array("\"'`/*#\\\n ax1({})é\u{0}".utf8)
        for _ in 0..<400 {
            let bytes = (0..<Int.random(in: 0..<60, using: &random)).map { _ in
                alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
            }
            for file in ["a.c", "a.py", "a.rs", "a.txt"] {
                let cut = TokenizedFile(path: file, text: SourceText(bytes))
                var position = 0
                for token in cut.all {
                    #expect(
                        token.range.lowerBound >= position && !token.range.isEmpty
                            && token.range.upperBound <= bytes.count)
                    position = token.range.upperBound
                }
            }
        }
    }
}
