import CLibgit2Shims

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Making a file that is there whole or not at all, and never replaces one. Not git's own way, which is a `.lock` file
/// beside it: a process that is killed would leave that, and git would refuse to touch the branch ever after.
enum Publication {
    /// Returns 0 or an `errno`: `EEXIST` when the path is taken, `ENOENT` when the folder is gone.
    static func publish(_ text: String, as path: String, in folder: String) -> Int32 {
        let failure = unnamed(text, as: path, in: folder)
        let isFinal = failure == 0 || failure == EEXIST || (failure == ENOENT && Paths.status(folder) == nil)
        return isFinal ? failure : linked(text, as: path, in: folder)
    }

    /// By a file that has no name until it is whole; Linux has such.
    static func unnamed(_ text: String, as path: String, in folder: String) -> Int32 {
        teamfix_git_publish_unnamed(folder, path, text, text.utf8.count)
    }

    /// By a second name for a whole file. When killed in between, a file stays whose first name begins with a dot, which
    /// git skips.
    static func linked(_ text: String, as path: String, in folder: String) -> Int32 {
        let temporary = folder + "/.teamfix-\(getpid())"
        unlink(temporary)
        let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
        guard file >= 0 else { return errno }
        defer { unlink(temporary) }
        let bytes = Array(text.utf8)
        let isWhole = write(file, bytes, bytes.count) == bytes.count && fsync(file) == 0
        let failure = errno
        close(file)
        guard isWhole else { return failure }
        return link(temporary, path) == 0 ? 0 : errno
    }
}
