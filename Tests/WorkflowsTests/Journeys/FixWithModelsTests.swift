import Events
import Foundation
import Orchestration
import Synchronization
import TestSupport
import Testing

@testable import Workflows

@Suite("From a failing build to a verified branch, with models", .timeLimit(.minutes(1)))
struct FixWithModelsTests {
    private static let wrong =
        "def total(items):\n    result = 1\n    for item in items:\n        result += item\n    return result\n"
    private static let right = wrong.replacing("result = 1", with: "result = 0")
    private static let command = "python3 -B test_cart.py"

    private func repository() throws -> ScratchRepository {
        let repository = try ScratchRepository()
        try repository.write("cart.py", Self.wrong)
        try repository.write("test_cart.py", "from cart import total\n\nassert total([1, 2]) == 3, total([1, 2])\n")
        try repository.commit()
        return repository
    }

    private static func fenced(_ code: String) -> SimulatedReply { .text("```python\n\(code)```\n") }

    @Test func `a logic error that no compiler knows is mended by a model`() async throws {
        let repository = try repository()
        let before = try Untouched(repository)
        let journey = Journey(repository)
        let report = try await SimulatedOllama.run(reply: { _ in Self.fenced(Self.right) }) { server in
            try await journey.fix(Self.command, [server.member("one")])
        }
        #expect(report.outcome == .fixed, "\(report.reason)")
        let branch = try #require(report.branch)
        #expect(try repository.git("show", branch + ":cart.py") + "\n" == Self.right)
        let message = try repository.git("log", "-1", "--format=%B", branch)
        #expect(message.contains("Teamfix-Models: qwen2.5-coder:7b"))
        #expect(try Untouched(repository).differences(from: before).isEmpty)
        #expect(journey.leftBehind.isEmpty)
    }

    @Test func `the prompt shows the failure, the test and the code, and asks for no more than the window holds`()
        async throws
    {
        let repository = try repository()
        let requests = try await SimulatedOllama.run(reply: { _ in Self.fenced(Self.right) }) { server in
            _ = try await Journey(repository).fix(Self.command, [server.member("one")])
            return server.chats
        }
        let request = try #require(requests.first)
        for part in ["result = 1", "assert total([1, 2]) == 3", Self.command, "AssertionError"] {
            #expect(request.prompt.contains(part), "\(part) isn't in: \(request.prompt)")
        }
        #expect(request.options["num_ctx"] as? Int == 8192)
        #expect(request.json["truncate"] as? Bool == false)
        #expect((request.options["num_predict"] as? Int ?? 0) > 0)
    }

    @Test func `a cheat is refused, nonsense is passed over, and a later honest answer is taken`() async throws {
        let repository = try repository()
        let journey = Journey(repository)
        let replies = [
            Self.fenced("import sys\nsys.exit(0)\n" + Self.wrong), .text("I can't see what is wrong."),
            Self.fenced("    result = 2\n"), Self.fenced(Self.right),
        ]
        let report = try await SimulatedOllama.run(reply: { replies[min($0.number, replies.count - 1)] }) { server in
            try await journey.fix(Self.command, [server.member("one")])
        }
        #expect(report.outcome == .fixed, "\(report.reason)")
        let verdicts = journey.log.verdicts
        #expect(
            verdicts.contains { $0.result == .refused && $0.reason.contains("leaves early with success") },
            "\(verdicts)")
        #expect(verdicts.contains { $0.result == .failed })
        #expect(verdicts.last?.result == .passed || verdicts.contains { $0.result == .passed })
        #expect(try repository.git("show", (report.branch ?? "") + ":cart.py") + "\n" == Self.right)
    }

    @Test func `what failed in one round is told in the next`() async throws {
        let repository = try repository()
        var journey = Journey(repository)
        journey.candidates = 1
        let prompts = Mutex<[String]>([])
        let report = try await SimulatedOllama.run(reply: { request in
            let isAnalysis = !request.prompt.contains("code block")
            if isAnalysis { return .text("Line 2 starts with the wrong number.") }
            let count = prompts.withLock { prompts in
                prompts.append(request.prompt)
                return prompts.count
            }
            return Self.fenced(count == 1 ? Self.wrong.replacing("result = 1", with: "result = 2") : Self.right)
        }) { [journey] server in try await journey.fix(Self.command, [server.member("one")]) }
        #expect(report.outcome == .fixed, "\(report.reason)")
        let second = prompts.withLock { $0.count > 1 ? $0[1] : "" }
        #expect(second.contains("This was tried and is wrong"))
        #expect(second.contains("result = 2"))
    }

    @Test func `one of two servers dies in the middle, its task moves, and the run completes`() async throws {
        let repository = try repository()
        let journey = Journey(repository)
        let report = try await SimulatedOllama.run(reply: { _ in
            Self.fenced(Self.right).with { $0.fault = .stall(after: 2) }
        }) { dying in
            try await SimulatedOllama.run(reply: { _ in
                // The other one answers once the first has died.
                _ = await dying.wait { $0.cancelled > 0 }
                return Self.fenced(Self.right)
            }) { living in
                async let report = journey.fix(Self.command, [dying.member("dying"), living.member("living")])
                #expect(await dying.wait { $0.running > 0 })
                dying.stop()
                return try await report
            }
        }
        #expect(report.outcome == .fixed, "\(report.reason)")
        let events = journey.log.records.map(\.event)
        #expect(events.contains { if case .taskMoved(_, "dying", _) = $0 { true } else { false } }, "\(events)")
        #expect(events.contains { if case .serverLost("dying", _) = $0 { true } else { false } })
    }

    @Test func `one server is asked through Ollama's API and the other through OpenAI's, in one run`() async throws {
        let repository = try repository()
        let journey = Journey(repository)
        let paths = try await SimulatedOllama.run(reply: { _ in Self.fenced(Self.wrong.replacing("= 1", with: "= 2")) })
        { first in
            try await SimulatedOllama.run(reply: { _ in
                // Both have been asked when the answer that ends the run comes.
                _ = await first.wait { $0.asked > 0 }
                return Self.fenced(Self.right)
            }) { second in
                let report = try await journey.fix(
                    Self.command, [first.member("native"), second.member("compatible", openAI: true)])
                #expect(report.outcome == .fixed, "\(report.reason)")
                return (Set(first.chats.map(\.path)), Set(second.chats.map(\.path)))
            }
        }
        #expect(paths.0 == ["/api/chat"])
        #expect(paths.1 == ["/v1/chat/completions"])
    }

    @Test func `no round begins after the budget's end`() async throws {
        let repository = try repository()
        let now = Mutex(0.0)
        var journey = Journey(repository, log: RunLog(run: "test-run", clock: { now.withLock { $0 } }))
        journey.candidates = 2
        let (report, asked) = try await SimulatedOllama.run(reply: { request in
            now.withLock { $0 = 61 }
            return Self.fenced(Self.wrong.replacing("= 1", with: "= \(request.number + 2)"))
        }) { [journey] server in
            let request = FixRequest(command: Self.command, candidates: 2, budget: 60)
            return (try await journey.fix(request, [server.member("one")]), server.counts.asked)
        }
        #expect(report.outcome == .outOfTime)
        #expect(asked == 2)
        #expect(report.branch == nil)
    }

    @Test func `a server that says nothing is given up when the budget ends`() async throws {
        let repository = try repository()
        let journey = Journey(repository)
        let report = try await SimulatedOllama.run(reply: { _ in .fault(.silence) }) { server in
            let report = try await journey.fix(
                FixRequest(command: Self.command, candidates: 2, budget: 0.5), [server.member("one")], budget: 0.5)
            #expect(await server.wait { $0.running == 0 })
            return report
        }
        #expect(report.outcome == .outOfTime, "\(report.reason)")
        #expect(journey.leftBehind.isEmpty)
    }

    @Test func `a file of 2,400 lines is mended by windows that fit the model`() async throws {
        let repository = try ScratchRepository()
        let lines = (1...600).flatMap { number in
            [
                "int step\(number)(int a, int b)", "{",
                number == 411 ? "    int c = a +* b;" : "    int c = a + b * \(number);", "    return c; }",
            ]
        }
        try repository.write("big.c", lines.joined(separator: "\n") + "\n")
        try repository.commit()
        #expect(lines.count == 2_400)
        let journey = Journey(repository)
        let (report, chats) = try await SimulatedOllama.run(reply: { request in
            // The model mends what it is shown: the last code block of the prompt.
            let blocks = request.prompt.components(separatedBy: "```c\n").dropFirst().compactMap {
                $0.components(separatedBy: "```").first
            }
            let asked = blocks.last ?? ""
            return .text("```c\n\(asked.replacingOccurrences(of: "a +* b", with: "a + b"))```\n")
        }) { server in (try await journey.fix("gcc -c big.c -o /dev/null", [server.member("one")]), server.chats) }
        #expect(report.outcome == .fixed, "\(report.reason): \(journey.log.verdicts)")
        let patch = report.patch.split(separator: "\n").filter {
            ($0.hasPrefix("+") || $0.hasPrefix("-")) && !$0.hasPrefix("+++") && !$0.hasPrefix("---")
        }
        #expect(patch == ["-    int c = a +* b;", "+    int c = a + b;"])
        #expect(!chats.isEmpty)
        for chat in chats {
            #expect(chat.options["num_ctx"] as? Int == 8192)
            #expect(chat.prompt.utf8.count < 8192 * 3)
            #expect(chat.prompt.contains("int c = a +* b;"))
        }
    }

    @Test func `nobody is asked when nothing that may be edited is suspect`() async throws {
        let repository = try repository()
        let asked = try await SimulatedOllama.run { server in
            let request = FixRequest(command: Self.command, gate: GateRules(protected: ["*.py"]))
            let report = try await Journey(repository).fix(request, [server.member("one")])
            #expect(report.outcome == .notFixed)
            return server.counts.asked
        }
        #expect(asked == 0)
    }

    @Test func `two files with errors of their own are mended side by side`() async throws {
        let repository = try ScratchRepository()
        try repository.write("Makefile", "all: a.o b.o\n%.o: %.c\n\tgcc -c $<\n")
        try repository.write("a.c", "int a(int x) {\n    return x +* 2;\n}\n")
        try repository.write("b.c", "int b(int x) {\n    return x -/ 2;\n}\n")
        try repository.commit()
        let journey = Journey(repository)
        let report = try await SimulatedOllama.run(reply: { request in
            let block =
                request.prompt.components(separatedBy: "```c\n").dropFirst().last?.components(separatedBy: "```").first
                ?? ""
            return .text(
                "```c\n\(block.replacingOccurrences(of: "+*", with: "+").replacingOccurrences(of: "-/", with: "-"))```\n"
            )
        }) { server in try await journey.fix("make -k", [server.member("one")]) }
        #expect(report.outcome == .fixed, "\(report.reason): \(journey.log.verdicts)")
        let branch = try #require(report.branch)
        #expect(try repository.git("rev-list", "--count", "main..\(branch)") == "2")
        let patterns = journey.log.records.compactMap {
            if case .planned(let work) = $0.event { work.pattern } else { nil }
        }
        #expect(patterns.first == "divide-and-conquer")
    }

    @Test func `a cancellation ends the models' work, too`() async throws {
        let repository = try repository()
        let before = try Untouched(repository)
        let journey = Journey(repository)
        try await SimulatedOllama.run(reply: { _ in .fault(.silence) }) { server in
            let run = Task { try await journey.fix(Self.command, [server.member("one")]) }
            #expect(await server.wait { $0.running > 0 })
            run.cancel()
            await #expect(throws: CancellationError.self) { try await run.value }
            #expect(await server.wait { $0.running == 0 })
        }
        #expect(try Untouched(repository).differences(from: before).isEmpty)
        #expect(journey.leftBehind.isEmpty)
    }
}

@Suite("Of what a model answers, only what can be told apart surely is used", .timeLimit(.minutes(1)))
struct ModelAnswerTests {
    private func fixed(_ answer: String) async throws -> (
        report: FixReport, verdicts: [CandidateVerdict], file: String?
    ) {
        let repository = try ScratchRepository()
        try repository.write("sum.py", "def add(a, b):\n    return a - b\n\n\ndef other(x):\n    return x\n")
        try repository.write("test_sum.py", "from sum import add\n\nassert add(1, 2) == 3, add(1, 2)\n")
        try repository.commit()
        let journey = Journey(repository)
        let report = try await SimulatedOllama.run(reply: { _ in .text(answer) }) { server in
            try await journey.fix(
                FixRequest(command: "python3 -B test_sum.py", candidates: 1, rounds: 1), [server.member("one")])
        }
        let file = try report.branch.map { try repository.git("show", $0 + ":sum.py") }
        return (report, journey.log.verdicts, file)
    }

    @Test(arguments: [
        "```python\ndef add(a, b):\n    return a + b\n```",
        "The operator is wrong.\n\n```python\n    return a + b\n```\nThat's it.",
        "sum.py\n```\n<<<<<<< SEARCH\n    return a - b\n=======\n    return a + b\n>>>>>>> REPLACE\n```\n",
        "```python\ndef add(a, b):\n    return a + b\n\n\ndef other(x):\n    return x\n```",
    ])
    func `used`(answer: String) async throws {
        let (report, _, file) = try await fixed(answer)
        #expect(report.outcome == .fixed, "\(report.reason)")
        #expect(file == "def add(a, b):\n    return a + b\n\n\ndef other(x):\n    return x")
    }

    @Test(arguments: [
        "", "return a + b", "```python\n# ... existing code ...\n    return a + b\n```",
        "sum.py\n```\n<<<<<<< SEARCH\n    return a * b\n=======\n    return a + b\n>>>>>>> REPLACE\n```\n",
        "```python\ndef add(a, b):\n    return a - b\n```", "```python\n```", "\u{1b}[2J```\n",
    ])
    func `passed over without a build`(answer: String) async throws {
        let (report, verdicts, _) = try await fixed(answer)
        #expect(report.outcome == .notFixed)
        #expect(verdicts.isEmpty, "\(verdicts)")
    }
}
