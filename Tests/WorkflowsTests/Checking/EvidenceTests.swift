import Specialists
import Testing

@testable import Git
@testable import Workflows

@Suite("A finding stands where its evidence stands, or it is dropped")
struct EvidenceTests {
    private let text = SourceText("int f(int a) {\n    if (a = 1) {\n        return 2;\n    }\n    return 2;\n}\n")

    private func line(_ evidence: String, named: Int?, changed: [ClosedRange<Int>]? = nil) -> Int? {
        let finding = Finding(file: "x.c", line: named, severity: .error, message: "m", evidence: evidence)
        return Evidence(file: "x.c", text: text, changed: changed).anchored(finding)?.line
    }

    @Test func `a wrong line is set right`() { #expect(line("if (a = 1) {", named: 40) == 2) }
    @Test func `white space may differ`() { #expect(line("if(a=1){", named: nil) == 2) }
    @Test func `of several places the nearest to the named line is meant`() {
        #expect(line("return 2;", named: 6) == 5)
        #expect(line("return 2;", named: 1) == 3)
        #expect(line("return 2;", named: nil) == 3)
    }
    @Test func `of two equally near places the changed one is meant`() {
        #expect(line("return 2;", named: 4, changed: [5...5]) == 5)
        #expect(line("return 2;", named: 4, changed: [3...3]) == 3)
    }
    @Test func `several lines must stand together`() {
        #expect(line("if (a = 1) {\nreturn 2;", named: nil) == 2)
        #expect(line("if (a = 1) {\n\nreturn 2;\n}", named: nil) == 2)
        #expect(line("if (a = 1) {\nreturn 3;", named: nil) == nil)
    }
    @Test func `numbers and marks that prompts show in front are no part of it`() {
        #expect(line("2 |+    if (a = 1) {", named: nil) == 2)
        #expect(line("3 |        return 2;", named: nil) == 3)
    }
    @Test func `the mark of an added line is no part of it, where a model copied it without the number`() {
        #expect(line("+    if (a = 1) {", named: 40) == 2)
        #expect(line("+    if (a = 1) {\n+        return 2;", named: nil) == 2)
        // What the file itself has there stays.
        let finding = Finding(file: "x.c", line: nil, severity: .error, message: "m", evidence: "++count;")
        #expect(Evidence(file: "x.c", text: SourceText("count;\n++count;\n")).anchored(finding)?.line == 2)
    }
    @Test func `an escape that was read for a line break, or a sign too many at the end, is forgiven`() {
        let text = SourceText("int g;\nprintf(\"%d\\n\", a)\n")
        let quote = Finding(file: "x.c", line: 9, severity: .error, message: "m", evidence: "+printf(\"%d\n\", a)")
        #expect(Evidence(file: "x.c", text: text).anchored(quote)?.line == 2)
        #expect(line("if (a = 1) {:", named: nil) == 2)
        #expect(line("a = 2;", named: nil) == nil)
    }
    @Test(arguments: ["", "  \n ", "a", "strcpy(buffer, name);", "return 22;", "} ) ; {"])
    func `what isn't in the file proves nothing`(evidence: String) { #expect(line(evidence, named: 2) == nil) }

    @Test func `a few letters prove something only where they are said to stand`() {
        #expect(line("int a", named: 1) == 1)
        #expect(line("int a", named: 6) == nil)
    }

    @Test func `a quote far from every change is none of its business`() {
        let long = SourceText((1...40).map { "line number \($0);\n" }.joined())
        func line(_ number: Int, changed: [ClosedRange<Int>]) -> Int? {
            let finding = Finding(
                file: "x", line: number, severity: .error, message: "m", evidence: "line number \(number);")
            return Evidence(file: "x", text: long, changed: changed).anchored(finding)?.line
        }
        #expect(line(20, changed: [20...20]) == 20)
        #expect(line(23, changed: [20...20]) == 23 && line(17, changed: [20...20]) == 17)
        #expect(line(24, changed: [20...20]) == nil && line(16, changed: [20...20]) == nil)
    }

    @Test func `the finding's file and evidence become the file's own`() throws {
        let finding = Finding(file: "elsewhere.c", line: 9, severity: .note, message: "m", evidence: "if(a = 1)")
        let anchored = try #require(Evidence(file: "x.c", text: text).anchored(finding))
        #expect(anchored.file == "x.c" && anchored.evidence == "if (a = 1) {" && anchored.severity == .note)
    }

    @Test func `changed lines are the added ones and those around removed ones`() {
        func line(_ kind: Hunk.Kind, _ new: Int?) -> Hunk.Line {
            Hunk.Line(kind: kind, oldNumber: nil, newNumber: new, text: "")
        }
        let hunk = Hunk(
            oldStart: 1, oldCount: 3, newStart: 1, newCount: 3,
            lines: [line(.context, 1), line(.removed, nil), line(.context, 2), line(.added, 3)])
        let change = FileChange(status: .modified, oldPath: "a", newPath: "a", hunks: [hunk])
        #expect(Evidence.changedLines(change) == [1...2, 3...3])
    }

    @Test func `a model's opinion on what a tool has said is no news`() {
        let tool = Finding(file: "a.c", line: 4, severity: .error, message: "can't parse", rule: "syntax/c")
        func isTold(_ message: String, line: Int) -> Bool {
            Evidence.isToldAlready(Finding(file: "a.c", line: line, severity: .error, message: message), by: [tool])
        }
        #expect(isTold("Missing semicolon", line: 3))
        #expect(!isTold("Missing semicolon", line: 9) && !isTold("The loop never ends", line: 4))
    }
}

@Suite("Who looks at a change")
struct SpecialistChoiceTests {
    @Test(
        arguments: [
            ("src/a.c", .memoryUnsafeCode), ("a/b.swift", .code), ("tests/test_x.py", .test), ("x_test.go", .test),
            ("AppTests/XTests.swift", .test), ("Makefile", .build), ("cmake/x.cmake", .build),
            ("Dockerfile.dev", .build),
            (".github/workflows/ci.yml", .pipeline), ("db/migrations/001.sql", .migration),
            ("app/migrations/0002_x.py", .migration),
            ("package.json", .dependencies), ("Cargo.lock", .generated), ("vendor/x/y.c", .generated),
            ("README.md", .prose),
            ("config/app.yaml", .configuration), ("data.json", .data), ("run.sh", .script), ("app.min.js", .generated),
            ("requirements-dev.txt", .dependencies), ("testdata.csv", .data), ("noending", .code), ("LICENSE", .prose),
        ] as [(String, SpecialistChoice.Kind)])
    func `what a path says`(path: String, kind: SpecialistChoice.Kind) {
        #expect(SpecialistChoice.kind(of: path) == kind)
    }

    @Test(
        arguments: [
            (.code, 2, false, ["Code Analyst", "Logic Analyst"]),
            (.code, 2, true, ["Code Analyst", "Logic Analyst", "Security Analyst"]),
            (.code, 200, false, ["Code Analyst", "Logic Analyst", "Pattern Analyst"]),
            (.memoryUnsafeCode, 1, false, ["Code Analyst", "Logic Analyst", "Security Analyst"]),
            (.test, 10, false, ["Logic Analyst"]), (.dependencies, 10, false, ["Dependency Analyzer"]),
            (.prose, 10, true, []),
            (.migration, 10, false, ["Logic Analyst", "Security Analyst"]),
            (.configuration, 10, true, ["Security Analyst"]),
            (.configuration, 10, false, []), (.generated, 999, true, []),
        ] as [(SpecialistChoice.Kind, Int, Bool, [String])])
    func `who is chosen`(kind: SpecialistChoice.Kind, lines: Int, isSensitive: Bool, roles: [String]) {
        #expect(SpecialistChoice(kind: kind, lines: lines, isSensitive: isSensitive).roles == roles)
    }

    @Test func `every kind has roles that exist`() {
        let known = Set(Roster.standard.map(\.name))
        for kind in SpecialistChoice.Kind.allCases {
            #expect(Set(SpecialistChoice(kind: kind, lines: 100, isSensitive: true).roles).isSubset(of: known))
        }
    }

    @Test func `where there is too much to read everybody's first choice comes first, then delicate and large changes`()
    {
        let choices = [
            SpecialistChoice(kind: .code, lines: 5), SpecialistChoice(kind: .code, lines: 5, isSensitive: true),
            SpecialistChoice(kind: .code, lines: 50), SpecialistChoice(kind: .prose, lines: 500),
        ]
        #expect(SpecialistChoice.distribute(choices, limit: 3).map(\.count) == [1, 1, 1, 0])
        #expect(SpecialistChoice.distribute(choices, limit: 5).map(\.count) == [1, 2, 2, 0])
        #expect(SpecialistChoice.distribute(choices, limit: 99).map(\.count) == [2, 3, 2, 0])
        #expect(SpecialistChoice.distribute(choices, limit: 2).map(\.count) == [0, 1, 1, 0])
    }

    @Test func `what touches a process or a password is delicate`() {
        let change = ChangedFile.added("a.py", "import subprocess\n").change
        #expect(SpecialistChoice(change).isSensitive)
        #expect(!SpecialistChoice(ChangedFile.added("a.py", "x = 1\n").change).isSensitive)
    }

    @Test func `a change is shown with the small function around it, or ten lines`() {
        var source = (1...30).map { "int a\($0);" } + ["int f(void)", "{"] + (1...6).map { "    g(\($0));" } + ["}"]
        source += (1...30).map { "int b\($0);" }
        let text = SourceText(source.joined(separator: "\n") + "\n")
        func shown(_ line: Int) -> [String] {
            let hunk = Hunk(
                oldStart: line, oldCount: 1, newStart: line, newCount: 1,
                lines: [
                    Hunk.Line(kind: .removed, oldNumber: line, newNumber: nil, text: "old"),
                    Hunk.Line(kind: .added, oldNumber: nil, newNumber: line, text: text.line(line)),
                ])
            let change = FileChange(status: .modified, oldPath: "a.c", newPath: "a.c", hunks: [hunk])
            return ChangeContext(change: change, text: text).shown(longest: 10_000).split(separator: "\n").map(
                String.init)
        }
        let inside = shown(35)
        #expect(inside[2] == "31 | int f(void)" && inside.last == "39 | }")
        #expect(inside.contains("- |-old") && inside.contains("35 |+    g(3);"))
        let outside = shown(15)
        #expect(
            outside.contains("5 | int a5;") && outside.contains("25 | int a25;") && outside.count <= 27, "\(outside)")
    }
}
