import CLibgit2

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Writes files below one folder. Every step is relative to an open folder, makes something new and follows no link, so
/// nothing in a tree can lead a write elsewhere.
struct CheckoutWriter {
    let root: Int32
    let repository: OpaquePointer
    let objects: OpaquePointer
    let lineEndings: LineEndings
    /// What the first pass made.
    private var made: Set<Int> = []

    init(root: Int32, repository: OpaquePointer, objects: OpaquePointer, lineEndings: LineEndings) {
        self.root = root
        self.repository = repository
        self.objects = objects
        self.lineEndings = lineEndings
    }

    /// Writes one file, and the folders above it, ahead of the rest.
    mutating func writeFirst(
        _ index: Int, of contents: TreeContents, into report: inout CheckoutReport
    ) throws(GitError) {
        var open = [root]
        defer { for directory in open.dropFirst() { close(directory) } }
        for folder in contents.folders(above: index) {
            open.append(try enter(contents.entries[folder], in: open[open.count - 1], isMade: made.contains(folder)))
            made.insert(folder)
        }
        try write(contents.entries[index], in: open[open.count - 1], values: [:], isPlain: true, into: &report)
        made.insert(index)
    }

    /// Gives a file that was written first the line endings that its own attributes ask for.
    func finish(_ index: Int, of contents: TreeContents, attributes: OpaquePointer) throws(GitError) {
        let entry = contents.entries[index]
        // Read before the file is removed: it may be the one that they stand in.
        let values = try Attributes.read(LineEndings.attributes, for: entry.path, in: attributes)
        guard lineEndings.conversion(values) != .none else { return }
        var open = [root]
        defer { for directory in open.dropFirst() { close(directory) } }
        for folder in contents.folders(above: index) {
            open.append(try enter(contents.entries[folder], in: open[open.count - 1], isMade: true))
        }
        guard unlinkat(open[open.count - 1], entry.name, 0) == 0 else {
            throw GitError.system("unlinkat", "Can't write \(entry.path)")
        }
        var counted = CheckoutReport()
        try write(entry, in: open[open.count - 1], values: values, into: &counted)
    }

    /// Writes everything that isn't there yet.
    func write(
        _ contents: TreeContents, attributes: OpaquePointer?, into report: inout CheckoutReport
    ) throws(GitError) {
        var open: [(directory: Int32, end: Int)] = []
        defer { for folder in open { close(folder.directory) } }
        for index in contents.entries.indices {
            while let last = open.last, last.end <= index {
                close(last.directory)
                open.removeLast()
            }
            let directory = open.last?.directory ?? root
            let entry = contents.entries[index]
            switch entry.mode {
            case .directory:
                open.append((try enter(entry, in: directory, isMade: made.contains(index)), entry.end))
            case .submodule:
                guard mkdirat(directory, entry.name, 0o777) == 0 else {
                    throw GitError.system("mkdirat", "Can't make \(entry.path)")
                }
                report.submodules.append(entry.path)
            default:
                if made.contains(index) { continue }
                var values: [String: AttributeValue] = [:]
                if let attributes, entry.mode.isFile {
                    let names = LineEndings.attributes + Attributes.filtering
                    values = try Attributes.read(names, for: entry.path, in: attributes)
                }
                try write(entry, in: directory, values: values, isPlain: attributes == nil, into: &report)
            }
        }
    }

    private func enter(_ entry: TreeContents.Entry, in directory: Int32, isMade: Bool) throws(GitError) -> Int32 {
        if !isMade, mkdirat(directory, entry.name, 0o777) != 0 {
            throw GitError.system("mkdirat", "Can't make \(entry.path)")
        }
        let folder = openat(directory, entry.name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard folder >= 0 else { throw GitError.system("openat", "Can't open \(entry.path)") }
        return folder
    }

    private func write(
        _ entry: TreeContents.Entry, in directory: Int32, values: [String: AttributeValue], isPlain: Bool = false,
        into report: inout CheckoutReport
    ) throws(GitError) {
        var (object, id): (OpaquePointer?, git_oid) = (nil, entry.id)
        let result = git_odb_read(&object, objects, &id)
        defer { git_odb_object_free(object) }
        do throws(GitError) { try check("git_odb_read", result) } catch {
            throw error.explained("\(entry.path) can't be read (\(error.message))")
        }
        guard let object, git_odb_object_type(object) == GIT_OBJECT_BLOB else {
            throw GitError(.unsafePath, call: "checkout", message: "\(entry.path) isn't a file in the repository.")
        }
        let bytes = UnsafeRawBufferPointer(start: git_odb_object_data(object), count: git_odb_object_size(object))
        report.files += 1
        report.bytes += bytes.count
        if entry.mode == .symlink {
            let target = bytes.map { CChar(bitPattern: $0) } + [0]
            let result = symlinkat(target, directory, entry.name)
            guard result == 0 else { throw GitError.system("symlinkat", "Can't make the link \(entry.path)") }
            return
        }
        if Attributes.filter(values) != nil { report.unfiltered.append(entry.path) }
        if !isPlain, let converted = LineEndings.converted(bytes, lineEndings.conversion(values)) {
            return try converted.withUnsafeBytesThrowing { (bytes) throws(GitError) in
                try create(entry, in: directory, bytes)
            }
        }
        try create(entry, in: directory, bytes)
    }

    private func create(
        _ entry: TreeContents.Entry, in directory: Int32, _ bytes: UnsafeRawBufferPointer
    ) throws(GitError) {
        let mode: mode_t = entry.mode == .executable ? 0o777 : 0o666
        let file = openat(directory, entry.name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
        guard file >= 0 else { throw GitError.system("openat", "Can't make \(entry.path)") }
        defer { close(file) }
        try writeAll(bytes, to: file, named: entry.path)
    }
}

/// Writes all bytes to an open file.
func writeAll(_ bytes: UnsafeRawBufferPointer, to file: Int32, named name: String) throws(GitError) {
    var rest = bytes[...]
    while !rest.isEmpty {
        let count = write(file, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if count < 0 {
            if errno == EINTR { continue }
            throw GitError.system("write", "Can't write \(name)")
        }
        rest = rest.dropFirst(count)
    }
}

extension Array<UInt8> {
    /// `withUnsafeBytes` with a typed error.
    func withUnsafeBytesThrowing(
        _ body: (UnsafeRawBufferPointer) throws(GitError) -> Void
    ) throws(GitError) {
        let result = withUnsafeBytes { bytes -> Result<Void, GitError> in
            do throws(GitError) { return .success(try body(bytes)) } catch { return .failure(error) }
        }
        try result.get()
    }
}

/// Removing a folder with all that is in it.
enum FolderRemoval {
    static func remove(_ path: String) throws(GitError) {
        try remove(path, in: AT_FDCWD, named: path, depth: 0)
    }

    private static func remove(_ name: String, in directory: Int32, named path: String, depth: Int) throws(GitError) {
        guard depth < 1000 else {
            throw GitError(.unsafePath, call: "remove", message: "\(path) is nested too deeply.")
        }
        var folder = openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        if folder < 0, errno == ENOENT { return }
        if folder < 0, errno == EACCES {
            fchmodat(directory, name, 0o700, 0)
            folder = openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        }
        guard folder >= 0, let list = fdopendir(folder) else { throw GitError.system("open", "Can't remove \(path)") }
        var isOpened = false
        while let entry = readdir(list) {
            let child = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if child == "." || child == ".." { continue }
            let isFolder = entry.pointee.d_type == UInt8(DT_DIR)
            if !isFolder, unlinkat(folder, child, 0) == 0 { continue }
            // A build may have taken the right to write away from its own folders.
            if !isFolder, errno == EACCES, !isOpened, fchmod(folder, 0o700) == 0 {
                isOpened = true
                if unlinkat(folder, child, 0) == 0 { continue }
            }
            if !isOpened { _ = fchmod(folder, 0o700) }
            isOpened = true
            do throws(GitError) {
                try remove(child, in: folder, named: path + "/" + child, depth: depth + 1)
            } catch {
                closedir(list)
                throw error
            }
        }
        closedir(list)
        if unlinkat(directory, name, AT_REMOVEDIR) != 0, errno != ENOENT {
            throw GitError.system("unlinkat", "Can't remove \(path)")
        }
    }
}
