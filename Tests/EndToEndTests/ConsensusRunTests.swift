import Foundation
import Synchronization
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Consensus", .timeLimit(.minutes(2)))
    struct ConsensusRunTests {
        private static func schema() throws -> JSONSchema {
            let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent()
            return try JSONSchema(contentsOf: root.appendingPathComponent("docs/consensus-report.schema.json"))
        }

        /// Two of three say line 2 and quote it; the second says line 1 and quotes what isn't there.
        private static let divided: SimulatedOllama.Reply = { request in
            if request.prompt.contains("Rank them") { return .text("ANSWER: A > B") }
            if request.prompt.contains("You are a Synthesizer") {
                return .text(
                    "ANSWER: calc.py:2 subtracts\nREASONS:\n- it should add\nDISSENT:\n- one named line 1\n"
                        + "WOULD CHANGE MY MIND: a test that wants a difference")
            }
            let isSecond = request.options["seed"] as? Int == 2
            return .text(
                isSecond
                    ? "ANSWER: calc.py:1\nREASONS:\n- the name lies\nEVIDENCE:\n- calc.py:1 | def sub(a, b):\n"
                    : "ANSWER: calc.py:2\nREASONS:\n- it subtracts\nEVIDENCE:\n- calc.py:2 | return a - b\n")
        }

        private func ask(
            _ repository: ScratchRepository, _ arguments: [String],
            reply: @escaping SimulatedOllama.Reply = ConsensusRunTests.divided
        ) async throws -> (run: Ended, prompts: [String]) {
            try await SimulatedOllama.run(reply: reply) { server in
                let words = ["consensus", "Which line is wrong?", "--server", server.url, "--quiet"] + arguments
                // Wide enough that no phrase is broken.
                let run = try repository.start(words, environment: ["COLUMNS": "400"])
                return (await run.end(), server.chats.map(\.prompt))
            }
        }

        @Test("links lead no expert out of the repository, and paths outside are refused")
        func links() async throws {
            let repository = try ServerTests.project()
            try FileManager.default.createDirectory(
                atPath: repository.home + "/.aws", withIntermediateDirectories: true)
            try Data("the quick brown marker\n".utf8).write(to: URL(fileURLWithPath: repository.home + "/.aws/config"))
            for (link, target) in [("conf", "/.aws/config"), ("folder", "/.aws")] {
                try FileManager.default.createSymbolicLink(
                    atPath: repository.path + "/" + link, withDestinationPath: repository.home + target)
            }
            try repository.commit("Link")
            for path in ["conf", "folder/config", "."] {
                let (_, prompts) = try await ask(repository, [path, "calc.py"])
                #expect(!prompts.joined().contains("quick brown marker"), "\(path)")
            }
            let (run, prompts) = try await ask(repository, ["/etc/passwd"])
            #expect(run.status == 64 && prompts.isEmpty)
            #expect(run.errors.contains("is outside of this repository"))
        }

        @Test("experts see the file, quotes are checked, and the answer comes with agreement, dissent and doubts")
        func text() async throws {
            let repository = try ServerTests.project()
            let before = try repository.untouched()
            let (run, prompts) = try await ask(repository, ["calc.py"])
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.output.hasPrefix("calc.py:2 subtracts\n\n- it should add\n"))
            for part in [
                "2 of 3 experts agree", "by weight 80%", "Dissent", "1 of 1 quote not found, counts 0.50",
                "the name lies",
                "one named line 1", "What would change this", "a test that wants a difference",
            ] {
                #expect(run.output.contains(part), "no \(part) in \(run.output)")
            }
            #expect(prompts.filter { $0.contains("2 |     return a - b") }.count == 3)
            #expect(try repository.untouched() == before)
        }

        @Test(
            "JSON has the documented shape",
            arguments: [
                [], ["--rank"], ["--no-synthesis", "--experts", "1"],
                ["calc.py", "--experts", "5", "--cluster", "model"],
            ])
        func json(arguments: [String]) async throws {
            let repository = try ServerTests.project()
            let (run, _) = try await ask(repository, arguments + ["--format", "json"])
            #expect(run.status == 0, "\(run.errors)")
            let report = try run.json
            #expect(try Self.schema().problems(report) == [])
            #expect(report["schema"] as? String == "teamfix.consensus/1")
        }

        @Test("Markdown has the answer, the dissent and who said what")
        func markdown() async throws {
            let repository = try ServerTests.project()
            let (run, _) = try await ask(repository, ["calc.py", "--format", "markdown"])
            #expect(run.status == 0)
            for part in [
                "## teamfix: consensus", "### Dissent", "**Expert B**", "Who said what", "| expert |", "0 of 1",
            ] {
                #expect(run.output.contains(part), "no \(part) in \(run.output)")
            }
        }

        @Test("staged changes and a range are what the experts look at")
        func changes() async throws {
            let repository = try ServerTests.project()
            try repository.write("calc.py", "def add(a, b):\n    return a * b\n")
            try repository.git("add", "-A")
            let (staged, prompts) = try await ask(repository, ["--staged", "--no-synthesis"])
            #expect(staged.status == 0, "\(staged.errors)")
            #expect(prompts.allSatisfy { $0.contains("2 |+    return a * b") })
            try repository.commit("Multiply")
            let (range, seen) = try await ask(repository, ["--range", "HEAD~1..HEAD", "--no-synthesis"])
            #expect(range.status == 0, "\(range.errors)")
            #expect(seen.allSatisfy { $0.contains("- |     return a - b") })
        }

        @Test("roles and models can be named")
        func roles() async throws {
            let repository = try ServerTests.project()
            let (run, prompts) = try await ask(
                repository, ["--roles", "Security Analyst, a database administrator", "--format", "json"])
            #expect(run.status == 0, "\(run.errors)")
            #expect(prompts.contains { $0.contains("the team's a database administrator") })
            let report = try #require(try run.json["report"] as? [String: Any])
            let roles = (report["opinions"] as? [[String: Any]])?.compactMap { $0["role"] as? String }
            #expect(roles == ["Security Analyst", "a database administrator", "Security Analyst"])
            let (unknown, _) = try await ask(repository, ["--models", "gone:1b,other:2b"])
            #expect(unknown.status == 64 && unknown.errors.contains("gone:1b"), "\(unknown.errors)")
        }

        @Test(
            "what doesn't go together is refused before anybody is asked",
            arguments: [
                ["--staged", "--range", "a..b"], ["--build", "make"], ["--experts", "0"], ["--experts", "17"],
                ["--patch", "calc.py"], ["no-such-file.py"], ["--staged"], ["--range", "HEAD..HEAD"],
            ])
        func refused(arguments: [String]) async throws {
            let repository = try ServerTests.project()
            let (run, prompts) = try await ask(repository, arguments)
            #expect(run.status == 64, "\(run.output)\(run.errors)")
            #expect(prompts.isEmpty)
        }

        @Test("without a server it says what it needs, with a patch asked for, too")
        func alone() async throws {
            let repository = try ServerTests.project()
            for arguments in [[], ["--patch", "--build", "python3 -m unittest -q"]] {
                let run = try await repository.start(["consensus", "Why?", "--offline"] + arguments).end()
                #expect(run.status == 2)
                #expect(run.errors.contains("no model server can be used"))
                #expect(run.errors.contains("--server http://HOST:11434"))
            }
        }

        @Test("a patch that passes becomes a branch, and votes for one that doesn't count for nothing")
        func patch() async throws {
            let repository = try ServerTests.project()
            let before = try repository.untouched()
            let reply: SimulatedOllama.Reply = { request in
                let sign = request.options["seed"] as? Int == 3 ? "+" : "*"
                return .text("```python\ndef add(a, b):\n    return a \(sign) b\n```\n")
            }
            let (run, _) = try await ask(
                repository, ["--patch", "--build", "python3 -m unittest -q", "--format", "json"], reply: reply)
            #expect(run.status == 0, "\(run.errors)")
            let object = try run.json
            #expect(try Self.schema().problems(object) == [])
            let report = try #require(object["report"] as? [String: Any])
            let patched = try #require(report["patched"] as? [String: Any])
            let branch = try #require(patched["branch"] as? String)
            #expect(try repository.git("show", "\(branch):calc.py").contains("return a + b"))
            #expect(try repository.git("diff", "--name-only", "main", branch) == "calc.py")
            let groups = try #require(report["groups"] as? [[String: Any]])
            #expect(groups.map { $0["isVerified"] as? Bool } == [true, false])
            #expect(try repository.untouched() == before)
            #expect(repository.leftInScratch == [])
            let identity = try #require(object["run"] as? String)
            let applied = try await repository.teamfix("apply", identity)
            #expect(applied.status == 0, "\(applied.errors)")
        }

        @Test("a patch that nobody found ends with 1, and saves no decision")
        func noPatch() async throws {
            let repository = try ServerTests.project()
            let (run, _) = try await ask(
                repository, ["--patch", "--build", "python3 -m unittest -q", "--adr", "docs/decisions"],
                reply: { _ in .text("```python\ndef add(a, b):\n    return a * b\n```\n") })
            #expect(run.status == 1, "\(run.errors)")
            #expect(run.output.hasPrefix("not fixed: no expert's patch made"))
            #expect(run.output.contains("Other patches") && run.output.contains("+     return a * b"))
            #expect(try repository.fixBranches == [])
            #expect(!FileManager.default.fileExists(atPath: repository.path + "/docs"))
        }
    }
}
