import CLibgit2

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What went wrong in the repository, in words for a person: what happened and why (`message`), and what to do (`hint`).
package struct GitError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kind of failure; decide by this, never by the text.
    package enum Code: Sendable, Equatable {
        /// No repository at or above the folder.
        case notARepository
        /// The repository uses something that libgit2 can't read (SHA-256, reftable, split index, …).
        case unsupported
        /// The repository belongs to someone else and isn't listed in `safe.directory`.
        case unsafeOwner
        /// The operation needs a work tree, and the repository is bare.
        case bare
        /// A revision, reference, path or configuration key doesn't exist.
        case notFound
        /// An object that should be there isn't: a partial clone's, or damage.
        case missingObject
        /// The name is taken, or clashes with one that is.
        case exists
        /// The index has unresolved conflicts.
        case unmerged
        /// A filter (LFS, clean/smudge, ident, working-tree-encoding) would have to run.
        case filtered
        /// A stated limit is exceeded.
        case tooLarge
        /// A path that leaves the tree or reaches into `.git`.
        case unsafePath
        /// No name or address for commits.
        case missingIdentity
        /// Something else has changed what was about to be changed.
        case modified
        /// The argument isn't acceptable.
        case invalid
        /// The operating system refused; its `errno`.
        case system(Int32)
        /// Any other libgit2 return code.
        case library(Int32)
    }

    package var code: Code
    /// The function that failed.
    package var call: String
    package var message: String
    package var hint: String?

    package init(_ code: Code, call: String, message: String, hint: String? = nil) {
        self.code = code
        self.call = call
        self.message = message
        self.hint = hint
    }

    package var description: String {
        hint.map { "\(message)\n\($0)" } ?? message
    }
}

extension GitError {
    /// The error of a libgit2 call that has just returned `result` on this thread: libgit2 keeps its message per thread.
    init(_ call: String, result: Int32) {
        let text = git_error_last().flatMap { $0.pointee.message.map { String(cString: $0) } }
        let code: Code =
            switch result {
            case GIT_ENOTFOUND.rawValue: .notFound
            case GIT_EEXISTS.rawValue: .exists
            case GIT_EBAREREPO.rawValue: .bare
            case GIT_EUNMERGED.rawValue, GIT_EMERGECONFLICT.rawValue: .unmerged
            case GIT_EMODIFIED.rawValue: .modified
            case GIT_EINVALIDSPEC.rawValue, GIT_EAMBIGUOUS.rawValue: .invalid
            case GIT_EOWNER.rawValue: .unsafeOwner
            default: .library(result)
            }
        self.init(code, call: call, message: text ?? "\(call) failed with code \(result)")
        git_error_clear()
    }

    /// The error of a system call that has just failed on this thread.
    static func system(_ call: String, _ what: String, _ number: Int32 = errno) -> GitError {
        GitError(.system(number), call: call, message: "\(what): \(String(cString: strerror(number)))")
    }

    /// The same error with a message and a hint for a person.
    func explained(_ message: String, hint: String? = nil, code: Code? = nil) -> GitError {
        GitError(code ?? self.code, call: call, message: message, hint: hint ?? self.hint)
    }
}

/// Turns a negative return code into an error. Must run on the thread that made the call: no `await` between the two.
@discardableResult
func check(_ call: String, _ result: Int32) throws(GitError) -> Int32 {
    guard result < 0 else { return result }
    throw GitError(call, result: result)
}

/// Up to `limit` of `names`, and how many more there are.
func listed(_ names: [String], limit: Int = 5) -> String {
    let shown = names.prefix(limit).joined(separator: ", ")
    return names.count > limit ? "\(shown) and \(names.count - limit) more" : shown
}
