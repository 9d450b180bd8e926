import CLibgit2

/// Something that is there and that git ignores.
package struct IgnoredPath: Sendable, Hashable {
    /// Relative to the work tree, without a last `/`.
    package var path: String
    package var isDirectory: Bool
}

extension Repository {
    /// The topmost ignored folders and files that are there (`node_modules`, `.venv`, `build`, …), folders first.
    package func ignoredPaths(limit: Int = 10_000) throws(GitError) -> [IgnoredPath] {
        _ = try requireWorkTree(to: "look through")
        let index = try freshIndex()
        var options = git_diff_options()
        try check("git_diff_options_init", git_diff_options_init(&options, UInt32(GIT_DIFF_OPTIONS_VERSION)))
        options.flags |= GIT_DIFF_INCLUDE_IGNORED.bits | GIT_DIFF_INCLUDE_UNTRACKED.bits
        options.flags |= GIT_DIFF_RECURSE_UNTRACKED_DIRS.bits | GIT_DIFF_IGNORE_SUBMODULES.bits
        let diff = try Handle("git_diff_index_to_workdir", release: git_diff_free) {
            git_diff_index_to_workdir($0, pointer, index.pointer, &options)
        }
        var found: [IgnoredPath] = []
        for position in 0..<git_diff_num_deltas(diff.pointer) {
            guard let delta = git_diff_get_delta(diff.pointer, position)?.pointee, delta.status == GIT_DELTA_IGNORED,
                let raw = delta.new_file.path
            else { continue }
            let path = String(cString: raw)
            found.append(IgnoredPath(path: Paths.withoutTrailingSlash(path), isDirectory: path.hasSuffix("/")))
        }
        found.sort { ($0.isDirectory ? 0 : 1, $0.path) < ($1.isDirectory ? 0 : 1, $1.path) }
        return Array(found.prefix(limit))
    }

    /// The ignored folders among `ignoredPaths`.
    package func ignoredDirectories(limit: Int = 10_000) throws(GitError) -> [String] {
        try ignoredPaths(limit: limit).filter(\.isDirectory).map(\.path)
    }
}
