import Foundation
import Inference
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Plans as people write and run them", .timeLimit(.minutes(2)))
    struct PlanRunTests {
        static let plan = """
            problem: Two words and a sentence
            success: quorum:2
            tasks:
              - id: first
                input: {prompt: Say one.}
                sampling: {temperature: 0, seed: 4, maxTokens: 40, stop: [END]}
              - id: second
                server: b
                input:
                  title: a second word
                  prompt:
                    - {role: system, content: You say words.}
                    - {role: user, content: Say two.}
              - id: third
                specialist: QA
                input: {prompt: "Join {{result:first}} and {{result:second}}."}
                dependencies: [first, second]
                policy: {retries: 0}

            """

        private func reply(_ request: SimulatedRequest) -> SimulatedReply {
            if request.prompt.contains("Say one.") { return .text("one") }
            return .text(request.prompt.contains("Say two.") ? "two" : "one and two")
        }

        @Test("a plan with prompts of its own runs as it is, and JSON tells everything about each task")
        func verbatim() async throws {
            let repository = try ServerTests.project()
            try repository.write("p.yml", Self.plan)
            try await SimulatedOllama.run(reply: { self.reply($0) }) { a in
                try await SimulatedOllama.run(reply: { self.reply($0) }) { b in
                    let run = try await repository.teamfix(
                        "run", "p.yml", "--format", "json", "--server", "a=\(a.url)", "--server", "b=\(b.url)")
                    #expect(run.status == 0, "\(run.errors)")
                    let report = try run.json
                    #expect(report["success"] as? Bool == true)
                    #expect(report["criterion"] as? String == "quorum:2")
                    let tasks = try #require(report["tasks"] as? [[String: Any]])
                    #expect(tasks.map { $0["id"] as? String } == ["first", "second", "third"])
                    #expect(tasks.map { $0["specialist"] as? String } == ["Verbatim", "Verbatim", "QA"])
                    #expect(tasks.map { $0["text"] as? String } == ["one", "two", "one and two"])
                    #expect(tasks.map { $0["wave"] as? Int } == [1, 1, 2])
                    #expect(tasks[1]["server"] as? String == "b")
                    for task in tasks {
                        #expect(task["outcome"] as? String == "succeeded")
                        #expect(task["model"] as? String == "qwen2.5-coder:7b")
                        #expect(task["attempts"] as? Int == 1)
                        #expect(task["finish"] as? String == "stop")
                        let started = try #require(task["started"] as? Double)
                        let ended = try #require(task["ended"] as? Double)
                        let duration = try #require(task["duration"] as? Double)
                        #expect(started >= 0 && ended >= started)
                        #expect(abs(ended - started - duration) < 1e-6)
                        for key in [
                            "promptTokens", "answerTokens", "timeToFirstToken", "loadDuration", "promptDuration",
                            "answerDuration", "serviceTime",
                        ] {
                            #expect(task[key] is NSNumber, "\(key) is missing")
                        }
                    }
                    let statistics = try #require(report["statistics"] as? [String: Any])
                    #expect((statistics["tasks"] as? [String: Any])?["total"] as? Int == 3)
                    #expect(statistics["parallelEfficiency"] is NSNumber)
                    let prompts = (a.chats + b.chats).map { $0.messages.map { [$0.role, $0.content] } }
                    #expect(prompts.count == 3)
                    #expect(prompts.contains([["user", "Say one."]]))
                    #expect(prompts.contains([["system", "You say words."], ["user", "Say two."]]))
                    #expect(prompts.contains([["user", "Join one and two."]]))
                }
            }
        }

        @Test("a task that fails is in the JSON with its reason, and its dependents")
        func failing() async throws {
            let repository = try ServerTests.project()
            try repository.write("p.yml", Self.plan.replacing("quorum:2", with: "all_tasks_complete"))
            let reply: SimulatedOllama.Reply = { request in
                request.prompt.contains("Say two.") ? .error(400, "no such thing") : .text("one")
            }
            try await SimulatedOllama.run(reply: reply) { b in
                let run = try await repository.teamfix(
                    "run", "p.yml", "--format", "json", "--server", "b=\(b.url)")
                #expect(run.status == 1)
                let report = try run.json
                #expect(report["success"] as? Bool == false)
                let tasks = try #require(report["tasks"] as? [[String: Any]])
                #expect(tasks[1]["outcome"] as? String == "failed")
                #expect((tasks[1]["reason"] as? String)?.contains("no such thing") == true)
                #expect(tasks[1]["text"] == nil)
                #expect(tasks[2]["outcome"] as? String == "succeeded")
            }
        }

        @Test("a plan runs outside of a repository, too, and names no commit there")
        func anywhere() async throws {
            let repository = try ServerTests.project()
            let folder = repository.base + "/elsewhere"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let plan = "problem: p\ntasks: [{id: a, input: {prompt: Say one.}}]\n"
            try plan.write(toFile: folder + "/p.yml", atomically: true, encoding: .utf8)
            try await SimulatedOllama.run(reply: { self.reply($0) }) { server in
                let run = try await repository.start(
                    ["run", "p.yml", "--format", "json", "--server", server.url], in: folder
                ).end()
                #expect(run.status == 0, "\(run.output)\(run.errors)")
                #expect(((try run.json["tasks"]) as? [[String: Any]])?.first?["text"] as? String == "one")
            }
            try (plan + "base: abc\n").write(toFile: folder + "/p.yml", atomically: true, encoding: .utf8)
            let stale = try await repository.start(["run", "p.yml"], in: folder).end()
            #expect(stale.status == 2)
            #expect(stale.errors.hasPrefix("teamfix: p.yml:3: the plan was made for commit abc, and here is no commit"))
            #expect(try await repository.start(["analyze", "--offline"], in: folder).end().status == 2)
        }

        @Test("a bad plan is refused with its line before any server is asked")
        func refused() async throws {
            let repository = try ServerTests.project()
            try repository.write("p.yml", Self.plan.replacing("[first, second]", with: "[first, secnd]"))
            let run = try await repository.teamfix("run", "p.yml")
            #expect(run.status == 64)
            #expect(
                run.errors
                    == "teamfix: p.yml:17: task 'third' depends on 'secnd', which isn't a task of the plan\n"
                    + "hint: did you mean 'second'?\n")
            try repository.write("p.yml", "base: \(String(repeating: "1", count: 40))\n" + Self.plan)
            let stale = try await repository.teamfix("run", "p.yml")
            #expect(stale.status == 2)
            #expect(stale.errors.hasPrefix("teamfix: p.yml:1: the plan was made for commit 111111111111, and HEAD is "))
        }

        @Test("a model plans when it is asked to, and the plan says so and runs")
        func modelPlanner() async throws {
            let repository = try ServerTests.project()
            try repository.write("calc.py", "def add(a, b):\n    return a - b  # faster\n")
            let outline = """
                {"pattern": "parallel-analysis", "tasks": [
                  {"id": "logic", "specialist": "Logic Analist", "title": "x", "focus": "Is it still a sum?",
                   "files": ["calc.py"], "dependencies": []}]}
                """
            try await SimulatedOllama.run(reply: { _ in .text(outline) }) { server in
                let run = try await repository.teamfix(
                    "plan", "analyze", "--planner", "model", "--format", "yaml", "--server", server.url)
                #expect(run.status == 0, "\(run.errors)")
                #expect(run.output.contains("used: model"))
                #expect(run.output.contains("is done by Logic Analyst, not by"))
                try repository.write("p.yml", run.output)
                #expect(try await repository.teamfix("run", "p.yml", "--server", server.url, "--quiet").status == 0)
                let text = try await repository.teamfix(
                    "plan", "analyze", "--planner", "model", "--server", server.url)
                #expect(text.output.contains("planner model (qwen2.5-coder:7b on ollama01): a model was asked"))
            }
        }

        @Test("when the model's plan can't be used, the rules plan, and that is said", arguments: ["plan", "analyze"])
        func fallback(command: String) async throws {
            let repository = try ServerTests.project()
            try repository.write("calc.py", "def add(a, b):\n    return a - b  # faster\n")
            let arguments = command == "plan" ? ["plan", "analyze"] : ["analyze", "--quiet"]
            try await SimulatedOllama.run(reply: { _ in .text("No idea.") }) { server in
                let run = try await repository.start(
                    arguments + ["--planner", "model", "--format", "json", "--server", server.url]
                ).end()
                #expect(run.status == 0, "\(run.errors)")
                let planner = try #require(try run.json["planner"] as? [String: Any])
                #expect(planner["used"] as? String == "rules")
                #expect((planner["reason"] as? String)?.contains("asked twice") == true)
            }
        }

        @Test("a model plans a fix and a question, too", arguments: ["fix", "consensus"])
        func otherPlans(kind: String) async throws {
            let repository = try ServerTests.project()
            let outline = """
                {"pattern": "consensus", "tasks": [
                  {"id": "x", "specialist": "Expert", "focus": "Think.", "dependencies": []},
                  {"id": "y", "specialist": "Expert", "focus": "Doubt.", "dependencies": []},
                  {"id": "z", "specialist": "Synthesizer", "dependencies": ["x", "y"]}]}
                """
            try await SimulatedOllama.run(reply: { _ in .text(outline) }) { server in
                let more = kind == "fix" ? ["--build", "python3 -m unittest -q"] : ["Tabs?"]
                let run = try await repository.start(
                    ["plan", kind, "--planner", "model", "--format", "json", "--server", server.url] + more
                ).end()
                #expect(run.status == 0, "\(run.errors)")
                let plan = try run.json
                #expect((plan["planner"] as? [String: Any])?["used"] as? String == "model")
                let tasks = try #require(plan["tasks"] as? [[String: Any]])
                #expect(tasks.map { $0["id"] as? String } == ["x", "y", "z"])
                if kind == "fix" {
                    #expect(plan["base"] is String)
                    let input = try #require(tasks[0]["input"] as? [String: Any])
                    #expect((input["shared"] as? String)?.contains("return a - b") == true)
                }
            }
        }
    }
}
