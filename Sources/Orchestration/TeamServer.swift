import Inference

/// A server as a team uses it: the endpoint, the one model that it runs for this team, and its limits.
public struct TeamServer: Sendable {
    /// The endpoint.
    public var endpoint: any ModelServer
    /// The model that it answers with.
    public var model: String
    /// The digest of the model's content; nil where it isn't known. Answers are kept by it between runs.
    public var digest: String?
    /// The number of the model's parameters, in thousand millions; nil when unknown.
    public var parameters: Double?
    /// The context window used on it, in tokens; kept for the whole run, since a change reloads the model.
    public var contextLength: Int
    /// What else it can load: for tasks that name a model.
    public var otherModels: [InstalledModel]
    /// How many requests it gets at once.
    public var slots: Int
    /// Whether `slots` is what somebody configured; else it is where the search for the right number begins.
    public var slotsAreKnown: Bool
    /// Whether the model is in its memory at the beginning; nil when nobody knows.
    public var isResident: Bool?
    /// What it is good at: `heavy`, `quick`, or words of one's own.
    public var strengths: [String]
    /// Its URL without credentials, for people; empty when there is none to show.
    public var url: String

    /// Its name.
    public var name: String { endpoint.name }

    /// What its speed is kept under: the server's URL (its name where it has none to show), and the model's digest (its name
    /// where it has none).
    public var profileKey: (server: String, model: String) { (url.isEmpty ? name : url, digest ?? model) }

    /// Creates a description.
    public init(
        endpoint: any ModelServer, model: String, contextLength: Int = 8192, slots: Int = 1, strengths: [String] = [],
        url: String = "", slotsAreKnown: Bool = true, digest: String? = nil,
        otherModels: [InstalledModel] = []
    ) {
        self.otherModels = otherModels
        self.slotsAreKnown = slotsAreKnown
        self.endpoint = endpoint
        self.model = model
        self.digest = digest
        self.contextLength = contextLength
        self.slots = slots
        self.strengths = strengths
        self.url = url
    }

    /// The server with the model that a task names in place of its own.
    ///
    /// - Parameter wanted: the model's name, with or without its tag; nil is the server's own.
    /// - Returns: nil when the server doesn't have it.
    public func using(_ wanted: String?) -> TeamServer? {
        guard let wanted, canonicalModelName(wanted) != canonicalModelName(model) else { return self }
        guard let other = otherModels.first(where: { canonicalModelName($0.name) == canonicalModelName(wanted) })
        else { return nil }
        var server = self
        server.model = other.name
        server.digest = other.digest
        server.isResident = nil
        return server
    }
}
