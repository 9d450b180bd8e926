import Foundation

extension OllamaServer {
    /// How long `/api/ps` may take. It can block while the server loads or unloads: then it is busy, not down.
    private static let residentDeadline = Duration.seconds(5)
    /// How many models are asked for details, where the list doesn't carry them.
    private static let detailsLimit = 32

    /// Asks for version, installed models (with capabilities and trained context) and resident models.
    ///
    /// - Throws: ``InferenceError`` when version or model list don't come within `deadline`. Resident models and details
    ///   that don't come are nil.
    public func status(deadline: Duration) async throws(InferenceError) -> ServerStatus {
        let start = ContinuousClock.now
        let (version, _) = try await readVersion(Timeouts(probe: deadline))
        let latency = (ContinuousClock.now - start).inSeconds
        let left = max(.milliseconds(1), deadline - (ContinuousClock.now - start))
        async let resident = self.resident(deadline: min(Self.residentDeadline, left))
        let installed = try await installedModels(Timeouts(probe: left))
        let models = await withDetails(
            installed, Timeouts(probe: max(.milliseconds(1), deadline - (ContinuousClock.now - start))))
        return ServerStatus(version: version, models: models, resident: await resident, latency: latency)
    }

    /// The models in memory; nil when the server doesn't tell within `deadline` or can't.
    public func resident(deadline: Duration = .seconds(5)) async -> [ResidentModel]? {
        guard let bytes = try? await transport.call(.init(path: "/api/ps"), timeouts: Timeouts(probe: deadline)),
            let list = try? OllamaModelList(bytes)
        else { return nil }
        return (list.models ?? []).compactMap { entry in
            (entry.name ?? entry.model).map { ResidentModel(name: $0, contextLength: entry.contextLength) }
        }
    }

    /// What the server says about one model: capabilities and the context it was trained for. Asked once per model.
    ///
    /// - Throws: ``InferenceError``; `modelNotFound` when it isn't installed.
    public func details(
        of model: String,
        timeouts: Timeouts = Timeouts(connect: .seconds(4), firstByte: .seconds(5), total: .seconds(5))
    ) async throws(InferenceError) -> InstalledModel {
        let key = canonicalModelName(model)
        if let known = memory.withLock({ $0.details[key] }) { return known }
        let body = try body { () throws(InvalidSchema) in try OllamaRequest.show(model: model) }
        let bytes = try await transport.call(
            .init(method: .POST, path: "/api/show", body: body, model: model), timeouts: timeouts)
        guard let reply = OllamaShowReply(bytes) else { throw malformed("/api/show") }
        let details = InstalledModel(
            name: model, parameterSize: reply.parameterSize, capabilities: reply.capabilities,
            contextLength: reply.contextLength)
        memory.withLock { $0.details[key] = details }
        return details
    }

    func readVersion(_ timeouts: Timeouts) async throws(InferenceError) -> (String, OllamaVersion?) {
        let bytes = try await transport.call(.init(path: "/api/version"), timeouts: timeouts)
        guard let reply = try? JSONDecoder().decode(OllamaVersionReply.self, from: Data(bytes)) else {
            throw malformed("/api/version")
        }
        let version = OllamaVersion(reply.version)
        memory.withLock { $0.version = version }
        return (reply.version.excerpt(60), version)
    }

    private func installedModels(_ timeouts: Timeouts) async throws(InferenceError) -> [InstalledModel] {
        let bytes = try await transport.call(.init(path: "/api/tags"), timeouts: timeouts)
        guard let list = try? OllamaModelList(bytes) else { throw malformed("/api/tags") }
        return (list.models ?? []).compactMap { entry in
            guard let name = entry.name ?? entry.model else { return nil }
            return InstalledModel(
                name: name, digest: entry.digest, size: entry.size, parameterSize: entry.details?.parameterSize,
                capabilities: entry.capabilities, contextLength: entry.details?.contextLength)
        }
    }

    private func withDetails(_ models: [InstalledModel], _ timeouts: Timeouts) async -> [InstalledModel] {
        let lacking = models.prefix(Self.detailsLimit).filter { $0.capabilities == nil || $0.contextLength == nil }
        let found = await withTaskGroup(of: (String, InstalledModel?).self) { group in
            for model in lacking {
                group.addTask { (model.name, try? await self.details(of: model.name, timeouts: timeouts)) }
            }
            return await group.reduce(into: [String: InstalledModel]()) { $0[$1.0] = $1.1 }
        }
        return models.map { model in
            var model = model
            model.capabilities = model.capabilities ?? found[model.name]?.capabilities
            model.contextLength = model.contextLength ?? found[model.name]?.contextLength
            model.parameterSize = model.parameterSize ?? found[model.name]?.parameterSize
            return model
        }
    }

    private func malformed(_ path: String) -> InferenceError {
        InferenceError(
            .malformed, server: name,
            message: "\(address.url)\(path) is not what Ollama answers: is it an Ollama server?")
    }
}

extension OllamaServer {
    /// Loads a model ahead of the first prompt, with a deadline of its own: a server gives up a load when the one who asked
    /// for it goes away, so that an impatient client that tries again may never get a large model loaded.
    ///
    /// - Parameters:
    ///   - contextLength: the window that the prompts will ask for.
    ///   - keepAlive: how long the model stays, in seconds.
    ///   - deadline: how long loading may take.
    /// - Returns: the model with the window that it really got, which may be smaller than asked for: capped to what the
    ///   model was trained for, or to memory. The window is nil when the server doesn't tell.
    @discardableResult
    public func load(
        model: String, contextLength: Int, keepAlive: Int = 1800, deadline: Duration = .seconds(600)
    ) async throws(InferenceError) -> ResidentModel {
        try await loadOrUnload(model: model, contextLength: contextLength, keepAlive: keepAlive, deadline: deadline)
        let loaded = await resident()?.first { canonicalModelName($0.name) == canonicalModelName(model) }
        return loaded ?? ResidentModel(name: model, contextLength: nil)
    }

    /// Asks the server to unload a model once nobody uses it.
    public func unload(model: String, deadline: Duration = .seconds(5)) async throws(InferenceError) {
        try await loadOrUnload(model: model, contextLength: nil, keepAlive: 0, deadline: deadline)
    }

    private func loadOrUnload(
        model: String, contextLength: Int?, keepAlive: Int, deadline: Duration
    ) async throws(InferenceError) {
        let body = try body { () throws(InvalidSchema) in
            try OllamaRequest.load(model: model, contextLength: contextLength, keepAlive: keepAlive)
        }
        let bytes = try await transport.call(
            .init(method: .POST, path: "/api/chat", body: body, model: model), timeouts: Timeouts(probe: deadline))
        guard let chunk = try? JSONDecoder().decode(OllamaChunk.self, from: Data(bytes)) else {
            throw malformed("/api/chat")
        }
        if chunk.hasError {
            throw ErrorReply(status: 200, body: bytes).error(from: name, at: address.url + "/api/chat", model: model)
        }
        guard chunk.done else {
            throw InferenceError(
                .incomplete, server: name, message: "didn't say that '\(model)' was loaded or unloaded")
        }
    }
}
