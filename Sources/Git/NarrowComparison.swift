import CLibgit2

/// Comparisons that look at what differs between `HEAD` and the index and at nothing else on that side.
extension Repository {
    /// The comparison of `selection`, or nil when libgit2 has to look at everything: for other selections, for patterns, where the index isn't
    /// one that is read here.
    func compareNarrowly(
        _ selection: ChangeSelection, _ paths: [String], _ options: inout git_diff_options
    ) throws(GitError) -> Handle? {
        switch selection {
        case .staged: return try compareStaged(paths, &options)
        case .all: return try compareAll(paths, &options)
        default: return nil
        }
    }

    /// What libgit2 does in one call: `HEAD` with the index, the index with the work tree, and the two put together.
    private func compareAll(_ paths: [String], _ options: inout git_diff_options) throws(GitError) -> Handle? {
        _ = try requireWorkTree(to: "compare")
        // An entry that is only intended counts as empty here. And both sides must be in one order, which is another one where
        // the file system doesn't tell capitals from small letters.
        guard readableIndex()?.hasIntended == false,
            Configuration.flag("core.ignorecase", in: try configuration()) != true
        else { return nil }
        let index = try freshIndex()
        guard let staged = try compareStaged(paths, &options) else { return nil }
        let pathspec = CStrings(paths)
        options.pathspec = pathspec.array
        defer { options.pathspec = git_strarray() }
        let repository = pointer
        let unstaged = try Handle("git_diff_index_to_workdir", release: git_diff_free) {
            git_diff_index_to_workdir($0, repository, index.pointer, &options)
        }
        try check("git_diff_merge", git_diff_merge(staged.pointer, unstaged.pointer))
        return staged
    }

    /// Compares `HEAD` with the index, at the paths that differ; nil when libgit2 has to compare everything.
    private func compareStaged(_ paths: [String], _ options: inout git_diff_options) throws(GitError) -> Handle? {
        guard !paths.contains(where: { ["", ".", "/"].contains($0) }), let file = readableIndex() else { return nil }
        let head = try headTree()
        let objects = try objectDatabase()
        guard
            let staged = StagedPaths.find(
                tree: head?.oid, index: file, objects: objects.pointer, limit: Self.mostListed),
            let small = try smallIndex(staged.entries, of: file)
        else { return nil }
        // Line endings and kinds of text are looked up when hunks are made.
        try attachIndex()
        let wanted = paths.map { Array(Paths.withoutTrailingSlash($0).utf8) }
        let chosen = staged.paths.filter { path in
            wanted.isEmpty
                || wanted.contains { path.starts(with: $0) && (path.count == $0.count || path[$0.count] == 0x2F) }
        }
        let repository = pointer
        guard !chosen.isEmpty else {
            // An empty list would mean everything.
            let nothing = try Handle("git_index_new", release: git_index_free) { git_index_new($0) }
            return try Handle("git_diff_tree_to_index", release: git_diff_free) {
                git_diff_tree_to_index($0, repository, nil, nothing.pointer, &options)
            }
        }
        let pathspec = CStrings(bytes: chosen)
        options.pathspec = pathspec.array
        defer { options.pathspec = git_strarray() }
        guard let head else {
            return try Handle("git_diff_tree_to_index", release: git_diff_free) {
                git_diff_tree_to_index($0, repository, nil, small.pointer, &options)
            }
        }
        let tree = try lookUpTree(head)
        return try Handle("git_diff_tree_to_index", release: git_diff_free) {
            git_diff_tree_to_index($0, repository, tree.pointer, small.pointer, &options)
        }
    }
}
