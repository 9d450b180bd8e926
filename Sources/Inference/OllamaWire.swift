import Foundation

/// One object of an Ollama answer. Every field may be missing, null, or of a kind that nobody foresaw: unknown, then.
struct OllamaChunk: Decodable {
    var content = ""
    var thinking = ""
    var done = false
    var doneReason: String?
    /// The failure, as JSON, for ``ErrorReply``.
    var hasError = false
    var totalDuration: Double?
    var loadDuration: Double?
    var promptTokens: Int?
    var promptDuration: Double?
    var answerTokens: Int?
    var answerDuration: Double?

    private enum Key: String, CodingKey {
        case message, content, thinking, response, done, error
        case doneReason = "done_reason"
        case totalDuration = "total_duration"
        case loadDuration = "load_duration"
        case promptTokens = "prompt_eval_count"
        case promptDuration = "prompt_eval_duration"
        case answerTokens = "eval_count"
        case answerDuration = "eval_duration"
    }

    init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: Key.self)
        if let message = try? object.nestedContainer(keyedBy: Key.self, forKey: .message) {
            content = (try? message.decode(String.self, forKey: .content)) ?? ""
            thinking = (try? message.decode(String.self, forKey: .thinking)) ?? ""
        }
        done = (try? object.decode(Bool.self, forKey: .done)) ?? false
        doneReason = try? object.decode(String.self, forKey: .doneReason)
        let noError = (try? object.decode(String.self, forKey: .error)) == ""
        hasError = object.contains(.error) && !noError && (try? object.decodeNil(forKey: .error)) != true
        // Durations are nanoseconds.
        func seconds(_ key: Key) -> Double? {
            plausible((try? object.decode(Double.self, forKey: key)).map { $0 / 1e9 })
        }
        func count(_ key: Key) -> Int? { plausible(try? object.decode(Int.self, forKey: key)) }
        totalDuration = seconds(.totalDuration)
        loadDuration = seconds(.loadDuration)
        promptTokens = count(.promptTokens)
        promptDuration = seconds(.promptDuration)
        answerTokens = count(.answerTokens)
        answerDuration = seconds(.answerDuration)
    }
}

/// A count that a server may have meant: outside of 0 to a thousand million it is unknown.
func plausible(_ count: Int?) -> Int? { count.flatMap { (0...1_000_000_000).contains($0) ? $0 : nil } }

/// A duration in seconds that a server may have meant: outside of 0 to a year it is unknown.
func plausible(_ seconds: Double?) -> Double? { seconds.flatMap { (0...31_622_400).contains($0) ? $0 : nil } }

/// The body of a chat request.
enum OllamaRequest {
    /// How thinking is asked for.
    enum Think: Sendable, Equatable {
        /// The field is left out.
        case omitted
        case off
        /// For models whose thinking has levels and no switch.
        case low
    }

    /// A chat whose answer is streamed.
    static func chat(_ prompt: Prompt, think: Think) throws(InvalidSchema) -> [UInt8] {
        var options: [String: Any] = [
            "num_ctx": prompt.contextLength, "num_predict": max(1, prompt.maxTokens), "temperature": prompt.temperature,
        ]
        if let seed = prompt.seed { options["seed"] = seed }
        if !prompt.stop.isEmpty { options["stop"] = prompt.stop }
        var body: [String: Any] = [
            "model": prompt.model,
            "messages": prompt.messages.map { ["role": $0.role.rawValue, "content": $0.content] },
            "stream": true, "truncate": false, "keep_alive": prompt.keepAlive, "options": options,
        ]
        switch think {
        case .omitted: break
        case .off: body["think"] = false
        case .low: body["think"] = "low"
        }
        if let schema = prompt.schema { body["format"] = try jsonObject(schema: schema) }
        return try encode(body)
    }

    /// Loads a model (`keepAlive` in seconds), or unloads it (0). It carries the option that decides about reloads, so
    /// that the next chat finds the model as it needs it.
    static func load(model: String, contextLength: Int?, keepAlive: Int) throws(InvalidSchema) -> [UInt8] {
        var body: [String: Any] = ["model": model, "keep_alive": keepAlive, "stream": false]
        if let contextLength { body["options"] = ["num_ctx": contextLength] }
        return try encode(body)
    }

    /// Asks about a model.
    static func show(model: String) throws(InvalidSchema) -> [UInt8] { try encode(["model": model]) }
}

/// The prompt's schema isn't a JSON object.
struct InvalidSchema: Error {}

/// A prompt's schema as an object that can be put into a request.
func jsonObject(schema: String) throws(InvalidSchema) -> [String: Any] {
    guard let object = (try? JSONSerialization.jsonObject(with: Data(schema.utf8))) as? [String: Any] else {
        throw InvalidSchema()
    }
    return object
}

/// JSON with sorted keys, so that equal requests are equal bytes.
func encode(_ object: [String: Any]) throws(InvalidSchema) -> [UInt8] {
    guard JSONSerialization.isValidJSONObject(object),
        let data = try? JSONSerialization.data(withJSONObject: object, options: [.sortedKeys, .withoutEscapingSlashes])
    else { throw InvalidSchema() }
    return [UInt8](data)
}

/// `/api/version`.
struct OllamaVersionReply: Decodable {
    var version: String
}

/// `/api/tags` and `/api/ps`.
struct OllamaModelList: Decodable {
    struct Entry: Decodable {
        struct Details: Decodable {
            var parameterSize: String?
            var contextLength: Int?
        }
        var name: String?
        var model: String?
        var digest: String?
        var size: Int64?
        var details: Details?
        var capabilities: [String]?
        var contextLength: Int?
    }
    var models: [Entry]?

    init(_ bytes: [UInt8]) throws {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        self = try decoder.decode(OllamaModelList.self, from: Data(bytes))
    }
}

/// `/api/show`.
struct OllamaShowReply: Sendable {
    var capabilities: [String]?
    var contextLength: Int?
    var parameterSize: String?

    init?(_ bytes: [UInt8]) {
        guard let object = (try? JSONSerialization.jsonObject(with: Data(bytes))) as? [String: Any] else { return nil }
        capabilities = object["capabilities"] as? [String]
        parameterSize = (object["details"] as? [String: Any])?["parameter_size"] as? String
        let info = object["model_info"] as? [String: Any] ?? [:]
        if let architecture = info["general.architecture"] as? String {
            contextLength = (info["\(architecture).context_length"] as? NSNumber)?.intValue
        }
    }
}
