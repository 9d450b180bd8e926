import Diagnostics
import Testing

@Suite struct RootCauseTests {
    private func roots(_ text: String) -> [String] {
        BuildLog.read(Array(text.utf8), root: "/r").rootCauses.map { LogTable.place($0.location) }
    }

    @Test func errorsInDifferentFunctionsAndFilesStayApart() {
        #expect(
            roots(
                """
                a.c: In function ‘f’:
                a.c:3:5: error: expected ‘;’ before ‘x’
                a.c: In function ‘g’:
                a.c:9:5: error: ‘y’ undeclared (first use in this function)
                b.c:2:2: error: ‘z’ undeclared (first use in this function)
                """) == ["a.c:3:5", "a.c:9:5", "b.c:2:2"])
    }

    @Test func whatFollowsAnUnparsedStatementOfTheSameFunctionIsItsEcho() {
        #expect(
            roots(
                """
                a.c: In function ‘f’:
                a.c:3:5: error: expected ‘)’ before ‘{’ token
                a.c:4:5: error: expected expression before ‘}’ token
                a.c:9:5: error: ‘i’ undeclared (first use in this function)
                """) == ["a.c:3:5"])
    }

    @Test func aMissingParenthesisIsSearchedForBelow() {
        let text = """
            a.c: In function ‘f’:
            a.c:3:9: error: expected ‘)’ before ‘{’ token
            fix-it:"a.c":{3:9-3:9}:")"
            a.c:12:9: error: expected expression before ‘}’ token
            """
        #expect(roots(text) == ["a.c:3:9"])
        #expect(
            roots(text + "\na.c: In function ‘g’:\na.c:20:1: error: expected ‘;’ before ‘}’ token") == [
                "a.c:3:9", "a.c:20:1",
            ])
    }

    @Test func anErrorForWhichTheCompilerHasAnEditStandsOnItsOwn() {
        #expect(
            roots(
                """
                a.c: In function ‘f’:
                a.c:3:5: error: expected ‘)’ before ‘{’ token
                a.c:7:9: error: expected ‘;’ before ‘return’
                fix-it:"a.c":{7:9-7:9}:";"
                """) == ["a.c:3:5", "a.c:7:9"])
    }

    @Test func oneMissingNameIsOneCause() {
        let log = BuildLog.read(
            Array(
                """
                a.c:3:5: error: use of undeclared identifier 'count'
                a.c:30:5: error: use of undeclared identifier 'count'
                a.c:31:5: error: use of undeclared identifier 'total'
                """.utf8), root: "/r")
        #expect(log.rootCauses.map(\.cascades.count) == [1, 0])
    }

    @Test func anUnknownTypeExplainsWhatMentionsIt() {
        #expect(
            roots(
                """
                a.c:3:1: error: unknown type name ‘Node’
                a.c:20:5: error: ‘Node’ undeclared (first use in this function)
                a.c:21:9: error: request for member ‘next’ in something not a structure or union
                """) == ["a.c:3:1"])
    }

    @Test func whatOnlySaysThatSomethingFailedIsNoCauseUnlessNothingElseIs() {
        #expect(roots("a.c:1:1: error: no\nmake: *** [Makefile:3: a.o] Error 1\n") == ["a.c:1:1"])
        #expect(roots("cc -c a.c\nmake: *** [Makefile:3: a.o] Error 1\n") == ["Makefile:3"])
    }

    @Test func aLineThatOnlyLooksLikeAnErrorCountsWhenNothingSurerIsThere() {
        #expect(roots("src/a.lua:3: something odd\n") == ["src/a.lua:3"])
        #expect(roots("src/a.lua:3: something odd\nsrc/b.c:1:1: error: no\n") == ["src/b.c:1:1"])
    }

    @Test func testsThatFailAtTheSamePlaceForTheSameReasonAreOneCause() {
        let section = { (name: String) in
            "____________ \(name) ____________\ntests/t.py:3: in \(name)\n    f()\nsrc/f.py:2: in f\n    1 / 0\nE   ZeroDivisionError: division by zero\n"
        }
        let text = "=========== FAILURES ===========\n" + section("test_a") + section("test_b")
        #expect(roots(text) == ["src/f.py:2"])
    }

    @Test func warningsAreNoCauses() {
        #expect(roots("a.c:1:1: warning: hm\n").isEmpty)
    }

    @Test func fingerprintsIgnoreLinesNumbersAndAddresses() {
        let one = Diagnostic(severity: .error, message: "at 0x7f3a: 12 of 3", tool: .python)
        let two = Diagnostic(severity: .error, message: "at 0x80bc: 9 of 44", tool: .python)
        #expect(one.fingerprint == two.fingerprint)
        #expect(one.fingerprint != Diagnostic(severity: .error, message: "at least", tool: .python).fingerprint)
    }
}
