import Foundation
import Orchestration
import Testing

@testable import Workflows

@Suite("Keeping secrets out of prompts")
struct RedactionTests {
    private let key = "ghp_" + drawn(36, from: alphanumeric)
    private let password = "S3cr3t!" + drawn(10, from: alphanumeric)

    @Test("a prompt's secrets are numbered as they come, and an answer gets them back")
    func roundTrip() throws {
        let texts = ["token = \"\(key)\"\n", "DB_PASSWORD=\(password)\nand \(key) again: \(password)\n"]
        let screened = Redaction().redacted(texts)
        #expect(screened.hidden == 2)
        #expect(screened.texts[0] == "token = \"TEAMFIX_REDACTED_1\"\n")
        #expect(
            screened.texts[1] == "DB_PASSWORD=TEAMFIX_REDACTED_2\nand TEAMFIX_REDACTED_1 again: TEAMFIX_REDACTED_2\n")
        let restore = try #require(screened.restore)
        #expect(screened.texts.map(restore) == texts)
        #expect(
            restore("use TEAMFIX_REDACTED_3 or TEAMFIX_REDACTED_ or TEAMFIX_REDACTED_12")
                == "use TEAMFIX_REDACTED_3 or TEAMFIX_REDACTED_ or TEAMFIX_REDACTED_12")
    }

    @Test("the same texts give the same prompt in every run, and prompts that begin alike stay alike")
    func steady() {
        let shared = "export TOKEN=\(key)\n"
        let other = Redaction()
        _ = other.redacted(["password = \"\(password)\""])
        let first = Redaction().redacted([shared, "a"]).texts
        #expect(other.redacted([shared, "a"]).texts == first)
        #expect(other.redacted([shared, "password = \"\(password)\""]).texts[0] == first[0])
    }

    @Test("a text that holds what looks like a placeholder keeps it")
    func existing() throws {
        let texts = ["TEAMFIX_REDACTED_1 and TEAMFIX_REDACTED_X_1 are in the file; token = \"\(key)\""]
        let screened = Redaction().redacted(texts)
        #expect(!screened.texts[0].contains(key))
        #expect(screened.texts[0].hasPrefix("TEAMFIX_REDACTED_1 and TEAMFIX_REDACTED_X_1 are in the file; "))
        let restore = try #require(screened.restore)
        #expect(restore(screened.texts[0]) == texts[0])
    }

    @Test("without a secret nothing is touched")
    func nothing() {
        let screened = Redaction().redacted(["int main(void) { return 0; }", ""])
        #expect(screened.texts == ["int main(void) { return 0; }", ""])
        #expect(screened.restore == nil && screened.hidden == 0)
    }

    @Test("what a .env or the environment holds is hidden wherever it stands, but not as a part of other words")
    func known() {
        let value = "plain" + drawn(9, from: alphanumeric)
        let redaction = Redaction(files: [Array("API_TOKEN=\(key)\n".utf8)], values: [value, "short"])
        let text = redaction.redacted(["login failed with \(key), then with \(value); \(value)x, short"]).texts[0]
        #expect(text == "login failed with TEAMFIX_REDACTED_1, then with TEAMFIX_REDACTED_2; \(value)x, short")
    }

    @Test("in JSON a value comes back as JSON writes it")
    func json() throws {
        let secret = "aB3\\x9\"" + drawn(14, from: alphanumeric)
        let redaction = Redaction(values: [secret])
        let restore = try #require(redaction.redacted(["say \(secret)"]).restore)
        let answer = restore("{\"evidence\": \"say TEAMFIX_REDACTED_1\"}")
        let object = try #require(JSONSerialization.jsonObject(with: Data(answer.utf8)) as? [String: String])
        #expect(object["evidence"] == "say \(secret)")
        #expect(restore("say TEAMFIX_REDACTED_1") == "say \(secret)")
    }

    @Test("each secret of a run is counted once, by its kind")
    func counts() {
        let redaction = Redaction()
        for _ in 0..<3 { _ = redaction.redacted(["x \(key)", "password = \"\(password)\""]) }
        #expect(redaction.hidden == [.github: 1, .assigned: 1])
    }

    @Test("an edit beside a secret is made, one of its line or with a placeholder is refused")
    func edits() {
        let old = SourceText("a = 1\npassword = \"\(password)\"\nb = 2\n")
        func refusal(_ text: String) -> String? { SecretEdits.refusal(from: old, to: SourceText(text), path: "a.py") }
        #expect(refusal("a = 3\npassword = \"\(password)\"\nb = 4\n") == nil)
        #expect(refusal("a = 1\npassword = \"other\"\nb = 2\n")?.contains("line 2 of a.py") == true)
        #expect(refusal("a = 1\nb = 2\n")?.contains("secret") == true)
        #expect(
            refusal("a = \"teamfix_redacted_1\"\npassword = \"\(password)\"\nb = 2\n")?.contains("placeholder") == true)
        #expect(refusal("a = \"\(password)\"\npassword = \"\(password)\"\nb = 2\n")?.contains("another line") == true)
    }
}
