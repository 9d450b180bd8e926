import Foundation
import Synchronization
import TestSupport
import Testing

extension EndToEnd {
    @Suite("The hook, with model servers", .timeLimit(.minutes(5)))
    struct HookServerTests {
        private static let answer = SimulatedJSON.text([
            "findings": [
                [
                    "file": "b.kt", "line": 1, "severity": "warning", "message": "it says good", "evidence": "good",
                    "suggestion": "",
                ]
            ]
        ])

        private func staged() throws -> ScratchRepository {
            let repository = try ScratchRepository.hooked()
            try repository.write("a.txt", ScratchRepository.marker)
            try repository.write("b.kt", "good\n")
            try repository.git("add", "-A")
            return repository
        }

        @Test("what a model finds in the staged content is shown, not what the work tree says since")
        func found() async throws {
            let repository = try staged()
            try repository.write("b.kt", "unstaged\n")
            try await SimulatedOllama.run(reply: { _ in .text(Self.answer) }) { server in
                let run = try await repository.teamfix(
                    "hook", "run", "pre-commit", "--server", server.url, "--budget", "30")
                #expect(run.status == 0)
                #expect(run.errors.contains("b.kt:1: warning: it says good"))
                #expect(run.places("a.txt").count == 1)
                #expect(!server.chats.contains { String(decoding: $0.body, as: UTF8.self).contains("unstaged") })
                #expect(!server.chats.isEmpty)
            }
        }

        @Test("nothing staged, or nothing to read, asks no server")
        func nothing() async throws {
            let repository = try ScratchRepository.hooked()
            try await SimulatedOllama.run { server in
                let none = try await repository.teamfix("hook", "run", "pre-commit", "--server", server.url)
                try repository.git("rm", "-q", "b.txt")
                let removed = try await repository.teamfix("hook", "run", "pre-commit", "--server", server.url)
                #expect(none.errors == "" && removed.errors == "")
                #expect(server.requests.isEmpty)
            }
        }

        @Test("a server that refuses, and one whose backlog is full, cost a moment and stop nothing")
        func unreachable() async throws {
            let repository = try staged()
            let listener = try FullListener()
            for port in [listener.port, 9] {
                let run = try await repository.teamfix(
                    "hook", "run", "pre-commit", "--budget", "30", "--server", "http://127.0.0.1:\(port)")
                #expect(run.status == 0)
                #expect(run.duration < .seconds(4), "\(run.errors)")
                #expect(run.places("a.txt").count == 1)
                #expect(
                    run.errors.contains("can't be reached") || run.errors.contains("no first byte"), "\(run.errors)")
            }
        }

        @Test("at the deadline it says what it has")
        func budget() async throws {
            let repository = try staged()
            try await SimulatedOllama.run(reply: { _ in
                try await Task.sleep(for: .seconds(60))
                return .text(Self.answer)
            }) { server in
                let run = try await repository.teamfix(
                    "hook", "run", "pre-commit", "--server", server.url, "--budget", "2")
                #expect(run.status == 0)
                #expect(run.duration < .seconds(8))
                #expect(run.errors.contains("out of time: "), "\(run.errors)")
                #expect(run.places("a.txt").count == 1)
                #expect(run.errors.contains("the commit goes on"))
            }
        }

        @Test("detached reviews of one repository come one after the other, and none is lost")
        func queue() async throws {
            let repository = try ScratchRepository.hooked()
            let gate = AsyncStream<Void>.makeStream()
            let isOpen = Mutex(false)
            try await SimulatedOllama.run(reply: { request in
                if !isOpen.withLock({ $0 }) { for await _ in gate.stream { break } }
                isOpen.withLock { $0 = true }
                // The second change takes the first one's text away: both stand in its prompt.
                let isSecond = String(decoding: request.body, as: UTF8.self).contains("beta-two")
                return .text(Self.answer.replacing("good", with: isSecond ? "beta-two" : "alpha-one"))
            }) { server in
                try await repository.install("--detach", "--no-cache", "--server", server.url, offline: false)
                for text in ["alpha-one\n", "beta-two\n"] {
                    try repository.write("b.kt", text)
                    try repository.git("add", "b.kt")
                    #expect(try await repository.user("commit", "-q", "-a", "-m", text).status == 0)
                }
                gate.continuation.finish()
                var said = ""
                let limit = ContinuousClock.now + .seconds(30)
                while !(said.contains("it says alpha-one") && said.contains("it says beta-two")), .now < limit {
                    said += try await repository.teamfix("hook", "status").errors
                }
                #expect(said.contains("it says alpha-one"))
                #expect(said.contains("it says beta-two"))
            }
        }

        @Test("detached, the commit doesn't wait, and the next command shows once what was found")
        func detached() async throws {
            let repository = try ScratchRepository.hooked()
            let gate = AsyncStream<Void>.makeStream()
            let isOpen = Mutex(false)
            try await SimulatedOllama.run(reply: { _ in
                if !isOpen.withLock({ $0 }) { for await _ in gate.stream { break } }
                isOpen.withLock { $0 = true }
                return .text(Self.answer)
            }) { server in
                try await repository.install("--detach", "--server", server.url, offline: false)
                try repository.write("b.kt", "good\n")
                try repository.git("add", "b.kt")
                // The models are asked only after the commit has ended: it can't have waited for them.
                let commit = try await repository.user("commit", "-q", "-a", "-m", "Change")
                #expect(commit.status == 0, "\(commit.errors)")
                #expect(commit.errors.contains("in the background"))
                let early = try await repository.teamfix("hook", "status")
                #expect(early.errors == "")
                gate.continuation.yield()
                gate.continuation.finish()
                let folder = repository.home + "/.local/state/teamfix/hooks"
                let key = try #require(try FileManager.default.contentsOfDirectory(atPath: folder).first)
                let limit = ContinuousClock.now + .seconds(30)
                while !FileManager.default.fileExists(atPath: "\(folder)/\(key)/result.json"), .now < limit {
                    try await Task.sleep(for: .milliseconds(50))
                }
                let next = try await repository.teamfix("hook", "status")
                #expect(next.errors.contains("the review of what was committed"))
                #expect(next.errors.contains("b.kt:1: warning: it says good"))
                let last = try await repository.teamfix("hook", "status")
                #expect(last.errors == "")
            }
        }
    }
}

/// A listener on loopback that accepts nobody, and whose backlog is full: connecting to it hangs.
private final class FullListener: Sendable {
    let port: Int
    private let sockets: [Int32]

    struct Failed: Error {}

    init() throws {
        #if os(Linux)
            let kind = Int32(SOCK_STREAM.rawValue)
        #else
            let kind = SOCK_STREAM
        #endif
        let listener = socket(AF_INET, kind, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 0) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        guard bound else { throw Failed() }
        port = Int(UInt16(bigEndian: address.sin_port))
        var sockets = [listener]
        // More than any system queues for a backlog of none.
        for _ in 0..<8 {
            let client = socket(AF_INET, kind, 0)
            _ = fcntl(client, F_SETFL, O_NONBLOCK)
            withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = connect(client, $0, length) }
            }
            sockets.append(client)
        }
        self.sockets = sockets
    }

    deinit { for socket in sockets { close(socket) } }
}
