import Foundation
import TestSupport
import Testing

@testable import Workflows

@Suite("JSON and TOML are read as their own parsers read them", .timeLimit(.minutes(2)))
struct DataSyntaxTests {
    private func json(_ text: String, lenient: Bool = false) -> SyntaxFault? {
        JSONSyntax(allowsComments: lenient).fault(in: Array(text.utf8))
    }

    @Test(arguments: [
        #"{"a": [1, 2.5e-3, "x\n\u00e9", true, false, null, {}], "b": {"c": []}}"#, "3", "\"x\"", " [ ] ", "-0.5E+10",
        "\u{feff}{}",
    ])
    func `what JSON is`(text: String) { #expect(json(text) == nil) }

    @Test(arguments: [
        ("{\"a\": 1,}", 1, 8, "a comma before the closing bracket"),
        ("{\"a\": 1\n \"b\": 2}", 2, 2, "a comma is missing before this"),
        ("[1, 2", 1, 6, "] is missing at the end"), ("{\n\"a\" 1}", 2, 5, "a colon is missing after the key"),
        ("{'a': 1}", 1, 2, "a key in double quotes is expected"), ("{\"é\": tru}", 1, 7, "this isn't a JSON value"),
        ("[01]", 1, 2, "this isn't a JSON number"), ("[1] x", 1, 5, "more text after the end of the value"),
        ("[\"a\nb\"]", 1, 2, "this string has no end"), ("[\"\\x\"]", 1, 3, "JSON knows no such escape"),
        ("[1 // no\n]", 1, 4, "a comma is missing before this"), ("[1}", 1, 3, "] is expected here"),
        ("[1., 2]", 1, 4, "digits are missing behind the point"), ("[,]", 1, 2, "a value is missing before this"),
    ])
    func `what JSON isn't, and where`(text: String, line: Int, column: Int, message: String) {
        #expect(json(text) == SyntaxFault(line: line, column: column, message: message))
    }

    @Test func `comments and trailing commas are taken where editors take them`() {
        #expect(json("// x\n{\"a\": [1, /* y */ 2,],}\n", lenient: true) == nil)
        #expect(json("{\"a\": /* 1}", lenient: true)?.message == "this comment has no end")
        #expect(json("{,}", lenient: true) != nil)
    }

    @Test func `nesting of a million brackets is read and costs no stack`() {
        #expect(json(String(repeating: "[", count: 1_000_000)) != nil)
        #expect(json(String(repeating: "[", count: 500_000) + String(repeating: "]", count: 500_000)) == nil)
        #expect(TOMLSyntax.fault(in: Array(("a = " + String(repeating: "[", count: 100_000)).utf8)) != nil)
    }

    @Test(arguments: [
        ("a = 1\na = 2\n", 2, "the key a is defined before"), ("[t]\n[t]\n", 2, "the table t is defined before"),
        ("a = \"x\n", 1, "this string has no end"), ("a = x\n", 1, "this isn't a TOML value: text stands in quotes"),
        ("a 1\n", 1, "= is missing after the key"), ("[t\na = 1\n", 1, "] is missing"),
        ("a = [1, 2\nb = 3\n", 2, "a comma is missing before this"),
        ("a = 1 b = 2\n", 1, "more text after the end of the value"),
        ("a = 2024-02-30\n", 1, "this isn't a TOML value: text stands in quotes"),
    ])
    func `what TOML isn't, and where`(text: String, line: Int, message: String) {
        let fault = TOMLSyntax.fault(in: Array(text.utf8))
        #expect(fault?.line == line && fault?.message == message)
    }

    /// Pieces that mutations put together, so that many results are almost right.
    private static let pieces = [
        "a = 1\n", "b.c = \"x\"\n", "[t]\n", "[t.u]\n", "[[l]]\n", "[[l.m]]\n", "d = [1, 2,\n 3]\n",
        "e = {x = 1, y.z = 2}\n",
        "f = 1979-05-27T07:32:00Z\n", "g = '''x\n'''\n", "h = \"\"\"a\\\n  b\"\"\"\n", "i = 0x1F_a\n",
        "j = 1_000.5e-3\n", "k = inf\n",
        "# comment\n", "\"q w\" = true\n", "l = 07:32:00\n", "m = 1979-05-27 07:32:00.5+01:00\n", "t.v = 1\n",
        "o = 'x'\n",
        "p = 01\n", "r = _1\n", "s = 1.\n", "u = \"\\u00e9\"\n", "v = \"\\ud800\"\n", "a.b = 1\n", "[a]\n", "[b]\n",
        "[b.c]\n",
        "w = {x = 1, x = 2}\n", "x = +0\n", "y = 1e5\n", "z = []\n", "aa = [[1], [\"x\"]]\n",
        "ab = \"\"\"x\"\"\"\"\"\n",
    ]

    @Test(.enabled(if: isInstalled("python3"))) func `Python's parsers agree on random texts`() throws {
        var random = Seeded(seed: 11)
        var cases: [(kind: String, text: String)] = []
        for _ in 0..<1_500 {
            var text = (0..<Int.random(in: 1...6, using: &random)).compactMap { _ in
                Self.pieces.randomElement(using: &random)
            }.joined()
            if Int.random(in: 0..<3, using: &random) == 0 { text = Self.mutated(text, &random) }
            cases.append(("toml", text))
        }
        let document = #"{"a": [1, -2.5e3, true, null], "b c": {"d": "x\n\"y", "e": []}, "f": false}"#
        for _ in 0..<1_500 {
            var text = document
            for _ in 0..<Int.random(in: 0...2, using: &random) { text = Self.mutated(text, &random) }
            cases.append(("json", text))
        }
        let repository = try ScratchRepository(initialising: nil)
        try repository.write("cases", Data(cases.map { "\($0.kind)\u{1}\($0.text)" }.joined(separator: "\u{2}").utf8))
        let program = """
            import json, sys
            try:
                import tomllib
            except ImportError:
                tomllib = None
            def refuse(name): raise ValueError(name)
            for case in open(sys.argv[1], encoding="utf-8", newline="").read().split("\\u0002"):
                kind, text = case.split("\\u0001")
                try:
                    if kind == "json": json.loads(text, parse_constant=refuse)
                    elif tomllib: tomllib.loads(text)
                    else:
                        print("?"); continue
                    print("+")
                except (ValueError, RecursionError): print("-")
            """
        let said = try repository.run(["python3", "-c", program, repository.path + "/cases"], in: repository.path)
        let verdicts = String(decoding: said, as: UTF8.self).split(separator: "\n")
        try #require(verdicts.count == cases.count)
        var (right, wrong) = (0, 0)
        for (verdict, entry) in zip(verdicts, cases) where verdict != "?" {
            let bytes = Array(entry.text.utf8)
            let fault = entry.kind == "json" ? JSONSyntax().fault(in: bytes) : TOMLSyntax.fault(in: bytes)
            if verdict == "+" { right += 1 } else { wrong += 1 }
            #expect((fault == nil) == (verdict == "+"), "\(entry.kind), \(String(describing: fault)): \(entry.text)")
        }
        #expect(right > 100 && wrong > 100)
    }

    private static func mutated(_ text: String, _ random: inout Seeded) -> String {
        var scalars = Array(text.unicodeScalars)
        let place = Int.random(in: 0..<max(1, scalars.count), using: &random)
        let signs = Array("{}[],:\"'=.#\\ \n01eE+-_ax".unicodeScalars)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: if !scalars.isEmpty { scalars.remove(at: place) }
        case 1: scalars.insert(signs.randomElement(using: &random) ?? " ", at: place)
        default: if !scalars.isEmpty { scalars[place] = signs.randomElement(using: &random) ?? " " }
        }
        return String(String.UnicodeScalarView(scalars))
    }

    private func findings(_ path: String, _ text: String) -> [String] {
        DataFiles(yaml: { $0.contains("bad") ? SyntaxFault(line: 1, column: 2, message: "no") : nil })
            .findings(in: .added(path, text)).map { "\($0.rule ?? ""):\($0.line ?? 0)" }
    }

    @Test(arguments: [
        ("a.json", "{\n", ["syntax/json:1"]), ("tsconfig.base.json", "{ // c\n}", []),
        (".vscode/x.json", "{ /* c */ }", []),
        ("a.json", "// c\n{}", []), ("a.json", "{ // c\n}", ["syntax/json:1"]), ("a.json", "", []),
        ("a.toml", "x\n", ["syntax/toml:2"]), ("a.yaml", "bad", ["syntax/yaml:1"]),
        ("chart/templates/a.yaml", "bad", []),
        ("a.yml", "{{ x }}: bad", []), ("a.yml", "x: ${{ bad }}", ["syntax/yaml:1"]),
        ("tests/fixtures/a.json", "{", []),
        ("a.txt", "{", []), ("Cargo.lock", "x", ["syntax/toml:1"]),
    ])
    func `files are read as what their names say`(path: String, text: String, expected: [String]) {
        #expect(findings(path, text) == expected)
    }
}
