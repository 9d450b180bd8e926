import Diagnostics
import Events
import Git

extension Workplace {
    /// The beginning of a repair: what may be edited, and what is refused.
    ///
    /// - Parameters:
    ///   - holdsKnown: whether a text holds a secret that is known by its value.
    ///   - noteWithheld: told which files are kept from models, and why.
    func repair(
        _ failure: BuildObservation, _ snapshot: Snapshot, _ request: FixRequest, _ bench: Bench,
        holdsKnown: @escaping @Sendable (String) -> Bool, noteWithheld: (@Sendable ([String: String]) -> Void)?
    ) async throws -> Repair {
        let files = try await workingFiles(snapshot, failure, request, noteWithheld: noteWithheld)
        let suspect = try await ChangeUnderRepair.read(snapshot, in: repository, files)
        let gate = Gate(
            rules: request.gate, causes: failure.causes, files: files, commands: request.commands, suspect: suspect,
            holdsKnown: holdsKnown)
        return Repair(files: files, gate: gate, bench: bench, log: log, failure: failure)
    }

    /// The base's files, with those loaded that the failure may be about.
    func workingFiles(
        _ snapshot: Snapshot, _ failure: BuildObservation, _ request: FixRequest,
        noteWithheld note: (@Sendable ([String: String]) -> Void)?
    ) async throws -> WorkingFiles {
        let (repository, tree) = (repository, snapshot.tree)
        let entries = try await repository.listFiles(in: tree)
        let recent = await RecentChanges.read(repository, snapshot)
        let files = WorkingFiles(paths: Set(entries.filter { $0.mode.isFile }.map(\.path)), recent: recent) { path in
            // What can't be told to be free for all isn't read: neither a model nor anybody else works on it.
            guard let withheld = try? await WithheldFiles.reasons(for: [path], in: repository) else { return nil }
            guard withheld.isEmpty else {
                note?(withheld)
                return nil
            }
            return try? await repository.readBlob(path: path, in: tree, limit: WorkingFiles.largestFile)
        }
        await files.load(
            SuspectFiles(files).wanted(for: failure.causes) + FailureTraits.tests(namedIn: request.commands))
        return files
    }

    /// Writes the steps to a branch of their own, and notes in the report what was written.
    func publish(
        _ report: FixReport, _ steps: [FixStep], _ snapshot: Snapshot, _ request: FixRequest, verified: Bool,
        summarize: @Sendable ([RunRecord]) -> String?
    ) async throws -> FixReport {
        let sandbox =
            switch self.sandbox {
            case .bubblewrap: "sandboxed with bubblewrap"
            case .seatbelt: "sandboxed with sandbox-exec"
            case .none: "without a sandbox"
            }
        let message = CommitMessage(
            run: log.run, command: request.command, check: request.check, version: version, verified: verified,
            sandbox: sandbox, failedInCheck: report.failedInCheck)
        let publisher = Publisher(repository: repository, environment: environment, message: message, log: log)
        let published = try await publisher.publish(
            steps, on: snapshot,
            name: request.branch ?? request.branchPrefix + Publisher.branchName(for: steps, run: log.run),
            summary: summarize(log.records))
        var report = report
        report.outcome = verified ? .fixed : .unverified
        if verified { report.reason = message.passing }
        report.branch = published.branch
        report.commit = published.commit.hex
        report.commits = published.commits.map(\.hex)
        report.patch = published.patch
        report.baseTree = snapshot.tree.hex
        if !snapshot.isClean { report.snapshotCommit = published.start.hex }
        return report
    }
}
