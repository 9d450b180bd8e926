import Diagnostics
import Testing

@testable import Workflows

@Suite("Only the failing tests run while a fix is searched for")
struct NarrowedTestsTests {
    private func narrowed(_ command: String, _ tests: [String?], tool: Diagnostic.Tool = .pytest) -> String? {
        NarrowedTests.command(
            command,
            failing: tests.map { Diagnostic(severity: .error, message: "m", tool: tool, test: $0) })
    }

    @Test func `each dialect has its own way to name tests`() {
        #expect(
            narrowed("pytest -q tests", ["test_a", "TestB.test_b[1-2]"]) == "pytest -q tests -k 'test_a or test_b'")
        #expect(
            narrowed("python3 -B -m pytest", ["tests/test_x.py::test_a"]) == "python3 -B -m pytest -k 'test_a'")
        #expect(
            narrowed("python3 -m unittest discover -s tests", ["test_x.TestA.test_b"], tool: .unittest)
                == "python3 -m unittest discover -s tests -k test_x.TestA.test_b")
        #expect(
            narrowed("swift test", ["DemoTests.OldTests.testDouble"], tool: .xctest)
                == "swift test --filter '[.]OldTests/testDouble$'")
        #expect(
            narrowed("swift test", ["DemoTests.OldTests testDouble"], tool: .xctest)
                == "swift test --filter '[.]OldTests/testDouble$'")
        #expect(narrowed("swift test", ["adds()"], tool: .swiftTesting) == "swift test --filter '[./]adds[(]'")
        #expect(
            narrowed("cargo test --no-fail-fast", ["tests::a", "tests::b"], tool: .rustc)
                == "cargo test --no-fail-fast -- --exact tests::a tests::b")
        #expect(
            narrowed("go test ./...", ["TestA/one", "TestA/two", "TestB"], tool: .go)
                == "go test -run '^(TestA|TestB)$' ./...")
    }

    @Test(arguments: [
        "pytest && make", "pytest | tee log", "pytest; true", "pytest $ARGS", "pytest 'a b'", "make test",
        "pytest -k x",
        "python3 test_x.py", "python3 -c pass -m pytest", "pytest tests/test_x.py::test_a", "cargo test name", "",
        "go build",
        "swift build", "npm test",
    ])
    func `a command that isn't plainly one of those runs whole`(command: String) {
        #expect(narrowed(command, ["test_a"]) == nil)
    }

    @Test func `a failure without a test's name, or with one that a shell would read, runs whole`() {
        #expect(narrowed("pytest", ["test_a", nil]) == nil)
        #expect(narrowed("pytest", []) == nil)
        #expect(narrowed("pytest", ["test_a'; rm -rf x"]) == nil)
        #expect(narrowed("cargo test", ["a b"]) == nil)
        #expect(narrowed("go test", ["Test$(x)"]) == nil)
        #expect(narrowed("swift test", ["a sentence"], tool: .swiftTesting) == nil)
        #expect(narrowed("pytest", (0..<30).map { "test_\($0)" }) == nil)
    }

    @Test func `a candidate is dropped only when every test that it is meant for fails still`() {
        func run(_ tests: [String], exitCode: Int32 = 1) -> BuildObservation {
            let errors = tests.map { Diagnostic(severity: .error, message: "m", tool: .pytest, test: $0) }
            return BuildObservation(
                exitCode: exitCode,
                log: BuildLog(diagnostics: errors, rootCauses: errors.map { RootCause(diagnostic: $0) }),
                duration: 1)
        }
        #expect(NarrowedTests.refusal(after: run(["a", "b"]), meantFor: ["a", "b"]) == "a still fails: m")
        #expect(NarrowedTests.refusal(after: run(["a"]), meantFor: ["a", "b"]) == nil)
        #expect(NarrowedTests.refusal(after: run([], exitCode: 5), meantFor: ["a"]) == nil)
        #expect(NarrowedTests.refusal(after: run([], exitCode: 0), meantFor: ["a"]) == nil)
    }
}
