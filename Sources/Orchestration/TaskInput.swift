import Inference

/// What a task's specialist works on.
///
/// The prompt is made of it in this order: `shared`, the specialist's instructions, the results of the dependencies, `text`.
/// Without `shared` the instructions are the system message.
///
/// An input with a `prompt` is sent word for word instead: those messages and nothing else, no instructions, no opening. In
/// its texts `{{results}}` stands for the results of all dependencies, each under a heading, and `{{result:ID}}` for the bare
/// result of one. What is put there is data: placeholders in it are not looked at. In a task without dependencies nothing is
/// a placeholder; dependencies that no placeholder names only order the work.
public struct TaskInput: Codable, Sendable, Equatable {
    /// A line for people.
    public var title: String
    /// What several tasks of the plan share, word for word. It stands first, so that a server evaluates it once.
    public var shared: String
    /// What this task alone is about.
    public var text: String
    /// The conversation to send word for word; nil makes it of the other parts. Its last message is what is answered.
    public var prompt: [Prompt.Message]?
    /// With a `prompt`: a JSON schema (as JSON text) that the answer follows; nil means the specialist's.
    public var schema: String?

    /// Creates an input.
    public init(title: String, shared: String = "", text: String) {
        self.title = title
        self.shared = shared
        self.text = text
    }

    /// Creates an input that is sent word for word.
    ///
    /// - Parameters:
    ///   - prompt: the messages, the oldest first; none of them empty.
    ///   - schema: a JSON schema that the answer follows, as JSON text.
    public init(title: String, prompt: [Prompt.Message], schema: String? = nil) {
        self.init(title: title, text: "")
        self.prompt = prompt
        self.schema = schema
    }

    /// What stands first in its prompt, and may in those of others: `shared`, or all messages but the one to answer.
    var sharedText: String {
        prompt.map { $0.dropLast().map { "\($0.role)\n\($0.content)\n" }.joined() } ?? shared
    }

    enum CodingKeys: String, CodingKey, CaseIterable { case title, shared, text, prompt, schema }

    /// Reads an input: an object, or a string that is its `text`. A `prompt` is a string (one message of the user), or a list
    /// of objects with `role` (`system`, `user` or `assistant`) and `content`; it excludes `shared` and `text`.
    public init(from decoder: any Decoder) throws {
        if let text = try? decoder.singleValueContainer().decode(String.self) {
            self.init(title: "", text: text)
            return
        }
        try decoder.refuseUnknownKeys(CodingKeys.self)
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let title = try values.decodeIfPresent(String.self, forKey: .title) ?? ""
        guard let prompt = try values.decodeIfPresent(WrittenPrompt.self, forKey: .prompt) else {
            guard !values.contains(.schema) else { throw Self.excluded(.schema, "goes with a 'prompt' only", values) }
            self.init(
                title: title, shared: try values.decodeIfPresent(String.self, forKey: .shared) ?? "",
                text: try values.decode(String.self, forKey: .text))
            return
        }
        for key in [CodingKeys.shared, .text] where values.contains(key) {
            throw Self.excluded(key, "can't stand beside a 'prompt', which is sent word for word", values)
        }
        self.init(
            title: title, prompt: prompt.messages, schema: try values.decodeIfPresent(String.self, forKey: .schema))
    }

    private static func excluded(
        _ key: CodingKeys, _ why: String, _ values: KeyedDecodingContainer<CodingKeys>
    ) -> DecodingError {
        .dataCorruptedError(forKey: key, in: values, debugDescription: "'\(key.rawValue)' \(why)")
    }

    /// Writes the parts that there are; a prompt of one message of the user as a string.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(title, forKey: .title)
        guard let prompt else {
            try values.encode(shared, forKey: .shared)
            try values.encode(text, forKey: .text)
            return
        }
        if prompt.count == 1, prompt[0].role == .user {
            try values.encode(prompt[0].content, forKey: .prompt)
        } else {
            try values.encode(prompt, forKey: .prompt)
        }
        try values.encodeIfPresent(schema, forKey: .schema)
    }

    /// The bytes of all its texts.
    var textBytes: Int {
        let own = (prompt ?? []).reduce(0) { $0 + $1.content.utf8.count } + (schema?.utf8.count ?? 0)
        return title.utf8.count + shared.utf8.count + text.utf8.count + own
    }
}

/// A prompt as people write it: one text, or messages.
private struct WrittenPrompt: Decodable {
    let messages: [Prompt.Message]

    private struct Message: Decodable {
        let message: Prompt.Message
        private enum CodingKeys: String, CodingKey, CaseIterable { case role, content }

        init(from decoder: any Decoder) throws {
            try decoder.refuseUnknownKeys(CodingKeys.self)
            let values = try decoder.container(keyedBy: CodingKeys.self)
            let name = try values.decode(String.self, forKey: .role)
            guard let role = Prompt.Message.Role(rawValue: name) else {
                throw DecodingError.dataCorruptedError(
                    forKey: .role, in: values,
                    debugDescription: "'\(name)' isn't one of the roles: system, user, assistant")
            }
            message = Prompt.Message(role, try values.decode(String.self, forKey: .content))
            guard !message.content.trimmingSpaces.isEmpty else {
                throw DecodingError.dataCorruptedError(
                    forKey: .content, in: values, debugDescription: "a message of a prompt can't be empty")
            }
        }
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
            messages = [Prompt.Message(.user, text)]
        } else {
            messages = try container.decode([Message].self).map(\.message)
        }
        guard messages.contains(where: { !$0.content.trimmingSpaces.isEmpty }) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "a prompt can't be empty")
        }
    }
}

extension Specialist {
    /// Who does a task with a prompt of its own that names nobody else: no instructions, no schema, the usual sampling.
    ///
    /// It is in every team, for such tasks only.
    public static let verbatim = Specialist(
        name: "Verbatim", summary: "Sends a task's own prompt, word for word", instructions: "")

    /// The roles that are in every team, for tasks with a prompt of their own.
    static let standing = [verbatim, planner]
}
