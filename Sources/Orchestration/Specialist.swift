/// A role: who a model is asked to be, and how its answer looks.
public struct Specialist: Codable, Sendable, Equatable {
    /// The name that tasks refer to, such as `Syntax Analyst`.
    public var name: String
    /// What the role is for, in a line.
    public var summary: String
    /// The system message.
    public var instructions: String
    /// A JSON schema (as text) that the answer follows; nil for plain text. Code is never asked for inside JSON.
    public var schema: String?
    /// Sampling temperature, 0 to 2.
    public var temperature: Double
    /// The most tokens of an answer.
    public var maxTokens: Int
    /// What the role asks of a server: `heavy`, `quick`, or nothing.
    public var needs: [String]

    /// Creates a specialist.
    public init(
        name: String, summary: String, instructions: String, schema: String? = nil, temperature: Double = 0.2,
        maxTokens: Int = 1024, needs: [String] = []
    ) {
        self.name = name
        self.summary = summary
        self.instructions = instructions
        self.schema = schema
        self.temperature = temperature
        self.maxTokens = maxTokens
        self.needs = needs
    }
}
