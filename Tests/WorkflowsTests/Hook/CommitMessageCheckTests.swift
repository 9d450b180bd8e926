import Specialists
import Testing

@testable import Workflows

@Suite("The check of a commit's message")
struct CommitMessageCheckTests {
    private func rules(_ text: String, comment: String? = nil) -> [String] {
        CommitMessageCheck(comment: comment).findings(in: text).map { finding in
            "\(finding.line.map(String.init) ?? "-") \(finding.severity.rawValue) \(finding.rule ?? "")"
        }
    }

    private let template = "\n# Please enter the commit message for your changes.\n# On branch main\n#\n"

    @Test("a good message has no finding, from an editor or from -m")
    func good() {
        let text = "Mend the sum\n\nIt subtracted, see #12.\n\n#12 began with it.\n"
        #expect(rules(text) == [])
        #expect(rules("Mend the sum\n\nIt subtracted.\n" + template) == [])
        #expect(rules("Größe: 72 Zeichen sind erlaubt, nicht 72 Bytes — auch hier, gewiss, ja.\n") == [])
    }

    @Test(
        "an empty subject is an error, whatever hides it",
        arguments: ["", "\n\n", "fix:\n", "fixup!\n", "...\n", "Signed-off-by: A <a@b.c>\n"])
    func empty(text: String) {
        #expect(rules(text).contains { $0.hasSuffix(" error commit-message/empty-subject") })
    }

    @Test("comments alone are an empty message")
    func commentsAlone() {
        #expect(rules(template) == ["- error commit-message/empty-subject"])
    }

    @Test("conflict markers are errors, and those below the scissors of --verbose aren't seen")
    func markers() {
        #expect(
            rules("Merge\n\n<<<<<<< ours\na\n>>>>>>> theirs\n").filter { $0.contains("conflict-marker") }
                == ["3 error commit-message/conflict-marker", "5 error commit-message/conflict-marker"])
        let verbose = "Add\n\n# ------------------------ >8 ------------------------\n# x\ndiff --git\n<<<<<<< HEAD\n"
        #expect(rules(verbose) == [])
    }

    @Test("a subject that git drops as a comment is told, in an editor only")
    func dropped() {
        #expect(rules("#12 Mend the sum\n" + template).contains("1 warning commit-message/dropped-line"))
        #expect(rules("#12 Mend the sum\n\nmore\n") == [])
        #expect(rules(";12 Mend\n\n; On branch x\n;\n", comment: ";").contains("1 warning commit-message/dropped-line"))
    }

    @Test("lines of git's template that -F keeps are told")
    func kept() {
        #expect(rules("Mend\n\n# On branch main\n\nmore\n") == ["3 warning commit-message/comment"])
    }

    @Test("a long subject and a second line that isn't empty are notes")
    func notes() {
        #expect(rules(String(repeating: "a", count: 73) + "\n") == ["1 note commit-message/long-subject"])
        #expect(rules("Mend\nthe sum\n") == ["2 note commit-message/second-line"])
    }
}
