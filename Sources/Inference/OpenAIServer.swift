import Foundation

/// A server that speaks OpenAI's chat completions: vLLM, llama.cpp, SGLang, LiteLLM, Ollama's `/v1`.
///
/// The protocol can't ask for a context window: a prompt must fit the one the server was started with, which
/// ``status(deadline:)`` reports as the resident model's, where the server tells. `contextLength` and `keepAlive` of a
/// prompt are not sent.
public final class OpenAIServer: ModelServer {
    /// The name that people and plans use.
    public let name: String
    /// The protocol: ``ServerKind/openai``.
    public var kind: ServerKind { .openai }
    /// Where the server is.
    public let address: ServerAddress

    private let transport: HTTPTransport
    private let rootTransport: HTTPTransport

    /// Creates a client.
    ///
    /// - Parameters:
    ///   - name: what to call it; the address's own name when nil.
    ///   - address: where it is, with or without `/v1`.
    ///   - token: a bearer token (an API key); it is sent there only and never shown.
    public init(name: String? = nil, address: ServerAddress, token: String? = nil) {
        self.name = name ?? address.defaultName
        self.address = address
        let root = address.url.hasSuffix("/v1") ? String(address.url.dropLast(3)) : address.url
        transport = HTTPTransport(server: self.name, baseURL: root + "/v1", token: token)
        rootTransport = HTTPTransport(server: self.name, baseURL: root, token: token)
    }

    /// Asks for the models, and for the context window where the server has a way to tell.
    ///
    /// - Throws: ``InferenceError`` when the model list doesn't come within `deadline`.
    public func status(deadline: Duration) async throws(InferenceError) -> ServerStatus {
        let start = ContinuousClock.now
        let bytes = try await transport.call(.init(path: "/models"), timeouts: Timeouts(probe: deadline))
        let latency = (ContinuousClock.now - start).inSeconds
        guard let models = OpenAIModels(bytes) else {
            throw InferenceError(
                .malformed, server: name,
                message: "\(transport.baseURL)/models is no model list: is it an OpenAI-compatible server?")
        }
        var resident = models.installed.compactMap { model in
            models.windows[model.name].map { ResidentModel(name: model.name, contextLength: $0) }
        }
        if resident.isEmpty, models.installed.count == 1 {
            let left = max(.milliseconds(1), deadline - (ContinuousClock.now - start))
            let props = try? await rootTransport.call(.init(path: "/props"), timeouts: Timeouts(probe: left))
            if let window = props.flatMap(OpenAIModels.window(props:)) {
                resident = models.installed.map { ResidentModel(name: $0.name, contextLength: window) }
            }
        }
        return ServerStatus(
            version: nil, models: models.installed, resident: resident.isEmpty ? nil : resident, latency: latency)
    }

    /// Streams one answer from `/v1/chat/completions`.
    public func answer(
        _ prompt: Prompt, onProgress: @escaping @Sendable (AnswerProgress) -> Void
    ) async throws(InferenceError) -> Answer {
        let body: [UInt8]
        do throws(InvalidSchema) {
            body = try OpenAIRequest.chat(prompt)
        } catch {
            throw InferenceError(
                .badRequest, server: name,
                message: "was not asked: the answer's schema is not a JSON object, or a number in "
                    + "the prompt is not finite")
        }
        let request = HTTPTransport.Request(method: .POST, path: "/chat/completions", body: body, model: prompt.model)
        let reader = OpenAIAnswer(server: name, prompt: prompt, started: .now, onProgress: onProgress)
        let read = try await transport.stream(request, into: reader, timeouts: prompt.timeouts)
        do throws(InferenceError) {
            return try read.answer()
        } catch {
            var error = error
            error.partialText = error.partialText ?? read.partialText
            throw error
        }
    }
}

extension ServerAddress {
    /// A client for the server at this address.
    ///
    /// - Parameters:
    ///   - name: what to call it; the address's own name when nil.
    ///   - token: a bearer token; never shown.
    public func server(name: String? = nil, token: String? = nil) -> any ModelServer {
        switch kind {
        case .ollama: OllamaServer(name: name, address: self, token: token)
        case .openai: OpenAIServer(name: name, address: self, token: token)
        }
    }
}
