/// What the rule planner knows of a problem. Plain values: whoever reads repositories and logs fills them in.
public struct PlanContext: Codable, Sendable, Equatable {
    /// What kind of problem it is.
    public enum Kind: String, Codable, Sendable, CaseIterable {
        /// Something to answer.
        case question
        /// Something that fails and should be fixed.
        case failure
        /// Something that changed and should be looked at.
        case changes
    }

    /// What kind of problem it is.
    public var kind: Kind
    /// The files that it is about, the most important first.
    public var files: [String]
    /// Errors by file.
    public var errors: [String: Int]
    /// What every task reads, word for word.
    public var shared: String
    /// What the tasks about a file read: its text, or a part of it, with its errors.
    public var texts: [String: String]
    /// Whether the errors in several files have one cause, or one error needs changes in several files.
    public var tangled: Bool
    /// The pattern to use whatever the rules say; nil lets them choose.
    public var pattern: Pattern?
    /// How many experts answer a question, 1 to 26.
    public var experts: Int
    /// Whether somebody else checks the outcome (a build, say), so that no task has to.
    public var isVerifiedElsewhere: Bool

    /// Creates a context.
    public init(
        files: [String] = [], errors: [String: Int] = [:], kind: Kind = .failure, shared: String = "",
        texts: [String: String] = [:], tangled: Bool = false, pattern: Pattern? = nil, experts: Int = 3,
        isVerifiedElsewhere: Bool = false
    ) {
        self.kind = kind
        self.files = files
        self.errors = errors
        self.shared = shared
        self.texts = texts
        self.tangled = tangled
        self.pattern = pattern
        self.experts = experts
        self.isVerifiedElsewhere = isVerifiedElsewhere
    }

    /// What is shared, and what there is about these files: the same files always give the same text, so that tasks which
    /// read the same begin the same.
    func material(_ files: [String]) -> String {
        ([shared] + files.map { texts[$0] ?? "" }).filter { !$0.isEmpty }.joined(separator: "\n\n")
    }
}
