import Foundation
import Orchestration
import Testing

@testable import Commands

@Suite("Plan files")
struct PlanFileTests {
    static let yaml = """
        # a comment
        problem: Look at two files
        pattern: divide_and_conquer
        base: abc
        tasks:
          - id: one
            specialist: Coder
            input:
              title: first
              text: |
                line one
                - id: not-a-task
          - id: two
            specialist: Coder
            input: do it
            policy: {retries: 2}
            dependencies: [one]
          - id: three
            specialist: QA
            input:
              prompt:
                - {role: system, content: be brief}
                - role: user
                  content: "{{results}}"
            dependencies:
              - one
              - two
        synthesis: merge_all
        success: all_tasks_complete

        """

    /// What is told of a file; empty for a good one.
    private func told(_ text: String, as name: String = "p.yml", servers: [String] = ["ollama01"]) -> String {
        do throws(Failure) {
            let file = try PlanFile(Array(text.utf8), name: name)
            let fault = file.plan.fault(specialists: ["Coder", "QA", "Integrator"], servers: servers)
            return fault.map { file.failure($0).message } ?? ""
        } catch {
            #expect(error.status == .usage)
            return error.message
        }
    }

    private func changed(_ old: String, _ new: String) throws -> String {
        try #require(Self.yaml.contains(old), "the sample has no \(old)")
        return Self.yaml.replacing(old, with: new, maxReplacements: 1)
    }

    @Test("a good plan is read, in YAML and in JSON")
    func good() throws {
        #expect(told(Self.yaml) == "")
        let file = try PlanFile(Array(Self.yaml.utf8), name: "p.yml")
        #expect(file.plan.tasks.map(\.id) == ["one", "two", "three"])
        #expect(file.plan.tasks[0].input.text == "line one\n- id: not-a-task\n")
        let json = try file.plan.json()
        #expect(try PlanFile([0xEF, 0xBB, 0xBF] + Array(json.utf8), name: "p.json").plan == file.plan)
    }

    @Test(
        "what is wrong is told with its line",
        arguments: [
            (
                "dependencies: [one]", "dependencies: [one, twoo]",
                "p.yml:17: task 'two' depends on 'twoo', which isn't a task of the plan"
            ),
            (
                "      - two\n", "      - four\n",
                "p.yml:27: task 'three' depends on 'four', which isn't a task of the plan"
            ),
            ("specialist: QA", "specialist: Astronaut", "p.yml:19: task 'three' asks for the specialist 'Astronaut'"),
            ("- id: three", "- id: one", "p.yml:18: two tasks of the plan have the id 'one'"),
            (
                "    input:\n      title: first", "    dependencies: [three]\n    input:\n      title: first",
                "p.yml:8: tasks wait for each other in a circle"
            ),
            ("{retries: 2}", "{retries: 12}", "p.yml:16: task 'two': retries are 0 to 10, not 12"),
            ("{retries: 2}", "{retries: many}", "p.yml:16: 'retries' must be a whole number"),
            ("{retries: 2}", "{retires: 2}", "p.yml:16: unknown key 'retires'; known are: retries"),
            ("synthesis: merge_all", "synthesis: glue", "p.yml:28: 'glue' isn't one of: merge-all"),
            (
                "success: all_tasks_complete", "success: quorum:9",
                "p.yml:29: the plan can't succeed: a quorum of 9 can't be reached"
            ),
            ("pattern: divide_and_conquer", "pattern: swarm", "p.yml:3: 'swarm' isn't one of"),
            ("problem: Look at two files", "problme: Look at two files", "p.yml:2: unknown key 'problme'"),
            ("role: user", "role: boss", "p.yml:23: 'boss' isn't one of the roles"),
            ("content: be brief", "content: ''", "p.yml:22: a message of a prompt can't be empty"),
            ("{{results}}", "{{result:ghost}}", "p.yml:21: task 'three': its prompt has {{result:ghost}}"),
            ("    input: do it\n", "", "p.yml:13: 'input' is missing"),
            ("    specialist: Coder\n    input: do it", "    input: do it", "p.yml:13: 'specialist' is missing"),
            (
                "    input: do it", "    input: do it\n    server: moon",
                "p.yml:16: task 'two' is pinned to the server 'moon'"
            ),
            ("pattern: divide_and_conquer", "problem: again", "p.yml:2: the key 'problem' is there twice"),
            ("base: abc", "base: [abc", "this is not YAML"),
            ("base: abc", "base: @abc", "p.yml:4: this is not YAML"),
        ])
    func lines(old: String, new: String, message: String) throws {
        let told = try told(changed(old, new))
        #expect(told.hasPrefix(message) || !message.hasPrefix("p.yml") && told.contains(message), "\(told)")
    }

    @Test(
        "JSON's lines are found, too",
        arguments: [
            (
                "{\n\"problem\": \"p\",\n\"tasks\": [\n{\"id\": \"a\", \"specialist\": \"Coder\", \"input\": \"x\",\n\"dependencies\": [\n\"b\"]}]}",
                "p.json:6: task 'a' depends on 'b'"
            ),
            (
                "{\n\"problem\": \"p\",\n\"tasks\": [\n{\"id\": \"a\",\n\"specialist\": \"Codr\", \"input\": \"x \\u00e4 \\ud83d\\ude00 \\\" \"}]}",
                "p.json:5: task 'a' asks for the specialist 'Codr'"
            ),
            (
                "{\n\"problem\": \"p\",\n\"tasks\": [\n{\"id\": \"a\",\n\"policy\":\n{\"retries\":\ntrue}, \"specialist\": \"QA\", \"input\": \"x\"}]}",
                "p.json:6: 'retries' must be a whole number"
            ),
            ("{\n\"problem\": \"p\"\n\"tasks\": []}", "p.json:3: here a comma or a closing brace is missing"),
            ("{\n\"problem\": \"p\",\n\"tasks\": [\n", "p.json:4: it ends where a value is missing"),
            (
                "{\n\"problem\": \"p\",\n\"problem\": \"q\", \"tasks\": []}",
                "p.json:3: the key \"problem\" is there twice"
            ),
            ("{\n\"problem\": p,\n\"tasks\": []}", "p.json:2: 'p' isn't JSON"),
            ("{\n\"problem\": \"p\nq\",\n\"tasks\": []}", "p.json:2: a text holds a raw line end"),
            ("{\"problem\": \"p\",\n\"tasks\": []}\n}", "p.json:3: something follows the end of the plan"),
            ("{\"problem\": \"p\",\n\"tasks\": []}", "p.json:2: the plan has no tasks"),
            (
                "{\"problem\": \"p\",\n\"waves\": [[],\n{\"tasks\": [\n{\"id\": \"a\",\n\"specialist\": \"Nobody\", \"input\": \"x\"}]}]}",
                "p.json:5: task 'a' asks for"
            ),
        ])
    func json(text: String, message: String) {
        #expect(told(text, as: "p.json").hasPrefix(message), "\(told(text, as: "p.json"))")
    }

    @Test("an absurd plan is refused where it gets absurd")
    func absurd() {
        let tasks = (0...2_000).map { "  - {id: t\($0), specialist: Coder, input: x}\n" }.joined()
        #expect(
            told("problem: p\ntasks:\n" + tasks)
                == "p.yml:2003: the plan is too large: it has 2001 tasks; at most 2000 are run")
        let bomb =
            "problem: p\na: &a [x, x, x, x, x, x, x, x, x, x]\n"
            + zip("bcdefghij", "abcdefghi").map { name, other in
                "\(name): &\(name) [\(Array(repeating: "*\(other)", count: 10).joined(separator: ", "))]\n"
            }.joined()
        #expect(told(bomb) == "p.yml: it isn't a plan: it has more than 500000 values")
        #expect(
            told(String(repeating: "[", count: 900) + String(repeating: "]", count: 900))
                == "p.yml:1: it is nested too deeply")
        #expect(told(String(repeating: "- ", count: 100_000)).contains("p.yml"))
        #expect(
            told("{\"a\":" + String(repeating: "[", count: 100_000), as: "p.json")
                == "p.json:1: it is nested too deeply")
        #expect(told("", as: "-") == "standard input: it isn't a plan: the file is empty")
    }

    @Test("a byte that isn't UTF-8 is refused with its line")
    func encoding() {
        let error = #expect(throws: Failure.self) {
            _ = try PlanFile(Array("problem: p\ntasks: ".utf8) + [0xFF], name: "p.yml")
        }
        #expect(error?.message == "p.yml:2: this line isn't UTF-8")
    }

    @Test("an anchor's text may stand in many tasks")
    func anchors() {
        let tasks = (0..<50).map { "  - {id: t\($0), specialist: Coder, input: {shared: *file, text: x}}\n" }.joined()
        #expect(told("problem: &file long text\ntasks:\n" + tasks) == "")
    }

    @Test("a near name is offered, and what to do")
    func hints() throws {
        func hints(_ old: String, _ new: String) throws -> [String] {
            let file = try PlanFile(Array(changed(old, new).utf8), name: "p.yml")
            let fault = try #require(file.plan.fault(specialists: ["Coder", "QA"], servers: ["ollama01"]))
            return file.failure(fault).hints
        }
        #expect(try hints("[one]", "[oen]") == ["did you mean 'one'?"])
        #expect(try hints("specialist: Coder", "specialist: Codre") == ["did you mean 'Coder'?"])
        #expect(try hints("input: do it", "input: do it\n    server: olama01").first == "did you mean 'ollama01'?")
    }

    @Test("a plan that was made for another commit is refused where it names its base")
    func base() throws {
        let file = try PlanFile(Array(Self.yaml.utf8), name: "p.yml")
        let failure = file.refusal("base", "HEAD has moved", hints: [], kind: .repository)
        #expect(failure.message == "p.yml:4: HEAD has moved")
        #expect(failure.status == .failed)
    }
}
