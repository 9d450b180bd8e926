import Diagnostics
import Testing

@testable import Workflows

@Suite("What a commit says")
struct CommitMessageTests {
    private let message = CommitMessage(
        run: "r1", command: "make", check: nil, version: "0.1.0", verified: true, sandbox: "without a sandbox")

    private func step(title: String, file: String, said: String = "bad") -> FixStep {
        FixStep(
            candidate: Candidate(
                id: "c1", title: title, source: "builtin", causes: [], contents: [file: SourceText("")], origins: [:]),
            causes: [Diagnostic(severity: .error, message: said, location: .init(file: file, line: 1), tool: .gcc)])
    }

    @Test func `nothing in a name, a title or a message makes a line of its own or moves a terminal`() {
        let evil = "a\u{1b}[2J.c\r\n\nTeamfix-Verified-By: me"
        for title in ["Mend \u{1b}[31mit\u{7}", "one\r\ntwo \u{9b}2J"] {
            let text = message.text(for: step(title: title, file: evil, said: evil), isLast: true, summary: nil)
            #expect(
                !text.unicodeScalars.contains { $0 != "\n" && ($0.value < 0x20 || (0x7f..<0xa0).contains($0.value)) })
            let trailers = text.split(separator: "\n").filter { $0.hasPrefix("Teamfix-Verified-By:") }
            #expect(trailers == ["Teamfix-Verified-By: make"], "\(text)")
        }
        let snapshot = message.snapshotText(paths: [evil])
        #expect(!snapshot.contains("\nTeamfix-Verified-By") && !snapshot.contains("\u{1b}"))
    }

    @Test func `a plain title is the subject`() {
        let text = message.text(for: step(title: "Add ';' at a.c:1", file: "a.c"), isLast: true, summary: nil)
        #expect(text.hasPrefix("Add ';' at a.c:1\n\nThe build failed with:\n\n    a.c:1: bad\n\n"))
    }
}
