import Foundation
import Inference
import Synchronization
import TestSupport
import Testing

@Suite("The Ollama client gives whole answers")
struct OllamaServerTests {
    private let thinker = SimulatedModel("qwen3:8b", capabilities: ["completion", "thinking"])

    private func prompt(_ model: String = "qwen2.5-coder:7b", _ change: (inout Prompt) -> Void = { _ in }) -> Prompt {
        var prompt = Prompt(model: model, messages: [.init(.system, "Be brief."), .init(.user, "Say it.")])
        change(&prompt)
        return prompt
    }

    @Test("A stream is put together, counted and timed")
    func happy() async throws {
        try await SimulatedOllama.run(reply: { _ in .text("let é = \"<&>\" // ok") }) { server in
            let seen = Mutex(0)
            let answer = try await server.client().answer(prompt()) { progress in seen.withLock { $0 = progress.pieces }
            }
            #expect(answer.text == "let é = \"<&>\" // ok")
            #expect(answer.finish == .stop && answer.thinking == nil && answer.warnings == [])
            #expect(answer.usage.answerTokens == 5 && answer.usage.loadDuration == 0.023456789)
            #expect(answer.usage.promptDuration == 0.345 && answer.usage.answerDuration == 0.8)
            #expect(answer.usage.timeToFirstToken != nil)
            #expect(seen.withLock { $0 } == 5)
        }
    }

    @Test("The request carries every limit and no string where a number belongs")
    func request() async throws {
        try await SimulatedOllama.run { server in
            _ = try await server.client(token: "sesame").answer(
                prompt { prompt in
                    (prompt.seed, prompt.stop, prompt.schema) = (7, ["END"], #"{"type":"object"}"#)
                    (prompt.contextLength, prompt.maxTokens, prompt.keepAlive) = (16_384, 99, 60)
                }
            ) { _ in }
            let chat = try #require(server.chats.first)
            #expect(chat.json["truncate"] as? Bool == false && chat.json["stream"] as? Bool == true)
            #expect(chat.json["think"] as? Bool == false && chat.json["keep_alive"] as? Int == 60)
            #expect(chat.options["num_ctx"] as? Int == 16_384 && chat.options["num_predict"] as? Int == 99)
            #expect(chat.options["seed"] as? Int == 7 && chat.options["temperature"] as? Double == 0)
            #expect(chat.format == #"{"type":"object"}"# && chat.options["stop"] as? [String] == ["END"])
            #expect(chat.headers["authorization"] == "Bearer sesame" && chat.headers["origin"] == nil)
            #expect(chat.messages.map(\.role) == ["system", "user"])
        }
    }

    @Test("Pieces may be cut anywhere", arguments: [1, 2, 3, 5, 7, 64])
    func splits(size: Int) async throws {
        try await SimulatedOllama.run(reply: { _ in .text("né <à> 👩‍🔧 fin").with { $0.splitEvery = size } }) {
            (server) async throws in
            #expect(try await server.client().answer(prompt()) { _ in }.text == "né <à> 👩‍🔧 fin")
        }
    }

    @Test(
        "Text in the last object, odd line ends and unknown fields are taken as they come",
        arguments: [
            #"{"message":{"content":"a"},"done":false}"# + "\r\n\r\n\n"
                + #"{"message":{"content":"b"},"done":true,"new":{}}"# + "\n",
            #"{"message":{"content":"ab"},"done":true,"done_reason":"stop"}"#,
            #"{"message":{"content":null},"done":false}"# + "\n" + #"{"message":{"content":"ab"},"done":true}"#
                + "\n{late",
        ])
    func oddStreams(body: String) async throws {
        try await SimulatedOllama.run(reply: { _ in .fault(.body(body)) }) { server in
            let answer = try await server.client().answer(prompt()) { _ in }
            #expect(answer.text == "ab")
            #expect(answer.usage.promptTokens == nil && answer.usage.answerDuration == nil)
            #expect(answer.usage.serviceTime == answer.usage.elapsed)
        }
    }

    @Test("What comes after the end is ignored")
    func lateData() async throws {
        try await SimulatedOllama.run(reply: { _ in .fault(.dataAfterDone, text: "all") }) { (server) async throws in
            #expect(try await server.client().answer(prompt()) { _ in }.text == "all")
        }
    }

    @Test("A line of 6 MB is accepted and one of 9 MB refused")
    func longLines() async throws {
        try await SimulatedOllama.run(reply: { .fault(.longLine($0.number == 0 ? 6_000_000 : 9_000_000)) }) {
            (server) async throws in
            #expect(try await server.client().answer(prompt()) { _ in }.text.isEmpty == false)
            let error = await #expect(throws: InferenceError.self) {
                try await server.client().answer(prompt()) { _ in }
            }
            #expect(error?.code == .limitExceeded)
        }
    }

    @Test("Thinking is kept apart, and what a server does by default never mixes with the answer")
    func thinking() async throws {
        var settings = SimulatedOllama.Settings()
        settings.version = "0.8.0"
        let reply = SimulatedReply.text("yes").with { $0.thinking = "hmm, let me see" }
        try await SimulatedOllama.run(models: [thinker], settings: settings, reply: { _ in reply }) { server in
            let answer = try await server.client().answer(prompt("qwen3:8b")) { _ in }
            #expect(server.chats.first?.json["think"] == nil)
            #expect(answer.text == "yes" && answer.thinking == "hmm, let me see")
            let error = await #expect(throws: InferenceError.self) {
                try await server.client().answer(prompt("qwen3:8b") { $0.maxTokens = 3 }) { _ in }
            }
            #expect(error?.code == .empty && error?.message.contains("thinking") == true)
        }
    }

    @Test("A server that refuses to be told not to think is asked without")
    func thinkRefused() async throws {
        let refusal = SimulatedReply.error(400, "\"qwen2.5-coder:7b\" does not support thinking")
        try await SimulatedOllama.run(reply: { $0.json["think"] == nil ? .text("fine") : refusal }) {
            (server) async throws in
            let client = server.client()
            #expect(try await client.answer(prompt()) { _ in }.text == "fine")
            #expect(try await client.answer(prompt()) { _ in }.text == "fine")
            #expect(server.chats.count == 3)
        }
    }

    @Test("An answer cut by its limit says so")
    func length() async throws {
        try await SimulatedOllama.run(reply: { _ in .text("{\"key\": \"a long value\"}") }) { server in
            let answer = try await server.client().answer(prompt { $0.maxTokens = 2 }) { _ in }
            #expect(answer.finish == .length && answer.text == "{\"key\": ")
        }
    }

    @Test("Chats and a preload with the same window load the model once")
    func noReload() async throws {
        try await SimulatedOllama.run { server in
            let client = server.client()
            #expect(try await client.load(model: "Qwen2.5-Coder:7b", contextLength: 8_192).contextLength == 8_192)
            _ = try await client.answer(prompt()) { _ in }
            _ = try await client.answer(prompt { $0.schema = "{}" }) { _ in }
            #expect(server.loads == 1 && server.reloads == 0)
            _ = try await client.answer(prompt { $0.contextLength = 4_096 }) { _ in }
            #expect(server.reloads == 1)
            try await client.unload(model: "qwen2.5-coder:7b")
            #expect(await client.resident() == [])
        }
    }

    @Test("A smaller window than asked for shows after the load")
    func smallerWindow() async throws {
        var settings = SimulatedOllama.Settings()
        settings.contextLimit = 4_096
        try await SimulatedOllama.run(settings: settings) { (server) async throws in
            #expect(
                try await server.client().load(model: "qwen2.5-coder:7b", contextLength: 32_768).contextLength == 4_096)
        }
    }

    @Test("Requests beyond the slots are served in order, and many at once where there are slots", arguments: [1, 4])
    func slots(count: Int) async throws {
        var settings = SimulatedOllama.Settings()
        settings.slots = count
        try await SimulatedOllama.run(settings: settings, reply: { .text($0.prompt, tokenDelay: .milliseconds(2)) }) {
            server in
            let client = server.client()
            let texts = try await withThrowingTaskGroup(of: String.self) { group in
                for index in 0..<8 {
                    group.addTask {
                        try await client.answer(
                            Prompt(model: "qwen2.5-coder:7b", messages: [.init(.user, "number \(index) of the eight")])
                        ) { _ in }.text
                    }
                }
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(texts.count == 8)
            #expect(server.counts.mostRunning == count)
            #expect(server.loads == 1)
        }
    }

    @Test("The status names version, models, capabilities, windows and what is in memory")
    func status() async throws {
        let models = [SimulatedModel("qwen2.5-coder:7b"), SimulatedModel("nomic", capabilities: ["embedding"])]
        try await SimulatedOllama.run(models: models) { (server) async throws in
            let client = server.client(name: "ollama01")
            try await client.load(model: "qwen2.5-coder:7b", contextLength: 8_192)
            let status = try await client.status(deadline: .seconds(5))
            #expect(status.version == "0.32.15" && status.models.map(\.name) == ["qwen2.5-coder:7b", "nomic"])
            #expect(
                status.models[0].capabilities == ["completion", "tools"] && status.models[0].contextLength == 32_768)
            #expect(status.models[0].digest?.count == 64 && status.models[0].parameterSize == "7.6B")
            #expect(status.resident == [ResidentModel(name: "qwen2.5-coder:7b", contextLength: 8_192)])
            #expect(ModelChoice(among: status.models)?.model.name == "qwen2.5-coder:7b")
        }
    }

    @Test("A server whose list of loaded models blocks is busy, not down")
    func blockedResident() async throws {
        try await SimulatedOllama.run { server in
            server.setFault(.silence, for: "/api/ps")
            let status = try await server.client().status(deadline: .seconds(30))
            #expect(status.resident == nil && status.models.count == 1)
        }
    }
}
