import Foundation

extension SimulatedOllama {
    private static let routes: [String: [String]] = [
        "/": ["GET", "HEAD"], "/api/version": ["GET", "HEAD"], "/api/tags": ["GET", "HEAD"], "/api/ps": ["GET"],
        "/api/show": ["POST"], "/api/chat": ["POST"], "/api/generate": ["POST"], "/v1/models": ["GET"],
        "/v1/chat/completions": ["POST"],
    ]

    /// Answers a request as Ollama's router does.
    func route(_ request: SimulatedRequest, on connection: SimulatedConnection) async throws {
        guard let methods = Self.routes[request.path] else {
            return try await connection.send(404, contentType: "text/plain", body: "404 page not found")
        }
        guard methods.contains(request.method) else {
            return try await connection.send(
                405, contentType: "text/plain", headers: ["Allow": methods.joined(separator: ", ")],
                body: "405 method not allowed")
        }
        let installed = models.withLock { $0 }
        switch request.path {
        case "/": try await connection.send(200, contentType: "text/plain; charset=utf-8", body: "Ollama is running")
        case "/api/version": try await connection.send(["version": settings.version])
        case "/api/tags": try await connection.send(["models": installed.map(listed)])
        case "/api/ps": try await connection.send(["models": resident(installed)])
        case "/api/show": try await show(request, on: connection)
        case "/v1/models":
            let list = installed.map {
                ["id": $0.name, "object": "model", "created": 1, "owned_by": "library"] as [String: Any]
            }
            try await connection.send(["object": "list", "data": list.isEmpty ? NSNull() : list as Any])
        default:
            try await SimulatedAnswer(server: self, request: request, connection: connection).run()
        }
    }

    /// The installed model that a request means: names are compared with their tag and in lower case.
    func model(named name: String) -> SimulatedModel? {
        func canonical(_ name: String) -> String { (name.contains(":") ? name : name + ":latest").lowercased() }
        return models.withLock { $0.first { canonical($0.name) == canonical(name) } }
    }

    private func details(_ model: SimulatedModel) -> [String: Any] {
        [
            "parent_model": "", "format": model.engine == .mlx ? "safetensors" : "gguf", "family": "qwen2",
            "families": ["qwen2"], "parameter_size": model.parameterSize, "quantization_level": "Q4_K_M",
        ]
    }

    private func digest(_ model: SimulatedModel) -> String {
        let seed = model.name.utf8.reduce(UInt64(14_695_981_039_346_656_037)) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
        let word = String(seed, radix: 16)
        return String((String(repeating: "0", count: 16 - word.count) + word + word + word + word).suffix(64))
    }

    private func listed(_ model: SimulatedModel) -> [String: Any] {
        var entry: [String: Any] = [
            "name": model.name, "model": model.name, "modified_at": "2026-08-20T10:00:00.123456789+02:00",
            "size": model.size, "digest": digest(model), "details": details(model),
        ]
        if settings.listsCapabilities { entry["capabilities"] = model.capabilities }
        return entry
    }

    private func resident(_ installed: [SimulatedModel]) -> [[String: Any]] {
        let loaded = scheduler.loaded
        return installed.compactMap { model in
            guard let state = loaded[model.name] else { return nil }
            return [
                "name": model.name, "model": model.name, "size": model.size, "size_vram": 0, "digest": digest(model),
                "details": details(model), "expires_at": SimulatedJSON.time(state.expires),
                "context_length": state.context,
            ]
        }
    }

    private func show(_ request: SimulatedRequest, on connection: SimulatedConnection) async throws {
        guard !request.body.isEmpty else { return try await connection.send(400, ["error": "missing request body"]) }
        let name = request.json["model"] as? String ?? request.json["name"] as? String ?? ""
        guard !name.isEmpty else { return try await connection.send(400, ["error": "model is required"]) }
        guard let model = model(named: name) else {
            let tagged = name.contains(":") ? name : name + ":latest"
            return try await connection.send(404, ["error": "model '\(tagged)' not found"])
        }
        try await connection.send([
            "capabilities": model.capabilities, "details": details(model), "template": "{{ .Prompt }}",
            "modified_at": "2026-08-20T10:00:00Z",
            "model_info": ["general.architecture": "qwen2", "qwen2.context_length": model.trainedContext],
        ])
    }
}
