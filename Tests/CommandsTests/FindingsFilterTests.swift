import Foundation
import Orchestration
import Specialists
import Testing

@testable import Commands
@testable import Workflows

@Suite("Which findings count")
struct FindingsFilterTests {
    private func setAside(
        _ text: String, above: String? = nil, file: String = "a.c", rule: String? = "whitespace/trailing"
    ) -> JudgedFinding.SetAside? {
        let reported = FindingsSample.reported(file, text: text, above: above, rule: rule)
        return FindingFilter.standard.judged([reported]).first?.setAside
    }

    @Test(
        "a comment on the line sets findings aside, in the syntax of any language",
        arguments: [
            ("a.c", "x = 1; // teamfix:ignore"), ("a.c", "x = 1; /* teamfix:ignore */"),
            ("a.c", "f(\"//\", '\"'); // teamfix:ignore"), ("a.rs", "fn f<'a>() // don't teamfix:ignore"),
            ("a.py", "x = 'it\\'s'  # teamfix:ignore"), ("a.py", "x = \"#\"  # teamfix:ignore whitespace"),
            ("a.sql", "SELECT 1 -- teamfix:ignore"), ("a.html", "<p>don't</p> <!-- teamfix:ignore -->"),
            ("a.lua", "x = 1 -- teamfix:ignore whitespace/trailing -- as it was"), ("a.tex", "x % teamfix:ignore"),
            ("Makefile", "all: # teamfix:ignore"), ("a.unknown", "x ; teamfix:ignore"),
            ("a.ml", "let x = 1 (* teamfix:ignore *)"), ("a.js", "x = `#`; // teamfix:ignore syntax, whitespace"),
            ("a.c", " * teamfix:ignore"), ("a.yml", "x: https://a#b # teamfix:ignore Whitespace/Trailing"),
        ])
    func ignored(file: String, text: String) throws {
        guard case .ignored = setAside(text, file: file) else {
            Issue.record("not ignored: \(text)")
            return
        }
    }

    @Test(
        "what stands in a string, names other rules or says something else, sets nothing aside",
        arguments: [
            ("a.c", "f(\"// teamfix:ignore\");"), ("a.py", "x = '# teamfix:ignore'"), ("a.c", "teamfix:ignore"),
            ("a.c", "x = 1; // teamfix:ignore syntax"), ("a.c", "x = 1; // teamfix:ignore white"),
            ("a.c", "x = 1; // teamfix:ignored"), ("a.c", "x = 1; // teamfix:ignore-next-line"),
            ("a.c", "x = 1; // xteamfix:ignore"), ("a.c", "x = 1; // teamfix:ignore this is fine"),
            ("a.c", "x = 1; // teamfix:ignore ,"), ("a.py", "x // teamfix:ignore"), ("a.c", "# teamfix:ignore"),
            ("a.js", "x = `// teamfix:ignore`;"), ("a.c", "c = '\"'; f(\"// teamfix:ignore\");"),
        ])
    func notIgnored(file: String, text: String) {
        #expect(setAside(text, file: file) == nil)
    }

    @Test("a comment on the line above counts when nothing else stands there, and its reason is kept")
    func above() {
        let reason = JudgedFinding.SetAside.ignored(reason: "the vendor's file")
        #expect(setAside("int a; ", above: "  // teamfix:ignore whitespace -- the vendor's file") == reason)
        #expect(setAside("int a; ", above: "/* teamfix:ignore -- the vendor's file */") == reason)
        #expect(setAside("int a; ", above: "int b; // teamfix:ignore") == nil)
        #expect(setAside("int a; ", above: nil) == nil)
        #expect(setAside("int a; // teamfix:ignore model", rule: "model/review") == .ignored(reason: nil))
    }

    @Test("a fingerprint survives moves and reformatting, and tells apart what is said of equal lines")
    func fingerprints() {
        func prints(_ findings: Analyze.Reported...) -> [String] {
            FindingFilter.standard.judged(findings).map(\.fingerprint)
        }
        let one = FindingsSample.reported(line: 2, text: "  if (a = 1)", rule: "x/y")
        var moved = FindingsSample.reported(line: 70, text: "\tif (a  =  1) ", rule: "x/y")
        #expect(prints(one) == prints(moved))
        #expect(prints(one).first?.count == 32)
        let twice = prints(one, moved)
        #expect(Set(twice).count == 2 && twice.first == prints(one).first)
        moved.finding.rule = "x/z"
        #expect(prints(one) != prints(moved))
        #expect(prints(one) != prints(FindingsSample.reported("g.c", line: 2, text: "  if (a = 1)", rule: "x/y")))
        // Two models word it differently; the line is the same.
        let model = Confidence(agreeing: 1, independent: 1)
        #expect(
            prints(FindingsSample.reported(line: 2, .error, "it assigns", confidence: model))
                == prints(FindingsSample.reported(line: 2, .note, "use == here", confidence: model)))
        // Without a line, the message is all there is.
        #expect(
            prints(FindingsSample.reported(line: nil, .error, "a", text: nil))
                != prints(FindingsSample.reported(line: nil, .error, "b", text: nil)))
    }

    @Test("a fingerprint of a secret is made of what reports may show")
    func secretFingerprint() {
        func print(_ text: String) -> String? {
            FindingFilter.standard.judged([
                FindingsSample.reported(text: text, rule: "secret/password", evidence: "password = hun…")
            ]).first?.fingerprint
        }
        #expect(print("password = hunter2") == print("password = hunter3"))
    }

    @Test("what stands is what no comment sets aside")
    func standing() {
        var report = FindingsSample.report
        #expect(report.standing.count == report.findings.count - 1)
        report.findings = report.standing
        #expect(report.standing == report.findings)
    }

    @Test("confidence counts for models' findings alone")
    func confidence() {
        let weak = Confidence(agreeing: 1, independent: 3)
        let filter = FindingFilter.standard(minConfidence: 0.9, baseline: [])
        let judged = filter.judged([FindingsSample.reported(confidence: weak), FindingsSample.reported()])
        #expect(judged.map(\.setAside) == [.confidence, nil])
        #expect(FindingFilter.standard.judged([FindingsSample.reported(confidence: weak)]).map(\.setAside) == [nil])
    }

    @Test("a baseline sets aside as many findings as it has, and grows without losing or doubling any")
    func baseline() throws {
        let findings = [1, 5, 9].map { FindingsSample.reported(line: $0, text: "int a; ", rule: "whitespace/trailing") }
        let judged = FindingFilter.standard.judged(findings)
        let two = Baseline().adding(Array(judged.prefix(2)))
        #expect(two.findings.count == 2)
        let filter = FindingFilter.standard(minConfidence: 0, baseline: two.fingerprints)
        #expect(filter.judged(findings).map(\.setAside) == [.baseline, .baseline, nil])
        let all = two.adding(judged).adding(judged)
        #expect(all.findings.count == 3)
        let read = try Baseline(Array(jsonText(all).utf8))
        #expect(read == all)
        // What a comment tells already isn't kept a second time.
        let ignored = FindingFilter.standard.judged([FindingsSample.reported(text: "x // teamfix:ignore")])
        #expect(Baseline().adding(ignored).findings.isEmpty)
    }

    @Test(
        "what isn't a baseline is refused in words that say where",
        arguments: [
            ("", "it isn't a JSON object"), ("[1]", "it isn't a JSON object"),
            ("{}", "it doesn't say \"schema\": \"teamfix.baseline/1\""),
            (
                #"{"schema":"teamfix.baseline/9","findings":[]}"#,
                "its schema is teamfix.baseline/9, not teamfix.baseline/1"
            ),
            (#"{"schema":"teamfix.baseline/1"}"#, "it has no findings"),
            (
                #"{"schema":"teamfix.baseline/1","findings":[{"fingerprint":1,"file":"","rule":"","message":""}]}"#,
                "findings[0].fingerprint is of another type"
            ),
        ])
    func broken(text: String, problem: String) {
        #expect(throws: Baseline.Problem(text: problem)) { try Baseline(Array(text.utf8)) }
    }

    @Test("an excerpt of a line of megabytes is short, and has the place in it")
    func excerpt() throws {
        let text = SourceText(String(repeating: "ab", count: 1 << 20) + "HERE" + String(repeating: "c", count: 1 << 20))
        let excerpt = try #require(Excerpt(line: 1, column: (2 << 20) + 1, in: text))
        #expect(excerpt.text.count == Excerpt.longest)
        #expect(excerpt.text.dropFirst((2 << 20) - excerpt.skipped).hasPrefix("HERE"))
        let end = try #require(Excerpt(line: 1, column: .max, in: text))
        #expect(end.text.count == Excerpt.longest && end.text.last == "c")
        #expect(Excerpt(line: 2, column: nil, in: text) == nil)
        #expect(Excerpt(line: 2, column: 1, in: SourceText("a\nb\n"))?.above == "a")
    }
}
