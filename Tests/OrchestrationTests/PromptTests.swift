import Inference
import Testing

@testable import Orchestration

@Suite struct PromptTests {
    private let coder = Specialist(name: "Coder", summary: "", instructions: "You are a coder.", maxTokens: 1000)

    private func prompt(
        _ task: TeamTask, _ dependencies: [TaskResult] = [], context: Int = 4096, attempt: Int = 1, vary: Bool = false
    ) throws -> Prompt {
        try PromptBuilder().prompt(
            for: task, specialist: coder, dependencies: dependencies, model: "m", contextLength: context, timeout: 60,
            attempt: attempt, vary: vary)
    }

    private func estimate(_ prompt: Prompt) -> Int {
        prompt.messages.reduce(0) { $0 + PromptBuilder.estimatedTokens($1.content) }
    }

    @Test func `what tasks share stands first, whoever works on it`() throws {
        var task = Sample.task("t")
        task.input.shared = "SHARED FILE"
        let other = Specialist(name: "QA", summary: "", instructions: "You test.")
        let builder = PromptBuilder()
        let prompts = try [coder, other].map {
            try builder.prompt(
                for: task, specialist: $0, dependencies: [], model: "m", contextLength: 4096, timeout: 60)
        }
        #expect(prompts[0].messages[0] == prompts[1].messages[0])
        #expect(prompts[0].messages[1].content.hasPrefix("SHARED FILE\n\nYou are a coder.\n\n"))
        #expect(prompts[1].messages[1].content.hasPrefix("SHARED FILE\n\nYou test.\n\n"))
    }

    @Test(arguments: [0, 500, 5_000, 50_000, 500_000]) func `it fits the window, whatever others wrote`(bytes: Int)
        throws
    {
        let task = Sample.task("t", after: ["a", "b", "c"])
        let results = [
            Sample.result("a", String(repeating: "a", count: bytes)), Sample.result("b", "short and whole"),
            Sample.result("c", nil),
        ]
        for context in [1024, 2048, 8192] {
            let made = try prompt(task, results, context: context)
            #expect(estimate(made) + made.maxTokens <= context)
            #expect(made.maxTokens >= 256)
            let text = try #require(made.messages.last?.content)
            #expect(text.contains("short and whole"))
            #expect(text.contains("brought no result: it broke"))
            #expect(text.contains("do t"))
            if bytes > context * 3 { #expect(text.contains("bytes left out")) }
        }
    }

    @Test func `too long for the window is an error with both numbers`() throws {
        let task = Sample.task("t", text: String(repeating: "x", count: 6_000))
        #expect(throws: PromptBuilder.TooLong.self) { _ = try prompt(task, context: 2048) }
        _ = try prompt(task, context: 4096)
    }

    @Test func `the answer's length is capped by the window`() throws {
        let made = try prompt(Sample.task("t", text: String(repeating: "x", count: 9_600)), context: 4096)
        #expect(made.maxTokens < 1000)
        #expect(made.maxTokens >= 256)
    }

    @Test func `a second try after a bad answer isn't the same request`() throws {
        var task = Sample.task("t")
        task.sampling = Sampling(temperature: 0, seed: 5)
        let first = try prompt(task)
        let second = try prompt(task, attempt: 2, vary: true)
        #expect(first.temperature == 0 && first.seed == 5)
        #expect(second.temperature > 0 && second.seed == 6)
        #expect(try prompt(task, attempt: 2) == first)
    }

    @Test func `a task's timeout bounds the request`() throws {
        let made = try prompt(Sample.task("t"))
        #expect(made.timeouts.total == .seconds(60))
        #expect(made.timeouts.firstByte == .seconds(60))
    }
}
