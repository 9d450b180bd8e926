import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// The bytes that go out on one connection.
struct SimulatedConnection: Sendable {
    let channel: any Channel
    /// Told when the end of a whole reply goes out: a client may leave as soon as it has seen it.
    let ending: SimulatedEnding
    /// Cuts bodies into pieces of so many bytes.
    var splitEvery: Int?

    /// A whole reply. The connection ends with it.
    func send(_ status: Int, contentType: String?, headers: [String: String] = [:], body: String) async throws {
        var head = "HTTP/1.1 \(status) \(Self.reason(status))\r\n"
        if let contentType { head += "Content-Type: \(contentType)\r\n" }
        for (name, value) in headers.sorted(by: { $0.key < $1.key }) { head += "\(name): \(value)\r\n" }
        head += "Content-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n"
        ending.reached()
        try await write([UInt8]((head + body).utf8))
    }

    /// An object as a whole reply.
    func send(_ object: [String: Any]) async throws {
        try await send(200, object)
    }

    /// An object as a whole reply with a status.
    func send(_ status: Int, _ object: [String: Any]) async throws {
        try await send(status, contentType: "application/json; charset=utf-8", body: SimulatedJSON.text(object))
    }

    /// The head of a reply in chunks.
    func startStream(_ contentType: String) async throws {
        try await write(
            [UInt8](
                "HTTP/1.1 200 OK\r\nContent-Type: \(contentType)\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
                    .utf8))
    }

    /// A part of a reply in chunks, cut where the reply wants it cut.
    func chunk(_ bytes: [UInt8]) async throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = rest.prefix(splitEvery ?? rest.count)
            rest = rest.dropFirst(piece.count)
            try await write([UInt8]("\(String(piece.count, radix: 16))\r\n".utf8) + piece + [13, 10])
        }
    }

    func endStream() async throws {
        try await write([UInt8]("0\r\n\r\n".utf8))
    }

    /// Ends the connection with a TCP reset.
    func reset() async throws {
        if let socket = channel as? any SocketOptionProvider {
            try await socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        }
        try await channel.close().get()
    }

    /// Waits until the client leaves.
    func waitForClient() async throws {
        try await Task.sleep(for: .seconds(3_600))
    }

    private func write(_ bytes: [UInt8]) async throws {
        try Task.checkCancellation()
        try await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
    }

    private static func reason(_ status: Int) -> String {
        switch status {
        case 200: "OK"
        case 301: "Moved Permanently"
        case 307: "Temporary Redirect"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 500: "Internal Server Error"
        case 503: "Service Unavailable"
        default: "Status"
        }
    }
}

/// Whether the end of a reply was reached.
final class SimulatedEnding: Sendable {
    private let state = Mutex(false)
    var isReached: Bool { state.withLock { $0 } }
    func reached() { state.withLock { $0 = true } }
}
