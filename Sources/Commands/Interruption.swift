import Dispatch
import Foundation
import Synchronization

/// Signals become cancellation. The first SIGINT, SIGTERM or SIGHUP cancels the root task, so that every server, build and
/// scratch folder is released by the code that owns it; the second ends the process at once with 130.
///
/// Handlers, not ignored signals and no blocked mask: a child process gets default handlers back when it is executed, so
/// builds still die of SIGTERM and pipelines inside them of SIGPIPE.
package enum Interruption {
    /// Runs `body` in a task that the signals cancel.
    package static func cancelling<Value: Sendable>(
        _ body: @escaping @Sendable () async -> Value
    ) async -> Value {
        guard install() else { return await body() }
        // Unstructured, because a task inside a tree has no handle that the signals' reader could cancel.
        let work = Task { await body() }
        let source = DispatchSource.makeReadSource(fileDescriptor: wake.read.load(ordering: .acquiring))
        source.setEventHandler {
            var byte: UInt8 = 0
            _ = read(wake.read.load(ordering: .acquiring), &byte, 1)
            work.cancel()
        }
        source.resume()
        let value = await work.value
        source.cancel()
        return value
    }

    /// Whether a signal has asked to end.
    package static var isRequested: Bool { received.load(ordering: .acquiring) > 0 }

    /// Says whether a live area is on the terminal, which a hard exit must then clear.
    package static func setLiveArea(_ isDrawn: Bool) {
        liveArea.store(isDrawn, ordering: .releasing)
    }

    private static func install() -> Bool {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return false }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
        wake.read.store(ends[0], ordering: .releasing)
        wake.write.store(ends[1], ordering: .releasing)
        _ = received.load(ordering: .acquiring)
        _ = liveArea.load(ordering: .acquiring)
        for number in [SIGINT, SIGTERM, SIGHUP] {
            // What was ignored at the start stays so: `nohup`, and a script's background jobs.
            let before = signal(number) { _ in Interruption.onSignal() }
            if unsafeBitCast(before, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) { signal(number, SIG_IGN) }
        }
        // An empty handler makes a write to a closed pipe an error instead of a death.
        signal(SIGPIPE) { _ in }
        return true
    }

    /// Runs inside the signal handler: atomics, `write` and `_exit` only.
    private static func onSignal() {
        if received.wrappingAdd(1, ordering: .acquiringAndReleasing).oldValue > 0 {
            if liveArea.load(ordering: .acquiring) {
                var clear: (UInt8, UInt8, UInt8, UInt8) = (0x0D, 0x1B, 0x5B, 0x4A)
                _ = write(STDERR_FILENO, &clear, 4)
            }
            _exit(ExitStatus.interrupted.rawValue)
        }
        var byte: UInt8 = 1
        _ = write(wake.write.load(ordering: .acquiring), &byte, 1)
    }
}

private struct WakePipe: ~Copyable, Sendable {
    let read = Atomic<Int32>(-1)
    let write = Atomic<Int32>(-1)
}

private let wake = WakePipe()
private let received = Atomic<Int>(0)
private let liveArea = Atomic<Bool>(false)
