/// What is wrong with a plan, and where in it: whoever read the plan from a file can name the line.
public struct PlanFault: Error, Sendable, Equatable {
    /// What is wrong.
    public var error: PlanError
    /// The place of the task in the plan's list, from 0; nil when it is about the plan itself.
    public var task: Int?
    /// The keys that lead to the value, below the task or the plan, such as `policy`, `retries`.
    public var keys: [String]
    /// The place in the list that the keys lead to, from 0; nil when they lead to no list.
    public var item: Int?

    /// Creates a fault.
    public init(_ error: PlanError, task: Int? = nil, keys: [String] = [], item: Int? = nil) {
        self.error = error
        self.task = task
        self.keys = keys
        self.item = item
    }

    /// A graph's fault, with its place in the tasks.
    init(_ error: PlanError, in tasks: [TeamTask]) {
        self.init(error)
        func point(to dependency: String, of id: String) {
            task = tasks.firstIndex { $0.id == id && $0.dependencies.contains(dependency) }
            keys = ["dependencies"]
            item = task.flatMap { tasks[$0].dependencies.firstIndex(of: dependency) }
        }
        switch error {
        case .duplicateTask(let id):
            task = tasks.lastIndex { $0.id == id }
            keys = ["id"]
        case .missingDependency(let id, let dependency):
            point(to: dependency, of: id)
        case .cycle(let ids):
            // Each waits for the one before it.
            if ids.count > 1 { point(to: ids[0], of: ids[1]) }
        default: break
        }
    }
}
