import Foundation
import TestSupport
import Testing

@testable import Diagnostics
@testable import Git
@testable import Workflows

@Suite("The installed parsers read what changed", .timeLimit(.minutes(2)))
struct SyntaxToolsTests {
    private func check(
        _ files: [ChangedFile], in repository: ScratchRepository, sandbox: Sandbox? = nil,
        deadline: Duration = .seconds(30)
    ) async throws -> SyntaxTools.Outcome {
        let environment = ProcessInfo.processInfo.environment
        let scratch = repository.base + "/scratch"
        try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
        let tools = SyntaxTools(
            environment: environment, scratch: scratch, workTree: repository.path, deadline: deadline,
            budget: .seconds(100),
            sandbox: {
                if let sandbox { return sandbox }
                return try await Sandbox.detect(.auto, environment: environment, scratch: scratch)
            })
        let outcome = try await tools.check(files)
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch).isEmpty)
        return outcome
    }

    private static let broken: [(path: String, program: String, wrong: String, right: String, line: Int)] = [
        ("a.py", "python3", "x = 1\ndef f(:\n    pass\n", "def f():\n    pass\n", 2),
        ("script", "python3", "#!/usr/bin/env python3\nx = (1,\n", "#!/usr/bin/env python3\nx = (1,)\n", 2),
        ("a.js", "node", "const a = 1;\nconst b = ;\n", "import x from 'y';\nexport const b = 1;\n", 2),
        ("b.js", "node", "let a = 1;\nlet a = 2;\n", "const a = require('x');\nif (a) { return; }\n", 2),
        ("a.swift", "swiftc", "func f() {\n    let x =\n}\n", "func f() {\n    let x = 1\n}\n", 2),
        ("a.sh", "bash", "if true; then\n  echo 'x\nfi\n", "shopt -s extglob\ncase x in !(a|b)) ;; esac\n", 2),
        ("a.go", "gofmt", "package a\n\nfunc f() {\n\tx := )\n}\n", "package a\nfunc f() {}\n", 4),
        ("a.rs", "rustfmt", "fn f() {\n    let x = ;\n}\n", "mod other;\nfn f() { let x = 1; }\n", 2),
        ("a.c", "gcc", "int f(void) {\n    int x = 1\n    return x;\n}\n", "int f(void) { return 1; }\n", 3),
        ("a.cpp", "g++", "int f() {\n    return 1;\n\nint g() { return 2; }\n", "int f() { return 1; }\n", 4),
        ("A.java", "javac", "class A {\n  int x = 1\n}\n", "import no.such.Thing;\nclass A extends Thing {}\n", 2),
    ]

    @Test(arguments: broken.indices) func `a file that doesn't parse is told with its line, one that does isn't`(
        index: Int
    ) async throws {
        let sample = Self.broken[index]
        guard isInstalled(sample.program) else { return }
        let repository = try ScratchRepository(initialising: nil)
        let wrong = try await check([.added(sample.path, sample.wrong)], in: repository)
        #expect(wrong.findings.count == 1 && wrong.problem == nil && wrong.outOfTime == [])
        let finding = try #require(wrong.findings.first)
        #expect(finding.file == sample.path && finding.severity == .error && finding.rule?.hasPrefix("syntax/") == true)
        #expect(finding.line.map { abs($0 - sample.line) <= 1 } == true, "\(finding)")
        #expect(wrong.seconds > 0)
        let right = try await check([.added(sample.path, sample.right)], in: repository)
        #expect(right.findings == [] && right.parsed == 1, "\(right)")
    }

    @Test func `nothing of a file is run, whatever it is called`() async throws {
        let repository = try ScratchRepository(initialising: nil)
        let mark = repository.base + "/RAN"
        let names = ["a'$(touch \(mark))'.py", "-n.py", "@x.py", "a b;touch RAN.sh", "$(touch RAN).js"]
            .map { $0.replacing("/", with: "") }
        let bodies = ["open('\(mark)', 'w')\n", "require('fs').writeFileSync('\(mark)', '')\n", "touch '\(mark)'\n"]
        let files = zip(names, [bodies[0], bodies[0], bodies[0], bodies[2], bodies[1]]).map {
            ChangedFile.added($0, $1)
        }
        let outcome = try await check(files, in: repository, sandbox: Sandbox.none(reason: "test"))
        #expect(outcome.findings == [] && outcome.problem == nil)
        #expect(!FileManager.default.fileExists(atPath: mark))
    }

    @Test(.enabled(if: isInstalled("gcc"))) func `C is judged only where its headers are found`() async throws {
        let repository = try ScratchRepository(initialising: nil)
        try repository.write("include/own.h", "#define OWN int\nOWN own(void);\n")
        let text = "#include \"own.h\"\n#include <stdio.h>\nOWN own(void) {\n    puts(\"x\")\n    return 1;\n}\n"
        let found = try await check([.added("src/a.c", text)], in: repository)
        #expect(found.findings.map(\.rule) == ["syntax/c"])
        let missing = text.replacing("own.h", with: "not-there.h")
        #expect(try await check([.added("src/a.c", missing)], in: repository).findings == [])
        let value = "#define LONG_NAME 1\nint f(void) {\n    return LONG_NAME\n}\n"
        #expect(try await check([.added("src/a.c", value)], in: repository).findings.count == 1)
        let macro = "EXPORTED int f(void);\nint x;\n"
        #expect(try await check([.added("src/a.c", macro)], in: repository).findings == [])
    }

    @Test(.enabled(if: isInstalled("python3"))) func `what was broken in the same way before isn't told again`()
        async throws
    {
        let repository = try ScratchRepository()
        let old = (1...20).map { "x\($0) = \($0)\n" }.joined() + "print 'two'\n"
        try repository.write("a.py", old)
        try repository.commit()
        func outcome(_ text: String) async throws -> SyntaxTools.Outcome {
            try repository.write("a.py", text)
            let opened = try Repository.discover(from: repository.path, environment: repository.environment)
            let changes = try await opened.changes(.all)
            let files = try await opened.checkedFiles(changes, texts: ["a.py": SourceText(text)], selection: .all)
            return try await check(files, in: repository)
        }
        #expect(try await outcome("y = 1\n" + old).findings == [])
        #expect(try await outcome("y = (1\n" + old).findings.map(\.line) == [1])
    }

    @Test func `a program that doesn't end is given up, and said so`() async throws {
        let repository = try ScratchRepository(initialising: nil)
        try repository.write("bin/node", "#!/bin/sh\nexec sleep 60\n", executable: true)
        let tools = SyntaxTools(
            environment: ["PATH": repository.path + "/bin:/usr/bin:/bin"], scratch: repository.base + "/scratch",
            workTree: repository.path, deadline: .milliseconds(300), budget: .seconds(2),
            sandbox: { .none(reason: "test") })
        let outcome = try await tools.check([.added("a.js", "x\n"), .added("b.js", "y\n")])
        #expect(outcome.outOfTime == ["a.js", "b.js"] && outcome.findings == [])
        #expect(outcome.seconds < 20)
    }

    @Test func `a sandbox that is asked for and isn't there means that nothing is run`() async throws {
        let repository = try ScratchRepository(initialising: nil)
        let tools = SyntaxTools(
            environment: ProcessInfo.processInfo.environment, scratch: repository.base + "/scratch",
            workTree: repository.path, sandbox: { throw SandboxError(reason: "none here") })
        let outcome = try await tools.check([.added("a.sh", "if\n")])
        #expect(outcome.findings == [] && outcome.problem?.contains("none here") == true)
    }

    @Test(
        arguments: [
            ("a.py", "", .python), ("a.h", "", .header), ("run", "#!/bin/bash -e", .shell),
            ("run", "#!/usr/bin/env node", .javascript),
            ("a.sh", "#!/bin/zsh", nil), ("a.pl", "", nil), ("a.py", "#!/usr/bin/python2", nil), ("Makefile", "", nil),
            ("a.ts", "", nil), ("run", "#!", nil),
        ] as [(String, String, ParsedLanguage?)])
    func `languages are told by ending or first line`(path: String, line: String, language: ParsedLanguage?) {
        #expect(ParsedLanguage(path: path, firstLine: line) == language)
    }
}

@Suite("The built-in checks on a repository", .timeLimit(.minutes(1)))
struct BuiltinCheckJourneyTests {
    @Test func `what is staged is judged, not what lies in the work tree`() async throws {
        let repository = try ScratchRepository()
        try repository.write("readme.md", "x\n")
        try repository.write(".gitattributes", "loose.txt -whitespace\nlong.txt conflict-marker-size=9\n")
        try repository.commit()
        try repository.write("README.md", "x\n")
        try repository.write("a.json", "{\"a\": 1,}\n")
        try repository.write("loose.txt", "x \n")
        try repository.write("strict.txt", "x \n")
        try repository.write("long.txt", "<<<<<<< not one\n")
        try repository.write("tool", Data([0x7F, 0x45, 0x4C, 0x46, 0, 0, 0, 0]))
        try repository.write("a.py", "x = (\n")
        try repository.git("add", "-A")
        // Mended in the work tree only.
        try repository.write("a.json", "{}\n")
        try repository.write("a.py", "x = 1\n")
        let opened = try Repository.discover(from: repository.path, environment: repository.environment)
        let scratch = repository.base + "/scratch"
        let environment = ProcessInfo.processInfo.environment
        let tools = SyntaxTools(
            environment: environment, scratch: scratch, workTree: repository.path, deadline: .seconds(30),
            sandbox: { .none(reason: "test") })
        let report = try await Analyze(
            repository: opened, selection: .staged, paths: [], log: nil, orchestrator: nil,
            checks: BuiltinChecks(tools: tools)
        ).run()
        let found = report.findings.map { "\($0.finding.file) \($0.finding.rule ?? "")" }
        var expected = [
            "README.md file/case-collision", "a.json syntax/json", "strict.txt whitespace/trailing", "tool file/binary",
        ]
        if isInstalled("python3") { expected.insert("a.py syntax/python", at: 2) }
        #expect(found == expected)
        #expect(report.timings.checkers > 0 && report.failures == [])
    }
}
