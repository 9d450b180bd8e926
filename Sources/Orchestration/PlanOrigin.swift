/// Who writes a plan.
public enum PlannerKind: String, Codable, Sendable, CaseIterable {
    /// Rules: pure, at once, and the same every time.
    case rules
    /// A model, asked with a prompt that teaches the patterns; where its reply can't be used, the rules.
    case model

    /// Reads a name; `_` and `-` are the same.
    public init(from decoder: any Decoder) throws { self = try PlainName.decode(Self.self, from: decoder) }
}

/// How a plan came about: which planner made it, and why that one.
public struct PlanOrigin: Codable, Sendable, Equatable {
    /// The planner whose plan it is.
    public var used: PlannerKind
    /// Why that one, in words.
    public var reason: String
    /// What was mended in a model's reply, a line each.
    public var repairs: [String]
    /// The server that a model's plan came from; nil for rules.
    public var server: String?
    /// The model that wrote it; nil for rules.
    public var model: String?

    /// Creates a record.
    public init(
        used: PlannerKind, reason: String, repairs: [String] = [], server: String? = nil, model: String? = nil
    ) {
        self.used = used
        self.reason = reason
        self.repairs = repairs
        self.server = server
        self.model = model
    }

    enum CodingKeys: String, CodingKey, CaseIterable { case used, reason, repairs, server, model }

    /// Reads a record; only `used` is needed.
    public init(from decoder: any Decoder) throws {
        try decoder.refuseUnknownKeys(CodingKeys.self)
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            used: try values.decode(PlannerKind.self, forKey: .used),
            reason: try values.decodeIfPresent(String.self, forKey: .reason) ?? "",
            repairs: try values.decodeIfPresent([String].self, forKey: .repairs) ?? [],
            server: try values.decodeIfPresent(String.self, forKey: .server),
            model: try values.decodeIfPresent(String.self, forKey: .model))
    }

    /// Writes what there is.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(used, forKey: .used)
        try values.encode(reason, forKey: .reason)
        if !repairs.isEmpty { try values.encode(repairs, forKey: .repairs) }
        try values.encodeIfPresent(server, forKey: .server)
        try values.encodeIfPresent(model, forKey: .model)
    }
}
