import Events
import Inference

/// Each configured server with what it said, in the configuration's order.
package struct ServersReport: Report, Equatable {
    package struct Server: Encodable, Sendable, Equatable {
        package var name: String
        package var url: String
        package var kind: String
        package var slots: Int?
        package var strengths: [String]
        package var model: String?
        /// `ready`, `failed`, or `not asked`.
        package var state: String
        package var reason: String?
        package var status: ServerStatus?

        package init(
            name: String, url: String, kind: String, slots: Int? = nil, strengths: [String] = [],
            model: String? = nil, state: String, reason: String? = nil, status: ServerStatus? = nil
        ) {
            self.name = name
            self.url = url
            self.kind = kind
            self.slots = slots
            self.strengths = strengths
            self.model = model
            self.state = state
            self.reason = reason
            self.status = status
        }
    }

    package var servers: [Server]

    package init(servers: [Server]) {
        self.servers = servers
    }

    /// Failed when servers were asked and none can be used; what wasn't asked is no failure.
    package var exitStatus: ExitStatus {
        let asked = servers.filter { $0.state != "not asked" }
        return asked.isEmpty || asked.contains { $0.state == "ready" } ? .done : .failed
    }

    /// Asks all of them at once. One that fails is part of the answer, not an error.
    ///
    /// - Parameter connect: makes a client; nil asks nobody.
    package static func gather(
        _ settings: [ServerSetting], connect: (@Sendable (ServerSetting) throws -> any ModelServer)?,
        deadline: Duration
    ) async throws -> ServersReport {
        let answers = try await withThrowingTaskGroup(of: (Int, Server).self) { group in
            for (index, setting) in settings.enumerated() {
                let endpoint = try connect?(setting)
                group.addTask { (index, await ask(setting, endpoint, deadline)) }
            }
            var answers: [(Int, Server)] = []
            for try await answer in group { answers.append(answer) }
            return answers
        }
        try Task.checkCancellation()
        return ServersReport(servers: answers.sorted { $0.0 < $1.0 }.map(\.1))
    }

    private static func ask(
        _ setting: ServerSetting, _ endpoint: (any ModelServer)?, _ deadline: Duration
    ) async -> Server {
        var server = Server(
            name: setting.name ?? setting.shownURL, url: setting.shownURL,
            kind: endpoint?.kind.rawValue ?? setting.kind ?? ServerKind.ollama.rawValue, slots: setting.slots,
            strengths: setting.strengths, model: setting.model, state: "not asked")
        guard let endpoint else { return server }
        do {
            let status = try await endpoint.status(deadline: deadline)
            server.status = status
            server.state = "ready"
            if server.model == nil {
                server.model = ModelChoice(among: status.models, resident: status.resident ?? [])?.model.name
            } else if let model = server.model,
                !status.models.contains(where: { canonicalModelName($0.name) == canonicalModelName(model) })
            {
                server.state = "no model"
                server.reason = "the model '\(model)' isn't installed; on that machine: ollama pull \(model)"
            }
            if server.model == nil {
                server.state = "no model"
                server.reason = "no model that writes code is installed; on that machine: ollama pull qwen2.5-coder:7b"
            }
        } catch {
            server.state = "failed"
            server.reason = error.message
        }
        return server
    }

    private func loaded(_ model: InstalledModel, _ server: Server) -> String {
        let resident = server.status?.resident?.first { canonicalModelName($0.name) == canonicalModelName(model.name) }
        return resident.map { $0.contextLength.map { "window \($0)" } ?? "yes" } ?? ""
    }

    package func lines(width: Int, style: Style) -> [String] {
        if servers.isEmpty {
            return [
                "No server is configured, and no Ollama answers on this machine: the built-in engine works alone.",
                "Name one with --server URL, OLLAMA_HOST, or servers: in .teamfix.yml.",
            ]
        }
        var table = TextTable([
            .init("server"), .init("url", isFlexible: true), .init("state"), .init("version"),
            .init("answers in", alignsRight: true), .init("models", alignsRight: true),
            .init("uses", isFlexible: true),
        ])
        for server in servers {
            table.add([
                server.name, server.url, server.state, server.status?.version ?? "",
                server.status.map { "\(Int(($0.latency * 1000).rounded())) ms" } ?? "",
                server.status.map { "\($0.models.count)" } ?? "",
                server.status == nil ? "" : server.model ?? "",
            ])
        }
        var lines = table.lines(width: width, style: style)
        for server in servers {
            if let reason = server.reason {
                lines.append(style.apply(.warning, sanitizedLine("\(server.name): \(reason)")))
            }
            guard let models = server.status?.models, !models.isEmpty else { continue }
            lines += ["", style.apply(.heading, sanitizedLine("\(server.name)'s models"))]
            var table = TextTable([
                .init("model", isFlexible: true), .init("size", alignsRight: true), .init("parameters"),
                .init("window", alignsRight: true), .init("loaded"), .init("can", isFlexible: true),
            ])
            for model in models.prefix(100) {
                table.add([
                    model.name, model.size.map(shownSize) ?? "", model.parameterSize ?? "",
                    model.contextLength.map { "\($0)" } ?? "", loaded(model, server),
                    model.capabilities?.joined(separator: ", ") ?? "",
                ])
            }
            lines += table.lines(width: width, style: style)
        }
        return lines
    }
}

/// Bytes for people: `4.7 GB`.
package func shownSize(_ bytes: Int64) -> String {
    let units = ["B", "kB", "MB", "GB", "TB", "PB"]
    var value = Double(max(0, bytes))
    var unit = 0
    while value >= 999.5, unit < units.count - 1 {
        value /= 1000
        unit += 1
    }
    return unit == 0 ? "\(Int(value)) B" : "\(shownNumber(value, decimals: value < 9.95 ? 1 : 0)) \(units[unit])"
}
