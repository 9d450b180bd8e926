import Testing

@testable import Workflows

@Suite("The lines of a SEARCH block stand in a file once, or nowhere")
struct SearchPlaceTests {
    private let c =
        "int f(int a) {\n    int b = a;\n    return b;\n}\n\nint g(int a) {\n    int c = a;\n    return c;\n}\n"

    private func replaced(_ search: [String], _ replacement: [String], in text: String) throws -> String? {
        try SourceText(text).replacing(search, with: replacement)?.string
    }

    @Test func `lines that stand there word for word are replaced`() throws {
        #expect(
            try replaced(["    int b = a;", "    return b;"], ["    return a;"], in: c)
                == c.replacing("    int b = a;\n    return b;\n", with: "    return a;\n"))
    }

    @Test func `lines that stand there twice are refused, whatever else would tell them apart`() {
        let twice = "x = 1\ny = 2\nx = 1\n"
        #expect(throws: SearchPlace.Problem.ambiguous(2)) { try replaced(["x = 1"], ["x = 3"], in: twice) }
        #expect(throws: SearchPlace.Problem.ambiguous(2)) { try replaced(["}"], ["};"], in: c) }
        // Also when they only resemble.
        #expect(throws: SearchPlace.Problem.ambiguous(2)) {
            try replaced(["  x = 1"], ["  x = 3"], in: "if a:\n    x = 1\nif b:\n    x = 1\n")
        }
    }

    @Test func `trailing white space doesn't matter, and stays where the line does`() throws {
        let text = "a = 1  \nb = 2\t\nc = 3\n"
        #expect(try replaced(["a = 1", "b = 2"], ["a = 1", "b = 4"], in: text) == "a = 1  \nb = 4\nc = 3\n")
    }

    @Test func `an indentation that is off by the same for all lines is set right`() throws {
        let text = "class A:\n    def f(self):\n        if x:\n            return 1\n        return 2\n"
        let less = try replaced(
            ["def f(self):", "    if x:", "        return 1"],
            ["def f(self):", "    if x:", "        y = 0", "        return 3"], in: text)
        #expect(less == text.replacing("            return 1\n", with: "            y = 0\n            return 3\n"))
        let more = try replaced(
            ["            if x:", "                return 1"], ["            if x:", "                return 3"],
            in: text)
        #expect(more == text.replacing("return 1", with: "return 3"))
    }

    @Test func `tabs stay tabs`() throws {
        let text = "int f(void)\n{\n\tif (x) {\n\t\treturn 1;\n\t}\n\treturn 2;\n}\n"
        let mended = try replaced(
            ["    if (x) {", "        return 1;", "    }"],
            ["    if (x) {", "        y();", "        return 3;", "    }"], in: text)
        #expect(mended == text.replacing("\t\treturn 1;\n", with: "\t\ty();\n\t\treturn 3;\n"))
    }

    @Test func `an indentation without a rule is not guessed`() {
        let text = "if a:\n    b\n      c\n"
        #expect(throws: SearchPlace.Problem.notFound) { try replaced(["if a:", "  b", "  c"], ["d"], in: text) }
    }

    @Test func `the first and last line find the place when both are unique and the rest resembles`() throws {
        let search = ["int f(int a) {", "    int b = a;", "    return b ;", "}"]
        // The last line stands there twice.
        #expect(throws: SearchPlace.Problem.notFound) { try replaced(search, ["x"], in: c) }
        let text = "void start(void) {\n  one();\n  two();\n  three();\n  end(1);\n}\nint x;\n"
        let mended = try replaced(
            ["void start(void) {", "  one();", "  two(0);", "  three();", "  end(1);"],
            ["void start(void) {", "  one();", "  two();", "  three();", "  end(2);"], in: text)
        #expect(mended == text.replacing("end(1)", with: "end(2)"))
        #expect(throws: SearchPlace.Problem.notFound) {
            try replaced(["void start(void) {", "  a();", "  b();", "  c();", "  end(1);"], ["x"], in: text)
        }
        #expect(throws: SearchPlace.Problem.notFound) {
            try replaced(["void start(void) {", "  end(1);"], ["x"], in: text)
        }
    }

    @Test func `blank lines around the block may be missing in the file`() throws {
        #expect(
            try replaced(["", "    int b = a;", ""], ["", "    int b = 2;", ""], in: c)?.contains(
                "int b = 2;\n    return b") == true)
        #expect(throws: SearchPlace.Problem.notFound) { try replaced(["", " "], ["x"], in: c) }
        #expect(throws: SearchPlace.Problem.notFound) { try replaced([], ["x"], in: c) }
    }

    @Test func `whatever is searched for, nothing changes outside of the place that was found`() throws {
        var random = Seeded(seed: 11)
        let words = ["a", "  a", "\ta", "b", "  b ", "", "c", "    c"]
        var found = 0
        for _ in 0..<2_000 {
            func lines(_ most: Int) -> [String] {
                (0..<Int.random(in: 1...most, using: &random)).map { _ in
                    words[Int.random(in: 0..<words.count, using: &random)]
                }
            }
            let file = lines(10)
            let text = SourceText(file.joined(separator: "\n") + "\n")
            let search = lines(4)
            guard let place = try? SearchPlace.find(search, in: text) else { continue }
            found += 1
            let result = try #require(try text.replacing(search, with: ["new"]))
            #expect(
                result.allLines.prefix(place.lines.lowerBound - 1) == text.allLines.prefix(place.lines.lowerBound - 1))
            let rest = text.lineCount - place.lines.upperBound
            #expect(result.allLines.suffix(rest) == text.allLines.suffix(rest))
        }
        #expect(found > 100)
    }
}

@Suite("Lines that stay keep their bytes")
struct LineReplacementTests {
    @Test func `each line keeps its own ending, and new ones get the usual one`() throws {
        let text = SourceText("a\r\nb\nc\r\nd\r\n")
        #expect(text.replacing(2...3, with: ["b", "x", "c"])?.string == "a\r\nb\nx\r\nc\r\nd\r\n")
        #expect(text.replacing(1...4, with: [])?.string == "")
    }

    @Test func `a missing final newline stays missing, wherever the last line comes from`() throws {
        let text = SourceText("a\nb\nc")
        #expect(text.replacing(3...3, with: ["d"])?.string == "a\nb\nd")
        #expect(text.replacing(2...3, with: ["c", "e"])?.string == "a\nc\ne")
        #expect(text.replacing(2...3, with: ["x", "c"])?.string == "a\nx\nc")
    }

    @Test func `bytes that aren't UTF-8 stay, and a line of them can't be changed`() throws {
        let text = SourceText(Array("# caf".utf8) + [0xE9] + Array("\nx = 1\n".utf8))
        let shown = text.line(1)
        #expect(shown.contains("\u{fffd}"))
        let mended = try #require(text.replacing(1...2, with: [shown, "x = 2"]))
        #expect(mended.bytes == Array("# caf".utf8) + [0xE9] + Array("\nx = 2\n".utf8))
        #expect(text.replacing(1...2, with: [shown + "!", "x = 2"]) == nil)
        #expect(throws: ReplyPlacement.Problem.encoding) {
            try ReplyPlacement(text: text, window: CodeWindow(file: "a.py", lines: 1...2)).place("\(shown)!\nx = 2\n")
        }
        // A replacement character that is the file's own is text like any other.
        #expect(SourceText("a = '\u{fffd}'\n").replacing(1...1, with: ["b = '\u{fffd}'"])?.string == "b = '\u{fffd}'\n")
    }

    @Test func `a byte order mark stays`() throws {
        let text = SourceText([0xEF, 0xBB, 0xBF] + Array("a\nb\n".utf8))
        #expect(text.replacing(1...1, with: ["x"])?.bytes == [0xEF, 0xBB, 0xBF] + Array("x\nb\n".utf8))
        #expect(text.replacing(1...2, with: ["a", "c"])?.bytes == [0xEF, 0xBB, 0xBF] + Array("a\nc\n".utf8))
        #expect(text.replacing(1...1, with: ["\u{feff}x"])?.bytes == [0xEF, 0xBB, 0xBF] + Array("x\nb\n".utf8))
    }

    @Test func `lines that nobody quoted aren't replaced for what stands around them`() {
        let text = SourceText("begin\n    keep()\nend\n")
        #expect(throws: SearchPlace.Problem.notFound) { try SearchPlace.find(["begin", "", "end"], in: text) }
        #expect(throws: SearchPlace.Problem.notFound) {
            try SearchPlace.find(
                ["a", "x", "", "", "b"], in: SourceText("a\nx\none\ntwo\nb\n"))
        }
    }

    @Test func `outside of the text there is nothing to replace`() {
        #expect(SourceText("a\n").replacing(2...2, with: ["x"]) == nil)
        #expect(SourceText("a\n").replacing(0...1, with: ["x"]) == nil)
    }

    @Test func `keeping what stands near a line keeps the bytes of the rest`() throws {
        let old = SourceText(Array("a\n".utf8) + [0xE9, 0x0A] + Array("b\nc\nd\ne\nf\ng\n".utf8))
        let new = SourceText(Array("A\n".utf8) + [0xE9, 0x0A] + Array("b\nc\nd\ne\nf\nG\n".utf8))
        let kept = try #require(keepingHunks(near: 8, within: 1, old: old, new: new))
        #expect(kept.bytes == Array("a\n".utf8) + [0xE9, 0x0A] + Array("b\nc\nd\ne\nf\nG\n".utf8))
    }
}
