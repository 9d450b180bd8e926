import Foundation
import TestSupport
import Testing

/// A repository with hooks, and git as its user runs it.
extension ScratchRepository {
    static let marker = "<<<<<<< ours\n"

    /// A repository with two committed files.
    static func hooked() throws -> ScratchRepository {
        let repository = try ScratchRepository()
        try repository.write("a.txt", "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\n")
        try repository.write("b.txt", "one\n")
        try repository.commit("Begin")
        return repository
    }

    /// Installs hooks that ask no server.
    func install(_ arguments: String..., offline: Bool = true, in folder: String? = nil) async throws {
        let run = try await start(["hook", "install"] + arguments + (offline ? ["--offline"] : []), in: folder).end()
        #expect(run.status == 0, "\(run.errors)\(run.output)")
    }

    /// Runs git with both its streams kept; its hooks find the program where it was when they were installed.
    func user(
        _ arguments: String..., in folder: String? = nil, environment extra: [String: String] = [:]
    ) async throws -> Ended {
        var variables = isolated.merging(extra) { $1 }
        for role in ["AUTHOR", "COMMITTER"] { variables["GIT_\(role)_DATE"] = "1700000000 +0000" }
        return try await Call(
            ["git"] + arguments, in: folder ?? path, environment: variables, scratch: base
        ).end()
    }

    /// All that a hook must leave as it is: the work tree, and `.git` without new objects.
    func everything() throws -> [String: String] {
        try Self.contents(of: path) { $0.hasPrefix(".git/objects") }
    }

    var headline: String { get throws { try git("log", "-1", "--format=%s") } }
}

extension Ended {
    /// The lines of standard error that name a place in a file.
    func places(_ file: String) -> [Substring] { errors.split(separator: "\n").filter { $0.hasPrefix(file + ":") } }
}
