import Diagnostics
import Testing

@testable import Workflows

@Suite("Functions are found without a parser")
struct CodeBlocksTests {
    private func block(_ file: String, _ text: String, _ line: Int) -> ClosedRange<Int>? {
        CodeBlocks(TokenizedFile(path: file, text: SourceText(text))).enclosingFunction(of: line)
    }

    @Test func `a C function with its signature over two lines, and nothing between functions`() {
        let text = "int x;\n\nint\nf(int a)\n{\n    if (a) {\n        a++;\n    }\n    return a;\n}\n\nint y;\n"
        #expect(block("a.c", text, 7) == 3...10)
        #expect(block("a.c", text, 3) == 3...10)
        #expect(block("a.c", text, 12) == nil)
    }

    @Test func `a method of a type is the function, not the type`() {
        let text =
            "struct S {\n    var x = 1\n    func f() {\n        print(\"}\")\n    }\n    func g() -> Int {\n        1\n    }\n}\n"
        #expect(block("a.swift", text, 4) == 2...5 || block("a.swift", text, 4) == 3...5)
        #expect(block("a.swift", text, 7) == 6...8)
    }

    @Test func `a block that is never closed reaches to the end`() {
        #expect(block("a.c", "int f(void) {\n    if (1) {\n    return 1;\n}\n", 3) == 1...4)
    }

    @Test func `Python functions by indentation, decorators included, methods rather than classes`() {
        let text =
            "import os\n\n@cache\ndef f(x):\n    if x:\n\n        return 1\n    return 2\n\nclass A:\n    def g(self):\n        return 3\n\n    def h(self):\n        def inner():\n            return 4\n        return inner\n"
        #expect(block("a.py", text, 7) == 3...8)
        #expect(block("a.py", text, 12) == 11...12)
        #expect(block("a.py", text, 16) == 14...17)
        #expect(block("a.py", text, 1) == nil)
        #expect(block("a.py", text, 10) == nil)
    }

    @Test func `Rust lifetimes don't hide a function's brace`() {
        let text = "fn f(x: &'a str) -> i32 {\n    1\n}\n\nfn g() -> i32 {\n    2\n}\n"
        #expect(block("a.rs", text, 2) == 1...3)
        #expect(block("a.rs", text, 6) == 5...7)
    }

    @Test func `plain text has no functions`() { #expect(block("a.txt", "f() {\n}\n", 1) == nil) }

    @Test func `definitions are told from uses`() {
        func lines(_ file: String, _ text: String, _ name: String) -> [Int] {
            CodeBlocks(TokenizedFile(path: file, text: SourceText(text))).definitions(of: name)
        }
        #expect(lines("a.py", "total(1)\ndef total(x):\n    return total\n", "total") == [2])
        #expect(
            lines(
                "a.c", "int total(int);\nint main(void) {\n    return total(1);\n}\nint *total(int x) {\n}\n", "total"
            ).contains(5))
        #expect(!lines("a.c", "int main(void) {\n    return total(1);\n}\n", "total").contains(2))
        #expect(lines("a.swift", "func total() {}\nlet x = total()\n", "total") == [1])
    }
}

@Suite("Windows are bounded")
struct CodeWindowTests {
    private let text = SourceText((1...100).map { "line \($0)\n" }.joined())

    @Test func `the narrow window stands around the line, the wide one is the function`() {
        let suspect = Suspect(file: "f", lines: 10...40, line: 20, reason: "")
        #expect(CodeWindow.windows(for: suspect, in: text, longest: 10_000).map(\.lines) == [16...23, 10...40])
    }

    @Test func `nothing leaves the text`() {
        for line in [0, 1, 2, 99, 100, 101, 5_000] {
            let suspect = Suspect(file: "f", lines: 1...100, line: line, reason: "")
            for window in CodeWindow.windows(for: suspect, in: text, longest: 80) {
                #expect(window.lines.lowerBound >= 1 && window.lines.upperBound <= 100)
            }
        }
        let empty = CodeWindow.windows(
            for: Suspect(file: "f", lines: 1...1, line: 1, reason: ""), in: SourceText(""), longest: 80)
        #expect(empty.allSatisfy { $0.lines == 1...1 })
    }

    @Test func `what is too long is cut around the line, and fits`() throws {
        for line in [1, 50, 100] {
            let cut = CodeWindow.cut(1...100, around: line, in: text, longest: 70)
            #expect(cut.contains(line))
            #expect((text.range(ofLines: cut)?.count ?? 0) <= 70)
            #expect((text.range(ofLines: cut)?.count ?? 0) > 40)
        }
        #expect(CodeWindow.cut(10...12, around: 50, in: text, longest: 1_000) == 10...12)
        // One line that is too long alone is still shown: there is nothing smaller.
        #expect(CodeWindow.cut(1...100, around: 7, in: text, longest: 1) == 7...7)
    }
}
