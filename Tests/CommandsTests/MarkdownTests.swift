import Commands
import Testing

@Suite("Markdown of what nobody vouches for")
struct MarkdownTests {
    static let hostile = [
        "plain words", "a `tick` and ``two``", "`", "a | b", "a \\| b", "\\", "</code><script>alert(1)</script>",
        "</details>\n# Forged\n\n- [ ] x", "<!-- gone", "&lt;b&gt;", "[a](javascript:x)", "![](http://e.org/p.png)",
        "@octocat and #12, closes #3", "*bold* _it_ ~~no~~ $x^2$ :tada:", " spaces ", "```\nout of the fence\n```",
        "~~~\n", "\u{1B}[31mred\u{1B}[0m\u{202E}evil", "https://e.org www.e.org a@e.org", "", "   ", "| --- |\n| x |",
        "ends with a tick`", "`` - [ ] x", "`a``b|c``@d`", "`begins", "日本語 | ` \\",
        "foo `\u{301}<img src=x> **bold** @me |\u{301} cell `\u{301}", "-\u{301} item",
    ]

    @Test("code in a line can't end its span, its cell or its line", arguments: hostile)
    func code(text: String) throws {
        let code = Markdown.code(text)
        #expect(!code.contains { $0.isNewline })
        #expect(!code.contains("\u{1B}") && !code.contains("\u{202E}"))
        if code.isEmpty {
            #expect(text.allSatisfy { $0.isWhitespace })
        } else if code.hasPrefix("`") {
            let inside = code.unicodeScalars.dropFirst().dropLast()
            #expect(code.hasSuffix("`") && !inside.contains("`") && !inside.contains("|") && !inside.contains("\\"))
            #expect(inside.first != " " && inside.last != " ")
        } else {
            #expect(code.hasPrefix("<code>") && code.hasSuffix("</code>"))
            let inside = code.unicodeScalars.dropFirst(6).dropLast(7)
            for character in "<>`|\\*_[]@~$".unicodeScalars {
                #expect(!inside.contains(character), "\(character) in \(code)")
            }
        }
    }

    @Test("prose can't be structure, HTML, a mention, a reference, a link or an emoji", arguments: hostile)
    func prose(text: String) {
        let prose = Markdown.prose(text)
        #expect(!prose.contains { $0.isNewline })
        // What it quotes is code.
        let words = prose.replacing(/<code>.*?<\/code>/.matchingSemantics(.unicodeScalar), with: "")
            .replacing(/`[^`]*`/.matchingSemantics(.unicodeScalar), with: "")
        for character in "<>`|\\*_[]@~$!".unicodeScalars {
            #expect(!words.unicodeScalars.contains(character), "\(character) in \(prose)")
        }
        #expect(!words.contains("://") && !words.contains("www.e"))
        #expect(prose.first.map { !"-+=# 0123456789".contains($0) } ?? true)
        // What is left of @, # and : is a reference with something invisible behind it.
        #expect(!words.contains(/&#(?:64|35|58);[A-Za-z0-9_]/))
    }

    @Test("a block of code ends at its own fence and nowhere before", arguments: hostile + ["a\n``````\nb\n```\n"])
    func fence(text: String) throws {
        let lines = Markdown.fence(text, as: "text").split(separator: "\n", omittingEmptySubsequences: false)
        let fence = try #require(lines.last)
        #expect(fence.count >= 3 && fence.allSatisfy { $0 == "`" })
        #expect(lines.first == fence + "text")
        for line in lines.dropFirst().dropLast() { #expect(!line.contains(fence)) }
    }

    @Test("what is too long is cut, and says so")
    func long() {
        #expect(Markdown.code(String(repeating: "x", count: 500), most: 10) == "`xxxxxxxxx…`")
        #expect("a\nbb\nccc\n".wholeLines(atMost: 6) == "a\nbb\n")
        #expect("a\nbb\n".wholeLines(atMost: 5) == "a\nbb\n")
        #expect("abc".wholeLines(atMost: 2) == "")
        #expect("a\r\nb\r\n".wholeLines(atMost: 4) == "a\r\n")
        #expect("é\né".wholeLines(atMost: 4) == "é\n")
        #expect("x".wholeLines(atMost: -5) == "")
    }

    @Test("a report without a form of its own keeps its bound too, and is empty where nothing fits")
    func plainReport() {
        struct Long: Report {
            func lines(width: Int, style: Style) -> [String] { Array(repeating: "a line of the report", count: 40) }
        }
        for bytes in [0, 1, 10, 40, 60, 100, 300, 800, 2_000] {
            #expect(Long().markdown(atMost: bytes).utf8.count <= bytes, "\(bytes)")
        }
        #expect(Long().markdown(atMost: 10).isEmpty)
        #expect(Long().markdown(atMost: 300).contains("a line of the report"))
    }

    @Test("parts give way from the least important, are named, and the text never exceeds its bound")
    func parts() {
        var parts = MarkdownParts()
        parts.add("# head")
        parts.add("the middle", rank: 1, String(repeating: "m", count: 300))
        parts.add("the patch", rank: 2, String(repeating: "p", count: 300))
        #expect(parts.text(atMost: 10_000).contains("ppp\n"))
        let short = parts.text(atMost: 500)
        #expect(short.contains("mmm") && short.hasSuffix("_Left out for its length: the patch._\n"))
        #expect(parts.text(atMost: 150).hasSuffix("_Left out for its length: the middle, the patch._\n"))
        #expect(parts.text(atMost: 20) == "")
        for bytes in 0..<800 { #expect(parts.text(atMost: bytes).utf8.count <= bytes) }
    }
}
