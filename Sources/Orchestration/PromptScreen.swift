import Inference

/// Keeps what must not leave the machine out of every prompt, and puts it back into what is answered.
///
/// It stands where prompts leave: an orchestrator gives it all texts that a prompt is made of, before anything of them is
/// shortened, and gives it every answer before anybody reads it. Answers are kept between runs as they came, so that no kept one
/// holds what was hidden. The same texts have to give the same result: what prompts share at their beginning is evaluated once,
/// and kept answers are found by the prompt's text.
public struct PromptScreen: Sendable {
    /// Texts without what must not leave.
    public struct Screened: Sendable {
        /// The texts, in the order that they were given in.
        public var texts: [String]
        /// How many secrets were hidden, each counted once.
        public var hidden: Int
        /// Puts back what was hidden; nil when nothing was.
        public var restore: (@Sendable (String) -> String)?

        /// Creates a result.
        public init(texts: [String], hidden: Int = 0, restore: (@Sendable (String) -> String)? = nil) {
            self.texts = texts
            self.hidden = hidden
            self.restore = restore
        }
    }

    private let screen: @Sendable ([String]) -> Screened
    /// Covers what must not leave in texts that are to be shown, what answers brought back included: returns as many texts as it
    /// is given. Nil when the texts may be shown as they are.
    public var cover: (@Sendable ([String]) -> [String])?
    /// Whether a text holds a value that the screen hides wherever it stands, whatever it looks like; nil when there are none.
    public var holdsKnown: (@Sendable (String) -> Bool)?

    /// Creates a screen.
    ///
    /// - Parameter screen: gets the texts of one prompt, what prompts share first, and returns as many.
    public init(_ screen: @escaping @Sendable ([String]) -> Screened) { self.screen = screen }

    /// What a task's prompt is made of, screened.
    func material(_ task: TeamTask, _ specialist: Specialist, _ dependencies: [TaskResult]) -> PromptMaterial {
        let messages = task.input.prompt ?? []
        var texts = [task.input.shared, specialist.instructions, task.input.text, task.input.schema ?? ""]
        texts += messages.map(\.content)
        for result in dependencies { texts += [result.task.input.title, result.text ?? "", result.reason ?? ""] }
        // It isn't sent, but it is shown with what is.
        texts.append(task.input.title)
        let screened = screen(texts)
        // A screen that returns something else than it was asked for must not be passed by.
        precondition(screened.texts.count == texts.count, "a screen returns as many texts as it is given")
        var rest = screened.texts[...]
        func next() -> String { rest.popFirst() ?? "" }
        var made = PromptMaterial(task: task, specialist: specialist, dependencies: dependencies)
        made.task.input.shared = next()
        made.specialist.instructions = next()
        made.task.input.text = next()
        let schema = next()
        if task.input.schema != nil { made.task.input.schema = schema }
        if task.input.prompt != nil { made.task.input.prompt = messages.map { .init($0.role, next()) } }
        for index in made.dependencies.indices {
            made.dependencies[index].task.input.title = next()
            let (text, reason) = (next(), next())
            switch made.dependencies[index].outcome {
            case .succeeded: made.dependencies[index].outcome = .succeeded(text: text)
            case .failed(_, let code): made.dependencies[index].outcome = .failed(reason: reason, code: code)
            case .skipped: made.dependencies[index].outcome = .skipped(reason: reason)
            case .cancelled: break
            }
        }
        made.task.input.title = next()
        made.hidden = screened.hidden
        made.restore = screened.restore
        return made
    }
}

/// What a prompt is made of.
struct PromptMaterial: Sendable {
    var task: TeamTask
    var specialist: Specialist
    var dependencies: [TaskResult]
    /// How many secrets were hidden in it.
    var hidden = 0
    /// Puts them back into an answer.
    var restore: (@Sendable (String) -> String)?

    init(task: TeamTask, specialist: Specialist, dependencies: [TaskResult]) {
        self.task = task
        self.specialist = specialist
        self.dependencies = dependencies
    }
}

extension AttemptEnding {
    /// With what was hidden back in the answer.
    func restored(by restore: (@Sendable (String) -> String)?) -> AttemptEnding {
        guard let restore else { return self }
        switch self {
        case .answered(var answer):
            answer.text = restore(answer.text)
            return .answered(answer)
        case .recalled(var answer, let server):
            answer.text = restore(answer.text)
            return .recalled(answer, server: server)
        case .failed, .cancelled: return self
        }
    }
}
