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

    @Test("a value that is known from elsewhere is guarded as one that the file tells")
    func knownEdits() {
        let value = "plain" + drawn(12, from: alphanumeric)
        let redaction = Redaction(values: [value])
        let old = SourceText("a = 1\nconnect(\"\(value)\")\nb = 2\n")
        func refusal(_ text: String) -> String? {
            SecretEdits.refusal(from: old, to: SourceText(text), path: "a.py") { redaction.holdsKnown($0) }
        }
        #expect(refusal("a = 3\nconnect(\"\(value)\")\nb = 4\n") == nil)
        #expect(refusal("a = 1\nconnect(\"other\")\nb = 2\n")?.contains("line 2 of a.py") == true)
        #expect(refusal("a = 1\nconnect(\"\(value)\")\nb = \"\(value)\"\n")?.contains("into a.py") == true)
    }

    @Test(
        "the gate refuses an edit of a line with a value that only the run knows, then and after something was mended")
    func knownAtTheGate() async {
        let value = "plain" + drawn(12, from: alphanumeric)
        let redaction = Redaction(values: [value])
        let old = "connect(\"\(value)\")\nb = 2\n"
        let files = WorkingFiles(paths: ["a.py"]) { _ in Array(old.utf8) }
        await files.load(["a.py"])
        let candidate = Candidate(
            id: "c", title: "t", source: "s", model: "m", causes: [],
            contents: ["a.py": SourceText("connect(\"other\")\nb = 2\n")], origins: ["a.py": SourceText(old)])
        let first = Gate(rules: GateRules(), taskFiles: ["a.py"]) { redaction.holdsKnown($0) }
        for gate in [first, first.renewed(for: [], files: files)] {
            let reason = gate.refusal(of: candidate, against: files, scope: ["a.py"])
            #expect(reason?.contains("line 1 of a.py, which holds a secret") == true)
        }
    }

    @Test("of many values that begin alike each is found, the longest first")
    func alike() {
        let values = (0..<400).map { "prefix--\($0)" }
        let text = Redaction(values: values).redacted(["see prefix--7, prefix--77 and prefix--399x, prefix--399"]).texts
        #expect(
            text == ["see TEAMFIX_REDACTED_1, TEAMFIX_REDACTED_2 and prefix--399x, TEAMFIX_REDACTED_3"])
        let nested = Redaction(values: ["abcdefgh", "abcdefgh.ij", "abcdefgh.ij.kl"])
        #expect(
            nested.covered(["<abcdefgh.ij.kl> abcdefgh.ij.km abcdefgh.ik abcdefghi"])
                == ["<********> ********.km ********.ik abcdefghi"])
    }

    @Test("in prose a block of JSON and an object get values as JSON writes them, and code as it is")
    func jsonInProse() throws {
        let secret = "aB3\\x9\"" + drawn(14, from: alphanumeric)
        let restore = try #require(Redaction(values: [secret]).redacted(["say \(secret)"]).restore)
        let object = "{\"evidence\": \"say TEAMFIX_REDACTED_1\", \"more\": {\"line\": 3}}"
        func evidence(_ answer: String) throws -> String? {
            let first = try #require(answer.firstIndex(of: "{"))
            let last = try #require(answer.lastIndex(of: "}"))
            let read = try JSONSerialization.jsonObject(with: Data(answer[first...last].utf8)) as? [String: Any]
            return read?["evidence"] as? String
        }
        for answer in [
            "Here it is:\n```json\n\(object)\n```\nDone.", "I found this: \(object) and no more",
            "So:\n```\n\(object)\n```\n", "A list:\n```JSON\n[\n\(object)\n]\n```",
        ] {
            #expect(try evidence(restore(answer)) == "say \(secret)")
        }
        let code = "Write this:\n```python\nvalue = {\"a\": \"TEAMFIX_REDACTED_1\"}\n```\nwith TEAMFIX_REDACTED_1"
        #expect(restore(code) == code.replacing("TEAMFIX_REDACTED_1", with: secret))
        let initializer = "int a[] = { TEAMFIX_REDACTED_1 }; { \"x"
        #expect(restore(initializer) == initializer.replacing("TEAMFIX_REDACTED_1", with: secret))
    }
}
