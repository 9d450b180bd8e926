import Foundation
import NIOCore
import NIOPosix
import TestSupport
import Testing

/// A dashboard of the built program, and requests to it byte by byte.
final class RunningDashboard: Sendable {
    struct Reply: Sendable {
        var status: Int
        /// Names in lower case.
        var headers: [String: String]
        var body: String
    }

    struct TookTooLong: Error {}

    let port: Int
    let token: String
    private let process: Process
    private let ended: AsyncStream<Void>

    /// Runs a dashboard while `body` runs.
    static func serve<Value>(
        _ repository: ScratchRepository, _ arguments: String...,
        body: (RunningDashboard) async throws -> Value
    ) async throws -> Value {
        let dashboard = try await RunningDashboard(repository, arguments)
        defer { kill(dashboard.process.processIdentifier, SIGKILL) }
        return try await body(dashboard)
    }

    private init(_ repository: ScratchRepository, _ arguments: [String]) async throws {
        process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        #if os(Linux)
            process.arguments = ["--default-signal=INT", Program.path, "stats", "--serve"] + arguments
        #else
            process.arguments = [Program.path, "stats", "--serve"] + arguments
        #endif
        process.currentDirectoryURL = URL(fileURLWithPath: repository.path)
        process.environment = repository.isolated
        let (ended, end) = AsyncStream<Void>.makeStream()
        self.ended = ended
        process.terminationHandler = { _ in end.finish() }
        let (pieces, output) = (Pipe(), AsyncStream<Data>.makeStream())
        process.standardOutput = pieces
        process.standardError = FileHandle.nullDevice
        pieces.fileHandleForReading.readabilityHandler = { handle in
            let data = handle.availableData
            if data.isEmpty { output.continuation.finish() } else { output.continuation.yield(data) }
        }
        try process.run()
        let line = try await RunningDashboard.within(.seconds(20)) {
            var all = Data()
            for await piece in output.stream {
                all += piece
                if all.last == UInt8(ascii: "\n") { break }
            }
            return String(decoding: all, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        }
        pieces.fileHandleForReading.readabilityHandler = nil
        let url = try #require(URL(string: line), "no URL: \(line)")
        port = try #require(url.port)
        token = url.path.trimmingCharacters(in: CharacterSet(charactersIn: "/"))
    }

    /// A page below the token's path.
    func page(_ path: String = "") async throws -> Reply {
        try await request("GET /\(token)/\(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n")
    }

    /// A request whose head is given but for its last lines.
    func request(_ head: String) async throws -> Reply {
        Self.reply(try await exchange(head + "Connection: close\r\n\r\n"))
    }

    /// The pages that a feed sends, until one is as wanted: all that was seen.
    func follow(_ path: String, until isEnough: @escaping @Sendable (String) -> Bool) async throws -> [String] {
        let text = try await exchange("GET /\(token)/\(path) HTTP/1.1\r\nHost: localhost:\(port)\r\n\r\n") { text in
            Self.pages(in: Self.reply(text).body).last.map(isEnough) ?? false
        }
        return Self.pages(in: Self.reply(text).body)
    }

    /// Asks for a feed and leaves it open while `body` runs.
    func whileFollowing<Value: Sendable>(
        _ path: String, _ body: @Sendable () async throws -> Value
    ) async throws -> Value {
        let channel = try await connect()
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(
                ByteBuffer(string: "GET /\(token)/\(path) HTTP/1.1\r\nHost: localhost:\(port)\r\n\r\n"))
            var pieces = inbound.makeAsyncIterator()
            _ = try await pieces.next()
            return try await body()
        }
    }

    /// Sends bytes, and collects what comes back until it is enough or the other side closes.
    func exchange(
        _ request: String, until isEnough: @escaping @Sendable (String) -> Bool = { _ in false }
    ) async throws -> String {
        try await Self.within(.seconds(30)) { [self] in
            try await connect().executeThenClose { inbound, outbound in
                try await outbound.write(ByteBuffer(string: request))
                var bytes: [UInt8] = []
                do {
                    for try await piece in inbound {
                        bytes += piece.readableBytesView
                        if isEnough(String(decoding: bytes, as: UTF8.self)) { break }
                    }
                } catch {
                    // A connection that is reset has said what it had to say.
                }
                return String(decoding: bytes, as: UTF8.self)
            }
        }
    }

    private func connect() async throws -> NIOAsyncChannel<ByteBuffer, ByteBuffer> {
        try await Self.connect(port: port)
    }

    static func connect(port: Int) async throws -> NIOAsyncChannel<ByteBuffer, ByteBuffer> {
        try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
    }

    /// Ctrl-C.
    ///
    /// - Returns: the exit code.
    func interrupt() async throws -> Int32 {
        process.interrupt()
        let ended = ended
        try await Self.within(.seconds(15)) { for await _ in ended {} }
        return process.terminationStatus
    }

    static func within<Value: Sendable>(
        _ limit: Duration, _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await Task.sleep(for: limit)
                throw TookTooLong()
            }
            defer { group.cancelAll() }
            guard let value = try await group.next() else { throw TookTooLong() }
            return value
        }
    }

    /// A reply's parts; its body without the marks of chunks.
    private static func reply(_ text: String) -> Reply {
        let parts = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
        let lines = (parts.first ?? "").components(separatedBy: "\r\n")
        let status = lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        let headers = lines.dropFirst().compactMap { line -> (String, String)? in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            return (line[..<colon].lowercased(), line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces))
        }
        var reply = Reply(
            status: status, headers: Dictionary(headers) { $1 }, body: parts.count > 1 ? String(parts[1]) : "")
        if reply.headers["transfer-encoding"] == "chunked" { reply.body = unchunked(Array(reply.body.utf8)) }
        return reply
    }

    private static func unchunked(_ bytes: [UInt8]) -> String {
        var (rest, whole) = (bytes[...], [UInt8]())
        while let end = rest.firstIndex(of: 13),
            let size = Int(String(decoding: rest[..<end], as: UTF8.self), radix: 16)
        {
            rest = rest[end...].dropFirst(2)
            guard size > 0, rest.count >= size else { break }
            whole += rest.prefix(size)
            rest = rest.dropFirst(size + 2)
        }
        return String(decoding: whole, as: UTF8.self)
    }

    private static func pages(in feed: String) -> [String] {
        feed.components(separatedBy: "\n\n").compactMap { event in
            guard let data = event.components(separatedBy: "\n").first(where: { $0.hasPrefix("data: ") }) else {
                return nil
            }
            return try? JSONDecoder().decode(String.self, from: Data(data.dropFirst(6).utf8))
        }
    }
}
