import Foundation
import Synchronization

/// A server that speaks Ollama's own API.
///
/// It remembers what the server said about itself and its models, and may be used by any number of tasks at once. It sends
/// one request per call and queues nothing.
public final class OllamaServer: ModelServer {
    /// The name that people and plans use.
    public let name: String
    /// The protocol: ``ServerKind/ollama``.
    public var kind: ServerKind { .ollama }
    /// Where the server is.
    public let address: ServerAddress

    let transport: HTTPTransport
    let memory = Mutex(Memory())

    /// What the server has told.
    struct Memory {
        var version: OllamaVersion?
        var details: [String: InstalledModel] = [:]
        /// Models that refused to be told not to think.
        var refusesThink: Set<String> = []
    }

    /// Creates a client.
    ///
    /// - Parameters:
    ///   - name: what to call it; the address's own name when nil.
    ///   - address: where it is.
    ///   - token: a bearer token for a proxy or for ollama.com; it is sent there only and never shown.
    public init(name: String? = nil, address: ServerAddress, token: String? = nil) {
        self.name = name ?? address.defaultName
        self.address = address
        transport = HTTPTransport(server: self.name, baseURL: address.url, token: token)
    }

    /// Streams one answer from `/api/chat`.
    public func answer(
        _ prompt: Prompt, onProgress: @escaping @Sendable (AnswerProgress) -> Void
    ) async throws(InferenceError) -> Answer {
        let think = try await thinkSetting(for: prompt)
        do throws(InferenceError) {
            return try await chat(prompt, think: think, onProgress: onProgress)
        } catch {
            guard think != .omitted, error.code == .badRequest, error.message.contains("does not support thinking")
            else {
                throw error
            }
            memory.withLock { _ = $0.refusesThink.insert(canonicalModelName(prompt.model)) }
            return try await chat(prompt, think: .omitted, onProgress: onProgress)
        }
    }

    private func chat(
        _ prompt: Prompt, think: OllamaRequest.Think, onProgress: @escaping @Sendable (AnswerProgress) -> Void
    ) async throws(InferenceError) -> Answer {
        let body = try body { () throws(InvalidSchema) in try OllamaRequest.chat(prompt, think: think) }
        let reader = OllamaAnswer(server: name, prompt: prompt, started: .now, onProgress: onProgress)
        let request = HTTPTransport.Request(method: .POST, path: "/api/chat", body: body, model: prompt.model)
        let read = try await transport.stream(request, into: reader, timeouts: prompt.timeouts)
        do throws(InferenceError) {
            return try read.answer()
        } catch {
            var error = error
            error.partialText = error.partialText ?? read.partialText
            throw error
        }
    }

    /// Asks for version and capabilities once; what can't be learned is left out of the request.
    ///
    /// - Throws: only what would befall the request itself: no connection, or a cancelled task.
    private func thinkSetting(for prompt: Prompt) async throws(InferenceError) -> OllamaRequest.Think {
        let key = canonicalModelName(prompt.model)
        let (known, refused) = memory.withLock { ($0.version, $0.refusesThink.contains(key)) }
        guard !refused else { return .omitted }
        let probe = Timeouts(probe: min(.seconds(5), prompt.timeouts.total), connect: prompt.timeouts.connect)
        var version = known
        if version == nil {
            do throws(InferenceError) {
                version = try await readVersion(probe).1
            } catch {
                guard ![.unreachable, .cancelled].contains(error.code) else { throw error }
            }
        }
        var capabilities: [String]?
        if let version, version < .thinkOffForAll {
            capabilities = try? await details(of: prompt.model, timeouts: probe).capabilities
        }
        return OllamaRequest.Think(model: prompt.model, capabilities: capabilities, version: version)
    }

    func body(_ make: () throws(InvalidSchema) -> [UInt8]) throws(InferenceError) -> [UInt8] {
        do throws(InvalidSchema) {
            return try make()
        } catch {
            throw InferenceError(
                .badRequest, server: name,
                message: "was not asked: the answer's schema is not a JSON object, or a number in "
                    + "the prompt is not finite")
        }
    }
}

extension Timeouts {
    /// The deadlines of a cheap question.
    init(probe: Duration, connect: Duration = .seconds(4)) {
        self.init(connect: min(connect, probe), firstByte: probe, idle: probe, total: probe)
    }
}
