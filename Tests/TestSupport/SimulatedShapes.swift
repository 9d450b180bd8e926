import Foundation

/// The shapes of an answer's objects in the two protocols.
extension SimulatedAnswer {
    struct Metrics {
        var prompt: Int
        var answer: Int
        var isKnown: Bool
    }

    private var isOpenAI: Bool { request.path.hasPrefix("/v1/") }

    func send(_ object: [String: Any]) async throws {
        let text = SimulatedJSON.text(object)
        try await connection.chunk([UInt8]((isOpenAI ? "data: \(text)\n\n" : text + "\n").utf8))
    }

    /// A part of the answer.
    func piece(_ text: String, thinking: String, isFirst: Bool = false) -> [String: Any] {
        guard isOpenAI else { return native(text, thinking).merging(["done": false]) { $1 } }
        var delta: [String: Any] = ["content": text]
        if !thinking.isEmpty { delta["reasoning"] = thinking }
        if isFirst { delta["role"] = "assistant" }
        return openAI([["index": 0, "delta": delta, "finish_reason": NSNull()] as [String: Any]])
    }

    /// What ends a streamed answer.
    func ending(_ reason: String, _ metrics: Metrics) -> [[String: Any]] {
        guard isOpenAI else { return [final(reason, metrics)] }
        let finish = openAI([["index": 0, "delta": [:] as [String: Any], "finish_reason": reason] as [String: Any]])
        let options = request.json["stream_options"] as? [String: Any]
        guard options?["include_usage"] as? Bool == true, metrics.isKnown else { return [finish] }
        return [finish, openAI([]).merging(["usage": usage(metrics)]) { $1 }]
    }

    /// The object that says that all is done.
    func final(_ reason: String, _ metrics: Metrics? = nil, text: String = "", thinking: String = "") -> [String: Any] {
        var object = native(text, thinking)
        object["done"] = true
        object["done_reason"] = reason
        if let metrics, metrics.isKnown {
            let counts: [String: Int] = [
                "total_duration": 2_234_567_890, "load_duration": 23_456_789, "prompt_eval_count": metrics.prompt,
                "prompt_eval_duration": 345_000_000, "eval_count": metrics.answer, "eval_duration": 800_000_000,
            ]
            object.merge(counts) { $1 }
        }
        return object
    }

    /// A whole answer in one object.
    func whole(text: String, thinking: String, reason: String, _ metrics: Metrics) -> [String: Any] {
        guard isOpenAI else { return final(reason, metrics, text: text, thinking: thinking) }
        let message = ["role": "assistant", "content": text]
        var object = openAI([["index": 0, "message": message, "finish_reason": reason] as [String: Any]])
        object["object"] = "chat.completion"
        object["usage"] = usage(metrics)
        return object
    }

    private func native(_ text: String, _ thinking: String) -> [String: Any] {
        var object: [String: Any] = ["model": request.model, "created_at": SimulatedJSON.time()]
        if request.path == "/api/generate" {
            object["response"] = text
            if !thinking.isEmpty { object["thinking"] = thinking }
        } else {
            var message = ["role": "assistant", "content": text]
            if !thinking.isEmpty { message["thinking"] = thinking }
            object["message"] = message
        }
        return object
    }

    private func openAI(_ choices: [[String: Any]]) -> [String: Any] {
        [
            "id": "chatcmpl-\(request.number)", "object": "chat.completion.chunk", "created": 1, "model": request.model,
            "choices": choices,
        ]
    }

    private func usage(_ metrics: Metrics) -> [String: Any] {
        [
            "prompt_tokens": metrics.prompt, "completion_tokens": metrics.answer,
            "total_tokens": metrics.prompt + metrics.answer,
        ]
    }
}
