import CLibgit2

extension Repository {
    /// Stores a commit. No reference moves.
    package func commit(
        tree: ObjectID, parents: [ObjectID], message: String, author: Signature, committer: Signature
    ) throws(GitError) -> ObjectID {
        let treeHandle = try lookUpTree(tree)
        let author = try signature(author)
        let committer = try signature(committer)
        var loaded: [OpaquePointer?] = []
        defer { for parent in loaded { git_commit_free(parent) } }
        for parent in parents {
            var (commit, id): (OpaquePointer?, git_oid) = (nil, parent.oid)
            let result = git_commit_lookup(&commit, pointer, &id)
            do throws(GitError) { try check("git_commit_lookup", result) } catch {
                throw missing(error, "commit", parent)
            }
            loaded.append(commit)
        }
        var id = git_oid()
        let text = message.hasSuffix("\n") ? message : message + "\n"
        try check(
            "git_commit_create",
            git_commit_create(
                &id, pointer, nil, author.pointee, committer.pointee, nil, text, treeHandle.pointer, loaded.count,
                &loaded))
        return ObjectID(id)
    }

    func signature(_ signature: Signature) throws(GitError) -> SignatureHandle {
        var made: UnsafeMutablePointer<git_signature>?
        try check(
            "git_signature_new",
            git_signature_new(&made, signature.name, signature.email, signature.time, Int32(signature.offset)))
        guard let made else { throw GitError("git_signature_new", result: GIT_ERROR.rawValue) }
        return SignatureHandle(pointee: made)
    }

    /// Who commits here, by git's rules: the environment, then `author.*` or `committer.*`, then `user.*`, then `EMAIL`.
    /// - Throws: `missingIdentity` with the lines to type. teamfix doesn't guess an address from the host's name.
    package func identity(environment: [String: String], now: Int64? = nil) throws(GitError) -> Identity {
        let config = try configuration()
        var values: [String: String] = [:]
        for key in Identity.keys { values[key] = Configuration.string(key, in: config) }
        return try Identity(environment: environment, configuration: values, now: now)
    }
}

/// The owner of a libgit2 signature.
struct SignatureHandle: ~Copyable {
    let pointee: UnsafeMutablePointer<git_signature>
    deinit { git_signature_free(pointee) }
}
