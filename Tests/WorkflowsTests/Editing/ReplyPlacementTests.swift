import Specialists
import Testing

@testable import Workflows

@Suite("What a model wrote lands where it belongs, or nowhere")
struct ReplyPlacementTests {
    private func placed(_ reply: String, in text: String, _ file: String, _ lines: ClosedRange<Int>) throws -> String {
        try ReplyPlacement(text: SourceText(text), window: CodeWindow(file: file, lines: lines)).place(reply).string
    }

    private let c = "int f(int a) {\n    int b = a\n    return b;\n}\n\nint g(void) {\n    return 1;\n}\n"

    @Test func `the window is replaced`() throws {
        #expect(try placed("    int b = a;\n", in: c, "f.c", 2...2) == c.replacing("= a\n", with: "= a;\n"))
        #expect(
            try placed("int f(int a) {\n    int b = a;\n    return b;\n}\n", in: c, "f.c", 1...4)
                == c.replacing("= a\n", with: "= a;\n"))
    }

    @Test func `a reply that holds more than the window replaces what it really rewrites`() throws {
        let reply = "int f(int a) {\n    int b = a;\n    return b;\n}\n"
        #expect(try placed(reply, in: c, "f.c", 2...2) == c.replacing("= a\n", with: "= a;\n"))
        #expect(
            try placed(c.replacing("= a\n", with: "= a;\n"), in: c, "f.c", 2...3)
                == c.replacing("= a\n", with: "= a;\n"))
    }

    @Test func `a reply that holds only the lines that change replaces those`() throws {
        let text = "def f(a, b):\n    c = a - b\n    return c\n"
        #expect(try placed("    c = a + b\n", in: text, "a.py", 1...3) == text.replacing("a - b", with: "a + b"))
        #expect(try placed("c = a + b", in: text, "a.py", 1...3) == text.replacing("a - b", with: "a + b"))
        #expect(
            try placed("    c = a + b\n    return c\n", in: text, "a.py", 1...3)
                == text.replacing("a - b", with: "a + b"))
        // Which of two like lines is meant isn't known.
        let twice = "def f(a, b):\n    c = a - b\n    c = a - b\n"
        #expect(try placed("    c = a + b\n", in: twice, "a.py", 1...3).contains("a - b") == false)
        // One line less, and the same beginning: a deletion.
        #expect(try placed("def f(a, b):\n    return a\n", in: text, "a.py", 1...3) == "def f(a, b):\n    return a\n")
    }

    @Test func `lost indentation is given back, in Python too`() throws {
        let text = "class A:\n    def f(self, x):\n        if x:\n            return 1\n        return 2\n"
        let reply = "def f(self, x):\n    if x:\n        return 3\n    return 2\n"
        #expect(try placed(reply, in: text, "a.py", 2...5) == text.replacing("return 1", with: "return 3"))
        #expect(try placed("return 3", in: text, "a.py", 4...4) == text.replacing("return 1", with: "return 3"))
        #expect(try placed("int b = a;", in: c, "f.c", 2...2) == c.replacing("= a\n", with: "= a;\n"))
    }

    @Test func `indentation that means something isn't flattened`() throws {
        let text = "def f(x):\n    if x:\n        y = 1\n    return y\n"
        let reply = "    if x:\n        y = 1\n    else:\n        y = 2\n    return y\n"
        #expect(try placed(reply, in: text, "a.py", 2...4) == "def f(x):\n" + reply)
    }

    @Test func `line numbers that were copied are taken off`() throws {
        let reply = "2: int b = a;\n3: return b;\n"
        #expect(try placed(reply, in: c, "f.c", 2...3) == c.replacing("= a\n", with: "= a;\n"))
        let bars = " 2 |     int b = a;\n 3 |     return b;\n"
        #expect(throws: Never.self) { try placed(bars, in: c, "f.c", 2...3) }
    }

    @Test func `Windows line endings and a missing final newline stay`() throws {
        let windows = c.replacing("\n", with: "\r\n")
        let mended = try placed("    int b = a;\n", in: windows, "f.c", 2...2)
        #expect(mended == c.replacing("= a\n", with: "= a;\n").replacing("\n", with: "\r\n"))
        #expect(try placed("x = 2\n", in: "y = 0\nx = 1", "a.py", 2...2) == "y = 0\nx = 2")
        #expect(try placed("x = 2", in: "x = 1\n", "a.py", 1...1) == "x = 2\n")
    }

    @Test func `blank lines around the code belong to the file`() throws {
        let text = "a = 1\n\nb = 2\n\nc = 3\n"
        #expect(try placed("\n\nb = 4\n\n\n", in: text, "a.py", 2...4) == "a = 1\n\nb = 4\n\nc = 3\n")
    }

    @Test func `lines that differ in white space alone stay as they were, where it doesn't matter`() throws {
        let text = "int f(int a) {\n\tint  b = a\n\treturn  b;\n}\n"
        let reply = "int f(int a) {\n    int b = a;\n    return b;\n}\n"
        #expect(try placed(reply, in: text, "f.c", 1...4) == "int f(int a) {\n    int b = a;\n\treturn  b;\n}\n")
    }

    @Test func `nothing, the same again, and what can't be a rewriting are refused`() {
        #expect(throws: ReplyPlacement.Problem.empty) { try placed("\n \n", in: c, "f.c", 1...4) }
        #expect(throws: ReplyPlacement.Problem.unchanged) { try placed("    int b = a\n", in: c, "f.c", 2...2) }
        #expect(throws: ReplyPlacement.Problem.size) {
            try placed("int x;\n", in: String(repeating: "int x = 1;\n", count: 40), "f.c", 1...40)
        }
        let long = (0..<60).map { "int y\($0);\n" }.joined()
        #expect(throws: ReplyPlacement.Problem.size) { try placed(long, in: c, "f.c", 2...2) }
    }

    @Test func `a window outside the text places nothing`() {
        #expect(throws: ReplyPlacement.Problem.self) { try placed("x", in: "a\n", "f.c", 5...6) }
    }

    @Test func `any reply leaves everything outside of what it rewrites alone`() throws {
        var random = Seeded(seed: 3)
        let words = ["a = 1", "  b = 2", "", "}", "{", "    c", "1: x", "\tt", "…", "```"]
        for _ in 0..<500 {
            func lines(_ most: Int) -> String {
                (0..<Int.random(in: 1...most, using: &random)).map { _ in
                    words[Int.random(in: 0..<words.count, using: &random)]
                }.joined(separator: "\n")
            }
            let text = SourceText(lines(12) + "\n")
            let first = Int.random(in: 1...text.lineCount, using: &random)
            let last = Int.random(in: first...text.lineCount, using: &random)
            let placement = ReplyPlacement(text: text, window: CodeWindow(file: "a.py", lines: first...last))
            let reply = lines(min(6, last - first + 2))
            guard let result = try? placement.place(reply) else { continue }
            // A reply no longer than the window can only land in the window.
            guard reply.split(separator: "\n", omittingEmptySubsequences: false).count <= last - first + 3 else {
                continue
            }
            let head = text.range(ofLine: first)?.lowerBound ?? 0
            let tail = text.bytes.count - (text.range(ofLines: first...last)?.upperBound ?? 0)
            #expect(result.bytes.prefix(head) == text.bytes.prefix(head))
            #expect(result.bytes.suffix(tail) == text.bytes.suffix(tail))
        }
    }

    @Test func `code that says it left something out isn't used`() {
        let reply = CodeReply("```c\nint f(int a) {\n    // ... existing code ...\n}\n```\n")
        #expect(reply.bestBlock?.isElided == true)
    }
}
