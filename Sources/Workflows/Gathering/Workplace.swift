import Diagnostics
import Events
import Foundation
import Git

/// Where a workflow works: the repository, the folders that are teamfix's own, and the run's log.
package struct Workplace: Sendable {
    package var repository: Repository
    package var workTree: String
    package var gitDirectory: String?
    package var environment: [String: String]
    /// The folder for scratch checkouts.
    package var scratch: String
    package var sandbox: Sandbox
    package var log: RunLog
    /// teamfix's version, for commit messages.
    package var version: String

    package init(
        repository: Repository, workTree: String, gitDirectory: String?, environment: [String: String], scratch: String,
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
        note(try await repository.checkout(tree: tree, to: checkout))
        // Carried build folders compare times: a verification needn't be a full rebuild.
        FileTimes.carry(
            from: workTree, to: checkout,
            paths: try await repository.listFiles(in: tree).filter(\.mode.isFile).map(\.path))
        let ignored = try await repository.ignoredPaths().map(\.path)
        let carried = try await CarriedFolders.carry(
            request.carried.filter { !ignored.contains($0) } + ignored, from: workTree, to: checkout,
            refusesAbsolutePaths: !sandbox.mountsOver)
        var environment = environment.merging(FixItEnvironment.additions(existing: environment)) { $1 }
        // Python trusts a compiled file whose source has the same size and second: two candidates easily do.
        environment["PYTHONDONTWRITEBYTECODE"] = "1"
        let build = ScratchBuild(
            command: request.command ?? "true", check: request.check, repositoryPath: workTree, checkout: checkout,
            directory: request.directory, gitDirectory: gitDirectory, sandbox: sandbox,
            environment: environment, deadline: .seconds(request.buildTimeout), files: files)
        return try await body(Bench(repository: repository, base: tree, build: build, carried: carried, log: log))
    }

    /// What a checkout can't have: said once, as it may be why a build fails differently.
    private func note(_ report: CheckoutReport) {
        func tell(_ paths: [String], _ what: String) {
            guard !paths.isEmpty else { return }
            let text = paths.prefix(3).joined(separator: ", ") + (paths.count > 3 ? ", …" : "") + what
            let known = log.records.contains { $0.event == .notice(level: .warning, text: sanitized(text)) }
            if !known { log.append(.notice(level: .warning, text: sanitized(text))) }
        }
        tell(report.submodules, ": submodules are empty folders in the scratch checkout")
        tell(report.unfiltered, ": stored through a filter (LFS); the scratch checkout has what the repository stores")
    }
}
