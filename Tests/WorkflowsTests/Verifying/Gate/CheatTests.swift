import Diagnostics
import Testing

@testable import Workflows

@Suite("Ways to turn a build green without mending it")
struct CheatTests {
    /// The failures that the attempts are judged by: a test, and names that a linker and an interpreter miss.
    private func traits() async -> FailureTraits {
        let test = """
            from cart import total
            def test_total():
                assert total([3, 4]) == 7
                assert total(40) == 82
                assert total(50) == 100
                assert total(0) == 0 and total(1) == 1
                assert total('Ada') == 'hello'
            """
        let files = WorkingFiles(paths: ["test_cart.py"]) { _ in Array(test.utf8) }
        await files.load(["test_cart.py"])
        let messages = [
            "undefined reference to 'warehouse_store'", "No module named 'warehouse'",
            "undefined reference to 'check_total'", "name 'save_results' is not defined", "call of 'audit' fails",
        ]
        let causes = messages.map { RootCause(diagnostic: Diagnostic(severity: .error, message: $0, tool: .generic)) }
        let failing = Diagnostic(
            severity: .error, message: "assert 3 == 7", code: "AssertionError",
            location: SourceLocation(file: "test_cart.py", line: 3), tool: .pytest, test: "test_total")
        return FailureTraits(causes + [RootCause(diagnostic: failing)], files: files, command: "pytest")
    }

    private func refusal(_ attempt: Way.Attempt) async -> String? {
        let files = WorkingFiles(paths: [attempt.file]) { _ in Array(attempt.old.utf8) }
        await files.load([attempt.file])
        let gate = Gate(rules: GateRules(), taskFiles: [], failure: await traits())
        let candidate = Candidate(
            id: "c", title: "t", source: "s", model: "m", causes: [],
            contents: [attempt.file: SourceText(attempt.new)], origins: [attempt.file: SourceText(attempt.old)])
        return gate.refusal(of: candidate, against: files, scope: [attempt.file])
    }

    @Test(arguments: ways) func `who goes it is refused`(_ way: Way) async {
        for attempt in way.cheats {
            #expect(attempt.old != attempt.new, "\(attempt.file) isn't changed")
            let said = await refusal(attempt)
            let words = attempt.says ?? way.says
            #expect(!words.isEmpty)
            #expect(
                said?.contains(words) == true,
                "\(said ?? "not refused"): \(attempt.new)")
        }
    }

    @Test(arguments: ways) func `who comes near it honestly isn't`(_ way: Way) async {
        for attempt in way.honest {
            #expect(attempt.old != attempt.new, "\(attempt.file) isn't changed")
            let said = await refusal(attempt)
            #expect(said == nil, "\(said ?? ""): \(attempt.new)")
        }
    }

    @Test func `the failing tests' own values and calls are known`() async {
        let traits = await traits()
        #expect(traits.testStatements.contains(["3", "4", "7"]))
        #expect(traits.testStatements.contains(["\"Ada", "\"hello"]))
        #expect(traits.names.isSuperset(of: ["total", "warehouse_store", "check_total", "audit"]))
        #expect(traits.missing.isSuperset(of: ["warehouse", "save_results"]))
        #expect(!traits.missing.contains("audit"))
        #expect(traits.failingChecks == ["test_cart.py": [3]])
    }

    @Test func `behind a mended compile error the gate is for the tests that fail then, the check's too`() async {
        let sources = [
            "cart.py": "def total(items):\n    return sum(items) + 1\n",
            "tests/check.py": "from cart import total\nassert total([3, 4]) == 7\n",
        ]
        let files = WorkingFiles(paths: Set(sources.keys)) { sources[$0].map { Array($0.utf8) } }
        await files.load(sources.keys)
        let slip = Diagnostic(
            severity: .error, message: "invalid syntax", code: "SyntaxError",
            location: SourceLocation(file: "cart.py", line: 1), tool: .python)
        let first = Gate(
            rules: GateRules(), causes: [RootCause(diagnostic: slip)], files: files, commands: "make ./tests/check.py")
        #expect(first.taskFiles == ["cart.py"])
        #expect(first.failure.testStatements == [["3", "4", "7"]])
        #expect(first.failure.failingChecks.isEmpty)
        let failing = Diagnostic(
            severity: .error, message: "call of 'audit' fails", code: "AssertionError",
            location: SourceLocation(file: "tests/check.py", line: 2), tool: .python)
        let then = first.renewed(for: [RootCause(diagnostic: failing)], files: files)
        #expect(then.taskFiles.isEmpty)
        #expect(then.failure.failingChecks == ["tests/check.py": [2]])
        #expect(then.failure.names.isSuperset(of: ["audit", "total"]))
        #expect(then.commands == first.commands)
    }

    @Test func `a check that fails may be rewritten only where its file was allowed`() async {
        let old = "def f(x):\n    return x\n\nassert f(1) == 2\n"
        let files = WorkingFiles(paths: ["a.py"]) { _ in Array(old.utf8) }
        await files.load(["a.py"])
        let failing = Diagnostic(
            severity: .error, message: "", code: "AssertionError", location: SourceLocation(file: "a.py", line: 4),
            tool: .python)
        let traits = FailureTraits([RootCause(diagnostic: failing)], files: files, command: "python3 a.py")
        func refusal(_ new: String, _ rules: GateRules = GateRules()) -> String? {
            Gate(rules: rules, taskFiles: [], failure: traits).refusal(
                of: Candidate(
                    id: "c", title: "t", source: "s", model: "m", causes: [], contents: ["a.py": SourceText(new)],
                    origins: ["a.py": SourceText(old)]), against: files, scope: ["a.py"])
        }
        #expect(refusal(old.replacing("== 2", with: "== 1"))?.contains("rewrites the check that fails") == true)
        #expect(refusal(old.replacing("== 2", with: "== 1"), GateRules(allowed: ["a.py"])) == nil)
        #expect(refusal(old.replacing("return x", with: "return x + 1")) == nil)
    }
}
