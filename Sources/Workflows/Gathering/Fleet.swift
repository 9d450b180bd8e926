import Events
import Inference
import Orchestration

/// A server as the user configured it.
package struct FleetServer: Sendable, Equatable {
    package var name: String
    package var address: ServerAddress
    /// How many requests it gets at once; nil means one.
    package var slots: Int?
    package var strengths: [String]
    /// The model to use on it; nil chooses the best one installed.
    package var model: String?
    /// A bound on the context window, in tokens.
    package var contextLength: Int?
    /// A bearer token, from the environment; never shown.
    package var token: String?

    package init(
        name: String, address: ServerAddress, slots: Int? = nil, strengths: [String] = [], model: String? = nil,
        contextLength: Int? = nil, token: String? = nil
    ) {
        self.name = name
        self.address = address
        self.slots = slots
        self.strengths = strengths
        self.model = model
        self.contextLength = contextLength
        self.token = token
    }

    /// The client that speaks to it.
    package var endpoint: any ModelServer {
        switch address.kind {
        case .ollama: OllamaServer(name: name, address: address, token: token)
        case .openai: OpenAIServer(name: name, address: address, token: token)
        }
    }
}

/// What was found out about a configured server.
package struct SurveyedServer: Sendable {
    package var setting: FleetServer
    /// What it said; nil when it didn't answer.
    package var status: ServerStatus?
    /// Why it can't be used; nil when it can.
    package var problem: String?
    /// What to do about it.
    package var advice: String?
    /// The server as the team uses it; nil when it can't be used.
    package var member: TeamServer?
    /// Why this model.
    package var reason: String?
    /// Whether nobody configured it: it was only looked for.
    package var isGuess = false
}

/// The configured servers, asked at the same time what they have.
package struct Fleet: Sendable {
    package var servers: [SurveyedServer]

    package init(servers: [SurveyedServer]) {
        self.servers = servers
    }

    /// Those that can work.
    package var team: [TeamServer] { servers.compactMap(\.member) }

    /// Asks every server for its models, and chooses one for each.
    /// - Parameters:
    ///   - model: the model to use on all of them; nil chooses each server's best one.
    ///   - needed: tokens of the largest prompt and its answer together.
    ///   - deadline: how long a server may take to answer.
    ///   - isGuess: whether nobody configured these servers, so that their absence is no news.
    package static func survey(
        _ settings: [FleetServer], model: String?, needed: Int = 8192, deadline: Duration, isGuess: Bool = false,
        log: RunLog
    ) async -> Fleet {
        var found: [Int: SurveyedServer] = [:]
        await withTaskGroup(of: (Int, SurveyedServer).self) { group in
            for (number, setting) in settings.enumerated() {
                group.addTask { (number, await survey(setting, model: model, needed: needed, deadline: deadline)) }
            }
            for await (number, server) in group { found[number] = server }
        }
        var servers = settings.indices.compactMap { found[$0] }
        for index in servers.indices { servers[index].isGuess = isGuess }
        return Fleet(servers: servers)
    }

    private static func survey(
        _ setting: FleetServer, model: String?, needed: Int, deadline: Duration
    ) async -> SurveyedServer {
        let endpoint = setting.endpoint
        var result = SurveyedServer(setting: setting)
        var status: ServerStatus
        do throws(InferenceError) {
            status = try await endpoint.status(deadline: deadline)
        } catch {
            result.problem = error.message
            result.advice = "Check that it runs (`ollama serve`) and that \(setting.address.url) is right."
            return result
        }
        // A name goes into requests, reports and commit messages: one that no terminal and no trailer could bear is none.
        status.models = status.models.filter { model in
            model.name.count <= 200
                && model.name.unicodeScalars.allSatisfy { $0.isASCII && $0.value > 0x20 && $0.value < 0x7F }
        }
        result.status = status
        let wanted = setting.model ?? model
        guard let chosen = choose(wanted, status) else {
            if let wanted {
                result.problem = "it doesn't have the model '\(wanted)'"
                result.advice = "On that machine: ollama pull \(wanted)"
            } else {
                result.problem =
                    status.models.isEmpty ? "it has no models" : "none of its models answers prompts in text"
                result.advice = "On that machine: ollama pull qwen2.5-coder:7b"
            }
            return result
        }
        result.reason = chosen.reason
        let resident = status.resident?.first { canonicalModelName($0.name) == canonicalModelName(chosen.model.name) }
        let window = ContextChoice(
            needed: needed, resident: resident?.contextLength, trained: chosen.model.contextLength,
            limit: setting.contextLength)
        // Only Ollama lets a client choose the window; elsewhere it is what it is.
        let fixed = resident?.contextLength ?? chosen.model.contextLength ?? 4096
        let length = setting.address.kind == .ollama ? window.contextLength : min(fixed, setting.contextLength ?? fixed)
        result.member = TeamServer(
            endpoint: endpoint, model: chosen.model.name, contextLength: length, slots: setting.slots ?? 1,
            strengths: setting.strengths, url: setting.address.url, slotsAreKnown: setting.slots != nil,
            digest: chosen.model.digest,
            otherModels: Array(status.models.filter { $0.name != chosen.model.name }.prefix(1_000)))
        result.member?.parameters = chosen.model.parameters
        result.member?.isResident = status.resident.map { _ in resident != nil }
        return result
    }

    private static func choose(_ wanted: String?, _ status: ServerStatus) -> (model: InstalledModel, reason: String)? {
        guard let wanted else {
            return ModelChoice(among: status.models, resident: status.resident ?? []).map { ($0.model, $0.reason) }
        }
        let name = canonicalModelName(wanted)
        return status.models.first { canonicalModelName($0.name) == name }.map { ($0, "as asked for") }
    }
}
