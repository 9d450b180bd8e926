import Diagnostics
import Events
import Git

/// Writes a fix to the object database, and at the very end, in one atomic write, the branch that names it.
package struct Publisher: Sendable {
    package var repository: Repository
    package var environment: [String: String]
    package var message: CommitMessage
    package var log: RunLog

    package init(repository: Repository, environment: [String: String], message: CommitMessage, log: RunLog) {
        self.repository = repository
        self.environment = environment
        self.message = message
        self.log = log
    }

    /// What was written.
    package struct Published: Sendable {
        package var branch: String
        package var commit: ObjectID
        /// The steps' commits, in order; the last one is `commit`.
        package var commits: [ObjectID]
        package var patch: String
        /// The commit that the fixes stand on: `HEAD`, or the snapshot of a dirty tree.
        package var start: ObjectID
    }

    /// Writes the commits and the branch.
    /// - Parameters:
    ///   - name: the branch's name below `teamfix/`; a number is added when it is taken.
    ///   - summary: the statistics for the last commit.
    package func publish(
        _ steps: [FixStep], on snapshot: Snapshot, name: String, summary: String?
    ) async throws -> Published {
        let identity = try await repository.identity(environment: environment)
        var parent = snapshot.base
        if !snapshot.isClean || parent == nil {
            parent = try await repository.commit(
                tree: snapshot.tree, parents: parent.map { [$0] } ?? [],
                message: message.snapshotText(paths: snapshot.dirtyPaths),
                author: identity.author, committer: identity.committer)
        }
        let start = parent
        var commits: [ObjectID] = []
        var tree = snapshot.tree
        for (number, step) in steps.enumerated() {
            let edits = step.candidate.contents.mapValues { TreeEdit.write($0.bytes) }
            tree = try await repository.writeTree(base: tree, edits: edits)
            let isLast = number == steps.count - 1
            let commit = try await repository.commit(
                tree: tree, parents: parent.map { [$0] } ?? [],
                message: message.text(for: step, isLast: isLast, summary: summary),
                author: identity.author, committer: identity.committer)
            commits.append(commit)
            parent = commit
        }
        let patch = try await repository.patchText(from: snapshot.tree, to: tree)
        guard let commit = parent, let start else { throw PublishError.nothingToWrite }
        let branch = try await repository.freeBranchName(Self.fullName(name, verified: message.verified))
        try await repository.createBranch(
            branch, at: commit,
            message: "teamfix: \(message.verified ? "verified" : "unverified") fix, run \(message.run)",
            by: identity.committer)
        let files = Set(steps.flatMap(\.candidate.files)).sorted()
        log.append(.published(branch: branch, commit: commit.hex, verified: message.verified, files: files))
        return Published(branch: branch, commit: commit, commits: commits, patch: patch, start: start)
    }

    /// Finds out before the work begins whether its result can be written at all: an identity, and a branch of this name.
    package static func rehearse(
        _ name: String, in repository: Repository, environment: [String: String]
    ) async throws(GitError) {
        _ = try await repository.identity(environment: environment)
        _ = try await repository.freeBranchName(fullName(name, verified: true))
    }

    /// The branch's whole name: below `teamfix/`, whatever was asked for.
    package static func fullName(_ name: String, verified: Bool) -> String {
        let plain = name.hasPrefix("refs/heads/") ? String(name.dropFirst(11)) : name
        return (verified ? "teamfix/" : "teamfix/unverified/")
            + (plain.hasPrefix("teamfix/") ? String(plain.dropFirst(8)) : plain)
    }

    /// A name for the branch from what was mended.
    package static func branchName(for steps: [FixStep], run: String) -> String {
        let file = steps.first?.candidate.files.first?.split(separator: "/").last.map(String.init) ?? "fix"
        let stem = file.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
        let plain = String(stem).split(separator: "-").joined(separator: "-")
        return "fix-\(plain.isEmpty ? "build" : plain)-\(run.suffix(4))"
    }
}

/// Why nothing was published.
package enum PublishError: Error, Sendable {
    case nothingToWrite
}
