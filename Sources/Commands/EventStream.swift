import Events
import Foundation
import History
import Synchronization

/// A run's events as JSON lines (`--events`), in a file or on standard output. A line is written at once and whole; in a
/// run that is recorded it is written once its event is in the history, so what is read here is kept whatever happens next.
package final class EventStream: Sendable {
    /// A pipe that nobody reads for so long has no reader any more, in milliseconds.
    private static let patience: Int32 = 10_000
    /// What a pipe takes without blocking once it says that it has room.
    private static let pipePiece = 4096

    private struct State {
        var isOver = false
        var problem: String?
    }

    /// Whether it goes to standard output, which then carries nothing else.
    package let ownsOutput: Bool
    private let descriptor: Int32?
    private let output: TextStream
    private let name: String
    private let state = Mutex(State())

    /// - Parameter path: a file, which is emptied first, a pipe that has a reader, or `-` for standard output.
    /// - Throws: a `Failure` when it can't be opened.
    package init(_ path: String, surroundings: Surroundings) throws(Failure) {
        name = path
        output = surroundings.standardOutput
        ownsOutput = path == "-"
        guard path != "-" else {
            descriptor = nil
            return
        }
        let full = surroundings.absolute(path)
        let (folders, parts) = (surroundings.folders, full.lowercased().split(separator: "/"))
        guard !parts.contains(".git"), ![folders.state, folders.cache].contains(where: { full.hasPrefix($0 + "/") })
        else {
            throw Failure(
                .usage, "the events can't be written to \(path): git or teamfix keeps its own files there",
                hints: ["name another file, or - for standard output"], status: .usage)
        }
        // Without waiting for a pipe's reader. Prompts' words and patches are nobody else's business.
        let flags = O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK | O_NOCTTY | O_CLOEXEC
        let file = open(full, flags, 0o600)
        guard file >= 0 else {
            let reason = errno == ENXIO ? "it is a pipe that nobody reads" : String(cString: strerror(errno))
            throw Failure(
                .usage, "the events can't be written to \(path): \(reason)",
                hints: ["name another file, or - for standard output"], status: .usage)
        }
        descriptor = file
    }

    deinit {
        if let descriptor { _ = close(descriptor) }
    }

    /// Why what followed was left out, in words; nil when nothing was.
    package var problem: String? { state.withLock { $0.problem } }

    /// Writes a line for each record.
    package func write(_ records: [RunRecord]) {
        state.withLock { state in
            for record in records where !state.isOver {
                // An event holds nothing that JSON can't.
                guard let line = try? RecordCoding.text(of: record) + "\n" else { continue }
                guard let descriptor else {
                    output.write(line)
                    continue
                }
                if let reason = Self.write(Array(line.utf8), to: descriptor) {
                    state.isOver = true
                    state.problem = "the events' stream \(name) ends early: \(reason)"
                }
            }
        }
    }

    /// - Returns: why not all was written; nil when it was.
    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> String? {
        var rest = bytes[...]
        while !rest.isEmpty {
            var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            let ready = poll(&request, 1, patience)
            if ready == 0 { return "nobody reads it" }
            if ready < 0, errno == EINTR { continue }
            let count = rest.prefix(pipePiece).withUnsafeBytes {
                Foundation.write(descriptor, $0.baseAddress, $0.count)
            }
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            guard count > 0 else { return String(cString: strerror(errno)) }
            rest = rest.dropFirst(count)
        }
        return nil
    }
}
