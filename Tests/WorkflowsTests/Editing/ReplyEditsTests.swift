import Testing

@testable import Workflows

@Suite("A reply is applied whole or not at all, in every format")
struct ReplyEditsTests {
    private static let texts = [
        "src/a.c": "int a(int x) {\n    return x - 1;\n}\n",
        "src/b.c": "int b(int x) {\n    return x * 2;\n}\n",
        "test/t.c": "int main(void) { return 0; }\n",
    ]

    private func edited(
        _ reply: String, _ format: EditFormat = .searchReplace, scope: Set<String> = ["src/a.c", "src/b.c"],
        texts: [String: String] = texts, window: ClosedRange<Int> = 1...3
    ) throws -> [String: String] {
        let edits = ReplyEdits(window: CodeWindow(file: "src/a.c", lines: window), format: format, scope: scope) {
            texts[$0].map { SourceText($0) }
        }
        return try edits.contents(of: reply).mapValues(\.string)
    }

    private func block(_ file: String?, _ search: String, _ replace: String) -> String {
        (file.map { $0 + "\n" } ?? "") + "<<<<<<< SEARCH\n\(search)\n=======\n\(replace)\n>>>>>>> REPLACE\n"
    }

    @Test func `several blocks change several files`() throws {
        let reply =
            block("src/a.c", "    return x - 1;", "    return x + 1;") + "\n"
            + block("src/b.c", "    return x * 2;", "    return x * 3;")
        let mended = try edited("Sure:\n\n" + reply)
        #expect(mended.keys.sorted() == ["src/a.c", "src/b.c"])
        #expect(mended["src/a.c"] == "int a(int x) {\n    return x + 1;\n}\n")
        #expect(mended["src/b.c"] == "int b(int x) {\n    return x * 3;\n}\n")
    }

    @Test(
        "one line is read with or without a fence, and without the neighbours that came along",
        arguments: [
            "    return x + 1;", "`return x + 1;`", "```c\nreturn x + 1;\n```",
            "```c\nint a(int x) {\n    return x + 1;\n```", "```c\nint a(int x) {\n    return x + 1;\n}\n```\nDone.",
            "```c\n    return x + 1;\n}\n```",
        ])
    func line(reply: String) throws {
        #expect(
            try edited(reply, .line, scope: ["src/a.c"], window: 2...2)
                == ["src/a.c": "int a(int x) {\n    return x + 1;\n}\n"])
    }

    @Test func `prose in a line's place is no line`() {
        #expect(throws: ReplyEdits.Problem.noCode) {
            try edited("It is fine.\nNothing to do.", .line, scope: ["src/a.c"], window: 2...2)
        }
        let whole = "int a(int x) {\n    x++;\n    x++;\n    x++;\n    return x;\n}\n"
        #expect(throws: ReplyEdits.Problem.size) {
            try edited("```c\n\(whole)```", .line, scope: ["src/a.c"], window: 2...2)
        }
    }

    @Test func `when one block doesn't fit, none is applied`() {
        let reply =
            block("src/a.c", "    return x - 1;", "    return x + 1;")
            + block("src/b.c", "    return y;", "    return 1;")
        #expect(throws: ReplyEdits.Problem.notFound(file: "src/b.c")) { try edited(reply) }
        #expect(throws: ReplyEdits.Problem.cut) {
            try edited(block(nil, "    return x - 1;", "    return x + 1;") + "<<<<<<< SEARCH\nint\n=======\n")
        }
    }

    @Test func `what could mean several places is refused`() {
        let texts = ["src/a.c": "x();\ny();\nx();\n"]
        #expect(throws: ReplyEdits.Problem.ambiguous(file: "src/a.c", places: 2)) {
            try edited(block("src/a.c", "x();", "z();"), texts: texts)
        }
    }

    @Test func `files outside of the task are out of reach, and a name that no file has is the one asked about`() throws
    {
        #expect(throws: ReplyEdits.Problem.outOfScope(file: "test/t.c")) {
            try edited(block("test/t.c", "int main(void) { return 0; }", "int main(void) { return 1; }"))
        }
        for name in ["a.c", "./src/a.c", "b/src/a.c", "/home/me/project/src/a.c", "path/to/file.c"] {
            #expect(
                try edited(block(name, "    return x - 1;", "    return x;")).keys.sorted() == ["src/a.c"], "\(name)")
        }
    }

    @Test func `code that is left out is refused in every format, unless the file says so itself`() throws {
        let elided = "int a(int x) {\n    // ... existing code ...\n}"
        for format in EditFormat.allCases {
            #expect(throws: ReplyEdits.Problem.elided) { try edited("```c\n\(elided)\n```\n", format) }
        }
        #expect(throws: ReplyEdits.Problem.elided) {
            try edited(block(nil, "int a(int x) {\n    return x - 1;\n}", elided))
        }
        let texts = ["src/a.c": "int a(int x) {\n    // ... rest unchanged ...\n    return x - 1;\n}\n"]
        let reply = "```c\nint a(int x) {\n    // ... rest unchanged ...\n    return x + 1;\n}\n```\n"
        for format in EditFormat.allCases {
            #expect(try edited(reply, format, texts: texts, window: 1...4)["src/a.c"]?.contains("x + 1") == true)
        }
    }

    @Test func `a whole file may be asked for, and others may come along`() throws {
        let reply =
            "src/a.c\n```c\nint a(int x) {\n    return x + 1;\n}\n```\n\nsrc/b.c:\n```c\nint b(int x) {\n    return x * 3;\n}\n```\n"
        let mended = try edited(reply, .file)
        #expect(mended.keys.sorted() == ["src/a.c", "src/b.c"])
        // A file that isn't closed may lack its end.
        #expect(throws: ReplyEdits.Problem.cut) { try edited("```c\nint a(int x) {\n    return x + 1;\n}\n", .file) }
        #expect(throws: ReplyEdits.Problem.outOfScope(file: "test/t.c")) {
            try edited("test/t.c\n```c\nint main(void) { return 1; }\n```\n", .file)
        }
    }

    @Test func `Windows line endings, tabs and a missing final newline stay as they are`() throws {
        let texts = ["src/a.c": "int a(int x)\r\n{\r\n\tint y = x;\r\n\treturn y;\r\n}"]
        let expected = "int a(int x)\r\n{\r\n\tint y = x + 1;\r\n\treturn y;\r\n}"
        #expect(
            try edited(block(nil, "    int y = x;", "    int y = x + 1;"), texts: texts) == ["src/a.c": expected])
        let whole = "```c\nint a(int x)\n{\n    int y = x + 1;\n    return y;\n}\n```\n"
        let again = try edited(whole, .file, texts: texts, window: 1...5)
        #expect(again["src/a.c"]?.hasSuffix("\treturn y;\r\n}") == true)
        #expect(again["src/a.c"]?.contains("y = x + 1;\r\n") == true)
    }

    @Test func `nothing, nonsense and the same again say why they can't be used`() {
        #expect(throws: ReplyEdits.Problem.noCode) { try edited("I don't know.") }
        #expect(throws: ReplyEdits.Problem.unchanged) {
            try edited(block(nil, "    return x - 1;", "    return x - 1;"))
        }
        #expect(throws: ReplyEdits.Problem.unchanged) {
            try edited("```c\n\(Self.texts["src/a.c"] ?? "")```\n", .function)
        }
        #expect(throws: ReplyEdits.Problem.noCode) { try edited("```c\n\n\n```\n", .window) }
    }

    @Test func `any reply leaves the files outside of the scope alone, and never fails otherwise`() {
        var random = Seeded(seed: 21)
        let words = [
            "<<<<<<< SEARCH", "=======", ">>>>>>> REPLACE", "```c", "```", "src/a.c", "src/b.c", "test/t.c", "../x.c",
            "    return x - 1;", "int a(int x) {", "}", "…", "",
        ]
        for _ in 0..<1_000 {
            let reply = (0..<Int.random(in: 0...14, using: &random)).map { _ in
                words[Int.random(in: 0..<words.count, using: &random)]
            }.joined(separator: "\n")
            let format = EditFormat.allCases.randomElement(using: &random) ?? .window
            let changed = (try? edited(reply, format)) ?? [:]
            #expect(Set(changed.keys).isSubset(of: ["src/a.c", "src/b.c"]))
        }
    }
}
