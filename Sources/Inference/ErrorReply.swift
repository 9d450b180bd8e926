import Foundation

/// What a server answered instead of success, and what it means.
///
/// Ollama, its proxies and OpenAI-compatible servers word failures in many shapes: JSON with a text, JSON with an object,
/// JSON whose text is JSON again, plain text, an HTML page, nothing at all.
struct ErrorReply: Sendable, Equatable {
    /// The HTTP status; 200 for an error that came inside a stream.
    var status: Int
    /// Where a redirect points.
    var location: String?
    /// What `Retry-After` asked for, in seconds.
    var retryAfter: Double?
    /// The body's first bytes.
    var body: [UInt8]

    /// How much of a body is read.
    static let bodyLimit = 65_536

    init(status: Int, location: String? = nil, retryAfter: Double? = nil, body: [UInt8]) {
        self.status = status
        self.location = location
        self.retryAfter = retryAfter
        self.body = body
    }

    /// The failure as callers see it.
    ///
    /// - Parameters:
    ///   - url: what was asked for, to be named where the address may be wrong.
    ///   - model: the model that was asked for.
    func error(from server: String, at url: String, model: String?) -> InferenceError {
        let detail = ErrorDetail(body: body)
        let text = detail.text
        func failure(_ code: InferenceError.Code, _ message: String) -> InferenceError {
            InferenceError(code, server: server, message: message, retryAfter: retryAfter)
        }
        if (300..<400).contains(status) {
            let target = location.map { ServerAddress.redacted($0).excerpt(200) } ?? "an unnamed place"
            return failure(
                .badRequest,
                "redirects \(url) to \(target) (HTTP \(status)); redirects are not followed: set the server's address to "
                    + "where it really is")
        }
        if detail.isContextOverflow {
            return failure(.contextOverflow, overflowMessage(detail))
        }
        if let model, [200, 400, 404].contains(status), detail.saysModelIsMissing {
            return failure(
                .modelNotFound,
                "has no model '\(model.excerpt(100))'\(quoted(text)); get it there with: ollama pull \(model.excerpt(100))"
            )
        }
        return switch status {
        case 401: failure(.unauthorized, "wants credentials\(quoted(text))\(signIn(detail))")
        case 403 where text == nil:
            failure(
                .unauthorized,
                "refused the request (HTTP 403, no reason given): Ollama answers so when it doesn't know the Host name, "
                    + "typically behind a proxy or tunnel; let the proxy send 'Host: localhost', or set OLLAMA_HOST and "
                    + "OLLAMA_ORIGINS on the server")
        case 403: failure(.unauthorized, "refused the request (HTTP 403)\(quoted(text))\(signIn(detail))")
        case 404, 405:
            failure(
                .badRequest,
                "doesn't know \(url) (HTTP \(status))\(quoted(text)): an old version, another kind of server, or a wrong "
                    + "base path")
        case 408, 504: failure(.timedOut, "gave up waiting (HTTP \(status))\(quoted(text))")
        case 413: failure(.badRequest, "finds the request too large (HTTP 413, from a proxy in front)\(quoted(text))")
        case 429, 503: failure(.busy, "is busy (HTTP \(status))\(quoted(text))")
        case 500 where detail.speaksOfTheRequest: failure(.badRequest, "refused the request\(quoted(text))")
        case 400..<500: failure(.badRequest, "refused the request (HTTP \(status))\(quoted(text))")
        case 500...: failure(.serverFailed, "failed (HTTP \(status))\(quoted(text))")
        default: failure(.serverFailed, "failed while answering\(quoted(text))")
        }
    }

    private func quoted(_ text: String?) -> String { text.map { ": \($0)" } ?? "" }

    private func signIn(_ detail: ErrorDetail) -> String {
        detail.signInURL.map { "; sign in at \($0)" } ?? ""
    }

    private func overflowMessage(_ detail: ErrorDetail) -> String {
        guard let tokens = detail.promptTokens, let window = detail.contextLength else {
            return "the prompt is longer than the context window\(quoted(detail.text))"
        }
        return "the prompt has \(tokens) tokens and the context window only \(window)"
    }
}

/// What an error body says, whatever its shape.
struct ErrorDetail: Sendable, Equatable {
    /// The message, cut and free of control characters; nil when there is none.
    var text: String?
    /// The error's machine-readable type or code.
    var type: String?
    /// The prompt's length, where the error is about that.
    var promptTokens: Int?
    /// The window's length, where the error is about that.
    var contextLength: Int?
    /// Where to sign in.
    var signInURL: String?

    init(body: [UInt8]) {
        guard let json = try? JSONSerialization.jsonObject(with: Data(body), options: [.fragmentsAllowed]) else {
            text = Self.plainText(String(decoding: body, as: UTF8.self))
            return
        }
        read(json, depth: 0)
        // A cut surrogate pair or a deep structure must not leave a person without any text.
        if text == nil, !body.isEmpty, (json as? [String: Any])?.isEmpty != true {
            text = Self.plainText(String(decoding: body, as: UTF8.self))
        }
    }

    private mutating func read(_ json: Any, depth: Int) {
        guard depth < 4 else { return }
        if let string = json as? String {
            if string.first == "{", let inner = try? JSONSerialization.jsonObject(with: Data(string.utf8)) {
                read(inner, depth: depth + 1)
            } else {
                text = Self.plainText(string)
            }
            return
        }
        guard let object = json as? [String: Any] else { return }
        type = (object["type"] as? String) ?? (object["code"] as? String) ?? type
        promptTokens = (object["n_prompt_tokens"] as? Int) ?? promptTokens
        contextLength = (object["n_ctx"] as? Int) ?? contextLength
        signInURL = (object["signin_url"] as? String)?.excerpt(300) ?? signInURL
        for key in ["error", "message", "detail"] {
            if let value = object[key], !(value is NSNull) { return read(value, depth: depth + 1) }
        }
    }

    /// Whether the failure is a prompt that doesn't fit. Only the engine's own error has a type; the others are known by
    /// their words.
    var isContextOverflow: Bool {
        if type == "exceed_context_size_error" || type == "context_length_exceeded" { return true }
        return contains(
            "exceeds the available context size", "the prompt is longer than the context length",
            "input length exceeds the context length", "exceeds the model's maximum context length",
            "maximum context length is")
    }

    /// Whether the failure is a model that isn't installed.
    var saysModelIsMissing: Bool {
        guard let text = text?.lowercased(), text.contains("model") else { return false }
        return text.contains("not found") || text.contains("does not exist")
    }

    /// Whether an internal error is in truth about what was asked, so that asking again is of no use.
    var speaksOfTheRequest: Bool { contains("must be of type", "invalid format:", "invalid JSON schema") }

    private func contains(_ phrases: String...) -> Bool {
        guard let text else { return false }
        return phrases.contains { text.contains($0) }
    }

    /// Text for a person: of an HTML page only what it would show.
    private static func plainText(_ text: String) -> String? {
        var plain = ""
        if text.prefix(1_024).lowercased().contains("<html") {
            var inTag = false
            for character in text.prefix(16_384) {
                if character == "<" { inTag = true }
                if !inTag { plain.append(character) }
                if character == ">" {
                    inTag = false
                    plain.append(" ")
                }
            }
        } else {
            plain = String(text.prefix(4_096))
        }
        let words = plain.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return words.isEmpty ? nil : words.excerpt()
    }
}
