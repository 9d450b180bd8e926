import Testing

@testable import Workflows

@Suite("Small changes of lines", .timeLimit(.minutes(1)))
struct MutationTests {
    /// The line as each change leaves it, in order.
    private func lines(_ code: String, _ line: Int = 1, in path: String = "a.py") -> [String] {
        let text = SourceText(code)
        return Mutations.of([line], in: TokenizedFile(path: path, text: text), scope: 1...text.lineCount).compactMap {
            (try? text.applying($0.edits))?.line(line)
        }
    }

    @Test(
        "every kind of slip is among the changes",
        arguments: [
            ("if i % 11 == 0 and i % 13 == 0:", "if i % 11 == 0 or i % 13 == 0:", "a.py"),
            ("return results[-2]", "return results[-1]", "a.py"), ("while low <= high:", "while low < high:", "a.py"),
            ("if (a <= b) return;", "if (a < b) return;", "a.c"), ("x = a + b", "x = a - b", "a.py"),
            ("total -= price", "total += price", "a.py"), ("x = n / 2", "x = n // 2", "a.py"),
            ("return [a.index(b), b]", "return [b, a.index(b)]", "a.py"),
            ("return f(a, b - 1)", "return f(b - 1, a)", "a.py"), ("d = end - start;", "d = start - end;", "a.c"),
            ("ok = c.islower()", "ok = c.isupper()", "a.py"), ("return True", "return False", "a.py"),
            ("if ready {", "if !(ready) {", "a.swift"), ("if x not in seen:", "if x in seen:", "a.py"),
            ("if (!done && left > 0)", "if (done && left > 0)", "a.js"),
            ("if a and not b:", "if a:", "a.py"), ("if a and not b:", "if not b:", "a.py"),
            ("for i in range(1, n):", "for i in range(1, n + 1):", "a.py"), ("x = abs(y)", "x = y", "a.py"),
            ("return xs[1:]", "return xs[:]", "a.py"), ("y = x + 1", "y = x", "a.py"), ("y = -x", "y = x", "a.py"),
            ("if (a & mask) {", "if (a | mask) {", "a.c"), ("while (i < n && s[i])", "while (i < n || s[i])", "a.c"),
            ("for i in 0..<count {", "for i in 0..<count + 1 {", "a.swift"),
        ])
    func kinds(broken: String, good: String, path: String) {
        // `..<` is three tokens here, and its bound is no call's item: the one slip of these that isn't found.
        #expect(lines(broken + "\n", in: path).contains(good) == !broken.contains("..<"))
    }

    @Test func `names and literals of the function take each other's places`() {
        let code =
            "def shift(s, by):\n    for ch in s:\n        x = ord(ch) - by - ord(\"a\") + ord(ch)\n    return s[by:]\n"
        let found = lines(code, 3)
        #expect(found.contains("        x = ord(ch) - by - ord(\"a\") + ord(\"a\")"))
        #expect(found.contains("        x = ord(ch) - s - ord(\"a\") + ord(ch)"))
        // A name that is assigned to, a member and a keyword stay.
        #expect(!found.contains { $0.hasPrefix("        s =") || $0.contains("def") })
    }

    @Test func `a statement is moved a level, or taken away`() {
        let code = "def f(xs):\n    for x in xs:\n        if x:\n            y = x\n            return y\n"
        #expect(lines(code, 5).contains("        return y"))
        #expect(lines("def f(xs):\n    for x in xs:\n        y = x\n    z = 1\n", 4).contains("        z = 1"))
        #expect(lines("void f() {\n    g();\n    h();\n}\n", 2, in: "a.c").contains("    h();"))
    }

    @Test func `comments, strings, headers and long lines are left alone`() {
        #expect(lines("# a < b and c\n").isEmpty)
        #expect(lines("x = \"a < b\"\n").allSatisfy { $0.contains("\"a < b\"") || $0 == "" })
        #expect(lines("def f(a, b):\n").isEmpty)
        #expect(lines("x = " + String(repeating: "a + ", count: 120) + "a\n").isEmpty)
    }

    @Test func `the likeliest kinds come first, and nothing comes twice`() {
        let text = SourceText("def f(a, b, n):\n    if a < n and b < n:\n        return a + 1\n    return b\n")
        let found = Mutations.of([2, 3, 4], in: TokenizedFile(path: "a.py", text: text), scope: 1...4)
        #expect(found.map(\.tier) == found.map(\.tier).sorted())
        #expect(Set(found.map(\.edits)).count == found.count)
        #expect(found.first?.tier == 0 && found.count < 200)
        #expect(found.contains { $0.title == "Replace `and` by `or` at a.py:2" })
        for mutation in found {
            #expect((try? text.applying(mutation.edits)) != nil, "\(mutation.title)")
            #expect((try? text.applying(mutation.edits)) != text, "\(mutation.title)")
        }
    }

    @Test func `whatever the code is, nothing traps and every edit applies`() {
        let pieces = [
            "x", "if ", "(", ")", "[", "]", "{", "}", ",", "+", "-", "and ", "not ", "in ", "1", "\"a\"", "\n", "    ",
            ":", "=", "==", "<", "!", "return ", ".", "é", "&&", "||", ";", "\t", "min", "elif ", "while ", "…",
        ]
        var random = Seeded(seed: 11)
        for _ in 0..<600 {
            let code = (0..<40).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
            let text = SourceText(code)
            for path in ["a.py", "a.c", "a.swift", "a.txt"] {
                let all = Mutations.of(
                    Array(1...text.lineCount), in: TokenizedFile(path: path, text: text), scope: 1...text.lineCount)
                for mutation in all { #expect((try? text.applying(mutation.edits)) != nil) }
            }
        }
    }
}
