import Diagnostics
import Foundation
import Orchestration
import Synchronization

extension Invocation {
    /// As much as a plan may have.
    private static let mostInput = PlanLimits.jsonBytes
    /// Of a log little is kept, whatever its length; this ends one that never ends by itself.
    private static let mostLog = 64 << 30
    /// Milliseconds between looks at whether somebody wants to end.
    private static let patience: Int32 = 100

    /// The bytes of a file, or of standard input for `-`; what is over 96 MiB is an error.
    ///
    /// A pipe or a device may say nothing for ever: a signal ends the wait.
    func readInput(_ path: String) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try readInput(path, limit: Self.mostInput) { bytes += $0 }
        return bytes
    }

    /// A build's log, read piece by piece: of a long one only what it says is kept. An empty one is an error, for a forgotten
    /// `2>&1` looks like that.
    func readLog(_ path: String, root: String) throws -> BuildLog {
        // Logs name the same files again and again.
        let known = KnownFiles()
        var reader = BuildLogReader(root: root) { known.isThere($0) }
        try readInput(path, limit: Self.mostLog) { reader.consume($0) }
        let log = reader.finish()
        guard log.byteCount > 0 else {
            throw Failure(
                .usage, "the log is empty", hints: ["give standard error, too: COMMAND 2>&1 | teamfix fix --log -"],
                status: .usage)
        }
        return log
    }

    private func readInput(_ path: String, limit: Int, each: (ArraySlice<UInt8>) -> Void) throws {
        let full = surroundings.absolute(path)
        let file = path == "-" ? STDIN_FILENO : open(full, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else { throw Self.unreadable(path, errno) }
        defer { if path != "-" { _ = close(file) } }
        var chunk = [UInt8](repeating: 0, count: 1 << 18)
        var total = 0
        while Self.hasInput(file) {
            let count = read(file, &chunk, chunk.count)
            if count == 0 { return }
            guard count > 0 else {
                if errno == EAGAIN || errno == EINTR { continue }
                throw Self.unreadable(path, errno)
            }
            total += count
            guard total <= limit else {
                throw Failure(.usage, "\(path) has more than \(limit >> 20) MiB", status: .usage)
            }
            each(chunk[..<count])
        }
        throw CancellationError()
    }

    /// Waits until there is something to read, the input's end included; false when somebody wants to end.
    static func hasInput(_ file: Int32) -> Bool {
        while !Interruption.isRequested, !Task.isCancelled {
            var request = pollfd(fd: file, events: Int16(POLLIN), revents: 0)
            // A signal ends the wait, too: then nothing is there to read.
            if poll(&request, 1, patience) > 0 { return true }
        }
        return false
    }

    private static func unreadable(_ path: String, _ code: Int32) -> Failure {
        let name = path == "-" ? "standard input" : path.isEmpty ? "a file without a name" : path
        return Failure(
            .usage, "\(name) can't be read: \(String(cString: strerror(code)))", hints: ["check the path"],
            status: .usage)
    }
}

/// Which files are there, each looked for once.
private final class KnownFiles: Sendable {
    private static let most = 10_000
    private let found = Mutex<[String: Bool]>([:])

    func isThere(_ path: String) -> Bool {
        found.withLock { found in
            if let known = found[path] { return known }
            let isThere = access(path, F_OK) == 0
            if found.count < Self.most { found[path] = isThere }
            return isThere
        }
    }
}
