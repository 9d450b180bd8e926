import Foundation
import TestSupport
import Testing

@testable import Inference

@Suite("Whatever goes wrong on the wire is named, and nothing half passes for whole")
struct OllamaFailureTests {
    private let prompt = Prompt(model: "qwen2.5-coder:7b", messages: [.init(.user, "Say it.")])

    private func failure(
        of reply: SimulatedReply, models: [SimulatedModel] = [SimulatedModel("qwen2.5-coder:7b")],
        settings: SimulatedOllama.Settings = .init(), prompt: Prompt? = nil
    ) async throws -> InferenceError {
        try await SimulatedOllama.run(models: models, settings: settings, reply: { _ in reply }) { server in
            try await server.failure(of: prompt ?? self.prompt)
        }
    }

    @Test(
        "A stream that ends, breaks or fails midway is an error with the partial text",
        arguments: [
            (SimulatedFault.endWithoutDone(after: 2), InferenceError.Code.incomplete), (.cut(after: 2), .incomplete),
            (.reset(after: 2), .incomplete), (.garbage(after: 2), .malformed),
            (.errorLine(after: 2, "an error was encountered while running the model: CUDA"), .serverFailed),
        ])
    func broken(fault: SimulatedFault, code: InferenceError.Code) async throws {
        let error = try await failure(of: .fault(fault))
        #expect(error.code == code, "\(error)")
        #expect(error.partialText?.hasPrefix("one two ") == true || code == .incomplete)
        #expect(error.mayRetry)
    }

    @Test(
        "A reply without anything is incomplete, never an empty answer",
        arguments: [
            "", "\n\n",
            #"{"model":"","created_at":"0001-01-01T00:00:00Z","message":{"role":"","content":""},"done":false}"#,
        ])
    func nothing(body: String) async throws {
        #expect(try await failure(of: .fault(.body(body))).code == .incomplete)
        let closed = try await failure(of: .fault(.close))
        #expect(closed.code == .incomplete && closed.partialText == nil)
    }

    @Test("A done answer without text is empty")
    func empty() async throws {
        #expect(try await failure(of: .text("")).code == .empty)
    }

    @Test(
        "Refusals become what they mean",
        arguments: [
            (400, #"{"error":"missing request body"}"#, InferenceError.Code.badRequest, "missing request body"),
            (
                401, #"{"error":"unauthorized","signin_url":"https://ollama.com/connect?x"}"#, .unauthorized,
                "ollama.com/connect"
            ),
            (403, "", .unauthorized, "Host"),
            (403, #"{"error":"ollama cloud is disabled"}"#, .unauthorized, "cloud is disabled"),
            (404, #"{"error":"model 'qwen2.5-coder:7b' not found"}"#, .modelNotFound, "ollama pull qwen2.5-coder:7b"),
            (404, #"{"error":"model 'qwen2.5-coder:7b:latest' not found"}"#, .modelNotFound, "ollama pull"),
            (404, "404 page not found", .badRequest, "old version"),
            (405, "405 method not allowed", .badRequest, "/api/chat"),
            (413, "<html><head><title>413 Too Large</title></head></html>", .badRequest, "413 Too Large"),
            (429, #"{"error":"slow down"}"#, .busy, "slow down"),
            (500, #"{"error":"llama-server process has terminated: exit status 2"}"#, .serverFailed, "terminated"),
            (500, "", .serverFailed, "500"),
            (500, #"{"error":"error parsing tool call: raw='x'"}"#, .serverFailed, "tool call"),
            (500, #"{"error":"option \"num_ctx\" must be of type integer"}"#, .badRequest, "integer"),
            (502, "<html>\n<body><h1>502 Bad\u{1b}[31m Gateway</h1></body></html>", .serverFailed, "502 Bad"),
            (
                503, #"{"error":"server busy, please try again.  maximum pending requests exceeded"}"#, .busy,
                "maximum pending"
            ),
            (
                400,
                #"{"error":"the prompt is longer than the context length currently available to the model; shorten"}"#,
                .contextOverflow, "longer"
            ),
            (400, #"{"error":"the input length exceeds the context length"}"#, .contextOverflow, "input length"),
            (
                400, #"{"error":"input length (9 tokens) exceeds the model's maximum context length (8 tokens)"}"#,
                .contextOverflow, "9 tokens"
            ),
            (
                400,
                #"{"error":"{\"error\":{\"code\":400,\"message\":\"request (2030 tokens) exceeds\",\"type\":\"exceed_context_size_error\",\"n_prompt_tokens\":2030,\"n_ctx\":1024}}"}"#,
                .contextOverflow, "2030 tokens and the context window only 1024"
            ),
        ])
    func refusals(status: Int, body: String, code: InferenceError.Code, words: String) async throws {
        let type = body.first == "{" ? "application/json" : "text/plain"
        let error = try await failure(of: .fault(.status(status, body: body, contentType: type)))
        #expect(error.code == code)
        #expect(error.message.contains(words), "\(error.message)")
        #expect(!error.message.contains("\u{1b}") && !error.message.contains("<h1>"))
        #expect(error.mayRetry == [.busy, .serverFailed].contains(code))
    }

    @Test("An error in the first line of a 200 stream is the same error")
    func oldStyle() async throws {
        let error = try await failure(of: .fault(.body(#"{"error":"model 'qwen2.5-coder:7b' not found"}"# + "\n")))
        #expect(error.code == .modelNotFound)
    }

    @Test("Retry-After is passed on")
    func retryAfter() async throws {
        let error = try await failure(of: .fault(.status(503, body: "{}", headers: ["Retry-After": "7"])))
        #expect(error.code == .busy && error.retryAfter == 7)
    }

    @Test("A redirect is named, not followed, and the token goes nowhere else", arguments: [301, 307])
    func redirect(status: Int) async throws {
        try await SimulatedOllama.run { other in
            let fault = SimulatedFault.status(status, body: "", headers: ["Location": other.url + "/api/chat"])
            try await SimulatedOllama.run(reply: { _ in .fault(fault) }) { server in
                let error = try await server.failure(of: prompt, token: "sesame")
                #expect(error.code == .badRequest && error.message.contains(other.url))
                #expect(other.requests.isEmpty)
                #expect(!error.message.contains("sesame"))
            }
        }
    }

    @Test("Runaway repetition is cut, and the connection with it")
    func runaway() async throws {
        try await SimulatedOllama.run(reply: { _ in .fault(.runaway, text: "and again ") }) { server in
            let error = try await server.failure(of: prompt)
            #expect(error.code == .limitExceeded && error.message.contains("repeats"))
            #expect(await server.wait { $0.cancelled == 1 && $0.running == 0 })
        }
    }

    @Test("An answer longer than its bound is cut")
    func tooLong() async throws {
        var prompt = prompt
        prompt.maxAnswerBytes = 1_000
        let text = (0..<1_000).map { "line \($0)\n" }.joined()
        let error = try await failure(of: .text(text), prompt: prompt)
        #expect(error.code == .limitExceeded && error.message.contains("1000 bytes"))
    }

    @Test("A server that doesn't end at the tokens that were asked for is cut")
    func uncounted() async throws {
        var prompt = prompt
        prompt.maxTokens = 10
        let text = (0..<100).map { "\($0) \($0 * 7_919)," }.joined()
        try await SimulatedOllama.run(reply: { _ in .fault(.runaway, text: text) }) { [prompt] server in
            let error = try await server.failure(of: prompt)
            #expect(error.code == .limitExceeded && error.message.contains("at the 10 tokens that were asked for"))
            #expect(await server.wait { $0.cancelled == 1 && $0.running == 0 })
        }
    }

    @Test("A server that sends nothing in endless pieces is cut, and one that cuts tokens up isn't")
    func emptyPieces() throws {
        var endless = AnswerText(server: "one", prompt: prompt)
        let error = #expect(throws: InferenceError.self) {
            for _ in 0..<20_000 { _ = try endless.add(text: "", thinking: "") }
        }
        #expect(error?.code == .limitExceeded)
        for tokens in [10, .max, -20] {
            var prompt = prompt
            prompt.maxTokens = tokens
            var letters = AnswerText(server: "one", prompt: prompt)
            for letter in (0..<20).map({ String($0) }).joined().prefix(tokens < 0 ? 16 : 30) {
                #expect(try letters.add(text: String(letter), thinking: ""))
            }
        }
    }

    @Test(
        "Each deadline is told apart",
        arguments: [
            (SimulatedFault.silence, "no first byte"), (.stall(after: 2), "stalled"), (.runaway, "no whole answer"),
        ])
    func deadlines(fault: SimulatedFault, words: String) async throws {
        var prompt = prompt
        prompt.maxAnswerBytes = 1 << 30
        prompt.maxTokens = 1 << 30
        var timeouts = Timeouts(firstByte: .milliseconds(300), idle: .milliseconds(300), total: .seconds(60))
        // On a loaded machine two pieces may take long to come: only the deadline that is meant is short.
        if case .stall = fault { timeouts.firstByte = .seconds(60) }
        if case .runaway = fault { (timeouts.idle, timeouts.total) = (.seconds(60), .milliseconds(300)) }
        prompt.timeouts = timeouts
        try await SimulatedOllama.run(
            reply: { _ in
                var reply = SimulatedReply.fault(fault)
                if case .runaway = fault {
                    reply = .text(
                        (0..<50_000).map { "\($0 &* 2_654_435_761 % 99_991) " }.joined(), tokenDelay: .milliseconds(1))
                }
                return reply
            }
        ) { [prompt] server in
            let error = try await server.failure(of: prompt)
            #expect(error.code == .timedOut && error.message.contains(words), "\(error)")
            #expect(await server.wait { $0.cancelled == 1 && $0.running == 0 })
        }
    }

    @Test("Cancelling closes the connection and frees the slot")
    func cancel() async throws {
        let slow = SimulatedReply.text(String(repeating: "word ", count: 400), tokenDelay: .milliseconds(20))
        try await SimulatedOllama.run(reply: { $0.number == 0 ? slow : .text("next") }) { server in
            let client = server.client()
            let (pieces, arrived) = AsyncStream.makeStream(of: Int.self)
            let error = await withTaskGroup(of: InferenceError?.self) { group in
                group.addTask { [prompt] in
                    do throws(InferenceError) {
                        _ = try await client.answer(prompt) { arrived.yield($0.pieces) }
                        return nil
                    } catch { return error }
                }
                _ = await pieces.first { $0 >= 2 }
                group.cancelAll()
                return await group.next() ?? nil
            }
            #expect(error?.code == .cancelled && error?.partialText?.hasPrefix("word") == true)
            #expect(await server.wait(.seconds(1)) { $0.cancelled == 1 && $0.running == 0 })
            let next = try await client.answer(prompt) { _ in }
            #expect(next.text == "next")
        }
    }

    @Test("A client that leaves while the model loads takes the load with it, and one with patience gets it")
    func loadAborted() async throws {
        var settings = SimulatedOllama.Settings()
        settings.loadDelay = .seconds(6)
        try await SimulatedOllama.run(settings: settings) { server in
            var hasty = prompt
            hasty.timeouts.firstByte = .milliseconds(400)
            let error = try await server.failure(of: hasty)
            #expect(error.code == .timedOut)
            #expect(await server.wait { $0.cancelled == 1 })
            #expect(server.abortedLoads == 1)
            #expect(server.loads == 0)
            try await server.client().load(model: prompt.model, contextLength: prompt.contextLength)
            #expect(try await server.client().answer(prompt) { _ in }.text == "ok")
            #expect(server.loads == 1 && server.reloads == 0)
        }
    }

    @Test("Beyond the queue's length the server is busy")
    func queueFull() async throws {
        var settings = SimulatedOllama.Settings()
        settings.maxQueue = 0
        #expect(try await failure(of: .text("x"), settings: settings).code == .busy)
    }

    @Test("A server that isn't there is unreachable at once, and one that comes back is used again")
    func unreachable() async throws {
        try await SimulatedOllama.run { server in
            server.stop()
            let error = try await server.failure(of: prompt)
            #expect(error.code == .unreachable && error.message.contains(server.url), "\(error)")
            try await server.restart()
            #expect(try await server.client().answer(prompt) { _ in }.text == "ok")
        }
    }

    @Test("A killed server breaks the answers in flight")
    func killed() async throws {
        let slow = SimulatedReply.text(String(repeating: "word ", count: 400), tokenDelay: .milliseconds(20))
        try await SimulatedOllama.run(reply: { _ in slow }) { server in
            async let failed = server.failure(of: prompt)
            #expect(await server.wait { $0.running == 1 })
            server.stop()
            let error = try await failed
            #expect(error.code == .incomplete, "\(error)")
        }
    }

    @Test(
        "A prompt beyond the window is an overflow on every engine and era",
        arguments: [
            (SimulatedModel.Engine.native, "0.32.15"), (.rendered, "0.32.15"), (.goRunner, "0.24.0"),
            (.goRunner, "0.12.3"),
            (.rendered, "0.12.3"),
        ])
    func overflow(engine: SimulatedModel.Engine, version: String) async throws {
        var settings = SimulatedOllama.Settings()
        settings.version = version
        let text = String(repeating: "let value = compute(value)\n", count: 500)
        let prompt = Prompt(model: "m", messages: [.init(.user, text)], contextLength: 1_024)
        let error = try await failure(
            of: .text("ok"), models: [SimulatedModel("m", engine: engine)], settings: settings, prompt: prompt)
        #expect(error.code == .contextOverflow, "\(error)")
        #expect(!error.mayRetry)
    }

    @Test("A schema that is no JSON is refused before anything is sent")
    func badSchema() async throws {
        var prompt = prompt
        prompt.schema = "[1"
        try await SimulatedOllama.run { [prompt] server in
            let error = try await server.failure(of: prompt)
            #expect(error.code == .badRequest)
            #expect(server.chats.isEmpty)
        }
    }
}

extension SimulatedOllama {
    /// The error that asking gives.
    func failure(of prompt: Prompt, token: String? = nil) async throws -> InferenceError {
        let error = await #expect(throws: InferenceError.self) {
            try await self.client(token: token).answer(prompt) { _ in }
        }
        return try #require(error)
    }
}
