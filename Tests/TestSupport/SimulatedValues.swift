import Foundation

/// A model that a simulated server has installed.
package struct SimulatedModel: Sendable {
    /// How the server deals with a prompt that is too long, and with formats.
    package enum Engine: Sendable {
        /// Up to 0.24: cuts to the window.
        case goRunner
        /// From 0.30, prompts rendered by the server: cuts to half the window.
        case rendered
        /// From 0.30, prompts rendered by the engine: refuses.
        case native
        /// Refuses beyond the trained window only.
        case mlx
    }

    package var name: String
    package var engine: Engine
    package var capabilities: [String]
    package var trainedContext: Int
    package var size: Int64
    package var parameterSize: String

    package init(
        _ name: String, engine: Engine = .native, capabilities: [String] = ["completion", "tools"],
        trainedContext: Int = 32_768, size: Int64 = 4_683_087_332, parameterSize: String = "7.6B"
    ) {
        self.name = name
        self.engine = engine
        self.capabilities = capabilities
        self.trainedContext = trainedContext
        self.size = size
        self.parameterSize = parameterSize
    }
}

/// A request that a simulated server received.
package struct SimulatedRequest: Sendable {
    package var method: String
    /// The path without its query.
    package var path: String
    /// Header names in lower case.
    package var headers: [String: String]
    package var body: Data
    /// How many requests for answers came before this one.
    package var number: Int

    /// The body as an object; empty when it isn't one.
    package var json: [String: Any] { (try? JSONSerialization.jsonObject(with: body)) as? [String: Any] ?? [:] }
    package var model: String { json["model"] as? String ?? "" }
    package var options: [String: Any] { json["options"] as? [String: Any] ?? [:] }
    package var messages: [(role: String, content: String)] {
        (json["messages"] as? [[String: Any]] ?? []).map {
            ($0["role"] as? String ?? "", $0["content"] as? String ?? "")
        }
    }
    /// All messages, one after the other.
    package var prompt: String { messages.map(\.content).joined(separator: "\n") }
    /// The wanted format as JSON text with sorted keys; nil when there is none.
    package var format: String? {
        guard let format = json["format"], !(format is NSNull) else { return nil }
        return (try? JSONSerialization.data(withJSONObject: format, options: [.sortedKeys, .fragmentsAllowed]))
            .map { String(decoding: $0, as: UTF8.self) }
    }
    /// Whether the request asks for an answer.
    package var isForAnswer: Bool {
        ["/api/chat", "/api/generate", "/v1/chat/completions"].contains(path)
    }
}

/// What a simulated model says.
package struct SimulatedReply: Sendable {
    /// The answer; a token is four characters.
    package var text: String
    /// The trace before it, sent when the model can think and isn't told not to.
    package var thinking = ""
    /// Silence before the first byte, on top of a model load.
    package var firstTokenDelay = Duration.zero
    /// Time for each token.
    package var tokenDelay = Duration.zero
    /// The reported prompt length, instead of the counted one.
    package var promptTokens: Int?
    /// Whether counts and durations are reported.
    package var hasMetrics = true
    /// Cuts what is sent into pieces of so many bytes, wherever they fall.
    package var splitEvery: Int?
    /// What goes wrong.
    package var fault: SimulatedFault?

    package init(_ text: String = "") { self.text = text }

    /// An answer.
    package static func text(_ text: String, tokenDelay: Duration = .zero) -> SimulatedReply {
        var reply = SimulatedReply(text)
        reply.tokenDelay = tokenDelay
        return reply
    }

    /// A failure, after the beginning of `text` where the fault says so.
    package static func fault(_ fault: SimulatedFault, text: String = "one two three four five") -> SimulatedReply {
        var reply = SimulatedReply(text)
        reply.fault = fault
        return reply
    }

    /// A refusal in Ollama's own shape.
    package static func error(_ status: Int, _ message: String) -> SimulatedReply {
        fault(.status(status, body: SimulatedJSON.text(["error": message])))
    }

    /// The same reply with other settings.
    package func with(_ change: (inout SimulatedReply) -> Void) -> SimulatedReply {
        var reply = self
        change(&reply)
        return reply
    }
}

/// What can go wrong with a reply on the wire. `after` counts tokens that are sent before.
package enum SimulatedFault: Sendable {
    /// A status with a body instead of an answer.
    case status(
        Int, body: String, contentType: String = "application/json; charset=utf-8", headers: [String: String] = [:])
    /// Exactly this as the body of a 200 reply.
    case body(String)
    /// Not a byte, until the client leaves.
    case silence
    /// The connection closes without an answer.
    case close
    /// Nothing more, until the client leaves.
    case stall(after: Int)
    /// A well-formed end without `done`.
    case endWithoutDone(after: Int)
    /// The connection closes in the middle of a line.
    case cut(after: Int)
    /// A TCP reset.
    case reset(after: Int)
    /// An error line, then the end.
    case errorLine(after: Int, String)
    /// A line that is no JSON.
    case garbage(after: Int)
    /// More lines after `done`.
    case dataAfterDone
    /// The text over and over, until the client leaves.
    case runaway
    /// A line of so many bytes.
    case longLine(Int)
    /// An answer of so many bytes, none of which repeats what came before.
    case flood(Int)
}

/// JSON as Ollama writes it.
package enum SimulatedJSON {
    /// One object without a line end; `<`, `>` and `&` escaped as Go does.
    package static func text(_ object: [String: Any]) -> String {
        guard let data = try? JSONSerialization.data(withJSONObject: object, options: [.withoutEscapingSlashes]) else {
            preconditionFailure("not JSON: \(object)")
        }
        // Outside of strings JSON has none of the three.
        return String(decoding: data, as: UTF8.self).replacingOccurrences(of: "<", with: "\\u003c")
            .replacingOccurrences(of: ">", with: "\\u003e").replacingOccurrences(of: "&", with: "\\u0026")
    }

    static func time(_ date: Date = Date()) -> String {
        date.formatted(
            .iso8601.year().month().day().timeZone(separator: .omitted).time(includingFractionalSeconds: true))
    }
}
