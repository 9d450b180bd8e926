import ArgumentParser
import Foundation
import Git

package struct HookCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "hook",
        abstract: "Reviews what you commit or push, from git's own hooks.",
        discussion: """
            Advisory: a review is shown, and the commit goes on, unless the hook was installed with --block. \
            TEAMFIX_SKIP=1 before a command leaves the review out once.
            """,
        subcommands: [
            HookInstallCommand.self, HookUninstallCommand.self, HookStatusCommand.self, HookRunCommand.self,
            HookBackgroundCommand.self,
        ], defaultSubcommand: HookStatusCommand.self)

    package init() {}
}

extension HookStage: ExpressibleByArgument {}

/// Which hooks are meant.
package struct HookStageArguments: ParsableArguments {
    @Flag(help: "The hook before a commit, which reviews what is staged.")
    package var preCommit = false

    @Flag(help: "The hook before a push, which reviews what the remote hasn't got.")
    package var prePush = false

    @Flag(help: "The hook that sees a commit's message.")
    package var commitMsg = false

    package init() {}

    package var stages: [HookStage] {
        [(preCommit, HookStage.preCommit), (prePush, .prePush), (commitMsg, .commitMessage)].filter(\.0).map(\.1)
    }
}

/// How a hook judges what it sees.
package struct HookJudgement: ParsableArguments {
    @Flag(help: "Let findings stop the commit or push.")
    package var block = false

    @Option(help: ArgumentHelp("How bad a finding is that stops it, with --block."))
    package var failOn: AnalyzeArguments.Threshold = .error

    @Flag(help: "Let models work on in the background; their findings come with the next teamfix command.")
    package var detach = false

    package init() {}
}

extension Invocation {
    /// The repository of the working folder, and the folder of its hooks.
    func hooks() async throws -> (repository: Repository, workTree: String, folder: HookFolder) {
        let repository = try Repository.discover(
            from: surroundings.workingFolder, environment: surroundings.environment)
        guard let workTree = repository.workTree else {
            throw Failure(
                .repository, "this repository is bare: nothing is committed in it",
                hints: ["go to a clone of it, or make a work tree: git worktree add ../work"])
        }
        return (repository, workTree, try await repository.hookFolder())
    }
}

extension Surroundings {
    /// Where this program is, for whoever starts it later: absolute, and with its links left as they are, for package managers
    /// move what those point to.
    var programPath: String? {
        func usable(_ path: String) -> String? { access(path, X_OK) == 0 ? path : nil }
        if program.contains("/") { return usable(absolute(program)) }
        for folder in (environment["PATH"] ?? "").split(separator: ":") where folder.hasPrefix("/") {
            if let path = usable("\(folder)/\(program)") { return path }
        }
        return nil
    }
}
