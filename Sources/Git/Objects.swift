import CLibgit2

extension Repository {
    /// The object that a revision (`HEAD~2`, a branch, a tag, an id) names; a tag gives what it points to.
    package func resolve(_ revision: String) throws(GitError) -> ObjectID {
        let object = try parse(revision)
        guard git_object_type(object.pointer) == GIT_OBJECT_TAG else {
            return ObjectID(git_object_id(object.pointer).pointee)
        }
        let target = try Handle("git_object_peel", release: git_object_free) {
            git_object_peel($0, object.pointer, GIT_OBJECT_ANY)
        }
        return ObjectID(git_object_id(target.pointer).pointee)
    }

    private func parse(_ revision: String) throws(GitError) -> Handle {
        do throws(GitError) {
            return try Handle("git_revparse_single", release: git_object_free) {
                git_revparse_single($0, pointer, revision)
            }
        } catch {
            let why = git_repository_head_unborn(pointer) == 1 ? ": there is no commit yet" : ""
            throw error.explained(
                "There is no revision \"\(revision)\" here\(why).",
                hint: "List what there is: git log --oneline --all", code: .notFound)
        }
    }

    /// The tree of a commit, tag or tree.
    package func tree(of revision: String) throws(GitError) -> ObjectID {
        let id = try resolve(revision)
        return ObjectID(git_object_id(try treeish(id).pointer).pointee)
    }

    /// The tree of `HEAD`'s commit, or nil before the first one.
    package func headTree() throws(GitError) -> ObjectID? {
        guard let head = try headCommit() else { return nil }
        return try commitInfo(head).tree
    }

    package func commitInfo(_ id: ObjectID) throws(GitError) -> CommitInfo {
        let commit = try lookUpCommit(id)
        let parents = (0..<git_commit_parentcount(commit.pointer)).compactMap { index in
            git_commit_parent_id(commit.pointer, index).map { ObjectID($0.pointee) }
        }
        guard let tree = git_commit_tree_id(commit.pointer), let author = git_commit_author(commit.pointer),
            let committer = git_commit_committer(commit.pointer)
        else {
            throw GitError(.missingObject, call: "git_commit_lookup", message: "The commit \(id.short) is damaged.")
        }
        return CommitInfo(
            id: id, tree: ObjectID(tree.pointee), parents: parents, author: Signature(author.pointee),
            committer: Signature(committer.pointee),
            message: git_commit_message(commit.pointer).map { String(cString: $0) } ?? "",
            summary: git_commit_summary(commit.pointer).map { String(cString: $0) } ?? "")
    }

    /// The commit's first parent, or nil for the first commit (and for a shallow clone's last one).
    package func firstParent(of id: ObjectID) throws(GitError) -> ObjectID? {
        let info = try commitInfo(id)
        guard let parent = info.parents.first else { return nil }
        guard git_repository_is_shallow(pointer) == 1 else { return parent }
        let shallow = (Paths.contents(commonDirectory + "/shallow", limit: 16 << 20)).map {
            String(decoding: $0, as: UTF8.self)
        }
        return shallow?.contains(id.hex) == true ? nil : parent
    }

    /// A file's bytes in a tree; nil when there is no such file, or it is a folder or a submodule.
    /// - Throws: `tooLarge` over `limit` bytes, `missingObject` when a partial clone hasn't got it.
    package func readBlob(
        path: String, in tree: ObjectID, limit: Int = 8 << 20
    ) throws(GitError) -> [UInt8]? {
        guard let entry = try entry(path: path, in: tree), entry.mode.isBlob else { return nil }
        do throws(GitError) { return try blob(entry.id, limit: limit) } catch {
            guard error.code == .tooLarge || error.code == .missingObject else { throw error }
            throw error.explained("\(path): \(error.message)")
        }
    }

    /// The entry at a path; nil when there is none.
    package func entry(path: String, in tree: ObjectID) throws(GitError) -> TreeEntry? {
        let root = try lookUpTree(tree)
        var found: OpaquePointer?
        let result = git_tree_entry_bypath(&found, root.pointer, path)
        if result == GIT_ENOTFOUND.rawValue {
            git_error_clear()
            return nil
        }
        try check("git_tree_entry_bypath", result)
        defer { git_tree_entry_free(found) }
        guard let found, let id = git_tree_entry_id(found),
            let mode = FileMode(UInt32(git_tree_entry_filemode(found).rawValue))
        else { return nil }
        return TreeEntry(path: path, mode: mode, id: ObjectID(id.pointee), size: nil)
    }

    /// Every file, link and submodule of a tree, in tree order.
    /// - Parameter sizes: whether to look up each file's size, which costs a read of its header.
    package func listFiles(
        in tree: ObjectID, sizes: Bool = false, limit: Int = 1_000_000
    ) throws(GitError) -> [TreeEntry] {
        var entries: [TreeEntry] = []
        let objects = try objectDatabase()
        try list(tree, below: "", depth: 0, limit: limit, into: &entries)
        guard sizes else { return entries }
        for index in entries.indices where entries[index].mode.isBlob {
            var (size, type, id) = (0, GIT_OBJECT_ANY, entries[index].id.oid)
            if git_odb_read_header(&size, &type, objects.pointer, &id) == 0 { entries[index].size = size }
        }
        git_error_clear()
        return entries
    }

    private func list(
        _ id: ObjectID, below folder: String, depth: Int, limit: Int, into entries: inout [TreeEntry]
    ) throws(GitError) {
        guard depth < 256 else {
            throw GitError(.tooLarge, call: "listFiles", message: "\(folder) is nested too deeply.")
        }
        let tree = try lookUpTree(id)
        for index in 0..<git_tree_entrycount(tree.pointer) {
            guard let entry = git_tree_entry_byindex(tree.pointer, index), let name = git_tree_entry_name(entry),
                let id = git_tree_entry_id(entry), let mode = FileMode(UInt32(git_tree_entry_filemode(entry).rawValue))
            else { continue }
            let path = folder + String(cString: name)
            if mode == .directory {
                try list(ObjectID(id.pointee), below: path + "/", depth: depth + 1, limit: limit, into: &entries)
            } else {
                guard entries.count < limit else {
                    throw GitError(.tooLarge, call: "listFiles", message: "The tree has more than \(limit) files.")
                }
                entries.append(TreeEntry(path: path, mode: mode, id: ObjectID(id.pointee), size: nil))
            }
        }
    }

    // MARK: Looking up

    func objectDatabase() throws(GitError) -> Handle {
        try Handle("git_repository_odb", release: git_odb_free) { git_repository_odb($0, pointer) }
    }

    func lookUpCommit(_ id: ObjectID) throws(GitError) -> Handle {
        var oid = id.oid
        do throws(GitError) {
            return try Handle("git_commit_lookup", release: git_commit_free) { git_commit_lookup($0, pointer, &oid) }
        } catch { throw missing(error, "commit", id) }
    }

    func lookUpTree(_ id: ObjectID) throws(GitError) -> Handle {
        var oid = id.oid
        do throws(GitError) {
            return try Handle("git_tree_lookup", release: git_tree_free) { git_tree_lookup($0, pointer, &oid) }
        } catch { throw missing(error, "tree", id) }
    }

    /// The tree of a commit or tree.
    func treeish(_ id: ObjectID) throws(GitError) -> Handle {
        var oid = id.oid
        do throws(GitError) {
            let object = try Handle("git_object_lookup", release: git_object_free) {
                git_object_lookup($0, pointer, &oid, GIT_OBJECT_ANY)
            }
            return try Handle("git_object_peel", release: git_object_free) {
                git_object_peel($0, object.pointer, GIT_OBJECT_TREE)
            }
        } catch { throw missing(error, "tree", id) }
    }

    /// A blob's bytes.
    func blob(_ id: ObjectID, limit: Int) throws(GitError) -> [UInt8] {
        let objects = try objectDatabase()
        var (size, type, oid) = (0, GIT_OBJECT_ANY, id.oid)
        do throws(GitError) {
            try check("git_odb_read_header", git_odb_read_header(&size, &type, objects.pointer, &oid))
            guard size <= limit else {
                throw GitError(
                    .tooLarge, call: "readBlob", message: "\(size) bytes are more than the \(limit) that are read here."
                )
            }
            let object = try Handle("git_odb_read", release: git_odb_object_free) {
                git_odb_read($0, objects.pointer, &oid)
            }
            let bytes = UnsafeRawBufferPointer(
                start: git_odb_object_data(object.pointer), count: git_odb_object_size(object.pointer))
            return Array(bytes)
        } catch { throw missing(error, "file", id) }
    }

    /// Says why an object may be missing. libgit2 can't fetch what a partial clone left behind.
    func missing(_ error: GitError, _ kind: String, _ id: ObjectID) -> GitError {
        guard error.code == .notFound else { return error }
        if (try? isPartialClone()) == true {
            return error.explained(
                "The \(kind) \(id.short) isn't here yet: this is a partial clone, which fetches files when git needs them.",
                hint: "Fetch everything once: git fetch --refetch --no-filter", code: .missingObject)
        }
        if git_repository_is_shallow(pointer) == 1 {
            return error.explained(
                "The \(kind) \(id.short) isn't here: this is a shallow clone.",
                hint: "Fetch the rest: git fetch --unshallow", code: .missingObject)
        }
        return error.explained(
            "The \(kind) \(id.short) doesn't exist in this repository.", hint: "Look for damage: git fsck",
            code: .missingObject)
    }
}
