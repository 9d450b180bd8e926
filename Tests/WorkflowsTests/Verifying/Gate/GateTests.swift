import Diagnostics
import Testing

@testable import Workflows

/// A change that would turn a build green, and the words with which it is refused.
struct Cheat: Sendable, CustomTestStringConvertible {
    var name: String
    var file: String
    var old: String
    var new: String
    var says: String
    var testDescription: String { name }

    init(_ name: String, _ file: String, _ old: String, _ new: String, says: String) {
        self.name = name
        self.file = file
        self.old = old
        self.new = new
        self.says = says
    }
}

private let body = (0..<40).map { "int value\($0)(int x) { return x + \($0); }\n" }.joined()

@Suite("A build that turns green by a trick isn't mended")
struct GateTests {
    private func refusal(
        _ file: String, _ old: String, _ new: String, rules: GateRules = GateRules(), tasks: Set<String> = [],
        scope: Set<String>? = nil, model: String? = "m", isForeign: Bool = false
    ) async -> String? {
        let files = WorkingFiles(paths: [file]) { _ in Array(old.utf8) }
        await files.load([file])
        let gate = Gate(rules: rules, taskFiles: tasks)
        var candidate = Candidate(
            id: "c", title: "t", source: "s", model: model, causes: [], contents: [file: SourceText(new)],
            origins: [file: SourceText(old)])
        candidate.isForeign = isForeign
        return gate.refusal(of: candidate, against: files, scope: scope ?? [file])
    }

    @Test(arguments: [
        Cheat("a test is edited", "tests/test_sum.py", "assert s() == 3\n", "assert s() == 4\n", says: "is a test"),
        Cheat("a Go test is edited", "pkg/sum_test.go", "x\n", "y\n", says: "is a test"),
        Cheat("a JavaScript test is edited", "src/sum.test.ts", "x\n", "y\n", says: "is a test"),
        Cheat("a Swift test is edited", "Tests/SumTests/SumTests.swift", "x\n", "y\n", says: "is a test"),
        Cheat("CI is edited", ".github/workflows/ci.yml", "run: make\n", "run: echo\n", says: "configures CI"),
        Cheat("a hook is edited", ".husky/pre-commit", "make\n", "\n", says: "configures CI or hooks"),
        Cheat("CI of a subfolder is edited", "lib/.github/workflows/ci.yml", "x\n", "y\n", says: "configures CI"),
        Cheat("attributes of a subfolder are edited", "lib/.gitattributes", "x\n", "y\n", says: "configures CI"),
        Cheat("a variant of settings is edited", "tsconfig.build.json", "x\n", "y\n", says: "is a build setting"),
        Cheat("requirements are edited", "requirements-dev.txt", "x\n", "y\n", says: "is a build setting"),
        Cheat("the image is edited", "deploy/Dockerfile", "x\n", "y\n", says: "is a build setting"),
        Cheat("targets are edited", "src/Common.targets", "x\n", "y\n", says: "is a build setting"),
        Cheat("the Makefile is edited", "Makefile", "all: test\n", "all:\n", says: "is a build setting"),
        Cheat(
            "the build settings of a subfolder are edited", "lib/CMakeLists.txt", "x\n", "y\n",
            says: "is a build setting"),
        Cheat("Python is told to load something else", "conftest.py", "x\n", "y\n", says: "--allow conftest.py"),
        Cheat("the path climbs out", "../outside.c", "x\n", "y\n", says: "outside the repository"),
        Cheat("the path is absolute", "/etc/passwd", "x\n", "y\n", says: "outside the repository"),
        Cheat("git's own files are edited", ".git/hooks/pre-commit", "x\n", "y\n", says: "outside the repository"),
        Cheat("half of the code is deleted", "a.c", body, String(body.prefix(500)), says: "deletes more than it mends"),
        Cheat("the code is emptied", "a.c", body, "\n", says: "deletes more than it mends"),
        Cheat("the code is switched off", "a.c", body, "#if  0\n" + body + "#endif\n", says: "switches code off"),
        Cheat("a function raises its exit", "a.py", "run()\n", "raise SystemExit\nrun()\n", says: "leaves early"),
        Cheat("the program leaves early", "a.py", "run()\n", "import sys\nsys.exit(0)\nrun()\n", says: "leaves early"),
        Cheat("the code counts on a mock", "a.py", "x = 1\n", "import unittest.mock\nx = 1\n", says: "mock"),
        Cheat(
            "a diagnostic is silenced in C", "a.c", body, "#pragma GCC diagnostic ignored \"-Wall\"\n" + body,
            says: "silences"),
        Cheat("a diagnostic is silenced in TypeScript", "a.ts", "f(1);\n", "// @ts-ignore\nf(1);\n", says: "silences"),
        Cheat("a diagnostic is silenced in Python", "a.py", "f(1)\n", "f(1)  # type: ignore\n", says: "silences"),
        Cheat(
            "every exception is swallowed", "a.py", "f()\n", "try:\n    f()\nexcept Exception:\n    pass\n",
            says: "swallows"),
        Cheat(
            "every exception is swallowed without a name", "a.py", "f()\n", "try:\n    f()\nexcept:\n    pass\n",
            says: "swallows"),
        Cheat(
            "comparisons lie", "a.py", "class A: pass\n", "class A:\n    def __eq__(self, o): return True\n",
            says: "comparisons lie"),
        Cheat("a command's failure is hidden", "build.sh", "make\n", "make || true\n", says: "hides a failing command"),
    ])
    func `refused`(_ cheat: Cheat) async {
        let said = await refusal(cheat.file, cheat.old, cheat.new)
        #expect(said?.contains(cheat.says) == true, "\(said ?? "not refused")")
    }

    @Test(arguments: [
        Cheat("a slip is mended", "a.c", body, body.replacing("x + 7;", with: "x + 8;"), says: ""),
        Cheat(
            "a few lines go", "a.c", body, body.replacing("int value3(int x) { return x + 3; }\n", with: ""), says: ""),
        Cheat("much is added", "a.c", body, body + body.replacing("value", with: "more"), says: ""),
        Cheat("an exception is handled", "a.py", "f()\n", "try:\n    f()\nexcept KeyError:\n    g()\n", says: ""),
        Cheat(
            "a trick that was there before stays", "a.c", "#if 0\nint x\n#endif\n", "#if 0\nint x;\n#endif\n", says: ""),
        Cheat("a file has test in its name only", "src/contest.c", "int x\n", "int x;\n", says: ""),
        Cheat("a protest isn't a test", "src/protest.py", "x\n", "y\n", says: ""),
    ])
    func `not refused`(_ change: Cheat) async { #expect(await refusal(change.file, change.old, change.new) == nil) }

    @Test func `files outside the task are refused until they are allowed, by name or pattern`() async {
        #expect(await refusal("b.c", "x\n", "y\n", scope: ["a.c"])?.contains("outside the task; --allow b.c") == true)
        #expect(await refusal("b.c", "x\n", "y\n", rules: GateRules(allowed: ["*.c"]), scope: ["a.c"]) == nil)
        #expect(await refusal("tests/t.c", "x\n", "y\n", rules: GateRules(allowed: ["tests/"])) == nil)
    }

    @Test func `what is protected stays so, whatever else is allowed`() async {
        let rules = GateRules(protected: ["src/*.c"], allowed: ["src/a.c"])
        #expect(await refusal("src/a.c", "x\n", "y\n", rules: rules, tasks: ["src/a.c"]) == "src/a.c is protected")
        #expect(await refusal("src/sub/a.c", "x\n", "y\n", rules: rules) == nil)
    }

    @Test func `a test that doesn't compile is the task itself`() async {
        #expect(await refusal("tests/t.c", "x\n", "y\n", tasks: ["tests/t.c"]) == nil)
    }

    @Test func `the built-in engine's own rules may delete a conflict's side`() async {
        #expect(await refusal("a.c", body, "int x;\n", model: nil) == nil)
    }

    @Test func `what a program prints as a fix is judged like a model's`() async {
        let old = "def f(x):\n    assert x > 0\n    return x\n"
        let new = "def f(x):\n    return x\n"
        #expect(await refusal("a.py", old, new, model: nil) == nil)
        #expect(await refusal("a.py", old, new, model: nil, isForeign: true)?.contains("removes a check") == true)
    }

    @Test func `a file that isn't tracked is refused`() async {
        let gate = Gate(rules: GateRules(), taskFiles: [])
        let files = WorkingFiles(paths: []) { _ in nil }
        let candidate = Candidate(
            id: "c", title: "t", source: "s", causes: [], contents: ["new.c": SourceText("x")], origins: [:])
        #expect(
            gate.refusal(of: candidate, against: files, scope: ["new.c"])?.contains("isn't a tracked text file") == true
        )
    }

    @Test(arguments: [
        ("*.c", "a.c", true), ("*.c", "src/a.c", true), ("*.c", "a.cc", false), ("src/*.c", "src/a.c", true),
        ("src/*.c", "src/b/a.c", false),
        ("src/**/*.c", "src/b/c/a.c", true), ("src/**/*.c", "src/a.c", true), ("**/a.c", "a.c", true),
        ("**/a.c", "x/y/a.c", true),
        ("/a.c", "a.c", true), ("/a.c", "src/a.c", false), ("./a.c", "a.c", true), ("docs", "docs/a/b.md", true),
        ("docs", "x/docs/a.md", true),
        ("docs/", "docs/a/b.md", true), ("docs/", "x/docs/a.md", true), ("docs/", "docs", false),
        ("src/lib", "src/lib/a.c", true),
        ("src/lib/", "src/lib/a/b.c", true), ("src/lib", "src/library.c", false), ("a?c", "abc", true),
        ("a?c", "a/c", false),
        ("a.c", "axc", false), ("**", "any/thing", true), ("*", "any/thing", true), ("", "a", false),
        ("[ab].c", "a.c", false),
        ("src/**", "src/a", true), ("src/**", "source", false), ("*a*b*", "xxaxxbxx", true),
        ("*a*b*", "xxbxxaxx", false),
    ])
    func `globs`(pattern: String, path: String, matches: Bool) { #expect(Glob(pattern).matches(path) == matches) }
}
