import CLibgit2

/// What a repository has read of its index.
struct KnownIndex: Sendable {
    /// Which index libgit2 finds in the repository.
    enum Attached: Sendable, Equatable {
        /// None yet: it would read the repository's own.
        case nothing
        /// One that holds the `.gitattributes` files and nothing else.
        case attributes(IndexFile.Stamp)
        case whole
    }

    var file: IndexFile?
    var attached = Attached.nothing
}

/// The index is read by teamfix itself where that will do, as libgit2 takes ten times as long; and by libgit2 where its functions need all of it,
/// or where only libgit2 can say what is wrong with it.
extension Repository {
    /// The most `.gitattributes` files, and the most staged paths, that are put into an index of their own.
    static let mostListed = 20_000

    /// The index that git would take: the one that `GIT_INDEX_FILE` names, from the work tree's root, or the repository's own.
    nonisolated var indexPath: String {
        guard let named = location.indexFile else { return gitDirectory + "/index" }
        return Paths.absolute(named, in: workTree ?? location.searchedFrom ?? gitDirectory)
    }

    /// The index as it is on disk now; nil when libgit2 has to read it.
    func readableIndex() -> IndexFile? {
        if let known = index.file, known.stamp == IndexFile.stamp(indexPath) { return known }
        index.file = IndexFile.read(indexPath)
        return index.file
    }

    /// Whether there are submodules, and the contents' ids of the `.gitattributes` files.
    func indexSummary() throws(GitError) -> (hasSubmodules: Bool, attributeFiles: [ObjectID]) {
        if let file = readableIndex() {
            return (file.hasSubmodules, file.attributeFiles.map { ObjectID(raw: file.id($0)) })
        }
        let index = try freshIndex()
        var hasSubmodules = false
        var attributeFiles: [ObjectID] = []
        for position in 0..<git_index_entrycount(index.pointer) {
            guard let entry = git_index_get_byindex(index.pointer, position), let raw = entry.pointee.path else {
                continue
            }
            if entry.pointee.mode & IndexLayout.kind == IndexLayout.gitlink { hasSubmodules = true }
            let path = String(cString: raw)
            if path == ".gitattributes" || path.hasSuffix("/.gitattributes") {
                attributeFiles.append(ObjectID(entry.pointee.id))
            }
        }
        return (hasSubmodules, attributeFiles)
    }

    // MARK: libgit2's index

    /// The whole index as it is on disk now, in libgit2's hands.
    func freshIndex() throws(GitError) -> Handle {
        do throws(GitError) {
            if index.attached != .whole {
                try attachWholeIndex()
                index.attached = .whole
            }
            let index = try Handle("git_repository_index", release: git_index_free) {
                git_repository_index($0, pointer)
            }
            try check("git_index_read", git_index_read(index.pointer, 0))
            return index
        } catch {
            throw explainedIndexError(error)
        }
    }

    private func attachWholeIndex() throws(GitError) {
        let own = gitDirectory + "/index"
        if indexPath == own || Paths.resolved(indexPath).map({ $0 == Paths.resolved(own) }) == true {
            // It is opened when it is asked for.
            try check("git_repository_set_index", git_repository_set_index(pointer, nil))
            return
        }
        let index = try Handle("git_index_open", release: git_index_free) { git_index_open($0, indexPath) }
        try check("git_repository_set_index", git_repository_set_index(pointer, index.pointer))
    }

    /// Gives libgit2 the index that it looks into by itself, for attributes. Must come before what asks for them.
    func attachIndex() throws(GitError) {
        guard index.attached != .whole else { return }
        guard let file = readableIndex(), file.attributeFiles.count <= Self.mostListed else {
            _ = try freshIndex()
            return
        }
        guard index.attached != .attributes(file.stamp) else { return }
        guard let small = try smallIndex(file.attributeFiles, of: file) else {
            _ = try freshIndex()
            return
        }
        try check("git_repository_set_index", git_repository_set_index(pointer, small.pointer))
        index.attached = .attributes(file.stamp)
    }

    /// An index in memory with some entries of one that was read; nil when libgit2 doesn't take them.
    func smallIndex(_ numbers: [Int], of file: IndexFile) throws(GitError) -> Handle? {
        let small = try Handle("git_index_new", release: git_index_free) { git_index_new($0) }
        for number in numbers {
            var entry = git_index_entry()
            entry.mode = file.mode(number)
            entry.flags = UInt16(file.stage(number)) << 12
            entry.id = ObjectID(raw: file.id(number)).oid
            let path = CStrings(bytes: [Array(file.pathBytes(number))])
            entry.path = path.array.strings[0].map { UnsafePointer($0) }
            guard git_index_add(small.pointer, &entry) == 0 else {
                git_error_clear()
                return nil
            }
        }
        return small
    }

    // MARK: Errors

    /// libgit2 knows neither split nor sparse indexes; the file's extensions tell which one it is.
    private func explainedIndexError(_ error: GitError) -> GitError {
        let bytes = Paths.contents(indexPath, limit: 256 << 20) ?? []
        let says = { (name: String) in
            let name = Array(name.utf8)
            return bytes.indices.dropLast(3).contains { bytes[$0] == name[0] && bytes[$0...].starts(with: name) }
        }
        if says("sdir") {
            return error.explained(
                "The index is a sparse index, which libgit2 can't read.",
                hint: "Make it a full one (the sparse checkout stays): git sparse-checkout reapply --no-sparse-index",
                code: .unsupported)
        }
        if says("link") {
            return error.explained(
                "The index is a split index, which libgit2 can't read.",
                hint: "Make it whole: git update-index --no-split-index", code: .unsupported)
        }
        return error.explained("The index can't be read: \(error.message)", hint: "Check it with: git status")
    }
}
