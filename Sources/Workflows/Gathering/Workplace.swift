import Events
import Foundation
import Git

/// Where a workflow works: the repository, the folders that are teamfix's own, and the run's log.
package struct Workplace: Sendable {
    package var repository: Repository
    package var workTree: String
    package var gitDirectory: String
    package var environment: [String: String]
    /// The folder for scratch checkouts.
    package var scratch: String
    package var sandbox: Sandbox
    package var log: RunLog
    /// teamfix's version, for commit messages.
    package var version: String

    package init(
        repository: Repository, workTree: String, gitDirectory: String, environment: [String: String], scratch: String,
        sandbox: Sandbox, log: RunLog, version: String
    ) {
        self.repository = repository
        self.workTree = workTree
        self.gitDirectory = gitDirectory
        self.environment = environment
        self.scratch = scratch
        self.sandbox = sandbox
        self.log = log
        self.version = version
    }

    /// Gives `body` a bench with a fresh checkout of a tree, and removes it afterwards, however `body` ends.
    func withBench<T: Sendable>(
        tree: ObjectID, request: FixRequest, _ body: (Bench) async throws -> T
    ) async throws -> T {
        let space = try ScratchSpace.make(in: scratch)
        defer { try? space.remove() }
        let checkout = space.path + "/checkout"
        let files = space.path + "/files"
        guard mkdir(files, 0o700) == 0 else { throw FileFailure(operation: "create", path: files, code: errno) }
        _ = try await repository.checkout(tree: tree, to: checkout)
        try await keepTimes(of: tree, in: checkout)
        let ignored = try await repository.ignoredPaths().map(\.path)
        let carried = try await CarriedFolders.carry(
            request.carried.filter { !ignored.contains($0) } + ignored, from: workTree, to: checkout,
            refusesAbsolutePaths: !sandbox.mountsOver)
        let build = ScratchBuild(
            command: request.command ?? "true", check: request.check, repositoryPath: workTree, checkout: checkout,
            directory: request.directory, gitDirectory: gitDirectory, sandbox: sandbox,
            environment: environment, deadline: .seconds(request.buildTimeout), files: files)
        return try await body(Bench(repository: repository, base: tree, build: build, carried: carried, log: log))
    }

    /// Gives the checkout's files the times that they have in the work tree: carried build folders are compared with them,
    /// and a verification needn't be a full rebuild.
    private func keepTimes(of tree: ObjectID, in checkout: String) async throws {
        for entry in try await repository.listFiles(in: tree) where entry.mode.isFile {
            var status = stat()
            guard lstat(workTree + "/" + entry.path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
            #if os(Linux)
                let times = [status.st_atim, status.st_mtim]
            #else
                let times = [status.st_atimespec, status.st_mtimespec]
            #endif
            // A time that can't be set costs a rebuild of one file, nothing else.
            _ = utimensat(AT_FDCWD, checkout + "/" + entry.path, times, AT_SYMLINK_NOFOLLOW)
        }
    }
}
