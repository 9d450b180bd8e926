import ArgumentParser
import Diagnostics
import Foundation
import Inference

/// A command of teamfix. `Teamfix.launch` parses the arguments and calls `perform` with all that the command may use; what it
/// throws becomes text and an exit code there.
package protocol Subcommand: AsyncParsableCommand, Sendable {
    var common: CommonOptions { get }
    /// The forms of its results.
    static var formats: [OutputFormat] { get }

    func perform(_ invocation: Invocation) async throws -> ExitStatus
}

extension Subcommand {
    package static var formats: [OutputFormat] { OutputFormat.ofEveryCommand }
}

/// What the process offers to a command: the parts of the house that are chosen in one place.
package struct Wiring: Sendable {
    /// The root of the work tree that a folder lies in; nil outside of one.
    package var workTree: @Sendable (_ folder: String) throws -> String?
    /// The client for a server; nil when there is none, which is as good as `--offline`.
    package var connect: (@Sendable (ServerSetting) throws -> any ModelServer)?
    /// What `doctor` checks beside programs and servers: libraries, the sandbox.
    package var checks: @Sendable (Surroundings) async -> [DoctorReport.Check]

    package init(
        workTree: @escaping @Sendable (_ folder: String) throws -> String? = { nearestWorkTree(from: $0) },
        connect: (@Sendable (ServerSetting) throws -> any ModelServer)? = nil,
        checks: @escaping @Sendable (Surroundings) async -> [DoctorReport.Check] = { _ in [] }
    ) {
        self.workTree = workTree
        self.connect = connect
        self.checks = checks
    }
}

/// One call of a command.
package struct Invocation: Sendable {
    package var surroundings: Surroundings
    package var wiring: Wiring
    package var common: CommonOptions
    /// How long a server may take to answer when it is looked for; nil leaves it to where it was named.
    package var probe: Duration?

    package init(surroundings: Surroundings, wiring: Wiring, common: CommonOptions) {
        self.surroundings = surroundings
        self.wiring = wiring
        self.common = common
    }

    /// Where the result of a run is noted; its copies share it.
    let ending = RunEnding()

    /// What standard output can show.
    package var output: Terminal {
        Terminal(
            surroundings.standardOutput, environment: surroundings.environment, noColor: common.noColor)
    }

    /// The style for standard error.
    package var noteStyle: Style {
        Style(
            Terminal(
                surroundings.standardError, environment: surroundings.environment, noColor: common.noColor))
    }

    /// Writes a result to standard output, in the form that was asked for, and notes it with the run that it is of.
    package func show(_ report: some Report) {
        let text = common.format.render(report, terminal: output)
        if !ending.ownsOutput { surroundings.standardOutput.write(text) }
        let problem = ending.note(text, format: common.format.rawValue) {
            common.format == .json ? nil : jsonText(report)
        }
        if let problem { note(problem) }
    }

    /// Writes a note to standard error, unless `--quiet`.
    package func note(_ text: String) {
        guard common.verbosity > .quiet else { return }
        surroundings.standardError.write("\(noteStyle.apply(.warning, "note:")) \(sanitized(text))\n")
    }

    /// The live view of a run.
    ///
    /// - Parameter speed: how many seconds of the run pass in one of ours.
    package func liveView(speed: Double = 1) -> LiveView {
        LiveView(
            stream: surroundings.standardError, environment: surroundings.environment, noColor: common.noColor,
            verbosity: common.verbosity, speed: speed)
    }

    /// The root of the work tree that the working folder lies in.
    package func workTree() throws -> String? { try wiring.workTree(surroundings.workingFolder) }

    /// The merged configuration; its notices go to standard error.
    package func configuration(flags: ConfigurationLayer = ConfigurationLayer()) throws -> LoadedConfiguration {
        let loaded = try LoadedConfiguration.load(
            options: common, commandFlags: flags, root: try workTree(), surroundings: surroundings)
        loaded.notices.forEach(note)
        return loaded
    }
}

/// The nearest folder at or above `folder` that holds a `.git`.
package func nearestWorkTree(from folder: String) -> String? {
    var folder = LoadedConfiguration.resolved(folder)
    while true {
        if FileManager.default.fileExists(atPath: folder + "/.git") { return folder }
        guard let slash = folder.lastIndex(of: "/"), folder != "/" else { return nil }
        folder = slash == folder.startIndex ? "/" : String(folder[..<slash])
    }
}
