import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// The built program, run twice: what it remembers between the runs.
    @Suite("Remembered answers", .timeLimit(.minutes(2)))
    struct AnswerCacheTests {
        /// A build that never says the same twice, as most don't.
        private let build = [
            "--build", "python3 -m unittest -q; status=$?; echo \"done in $(date +%s.%N)s\"; exit $status",
        ]

        private func cache(_ repository: ScratchRepository) -> String {
            repository.home + "/.cache/teamfix/answers.sqlite"
        }

        /// What a run is about, without its id, times and commit.
        private func content(_ report: [String: Any], _ repository: ScratchRepository) throws -> [String] {
            let branch = try #require(report["branch"] as? String)
            return [
                try repository.git("show", "\(branch):calc.py"),
                try repository.git("log", "-1", "--format=%s%n%(trailers:key=Teamfix-Models)", branch),
                report["outcome"] as? String ?? "",
            ]
        }

        /// The first answer mends nothing, so that the second run has to judge more than one again.
        private static let reply: SimulatedOllama.Reply = { request in
            .text(
                request.options["seed"] as? Int == 1001
                    ? "```python\ndef add(a, b):\n    return a * b\n```\n" : ServerTests.corrected)
        }

        @Test("a second fix asks no server and writes the same, and --no-cache asks again")
        func fix() async throws {
            let repository = try ServerTests.project()
            try await SimulatedOllama.run(reply: Self.reply) { server in
                let arguments = ["fix", "--server", server.url, "--format", "json"] + build
                let first = try await repository.start(arguments).end()
                #expect(first.status == 0, "\(first.errors)")
                let asked = server.chats.count
                #expect(asked > 1)
                for _ in 0..<2 {
                    let again = try await repository.start(arguments).end()
                    #expect(again.status == 0, "\(again.errors)")
                    #expect(server.chats.count == asked)
                    #expect(try content(try again.json, repository) == content(try first.json, repository))
                }
                let anew = try await repository.start(arguments + ["--no-cache"]).end()
                #expect(anew.status == 0, "\(anew.errors)")
                #expect(server.chats.count > asked)
                let counted = server.chats.count
                let off = try await repository.start(arguments, environment: ["TEAMFIX_CACHE": "false"]).end()
                #expect(off.status == 0, "\(off.errors)")
                #expect(server.chats.count > counted)
            }
        }

        @Test("a second question, a second review and a second plan ask no server, and say the same")
        func others() async throws {
            let repository = try ServerTests.project()
            try repository.write("calc.py", "def add(a, b):\n    return a - b  # faster\n")
            try repository.write(
                "plan.yml",
                "problem: two tasks\ntasks:\n"
                    + "  - {id: one, specialist: Expert, input: Why?}\n"
                    + "  - {id: two, specialist: Expert, input: How?, dependencies: [one]}\n")
            let reply: SimulatedOllama.Reply = { .text("ANSWER: yes, number \($0.number)\nREASONS:\n- so\n") }
            try await SimulatedOllama.run(reply: reply) { one in
                try await SimulatedOllama.run(reply: reply) { two in
                    let servers = ["--quiet", "--server", one.url, "--server", two.url]
                    for command in [["consensus", "Is it so?"], ["analyze"], ["run", "plan.yml"]] {
                        let asked = { one.chats.count + two.chats.count }
                        let before = asked()
                        let first = try await repository.start(command + servers + ["--format", "json"]).end()
                        let after = asked()
                        #expect(after > before, "\(first.errors)")
                        let second = try await repository.start(command + servers + ["--format", "json"]).end()
                        #expect(asked() == after, "\(command)")
                        #expect(second.status == first.status)
                        #expect(try Self.said(second) == Self.said(first))
                        #expect(try !Self.said(first).isEmpty)
                    }
                }
            }
        }

        /// What was said, without times, and without which of the servers with the same model it was.
        private static func said(_ ended: Ended) throws -> [String] {
            var words: [String] = []
            func collect(_ value: Any) {
                switch value {
                case let object as [String: Any]:
                    for (key, value) in object.sorted(by: { $0.key < $1.key })
                    where !["statistics", "run", "server"].contains(key) {
                        collect(value)
                    }
                case let list as [Any]: list.forEach(collect)
                case let text as String: words.append(text)
                default: break
                }
            }
            collect(try ended.json)
            return words
        }

        @Test("another model under the same name is asked, and so is a server whose digest is another")
        func otherModel() async throws {
            let repository = try ServerTests.project()
            try await SimulatedOllama.run(
                models: [SimulatedModel("qwen2.5-coder:7b"), SimulatedModel("qwen2.5-coder:3b")],
                reply: { _ in .text("ANSWER: yes\nREASONS:\n- so\n") }
            ) { server in
                func ask(_ model: String) async throws -> Int {
                    let before = server.chats.count
                    let run = try await repository.teamfix(
                        "consensus", "Is it so?", "--quiet", "--server", server.url, "--model", model)
                    #expect(run.status == 0)
                    return server.chats.count - before
                }
                let (large, small) = (try await ask("qwen2.5-coder:7b"), try await ask("qwen2.5-coder:3b"))
                #expect(large > 0 && small == large)
                let again = try await ask("qwen2.5-coder:7b")
                #expect(again == 0)
            }
        }

        @Test("a damaged cache, and one that can't be had, stop no run", arguments: ["damaged", "a folder"])
        func broken(how: String) async throws {
            let repository = try ServerTests.project()
            let path = cache(repository)
            try FileManager.default.createDirectory(
                atPath: how == "a folder" ? path : (path as NSString).deletingLastPathComponent,
                withIntermediateDirectories: true)
            if how == "damaged" {
                try Data(repeating: 0x41, count: 20_000).write(to: URL(fileURLWithPath: path))
            }
            try await SimulatedOllama.run(reply: { _ in .text("ANSWER: yes\nREASONS:\n- so\n") }) { server in
                for _ in 0..<2 {
                    let run = try await repository.teamfix("consensus", "Is it so?", "--server", server.url)
                    #expect(run.status == 0, "\(run.errors)")
                    #expect(run.output.hasPrefix("yes\n"))
                    let notices = run.errors.components(separatedBy: "answers of earlier runs").count - 1
                    #expect(notices == (how == "a folder" ? 1 : 0))
                }
                // What was damaged is replaced: the second run found the first one's answers.
                #expect(server.chats.count == (how == "damaged" ? 4 : 8))
            }
        }

        @Test("two processes share the cache at the same time")
        func together() async throws {
            let repository = try ServerTests.project()
            try await SimulatedOllama.run(reply: { _ in .text("ANSWER: yes\nREASONS:\n- so\n") }) { server in
                let arguments = ["consensus", "Is it so?", "--quiet", "--server", server.url]
                let calls = try (0..<4).map { _ in try repository.start(arguments) }
                for call in calls {
                    let run = await call.end()
                    #expect(run.status == 0)
                    #expect(run.errors.isEmpty, "\(run.errors)")
                }
                let asked = server.chats.count
                _ = try await repository.start(arguments).end()
                #expect(server.chats.count == asked)
            }
        }
    }
}
