import Foundation
import Synchronization

/// Copies a listed tree, keeping times, permissions and links.
///
/// Never by hard links: a build that writes to its copy in place would write to the original.
struct TreeCopy: Sendable {
    let listing: TreeListing
    let target: String

    private static let workers = 2
    private static let batch = 64

    /// Makes the copy. What is there already stays, and is an error.
    func run() async throws(FileFailure) {
        let files = listing.entries.filter { $0.kind != .folder }
        let folders = listing.entries.filter { $0.kind == .folder }
        try makeParents()
        // Open to us until their contents are there.
        for folder in folders {
            guard mkdir(place(folder), 0o700) == 0 else { throw failure("create", folder) }
        }
        let problem = await withCheckedContinuation { continuation in
            // Blocking work: kept off Swift's own few threads.
            DispatchQueue.global(qos: .utility).async { continuation.resume(returning: copy(files)) }
        }
        if let problem { throw problem }
        for folder in folders.reversed() {
            chmod(place(folder), folder.permissions)
            setTime(folder)
        }
    }

    private func copy(_ files: [TreeListing.Entry]) -> FileFailure? {
        let state = Mutex<(next: Int, failure: FileFailure?)>((0, nil))
        DispatchQueue.concurrentPerform(iterations: Self.workers) { _ in
            while true {
                let range = state.withLock { state -> Range<Int>? in
                    guard state.failure == nil, state.next < files.count else { return nil }
                    let start = state.next
                    state.next = min(start + Self.batch, files.count)
                    return start..<state.next
                }
                guard let range else { return }
                do throws(FileFailure) {
                    for file in files[range] { try copy(file) }
                } catch {
                    state.withLock { $0.failure = error }
                }
            }
        }
        return state.withLock { $0.failure }
    }

    private func copy(_ entry: TreeListing.Entry) throws(FileFailure) {
        if case .link(let text) = entry.kind {
            guard symlink(text, place(entry)) == 0 else { throw failure("create", entry) }
        } else {
            let source = entry.path.isEmpty ? listing.root : listing.root + "/" + entry.path
            let from = open(source, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
            guard from >= 0 else { throw FileFailure(operation: "read", path: source, code: errno) }
            defer { _ = close(from) }
            let to = open(place(entry), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
            guard to >= 0 else { throw failure("create", entry) }
            defer { _ = close(to) }
            guard FileContents.copy(from: from, to: to) else { throw failure("write", entry) }
            // Without set-user bits: they are of no use to a build.
            fchmod(to, entry.permissions & 0o777)
        }
        setTime(entry)
    }

    private func setTime(_ entry: TreeListing.Entry) {
        FileTimes.set(entry.modified, of: place(entry))
    }

    private func makeParents() throws(FileFailure) {
        let parent = (target as NSString).deletingLastPathComponent
        do {
            try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        } catch {
            throw FileFailure(operation: "create", path: parent, code: EIO)
        }
    }

    private func place(_ entry: TreeListing.Entry) -> String {
        entry.path.isEmpty ? target : target + "/" + entry.path
    }

    private func failure(_ operation: String, _ entry: TreeListing.Entry) -> FileFailure {
        FileFailure(operation: operation, path: place(entry), code: errno)
    }
}

/// Copying what is in a file, in the cheapest way that the file systems offer.
enum FileContents {
    /// The number of Linux's request to share another file's blocks: FICLONE.
    private static let cloneRequest: UInt = 0x4004_9409

    /// Copies all bytes of one open file to another, empty one. On failure `errno` says why.
    static func copy(from source: Int32, to target: Int32) -> Bool {
        #if os(Linux)
            if ioctl(target, cloneRequest, source) == 0 { return true }
        #elseif canImport(Darwin)
            return fcopyfile(source, target, nil, copyfile_flags_t(COPYFILE_DATA)) == 0
        #endif
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = buffer.withUnsafeMutableBytes { read(source, $0.baseAddress, $0.count) }
            if count == 0 { return true }
            if count < 0 {
                if errno == EINTR { continue }
                return false
            }
            var done = 0
            while done < count {
                let written = buffer.withUnsafeBytes { bytes in
                    write(target, bytes.baseAddress.map { $0 + done }, count - done)
                }
                if written < 0 && errno == EINTR { continue }
                guard written > 0 else { return false }
                done += written
            }
        }
    }
}

/// Modification times: incremental builds compare them.
package enum FileTimes {
    /// Gives files of a checkout the times that they have in the work tree, so that a carried build cache knows them
    /// as unchanged.
    ///
    /// - Parameter paths: relative paths whose contents are the same on both sides, which the caller knows. A file whose
    ///   size differs is passed over: it was changed since.
    package static func carry(from repository: String, to checkout: String, paths: [String]) {
        for path in paths {
            var original = stat()
            var copy = stat()
            let place = checkout + "/" + path
            guard lstat(repository + "/" + path, &original) == 0, lstat(place, &copy) == 0,
                original.st_size == copy.st_size, original.st_mode & S_IFMT == copy.st_mode & S_IFMT
            else { continue }
            #if canImport(Darwin)
                set(original.st_mtimespec, of: place)
            #else
                set(original.st_mtim, of: place)
            #endif
        }
    }

    static func set(_ time: timespec, of path: String) {
        let times = [time, time]
        // Best effort: a wrong time costs a rebuild, not a wrong answer.
        _ = utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW)
    }
}
