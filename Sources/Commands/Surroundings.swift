import Foundation

/// What the process finds around it, read once at the start and passed to whoever needs it. Nothing else in teamfix reads
/// the environment, the working folder, the clock on the wall or the standard streams.
package struct Surroundings: Sendable {
    package var environment: [String: String]
    /// The working folder, absolute.
    package var workingFolder: String
    package var folders: Folders
    package var standardOutput: TextStream
    package var standardError: TextStream
    package var standardInputIsTerminal: Bool
    package var now: @Sendable () -> Date
    /// How this program was started, for completions and the manual's generator.
    package var program: String

    package init(
        environment: [String: String], workingFolder: String, standardOutput: TextStream,
        standardError: TextStream, standardInputIsTerminal: Bool, now: @escaping @Sendable () -> Date,
        program: String = "teamfix"
    ) {
        self.environment = environment
        self.workingFolder = workingFolder
        self.folders = Folders(environment: environment)
        self.standardOutput = standardOutput
        self.standardError = standardError
        self.standardInputIsTerminal = standardInputIsTerminal
        self.now = now
        self.program = program
    }

    /// The real ones.
    package static func ofProcess() -> Surroundings {
        Surroundings(
            environment: ProcessInfo.processInfo.environment,
            workingFolder: FileManager.default.currentDirectoryPath,
            standardOutput: .descriptor(STDOUT_FILENO), standardError: .descriptor(STDERR_FILENO),
            standardInputIsTerminal: isatty(STDIN_FILENO) == 1, now: { Date() },
            program: CommandLine.arguments.first ?? "teamfix")
    }

    /// The absolute form of a path that the user typed.
    package func absolute(_ path: String) -> String {
        if path.hasPrefix("/") { return path }
        if path == "~" || path.hasPrefix("~/"), let home = environment["HOME"] {
            return home + path.dropFirst()
        }
        return workingFolder + "/" + path
    }
}

/// Where teamfix keeps its own files: the XDG base folders, with their defaults. Relative values are ignored, as the
/// specification asks.
package struct Folders: Sendable, Equatable {
    package var configuration: String
    package var state: String
    package var cache: String

    package init(environment: [String: String]) {
        let home = environment["HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "/"
        func base(_ name: String, _ fallback: String) -> String {
            let value = environment[name].flatMap { $0.hasPrefix("/") ? $0 : nil }
            return (value ?? (home == "/" ? "/" + fallback : home + "/" + fallback)) + "/teamfix"
        }
        configuration = base("XDG_CONFIG_HOME", ".config")
        state = base("XDG_STATE_HOME", ".local/state")
        cache = base("XDG_CACHE_HOME", ".cache")
    }

    /// The user's own configuration.
    package var configurationFile: String { configuration + "/config.yml" }
    /// Which repositories' configurations the user trusts.
    package var trustFile: String { state + "/trust.json" }
}
