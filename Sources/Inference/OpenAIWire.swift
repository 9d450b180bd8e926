import Foundation

/// One event of an OpenAI-compatible answer.
struct OpenAIChunk: Decodable {
    var content = ""
    var thinking = ""
    var finishReason: String?
    var hasError = false
    var promptTokens: Int?
    var answerTokens: Int?
    var promptDuration: Double?
    var answerDuration: Double?

    private enum Key: String, CodingKey {
        case choices, delta, message, content, reasoning, error, usage, timings
        case reasoningContent = "reasoning_content"
        case finishReason = "finish_reason"
        case promptTokens = "prompt_tokens"
        case answerTokens = "completion_tokens"
        case promptMilliseconds = "prompt_ms"
        case answerMilliseconds = "predicted_ms"
    }

    init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: Key.self)
        hasError = object.contains(.error) && (try? object.decodeNil(forKey: .error)) != true
        if var choices = try? object.nestedUnkeyedContainer(forKey: .choices), !choices.isAtEnd,
            let choice = try? choices.nestedContainer(keyedBy: Key.self)
        {
            finishReason = try? choice.decode(String.self, forKey: .finishReason)
            // A server that ignores `stream` sends a message instead of deltas.
            let delta =
                (try? choice.nestedContainer(keyedBy: Key.self, forKey: .delta))
                ?? (try? choice.nestedContainer(keyedBy: Key.self, forKey: .message))
            if let delta {
                content = (try? delta.decode(String.self, forKey: .content)) ?? ""
                thinking =
                    (try? delta.decode(String.self, forKey: .reasoningContent))
                    ?? (try? delta.decode(String.self, forKey: .reasoning)) ?? ""
            }
        }
        if let usage = try? object.nestedContainer(keyedBy: Key.self, forKey: .usage) {
            promptTokens = plausible(try? usage.decode(Int.self, forKey: .promptTokens))
            answerTokens = plausible(try? usage.decode(Int.self, forKey: .answerTokens))
        }
        // llama.cpp's own addition.
        if let timings = try? object.nestedContainer(keyedBy: Key.self, forKey: .timings) {
            promptDuration = plausible(
                (try? timings.decode(Double.self, forKey: .promptMilliseconds)).map { $0 / 1_000 })
            answerDuration = plausible(
                (try? timings.decode(Double.self, forKey: .answerMilliseconds)).map { $0 / 1_000 })
        }
    }
}

/// The body of a chat-completions request.
enum OpenAIRequest {
    static func chat(_ prompt: Prompt) throws(InvalidSchema) -> [UInt8] {
        var body: [String: Any] = [
            "model": prompt.model,
            "messages": prompt.messages.map { ["role": $0.role.rawValue, "content": $0.content] },
            "stream": true, "stream_options": ["include_usage": true], "max_tokens": max(1, prompt.maxTokens),
            "temperature": prompt.temperature,
        ]
        if let seed = prompt.seed { body["seed"] = seed }
        if !prompt.stop.isEmpty { body["stop"] = prompt.stop }
        if let schema = prompt.schema {
            body["response_format"] = [
                "type": "json_schema",
                "json_schema": ["name": "answer", "strict": true, "schema": try jsonObject(schema: schema)]
                    as [String: Any],
            ]
        }
        return try encode(body)
    }
}

/// The model list of an OpenAI-compatible server, with the additions of llama.cpp (`meta`) and vLLM (`max_model_len`).
struct OpenAIModels {
    var installed: [InstalledModel] = []
    /// Windows that the list states as allocated.
    var windows: [String: Int] = [:]

    init?(_ bytes: [UInt8]) {
        guard let object = (try? JSONSerialization.jsonObject(with: Data(bytes))) as? [String: Any],
            object.keys.contains("data")
        else { return nil }
        // Ollama sends null for an empty list.
        for entry in object["data"] as? [[String: Any]] ?? [] {
            guard let name = entry["id"] as? String else { continue }
            let meta = entry["meta"] as? [String: Any] ?? [:]
            let window = (entry["max_model_len"] as? NSNumber)?.intValue
            let parameters = (meta["n_params"] as? NSNumber).map { "\(($0.doubleValue / 1e8).rounded() / 10)B" }
            installed.append(
                InstalledModel(
                    name: name, size: (meta["size"] as? NSNumber)?.int64Value, parameterSize: parameters,
                    contextLength: (meta["n_ctx_train"] as? NSNumber)?.intValue ?? window))
            windows[name] = window ?? (meta["n_ctx"] as? NSNumber)?.intValue
        }
    }

    /// The window in llama.cpp's `/props`.
    static func window(props bytes: [UInt8]) -> Int? {
        let object = (try? JSONSerialization.jsonObject(with: Data(bytes))) as? [String: Any]
        let settings = object?["default_generation_settings"] as? [String: Any]
        return (settings?["n_ctx"] as? NSNumber)?.intValue
    }
}
