import Foundation

@testable import Workflows

/// A folder that goes with its test. Its path has no symbolic links in it.
final class TestFolder: Sendable {
    let path: String

    init() throws {
        let made = NSTemporaryDirectory() + "verifying-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: made, withIntermediateDirectories: true)
        path = ScratchBuild.canonical(made)
    }

    deinit { try? TreeRemoval.remove(path) }

    /// Writes a file below the folder, making folders as needed, and returns its path.
    @discardableResult
    func write(_ text: String, to name: String, permissions: Int = 0o644) throws -> String {
        let file = path + "/" + name
        try FileManager.default.createDirectory(
            atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try text.write(toFile: file, atomically: false, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: permissions], ofItemAtPath: file)
        return file
    }

    func folder(_ name: String) throws -> String {
        try FileManager.default.createDirectory(atPath: path + "/" + name, withIntermediateDirectories: true)
        return path + "/" + name
    }

    func read(_ name: String) -> String? { try? String(contentsOfFile: path + "/" + name, encoding: .utf8) }
}

/// A named pipe that processes hold open while they live: its end says that they are gone.
struct LifeSign: Sendable {
    let path: String
    private let descriptor: Int32

    init(at path: String) throws {
        self.path = path
        guard mkfifo(path, 0o600) == 0 else { throw FileFailure(operation: "make", path: path, code: errno) }
        descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileFailure(operation: "open", path: path, code: errno) }
    }

    /// Whether somebody who holds it wrote a word, within ten seconds; the word is taken.
    func begins() async -> Bool {
        // On a thread of its own: who is waited for needs the ones that tasks share.
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: hasBegun()) }
        }
    }

    private func hasBegun() -> Bool {
        var polled = [pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)]
        guard poll(&polled, 1, 10_000) == 1, polled[0].revents & Int16(POLLIN) != 0 else { return false }
        var bytes = [UInt8](repeating: 0, count: 64)
        return read(descriptor, &bytes, bytes.count) > 0
    }

    /// Whether all who held it are gone, within ten seconds. Somebody must have held it: a pipe that nobody opened never
    /// reports an end.
    func ends() -> Bool {
        var polled = [pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)]
        return poll(&polled, 1, 10_000) == 1 && polled[0].revents & Int16(POLLHUP) != 0
    }
}

let plainEnvironment = [
    "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "LC_ALL": "C",
    "HOME": ProcessInfo.processInfo.environment["HOME"] ?? "/",
]
