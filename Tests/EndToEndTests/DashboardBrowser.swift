import Foundation
import NIOCore
import NIOPosix
import TestSupport
import Testing

/// A headless Chromium that shows one page, and what it made of it. `--dump-dom` ends when the page is loaded, before a page that
/// follows something has heard of it; so it is asked as its own developer tools ask it.
enum Browser {
    /// The document as it is once `condition`, an expression in JavaScript, holds.
    static func document(at url: String, once condition: String, in repository: ScratchRepository) async throws
        -> String
    {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir=\(repository.base)/profile",
            "--remote-debugging-port=0", "about:blank",
        ]
        process.environment = repository.isolated
        let (errors, said) = (Pipe(), AsyncStream<Data>.makeStream())
        process.standardOutput = FileHandle.nullDevice
        process.standardError = errors
        errors.fileHandleForReading.readabilityHandler = { handle in
            let data = handle.availableData
            if data.isEmpty { said.continuation.finish() } else { said.continuation.yield(data) }
        }
        try process.run()
        defer {
            errors.fileHandleForReading.readabilityHandler = nil
            kill(process.processIdentifier, SIGKILL)
        }
        return try await RunningDashboard.within(.seconds(40)) {
            var text = ""
            for await piece in said.stream {
                text += String(decoding: piece, as: UTF8.self)
                if text.contains(/DevTools listening on ws:\/\/[^\n]*\n/) { break }
            }
            let found = try #require(
                text.firstMatch(of: /DevTools listening on ws:\/\/127\.0\.0\.1:([0-9]+)\//), "\(text)")
            return try await document(at: url, once: condition, port: try #require(Int(found.1)))
        }
    }

    private static func document(at url: String, once condition: String, port: Int) async throws -> String {
        let page = try await RunningDashboard.connect(port: port).executeThenClose { inbound, outbound in
            try await outbound.write(
                ByteBuffer(string: "PUT /json/new?about:blank HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n\r\n"))
            var text = ""
            for try await piece in inbound {
                text += String(buffer: piece)
                if let found = text.firstMatch(of: /"webSocketDebuggerUrl": "ws:\/\/[^\/]*(\/[^"]+)"/) {
                    return String(found.1)
                }
            }
            return ""
        }
        return try await RunningDashboard.connect(port: port).executeThenClose { inbound, outbound in
            var pieces = inbound.makeAsyncIterator()
            try await outbound.write(
                ByteBuffer(
                    string: "GET \(page) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nUpgrade: websocket\r\n"
                        + "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"))
            var bytes: [UInt8] = []
            while bytes.suffix(4) != [13, 10, 13, 10], let piece = try await pieces.next() {
                bytes += piece.readableBytesView
            }
            bytes = []
            func answer(to method: String, _ parameters: [String: Any]) async throws -> [String: Any] {
                let asked = try JSONSerialization.data(
                    withJSONObject: ["id": 1, "method": method, "params": parameters])
                try await outbound.write(ByteBuffer(bytes: frame(asked)))
                while true {
                    if let message = try next(&bytes) {
                        if message["id"] != nil {
                            return try #require(message["result"] as? [String: Any], "\(message)")
                        }
                    } else {
                        bytes += try #require(try await pieces.next(), "the browser has gone").readableBytesView
                    }
                }
            }
            _ = try await answer(to: "Page.navigate", ["url": url])
            let waited = """
                new Promise(done => {
                  // What is asked about may not be there yet: every change is a new occasion.
                  const look = () => { try { (\(condition)) && done(document.documentElement.outerHTML) } catch {} };
                  new MutationObserver(look).observe(document, {subtree: true, childList: true, characterData: true});
                  look();
                })
                """
            let reply = try await answer(
                to: "Runtime.evaluate", ["expression": waited, "awaitPromise": true, "returnByValue": true])
            return try #require((reply["result"] as? [String: Any])?["value"] as? String, "\(reply)")
        }
    }

    /// A text in one frame of a web socket, masked with zeros.
    private static func frame(_ text: Data) -> [UInt8] {
        [0x81, 0xFE, UInt8(text.count >> 8 & 0xFF), UInt8(text.count & 0xFF), 0, 0, 0, 0] + text
    }

    /// Takes the first whole frame from the beginning, and reads it as JSON; nil when there is none yet.
    private static func next(_ bytes: inout [UInt8]) throws -> [String: Any]? {
        guard bytes.count > 1 else { return nil }
        let extra = bytes[1] == 126 ? 2 : bytes[1] == 127 ? 8 : 0
        guard bytes.count >= 2 + extra else { return nil }
        let count = extra == 0 ? Int(bytes[1]) : bytes[2..<2 + extra].reduce(0) { $0 << 8 | Int($1) }
        guard bytes.count - 2 - extra >= count else { return nil }
        let text = Data(bytes[(2 + extra)..<(2 + extra + count)])
        bytes.removeFirst(2 + extra + count)
        return try JSONSerialization.jsonObject(with: text) as? [String: Any] ?? [:]
    }
}
