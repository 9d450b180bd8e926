import Foundation
import Synchronization

/// A temporary folder that is teamfix's own: made for one use, removed after it, and, when its process was killed, by the
/// next run.
///
/// Beside each folder lies a record that its process keeps locked. The lock goes with the process, however it ends; a
/// record whose lock can be had belongs to nobody any more.
package final class ScratchSpace: Sendable {
    /// The folder.
    package let path: String
    private let record: String
    private let lock: Mutex<Int32>

    private static let prefix = "scratch-"
    private static let suffix = ".owner"
    private static let firstLine = "teamfix scratch 1\n"

    private init(path: String, record: String, lock: Int32) {
        self.path = path
        self.record = record
        self.lock = Mutex(lock)
    }

    deinit {
        lock.withLock { if $0 >= 0 { _ = close($0) } }
    }

    /// Makes a folder in `root`, which is made if it is missing.
    ///
    /// - Throws: `FileFailure`.
    package static func make(in root: String) throws -> ScratchSpace {
        try makeFolders(root)
        var random = SystemRandomNumberGenerator()
        for _ in 0..<16 {
            let name = prefix + String(random.next(), radix: 36)
            let record = "\(root)/\(name)\(suffix)"
            let lock = open(record, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
            guard lock >= 0 else {
                if errno == EEXIST { continue }
                throw FileFailure(operation: "create", path: record, code: errno)
            }
            // Between its creation and its lock another process may take a new record for a dead one's, and remove it.
            var status = stat()
            guard flock(lock, LOCK_EX | LOCK_NB) == 0, fstat(lock, &status) == 0, status.st_nlink > 0 else {
                _ = close(lock)
                continue
            }
            let words = Array((firstLine + "pid \(getpid())\n").utf8)
            guard words.withUnsafeBytes({ write(lock, $0.baseAddress, $0.count) }) == words.count,
                mkdir("\(root)/\(name)", 0o700) == 0
            else {
                let failure = FileFailure(operation: "create", path: "\(root)/\(name)", code: errno)
                unlink(record)
                _ = close(lock)
                throw failure
            }
            return ScratchSpace(path: "\(root)/\(name)", record: record, lock: lock)
        }
        throw FileFailure(operation: "create a folder in", path: root, code: EEXIST)
    }

    /// Removes the folder. Safe to repeat.
    ///
    /// - Throws: `FileFailure` when something in it can't be removed; the next run tries again.
    package func remove() throws(FileFailure) {
        let descriptor = lock.withLock { held in
            defer { held = -1 }
            return held
        }
        guard descriptor >= 0 else { return }
        defer { _ = close(descriptor) }
        try TreeRemoval.remove(path)
        unlink(record)
    }

    /// Removes what processes that are gone have left in `root`.
    ///
    /// - Returns: the folders that were removed.
    @discardableResult
    package static func removeLeftovers(in root: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        return names.filter { $0.hasPrefix(prefix) && $0.hasSuffix(suffix) }.sorted().compactMap { name in
            let record = "\(root)/\(name)"
            let lock = open(record, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
            guard lock >= 0 else { return nil }
            defer { _ = close(lock) }
            guard flock(lock, LOCK_EX | LOCK_NB) == 0, isOurs(lock) else { return nil }
            let folder = String(record.dropLast(suffix.count))
            do {
                try TreeRemoval.remove(folder)
            } catch {
                return nil
            }
            unlink(record)
            return folder
        }
    }

    /// Whether a record is one that this program wrote: its process may have been killed before the first byte.
    private static func isOurs(_ descriptor: Int32) -> Bool {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_uid == geteuid(), status.st_mode & S_IFMT == S_IFREG,
            status.st_nlink > 0
        else { return false }
        if status.st_size == 0 { return true }
        var start = [UInt8](repeating: 0, count: firstLine.utf8.count)
        let count = pread(descriptor, &start, start.count, 0)
        return count == start.count && start.elementsEqual(firstLine.utf8)
    }

    /// Makes a folder and those above it, for their owner alone.
    static func makeFolders(_ path: String) throws(FileFailure) {
        if mkdir(path, 0o700) == 0 { return }
        if errno == ENOENT {
            let parent = (path as NSString).deletingLastPathComponent
            guard parent != path, !parent.isEmpty else {
                throw FileFailure(operation: "create", path: path, code: ENOENT)
            }
            try makeFolders(parent)
            if mkdir(path, 0o700) == 0 { return }
        }
        guard errno == EEXIST else { throw FileFailure(operation: "create", path: path, code: errno) }
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw FileFailure(operation: "create", path: path, code: ENOTDIR)
        }
        // In a shared /tmp a folder of this name may be somebody else's trap.
        guard status.st_uid == geteuid() || status.st_mode & S_ISVTX != 0 else {
            throw FileFailure(operation: "use the other user's folder", path: path, code: EPERM)
        }
    }
}
