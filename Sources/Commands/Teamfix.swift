import ArgumentParser
import Foundation
import Workflows

/// The root command.
package struct Teamfix: Subcommand {
    package static let configuration = CommandConfiguration(
        commandName: "teamfix",
        abstract: "Fixes a failing build with a team of local models, and proves it.",
        discussion: """
            Nothing it proposes is trusted until the build says so, and nothing of yours is touched until you say so: \
            results are commits on branches below teamfix/. Without a command, it says what to do next here.
            """,
        version: teamfixVersion,
        subcommands: [
            FixCommand.self, ApplyCommand.self, CleanCommand.self, AnalyzeCommand.self, ConsensusCommand.self,
            StatsCommands.self, PlanCommand.self,
            RunCommand.self, ServersCommand.self, DoctorCommand.self, InitCommand.self, ConfigCommand.self,
            HookCommand.self,
            GenerateCommand.self,
        ])

    package init() {}

    /// The root takes none of them: an option stands behind its command.
    package var common: CommonOptions { .standard }

    package func perform(_ invocation: Invocation) async throws -> ExitStatus {
        let root = try invocation.workTree()
        let loaded = try invocation.configuration()
        invocation.show(
            NextSteps(
                workTree: root, builds: BuildSystem.guesses(in: root ?? invocation.surroundings.workingFolder),
                build: loaded.configuration.build, servers: try await invocation.serversOrLocal(loaded.configuration),
                hasConfiguration: loaded.repositoryFile != nil, lastRun: root.flatMap { invocation.lastRun(in: $0) }))
        return .done
    }
}

extension Teamfix {
    /// Runs the process's own command and ends the process with its status.
    package static func launch() async -> Never {
        let surroundings = Surroundings.ofProcess()
        let arguments = Array(CommandLine.arguments.dropFirst())
        let status = await Interruption.cancelling {
            await run(arguments, surroundings: surroundings, wiring: .live(surroundings))
        }
        // A script that reads an empty file must not be told that all is well.
        if TextStream.lost != 0, status == ExitStatus.done.rawValue {
            let failure = Failure(
                .unexpected, "the output could not be written: \(String(cString: strerror(TextStream.lost)))",
                hints: [
                    TextStream.lost == EBADF
                        ? "standard output is closed: send it to a file or to /dev/null"
                        : "free some room, or write it elsewhere"
                ], status: .failed)
            failure.show(
                format: .text, surroundings: surroundings,
                style: Style(Terminal(surroundings.standardError, environment: surroundings.environment, noColor: true))
            )
            Foundation.exit(failure.status.rawValue)
        }
        Foundation.exit(status)
    }

    /// Runs one command: arguments in, exit code out.
    package static func run(
        _ arguments: [String], surroundings: Surroundings, wiring: Wiring = Wiring()
    ) async -> Int32 {
        do {
            let parsed = try parseAsRoot(arguments)
            guard let command = parsed as? any Subcommand else {
                var command = parsed
                try command.run()
                return ExitStatus.done.rawValue
            }
            return await perform(command, surroundings: surroundings, wiring: wiring)
        } catch {
            return tell(error, of: self, surroundings)
        }
    }

    private static func perform(
        _ command: any Subcommand, surroundings: Surroundings, wiring: Wiring
    ) async -> Int32 {
        let invocation = Invocation(surroundings: surroundings, wiring: wiring, common: command.common)
        if !(command is HookBackgroundCommand) { await invocation.showBackgroundReview() }
        do {
            let formats = type(of: command).formats
            guard formats.contains(command.common.format) else {
                throw ValidationError(
                    "--format \(command.common.format.rawValue) is a form of analyze's findings; here are "
                        + "\(formats.map(\.rawValue).joined(separator: ", ")).")
            }
            return try await command.perform(invocation).rawValue
        } catch let error as ValidationError {
            return tell(error, of: type(of: command), surroundings)
        } catch {
            let failure =
                Interruption.isRequested
                ? Failure(.interrupted, "interrupted", status: .interrupted) : Failure(error)
            // A stream of events on standard output carries the failure already.
            failure.show(
                format: invocation.ending.ownsOutput ? .text : invocation.common.format, surroundings: surroundings,
                style: invocation.noteStyle)
            return failure.status.rawValue
        }
    }

    /// Help, the version, a completion script, or what is wrong with the command line.
    private static func tell(
        _ error: any Error, of command: any ParsableCommand.Type, _ surroundings: Surroundings
    ) -> Int32 {
        let text = command.fullMessage(for: error)
        let code = command.exitCode(for: error).rawValue
        let stream = code == 0 ? surroundings.standardOutput : surroundings.standardError
        if !text.isEmpty { stream.write(text.hasSuffix("\n") ? text : text + "\n") }
        return code
    }
}
