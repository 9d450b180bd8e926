import Orchestration
import Specialists
import TestSupport
import Testing

@testable import Commands
@testable import Workflows

@Suite("Findings as text")
struct FindingsTextTests {
    private func lines(
        _ view: AnalyzeView = FindingsSample.view(), columns: Int, color: Bool = false, limit: Bool = true,
        unicode: Bool = true
    ) -> [String] {
        view.lines(
            width: columns,
            style: Style(
                Terminal(isTerminal: limit, columns: columns, hasLimit: limit, hasColor: color, hasUnicode: unicode)))
    }

    @Test("they look like a good compiler's", arguments: [80, 60])
    func text(columns: Int) throws {
        let lines = lines(columns: columns)
        for line in lines { #expect(displayWidth(line) <= columns, "\(line)") }
        try expectSnapshot(lines.map { $0 + "\n" }.joined(), named: "findings-\(columns)")
    }

    @Test("colours are for terminals; without them not one control character is left")
    func colors() {
        let plain = lines(columns: 80)
        #expect(!plain.joined().unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F })
        let colored = lines(columns: 80, color: true)
        #expect(
            colored.contains { $0.hasPrefix("\u{1B}[1msrc/f.c:2:9:\u{1B}[0m \u{1B}[1;31merror:\u{1B}[0m assignment") })
        #expect(colored.contains { $0.hasSuffix("\u{1B}[2m[whitespace/trailing]\u{1B}[0m") })
    }

    @Test("in a pipe a finding's first line is whole, however long")
    func pipe() {
        let long = String(repeating: "very ", count: 60) + "long"
        let view = FindingsSample.view(of: [FindingsSample.reported(line: 2, column: 5, .error, long, rule: "x/y")])
        let lines = lines(view, columns: 80, limit: false)
        #expect(lines.first == "src/f.c:2:5: error: \(long) [x/y]")
    }

    @Test("a file's name is no command for the runner that reads the log")
    func runnerCommands() {
        let view = FindingsSample.view(of: [
            FindingsSample.reported("::error::x.c", line: 2, .error, "bad", rule: "x/y")
        ])
        #expect(lines(view, columns: 80).first == "./::error::x.c:2: error: bad [x/y]")
    }

    @Test("nothing found is one line, and says what was set aside")
    func nothing() {
        #expect(lines(FindingsSample.view(of: []), columns: 80) == ["nothing has changed"])
        let ignored = FindingsSample.reported(text: "x // teamfix:ignore")
        #expect(
            lines(FindingsSample.view(of: [ignored]), columns: 200) == [
                "no findings in 1 changed file; 1 ignored (the built-in checks alone: no server answered)"
            ])
    }

    private func snippet(
        _ text: String, columns: Range<Int>?, width: Int = 40, skipped: Int = 0, unicode: Bool = true
    ) -> [String] {
        SourceSnippet(
            Excerpt(line: 7, text: text, skipped: skipped), columns: columns,
            style: Style(Terminal(isTerminal: false, hasUnicode: unicode))
        ).lines(width: width, role: .error)
    }

    @Test("the caret stands below what is meant, past tabs and wide characters")
    func carets() {
        #expect(snippet("\tif (x)", columns: 6..<7) == ["   7 |     if (x)", "     |         ^"])
        #expect(snippet("日本 = x", columns: 6..<7) == ["   7 | 日本 = x", "     |        ^"])
        #expect(snippet("e\u{301}a b", columns: 2..<3) == ["   7 | e\u{301}a b", "     |  ^"])
        #expect(snippet("a日b", columns: 2..<4) == ["   7 | a日b", "     |  ^~~"])
        #expect(snippet("  whole line  ", columns: nil) == ["   7 |   whole line", "     |   ^~~~~~~~~~"])
        #expect(snippet("return a", columns: 9..<10) == ["   7 | return a", "     |         ^"])
        #expect(snippet("short", columns: 900..<901) == ["   7 | short", "     |      ^"])
        #expect(snippet("", columns: nil) == ["   7 |", "     | ^"])
        #expect(snippet("ab", columns: 1..<2, unicode: false) == ["   7 | ab", "     | ^"])
        #expect(snippet("é", columns: 1..<2, unicode: false) == ["   7 | ?", "     | ^"])
    }

    @Test("what hides or moves the cursor is seen, and moves no caret")
    func hidden() {
        #expect(snippet("a\u{1B}[31mb", columns: 7..<8) == ["   7 | a\u{FFFD}[31mb", "     |       ^"])
        #expect(snippet("a\u{202E}b", columns: 3..<4) == ["   7 | a\u{FFFD}b", "     |   ^"])
        let marks = "x" + String(repeating: "\u{301}", count: 500) + "y"
        #expect(snippet(marks, columns: 2..<3) == ["   7 | \u{FFFD}y", "     |  ^"])
    }

    @Test("a long line is cut around the caret, on whichever side there is more")
    func cut() throws {
        let long = String(repeating: "a", count: 100) + "HERE" + String(repeating: "b", count: 100)
        #expect(
            snippet(long, columns: 101..<105) == [
                "   7 | …aaaaaaaaaaHEREbbbbbbbbbbbbbbbbb…", "     |            ^~~~",
            ])
        #expect(snippet(long, columns: 1..<2).first?.hasSuffix("…") == true)
        #expect(snippet(long, columns: 204..<205).first?.hasPrefix("   7 | …") == true)
        #expect(snippet("HERE", columns: 501..<505, skipped: 500) == ["   7 | …HERE", "     |  ^~~~"])
        // Whatever the width and the place, lines fit, and the caret stands below its character.
        let wide = "日\t本e\u{301}" + String(repeating: "x日\t", count: 30)
        for width in [20, 21, 22, 33, 60] {
            for column in 1...wide.count {
                let lines = snippet(wide, columns: column..<column + 1, width: width)
                for line in lines { #expect(displayWidth(line) <= width, "\(width) \(column): \(line)") }
                #expect(lines.last?.contains("^") == true)
            }
        }
    }

    @Test("a line that holds a secret is in no form of the report, whatever else is wrong with it")
    func secrets() {
        let line = "key = AKIA1234567890ABCDEF "
        let view = FindingsSample.view(of: [
            FindingsSample.reported(
                line: 3, column: 7, .error, "This looks like a secret", text: line, rule: "secret/aws-key",
                evidence: "key = AKIA… "),
            FindingsSample.reported(line: 3, .note, "White space", text: line, rule: "whitespace/trailing"),
            FindingsSample.reported(line: 4, .note, "another", text: "x", above: line, rule: "whitespace/trailing"),
        ])
        for format in OutputFormat.allCases {
            let text = format.render(view, terminal: .plain)
            #expect(!text.contains("1234567890"), "\(format)")
            #expect(text.contains("aws-key"), "\(format)")
        }
        #expect(lines(view, columns: 80).contains { $0.contains("key = AKIA…") })
    }

    @Test("the summary counts what is shown and what isn't")
    func summary() {
        #expect(
            FindingsSample.view().summary
                == "2 errors, 1 warning and 1 note in 5 changed files; 1 ignored, 1 in the baseline, 1 below --min-confidence; 1 dropped: the change doesn't bear it out"
        )
    }

    @Test("every form has the counts of what was set aside")
    func countsEverywhere() throws {
        let view = FindingsSample.view()
        for format in [OutputFormat.text, .markdown, .github, .sarif] {
            let text = format.render(view, terminal: Terminal(isTerminal: false, columns: 400))
            #expect(text.contains("1 ignored, 1 in the baseline"), "\(format)")
        }
        #expect(OutputFormat.json.render(view, terminal: .plain).contains("\"belowConfidence\" : 1"))
        #expect(OutputFormat.junit.render(view, terminal: .plain).contains("<skipped message=\"in the baseline\"/>"))
    }
}
