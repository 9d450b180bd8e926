import CLibgit2

/// The version of libgit2 that is there, such as `1.5.1`.
///
/// - Throws: `GitError` when it can't be loaded.
package func libgit2Version() throws(GitError) -> String {
    try Library.load()
    var (major, minor, revision): (Int32, Int32, Int32) = (0, 0, 0)
    git_libgit2_version(&major, &minor, &revision)
    return "\(major).\(minor).\(revision)"
}
