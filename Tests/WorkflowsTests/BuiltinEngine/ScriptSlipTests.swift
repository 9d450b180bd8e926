import Testing

@testable import Workflows

@Suite("What Python and make say is mended", .timeLimit(.minutes(1)))
struct ScriptSlipTests {
    @Test(
        .enabled(if: isInstalled("python3")),
        arguments: [
            Slip("a missing colon", "def f(x)\n    return x\n", mended: "def f(x):\n"),
            Slip("an assignment in a condition", "x = 1\nif x = 1:\n    pass\n", mended: "if x == 1:"),
            Slip("print as a statement", "print \"hi\"\n", mended: "print(\"hi\")"),
            Slip("a list that isn't closed", "x = [1, 2\nprint(x)\n", mended: "x = [1, 2]\n", tries: 2),
            Slip("a bracket without its partner", "x = (1, 2))\n", mended: "x = (1, 2)\n", tries: 3),
            Slip("a string that isn't closed", "print(\"abc)\n", mended: "print(\"abc\")", tries: 3),
            Slip("a missing comma", "print(1 2)\n", mended: "print(1, 2)"),
            Slip("a block without indentation", "if True:\nx = 1\n", mended: "    x = 1\n"),
            Slip("an indent too many", "x = 1\n  y = 2\n", mended: "\ny = 2\n"),
            Slip("an indent that fits nothing", "if True:\n        x = 1\n    y = 1\n", mended: "y = 1\n", tries: 3),
            Slip("a misspelt name", "retrun = 3\nprint(retrunn)\n", mended: "print(retrun)"),
            Slip(
                "a misspelt attribute",
                "class Box:\n    def __init__(self):\n        self.length = 1\n\n\nprint(Box().lenght)\n",
                mended: "print(Box().length)"),
            Slip(
                "a missing import", "\"\"\"Words.\"\"\"\n\nprint(math.sqrt(4))\n",
                mended: "\"\"\"Words.\"\"\"\nimport math\n"),
            Slip("a name of a module", "print(defaultdict(int))\n", mended: "from collections import defaultdict\n"),
        ])
    func `Python`(_ slip: Slip) async throws { try await slip.check(in: "main.py", "python3 main.py") }

    @Test func `a recipe with spaces gets its tab, on every line`() async throws {
        let workshop = try Workshop(
            ["Makefile": "all: one\n\none:\n    @true\n    @echo done\n\ntwo:\n\t@true\n"], "make -s")
        let outcome = try await workshop.mend()
        #expect(outcome.tries == 1, "tried: \(outcome.titles)")
        #expect(outcome.texts["Makefile"] == "all: one\n\none:\n\t@true\n\t@echo done\n\ntwo:\n\t@true\n")
    }

    @Test(
        .enabled(if: isInstalled("python3")),
        arguments: [
            "print(1 / 0)\n", "x = {}\nprint(x['k'])\n", "import not_a_module_of_anybody\n", "assert 1 == 2\n",
            "raise ValueError('did you mean')\n",
        ])
    func `a program that fails by itself is nobody's slip`(text: String) async throws {
        let workshop = try Workshop(["main.py": text], "python3 main.py")
        let failure = try await workshop.observe()
        let cause = try #require(failure.causes.first)
        let proposals = BuiltinEngine().proposals(for: cause, in: await workshop.files())
        #expect(proposals.isEmpty, "\(cause.diagnostic.message): \(proposals.map(\.title))")
    }

    @Test func `Windows line endings survive a mended line`() async throws {
        let workshop = try Workshop(["main.py": "x = 1\r\nif x = 1:\r\n    pass\r\n"], "python3 main.py")
        let outcome = try await workshop.mend()
        #expect(outcome.texts["main.py"] == "x = 1\r\nif x == 1:\r\n    pass\r\n")
    }
}

@Suite("What tools that aren't here say is mended from their recorded words")
struct RecordedSlipTests {
    @Test func `an unused Go import goes`() async throws {
        let recorded = await Recorded(
            "# example.org/m\n./main.go:5:2: \"os\" imported and not used\n",
            ["main.go": "package main\n\nimport (\n\t\"fmt\"\n\t\"os\"\n)\n\nfunc main() { fmt.Println() }\n"])
        #expect(
            try recorded.mended("main.go")
                == "package main\n\nimport (\n\t\"fmt\"\n)\n\nfunc main() { fmt.Println() }\n")
    }

    @Test func `a Go package that isn't imported is`() async throws {
        let recorded = await Recorded(
            "# example.org/m\n./main.go:3:15: undefined: fmt\n",
            ["main.go": "package main\n\nfunc main() { fmt.Println() }\n"])
        #expect(try recorded.mended("main.go")?.hasPrefix("package main\n\nimport \"fmt\"\n") == true)
    }

    @Test func `what tsc offers is taken`() async throws {
        let recorded = await Recorded(
            "src/a.ts(2,13): error TS2552: Cannot find name 'cuont'. Did you mean 'count'?\n",
            ["src/a.ts": "const count = 1;\nconsole.log(cuont);\n"])
        #expect(try recorded.mended("src/a.ts") == "const count = 1;\nconsole.log(count);\n")
    }

    @Test func `the property is renamed, not the type that lacks it`() async throws {
        let recorded = await Recorded(
            "src/a.ts(3,6): error TS2551: Property 'lenght' does not exist on type 'Box'. Did you mean 'length'?\n",
            ["src/a.ts": "type Box = { length: number };\nfunction f(b: Box) {\n  b.lenght = 1;\n}\n"])
        #expect(try recorded.mended("src/a.ts")?.contains("b.length = 1;") == true)
    }

    @Test func `what rustc offers is taken, also in its older form`() async throws {
        let old = """
            error[E0425]: cannot find value `cuont` in this scope
             --> src/main.rs:3:20
              |
            3 |     println!("{}", cuont);
              |                    ^^^^^ help: a local variable with a similar name exists: `count`

            error: aborting due to previous error

            """
        let text = "fn main() {\n    let count = 3;\n    println!(\"{}\", cuont);\n}\n"
        let recorded = await Recorded(old, ["src/main.rs": text])
        #expect(try recorded.mended("src/main.rs")?.contains("println!(\"{}\", count);") == true)
        let new = """
            error[E0425]: cannot find value `cuont` in this scope
             --> src/main.rs:3:20
              |
            3 |     println!("{}", cuont);
              |                    ^^^^^
              |
            help: a local variable with a similar name exists
              |
            3 -     println!("{}", cuont);
            3 +     println!("{}", count);
              |

            error: aborting due to 1 previous error

            """
        let today = await Recorded(new, ["src/main.rs": text])
        #expect(try today.mended("src/main.rs")?.contains("println!(\"{}\", count);") == true)
    }

    @Test func `an attribute that Python knows better is renamed, not its module`() async throws {
        let recorded = await Recorded(
            "Traceback (most recent call last):\n  File \"/r/a.py\", line 2, in <module>\n    print(math.squrt(4))\n"
                + "AttributeError: module 'math' has no attribute 'squrt'. Did you mean: 'sqrt'?\n",
            ["a.py": "import math\nprint(math.squrt(4))\n"])
        #expect(try recorded.mended("a.py") == "import math\nprint(math.sqrt(4))\n")
    }

    @Test(arguments: [
        (
            "src/a.ts(1,7): error TS2322: Type 'string' is not assignable to type 'number'.\n", "src/a.ts",
            "const count: number = '1';\n"
        ),
        ("# m\n./main.go:3:15: declared and not used: x\n", "main.go", "package main\n\nfunc main() { x := 1 }\n"),
    ])
    func `other messages bring nothing`(log: String, file: String, text: String) async throws {
        let recorded = await Recorded(log, [file: text])
        #expect(recorded.causes.count == 1)
        #expect(recorded.proposals.isEmpty, "\(recorded.proposals.map(\.title))")
    }

    @Test func `a conflict without its end is left to people, and one with a base keeps neither marker`() {
        #expect(ConflictMarkerRule.conflicts(in: SourceText("<<<<<<< a\nx\n=======\ny\n")).isEmpty)
        #expect(ConflictMarkerRule.conflicts(in: SourceText("Title\n=======\ntext\n>>>>>>> b\n")).isEmpty)
        let whole = ConflictMarkerRule.conflicts(in: SourceText("<<<<<<< a\nx\n||||||| base\nb\n=======\n>>>>>>> c\n"))
        #expect(whole == [.init(whole: 1...6, ours: 2...2, theirs: nil)])
    }
}
