import Specialists
import Testing

@testable import Git
@testable import Workflows

@Suite("What can be told of changed lines without a model")
struct LineChecksTests {
    private func change(_ lines: [(Hunk.Kind, String)], isBinary: Bool = false) -> FileChange {
        var number = 0
        let hunk = Hunk(
            oldStart: 1, oldCount: 1, newStart: 1, newCount: lines.count, section: "",
            lines: lines.map { kind, text in
                if kind != .removed { number += 1 }
                return Hunk.Line(
                    kind: kind, oldNumber: nil, newNumber: kind == .removed ? nil : number, text: text,
                    lacksNewline: false)
            })
        return FileChange(
            status: .modified, oldPath: "a.c", newPath: "a.c", oldMode: .regular, newMode: .regular, isBinary: isBinary,
            isOversized: false,
            hunks: [hunk])
    }

    private func findings(_ text: String) -> [String] {
        LineChecks().findings(in: [change([(.added, text)])]).map(\.message)
    }

    @Test(arguments: [
        ("<<<<<<< HEAD", "A conflict marker was left in the file"),
        (">>>>>>> topic", "A conflict marker was left in the file"),
        ("||||||| base", "A conflict marker was left in the file"), ("int x; ", "White space at the end of the line"),
        ("int x;\t\r", "White space at the end of the line"), ("  \tint x;", "A space before a tab in the indentation"),
    ])
    func `found`(text: String, message: String) { #expect(findings(text) == [message]) }

    @Test(arguments: ["int x;", "\tint x;", "\t  int x;", "=======", "<<<<<<<", "x <<<<<<< y", "int x;\r", ""])
    func `silent`(text: String) { #expect(findings(text).isEmpty) }

    @Test func `only added lines count, with their number in the new file, and binaries don't`() {
        let lines: [(Hunk.Kind, String)] = [(.context, "a "), (.removed, "b "), (.added, "c "), (.added, "d")]
        let found = LineChecks().findings(in: [change(lines)])
        #expect(found.map(\.line) == [2])
        #expect(found.first?.file == "a.c" && found.first?.severity == .note && found.first?.evidence == "c ")
        #expect(LineChecks().findings(in: [change(lines, isBinary: true)]).isEmpty)
    }
}

@Suite("A finding stands where its evidence stands, or it is dropped")
struct EvidenceTests {
    private let text = SourceText("int f(int a) {\n    if (a = 1) {\n        return 2;\n    }\n    return 2;\n}\n")

    private func line(_ evidence: String, named: Int?) -> Int? {
        let finding = Finding(file: "x.c", line: named, severity: .error, message: "m", evidence: evidence)
        return Evidence(file: "x.c", text: text).anchored(finding)?.line
    }

    @Test func `a wrong line is set right`() { #expect(line("if (a = 1) {", named: 40) == 2) }
    @Test func `white space may differ`() { #expect(line("if(a=1){", named: nil) == 2) }
    @Test func `of several places the nearest to the named line is meant`() {
        #expect(line("return 2;", named: 4) == 3 || line("return 2;", named: 4) == 5)
        #expect(line("return 2;", named: 6) == 5)
        #expect(line("return 2;", named: 1) == 3)
        #expect(line("return 2;", named: nil) == 3)
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
    @Test(arguments: ["", "  \n ", "a", "strcpy(buffer, name);", "return 22;"])
    func `what isn't in the file proves nothing`(evidence: String) { #expect(line(evidence, named: 2) == nil) }

    @Test func `the finding's file and evidence become the file's own`() throws {
        let finding = Finding(file: "elsewhere.c", line: 9, severity: .note, message: "m", evidence: "if(a = 1)")
        let anchored = try #require(Evidence(file: "x.c", text: text).anchored(finding))
        #expect(anchored.file == "x.c" && anchored.evidence == "if (a = 1) {" && anchored.severity == .note)
    }
}
