import Diagnostics
import Testing

@testable import Workflows

@Suite("Undoing the change under repair is no fix of it, unless it was a slip")
struct ChangeUnderRepairTests {
    private static let before = "int limit = 3;\nint total(int a) {\n    return a + limit;\n}\nint other;\n"

    private func change(_ files: [String: (String, String)]) -> ChangeUnderRepair {
        ChangeUnderRepair(
            earlier: files.mapValues { SourceText($0.0) }, current: files.mapValues { SourceText($0.1) })
    }

    private func isUndone(_ files: [String: (String, String)], by contents: [String: String]) -> Bool {
        change(files).isUndone(by: contents.mapValues { SourceText($0) }) { files[$0].map { SourceText($0.1) } }
    }

    @Test func `a feature that is taken back is an undo, whole or in part`() {
        let feature = "int total(int a, int b) {\n    int sum = a;\n    sum += b * 2;\n    return sum + limit;\n}\n"
        let after = "int limit = 3;\n\(feature)int other = 4;\n"
        #expect(isUndone(["a.c": (Self.before, after)], by: ["a.c": Self.before]))
        let half = "int limit = 3;\nint total(int a) {\n    return a + limit;\n}\nint other = 4;\n"
        #expect(isUndone(["a.c": (Self.before, after)], by: ["a.c": half]))
        // Something of its own in it: that is a fix.
        #expect(!isUndone(["a.c": (Self.before, after)], by: ["a.c": half.replacing("other = 4", with: "other = 5")]))
        #expect(!isUndone(["a.c": (Self.before, after)], by: ["a.c": after.replacing("b * 2", with: "b")]))
    }

    @Test(arguments: [
        ("limit;\n}", "limti;\n}"), ("a + limit;", "a + limit"), ("a + limit", "a - limit"), ("int other;\n", ""),
        ("(int a) {", "(int a) "), ("int limit = 3;\n", ""),
    ])
    func `a slip that is mended is none, though it stands as it stood before`(right: String, wrong: String) {
        let after = Self.before.replacing(right, with: wrong)
        #expect(after != Self.before)
        #expect(!isUndone(["a.c": (Self.before, after)], by: ["a.c": Self.before]))
    }

    @Test func `a name that was changed in several places was meant to be`() {
        let header = ("int total(int a);\n", "int sum_all(int a);\n")
        let source = (Self.before, Self.before.replacing("total", with: "sum_all"))
        #expect(isUndone(["a.h": header, "a.c": source], by: ["a.h": header.0]))
        #expect(isUndone(["a.h": header, "a.c": source], by: ["a.h": header.0, "a.c": source.0]))
        // In one place only it may as well be a typing error.
        #expect(!isUndone(["a.h": header], by: ["a.h": header.0]))
    }

    @Test func `what was deleted at length comes back only when that is asked for`() {
        let long = (0..<8).map { "int value\($0) = \($0);\n" }.joined()
        #expect(isUndone(["a.c": (long + Self.before, Self.before)], by: ["a.c": long + Self.before]))
        #expect(
            !isUndone(
                ["a.c": ("#include <stdio.h>\n" + Self.before, Self.before)],
                by: ["a.c": "#include <stdio.h>\n" + Self.before]))
    }

    @Test func `a line that was pasted twice may go once`() {
        let right = "int sum(int a, int b, int c, int d) {\n    return add(a, add(b, add(c, d)));\n}\n"
        let wrong = right + right
        #expect(!isUndone(["a.c": (right, wrong)], by: ["a.c": right]))
        let other = right + right.replacing("sum", with: "all").replacing("add", with: "mul")
        #expect(isUndone(["a.c": (right, other)], by: ["a.c": right]))
    }

    @Test func `without a change, or in other files, nothing is undone`() {
        #expect(!isUndone([:], by: ["a.c": "x\n"]))
        #expect(!isUndone(["a.c": ("x\n", "y\n")], by: ["b.c": "x\n"]))
        #expect(!isUndone(["a.c": ("x\n", "y\n")], by: ["a.c": "y\n"]))
    }

    @Test func `reversals begin with the hunk next to the error and end with everything`() async {
        let old = (1...30).map { "int a\($0);\n" }.joined()
        let new = old.replacing("int a5;\n", with: "int a5 = x;\n").replacing(
            "int a25;\n", with: "int a25 = y;\nint z;\n")
        let change = change(["a.c": (old, new), "b.c": ("int b;\n", "int c;\n")])
        let files = WorkingFiles(paths: ["a.c", "b.c"]) { Array(($0 == "a.c" ? new : "int c;\n").utf8) }
        await files.load(["a.c", "b.c"])
        let cause = RootCause(
            diagnostic: Diagnostic(
                severity: .error, message: "m", location: SourceLocation(file: "a.c", line: 24), tool: .gcc))
        let reversals = change.reversals(for: [cause], in: files)
        #expect(
            reversals.map(\.title) == [
                "Revert the change at a.c:25-26", "Revert the change in a.c", "Revert the change in b.c",
                "Revert the change in 2 files",
            ])
        #expect(reversals.first?.contents["a.c"]?.string == old.replacing("int a5;\n", with: "int a5 = x;\n"))
        #expect(reversals.last?.contents["a.c"]?.string == old && reversals.last?.contents["b.c"]?.string == "int b;\n")
    }
}
