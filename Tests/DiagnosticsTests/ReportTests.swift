import Diagnostics
import Testing

/// SARIF and JUnit's XML, in what the recorded reports don't show.
@Suite struct ReportTests {
    private func read(_ text: String, limits: BuildLogReader.Limits = .init()) -> BuildLog {
        BuildLog.read(Array(text.utf8), root: "/r", limits: limits)
    }

    private func result(_ number: Int) -> String {
        #"{"level": "error", "message": {"text": "m\#(number)"}, "locations": [{"physicalLocation": {"#
            + #""artifactLocation": {"uri": "a.c"}, "region": {"startLine": \#(number)}}}]}"#
    }

    @Test func aReportInTheMiddleOfALogIsReadWithIt() {
        let log = read(
            """
            cc -c a.c
            {"version": "2.1.0", "runs": [{"results": [
            \(result(7))
            ]}]}
            1 error generated.
            b.c:2:2: error: and a log again
            """)
        #expect(
            log.errors.map(LogTable.header) == [
                "error a.c:7 sarif @3: m7",
                "error b.c:2:2 generic @6: and a log again".replacing("generic", with: "gcc"),
            ])
        #expect(log.lineCount == 6)
    }

    @Test func whatIsBeyondTheLimitOfAReportIsNotRead() {
        var limits = BuildLogReader.Limits()
        limits.reportBytes = 5000
        let results = (1...200).map(result).joined(separator: ",\n")
        let log = read(#"{"runs": [{"results": ["# + results + "]}]}\nb.c:2:2: error: behind", limits: limits)
        #expect(log.errors.first?.message == "m1")
        #expect(log.errors.last?.message == "behind")
        #expect((10..<100).contains(log.errors.count))
    }

    @Test func theTailOfAReportIsWhatItSays() {
        let log = read(#"{"runs": [{"results": [\#(result(3))]}]}"#)
        #expect(log.tail == "a.c:3: error: m3")
    }

    @Test func jsonAndXMLThatAreNoReportsAreText() {
        let json = read("{\n  \"a.c:1:1: error: x\": 1\n}\na.c:1:1: error: y")
        #expect(json.errors.map(\.message) == ["y"])
        let late = read(
            (1...20).map { "line \($0)\n" }.joined() + "<testsuite><testcase><failure/></testcase></testsuite>")
        #expect(late.diagnostics.isEmpty)
    }

    @Test func aReportThatIsBrokenOffInAStringDoesNotSwallowTheLog() {
        let begun = read(
            "{\"version\": \"2.1\na.c:1:1: error: x\n" + #"{"runs": [{"results": [\#(result(3))]}]}"# + "\n")
        #expect(begun.errors.map(\.message) == ["x", "m3"])
        #expect(begun.lineCount == 3)
        let halved = read(#"{"runs": [{"results": [\#(result(3)), {"message": {"text": "cut"# + "\na.c:4:1: error: y")
        #expect(halved.errors.map(\.message).suffix(1) == ["y"])
        #expect(halved.errors.contains { $0.message == "m3" })
    }

    @Test func linesWithABraceThatAreNoReportsAreText() {
        let heads = [
            "{", "{}", "{ \"", "{\"", "{\"x", "{ x", "{\"r", "{\"runs", "{\"version\": 3",
            "{" + String(repeating: " ", count: 80),
        ]
        for head in heads {
            #expect(read("\(head)\n\(head)\na.c:1:1: error: x").errors.map(\.message) == ["x"], "\(head)")
        }
    }

    @Test func aReportIsReadWhateverItsKeysOrderAndSpace() {
        for head in [
            #"{ "runs" : [ "#, "{\n\t\"version\"\n:\n\"2.1.0\", \"runs\": [", #"{"$schema":"x/SARIF-2.1.0","runs":["#,
        ] {
            #expect(read(head + #"{"results": [\#(result(1))]}]}"#).errors.map(\.message) == ["m1"])
        }
    }

    @Test func sarifPathsAreResolvedLikeAnyOther() {
        for (uri, file) in [
            ("file:///r/a%20b.c", "a b.c"), ("file://localhost/r/x.c", "x.c"), ("file:/r/x.c", "x.c"), ("./x.c", "x.c"),
            ("/etc/x.c", "/etc/x.c"), ("../x.c", "/x.c"), ("%2e%2e/x.c", "/x.c"),
        ] {
            let text = result(1).replacing("\"a.c\"", with: "\"\(uri)\"")
            let log = read(#"{"runs": [{"results": [\#(text)]}]}"#)
            #expect(log.errors.first?.location?.file == file, "\(uri)")
        }
    }

    @Test func editsOutsideTheRootAreNoneOfTheToolsBusiness() {
        let fix = { (uri: String) in
            #"{"artifactChanges": [{"artifactLocation": {"uri": "\#(uri)"}, "replacements": [{"deletedRegion": "#
                + #"{"startLine": 1, "startColumn": 1, "endColumn": 2}, "insertedContent": {"text": "x"}}]}]}"#
        }
        for (uri, count) in [("a.c", 1), ("/etc/passwd", 0), ("../b.c", 0)] {
            let text = result(1).dropLast() + #", "fixes": [\#(fix(uri))]}"#
            #expect(read(#"{"runs": [{"results": [\#(text)]}]}"#).errors.first?.fixIts.count == count)
        }
    }

    @Test func aTestsPlaceIsWhereAPersonWouldLookFirst() {
        let place = { (text: String, attributes: String) -> String in
            let log = read(
                "<testsuite><testcase name='t' \(attributes)><failure message='m'>\(text)</failure></testcase></testsuite>"
            )
            return LogTable.place(log.errors.first?.location)
        }
        #expect(place("", "") == "-")
        #expect(place("", "file='t.rb' line='4'") == "t.rb:4")
        #expect(place("E   assert\nt.py:3: in test\nlib.py:9: Error", "") == "lib.py:9")
        #expect(
            place("  File \"/r/t.py\", line 3, in test\n  File \"/usr/lib/python3/x.py\", line 9, in y", "") == "t.py:3"
        )
        #expect(place("at Object.f (/r/node_modules/j/i.js:1:2)\nat /r/src/a.test.js:4:5", "") == "src/a.test.js:4:5")
        #expect(place("   at N.C.F() in /r/src/C.cs:line 12", "") == "src/C.cs:12")
        #expect(
            place("\tat org.junit.Assert.fail(Assert.java:9)\n\tat a.b.CTest.f(CTest.java:7)", "")
                == "a/b/CTest.java:7")
    }

    @Test func javaFramesAreFoundInTheFoldersThatAreThere() {
        let text =
            "Exception in thread \"main\" java.lang.Error: x\n\tat java.util.List.of(List.java:1)\n\tat a.b.C.f(C.java:7)\n"
        let log = BuildLog.read(Array(text.utf8), root: "/r") { $0 == "/r/src/main/java/a/b/C.java" }
        #expect(log.errors.map { LogTable.place($0.location) } == ["src/main/java/a/b/C.java:7"])
    }
}
