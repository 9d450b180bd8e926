/// Why a plan can't be run. A plan is data from outside: it is checked whole before the first task starts.
public enum PlanError: Error, Sendable, Equatable, CustomStringConvertible {
    /// It has no tasks.
    case empty
    /// There is no server to run it on.
    case noServers
    /// Two tasks have one id.
    case duplicateTask(String)
    /// A task's specialist is not in the team.
    case unknownSpecialist(task: String, specialist: String, known: [String])
    /// A task depends on one that isn't there.
    case missingDependency(task: String, dependency: String)
    /// Tasks wait for each other; the ids in order, the first one again at the end.
    case cycle([String])
    /// A task is pinned to a server that isn't there.
    case unknownServer(task: String, server: String, known: [String])
    /// A task names a model that no server that may do it has.
    case unknownModel(task: String, model: String, known: [String])
    /// A bound of ``PlanLimits`` is passed.
    case tooLarge(String)
    /// A value is out of its range.
    case badValue(task: String, String)
    /// The success criterion can never be met.
    case badSuccess(String)
    /// It can't be read.
    case unreadable(String)
    /// Its prompts were asked for, and not their answers: see ``OrchestratorOptions/explain``.
    case onlyExplained

    /// What is wrong, why, and what to do.
    public var description: String {
        switch self {
        case .empty: "The plan has no tasks."
        case .noServers: "There is no model server to run the plan on: configure at least one."
        case .duplicateTask(let id): "Two tasks of the plan have the id '\(id)': give one of them another."
        case .unknownSpecialist(let task, let specialist, let known):
            "Task '\(task)' asks for the specialist '\(specialist)', who isn't in the team. "
                + "The team has: \(known.joined(separator: ", "))."
        case .missingDependency(let task, let dependency):
            "Task '\(task)' depends on '\(dependency)', which isn't a task of the plan."
        case .cycle(let ids): "Tasks wait for each other in a circle: \(ids.joined(separator: " → "))."
        case .unknownServer(let task, let server, let known):
            "Task '\(task)' is pinned to the server '\(server)', which can't be used now. "
                + "Those that can: \(known.joined(separator: ", "))."
        case .unknownModel(let task, let model, let known):
            "Task '\(task)' wants the model '\(model)', which no server that may do it has. "
                + "They have: \(known.joined(separator: ", "))."
        case .tooLarge(let what): "The plan is too large: \(what)."
        case .badSuccess(let what): "The plan can't succeed: \(what)."
        case .badValue(let task, let what): "Task '\(task)': \(what)."
        case .unreadable(let what): "The plan can't be read: \(what)."
        case .onlyExplained: "Nothing was sent: what would be sent was asked for."
        }
    }
}

/// The bounds of a plan.
public enum PlanLimits {
    /// The most tasks.
    public static let tasks = 2_000
    /// The most dependencies of all tasks together.
    public static let dependencies = 100_000
    /// The most bytes of text of all tasks together.
    public static let textBytes = 64 << 20
    /// The most messages of a prompt.
    public static let messages = 1_000
    /// The most bytes of an id.
    public static let idBytes = 200
    /// The most bytes of a plan's JSON.
    public static let jsonBytes = 96 << 20
}
