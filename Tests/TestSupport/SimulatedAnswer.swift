import Foundation

/// One request for an answer, from its checks to its last byte, in the order in which Ollama does it.
struct SimulatedAnswer {
    let server: SimulatedOllama
    let request: SimulatedRequest
    var connection: SimulatedConnection

    /// The request is refused.
    private struct Refused: Error {
        var status: Int
        var message: String
    }

    private var isOpenAI: Bool { request.path.hasPrefix("/v1/") }
    private var isGenerate: Bool { request.path == "/api/generate" }
    private var streams: Bool { request.json["stream"] as? Bool ?? !isOpenAI }

    func run() async throws {
        do {
            try await answer()
        } catch let refused as Refused {
            try await refuse(refused.status, refused.message)
        } catch SimulatedScheduler.Refusal.queueFull {
            try await refuse(503, "server busy, please try again.  maximum pending requests exceeded")
        }
    }

    private func refuse(_ status: Int, _ message: String) async throws {
        guard isOpenAI else { return try await connection.send(status, ["error": message]) }
        let type = status == 404 ? "not_found_error" : status < 500 ? "invalid_request_error" : "api_error"
        try await connection.send(
            status, ["error": ["message": message, "type": type, "param": NSNull(), "code": NSNull()] as [String: Any]])
    }

    private func answer() async throws {
        guard !request.body.isEmpty else { throw Refused(status: 400, message: "missing request body") }
        guard (try? JSONSerialization.jsonObject(with: request.body)) is [String: Any] else {
            throw Refused(status: 400, message: "invalid character looking for beginning of value")
        }
        if request.model.isEmpty, !isGenerate { throw Refused(status: 400, message: "model is required") }
        guard let model = server.model(named: request.model) else {
            throw Refused(status: 404, message: "model '\(request.model)' not found")
        }
        let keepAlive = try parsedKeepAlive()
        let isEmpty = isGenerate ? (request.json["prompt"] as? String ?? "").isEmpty : request.messages.isEmpty
        if isEmpty, isOpenAI { throw Refused(status: 400, message: "[] is too short - 'messages'") }
        if isEmpty, keepAlive == 0 {
            server.scheduler.unload(model)
            return try await connection.send(final("unload"))
        }
        try check(model)
        let (context, slots) = try await server.scheduler.acquire(model, options: loadOptions, keepAlive: keepAlive)
        defer { server.scheduler.release(model) }
        if isEmpty { return try await connection.send(final("load")) }
        let promptTokens = try fit(model, context)
        if let format = request.format, format.first != "{", format != "\"json\"", format != "\"\"" {
            throw Refused(
                status: 500, message: "invalid format: \(format); expected \"json\" or a valid JSON Schema object")
        }
        try await slots.enter()
        defer { slots.leave() }
        server.count { $0.running += 1 }
        defer { server.count { $0.running -= 1 } }
        let reply = try await server.reply(request)
        if reply.firstTokenDelay > .zero { try await Task.sleep(for: reply.firstTokenDelay) }
        try await write(reply, model, promptTokens: reply.promptTokens ?? promptTokens)
    }
}

extension SimulatedAnswer {
    private func parsedKeepAlive() throws -> Double? {
        switch request.json["keep_alive"] {
        case nil, is NSNull: return nil
        case let text as String:
            if text == "0" { return 0 }
            guard let seconds = Self.duration(text) else {
                throw Refused(status: 400, message: "time: missing unit in duration \"\(text)\"")
            }
            return seconds < 0 ? 9e9 : seconds
        case let number as NSNumber: return number.doubleValue < 0 ? 9e9 : number.doubleValue
        default: throw Refused(status: 400, message: "Unsupported type: 'object'")
        }
    }

    /// Go's durations, as far as people write them: `5m`, `1h30m`, `-1s`.
    private static func duration(_ text: String) -> Double? {
        let units: [Character: Double] = ["h": 3_600, "m": 60, "s": 1]
        var rest = text[...]
        let sign: Double = rest.first == "-" ? -1 : 1
        if rest.first == "-" { rest.removeFirst() }
        var total = 0.0
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isNumber || $0 == "." }
            rest = rest.dropFirst(digits.count)
            guard let number = Double(digits), let unit = rest.popFirst().flatMap({ units[$0] }) else { return nil }
            total += number * unit
        }
        return text.isEmpty ? nil : sign * total
    }

    private var loadOptions: SimulatedScheduler.LoadOptions {
        guard !isOpenAI else { return .init() }
        var others: [String: String] = [:]
        for name in SimulatedScheduler.LoadOptions.names { others[name] = request.options[name].map { "\($0)" } }
        others["shift"] = request.json["shift"].map { "\($0)" }
        return .init(context: request.options["num_ctx"] as? Int, others: others)
    }

    private func check(_ model: SimulatedModel) throws {
        let canThink = model.capabilities.contains("thinking")
        if let think = request.json["think"], !(think is NSNull), !canThink {
            let isOff = (think as? Bool) == false
            if !isOff || Self.isBefore(server.settings.version, "0.12.5") {
                throw Refused(status: 400, message: "\"\(request.model)\" does not support thinking")
            }
        }
        guard model.capabilities.contains("completion") else {
            throw Refused(status: 400, message: "\"\(request.model)\" does not support chat")
        }
        for (name, kind) in [("num_ctx", "integer"), ("num_predict", "integer"), ("temperature", "float32")] {
            if let value = request.options[name], !(value is NSNumber) {
                throw Refused(status: 500, message: "option \"\(name)\" must be of type \(kind)")
            }
        }
    }

    static func isBefore(_ version: String, _ other: String) -> Bool {
        version.compare(other, options: .numeric) == .orderedAscending
    }

    static func tokens(_ text: String) -> Int { (text.utf8.count + 3) / 4 }

    /// The prompt's length after what the server does to one that is too long.
    private func fit(_ model: SimulatedModel, _ context: Int) throws -> Int {
        var messages = isGenerate ? [("user", request.json["prompt"] as? String ?? "")] : request.messages
        func total() -> Int { messages.reduce(0) { $0 + Self.tokens($1.1) + 4 } }
        let wants = request.json["truncate"] as? Bool ?? true
        let truncates = wants || Self.isBefore(server.settings.version, "0.12.6")
        if truncates, model.engine != .mlx {
            while total() > context, let oldest = messages.dropLast().firstIndex(where: { $0.0 != "system" }) {
                messages.remove(at: oldest)
            }
        }
        let count = total()
        switch model.engine {
        case .goRunner where count > context:
            guard truncates else { throw Refused(status: 400, message: "the input length exceeds the context length") }
            return context
        case .rendered where truncates && count > context - 1: return context - (context - 4) / 2
        case .rendered where count >= context, .native where count >= context:
            let message =
                "request (\(count) tokens) exceeds the available context size (\(context) tokens), try increasing it"
            throw Refused(
                status: 400,
                message: SimulatedJSON.text([
                    "error": [
                        "code": 400, "message": message, "type": "exceed_context_size_error", "n_prompt_tokens": count,
                        "n_ctx": context,
                    ] as [String: Any]
                ]))
        case .mlx where count > model.trainedContext:
            throw Refused(
                status: 400,
                message: "input length (\(count) tokens) exceeds the model's maximum context length "
                    + "(\(model.trainedContext) tokens)")
        default: return count
        }
    }
}

extension SimulatedAnswer {
    private func write(_ reply: SimulatedReply, _ model: SimulatedModel, promptTokens: Int) async throws {
        var answer = self
        answer.connection.splitEvery = reply.splitEvery
        if let fault = reply.fault, try await answer.failAtOnce(fault) { return }
        let thinks = model.capabilities.contains("thinking") && (request.json["think"] as? Bool) != false
        let limit = (isOpenAI ? request.json["max_tokens"] : request.options["num_predict"]) as? Int ?? Int.max
        let thoughts = thinks ? Self.pieces(reply.thinking) : []
        let tokens = thoughts.map { ("", $0) } + Self.pieces(reply.text).map { ($0, "") }
        let isCut = limit >= 0 && tokens.count > limit
        let sent = isCut ? Array(tokens.prefix(limit)) : tokens
        let metrics = Metrics(prompt: promptTokens, answer: sent.count, isKnown: reply.hasMetrics)
        guard streams else {
            return try await answer.connection.send(
                answer.whole(
                    text: sent.map(\.0).joined(), thinking: sent.map(\.1).joined(), reason: isCut ? "length" : "stop",
                    metrics))
        }
        try await answer.connection.startStream(isOpenAI ? "text/event-stream" : "application/x-ndjson")
        for (index, token) in sent.enumerated() {
            if let fault = reply.fault, try await answer.fail(fault, at: index, next: token.0) { return }
            if reply.tokenDelay > .zero { try await Task.sleep(for: reply.tokenDelay) }
            try await answer.send(answer.piece(token.0, thinking: token.1, isFirst: index == 0))
        }
        if let fault = reply.fault, try await answer.fail(fault, at: .max, next: "") { return }
        while case .runaway = reply.fault {
            for token in tokens { try await answer.send(answer.piece(token.0, thinking: token.1)) }
            await Task.yield()
        }
        answer.connection.ending.reached()
        for event in answer.ending(isCut ? "length" : "stop", metrics) { try await answer.send(event) }
        if case .dataAfterDone = reply.fault {
            try await answer.send(answer.piece("late", thinking: ""))
            try await answer.connection.chunk([UInt8]("garbage\n".utf8))
        }
        if isOpenAI { try await answer.connection.chunk([UInt8]("data: [DONE]\n\n".utf8)) }
        try await answer.connection.endStream()
    }

    static func pieces(_ text: String) -> [String] {
        var rest = text[...]
        var pieces: [String] = []
        while !rest.isEmpty {
            pieces.append(String(rest.prefix(4)))
            rest = rest.dropFirst(4)
        }
        return pieces
    }

    /// A fault that takes the place of an answer, whatever the path.
    func fail(_ fault: SimulatedFault) async throws {
        guard try await !failAtOnce(fault) else { return }
        try await connection.startStream("application/x-ndjson")
        _ = try await fail(fault, at: .max, next: "")
        try await connection.endStream()
    }

    private func failAtOnce(_ fault: SimulatedFault) async throws -> Bool {
        switch fault {
        case .status(let status, let body, let contentType, let headers):
            try await connection.send(status, contentType: contentType, headers: headers, body: body)
        case .body(let body):
            try await connection.startStream("application/x-ndjson")
            try await connection.chunk([UInt8](body.utf8))
            try await connection.endStream()
        case .silence: try await connection.waitForClient()
        case .flood(let bytes):
            try await connection.startStream("application/x-ndjson")
            var sent = 0
            while sent < bytes {
                let words = (0..<8_192).map { "w\(sent + $0 * 7_919)" }.joined(separator: " ")
                try await send(piece(words, thinking: ""))
                sent += words.utf8.count
            }
        case .close: break
        default: return false
        }
        return true
    }

    /// What goes wrong before the token at `index`; true when nothing follows.
    private func fail(_ fault: SimulatedFault, at index: Int, next: String) async throws -> Bool {
        switch fault {
        case .stall(let after) where index >= after: try await connection.waitForClient()
        case .endWithoutDone(let after) where index >= after: try await connection.endStream()
        case .cut(let after) where index >= after: try await connection.chunk([UInt8]("{\"model\":\"x\",\"mess".utf8))
        case .reset(let after) where index >= after: try await connection.reset()
        case .errorLine(let after, let message) where index >= after:
            try await send(isOpenAI ? ["error": ["message": message, "type": "api_error"]] : ["error": message])
            try await connection.endStream()
        case .garbage(let after) where index >= after:
            try await connection.chunk([UInt8]((isOpenAI ? "data: <oops>\n\n" : "<oops>\n").utf8))
            try await connection.endStream()
        case .longLine(let bytes) where index == .max:
            try await connection.chunk([UInt8](repeating: UInt8(ascii: " "), count: bytes))
            return false
        default: return false
        }
        return true
    }
}
