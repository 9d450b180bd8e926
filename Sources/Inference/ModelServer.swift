/// An endpoint that answers prompts.
///
/// A server does one request per call and knows nothing of plans: how many requests run at once, which of them goes where,
/// and what happens when one fails is for the orchestrator to decide. Cancelling the calling task closes the connection,
/// which is the only way to tell an Ollama server to stop.
public protocol ModelServer: Sendable {
    /// The name that people and plans use, such as `ollama01`.
    var name: String { get }

    /// The protocol the endpoint speaks.
    var kind: ServerKind { get }

    /// Asks for version, installed models and resident models, without side effects.
    ///
    /// - Throws: ``InferenceError`` when the server does not answer within `deadline`.
    func status(deadline: Duration) async throws(InferenceError) -> ServerStatus

    /// Streams one answer.
    ///
    /// - Parameters:
    ///   - prompt: what to ask; every limit in it is binding.
    ///   - onProgress: called as text arrives, on no particular executor; it must be quick.
    /// - Returns: a whole answer: the server said it was done. A cut, empty or repeating answer is an error.
    func answer(
        _ prompt: Prompt, onProgress: @escaping @Sendable (AnswerProgress) -> Void
    ) async throws(InferenceError) -> Answer
}

/// The protocol that an endpoint speaks.
public enum ServerKind: String, Codable, Sendable, CaseIterable {
    /// Ollama's own API (`/api/chat`).
    case ollama
    /// OpenAI's chat completions (`/v1/chat/completions`), as vLLM, llama.cpp, SGLang or LiteLLM offer them.
    case openai
}

/// What a server said about itself.
public struct ServerStatus: Codable, Sendable, Equatable {
    /// The version it reports; nil where the protocol has none.
    public var version: String?
    /// The installed models, in the server's order.
    public var models: [InstalledModel]
    /// The models in memory now; nil when it can't be asked (a busy Ollama may not answer `/api/ps`).
    public var resident: [ResidentModel]?
    /// How long the version or model list took to come, in seconds.
    public var latency: Double

    /// Creates a status.
    public init(version: String?, models: [InstalledModel], resident: [ResidentModel]?, latency: Double) {
        self.version = version
        self.models = models
        self.resident = resident
        self.latency = latency
    }
}

/// A model that a server can load.
public struct InstalledModel: Codable, Sendable, Equatable {
    /// The name with its tag, such as `qwen2.5-coder:7b`.
    public var name: String
    /// The content digest, in hexadecimal; nil where the protocol has none.
    public var digest: String?
    /// Size on disk in bytes; nil when unknown.
    public var size: Int64?
    /// Parameter count as the server words it, such as `7.6B`.
    public var parameterSize: String?
    /// What it can do (`completion`, `tools`, `thinking`, `embedding`, …); nil when the server didn't say.
    public var capabilities: [String]?
    /// The context length that it was trained for, in tokens; nil when unknown.
    public var contextLength: Int?

    /// Creates a description.
    public init(
        name: String, digest: String? = nil, size: Int64? = nil, parameterSize: String? = nil,
        capabilities: [String]? = nil, contextLength: Int? = nil
    ) {
        self.name = name
        self.digest = digest
        self.size = size
        self.parameterSize = parameterSize
        self.capabilities = capabilities
        self.contextLength = plausibleWindow(contextLength)
    }
}

/// A model that is in a server's memory.
public struct ResidentModel: Codable, Sendable, Equatable {
    /// The name with its tag.
    public var name: String
    /// The context length that is really allocated, in tokens; nil on servers before 0.10.
    public var contextLength: Int?

    /// Creates a description.
    public init(name: String, contextLength: Int?) {
        self.name = name
        self.contextLength = plausibleWindow(contextLength)
    }
}

/// A window that a model can have, in tokens: what a server says else is as good as nothing.
private func plausibleWindow(_ tokens: Int?) -> Int? { tokens.flatMap { (256...16_777_216).contains($0) ? $0 : nil } }
