import TestSupport
import Testing

@testable import Git

extension ScratchRepository {
    /// What teamfix sees of this repository.
    func open(from folder: String? = nil, environment extra: [String: String] = [:]) throws -> Repository {
        try Repository.discover(from: folder ?? path, environment: environment.merging(extra) { $1 })
    }

    /// The tree that git itself makes of the whole work tree, by an index of its own.
    func gitTree() throws -> String {
        let index = base + "/other-index"
        if let own = try? git("rev-parse", "--git-path", "index") {
            _ = try? run(["cp", "-p", own.hasPrefix("/") ? own : path + "/" + own, index], in: path)
        }
        try git(["add", "-A"], environment: ["GIT_INDEX_FILE": index])
        return try git(["write-tree"], environment: ["GIT_INDEX_FILE": index])
    }
}

/// Runs something that must throw a `GitError`, and returns it.
func gitError(
    _ body: () async throws -> Void, sourceLocation: SourceLocation = #_sourceLocation
) async throws -> GitError {
    do {
        try await body()
    } catch let error as GitError {
        return error
    }
    Issue.record("no error was thrown", sourceLocation: sourceLocation)
    throw CancellationError()
}
