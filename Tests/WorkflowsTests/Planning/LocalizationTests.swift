import Diagnostics
import Testing

@testable import Workflows

@Suite("From a failure to the code at fault")
struct LocalizationTests {
    private static let sources = [
        "shop/cart.py":
            "PRICES = {}\n\n\ndef total(items):\n    return sum(items) + 1\n\n\ndef unrelated(x):\n    return x\n",
        "tests/test_cart.py": "from shop.cart import total\n\n\ndef test_total():\n    assert total([1, 2]) == 3\n",
        "src/main.c": "int helper(int x) {\n    return x\n}\n\nint main(void) {\n    return helper(1);\n}\n",
    ]

    private func localization(_ sources: [String: String] = sources, command: String = "") async -> Localization {
        let files = WorkingFiles(paths: Set(sources.keys)) { sources[$0].map { Array($0.utf8) } }
        await files.load(sources.keys)
        let gate = Gate(rules: GateRules(), taskFiles: [])
        return Localization(files: files, command: command, isEditable: gate.mayEdit)
    }

    @Test func `a compiler's place is the suspect, with its function`() async {
        let cause = RootCause(
            diagnostic: Diagnostic(
                severity: .error, message: "expected ';' before '}' token",
                location: .init(file: "src/main.c", line: 2, column: 13), tool: .gcc))
        let suspects = await localization().suspects(for: cause)
        #expect(suspects.first.map { "\($0.file) \($0.lines) \($0.line ?? 0)" } == "src/main.c 1...3 2")
    }

    @Test func `a failed assertion leads to the function that the test calls, never to the test`() async throws {
        let log = """
            =================================== FAILURES ===================================
            __________________________________ test_total __________________________________

                def test_total():
            >       assert total([1, 2]) == 3
            E       assert 4 == 3
            E        +  where 4 = total([1, 2])

            tests/test_cart.py:5: AssertionError
            =========================== short test summary info ============================
            FAILED tests/test_cart.py::test_total - assert 4 == 3
            1 failed in 0.01s

            """
        let cause = try #require(BuildLog.read(Array(log.utf8), root: "/r").rootCauses.first)
        let suspects = await localization().suspects(for: cause)
        #expect(suspects.first?.file == "shop/cart.py")
        #expect(suspects.first?.lines.contains(5) == true)
        #expect(suspects.first?.line == nil)
        #expect(!suspects.contains { $0.file.contains("test") })
    }

    @Test func `of a traceback the editable frames are suspects`() async throws {
        let log = """
            Traceback (most recent call last):
              File "/r/tests/test_cart.py", line 5, in test_total
                assert total([1, 2]) == 3
              File "/r/shop/cart.py", line 5, in total
                return sum(items) + 1
            TypeError: unsupported operand type(s) for +: 'NoneType' and 'int'

            """
        let cause = try #require(BuildLog.read(Array(log.utf8), root: "/r").rootCauses.first)
        let suspects = await localization().suspects(for: cause)
        #expect(suspects.first?.file == "shop/cart.py")
        #expect(suspects.first?.line == 5)
    }

    @Test func `what nobody may edit is no suspect`() async {
        let cause = RootCause(
            diagnostic: Diagnostic(
                severity: .error, message: "no rule", location: .init(file: "Makefile", line: 1), tool: .make))
        #expect(await localization(["Makefile": "all: x\n"]).suspects(for: cause).isEmpty)
        let elsewhere = RootCause(
            diagnostic: Diagnostic(
                severity: .error, message: "bad", location: .init(file: "/usr/include/stdio.h", line: 1), tool: .gcc))
        #expect(
            await localization().suspects(for: elsewhere).allSatisfy {
                Self.sources.keys.contains($0.file) && $0.line == nil
            })
    }

    @Test func `where nothing points anywhere, what the command runs is suspect`() async {
        let silent = RootCause(diagnostic: Diagnostic(severity: .error, message: "exited with 1", tool: .generic))
        let suspects = await localization(command: "python3 tests/test_cart.py").suspects(for: silent)
        #expect(suspects.map(\.file) == ["shop/cart.py"])
    }

    @Test func `a compiler's file is known without a search, and it is the first suspect's`() async {
        let known = RootCause(
            diagnostic: Diagnostic(
                severity: .error, message: "'total' is wrong", location: .init(file: "src/main.c", line: 2), tool: .gcc)
        )
        let localization = await localization()
        #expect(localization.certainFile(of: known) == "src/main.c")
        #expect(localization.suspects(for: known).first?.file == "src/main.c")
        #expect(!localization.findsNothing(for: known))
        var asserted = known
        asserted.diagnostic.message = "assertion 'total' failed"
        #expect(localization.certainFile(of: asserted) == nil)
        #expect(!localization.findsNothing(for: asserted))
        let silent = RootCause(diagnostic: Diagnostic(severity: .error, message: "exited with 1", tool: .generic))
        #expect(localization.findsNothing(for: silent))
    }

    @Test func `there are at most as many as asked for, and none twice`() async {
        let cause = RootCause(
            diagnostic: Diagnostic(
                severity: .error, message: "'total' and 'unrelated' and 'helper' and 'main' fail",
                location: .init(file: "src/main.c", line: 2),
                tool: .generic))
        let suspects = await localization().suspects(for: cause, limit: 2)
        #expect(suspects.count == 2)
        #expect(Set(suspects.map { "\($0.file)\($0.lines)" }).count == 2)
    }

    @Test(arguments: [
        "tests/a.c", "test_a.py", "a_test.go", "src/a.test.ts", "Tests/AppTests/AppTests.swift", "spec/a_spec.rb",
        "conftest.py",
    ])
    func `tests`(path: String) { #expect(looksLikeTest(path)) }

    @Test(arguments: ["src/a.c", "contest.py", "latest.go", "attest/a.c", "src/testimony.swift", ""])
    func `no tests`(path: String) { #expect(!looksLikeTest(path)) }
}

@Suite("What is read for a failure is bounded")
struct SuspectFilesTests {
    @Test func `named files come first, then neighbours, then the rest, and not all of a large project`() {
        let many = (0..<1_000).map { "lib/f\($0).c" }
        let paths = Set(many + ["src/a.c", "src/b.c", "include/a.h", "README.md", "Makefile"])
        let cause = RootCause(
            diagnostic: Diagnostic(
                severity: .error, message: "m", location: .init(file: "src/a.c", line: 1), tool: .gcc,
                notes: [
                    .init(message: "declared here", location: .init(file: "include/a.h", line: 3)),
                    .init(message: "x", location: .init(file: "/usr/include/x.h", line: 1)),
                ]))
        let wanted = SuspectFiles(paths: paths).wanted(for: [cause])
        #expect(Array(wanted.prefix(3)) == ["src/a.c", "include/a.h", "src/b.c"])
        #expect(wanted.count <= SuspectFiles.mostNeighbours + 2)
        #expect(Set(wanted).count == wanted.count)
        #expect(wanted.allSatisfy(paths.contains))
    }
}
