import Testing

@testable import Workflows

@Suite("What a file's layout and its other functions tell", .enabled(if: isInstalled("gcc")), .timeLimit(.minutes(1)))
struct LayoutSlipTests {
    @Test(arguments: [
        "int f(int a) __attribute__((pure));\n", "void f() const;\n", "void f() const override;\n", "int f(int a);\n",
    ])
    func `a prototype is no header of the next function`(prototype: String) throws {
        let file = TokenizedFile(path: "main.c", text: SourceText(prototype + "int g(int b) {\n    return b;\n}\n"))
        let outer = OuterFunctions(Layout(file))
        let function = try #require(outer.functions.first)
        #expect(outer.layout.string(function.name) == "g")
    }

    @Test func `parameters of the old style belong to their function`() throws {
        let text = "int f(a, p)\nint a;\nconst char *p;\n{\n    return a;\n}\n"
        let outer = OuterFunctions(Layout(TokenizedFile(path: "main.c", text: SourceText(text))))
        let function = try #require(outer.functions.first)
        #expect(outer.layout.string(function.name) == "f")
    }

    @Test(arguments: [
        Slip(
            "an inner block left open",
            """
            int f(int a) {
                while (a) {
                    if (a > 2) {
                        a--;

                    a--;
                }
                return a;
            }
            int g(void) { return 1; }

            """, mended: "            a--;\n        }\n\n        a--;\n    }\n"),
        Slip(
            "a function left open",
            "int f(int a) {\n    return a;\n\n/* Next. */\nint g(int b)\n{\n    return b;\n}\nint h(void) {\n    return 2;\n}\n",
            mended: "    return a;\n}\n\n/* Next. */"),
        Slip(
            "a condition without its brace",
            """
            int f(int a, int b) {
                if (a > 1 &&
                    b > 1)
                    a--;
                    b--;
                }
                while (b) b--;
                return a;
            }

            """, mended: "b > 1) {\n"),
        Slip(
            "a function without its brace",
            "int f(int a)\n    if (a) {\n        a--;\n    }\n    return a;\n}\nint x;\n",
            mended: "int f(int a) {\n"),
        Slip(
            "braces on lines of their own",
            "int g(int a)\n{\n    return a;\n}\nint f(int a)\n    while (a)\n    {\n        a--;\n    }\n    return a;\n}\n",
            mended: "int f(int a)\n{\n"),
        Slip(
            "an else without its brace",
            "int f(int a) {\n    if (a) {\n        a--;\n    } else\n        a++;\n        a++;\n    }\n    return a;\n}\nint x;\n",
            mended: "} else {\n"),
        Slip(
            "a branch of a conditional has the other brace",
            """
            int f(int a) {
            #ifdef X
                if (a) {
            #else
                if (a > 1) {
            #endif
                    a--;
                return a;
            }
            int g(void) { return 1; }

            """, mended: "        a--;\n    }\n    return a;\n"),
    ])
    func `a missing brace is put where the indentation says`(_ slip: Slip) async throws {
        try await slip.check(in: "main.c", "gcc -fsyntax-only -Werror=implicit-function-declaration main.c")
    }

    @Test(.enabled(if: isInstalled("g++")))
    func `a method left open in a namespace is closed before the next one`() async throws {
        let text = """
            namespace a {
            struct S { int f(); int g(); };
            int S::f() {
              for (int i = 0; i < 2; i++) {
                if (i)
                  return i;
              return 1;
            }
            int S::g() {
              return 2;
            }
            }

            """
        try await Slip("a method", text, mended: "      return i;\n  }\n  return 1;\n")
            .check(in: "main.cpp", "g++ -fsyntax-only main.cpp")
    }

    @Test(arguments: [
        // Nothing is indented, a table's rows stand where they like, the braces pair up.
        "int f(int a) {\nif (a) {\na--;\nreturn a;\n}\n",
        "int t[][2] = {\n{1, 2},\n  {3, 4},\n};\nint f(void) {\n  return t[0][0];\n}\n",
        "int f(int n) {\n   for (;;) {\n      n--;\n         return n;\n}\n",
        "#define BEGIN {\nint f(void) BEGIN\n    return 1;\n}\n",
    ])
    func `where the layout is no help, nothing is said`(text: String) {
        let shape = BraceShape(Layout(TokenizedFile(path: "main.c", text: SourceText(text))))
        #expect(shape.missingOpeners.isEmpty)
        #expect(shape.missingClosers.isEmpty)
    }

    @Test(arguments: [
        Slip(
            "a variable that other functions declare",
            "void get(char *);\nchar f(void) {\n    char buf[3];\n    get(buf);\n    return buf[0];\n}\n"
                + "char g(void) {\n    get(0);\n    buf[0] = 1;\n    return buf[0];\n}\n",
            mended: "char g(void) {\n    char buf[3];\n    get(0);"),
        Slip(
            "a parameter of the old style tells too",
            "int f(copy)\n    unsigned copy;\n{\n    return copy;\n}\nint g(int n) {\n    copy = n;\n    return copy;\n}\n",
            mended: "{\n    unsigned copy;\n    copy = n;"),
        Slip(
            "what is copied out tells",
            "void f(long *to, short from) {\n    result = from;\n    *to = result;\n}\n", mended: "    long result;\n",
            tries: 1),
        Slip(
            "a member of that name tells",
            "struct s { long wide; };\nlong f(struct s *p) {\n    wide = p->wide;\n    return wide;\n}\n",
            mended: "{\n    long wide;\n"),
        Slip(
            "a cast that isn't closed", "typedef short Pos;\nint f(int m) {\n    return (Pos(m > 1 ? m : 2);\n}\n",
            mended: "(Pos)(m > 1 ? m : 2)"),
        Slip(
            "a call without its parenthesis",
            "int twice(int n) { return 2 * n; }\nint f(int n) {\n    return twicen) + twice(n);\n}\n",
            mended: "return twice(n) + twice(n);"),
        Slip(
            "a cast that runs into its value", "int f(long s) {\n    int best = (ints;\n    return best;\n}\n",
            mended: "(int)s;"),
        Slip(
            "a function that is defined below",
            "int x;\n\n/* Calls. */\nint f(int n) {\n    return twice(n);\n}\n\nstatic int twice(int n) {\n    return 2 * n;\n}\n",
            mended: "int x;\n\nstatic int twice(int n);\n\n/* Calls. */"),
    ])
    func `a declaration or a parenthesis is put where the code says`(_ slip: Slip) async throws {
        try await slip.check(in: "main.c", "gcc -fsyntax-only -Werror=implicit-function-declaration main.c")
    }

    @Test(arguments: [
        // Two types elsewhere; read before it is written; no other function.
        "int f(void) { int v = 1; return v; }\nint g(void) { char v = 1; return v; }\nint h(void) {\n    v = 2;\n    return v;\n}\n",
        "int f(void) { int level = 1; return level; }\nint h(void) {\n    return level + 1;\n}\n",
        "int f(int m) {\n    return (f(m m));\n}\n",
    ])
    func `a variable whose type nothing tells isn't declared`(text: String) async throws {
        let workshop = try Workshop(["main.c": text], "gcc -fsyntax-only main.c")
        let cause = try #require(try await workshop.observe().causes.first)
        let proposals = BuiltinEngine().proposals(for: cause, in: await workshop.files())
        #expect(!proposals.contains { $0.title.hasPrefix("Declare") || $0.title.hasPrefix("Close the cast") })
    }

    @Test func `a project's own header is included before anything else is touched`() async throws {
        let workshop = try Workshop(
            [
                "parser.c":
                    "#include <stdio.h>\n\nint limit = PARSER_LIMIT;\nparser_state start(void) { return PARSER_IDLE; }\n",
                "parser.h": "#define PARSER_LIMIT 9\ntypedef enum { PARSER_IDLE, PARSER_BUSY } parser_state;\n",
                "other.h": "struct other { int parser_state; };\n",
            ], "gcc -fsyntax-only parser.c")
        let outcome = try await workshop.mend()
        #expect(outcome.tries == 1, "tried: \(outcome.titles)")
        #expect(outcome.texts["parser.c"]?.hasPrefix("#include \"parser.h\"\n#include <stdio.h>\n") == true)
    }

    @Test func `what a header's macro lacks is included where the macro is used`() async throws {
        let workshop = try Workshop(
            [
                "main.c": "#include \"limits_of.h\"\n\nint digits(void) { return WIDEST(MAX_10_EXP); }\n",
                "limits_of.h": "#define WIDEST(n) (DBL_##n)\n",
            ], "gcc -fsyntax-only main.c")
        let outcome = try await workshop.mend()
        #expect(outcome.tries == 1, "tried: \(outcome.titles)")
        #expect(outcome.texts["main.c"]?.contains("#include \"limits_of.h\"\n#include <float.h>\n") == true)
    }
}
