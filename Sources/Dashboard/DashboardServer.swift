import Foundation
import History
import Hummingbird
import HummingbirdCore
import Synchronization

/// Serves the pages that follow the history, until its task is cancelled.
package struct DashboardServer: Sendable {
    private let store: RunStore
    private let host: String
    private let port: Int
    private let now: @Sendable () -> Date

    /// - Parameters:
    ///   - host: the address to listen on.
    ///   - port: 0 for one that is free.
    package init(store: RunStore, host: String, port: Int, now: @escaping @Sendable () -> Date) {
        self.store = store
        self.host = host
        self.port = port
        self.now = now
    }

    /// Whether only this machine can reach an address.
    package static func isLocal(_ host: String) -> Bool { Admission.isLoopback(host) }

    /// - Parameter onReady: called once with the URL, when the server listens.
    package func run(onReady: @escaping @Sendable (_ url: String) -> Void) async throws {
        var random = SystemRandomNumberGenerator()
        let token = Admission.newToken(using: &random)
        let pages = Pages(store: store, now: now)
        let host = host
        var server = Application(
            responder: pages,
            // A request's head has ten seconds and 16 KiB; a connection that says nothing goes as well.
            server: .http1(
                configuration: .init(
                    idleTimeout: .seconds(10),
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: 8 << 10, maxHeaderListSize: 16 << 10, maxHeaderFieldCount: 64))),
            configuration: .init(
                address: .hostname(host, port: port), backlog: 32,
                availableConnectionsDelegate: MaximumAvailableConnections(Pages.mostConnections)),
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? 0
                pages.open(Admission(token: token, listening: host, port: port))
                let name = host.contains(":") ? "[\(host)]" : host
                onReady("http://\(name):\(port)/\(token)/")
            })
        // What it has to say is said by exceptions; a log on the terminal would be in the way.
        server.logger.logLevel = .critical
        try await server.run()
    }
}

/// Answers the requests.
private final class Pages: HTTPResponder {
    /// What a response needs of its connection.
    struct Context: InitializableFromSource {
        /// Closes the connection, whatever is under way on it.
        let hangUp: @Sendable () -> Void

        init(source: ApplicationRequestContextSource) {
            let channel = source.channel
            hangUp = { channel.close(promise: nil) }
        }
    }

    static let mostConnections = 64
    private static let mostFeeds = 32

    private let store: RunStore
    private let now: @Sendable () -> Date
    private let admission = Mutex<Admission?>(nil)
    private let feeds = Mutex(0)

    init(store: RunStore, now: @escaping @Sendable () -> Date) {
        self.store = store
        self.now = now
    }

    func open(_ admission: Admission) {
        self.admission.withLock { $0 = admission }
    }

    func respond(to request: Request, context: Context) async throws -> Response {
        guard let admission = admission.withLock({ $0 }) else {
            return Self.plain(.serviceUnavailable, "Not ready yet.")
        }
        do throws(Admission.Refusal) {
            let page = try admission.page(
                method: request.method.rawValue, host: request.head.authority, target: request.head.path ?? "")
            return try response(to: page, of: request, context)
        } catch {
            return Self.refusal(error)
        }
    }

    private func response(
        to page: Admission.Page, of request: Request, _ context: Context
    ) throws(Admission.Refusal) -> Response {
        let feed: PageFeed?
        do throws(HistoryError) {
            feed = try PageFeed(page, in: store)
        } catch {
            return Self.plain(.serviceUnavailable, "The history can't be read now: \(error.description)")
        }
        guard let feed else { throw .notFound }
        switch page {
        case .runs, .run: return whole(feed, context)
        case .runsFeed, .runFeed: return stream(feed, request, context)
        }
    }

    private func whole(_ feed: PageFeed, _ context: Context) -> Response {
        var random = SystemRandomNumberGenerator()
        let nonce = Admission.newToken(using: &random)
        let text = ByteBuffer(string: feed.document(now: now(), nonce: nonce).text)
        return Response(
            status: .ok, headers: Self.headers(type: "text/html; charset=utf-8", nonce: nonce),
            body: ResponseBody(contentLength: text.readableBytes) { writer in
                try await Self.within(.seconds(30), context) {
                    try await writer.write(text)
                    try await writer.finish(nil)
                }
            })
    }

    /// Server-sent events: the page's content whenever it differs from what was sent.
    private func stream(_ feed: PageFeed, _ request: Request, _ context: Context) -> Response {
        Response(
            status: .ok, headers: Self.headers(type: "text/event-stream"),
            body: ResponseBody { [self] writer in
                let others = feeds.withLock { feeds in
                    feeds += 1
                    return feeds - 1
                }
                defer { feeds.withLock { $0 -= 1 } }
                guard others < Self.mostFeeds else {
                    try await writer.write(ByteBuffer(string: "retry: 10000\n\n"))
                    return try await writer.finish(nil)
                }
                // A browser comes back by itself, so no connection needs to live for ever.
                try await Self.within(.seconds(3600), context) {
                    try await request.body.consumeWithCancellationOnInboundClose { _ in
                        try await self.follow(feed, &writer)
                    }
                }
            })
    }

    private func follow(_ feed: PageFeed, _ writer: inout any ResponseBodyWriter) async throws {
        var feed = feed
        var shown: HTML?
        var quiet = Duration.zero
        try await writer.write(ByteBuffer(string: "retry: 2000\n\n"))
        while !Task.isCancelled {
            let content = feed.content(now: now())
            if content != shown {
                let text = String(decoding: try JSONEncoder().encode(content.text), as: UTF8.self)
                try await writer.write(ByteBuffer(string: "event: page\ndata: \(text)\n\n"))
                shown = content
                quiet = .zero
            } else if quiet >= .seconds(15) {
                try await writer.write(ByteBuffer(string: ": still here\n\n"))
                quiet = .zero
            }
            let pause = feed.pause
            try await Task.sleep(for: pause)
            quiet += pause
            // A history that is busy now is asked again.
            try? feed.advance()
        }
    }

    /// Does `body` on a connection, which is closed when that takes longer: a client that doesn't read holds nothing up.
    private static func within(
        _ limit: Duration, _ context: Context, _ body: () async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await Task.sleep(for: limit)
                context.hangUp()
            }
            defer { group.cancelAll() }
            try await body()
        }
    }
}

extension Pages {
    private static func refusal(_ refusal: Admission.Refusal) -> Response {
        switch refusal {
        case .method:
            // Without a body, since the answer to HEAD has none.
            var response = Response(status: .methodNotAllowed, headers: headers(type: "text/plain; charset=utf-8"))
            response.headers[.allow] = "GET"
            return response
        case .host: return plain(.forbidden, "This name isn't this server's: open the URL that teamfix printed.")
        case .token: return plain(.forbidden, "The token is missing or wrong: open the URL that teamfix printed.")
        case .notFound: return plain(.notFound, "There is no such page, or the run is no longer recorded.")
        case .tooLong: return plain(.uriTooLong, "The address is too long.")
        }
    }

    private static func plain(_ status: HTTPResponse.Status, _ text: String) -> Response {
        Response(
            status: status, headers: headers(type: "text/plain; charset=utf-8"),
            body: ResponseBody(byteBuffer: ByteBuffer(string: text + "\n")))
    }

    /// No page elsewhere may read, frame or keep what is sent, and what is sent may load nothing and run nothing but its own.
    private static func headers(type: String, nonce: String? = nil) -> HTTPFields {
        let own = nonce.map { "style-src 'nonce-\($0)'; script-src 'nonce-\($0)'; connect-src 'self'; " } ?? ""
        let values = [
            ("Content-Type", type), ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "no-referrer"), ("X-Frame-Options", "DENY"),
            ("Cross-Origin-Resource-Policy", "same-origin"), ("Cross-Origin-Opener-Policy", "same-origin"),
            (
                "Content-Security-Policy",
                "default-src 'none'; \(own)base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
            ),
        ]
        var headers = HTTPFields()
        for (name, value) in values {
            if let name = HTTPFields.Element.Name(name) { headers[name] = value }
        }
        return headers
    }
}
