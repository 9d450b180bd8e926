import Inference

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Answers that were given before, kept somewhere between runs.
///
/// An orchestrator looks here before a request leaves, and keeps here what servers answer. Neither call can fail: a cache that
/// doesn't work has no answer.
public protocol AnswerCache: Sendable {
    /// The answer that is kept for a question; nil when there is none. A task holds a server's slot while this runs.
    func answer(for key: AnswerKey) async -> Answer?

    /// Keeps an answer, in place of an earlier one.
    func keep(_ answer: Answer, for key: AnswerKey) async
}

/// A question, by all that decides about its answer: the kind of server, the model and its content, and the prompt as it reaches
/// the server: messages, sampling, limits, window, schema.
///
/// Only what leaves the answer as it is stays out: deadlines, and how long the model is kept loaded. Whatever else a prompt comes
/// to hold is part of its key by itself.
public struct AnswerKey: Sendable, Hashable {
    /// JSON with sorted keys: equal questions are equal bytes. As long as the prompt, so a store hashes it.
    public let canonical: [UInt8]
    /// Whether the model is known by its content. Without a digest, the same name may be another model tomorrow: keep the answer
    /// for a short time only.
    public let isByContent: Bool

    private struct Question: Encodable {
        /// Raised when equal prompts begin to mean other requests.
        var version = 1
        var kind: ServerKind
        /// Nil, and `server` in its place, where the protocol has no digests.
        var digest: String?
        var server: String?
        var prompt: Prompt
        var sample: Int
    }

    /// Makes the key; nil for a prompt that has no JSON form (a temperature that is no number).
    ///
    /// - Parameters:
    ///   - server: the server that the prompt is made for.
    ///   - sample: tells apart tasks that ask the same for the sake of several answers: 0 for the first.
    public init?(_ prompt: Prompt, server: TeamServer, sample: Int = 0) {
        var prompt = prompt
        prompt.timeouts = Timeouts()
        prompt.keepAlive = 0
        let question = Question(
            kind: server.endpoint.kind, digest: server.knownDigest,
            server: server.knownDigest == nil ? server.place : nil, prompt: prompt,
            sample: sample)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let bytes = try? encoder.encode(question) else { return nil }
        canonical = [UInt8](bytes)
        isByContent = server.knownDigest != nil
    }
}

extension TeamServer {
    /// The digest, unless it is empty.
    var knownDigest: String? { digest.flatMap { $0.isEmpty ? nil : $0 } }
    /// Its URL, or its name where it has none.
    var place: String { url.isEmpty ? name : url }
}
