import Inference

extension SimulatedOllama {
    /// The server's address.
    package var address: ServerAddress { ServerAddress(scheme: "http", host: "127.0.0.1", port: port) }

    /// A client for it.
    package func client(name: String? = nil, token: String? = nil) -> OllamaServer {
        OllamaServer(name: name, address: address, token: token)
    }

    /// A client for its OpenAI-compatible side.
    package func openAIClient(name: String? = nil, token: String? = nil) -> OpenAIServer {
        OpenAIServer(name: name, address: address, token: token)
    }
}
