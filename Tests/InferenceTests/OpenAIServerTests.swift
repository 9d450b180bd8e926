import Foundation
import Inference
import TestSupport
import Testing

@Suite("The OpenAI-compatible client gives whole answers")
struct OpenAIServerTests {
    private let prompt = Prompt(model: "qwen2.5-coder:7b", messages: [.init(.user, "Say it.")], maxTokens: 50)

    private func failure(of reply: SimulatedReply) async throws -> InferenceError {
        try await SimulatedOllama.run(reply: { _ in reply }) { server in
            let error = await #expect(throws: InferenceError.self) {
                try await server.openAIClient().answer(prompt) { _ in }
            }
            return try #require(error)
        }
    }

    @Test("A stream is put together and counted, wherever it is cut", arguments: [nil, 1, 7])
    func happy(split: Int?) async throws {
        try await SimulatedOllama.run(reply: { _ in .text("né <fin>").with { $0.splitEvery = split } }) { server in
            let answer = try await server.openAIClient(token: "sesame").answer(prompt) { _ in }
            #expect(answer.text == "né <fin>" && answer.finish == .stop)
            #expect(answer.usage.answerTokens == 2 && (answer.usage.promptTokens ?? 0) > 0)
            #expect(answer.usage.promptDuration == nil && answer.usage.serviceTime == answer.usage.elapsed)
            let request = try #require(server.chats.first)
            #expect(request.json["max_tokens"] as? Int == 50 && request.headers["authorization"] == "Bearer sesame")
            #expect(request.json["think"] == nil && request.json["options"] == nil)
        }
    }

    @Test("A schema goes out as a response format, and a cut answer says so")
    func schema() async throws {
        var prompt = prompt
        (prompt.schema, prompt.maxTokens) = (#"{"type":"object"}"#, 1)
        try await SimulatedOllama.run(reply: { _ in .text("{\"key\":1}") }) { [prompt] server in
            #expect(try await server.openAIClient().answer(prompt) { _ in }.finish == .length)
            let format = try #require(server.chats.first?.json["response_format"] as? [String: Any])
            let schema = (format["json_schema"] as? [String: Any])?["schema"] as? [String: String]
            #expect(schema == ["type": "object"])
        }
    }

    @Test("llama.cpp's timings become service time, and reasoning is kept apart")
    func timings() async throws {
        let body = """
            data: {"choices":[{"delta":{"role":"assistant","content":null}}]}

            data: {"choices":[{"delta":{"reasoning_content":"hmm"}}]}

            data: {"choices":[{"delta":{"content":"yes"},"finish_reason":null}]}

            data: {"choices":[{"delta":{},"finish_reason":"stop"}]}

            data: {"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":2},"timings":{"prompt_ms":500,"predicted_ms":1500.0}}


            """
        try await SimulatedOllama.run(reply: { _ in .fault(.body(body)) }) { server in
            let answer = try await server.openAIClient().answer(prompt) { _ in }
            #expect(answer.text == "yes" && answer.thinking == "hmm")
            #expect(answer.usage.serviceTime == 2 && answer.usage.promptTokens == 9)
        }
    }

    @Test(
        "A stream without a reason for its end is incomplete, with or without [DONE]",
        arguments: [
            "data: {\"choices\":[{\"delta\":{\"content\":\"half\"}}]}\n\n",
            "data: {\"choices\":[{\"delta\":{\"content\":\"half\"}}]}\n\ndata: [DONE]\n\n", "",
        ])
    func unfinished(body: String) async throws {
        let error = try await failure(of: .fault(.body(body)))
        #expect(error.code == .incomplete && (body.isEmpty || error.partialText == "half"))
    }

    @Test(
        "Errors are read in every shape",
        arguments: [
            (
                404, #"{"error":{"message":"model 'x' not found","type":"not_found_error","code":null}}"#,
                InferenceError.Code.modelNotFound
            ),
            (
                404, #"{"object":"error","message":"The model `x` does not exist.","type":"NotFoundError","code":404}"#,
                .modelNotFound
            ),
            (404, #"{"detail":"Not Found"}"#, .badRequest), (404, "not here", .badRequest),
            (
                400,
                #"{"error":{"message":"This model's maximum context length is 8 tokens.","code":"context_length_exceeded"}}"#,
                .contextOverflow
            ),
            (401, #"{"error":{"message":"Incorrect API key"}}"#, .unauthorized), (429, "", .busy),
            (503, #"{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}"#, .busy),
            (200, "data: {\"error\":{\"message\":\"engine died\"}}\n\n", .serverFailed),
            (200, "error: {\"message\":\"x\",\"error\":{\"message\":\"engine died\"}}\n\n", .serverFailed),
        ])
    func errors(status: Int, body: String, code: InferenceError.Code) async throws {
        let fault: SimulatedFault = status == 200 ? .body(body) : .status(status, body: body)
        let error = try await failure(of: .fault(fault))
        #expect(error.code == code, "\(error)")
    }

    @Test(
        "Faults midway keep the partial text",
        arguments: [
            (SimulatedFault.errorLine(after: 2, "boom"), InferenceError.Code.serverFailed),
            (.garbage(after: 2), .malformed),
            (.reset(after: 2), .incomplete), (.cut(after: 2), .incomplete),
        ])
    func midway(fault: SimulatedFault, code: InferenceError.Code) async throws {
        #expect(try await failure(of: .fault(fault)).code == code)
    }

    @Test("The status lists the models, none included, and takes /v1 or the bare address")
    func status() async throws {
        try await SimulatedOllama.run { server in
            let status = try await server.openAIClient().status(deadline: .seconds(5))
            #expect(
                status.models.map(\.name) == ["qwen2.5-coder:7b"] && status.version == nil && status.resident == nil)
            server.install([])
            let address = try ServerAddress(parsing: "openai+\(server.url)/v1")
            #expect(try await address.server().status(deadline: .seconds(5)).models.isEmpty)
        }
    }

    @Test("vLLM and llama.cpp tell their window")
    func windows() async throws {
        try await SimulatedOllama.run { server in
            let client = server.openAIClient()
            func list(_ entry: String) {
                server.setFault(.status(200, body: "{\"data\":[\(entry)]}"), for: "/v1/models")
            }
            list(#"{"id":"m","max_model_len":8192}"#)
            #expect(
                try await client.status(deadline: .seconds(5)).resident == [
                    ResidentModel(name: "m", contextLength: 8_192)
                ])
            list(#"{"id":"m","meta":{"n_ctx_train":32768,"n_params":7615616512,"size":4677120000}}"#)
            server.setFault(.status(200, body: #"{"default_generation_settings":{"n_ctx":4096}}"#), for: "/props")
            let status = try await client.status(deadline: .seconds(5))
            #expect(
                status.models == [
                    InstalledModel(name: "m", size: 4_677_120_000, parameterSize: "7.6B", contextLength: 32_768)
                ])
            #expect(status.resident == [ResidentModel(name: "m", contextLength: 4_096)])
        }
    }
}
