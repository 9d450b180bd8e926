#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Paths: pure text rules, and the few questions to the file system that the rules need.
enum Paths {
    /// Why a name can't be an entry of a tree, or nil when it can. Git refuses the same names: a tree is data from outside.
    static func problem(inComponent name: String) -> String? {
        switch name {
        case "": return "has an empty name"
        case ".", "..": return "is called \(name)"
        default: break
        }
        if name.utf8.contains(0x2F) || name.utf8.contains(0) { return "has a slash or a zero byte in its name" }
        if isDotGit(name) { return "is a name for .git" }
        return nil
    }

    /// Why a relative path can't be written below a directory, or nil when it can.
    static func problem(inPath path: String) -> String? {
        for name in path.split(separator: "/", omittingEmptySubsequences: false) {
            if let problem = problem(inComponent: String(name)) { return problem }
        }
        return nil
    }

    /// Whether some file system takes `name` for `.git`: other case, NTFS short names and streams, trailing dots and
    /// spaces, and the code points that HFS+ ignores.
    private static func isDotGit(_ name: String) -> Bool {
        guard name.utf8.count < 64 else { return false }
        let ignored: [ClosedRange<UInt32>] = [0x200C...0x200F, 0x202A...0x202E, 0x206A...0x206F, 0xFEFF...0xFEFF]
        var plain = ""
        for scalar in name.unicodeScalars where !ignored.contains(where: { $0.contains(scalar.value) }) {
            plain.unicodeScalars.append(scalar)
        }
        plain = plain.lowercased()
        if let end = plain.firstIndex(where: { $0 == ":" || $0 == "\\" }) { plain = String(plain[..<end]) }
        while plain.hasSuffix(".") || plain.hasSuffix(" ") { plain.removeLast() }
        return plain == ".git" || plain == "git~1"
    }

    /// `path` made absolute against `folder`.
    static func absolute(_ path: String, in folder: String) -> String {
        path.hasPrefix("/") ? path : folder + "/" + path
    }

    /// Without the last `/`, but for the root.
    static func withoutTrailingSlash(_ path: String) -> String {
        var path = path[...]
        while path.count > 1, path.hasSuffix("/") { path = path.dropLast() }
        return String(path)
    }

    /// Whether `path` is `folder` or lies below it; both already resolved.
    static func lies(_ path: String, within folder: String) -> Bool {
        path == folder || path.hasPrefix(folder.hasSuffix("/") ? folder : folder + "/")
    }

    /// The folder that holds `path`.
    static func parent(of path: String) -> String {
        let path = withoutTrailingSlash(path)
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The path with its links resolved, or nil when it doesn't exist.
    static func resolved(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }

    /// What lies at `path`, the link itself if it is one.
    static func status(_ path: String) -> stat? {
        var status = stat()
        return lstat(path, &status) == 0 ? status : nil
    }

    /// What lies at a relative path, unless a folder on the way there is a link.
    static func status(_ path: String, below root: String) -> stat? {
        var folder = root
        for name in path.split(separator: "/").dropLast() {
            folder += "/" + name
            guard let status = status(folder), status.st_mode & S_IFMT == S_IFDIR else { return nil }
        }
        return status(root + "/" + path)
    }

    /// Whether a directory is at `path`.
    static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// A small file's bytes, or nil when it can't be read or is larger than `limit`.
    static func contents(_ path: String, limit: Int = 1 << 20) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= limit else { return nil }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count <= limit {
            let count = read(file, &chunk, chunk.count)
            if count < 0 { return nil }
            if count == 0 { return bytes }
            bytes.append(contentsOf: chunk[..<count])
        }
        return nil
    }

    /// A small file's first line without its end, or nil.
    static func firstLine(_ path: String) -> String? {
        contents(path, limit: 1 << 16).map { String(decoding: $0.prefix { $0 != 10 && $0 != 13 }, as: UTF8.self) }
    }
}
