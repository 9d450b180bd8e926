import Foundation
import Synchronization
import TestSupport
import Testing

extension EndToEnd {
    @Suite("With model servers", .timeLimit(.minutes(2)))
    struct ServerTests {
        static let corrected = "The sign is wrong.\n```python\ndef add(a, b):\n    return a + b\n```\n"

        /// A Python project whose test fails for a slip in its logic.
        static func project(edited: Double? = nil) throws -> ScratchRepository {
            let repository = try ScratchRepository()
            try repository.write("calc.py", "def add(a, b):\n    return a - b\n")
            try repository.write(
                "test_calc.py",
                "import unittest\nfrom calc import add\n\n\nclass AddTest(unittest.TestCase):\n    def test_add(self):\n        "
                    + "self.assertEqual(add(2, 3), 5)\n")
            try repository.write(".gitignore", "__pycache__/\n")
            // Python takes its compiled file for good when the source's size and second are the same.
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: edited ?? 1_700_000_000)],
                ofItemAtPath: repository.path + "/calc.py")
            try repository.commit("Begin")
            return repository
        }

        private let build = ["--build", "python3 -m unittest -q"]

        @Test("a model mends a slip in Python's logic, and is named in the commit")
        func logic() async throws {
            let repository = try Self.project()
            let before = try repository.untouched()
            try await SimulatedOllama.run(reply: { _ in .text(Self.corrected) }) { server in
                let run = try await repository.start(["fix", "--server", server.url, "--format", "json"] + build).end()
                #expect(run.status == 0, "\(run.errors)")
                let report = try run.json
                let branch = try #require(report["branch"] as? String)
                #expect(try repository.git("show", "\(branch):calc.py").contains("return a + b"))
                #expect(try repository.git("diff", "--name-only", "main", branch) == "calc.py")
                let model = try repository.git("log", "-1", "--format=%(trailers:key=Teamfix-Models,valueonly)", branch)
                #expect(model.trimmingCharacters(in: .whitespacesAndNewlines) == "qwen2.5-coder:7b")
                // The process ends when its work does: no connection or thread keeps it.
                let statistics = try #require(report["statistics"] as? [String: Any])
                let worked = try #require(statistics["duration"] as? Double)
                #expect(run.duration < .seconds(worked + 3))
            }
            #expect(try repository.untouched() == before)
            #expect(repository.leftInScratch == [])
        }

        @Test("a mended Python file of the same size counts, also when the broken one was saved in this very second")
        func compiledFile() async throws {
            let repository = try Self.project(edited: Date().timeIntervalSince1970 + 1)
            try await SimulatedOllama.run(reply: { _ in .text(Self.corrected) }) { server in
                let run = try await repository.start(["fix", "--quiet", "--server", server.url] + build).end()
                #expect(run.status == 0, "\(run.output)")
            }
        }

        @Test("consensus gives one answer, how far they agreed, and who dissented")
        func consensus() async throws {
            let repository = try Self.project()
            let asked = Mutex(0)
            let reply: SimulatedOllama.Reply = { _ in
                let number = asked.withLock { number in
                    number += 1
                    return number
                }
                return .text(
                    number == 1
                        ? "ANSWER: no, never\nREASONS:\n- risk\n" : "ANSWER: yes, use sum\nREASONS:\n- shorter\n")
            }
            try await SimulatedOllama.run(reply: reply) { one in
                try await SimulatedOllama.run(reply: reply) { two in
                    let run = try await repository.teamfix(
                        "consensus", "Should add() use sum()?", "--server", one.url, "--server", two.url)
                    #expect(run.status == 0, "\(run.errors)")
                    #expect(run.output.hasPrefix("yes, use sum\n"))
                    #expect(run.output.contains("2 of 3 experts agree, confidence 0.50"))
                    #expect(run.output.contains("Dissent"))
                    #expect(run.output.contains("no, never"))
                    #expect(run.duration < .seconds(15))
                }
            }
        }

        @Test("consensus without a server says what to do")
        func consensusAlone() async throws {
            let repository = try Self.project()
            let run = try await repository.teamfix("consensus", "Why?", "--offline")
            #expect(run.status == 2)
            #expect(run.errors.contains("no model server can be used"))
        }

        @Test("analyze shows a finding whose evidence is there, and drops one whose evidence isn't")
        func analyze() async throws {
            let repository = try Self.project()
            try repository.write("calc.py", "def add(a, b):\n    return a - b  # faster\n")
            func finding(_ message: String, _ evidence: String) -> [String: Any] {
                [
                    "file": "calc.py", "line": 2, "severity": "error", "message": message, "evidence": evidence,
                    "suggestion": "add them",
                ]
            }
            let text = SimulatedJSON.text([
                "findings": [finding("it subtracts", "return a - b"), finding("it divides", "return a / b")]
            ])
            try await SimulatedOllama.run(reply: { _ in .text(text) }) { server in
                let run = try await repository.teamfix("analyze", "--server", server.url, "--quiet")
                #expect(run.status == 1)
                #expect(run.output.contains("calc.py:2: error: it subtracts"))
                #expect(run.output.contains("[Code Analyst, Logic Analyst; confidence 0.8"))
                #expect(!run.output.contains("it divides"))
                #expect(run.output.contains("dropped"))
            }
        }

        @Test("a server that isn't there is named, and the other does the work")
        func deadServer() async throws {
            let repository = try Self.project()
            try await SimulatedOllama.run(reply: { _ in .text(Self.corrected) }) { server in
                let run = try await repository.start(
                    ["fix", "--server", "gone=127.0.0.1:9", "--server", "here=\(server.url)"] + build
                ).end()
                #expect(run.status == 0, "\(run.errors)")
                #expect(run.errors.contains("gone"))
                #expect(run.output.contains("here"))
            }
        }

        @Test("a server killed in the middle of a run loses no task: what moved is said")
        func killedServer() async throws {
            let repository = try Self.project()
            try await SimulatedOllama.run(reply: { _ in .fault(.stall(after: 2)) }) { doomed in
                try await SimulatedOllama.run(reply: { _ in .text("ANSWER: yes\nREASONS:\n- so\n") }) { other in
                    let call = try repository.start([
                        "consensus", "Is it so?", "--server", "doomed=\(doomed.url)", "--server", "other=\(other.url)",
                        "--format", "json",
                    ])
                    #expect(await doomed.wait { $0.running > 0 })
                    doomed.stop()
                    let run = await call.end()
                    #expect(run.status == 0, "\(run.errors)")
                    let report = try run.json
                    let statistics = try #require(report["statistics"] as? [String: Any])
                    #expect((statistics["failovers"] as? Int ?? 0) > 0)
                    #expect(run.errors.contains("doomed"))
                    let answered = try #require(report["report"] as? [String: Any])
                    #expect((answered["opinions"] as? [Any])?.count == 3)
                }
            }
        }

        @Test("Ctrl-C while a model thinks: 130 soon, the server is told, nothing left, nothing changed")
        func interrupted() async throws {
            let repository = try Self.project()
            let before = try repository.untouched()
            try await SimulatedOllama.run(reply: { _ in .fault(.stall(after: 1)) }) { server in
                let call = try repository.start(["fix", "--server", server.url] + build)
                #expect(await server.wait(.seconds(30)) { $0.running > 0 })
                let sent = ContinuousClock.now
                call.signal(SIGINT)
                let run = await call.end()
                #expect(sent.duration(to: .now) < .seconds(3))
                #expect(run.status == 130)
                #expect(await server.wait { $0.cancelled > 0 && $0.running == 0 })
            }
            #expect(Processes.mentioning(repository.base) == [])
            #expect(try repository.untouched() == before)
            #expect(try repository.fixBranches == [])
            #expect(repository.leftInScratch == [])
        }

        @Test("servers asks each one, and ends when they have answered")
        func servers() async throws {
            let repository = try Self.project()
            try await SimulatedOllama.run { server in
                let run = try await repository.teamfix(
                    "servers", "--server", "here=\(server.url)", "--server", "gone=127.0.0.1:9")
                #expect(run.status == 0)
                #expect(run.output.contains("here") && run.output.contains("gone"))
                #expect(run.duration < .seconds(10))
                #expect(run.output.contains("0.32.15"))
            }
        }
    }
}
