import CLibgit2

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What kind of repository this is, and the state it is in.
package struct RepositoryFacts: Sendable, Hashable {
    /// Something that git has begun and the user has yet to finish.
    package enum Operation: String, Sendable, Hashable {
        case merge, revert, bisect, rebase
        case cherryPick = "cherry-pick"
        case applyMailbox = "am"
    }

    /// Nil when the repository is bare.
    package var workTree: String?
    package var gitDirectory: String
    package var commonDirectory: String
    /// The branch that `HEAD` names, without `refs/heads/`; nil when detached.
    package var headBranch: String?
    /// Nil before the first commit.
    package var head: ObjectID?
    package var isBare: Bool
    package var isLinkedWorkTree: Bool
    package var isShallow: Bool
    package var isPartialClone: Bool
    package var isSparse: Bool
    package var operation: Operation?
    package var hasSubmodules: Bool
    /// Whether some `.gitattributes` names a filter (LFS or another).
    package var usesFilters: Bool
    package var objectFormat: String

    /// Whether `HEAD` names a branch without a commit.
    package var isUnborn: Bool { head == nil }
}

extension Repository {
    package func facts() throws(GitError) -> RepositoryFacts {
        let began = ContinuousClock.now
        defer { timeSpent += ContinuousClock.now - began }
        let config = try configuration()
        let index = workTree == nil ? nil : try indexFacts()
        return RepositoryFacts(
            workTree: workTree, gitDirectory: gitDirectory, commonDirectory: commonDirectory,
            headBranch: try headBranch(), head: try headCommit(), isBare: workTree == nil,
            isLinkedWorkTree: git_repository_is_worktree(pointer) == 1,
            isShallow: git_repository_is_shallow(pointer) == 1, isPartialClone: try isPartialClone(),
            isSparse: Configuration.flag("core.sparsecheckout", in: config) == true, operation: operation(),
            hasSubmodules: index?.hasSubmodules ?? false, usesFilters: index?.usesFilters ?? false,
            objectFormat: "sha1")
    }

    /// The commit that `HEAD` stands on, or nil before the first one.
    func headCommit() throws(GitError) -> ObjectID? {
        var id = git_oid()
        let result = git_reference_name_to_id(&id, pointer, "HEAD")
        if result == GIT_ENOTFOUND.rawValue {
            git_error_clear()
            return nil
        }
        try check("git_reference_name_to_id", result)
        return ObjectID(id)
    }

    func headBranch() throws(GitError) -> String? {
        let head = try Handle("git_reference_lookup", release: git_reference_free) {
            git_reference_lookup($0, pointer, "HEAD")
        }
        guard let target = git_reference_symbolic_target(head.pointer) else { return nil }
        let name = String(cString: target)
        return name.hasPrefix("refs/heads/") ? String(name.dropFirst("refs/heads/".count)) : name
    }

    func isPartialClone() throws(GitError) -> Bool {
        let config = try configuration()
        if Configuration.string("extensions.partialclone", in: config) != nil { return true }
        return try Configuration.entries(matching: #"^remote\..*\.promisor$"#, in: config)
            .contains { Configuration.isTrue($0.value) }
    }

    private func operation() -> RepositoryFacts.Operation? {
        switch git_repository_state_t(rawValue: .init(git_repository_state(pointer))) {
        case GIT_REPOSITORY_STATE_MERGE: .merge
        case GIT_REPOSITORY_STATE_REVERT, GIT_REPOSITORY_STATE_REVERT_SEQUENCE: .revert
        case GIT_REPOSITORY_STATE_CHERRYPICK, GIT_REPOSITORY_STATE_CHERRYPICK_SEQUENCE: .cherryPick
        case GIT_REPOSITORY_STATE_BISECT: .bisect
        case GIT_REPOSITORY_STATE_REBASE, GIT_REPOSITORY_STATE_REBASE_INTERACTIVE, GIT_REPOSITORY_STATE_REBASE_MERGE:
            .rebase
        case GIT_REPOSITORY_STATE_APPLY_MAILBOX: .applyMailbox
        case GIT_REPOSITORY_STATE_APPLY_MAILBOX_OR_REBASE: .rebase
        default: nil
        }
    }

    private func indexFacts() throws(GitError) -> (hasSubmodules: Bool, usesFilters: Bool) {
        let (hasSubmodules, attributeFiles) = try indexSummary()
        let onDisk = [(workTree ?? "") + "/.gitattributes", commonDirectory + "/info/attributes"]
        let texts =
            onDisk.compactMap { Paths.contents($0) }
            + attributeFiles.prefix(200).compactMap { try? blob($0, limit: 1 << 20) }
        let names = texts.contains { text in
            text.split(separator: 10).contains { line in
                line.first != 35 && String(decoding: line, as: UTF8.self).contains("filter=")
            }
        }
        return (hasSubmodules, names)
    }
}
