import Foundation
import NIOCore

/// Reads the stream of a chat completion.
struct OpenAIAnswer: BodyReader {
    private let server: String
    private let prompt: Prompt
    private let started: ContinuousClock.Instant
    private let onProgress: @Sendable (AnswerProgress) -> Void
    private var events = ServerSentEvents()
    private var text: AnswerText
    private var finishReason: String?
    private var usage = Usage(elapsed: 0)

    init(
        server: String, prompt: Prompt, started: ContinuousClock.Instant,
        onProgress: @escaping @Sendable (AnswerProgress) -> Void
    ) {
        self.server = server
        self.prompt = prompt
        self.started = started
        self.onProgress = onProgress
        text = AnswerText(server: server, prompt: prompt)
    }

    var partialText: String? { text.partial }

    mutating func read(_ bytes: ByteBufferView) throws(InferenceError) -> Bool {
        let complete: [[UInt8]]
        do {
            complete = try events.events(adding: bytes)
        } catch {
            throw tooLong(error)
        }
        for event in complete where try take(event) { return true }
        return false
    }

    mutating func bodyEnded() throws(InferenceError) {
        let last: [UInt8]?
        do {
            last = try events.finish()
        } catch {
            throw tooLong(error)
        }
        if let last, try take(last) { return }
        guard finishReason != nil else { throw incomplete() }
    }

    private mutating func take(_ event: [UInt8]) throws(InferenceError) -> Bool {
        if event.elementsEqual("[DONE]".utf8) {
            guard finishReason != nil else { throw incomplete() }
            return true
        }
        let chunk: OpenAIChunk
        do {
            chunk = try JSONDecoder().decode(OpenAIChunk.self, from: Data(event))
        } catch {
            let shown = String(decoding: event.prefix(200), as: UTF8.self).excerpt(100)
            throw InferenceError(
                .malformed, server: server, message: "sent an event that is no JSON object, '\(shown)'")
        }
        if chunk.hasError {
            throw ErrorReply(status: 200, body: event).error(from: server, at: "/chat/completions", model: prompt.model)
        }
        if try text.add(text: chunk.content, thinking: chunk.thinking) {
            onProgress(AnswerProgress(pieces: text.pieces, elapsed: (ContinuousClock.now - started).inSeconds))
        }
        finishReason = chunk.finishReason ?? finishReason
        usage.promptTokens = chunk.promptTokens ?? usage.promptTokens
        usage.answerTokens = chunk.answerTokens ?? usage.answerTokens
        usage.promptDuration = chunk.promptDuration ?? usage.promptDuration
        usage.answerDuration = chunk.answerDuration ?? usage.answerDuration
        return false
    }

    /// The answer, once the server gave a reason for its end.
    func answer() throws(InferenceError) -> Answer {
        var usage = usage
        usage.timeToFirstToken = text.firstPiece.map { ($0 - started).inSeconds }
        usage.elapsed = (ContinuousClock.now - started).inSeconds
        guard finishReason != "content_filter" else {
            throw InferenceError(
                .badRequest, server: server, message: "a content filter of the server held the answer back")
        }
        return try text.answer(
            finish: finishReason == "length" ? .length : .stop, usage: usage, warnings: [])
    }

    private func incomplete() -> InferenceError {
        InferenceError(
            .incomplete, server: server,
            message: text.pieces == 0
                ? "ended its reply without an answer" : "ended its answer without a reason (finish_reason)")
    }

    private func tooLong(_ error: LineDecoder.LineTooLong) -> InferenceError {
        InferenceError(.limitExceeded, server: server, message: "sent an event of more than \(error.limit) bytes")
    }
}
