import CLibgit2

/// One change to a tree.
package enum TreeEdit: Sendable, Hashable {
    /// The file's new bytes. Without a mode it keeps the one it has, or becomes a regular file.
    case write([UInt8], mode: FileMode? = nil)
    case delete
}

/// One change to a tree whose content is stored already.
enum StoredEdit {
    case put(ObjectID, FileMode)
    case delete
}

extension Repository {
    /// A tree that differs from `base` (nil: the empty tree) by some edits. Only objects are written.
    package func writeTree(base: ObjectID?, edits: [String: TreeEdit]) throws(GitError) -> ObjectID {
        var stored: [String: StoredEdit] = [:]
        for (path, edit) in edits {
            switch edit {
            case .delete: stored[path] = .delete
            case .write(let bytes, let mode):
                var kept = mode
                if kept == nil, let base, let old = try entry(path: path, in: base), old.mode.isBlob { kept = old.mode }
                var id = git_oid()
                try check("git_blob_create_from_buffer", git_blob_create_from_buffer(&id, pointer, bytes, bytes.count))
                stored[path] = .put(ObjectID(id), kept ?? .regular)
            }
        }
        return try writeTree(base: base, stored: stored)
    }

    func writeTree(base: ObjectID?, stored: [String: StoredEdit]) throws(GitError) -> ObjectID {
        var edits: [(ArraySlice<Substring>, StoredEdit)] = []
        for (path, edit) in stored {
            if case .put = edit, let problem = Paths.problem(inPath: path) {
                throw GitError(
                    .unsafePath, call: "writeTree", message: "\(path) can't be written: a part of it \(problem).")
            }
            let parts = path.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count < 256 else {
                throw GitError(.unsafePath, call: "writeTree", message: "\(path) is nested too deeply.")
            }
            edits.append((parts[...], edit))
        }
        if let tree = try write(base: base, edits) { return tree }
        return try emptyTree()
    }

    private func emptyTree() throws(GitError) -> ObjectID {
        let builder = try Handle("git_treebuilder_new", release: git_treebuilder_free) {
            git_treebuilder_new($0, pointer, nil)
        }
        var id = git_oid()
        try check("git_treebuilder_write", git_treebuilder_write(&id, builder.pointer))
        return ObjectID(id)
    }

    /// One level of the tree; nil when nothing is left in it.
    private func write(
        base: ObjectID?, _ edits: [(ArraySlice<Substring>, StoredEdit)]
    ) throws(GitError) -> ObjectID? {
        let builder = try treeBuilder(base)
        for (name, group) in Dictionary(grouping: edits, by: { $0.0.first ?? "" }) {
            let direct = group.last { $0.0.count == 1 }?.1
            let nested = group.filter { $0.0.count > 1 }.map { ($0.0.dropFirst(), $0.1) }
            let addsBelow = nested.contains { if case .put = $0.1 { true } else { false } }
            let name = String(name)
            if case .put(let id, let mode) = direct {
                guard !addsBelow else {
                    throw GitError(
                        .invalid, call: "writeTree", message: "\(name) would have to be both a file and a folder.")
                }
                try insert(id, mode, as: name, into: builder)
                continue
            }
            let existing = git_treebuilder_get(builder.pointer, name)
            let folder = existing.flatMap { entry -> ObjectID? in
                guard git_tree_entry_filemode(entry) == GIT_FILEMODE_TREE, let id = git_tree_entry_id(entry) else {
                    return nil
                }
                return ObjectID(id.pointee)
            }
            if direct == nil, folder == nil, !addsBelow { continue }
            let kept = direct == nil ? folder : nil
            if let id = try kept == nil && !addsBelow ? nil : write(base: kept, nested) {
                try insert(id, .directory, as: name, into: builder)
            } else if existing != nil {
                try check("git_treebuilder_remove", git_treebuilder_remove(builder.pointer, name))
            }
        }
        guard git_treebuilder_entrycount(builder.pointer) > 0 else { return nil }
        var id = git_oid()
        try check("git_treebuilder_write", git_treebuilder_write(&id, builder.pointer))
        return ObjectID(id)
    }

    private func treeBuilder(_ base: ObjectID?) throws(GitError) -> Handle {
        guard let base else {
            return try Handle("git_treebuilder_new", release: git_treebuilder_free) {
                git_treebuilder_new($0, pointer, nil)
            }
        }
        let tree = try lookUpTree(base)
        return try Handle("git_treebuilder_new", release: git_treebuilder_free) {
            git_treebuilder_new($0, pointer, tree.pointer)
        }
    }

    private func insert(
        _ id: ObjectID, _ mode: FileMode, as name: String, into builder: borrowing Handle
    ) throws(GitError) {
        var oid = id.oid
        try check(
            "git_treebuilder_insert",
            git_treebuilder_insert(nil, builder.pointer, name, &oid, git_filemode_t(rawValue: .init(mode.rawValue))))
    }
}
