import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A server on loopback that keeps to Ollama's protocol: real sockets, scripted answers, faults on the wire.
///
///     try await SimulatedOllama.run(reply: { request in .text("let x = 1") }) { server in
///         let client = OllamaServer(address: try server.address)
///     }
///
/// It lives as long as the closure runs. Each connection serves one request.
package final class SimulatedOllama: Sendable {
    /// Decides what the model says to a request for an answer.
    package typealias Reply = @Sendable (SimulatedRequest) async throws -> SimulatedReply

    /// How the server is set up.
    package struct Settings: Sendable {
        package var version = "0.32.15"
        /// Requests that a model answers at once.
        package var slots = 1
        /// Requests that may wait for a model to load.
        package var maxQueue = 512
        package var maxLoaded = 3
        package var loadDelay = Duration.zero
        /// The window of a request that doesn't ask for one.
        package var defaultContext = 4_096
        /// The largest window that memory allows.
        package var contextLimit = Int.max
        /// Whether the model list carries capabilities, as newer servers do.
        package var listsCapabilities = false

        package init() {}
    }

    /// What has happened so far.
    package struct Counts: Sendable, Equatable {
        /// Requests for answers that were received.
        package var asked = 0
        /// Requests for answers that were answered to the end, as the script wanted it.
        package var answered = 0
        /// Requests whose client left before the end.
        package var cancelled = 0
        /// Answers being written now, and the most at any time.
        package var running = 0
        package var mostRunning = 0
    }

    package let settings: Settings
    /// The port on 127.0.0.1.
    package let port: Int
    let models: Mutex<[SimulatedModel]>
    let scheduler: SimulatedScheduler
    let reply: Reply

    private struct State {
        var requests: [SimulatedRequest] = []
        var counts = Counts()
        var faults: [String: SimulatedFault] = [:]
        var listener: (any Channel)?
        var connections: [ObjectIdentifier: any Channel] = [:]
        var observers: [UUID: AsyncStream<Counts>.Continuation] = [:]
    }

    private let state: Mutex<State>
    private typealias Client = NIOAsyncChannel<HTTPServerRequestPart, ByteBuffer>
    private typealias Listener = NIOAsyncChannel<Client, Never>
    private let listeners: AsyncStream<Listener>
    private let addListener: AsyncStream<Listener>.Continuation

    /// Runs a server while `body` runs.
    package static func run<Result: Sendable>(
        models: [SimulatedModel] = [SimulatedModel("qwen2.5-coder:7b")], settings: Settings = Settings(),
        reply: @escaping Reply = { _ in .text("ok") },
        _ body: @Sendable (SimulatedOllama) async throws -> Result
    ) async throws -> Result {
        let listener = try await bind(port: 0)
        let server = SimulatedOllama(models, settings, listener.channel.localAddress?.port ?? 0, reply)
        server.take(listener)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await server.serve() }
            defer {
                group.cancelAll()
                server.stop()
            }
            let result: Swift.Result<Result, any Error>
            do { result = .success(try await body(server)) } catch { result = .failure(error) }
            await server.acceptNoMore()
            server.stop()
            return try result.get()
        }
    }

    /// NIO ends the process when a connection that was accepted is dropped before anybody took it: so the last ones are let in
    /// before the port closes.
    private func acceptNoMore() async {
        guard let listener = state.withLock({ $0.listener }) else { return }
        _ = try? await listener.setOption(.autoRead, value: false).get()
        for _ in 0..<3 {
            for loop in MultiThreadedEventLoopGroup.singleton.makeIterator() { _ = try? await loop.submit {}.get() }
            await Task.yield()
        }
    }

    private init(_ models: [SimulatedModel], _ settings: Settings, _ port: Int, _ reply: @escaping Reply) {
        self.models = Mutex(models)
        self.settings = settings
        self.port = port
        self.reply = reply
        scheduler = SimulatedScheduler(settings)
        state = Mutex(State())
        (listeners, addListener) = AsyncStream.makeStream()
    }

    /// The server's URL, for `OLLAMA_HOST` and `--server`.
    package var url: String { "http://127.0.0.1:\(port)" }

    /// Every request so far, in order of arrival.
    package var requests: [SimulatedRequest] { state.withLock { $0.requests } }
    /// The requests for answers so far.
    package var chats: [SimulatedRequest] { requests.filter(\.isForAnswer) }
    package var counts: Counts { state.withLock { $0.counts } }
    /// How often a model was loaded, and how often because it was needed with other options.
    package var loads: Int { scheduler.loads }
    package var reloads: Int { scheduler.reloads }
    /// Loads given up because the client left.
    package var abortedLoads: Int { scheduler.abortedLoads }

    /// Makes every request for `path` fail so, until told nil.
    package func setFault(_ fault: SimulatedFault?, for path: String) {
        state.withLock { $0.faults[path] = fault }
    }

    /// Installs models, or removes all with an empty list.
    package func install(_ models: [SimulatedModel]) {
        self.models.withLock { $0 = models }
    }

    /// Closes the port and every connection, as when the process is killed. ``restart()`` brings it back.
    package func stop() {
        let (listener, connections) = state.withLock { state in
            defer {
                state.listener = nil
                state.connections = [:]
            }
            return (state.listener, state.connections.values.map { $0 })
        }
        listener?.close(promise: nil)
        for connection in connections { connection.close(promise: nil) }
    }

    /// Listens again on the same port.
    package func restart() async throws {
        take(try await Self.bind(port: port))
    }

    /// Waits until `condition` holds.
    ///
    /// - Returns: false when it doesn't within `deadline`.
    package func wait(
        _ deadline: Duration = .seconds(40), until condition: @escaping @Sendable (Counts) -> Bool
    ) async -> Bool {
        // Every change counts, also one that is over before anybody looks.
        let (stream, continuation) = AsyncStream.makeStream(of: Counts.self, bufferingPolicy: .bufferingNewest(10_000))
        let id = UUID()
        state.withLock { state in
            state.observers[id] = continuation
            continuation.yield(state.counts)
        }
        defer { state.withLock { $0.observers[id] = nil } }
        return await withTaskGroup(of: Bool.self) { group in
            group.addTask { await stream.contains { condition($0) } }
            group.addTask {
                try? await Task.sleep(for: deadline)
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
    }

    func count(_ change: (inout Counts) -> Void) {
        state.withLock { state in
            change(&state.counts)
            state.counts.mostRunning = max(state.counts.mostRunning, state.counts.running)
            for observer in state.observers.values { observer.yield(state.counts) }
        }
    }
}

extension SimulatedOllama {
    private static let bodyLimit = 32 << 20

    private static func bind(port: Int) async throws -> Listener {
        try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .bind(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ByteToMessageHandler(HTTPRequestDecoder()))
                    return try Client(wrappingChannelSynchronously: channel)
                }
            }
    }

    private func take(_ listener: Listener) {
        state.withLock { $0.listener = listener.channel }
        addListener.yield(listener)
    }

    private func serve() async {
        await withDiscardingTaskGroup { group in
            for await listener in listeners {
                group.addTask {
                    // A closed listener ends its loop; a broken connection ends only itself.
                    try? await listener.executeThenClose { clients in
                        try await withThrowingDiscardingTaskGroup { connections in
                            for try await client in clients {
                                connections.addTask { try? await self.serve(client) }
                            }
                        }
                    }
                }
            }
        }
    }

    private func serve(_ client: Client) async throws {
        let channel = client.channel
        let id = ObjectIdentifier(channel)
        state.withLock { $0.connections[id] = channel }
        defer { state.withLock { $0.connections[id] = nil } }
        try await client.executeThenClose { inbound, _ in
            var parts = inbound.makeAsyncIterator()
            guard let request = try await receive(&parts) else { return }
            let isDone = await withTaskGroup(of: Bool.self) { group in
                group.addTask { await self.finish(request, on: channel) }
                // Ends when the client leaves, or when the task above has closed the connection.
                while (try? await parts.next()) != nil {}
                group.cancelAll()
                return await group.next() ?? false
            }
            guard request.isForAnswer else { return }
            count { if isDone { $0.answered += 1 } else { $0.cancelled += 1 } }
        }
    }

    private func receive(
        _ parts: inout NIOAsyncChannelInboundStream<HTTPServerRequestPart>.AsyncIterator
    ) async throws -> SimulatedRequest? {
        guard case .head(let head) = try await parts.next() else { return nil }
        var body = Data()
        while case .body(let buffer) = try await parts.next() {
            body.append(contentsOf: buffer.readableBytesView)
            guard body.count <= Self.bodyLimit else { return nil }
        }
        let path = String(head.uri.prefix { $0 != "?" })
        let headers = Dictionary(head.headers.map { ($0.name.lowercased(), $0.value) }) { $1 }
        var request = SimulatedRequest(
            method: head.method.rawValue, path: path, headers: headers, body: body, number: 0)
        state.withLock { state in
            request.number = state.requests.count(where: \.isForAnswer)
            state.requests.append(request)
        }
        if request.isForAnswer { count { $0.asked += 1 } }
        return request
    }

    /// Answers and closes.
    ///
    /// - Returns: false when the client left before the end.
    private func finish(_ request: SimulatedRequest, on channel: any Channel) async -> Bool {
        let ending = SimulatedEnding()
        var isDone = false
        do {
            try await respond(to: request, on: SimulatedConnection(channel: channel, ending: ending))
            isDone = !Task.isCancelled
        } catch {
            // A write that fails is a client that left.
        }
        try? await channel.close().get()
        return isDone || ending.isReached
    }

    private func respond(to request: SimulatedRequest, on connection: SimulatedConnection) async throws {
        if let fault = state.withLock({ $0.faults[request.path] }) {
            try await SimulatedAnswer(server: self, request: request, connection: connection).fail(fault)
        } else {
            try await route(request, on: connection)
        }
    }
}
