import ArgumentParser
import Git
import History
import Workflows

package struct ApplyCommand: Subcommand {
    package static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Puts a recorded run's verified fix on the work tree, where that loses nothing.",
        discussion: """
            Writes the files that the fix changed, if each of them still is what the fix was made for; otherwise it names those that \
            aren't and writes nothing. The index stays as it is.
            """)

    @OptionGroup package var which: RecordedRunArguments
    @OptionGroup package var common: CommonOptions

    package init() {}

    package func perform(_ invocation: Invocation) async throws -> ExitStatus {
        let session = try await Session.open(invocation)
        let run = try invocation.recordedRun(which, repository: session.workTree) { try $0.patch(run: $1.id) != nil }
        guard let patch = try session.store?.patch(run: run.id), let base = patch.base.flatMap(ObjectID.init(hex:)),
            let commit = patch.commit.flatMap(ObjectID.init(hex:))
        else {
            throw Failure(.storage, "the run \(run.id) has left no fix", hints: ["see the runs: teamfix stats"])
        }
        guard run.repository == session.workTree else {
            throw Failure(
                .usage, "the run \(run.id) is about another repository: \(run.repository)",
                hints: ["go there, and try again"], status: .usage)
        }
        guard patch.isVerified else {
            throw Failure(
                .repository, "the fix of run \(run.id) was never verified, and is not applied",
                hints: ["look at it: git diff HEAD...\(patch.branch ?? "")"])
        }
        let tree = try await session.repository.commitInfo(commit).tree
        let report = try await session.repository.apply(from: base, to: tree)
        invocation.show(ApplyView(run: run.id, branch: patch.branch, written: report.written, deleted: report.deleted))
        return .done
    }
}

/// What `apply` shows.
package struct ApplyView: Report, Equatable {
    var run: String
    var branch: String?
    var written: [String]
    var deleted: [String]

    package func lines(width: Int, style: Style) -> [String] {
        written.map { "wrote   \(sanitizedLine($0))" } + deleted.map { "removed \(sanitizedLine($0))" }
            + ["Not staged and not committed: look at it with git diff."]
    }
}

package struct CleanCommand: Subcommand {
    package static let configuration = CommandConfiguration(
        commandName: "clean",
        abstract: "Removes old branches below teamfix/, and what killed runs left in temporary folders.")

    @OptionGroup package var clean: CleanArguments
    @OptionGroup package var common: CommonOptions

    package init() {}

    package func perform(_ invocation: Invocation) async throws -> ExitStatus {
        let session = try await Session.open(invocation)
        let limit = Int64(session.started.timeIntervalSince1970) - Int64(clean.olderThan) * 86_400
        var view = CleanView(isDryRun: clean.dryRun)
        let repository = try session.repository
        for branch in try await repository.branches(prefix: "teamfix/") {
            let made = try await repository.commitInfo(branch.id).committer.time
            guard clean.all || made < limit else { continue }
            if clean.dryRun {
                view.branches.append(branch.name)
                continue
            }
            do throws(GitError) {
                try await repository.deleteBranch(branch.name, expecting: branch.id)
                view.branches.append(branch.name)
            } catch {
                view.kept.append("\(branch.name): \(error.message)")
            }
        }
        if !clean.dryRun { view.folders = ScratchSpace.removeLeftovers(in: session.scratch) }
        invocation.show(view)
        return .done
    }
}

/// What `clean` shows.
package struct CleanView: Report, Equatable {
    var isDryRun: Bool
    var branches: [String] = []
    var folders: [String] = []
    var kept: [String] = []

    package func lines(width: Int, style: Style) -> [String] {
        let verb = isDryRun ? "would remove" : "removed"
        let lines =
            (branches + folders).map { "\(verb) \(sanitizedLine($0))" } + kept.map { "kept \(sanitizedLine($0))" }
        return lines.isEmpty ? ["nothing to remove"] : lines
    }
}
