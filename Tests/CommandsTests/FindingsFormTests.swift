import Foundation
import Specialists
import TestSupport
import Testing

@testable import Commands
@testable import Workflows

#if canImport(FoundationXML)
    import FoundationXML
#endif

@Suite("Findings in other programs' forms")
struct FindingsFormTests {
    private func text(_ format: OutputFormat, _ view: AnalyzeView = FindingsSample.view()) -> String {
        format.render(view, terminal: .plain)
    }

    private func object(_ format: OutputFormat, _ view: AnalyzeView = FindingsSample.view()) throws -> [String: Any] {
        let value = try JSONSerialization.jsonObject(with: Data(text(format, view).utf8))
        return try #require(value as? [String: Any])
    }

    private func run(_ view: AnalyzeView = FindingsSample.view()) throws -> [String: Any] {
        try #require((try object(.sarif, view)["runs"] as? [[String: Any]])?.first)
    }

    @Test("every form is what it was", arguments: OutputFormat.allCases.filter { $0 != .text })
    func snapshots(format: OutputFormat) throws {
        let shown = text(format).replacing("\"\(teamfixVersion)\"", with: "\"VERSION\"")
        try expectSnapshot(shown, named: "findings-\(format.rawValue)")
    }

    @Test("SARIF's results name rules that are there, places below the root, and what was suppressed")
    func sarif() throws {
        let run = try run()
        let driver = try #require((run["tool"] as? [String: Any])?["driver"] as? [String: Any])
        let rules = try #require(driver["rules"] as? [[String: Any]]).map { $0["id"] as? String }
        let results = try #require(run["results"] as? [[String: Any]])
        // What falls below --min-confidence isn't there.
        #expect(results.count == 6)
        for result in results {
            let index = try #require(result["ruleIndex"] as? Int)
            #expect(rules[index] == result["ruleId"] as? String)
            #expect(result["suppressions"] is [Any])
        }
        let kinds = results.map { ($0["suppressions"] as? [[String: Any]])?.first?["kind"] as? String }
        #expect(kinds.filter { $0 == "inSource" }.count == 1 && kinds.filter { $0 == "external" }.count == 1)
        let places = results.compactMap { result in
            ((result["locations"] as? [[String: Any]])?.first?["physicalLocation"] as? [String: Any])
        }
        let first = places.first?["artifactLocation"] as? [String: Any]
        #expect(first?["uri"] as? String == "src/b%2C1%3Ax.c" && first?["uriBaseId"] as? String == "%SRCROOT%")
        #expect(places.first?["region"] == nil)
    }

    @Test("a run in which some specialists failed says so; one in which all failed has failed")
    func failedSpecialists() throws {
        func invocation(_ view: AnalyzeView) throws -> [String: Any] {
            try #require((try run(view)["invocations"] as? [[String: Any]])?.first)
        }
        var view = FindingsSample.view()
        view.statistics.tasks.total = 3
        view.statistics.tasks.succeeded = 2
        let some = try invocation(view)
        #expect(some["executionSuccessful"] as? Bool == true)
        let notes = try #require(some["toolExecutionNotifications"] as? [[String: Any]])
        #expect(notes.map { $0["level"] as? String } == ["warning"])
        view.statistics.tasks.succeeded = 0
        #expect(try invocation(view)["executionSuccessful"] as? Bool == false)
    }

    @Test("columns are counted as each form counts them: code points, bytes")
    func columns() throws {
        let reported = FindingsSample.reported(
            line: 1, column: 3, .note, "White space", text: "e\u{301}日  ", rule: "whitespace/trailing")
        let view = FindingsSample.view(of: [reported])
        let result = try #require((try run(view)["results"] as? [[String: Any]])?.first)
        let place = (result["locations"] as? [[String: Any]])?.first?["physicalLocation"] as? [String: Any]
        let region = try #require(place?["region"] as? [String: Any])
        #expect(region["startColumn"] as? Int == 4 && region["endColumn"] as? Int == 6)
        let diagnostic = try #require((try object(.rdjson, view)["diagnostics"] as? [[String: Any]])?.first)
        let suggestion = try #require((diagnostic["suggestions"] as? [[String: Any]])?.first)
        let range = try #require(suggestion["range"] as? [String: [String: Int]])
        #expect(range["start"] == ["line": 1, "column": 7] && range["end"] == ["line": 1, "column": 9])
        #expect(suggestion["text"] as? String == "")
    }

    @Test("reviewdog is offered no change that is only words")
    func words() throws {
        let diagnostics = try #require(try object(.rdjson)["diagnostics"] as? [[String: Any]])
        #expect(diagnostics.count == 4)
        let offered = diagnostics.filter { $0["suggestions"] != nil }
        #expect(offered.map { ($0["code"] as? [String: String])?["value"] } == ["whitespace/trailing"])
        #expect(diagnostics.contains { ($0["message"] as? String)?.hasSuffix("\nCompare with ==.") == true })
    }

    @Test("an annotation is one line whatever is in it, and only ten of a kind are made")
    func annotations() {
        let many = (1...13).map {
            FindingsSample.reported(
                "a%,:\n::error::x.c", line: $0, column: 2, .error, "one\r\n::error::two 100%", rule: "x/y")
        }
        let lines = text(.github, FindingsSample.view(of: many)).split(separator: "\n")
        #expect(lines.count == 11)
        #expect(lines.dropLast().allSatisfy { $0.hasPrefix("::error file=a%25%2C%3A%0A%3A%3Aerror%3A%3Ax.c,line=") })
        #expect(
            lines.first
                == "::error file=a%25%2C%3A%0A%3A%3Aerror%3A%3Ax.c,line=1,endLine=1,col=2,title=teamfix%3A x/y::one%0A::error::two 100%25%0A[built-in checks]"
        )
        #expect(lines.last?.contains("13 errors") == true)
        #expect(lines.last?.hasSuffix("; 3 more aren't annotated: GitHub shows 10 of each kind a step") == true)
    }

    /// Reads JUnit's elements as programs do.
    private final class Reader: NSObject, XMLParserDelegate {
        var elements: [(name: String, attributes: [String: String])] = []
        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes: [String: String]
        ) {
            elements.append((name, attributes))
        }
    }

    @Test("JUnit is XML whose counts are right, whatever a model says")
    func junit() throws {
        var report = FindingsSample.report
        report.findings[1].finding.message = "]]> <b> & \u{0} \u{B} \u{FFFE} \"x\" '\u{1F600}'"
        let reader = Reader()
        let parser = XMLParser(data: Data(text(.junit, FindingsSample.view(report)).utf8))
        parser.delegate = reader
        #expect(parser.parse(), "\(String(describing: parser.parserError))")
        func count(_ name: String) -> Int { reader.elements.count { $0.name == name } }
        func sum(_ attribute: String) -> Int {
            reader.elements.filter { $0.name == "testsuite" }.reduce(0) {
                $0 + (Int($1.attributes[attribute] ?? "") ?? 0)
            }
        }
        #expect(count("testsuite") == 6)
        #expect(count("failure") == 4 && sum("failures") == 4)
        #expect(count("skipped") == 3 && sum("skipped") == 3)
        #expect(count("error") == 1 && sum("errors") == 1)
        #expect(count("testcase") == sum("tests"))
        #expect(
            reader.elements.contains {
                $0.attributes["classname"] == "clean.c" && $0.attributes["name"] == "no findings"
            })
        #expect(reader.elements.contains { $0.attributes["message"]?.contains("]]> <b> &") == true })
    }

    @Test("a form that isn't a command's own is refused, and says which are", arguments: ["sarif", "junit"])
    func refused(format: String) async throws {
        let teamfix = try Invoked()
        let run = await teamfix.run("doctor", "--format", format)
        #expect(run.status == 64 && run.output.isEmpty)
        #expect(
            run.errors.contains("--format \(format) is a form of analyze's findings; here are text, json, markdown."))
    }

    @Test("a confidence that is none is refused", arguments: ["1.5", "-1", "nan"])
    func confidence(value: String) async throws {
        let run = await (try Invoked()).run("analyze", "--min-confidence=\(value)")
        #expect(run.status == 64 && run.errors.contains("--min-confidence must be between 0 and 1."))
    }
}
