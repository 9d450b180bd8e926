/// Why a server gave no whole answer.
public struct InferenceError: Error, Sendable, Equatable, Codable, CustomStringConvertible {
    /// The kind of failure, which decides whether another try makes sense.
    public enum Code: String, Codable, Sendable {
        /// No connection: refused, unreachable, unknown host, or the connect deadline passed.
        case unreachable
        /// The server is busy or its queue is full (503, 429).
        case busy
        /// The first byte or the next piece didn't come in time.
        case timedOut
        /// The stream ended without saying that it was done.
        case incomplete
        /// The model isn't installed there.
        case modelNotFound
        /// The prompt is longer than the window.
        case contextOverflow
        /// The server refused the request as wrong (400 and its kind).
        case badRequest
        /// The server wants credentials (401, 403).
        case unauthorized
        /// The server failed (500, 502, an error line in the stream).
        case serverFailed
        /// The reply isn't what the protocol says.
        case malformed
        /// A bound was passed: answer too long, runaway repetition, line too long.
        case limitExceeded
        /// The answer is empty: thinking took every token, or the model said nothing.
        case empty
        /// The caller cancelled.
        case cancelled
    }

    /// The kind of failure.
    public var code: Code
    /// The server's name.
    public var server: String
    /// What happened, in words for a person, free of control characters.
    public var message: String
    /// The text that came before the failure, for a log; never an answer.
    public var partialText: String?
    /// What the server asked to wait before the next try, in seconds (`Retry-After`).
    public var retryAfter: Double?

    /// Creates an error.
    public init(
        _ code: Code, server: String, message: String, partialText: String? = nil, retryAfter: Double? = nil
    ) {
        self.code = code
        self.server = server
        self.message = message
        self.partialText = partialText
        self.retryAfter = retryAfter
    }

    /// The server's name and what happened.
    public var description: String { "\(server): \(message)" }

    /// Whether the failure speaks against the server as a whole, so that its tasks should move.
    public var isServerFault: Bool {
        switch code {
        case .unreachable, .busy, .timedOut, .serverFailed, .incomplete: true
        default: false
        }
    }

    /// Whether the same request may succeed when it is sent again, there or elsewhere.
    public var mayRetry: Bool {
        switch code {
        case .unreachable, .busy, .timedOut, .incomplete, .serverFailed, .malformed, .limitExceeded, .empty: true
        case .modelNotFound, .contextOverflow, .badRequest, .unauthorized, .cancelled: false
        }
    }
}
