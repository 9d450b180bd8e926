import ArgumentParser
import Foundation
import Git

package struct HookRunCommand: Subcommand {
    package static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "The review itself, as a hook calls it: short, on standard error, within a budget of 10 seconds.",
        discussion: """
            Ends with 1 when --block is given and a finding is as bad as --fail-on says, else with 0, whatever goes wrong. It steps aside \
            while git is in a merge, rebase, cherry-pick, revert or bisect. Standard input is read with --stdin alone.
            """)

    @Argument(help: "The hook: pre-commit, pre-push or commit-msg.")
    package var hook: HookStage

    @Argument(help: "What git gives to the hook: a message's file, or a remote and its URL.")
    package var arguments: [String] = []

    @OptionGroup package var judgement: HookJudgement

    @Flag(name: .customLong("stdin"), help: "Read what is pushed from standard input, as git writes it for pre-push.")
    package var readsInput = false

    @OptionGroup package var common: CommonOptions

    package init() {}

    package mutating func validate() throws {
        if hook == .commitMessage, arguments.count != 1 {
            throw ValidationError("commit-msg takes the message's file: teamfix hook run commit-msg -- FILE")
        }
    }

    package func perform(_ invocation: Invocation) async throws -> ExitStatus {
        let environment = invocation.surroundings.environment
        guard ["", "0"].contains(environment["TEAMFIX_SKIP"] ?? "") else { return .done }
        // What git set for this hook goes to what reads the repository by name, and to no other program.
        for name in environment.keys where name.hasPrefix("GIT_") { unsetenv(name) }
        var hooked = invocation
        // One hook says a few lines: no progress, no notes about the configuration.
        hooked.common.quiet = true
        hooked.common.verbose = false
        hooked.probe = .milliseconds(300)
        let budget = Duration.seconds(min(max(common.budget ?? Self.budget, 0.1), 3_600))
        let voice = HookVoice(
            invocation: invocation, stage: hook, blocks: judgement.block, failOn: judgement.failOn)
        let watch = voice.watch(until: budget + .milliseconds(500))
        defer { watch.cancel() }
        do {
            try await HookReview(
                command: self, invocation: hooked, voice: voice, deadline: .now + budget
            ).run()
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            // Whatever went wrong here is no reason to stop anybody's commit.
            if Interruption.isRequested { throw error }
            voice.say("no review: \(Failure(error).message)")
        }
        return voice.conclude()
    }

    /// The seconds that a review may take.
    static let budget = 10.0
}
