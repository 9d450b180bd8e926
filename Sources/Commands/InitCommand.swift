import ArgumentParser
import Foundation
import Workflows

package struct InitCommand: Subcommand {
    package static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Writes a commented .teamfix.yml with what was found here; never over an existing one.")

    @Flag(name: .customLong("print"), help: "Write it to standard output instead.")
    package var printsOnly = false
    @OptionGroup package var common: CommonOptions

    package init() {}

    package func perform(_ invocation: Invocation) async throws -> ExitStatus {
        guard let root = try invocation.workTree() else {
            throw Failure(
                .repository, "this folder is not in a git repository",
                hints: ["make it one: git init", "or go to one, and try again there"])
        }
        let builds = BuildSystem.guesses(in: root)
        let servers = try invocation.configuration().configuration.servers
        let silent = try await silent(servers, invocation)
        let text = StarterConfiguration(builds: builds, servers: servers, silent: silent).text
        if printsOnly {
            invocation.surroundings.standardOutput.write(text)
            return .done
        }
        let path = LoadedConfiguration.resolved(root) + "/" + LoadedConfiguration.fileName
        try writeNew(text, to: path)
        // What teamfix has just written from what it saw is the user's own: no need to ask for trust in it.
        let store = TrustStore(path: invocation.surroundings.folders.trustFile)
        var record = try store.load()
        record.trust(path: path, content: Array(text.utf8), at: invocation.surroundings.now())
        try store.save(record)
        invocation.show(
            InitReport(
                path: path, builds: builds, servers: servers.map { $0.name ?? $0.shownURL },
                silent: silent.sorted { $0.key < $1.key }.map(\.value)))
        return .done
    }

    /// The servers that don't answer soon, by their places, each with its name and why.
    private func silent(_ servers: [ServerSetting], _ invocation: Invocation) async throws -> [Int: String] {
        guard !common.offline, let connect = invocation.wiring.connect else { return [:] }
        let answers = try await ServersReport.gather(servers, connect: connect, deadline: .seconds(2)).servers
        return answers.enumerated().reduce(into: [:]) { silent, entry in
            guard entry.element.status == nil else { return }
            silent[entry.offset] = "\(entry.element.name): \(entry.element.reason ?? entry.element.state)"
        }
    }

    /// Creates the file; one that is there already is left alone, whatever happens in between.
    private func writeNew(_ text: String, to path: String) throws(Failure) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            if errno == EEXIST {
                throw Failure(
                    .configuration, "\(path) is there already, and stays as it is",
                    hints: ["see what a new one would say: teamfix init --print"])
            }
            throw Failure(.environment, "\(path) can't be written: \(String(cString: strerror(errno)))")
        }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        do {
            try handle.write(contentsOf: Data(text.utf8))
            try handle.close()
        } catch {
            throw Failure(.environment, "\(path) can't be written", causes: ["\(error)"])
        }
    }
}

/// What `init` wrote.
package struct InitReport: Report, Equatable {
    package var path: String
    package var builds: [BuildSystemGuess]
    package var servers: [String]
    /// Those that don't answer, each with why: they are in the file as comments.
    package var silent: [String] = []

    package func lines(width: Int, style: Style) -> [String] {
        let comments = silent.flatMap {
            wrapped("written as a comment, since it doesn't answer: \(sanitizedLine($0))", to: width)
        }
        return [
            "wrote \(sanitizedLine(path)), trusted as it is",
            "build: \(builds.first.map { "\($0.command) (\($0.name))" } ?? "not recognised; set `build` in the file")",
            "servers: \(servers.isEmpty ? "none; the built-in engine works alone" : servers.joined(separator: ", "))",
        ] + comments
    }
}
