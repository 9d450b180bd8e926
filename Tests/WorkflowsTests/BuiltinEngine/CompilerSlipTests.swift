import Testing

@testable import Workflows

/// One mistake in one file, and what mends it.
struct Slip: Sendable, CustomTestStringConvertible {
    var name: String
    var text: String
    /// A part of the mended file.
    var mended: String
    /// How many proposals may be tried.
    var tries: Int

    init(_ name: String, _ text: String, mended: String, tries: Int = 1) {
        self.name = name
        self.text = text
        self.mended = mended
        self.tries = tries
    }

    var testDescription: String { name }

    func check(in file: String, _ command: String) async throws {
        let outcome = try await Workshop([file: text], command).mend()
        #expect(!outcome.failure.passed, "the command must fail first")
        #expect(
            !outcome.failure.log.rootCauses.isEmpty, "the tool's words must be understood: \(outcome.failure.log.tail)")
        let tries = try #require(
            outcome.tries, "said: \(outcome.failure.causes.map(\.diagnostic.message)), tried: \(outcome.titles)")
        #expect(tries <= self.tries, "tried: \(outcome.titles)")
        #expect(outcome.texts[file]?.contains(mended) == true, "got: \(outcome.texts[file] ?? "nothing")")
    }
}

@Suite("What gcc says is mended", .enabled(if: isInstalled("gcc")), .timeLimit(.minutes(1)))
struct CompilerSlipTests {
    @Test(arguments: [
        Slip(
            "a misspelt keyword", "int f(int n) {\n    whle (n > 9) {\n        n /= 2;\n    }\n    return n;\n}\n",
            mended: "    while (n > 9) {"),
        Slip("a missing semicolon", "int main(void) {\n    return 0\n}\n", mended: "return 0;\n"),
        Slip("a misspelt variable", "int f(int count) {\n    return cuont + 1;\n}\n", mended: "return count + 1;"),
        Slip(
            "an array by another name",
            "int f(int n) {\n    int grid[2][2] = {{1, 2}, {3, 4}}, row[2] = {1, 2};\n    return mat[n][0] + row[n] + mat[0][n];\n}\n",
            mended: "return grid[n][0] + row[n] + grid[0][n];"),
        Slip(
            "a misspelt member", "struct p { int length; };\nint f(struct p *p) { return p->lenght; }\n",
            mended: "p->length;"),
        Slip(
            "an operator cut in two", "int f(int a) {\n    if (a = = 1) return 2;\n    return 0;\n}\n",
            mended: "(a == 1)"),
        Slip(
            "an operator turned round", "int f(int a) {\n    if (a => 1) return 2;\n    return 0;\n}\n",
            mended: "(a >= 1)"),
        Slip("a doubled operator", "int f(int a) {\n    return a %% 2;\n}\n", mended: "a % 2"),
        Slip(
            "a comma in a for header", "int f(int n) {\n    for (int i = 0; i < n, i++) { n--; }\n    return n;\n}\n",
            mended: "i < n; i++)"),
        Slip("a comma too many", "int f(int a) {\n    return f(a, );\n}\n", mended: "f(a )", tries: 2),
        Slip(
            "brackets at an argument", "int f(int a[], int n) {\n    return f(a[], n);\n}\n", mended: "f(a, n)",
            tries: 2),
        Slip(
            "a missing comma after a string",
            "#include <stdio.h>\nint f(void) {\n    int x;\n    scanf(\"%d\" &x);\n    return x;\n}\n",
            mended: "(\"%d\", &x)", tries: 3),
        Slip(
            "a repeated type", "int f(void) {\n    char a[9], char b[9];\n    return a[0] + b[0];\n}\n",
            mended: "a[9], b[9]", tries: 3),
        Slip(
            "typographic quotes", "#include <stdio.h>\nint f(void) {\n    return printf(“hi”);\n}\n",
            mended: "printf(\"hi\")"),
        Slip("a bracket too many", "int f(int a) {\n    return (a + 1));\n}\n", mended: "(a + 1);", tries: 3),
        Slip(
            "a brace too few",
            "int f(int a) {\n    if (a) {\n        a++;\n    return a;\n}\nint g(void) { return 1; }\n",
            mended: "a++;\n    }\n", tries: 4),
        Slip(
            "a brace too many", "int f(int a) {\n    if (a) { a++; }\n    }\n    return a;\n}\n",
            mended: "{ a++; }\n    return a;",
            tries: 4),
        Slip(
            "an assignment in a condition", "int f(int a, int b) {\n    if (a && b = 3) return 1;\n    return 0;\n}\n",
            mended: "b == 3", tries: 2),
        Slip(
            "a counter without a type", "int f(int n) {\n    for (i = 0; i < n; i++) n--;\n    return n;\n}\n",
            mended: "(int i = 0;",
            tries: 3),
        Slip(
            "a string that isn't closed", "#include <stdio.h>\nint f(void) {\n    puts(\"hi);\n    return 0;\n}\n",
            mended: "puts(\"hi\");", tries: 2),
        Slip("a character without its quotes", "int f(char c) {\n    return c == \\0;\n}\n", mended: "c == '\\0'"),
        Slip(
            "conflict markers", "int a;\n<<<<<<< HEAD\nint b = 1;\n=======\nint b = 2;\n>>>>>>> topic\nint c;\n",
            mended: "int a;\nint b = 1;\nint c;\n"),
    ])
    func `C`(_ slip: Slip) async throws { try await slip.check(in: "main.c", "gcc -fsyntax-only main.c") }

    @Test func `the function of as many parameters that nobody calls is meant, if it is the only one`() async throws {
        let largest = "int largest(int a[], int n) { return n > 1 ? largest(a, n - 1) : a[0]; }\n"
        let main = "int one(int a) { return a; }\nint main(void) { int a[2] = {2, 1}; return max_2(a, one(2)); }\n"
        let command = "gcc -w -o main main.c"
        try await Slip("another name", largest + main, mended: "return largest(a, one(2));").check(
            in: "main.c", command)
        let other = "int smallest(int a[], int n) { return a[n - 1]; }\n"
        let two = try await Workshop(["main.c": largest + other + main], command).mend()
        #expect(two.titles == [] && !two.failure.log.rootCauses.isEmpty)
    }

    @Test func `arrays are told apart by their dimensions, and one that is written to lacks its declaration`()
        async throws
    {
        func titles(_ statement: String) async throws -> [String] {
            let code = "int all[3];\nint f(int n) {\n    int grid[2][2] = {{1, 2}, {3, 4}}, row[2] = {1, 2};\n"
            let text = code + "    \(statement)\n    return grid[n][0] + row[n] + all[n];\n}\n"
            let outcome = try await Workshop(["main.c": text], "gcc -fsyntax-only main.c").mend()
            #expect(!outcome.failure.causes.isEmpty)
            return outcome.titles.filter { $0.hasPrefix("Replace") }
        }
        #expect(try await titles("n = zz[n][1];") == ["Replace 'zz' with 'grid' at main.c:4"])
        #expect(try await titles("n = zz[n];") == [], "row or all")
        #expect(try await titles("zz[n][1] = n;") == [])
        #expect(try await titles("n = zz[n][1][0];") == [])
    }

    @Test func `a header that the compiler names is included after the others`() async throws {
        let slip = Slip(
            "a missing header", "#include <stdio.h>\n\nint f(void) {\n    return (int)strlen(\"x\");\n}\n",
            mended: "#include <stdio.h>\n#include <string.h>\n")
        try await slip.check(in: "main.c", "gcc -fsyntax-only -Werror=implicit-function-declaration main.c")
    }

    @Test(
        .enabled(if: isInstalled("g++")),
        arguments: [
            Slip(
                "a header of std", "int main() {\n    std::vector<int> v;\n    return v.size();\n}\n",
                mended: "#include <vector>\n"),
            Slip(
                "a misspelt function", "int twice(int x) { return 2 * x; }\nint main() { return twcie(2); }\n",
                mended: "return twice(2)"),
            Slip(
                "a class without its semicolon", "class A {\n  public:\n    int x;\n}\nint main() { return 0; }\n",
                mended: "};\n"),
        ])
    func `C++`(_ slip: Slip) async throws {
        try await slip.check(in: "main.cpp", "g++ -std=c++17 -fsyntax-only main.cpp")
    }

    @Test(
        .enabled(if: isInstalled("clang")),
        arguments: [
            Slip("a missing semicolon", "int main(void) {\n    return 0\n}\n", mended: "return 0;\n"),
            Slip("a misspelt variable", "int f(int count) {\n    return cuont + 1;\n}\n", mended: "return count + 1;"),
            Slip("a bracket too many", "int f(int a) {\n    return (a + 1));\n}\n", mended: "(a + 1);", tries: 3),
        ])
    func `clang`(_ slip: Slip) async throws { try await slip.check(in: "main.c", "clang -fsyntax-only main.c") }

    @Test func `columns are found behind tabs and letters of several bytes`() async throws {
        try await Slip(
            "tabs", "int f(int count) {\n\t\tint ä = 1; return cuont + ä;\n}\n",
            mended: "\t\tint ä = 1; return count + ä;"
        ).check(in: "main.c", "gcc -fsyntax-only main.c")
    }

    @Test func `an undefined reference is mended where the name is used`() async throws {
        let workshop = try Workshop(
            [
                "main.c": "int compute(int);\nint comptue(int);\nint main(void) { return comptue(1); }\n",
                "lib.c": "int compute(int x) { return x - 1; }\n",
            ],
            "gcc -o out main.c lib.c")
        let outcome = try await workshop.mend()
        #expect(outcome.tries != nil, "tried: \(outcome.titles)")
        #expect(outcome.texts["main.c"]?.contains("return compute(1)") == true)
    }

    @Test(arguments: [
        "int f(int *p) { return *p; }\nint g(void) { return f(1.5); }\n",
        "struct s;\nint f(struct s s) { return 0; }\n",
        "int f(void) { return 0; }\nint f(int x) { return x; }\n",
        "int main(void) { _Static_assert(1 == 2, \"no\"); return 0; }\n",
        "#include \"not-there.h\"\nint x;\n",
    ])
    func `the engine keeps silent where the compiler knows no edit`(text: String) async throws {
        let workshop = try Workshop(["main.c": text], "gcc -fsyntax-only main.c")
        let failure = try await workshop.observe()
        let cause = try #require(failure.causes.first)
        let proposals = BuiltinEngine().proposals(for: cause, in: await workshop.files())
        #expect(proposals.isEmpty, "\(cause.diagnostic.message): \(proposals.map(\.title))")
    }

    @Test func `words of a log are never a pattern, a path or an edit outside the files`() async throws {
        let log = """
            ../../etc/passwd:1:1: error: 'x' undeclared; did you mean 'y'?
            main.c:99999:99999: error: expected ';' before '}' token
            fix-it:"/etc/passwd":{1:1-1:1}:"root"
            main.c:1:1: error: expected '\u{1b}[31m(((' before ')' token; did you mean '\u{0}'?
            """
        let recorded = await Recorded(log, ["main.c": "int x;\n"])
        for cause in recorded.causes {
            for proposal in BuiltinEngine().proposals(for: cause, in: recorded.files) {
                #expect(proposal.edits.allSatisfy { $0.file == "main.c" && $0.range.upperBound <= 7 }, "\(proposal)")
                #expect(!proposal.title.contains("\u{1b}"))
            }
        }
    }
}
