import Foundation

/// Removes a folder with everything in it, and nothing else: links are removed, never followed.
enum TreeRemoval {
    private static let deepest = 512
    private static let here: [CChar] = [0x2e, 0]
    private static let above: [CChar] = [0x2e, 0x2e, 0]

    /// Removes `path`. What isn't there is no error.
    static func remove(_ path: String) throws(FileFailure) {
        let name = path.utf8CString.map { $0 }
        // A process that was just killed may still finish one write.
        for attempt in 1...5 {
            do throws(FileFailure) {
                return try remove(name, in: AT_FDCWD, depth: 0)
            } catch {
                if attempt == 5 || error.code != ENOTEMPTY { throw error }
            }
        }
    }

    private static func remove(_ name: [CChar], in parent: Int32, depth: Int) throws(FileFailure) {
        if unlinkat(parent, name, 0) == 0 || errno == ENOENT { return }
        // Linux says EISDIR, POSIX EPERM; a folder that may not be written to says EACCES for what is in it.
        guard errno == EISDIR || errno == EPERM || errno == EACCES else { throw failure(name) }
        guard depth < deepest else { throw FileFailure(operation: "remove", path: text(name), code: ELOOP) }
        try empty(name, in: parent, depth: depth)
        guard unlinkat(parent, name, AT_REMOVEDIR) == 0 || errno == ENOENT else { throw failure(name) }
    }

    private static func empty(_ name: [CChar], in parent: Int32, depth: Int) throws(FileFailure) {
        let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
        var folder = openat(parent, name, flags)
        if folder < 0, errno == EACCES {
            // Not readable: made so. It is a folder of ours; a link in its place would have been removed above.
            _ = fchmodat(parent, name, 0o700, 0)
            folder = openat(parent, name, flags)
        }
        guard folder >= 0 else { throw failure(name) }
        _ = fchmod(folder, 0o700)
        guard let listing = fdopendir(folder) else {
            let problem = failure(name)
            _ = close(folder)
            throw problem
        }
        defer { closedir(listing) }
        while let entry = readdir(listing) {
            let child = entryName(entry)
            if child != Self.here && child != Self.above { try remove(child, in: folder, depth: depth + 1) }
        }
    }

    private static func failure(_ name: [CChar]) -> FileFailure {
        FileFailure(operation: "remove", path: text(name), code: errno)
    }

    private static func text(_ name: [CChar]) -> String {
        String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// The name in a folder's entry, as the bytes that it is, with their zero: names need not be text.
func entryName(_ entry: UnsafeMutablePointer<dirent>) -> [CChar] {
    withUnsafePointer(to: &entry.pointee.d_name) { name in
        let capacity = MemoryLayout.size(ofValue: name.pointee)
        return name.withMemoryRebound(to: CChar.self, capacity: capacity) { start in
            Array(UnsafeBufferPointer(start: start, count: strnlen(start, capacity - 1) + 1))
        }
    }
}
