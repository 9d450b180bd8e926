import Foundation
import Synchronization

/// What is known of a command's output when it has ended.
struct OutputSummary: Sendable, Equatable {
    var total = 0
    var leftOut = 0
    var problem: String?
}

/// Reads a command's output from a pipe into a file and a callback, in order, on a thread of its own.
///
/// A thread, because the file and the callback may block, and must then hold the command back instead of Swift's few
/// threads. It ends when every writer has closed the pipe, or a bounded time after `finish`, because a process that left
/// its group may keep the pipe open for ever.
final class OutputPump: Sendable {
    private struct State {
        var summary = OutputSummary()
        var ending: (deadline: ContinuousClock.Instant, kill: @Sendable () -> Void)?
        var isDone = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    /// How long the pipe may stay open after the whole group was killed.
    private static let patience = Duration.milliseconds(200)
    private static let chunk = 64 << 10

    private let state = Mutex(State())
    private let wake: Pipe

    /// Starts reading. Owns `descriptor` from here on.
    init(descriptor: Int32, file: BoundedOutputFile, onOutput: @escaping @Sendable ([UInt8]) -> Void) throws {
        wake = try Pipe()
        let thread = Thread { [self] in
            pump(descriptor: descriptor, file: file, onOutput: onOutput)
        }
        thread.name = "command output"
        thread.start()
    }

    deinit {
        _ = close(wake.readEnd)
        _ = close(wake.writeEnd)
    }

    var summary: OutputSummary { state.withLock { $0.summary } }

    /// Waits for the end of the output: until `grace` has passed, then, after calling `kill`, for what is left.
    ///
    /// Returns when everything that was read is in the file. To be called once.
    func finish(grace: Duration, kill: @escaping @Sendable () -> Void) async {
        await withCheckedContinuation { continuation in
            let isDone = state.withLock { state in
                if state.isDone { return true }
                state.ending = (.now + grace, kill)
                state.waiter = continuation
                return false
            }
            if isDone {
                // Nobody writes any more, but somebody may still run.
                kill()
                continuation.resume()
            } else {
                wake.signal()
            }
        }
    }

    private func pump(descriptor: Int32, file: BoundedOutputFile, onOutput: @Sendable ([UInt8]) -> Void) {
        var file = file
        var last: ContinuousClock.Instant?
        reading: while true {
            let ending = last == nil ? state.withLock { $0.ending } : nil
            if let ending, ContinuousClock.now >= ending.deadline {
                ending.kill()
                last = .now + Self.patience
            }
            let until = last ?? ending?.deadline
            if let last, ContinuousClock.now >= last { break }
            var polled = [
                pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: wake.readEnd, events: Int16(POLLIN), revents: 0),
            ]
            // Once told to end there is nothing more to be told: the wake pipe would only spin.
            let watched = until == nil ? 2 : 1
            guard poll(&polled, nfds_t(watched), until.map(Self.milliseconds(until:)) ?? -1) >= 0 || errno == EINTR
            else {
                break
            }
            guard polled[0].revents != 0 else { continue }
            var bytes = [UInt8](repeating: 0, count: Self.chunk)
            let count = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            switch count {
            case 1...:
                bytes.removeLast(bytes.count - count)
                file.append(bytes)
                onOutput(bytes)
            case 0: break reading
            default: if errno != EINTR && errno != EAGAIN { break reading }
            }
        }
        file.finish()
        _ = close(descriptor)
        end(summary: file.summary, killed: last != nil)
    }

    private func end(summary: OutputSummary, killed: Bool) {
        let (waiter, kill) = state.withLock { state in
            state.summary = summary
            state.isDone = true
            defer { state.waiter = nil }
            return (state.waiter, killed ? nil : state.ending?.kill)
        }
        if let waiter {
            kill?()
            waiter.resume()
        }
    }

    private static func milliseconds(until instant: ContinuousClock.Instant) -> Int32 {
        let left = ContinuousClock.now.duration(to: instant)
        let (seconds, attoseconds) = left.components
        guard seconds < 3600 else { return 3_600_000 }
        // Rounded up, so that the last poll doesn't spin.
        return max(0, Int32(seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1))
    }
}

/// A pipe that no child inherits by accident.
struct Pipe: Sendable {
    let readEnd: Int32
    let writeEnd: Int32

    init() throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw FileFailure(operation: "open a pipe", path: "", code: errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        (readEnd, writeEnd) = (ends[0], ends[1])
    }

    func signal() {
        var byte: UInt8 = 0
        _ = write(writeEnd, &byte, 1)
    }
}
