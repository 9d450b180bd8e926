import CLibgit2

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What the user sees, as a tree: the last commit with everything that isn't committed yet.
package struct Snapshot: Sendable, Hashable {
    package var tree: ObjectID
    /// The commit that `HEAD` stands on; nil before the first one.
    package var base: ObjectID?
    /// The paths that differ from `base`, sorted.
    package var dirtyPaths: [String]
    package var isClean: Bool { dirtyPaths.isEmpty }
}

/// What a snapshot may take in.
package struct SnapshotLimits: Sendable, Hashable {
    package var untrackedFiles = 20_000
    package var fileBytes = 64 << 20
    package var totalBytes = 512 << 20

    package init() {}
}

extension Repository {
    /// The work tree as a tree object, like `git add -A && git write-tree` with an index of its own would make it.
    /// Entries that are skipped (sparse checkout, skip-worktree, assume-unchanged) stay as the index has them. Nested
    /// repositories that aren't submodules are left out.
    /// - Throws: `unmerged`, `filtered` or `tooLarge`, each naming the files.
    ///
    /// - Parameter leavesOut: says of an untracked path whether it stays out: a forgotten key must not get onto a branch.
    package func snapshot(
        limits: SnapshotLimits = SnapshotLimits(), leavesOut: @Sendable (String) -> Bool = { _ in false }
    ) throws(GitError) -> Snapshot {
        let root = try requireWorkTree(to: "take a snapshot of")
        let index = try freshIndex()
        let entries = IndexEntries(index.pointer)
        if !entries.conflicts.isEmpty {
            throw GitError(
                .unmerged, call: "snapshot",
                message: "The index has unresolved conflicts: \(listed(entries.conflicts)).",
                hint:
                    "Resolve them and git add the files, or give up the merge: git merge --abort (or git rebase --abort)."
            )
        }
        let base = try headCommit()
        let headTree = try headTree()
        var edits = try stagedEdits(entries)
        var candidates = try workTreeChanges(entries, root: root)
        if Configuration.flag("core.sparsecheckout", in: try configuration()) == true {
            // Git takes a file that is there, though its entry is skipped, as no longer skipped.
            for path in entries.skipped {
                if let mode = modeOnDisk(path, below: root) { candidates.changed[path] = mode }
            }
        }
        for path in candidates.untracked where leavesOut(path) {
            candidates.changed[path] = nil
            candidates.untracked.remove(path)
        }
        try refuse(candidates, root: root, limits: limits)
        for path in candidates.deleted { edits[path] = .delete }
        for (path, mode) in candidates.changed {
            guard let id = try store(path, mode: mode) else { continue }
            edits[path] = .put(id, mode)
        }
        for (path, edit) in edits where try !differs(path, edit, from: headTree) { edits[path] = nil }
        let tree: ObjectID
        if let headTree, edits.isEmpty { tree = headTree } else { tree = try writeTree(base: headTree, stored: edits) }
        return Snapshot(tree: tree, base: base, dirtyPaths: edits.keys.sorted())
    }

    /// What the index has that `HEAD` hasn't. An entry that is only intended has no content yet.
    private func stagedEdits(_ entries: IndexEntries) throws(GitError) -> [String: StoredEdit] {
        var edits: [String: StoredEdit] = [:]
        let staged = try compare(.staged, paths: [], limits: ChangeLimits())
        for position in 0..<git_diff_num_deltas(staged.pointer) {
            guard let delta = git_diff_get_delta(staged.pointer, position)?.pointee, let raw = delta.new_file.path
            else { continue }
            let path = String(cString: raw)
            if delta.status == GIT_DELTA_DELETED {
                if edits[path] == nil { edits[path] = .delete }
            } else if let mode = FileMode(UInt32(delta.new_file.mode)) {
                edits[path] = .put(ObjectID(delta.new_file.id), mode)
            }
        }
        for path in entries.intended { edits[path] = .delete }
        return edits
    }

    /// What the work tree has that the index hasn't.
    private struct WorkTreeChanges {
        var changed: [String: FileMode] = [:]
        var deleted: [String] = []
        var untracked: Set<String> = []
        var unreadable: [String] = []
    }

    private func workTreeChanges(_ entries: IndexEntries, root: String) throws(GitError) -> WorkTreeChanges {
        var found = WorkTreeChanges()
        let config = try configuration()
        let tracksModes = Configuration.flag("core.filemode", in: config) != false
        let tracksLinks = Configuration.flag("core.symlinks", in: config) != false
        let diff = try compare(.untracked, paths: [], limits: ChangeLimits())
        for position in 0..<git_diff_num_deltas(diff.pointer) {
            guard let delta = git_diff_get_delta(diff.pointer, position)?.pointee, let raw = delta.new_file.path
            else { continue }
            let path = String(cString: raw)
            if entries.kept.contains(path) { continue }
            var mode = FileMode(UInt32(delta.new_file.mode))
            let old = FileMode(UInt32(delta.old_file.mode))
            if !tracksModes, mode?.isFile == true { mode = old?.isFile == true ? old : .regular }
            if !tracksLinks, mode?.isFile == true, old == .symlink { mode = old }
            switch delta.status {
            case GIT_DELTA_DELETED:
                found.deleted.append(path)
            case GIT_DELTA_UNREADABLE:
                found.unreadable.append(path)
            case GIT_DELTA_UNTRACKED:
                guard let mode, mode.isBlob else { continue }
                found.untracked.insert(path)
                found.changed[path] = mode
            case GIT_DELTA_MODIFIED, GIT_DELTA_TYPECHANGE, GIT_DELTA_ADDED:
                // A tracked file that became a folder is gone; the folder's files come by themselves.
                guard let mode, mode != .directory else {
                    found.deleted.append(path)
                    continue
                }
                found.changed[path] = mode
            default: continue
            }
        }
        for path in entries.intended where found.changed[path] == nil {
            if let mode = modeOnDisk(path, below: root) { found.changed[path] = mode }
        }
        return found
    }

    /// Refuses what can't be stored faithfully, or is too much.
    private func refuse(_ found: WorkTreeChanges, root: String, limits: SnapshotLimits) throws(GitError) {
        if !found.unreadable.isEmpty {
            throw GitError(
                .system(EACCES), call: "snapshot", message: "These files can't be read: \(listed(found.unreadable)).",
                hint: "Make them readable, or list them in .gitignore.")
        }
        guard found.untracked.count <= limits.untrackedFiles else {
            throw GitError(
                .tooLarge, call: "snapshot",
                message:
                    "\(found.untracked.count) files are untracked, more than the \(limits.untrackedFiles) that a snapshot takes.",
                hint:
                    "List generated folders in .gitignore (for example: \(listed(found.untracked.sorted(), limit: 3)))."
            )
        }
        var (filtered, large, total): ([String], [String], Int) = ([], [], 0)
        let config = try configuration()
        for (path, mode) in found.changed where mode.isBlob {
            let size = Int(Paths.status(root + "/" + path)?.st_size ?? 0)
            total += size
            if size > limits.fileBytes { large.append(path) }
            guard mode.isFile else { continue }
            let values = try attributes(Attributes.filtering, for: path)
            guard let filter = Attributes.filter(values) else { continue }
            if try rewrites(filter, root + "/" + path, config: config) { filtered.append("\(path) (\(filter))") }
        }
        if !filtered.isEmpty {
            throw GitError(
                .filtered, call: "snapshot",
                message:
                    "A filter would rewrite these changed files, and teamfix runs no filters: \(listed(filtered.sorted())).",
                hint: "Commit or stash them first (git stash push -- FILE), then run teamfix again.")
        }
        guard large.isEmpty, total <= limits.totalBytes else {
            let files = large.isEmpty ? listed(found.untracked.sorted()) : listed(large.sorted())
            throw GitError(
                .tooLarge, call: "snapshot",
                message: "What isn't committed is too large for a snapshot (\(total >> 20) MiB): \(files).",
                hint: "List what is generated in .gitignore, or commit it.")
        }
    }

    /// Whether a filter would change the file's content. A filter without a command does nothing, except LFS, whose files
    /// must not end up in the repository as they are.
    private func rewrites(_ filter: String, _ path: String, config: borrowing Handle) throws(GitError) -> Bool {
        if filter.hasPrefix("working-tree-encoding=") || filter == "lfs" { return true }
        if filter == "ident" {
            let bytes = Paths.contents(path, limit: 64 << 20) ?? []
            let mark = Array("$Id".utf8)
            return bytes.indices.contains { bytes[$0] == mark[0] && bytes[$0...].starts(with: mark) }
        }
        return Configuration.string("filter.\(filter).clean", in: config) != nil
            || Configuration.string("filter.\(filter).process", in: config) != nil
    }

    /// Stores a file of the work tree as git would: line endings by its rules, a link's target, a submodule's commit.
    private func store(_ path: String, mode: FileMode) throws(GitError) -> ObjectID? {
        if mode == .submodule {
            let submodule = try Handle("git_submodule_lookup", release: git_submodule_free) {
                git_submodule_lookup($0, pointer, path)
            }
            return git_submodule_wd_id(submodule.pointer).map { ObjectID($0.pointee) }
        }
        var id = git_oid()
        do throws(GitError) {
            try check("git_blob_create_from_workdir", git_blob_create_from_workdir(&id, pointer, path))
        } catch {
            throw error.explained("\(path) can't be stored: \(error.message)")
        }
        return ObjectID(id)
    }

    private func differs(_ path: String, _ edit: StoredEdit, from tree: ObjectID?) throws(GitError) -> Bool {
        var old: TreeEntry?
        if let tree { old = try entry(path: path, in: tree) }
        return switch edit {
        case .delete: old != nil
        case .put(let id, let mode): old?.id != id || old?.mode != mode
        }
    }

    /// The mode of a file or link that is on disk, not behind a link.
    private func modeOnDisk(_ path: String, below root: String) -> FileMode? {
        guard let status = Paths.status(path, below: root) else { return nil }
        switch status.st_mode & S_IFMT {
        case S_IFLNK: return .symlink
        case S_IFREG:
            let isExecutable = status.st_mode & 0o100 != 0
            guard isExecutable, let config = try? configuration() else { return .regular }
            return Configuration.flag("core.filemode", in: config) == false ? .regular : .executable
        default: return nil
        }
    }
}

/// The index's entries that need care.
struct IndexEntries {
    /// Paths with conflicts.
    var conflicts: [String] = []
    /// Paths that are only intended to be added.
    var intended: Set<String> = []
    /// Paths whose work tree state doesn't count: skip-worktree and assume-unchanged.
    var kept: Set<String> = []
    /// The skip-worktree ones of them.
    var skipped: [String] = []

    init(_ index: OpaquePointer) {
        for position in 0..<git_index_entrycount(index) {
            guard let entry = git_index_get_byindex(index, position)?.pointee else { continue }
            let extended = Int(entry.flags_extended)
            let isSkipped = extended & Int(GIT_INDEX_ENTRY_SKIP_WORKTREE.rawValue) != 0
            let isIntended = extended & Int(GIT_INDEX_ENTRY_INTENT_TO_ADD.rawValue) != 0
            let isAssumed = Int(entry.flags) & Int(GIT_INDEX_ENTRY_VALID.rawValue) != 0
            let isConflict = git_index_entry_stage(git_index_get_byindex(index, position)) > 0
            guard isSkipped || isIntended || isAssumed || isConflict, let raw = entry.path else { continue }
            let path = String(cString: raw)
            if isConflict, conflicts.last != path { conflicts.append(path) }
            if isIntended { intended.insert(path) }
            if isSkipped || isAssumed { kept.insert(path) }
            if isSkipped { skipped.append(path) }
        }
    }
}
