import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Synchronization

/// Requests to one server: a deadline for every wait, a bound for every buffer, no redirect followed, nothing decompressed.
struct HTTPTransport: Sendable {
    /// The server's name, for errors.
    let server: String
    /// Where requests go, without a trailing slash.
    let baseURL: String
    /// A bearer token; sent to `baseURL` only, and never shown.
    let token: String?

    /// The longest body that a short call may have.
    static let bodyLimit = 16 << 20

    /// A request as this transport sends it.
    struct Request: Sendable {
        var method: HTTPMethod = .GET
        /// What follows the base URL, such as `/api/chat`.
        var path: String
        var body: [UInt8]?
        /// The model that it is about, for errors.
        var model: String?
    }

    /// Sends a request and reads its whole body.
    func call(_ request: Request, timeouts: Timeouts) async throws(InferenceError) -> [UInt8] {
        try await stream(request, into: WholeBody(server: server, limit: Self.bodyLimit), timeouts: timeouts).bytes
    }

    /// Sends a request and feeds the body to `reader` as it comes, until the reader has what it needs or the body ends.
    ///
    /// - Returns: the reader, with everything read.
    /// - Throws: an error that carries the reader's partial text. The connection is closed when this returns or throws.
    func stream<Reader: BodyReader>(
        _ request: Request, into reader: Reader, timeouts: Timeouts
    ) async throws(InferenceError) -> Reader {
        let client = Self.client(connect: timeouts.connect)
        let (outcome, passed) = await withDeadlines(timeouts) { liveness in
            await receive(request, with: client, into: reader, liveness: liveness)
        }
        guard var error = outcome.error else { return outcome.reader }
        if let passed {
            error = InferenceError(.timedOut, server: server, message: explain(passed))
        } else if Task.isCancelled {
            error = InferenceError(.cancelled, server: server, message: "the request was cancelled")
        }
        error.partialText = error.partialText ?? outcome.reader.partialText
        throw error
    }

    private struct Outcome<Reader: BodyReader>: Sendable {
        var reader: Reader
        var error: InferenceError?
    }

    private func receive<Reader: BodyReader>(
        _ request: Request, with client: HTTPClient, into reader: Reader, liveness: Liveness
    ) async -> Outcome<Reader> {
        var reader = reader
        var answered = false
        do {
            // The deadlines are kept by the watch, which tells which one passed.
            let response = try await client.execute(httpRequest(request), deadline: .distantFuture)
            answered = true
            guard response.status == .ok else {
                throw try await refusal(response, to: request, liveness: liveness)
            }
            for try await buffer in response.body {
                liveness.bytesCame()
                if try reader.read(buffer.readableBytesView) { return Outcome(reader: reader) }
            }
            // A cancelled body ends like a whole one.
            try Task.checkCancellation()
            try reader.bodyEnded()
            return Outcome(reader: reader)
        } catch let error as InferenceError {
            return Outcome(reader: reader, error: error)
        } catch {
            return Outcome(reader: reader, error: explain(error, answered: answered))
        }
    }

    private func refusal(
        _ response: HTTPClientResponse, to request: Request, liveness: Liveness
    ) async throws -> InferenceError {
        var body: [UInt8] = []
        for try await buffer in response.body {
            liveness.bytesCame()
            body.append(contentsOf: buffer.readableBytesView.prefix(ErrorReply.bodyLimit - body.count))
            if body.count >= ErrorReply.bodyLimit { break }
        }
        let reply = ErrorReply(
            status: Int(response.status.code), location: response.headers.first(name: "location"),
            retryAfter: response.headers.first(name: "retry-after").flatMap(Double.init), body: body)
        return reply.error(from: server, at: baseURL + request.path, model: request.model)
    }

    private func httpRequest(_ request: Request) -> HTTPClientRequest {
        var http = HTTPClientRequest(url: baseURL + request.path)
        http.method = request.method
        http.headers.add(name: "user-agent", value: "teamfix")
        http.headers.add(name: "accept", value: "application/json, application/x-ndjson, text/event-stream")
        // A connection per request: answers take seconds, and a kept connection that the server has just closed would fail
        // a request that can't be sent twice.
        http.headers.add(name: "connection", value: "close")
        if let token { http.headers.add(name: "authorization", value: "Bearer \(token)") }
        if let body = request.body {
            http.headers.add(name: "content-type", value: "application/json")
            http.body = .bytes(ByteBuffer(bytes: body))
        }
        return http
    }
}

/// What makes something of a response's body.
protocol BodyReader: Sendable {
    /// Takes the next bytes.
    ///
    /// - Returns: true when nothing more is needed; what follows is ignored.
    mutating func read(_ bytes: ByteBufferView) throws(InferenceError) -> Bool
    /// Takes note that the body ended, well-formed as HTTP, before `read` had what it needed.
    mutating func bodyEnded() throws(InferenceError)
    /// The answer's text so far.
    var partialText: String? { get }
}

/// Keeps a body as it is.
private struct WholeBody: BodyReader {
    let server: String
    let limit: Int
    var bytes: [UInt8] = []

    mutating func read(_ more: ByteBufferView) throws(InferenceError) -> Bool {
        guard bytes.count + more.count <= limit else {
            throw InferenceError(
                .limitExceeded, server: server,
                message: "sent more than \(limit) bytes where a short reply was expected")
        }
        bytes.append(contentsOf: more)
        return false
    }

    mutating func bodyEnded() throws(InferenceError) {}
    var partialText: String? { nil }
}

extension HTTPTransport {
    /// One HTTP client per connect deadline. They live as long as the process, hold no thread of their own and need no
    /// shutdown.
    private static let clients = Mutex<[Int64: HTTPClient]>([:])

    private static func client(connect: Duration) -> HTTPClient {
        let parts = connect.components
        let seconds = max(0, min(600, parts.seconds))
        var milliseconds = max(1, seconds * 1_000 + parts.attoseconds / 1_000_000_000_000_000)
        // Three significant bits bound the number of clients. Rounded down, so that a connection that can't be made is
        // noticed before the deadline of the whole request.
        let magnitude = Int64.bitWidth - milliseconds.leadingZeroBitCount
        if magnitude > 3 { milliseconds -= milliseconds % (1 << (magnitude - 3)) }
        let rung = milliseconds
        return clients.withLock { clients in
            if let client = clients[rung] { return client }
            var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow, decompression: .disabled)
            configuration.httpVersion = .http1Only
            configuration.timeout.connect = .milliseconds(rung)
            configuration.connectionPool.retryConnectionEstablishment = false
            // Slots bound what runs at once, per server; the pool's default of 8 would queue requests unseen.
            configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 1_024
            let client = HTTPClient(
                eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
            clients[rung] = client
            return client
        }
    }

    private func explain(_ passed: DeadlinePassed) -> String {
        let limit = passed.limit.formattedSeconds
        return switch passed.phase {
        case .firstByte:
            "no first byte of an answer within \(limit); it may be loading a model, evaluating a long prompt or serving "
                + "others: allow more time, or use a smaller model"
        case .idle: "the answer stalled: nothing came for \(limit)"
        case .total: "no whole answer within \(limit)"
        }
    }

    private func explain(_ error: any Error, answered: Bool) -> InferenceError {
        if let error = error as? HTTPClientError { return explain(error, answered: answered) }
        switch error {
        case is CancellationError:
            return InferenceError(.cancelled, server: server, message: "the request was cancelled")
        case is HTTPParserError:
            return closed(answered)
        case let error as IOError where answered || [ECONNRESET, EPIPE].contains(error.errnoCode):
            return closed(answered)
        case let error as IOError:
            return unreachable(String(cString: strerror(error.errnoCode)))
        case ChannelError.connectTimeout:
            return unreachable("no connection in time")
        default:
            return answered ? closed(answered) : unreachable(String(describing: error).excerpt(200))
        }
    }

    private func explain(_ error: HTTPClientError, answered: Bool) -> InferenceError {
        switch error {
        case .cancelled: InferenceError(.cancelled, server: server, message: "the request was cancelled")
        case .connectTimeout, .getConnectionFromPoolTimeout, .tlsHandshakeTimeout: unreachable("no connection in time")
        case .invalidURL, .emptyHost: unreachable("the address is not usable")
        case .remoteConnectionClosed: closed(answered)
        default: answered ? closed(answered) : unreachable(error.shortDescription)
        }
    }

    private func unreachable(_ reason: String) -> InferenceError {
        InferenceError(
            .unreachable, server: server,
            message: "can't be reached at \(baseURL) (\(reason)); is the server running, and the address right?")
    }

    private func closed(_ answered: Bool) -> InferenceError {
        InferenceError(
            .incomplete, server: server,
            message: answered
                ? "the connection broke in the middle of the answer" : "the connection was closed without an answer")
    }
}

extension Duration {
    /// Seconds in words for a message: `120 s`, `0.05 s`.
    var formattedSeconds: String {
        let seconds = self / .seconds(1)
        return seconds == seconds.rounded() ? "\(Int(seconds)) s" : "\((seconds * 1_000).rounded() / 1_000) s"
    }

    /// The number of seconds.
    var inSeconds: Double { self / .seconds(1) }
}
