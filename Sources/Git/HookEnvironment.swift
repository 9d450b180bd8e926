import CLibgit2

extension Repository {
    /// The environment for programs that a hook starts: what git set for the hook alone (`GIT_INDEX_FILE`, `GIT_DIR`, …) would make
    /// their git work on this commit's index.
    package static func withoutGit(_ environment: [String: String]) -> [String: String] {
        environment.filter { !$0.key.hasPrefix("GIT_") }
    }

    /// Whether git is in the middle of something: a merge, rebase, cherry-pick, revert, bisect or mailbox.
    package func isInOperation() -> Bool {
        git_repository_state(pointer) != GIT_REPOSITORY_STATE_NONE.rawValue.asInt32
    }

    /// The index's content as a tree, for whoever looks at it after this process; only objects are written.
    package func treeOfIndex() throws(GitError) -> ObjectID {
        let index = try freshIndex()
        var id = git_oid()
        do throws(GitError) {
            try check("git_index_write_tree_to", git_index_write_tree_to(&id, index.pointer, pointer))
        } catch {
            throw error.explained("What is staged can't be kept for a later review: \(error.message)")
        }
        return ObjectID(id)
    }
}
