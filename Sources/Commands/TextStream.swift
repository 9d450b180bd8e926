import Foundation
import Synchronization

/// Standard output or standard error, or what stands in for them.
package struct TextStream: Sendable {
    package var isTerminal: Bool
    /// The terminal's columns and rows; nil when it isn't one or doesn't know.
    package var size: @Sendable () -> (columns: Int, rows: Int)?
    package var write: @Sendable (String) -> Void

    package init(
        isTerminal: Bool, size: @escaping @Sendable () -> (columns: Int, rows: Int)? = { nil },
        write: @escaping @Sendable (String) -> Void
    ) {
        self.isTerminal = isTerminal
        self.size = size
        self.write = write
    }

    /// A file descriptor of this process. When its reader has gone, what follows is dropped: `teamfix stats | head -1` ends
    /// quietly, and a run whose pipe broke still cleans up behind itself.
    package static func descriptor(_ descriptor: Int32) -> TextStream {
        let gone = Gone()
        return TextStream(
            isTerminal: isatty(descriptor) == 1,
            size: {
                var window = winsize()
                guard ioctl(descriptor, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0 else { return nil }
                return (Int(window.ws_col), Int(window.ws_row))
            },
            write: { text in
                gone.flag.withLock { gone in
                    if !gone { gone = !writeAll(Array(text.utf8), to: descriptor) }
                }
            })
    }

    /// Why something that was written is lost, as an `errno`; 0 when nothing is. A reader who has gone doesn't count.
    package static var lost: Int32 { lostOutput.load(ordering: .acquiring) }

    private final class Gone: Sendable {
        let flag = Mutex(false)
    }
}

private let lostOutput = Atomic<Int32>(0)

/// Writes every byte; false when nobody can read them any more. A non-blocking descriptor that stays full for ten seconds
/// counts as gone.
private func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    guard isInherited(descriptor) else {
        // Notes that nobody wants to read are no loss.
        if descriptor != 2 { lostOutput.store(EBADF, ordering: .releasing) }
        return false
    }
    return bytes.withUnsafeBytes { buffer in
        guard let base = buffer.baseAddress else { return true }
        var offset = 0
        while offset < buffer.count {
            let count = write(descriptor, base + offset, buffer.count - offset)
            if count > 0 {
                offset += count
            } else if count < 0, errno == EAGAIN {
                var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                if poll(&request, 1, 10_000) == 0 { return false }
            } else if count < 0, errno == EINTR {
                continue
            } else {
                if count < 0, errno != EPIPE { lostOutput.store(errno, ordering: .releasing) }
                return false
            }
        }
        return true
    }
}

/// Whether a standard stream is one that the process was started with. One that was closed then is the number of the next file
/// that anything in the process opens, such as the runtime's own event queue: those are closed when a program is started, which
/// what was inherited can't be.
private func isInherited(_ descriptor: Int32) -> Bool {
    guard descriptor <= 2 else { return true }
    let flags = fcntl(descriptor, F_GETFD)
    return flags != -1 && flags & FD_CLOEXEC == 0
}
