/// Something wrong in a configuration, with its place.
package struct ConfigurationProblem: Error, Sendable, Equatable, FailureConvertible {
    package var source: ConfigurationSource
    package var message: String
    package var hints: [String]

    package init(_ source: ConfigurationSource, _ message: String, hints: [String] = []) {
        self.source = source
        self.message = message
        self.hints = hints
    }

    package var failure: Failure {
        Failure(
            .configuration, "\(source): \(message)", hints: hints,
            status: source.isCommandLine ? .usage : .failed)
    }
}

/// Where a value comes from.
package enum ConfigurationSource: Sendable, Equatable, CustomStringConvertible {
    /// teamfix's own default.
    case standard
    /// The user's own file.
    case userFile(path: String, line: Int)
    /// The repository's file.
    case repositoryFile(path: String, line: Int)
    /// An environment variable.
    case environment(String)
    /// A flag of the command line.
    case flag(String)

    package var description: String {
        switch self {
        case .standard: "default"
        case .userFile(let path, let line), .repositoryFile(let path, let line):
            line > 0 ? "\(path):\(line)" : path
        case .environment(let name): "environment \(name)"
        case .flag(let name): name
        }
    }

    package var isCommandLine: Bool { if case .flag = self { true } else { false } }

    /// The same source at another line.
    package func at(line: Int) -> ConfigurationSource {
        switch self {
        case .userFile(let path, _): .userFile(path: path, line: line)
        case .repositoryFile(let path, _): .repositoryFile(path: path, line: line)
        default: self
        }
    }
}
