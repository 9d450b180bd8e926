import Foundation
import NIOCore

/// Reads the stream of an Ollama chat.
struct OllamaAnswer: BodyReader {
    private let server: String
    private let prompt: Prompt
    private let started: ContinuousClock.Instant
    private let onProgress: @Sendable (AnswerProgress) -> Void
    private var stream = NDJSON()
    private var text: AnswerText
    private var last: OllamaChunk?

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
        let objects: [[UInt8]]
        do {
            objects = try stream.objects(adding: bytes)
        } catch {
            throw InferenceError(
                .limitExceeded, server: server, message: "sent a line of more than \(error.limit) bytes")
        }
        for object in objects where try take(object) { return true }
        return false
    }

    mutating func bodyEnded() throws(InferenceError) {
        if let object = stream.finish(), try take(object) { return }
        throw InferenceError(
            .incomplete, server: server,
            message: text.pieces == 0
                ? "ended its reply without an answer" : "ended its answer without saying that it was done")
    }

    private mutating func take(_ object: [UInt8]) throws(InferenceError) -> Bool {
        let chunk: OllamaChunk
        do {
            chunk = try JSONDecoder().decode(OllamaChunk.self, from: Data(object))
        } catch {
            let shown = String(decoding: object.prefix(200), as: UTF8.self).excerpt(100)
            throw InferenceError(
                .malformed, server: server,
                message: "sent something that is no JSON object, '\(shown)': is it an Ollama server?")
        }
        if chunk.hasError {
            throw ErrorReply(status: 200, body: object).error(from: server, at: "/api/chat", model: prompt.model)
        }
        if try text.add(text: chunk.content, thinking: chunk.thinking) {
            onProgress(AnswerProgress(pieces: text.pieces, elapsed: (ContinuousClock.now - started).inSeconds))
        }
        guard chunk.done else { return false }
        last = chunk
        return true
    }

    /// The answer, once the server said that it was done.
    func answer() throws(InferenceError) -> Answer {
        guard let last else {
            throw InferenceError(.incomplete, server: server, message: "never said that its answer was done")
        }
        let usage = Usage(
            promptTokens: last.promptTokens, answerTokens: last.answerTokens, loadDuration: last.loadDuration,
            promptDuration: last.promptDuration, answerDuration: last.answerDuration, totalDuration: last.totalDuration,
            timeToFirstToken: text.firstPiece.map { ($0 - started).inSeconds },
            elapsed: (ContinuousClock.now - started).inSeconds)
        var warnings: [String] = []
        switch PromptCut(prompt: prompt, usage: usage) {
        case .no: break
        case .suspected(let why): warnings.append(why)
        case .certain(let why): throw InferenceError(.contextOverflow, server: server, message: why)
        }
        return try text.answer(
            finish: last.doneReason == "length" ? .length : .stop, usage: usage, warnings: warnings)
    }
}

/// Whether a server seems to have answered only a part of the prompt. Servers that don't know `truncate: false` cut it
/// without a word; the counts tell.
enum PromptCut: Equatable {
    case no
    case suspected(String)
    case certain(String)

    init(prompt: Prompt, usage: Usage) {
        // A missing count is unknown, not zero.
        guard let tokens = usage.promptTokens else {
            self = .no
            return
        }
        let window = prompt.contextLength
        let estimate = PromptEstimate.tokens(of: prompt)
        let bytes = Double(PromptEstimate.bytes(of: prompt))
        let bytesPerToken = bytes / Double(max(1, tokens))
        let cut =
            "the server cut the prompt to \(tokens) tokens of about \(estimate), to fit its context window of \(window): "
            + "use a larger context window or a smaller prompt"
        // Go runner: the window is filled to the brim. llama-server: half of it stays, which alone proves nothing: then the
        // tokens must be too few for the text as well.
        let isFull = tokens >= window - 1
        let isHalf = abs(tokens - (window / 2 + 2)) <= 8
        let isLonger = estimate > window
        if isLonger && (isFull || (isHalf && bytesPerToken > PromptEstimate.usualMostBytesPerToken)) {
            self = .certain(cut)
        } else if bytes > 1_000 && bytesPerToken > PromptEstimate.mostBytesPerToken {
            self = .suspected(cut)
        } else if let answer = usage.answerTokens, tokens + answer > window {
            self = .suspected(
                "prompt and answer (\(tokens) + \(answer) tokens) passed the context window of \(window); the server dropped "
                    + "the beginning while it answered")
        } else {
            self = .no
        }
    }
}
