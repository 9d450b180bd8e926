import Foundation

/// What is in a folder, or a file or link alone, with all that a faithful copy needs.
struct TreeListing: Sendable {
    struct Entry: Sendable {
        enum Kind: Sendable, Equatable { case folder, file, link(String) }

        /// Relative to the listing's root; empty for the root itself.
        var path: String
        var kind: Kind
        var size: Int
        var permissions: mode_t
        var modified: timespec
    }

    let root: String
    /// Folders before what is in them.
    private(set) var entries: [Entry] = []
    private(set) var bytes = 0

    private static let deepest = 256

    /// Lists `root`. Sockets, pipes and devices are skipped.
    init(of root: String, atMost limit: Int) throws(FileFailure) {
        self.root = root
        try add("", depth: 0, limit: limit)
    }

    private mutating func add(_ path: String, depth: Int, limit: Int) throws(FileFailure) {
        let full = path.isEmpty ? root : root + "/" + path
        var status = stat()
        guard lstat(full, &status) == 0 else { throw FileFailure(operation: "read", path: full, code: errno) }
        guard entries.count < limit else {
            throw FileFailure(operation: "carry so many files as in", path: root, code: E2BIG)
        }
        #if canImport(Darwin)
            let modified = status.st_mtimespec
        #else
            let modified = status.st_mtim
        #endif
        func entry(_ kind: Entry.Kind, size: Int) -> Entry {
            Entry(path: path, kind: kind, size: size, permissions: status.st_mode & 0o7777, modified: modified)
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG:
            entries.append(entry(.file, size: Int(status.st_size)))
            // What it takes on the disk: build folders hold sparse files.
            bytes += min(Int(status.st_size), Int(status.st_blocks) * 512)
        case S_IFLNK:
            entries.append(entry(.link(try Self.target(of: full)), size: 0))
        case S_IFDIR:
            guard depth < Self.deepest else { throw FileFailure(operation: "carry", path: full, code: ENAMETOOLONG) }
            entries.append(entry(.folder, size: 0))
            for name in try Self.names(in: full) {
                try add(path.isEmpty ? name : path + "/" + name, depth: depth + 1, limit: limit)
            }
        default: break
        }
    }

    private static func names(in folder: String) throws(FileFailure) -> [String] {
        guard let listing = opendir(folder) else { throw FileFailure(operation: "read", path: folder, code: errno) }
        defer { closedir(listing) }
        var names: [String] = []
        while let entry = readdir(listing) {
            let bytes = entryName(entry).dropLast().map { UInt8(bitPattern: $0) }
            guard let name = String(validating: bytes, as: UTF8.self) else {
                throw FileFailure(operation: "carry a name that isn't text in", path: folder, code: EILSEQ)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }

    private static func target(of link: String) throws(FileFailure) -> String {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = buffer.withUnsafeMutableBytes { bytes in
            bytes.withMemoryRebound(to: CChar.self) { space in
                space.baseAddress.map { readlink(link, $0, space.count) } ?? -1
            }
        }
        guard count >= 0, count < buffer.count else { throw FileFailure(operation: "read", path: link, code: errno) }
        guard let text = String(validating: buffer[..<count], as: UTF8.self) else {
            throw FileFailure(operation: "carry a link that isn't text", path: link, code: EILSEQ)
        }
        return text
    }

    /// Why this isn't carried; nil if it may be. With `original`, its files and links are searched for that path.
    func refusal(_ limits: CarriedFolders.Limits, refusing original: String?) -> String? {
        guard bytes <= limits.bytes else {
            return "it holds \(bytes >> 20) MB, more than the \(limits.bytes >> 20) MB that are left of the limit"
        }
        guard let original else { return nil }
        let search = ByteSearch(original)
        var searched = 0
        for entry in entries {
            let place = entry.path.isEmpty ? "it" : entry.path
            switch entry.kind {
            case .folder: break
            case .link(let target):
                if target.contains(original) {
                    return "\(place) points to the repository's own path; with a sandbox it could come along"
                }
            case .file:
                searched += entry.size
                guard searched <= limits.searched else {
                    return "it is too large to make sure that nothing in it names the repository's own path; "
                        + "with a sandbox it could come along"
                }
                let path = entry.path.isEmpty ? root : root + "/" + entry.path
                switch Self.file(path, contains: search) {
                case true?: return "\(place) names the repository's own path; with a sandbox it could come along"
                case nil: return "\(place) can't be read"
                case false?: break
                }
            }
        }
        return nil
    }

    /// Whether the bytes are in a file; nil if it can't be read.
    private static func file(_ path: String, contains search: ByteSearch) -> Bool? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return nil }
        defer { _ = close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        var kept = 0
        while true {
            let count = buffer.withUnsafeMutableBytes { bytes in
                read(descriptor, bytes.baseAddress.map { $0 + kept }, bytes.count - kept)
            }
            if count < 0 {
                if errno == EINTR { continue }
                return nil
            }
            if count == 0 { return false }
            let filled = kept + count
            if search.isFound(in: buffer[..<filled]) { return true }
            // A match may begin in this piece and end in the next.
            kept = min(filled, search.needle.count - 1)
            buffer.replaceSubrange(0..<kept, with: Array(buffer[(filled - kept)..<filled]))
        }
    }
}

/// Finds one run of bytes in others, skipping by what the bytes rule out (Horspool's way).
struct ByteSearch: Sendable {
    let needle: [UInt8]
    private let skips: [Int]

    /// - Parameter text: what to find; not empty.
    init(_ text: String) {
        needle = Array(text.utf8)
        var skips = [Int](repeating: max(needle.count, 1), count: 256)
        for (index, byte) in needle.dropLast().enumerated() { skips[Int(byte)] = needle.count - 1 - index }
        self.skips = skips
    }

    func isFound(in bytes: ArraySlice<UInt8>) -> Bool {
        bytes.withUnsafeBufferPointer { bytes in
            let last = needle.count - 1
            var end = last
            while end < bytes.count {
                var back = 0
                while back <= last, bytes[end - back] == needle[last - back] { back += 1 }
                if back > last { return true }
                end += skips[Int(bytes[end])]
            }
            return false
        }
    }
}
