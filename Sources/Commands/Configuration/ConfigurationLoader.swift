import Foundation
import Orchestration

/// Reads every source and merges them.
package struct LoadedConfiguration: Sendable, Equatable {
    package var configuration: Configuration
    /// What the user should know: ignored keys, unknown variables.
    package var notices: [String]
    /// The repository's file, when there is one.
    package var repositoryFile: RepositoryFile?

    package struct RepositoryFile: Sendable, Equatable {
        package var path: String
        package var isTrusted: Bool
        /// The keys that were ignored for want of trust.
        package var ignored: [ConfigurationKey]
    }
}

extension LoadedConfiguration {
    /// The repository's file, by its name.
    package static let fileName = ".teamfix.yml"

    /// - Parameters:
    ///   - options: the flags common to all commands.
    ///   - commandFlags: what the command's own flags say.
    ///   - root: the repository's work tree; nil outside of one.
    package static func load(
        options: CommonOptions, commandFlags: ConfigurationLayer = ConfigurationLayer(), root: String?,
        surroundings: Surroundings
    ) throws -> LoadedConfiguration {
        var notices: [String] = []
        var layers: [ConfigurationLayer] = []
        let userPath = surroundings.folders.configurationFile
        if let content = try BoundedFile.read(userPath, limit: ConfigurationFile.maximumSize) {
            let source = ConfigurationSource.userFile(path: userPath, line: 0)
            layers.append(try ConfigurationFile.read(try text(content, source), from: source))
        }
        var file: RepositoryFile?
        if let path = root.map({ resolved($0) + "/" + fileName }),
            let content = try BoundedFile.read(path, limit: ConfigurationFile.maximumSize)
        {
            let source = ConfigurationSource.repositoryFile(path: fileName, line: 0)
            var layer = try ConfigurationFile.read(try text(content, source), from: source)
            let isTrusted = try TrustStore(path: surroundings.folders.trustFile).load()
                .covers(path: path, content: content)
            var ignored: [ConfigurationKey] = []
            if !isTrusted { (layer, ignored) = layer.untrusted() }
            if !ignored.isEmpty {
                notices.append(
                    "\(fileName) is not trusted: \(ignored.map(\.rawValue).joined(separator: ", ")) ignored"
                        + " (look at it, then: teamfix config trust)")
            }
            file = RepositoryFile(path: path, isTrusted: isTrusted, ignored: ignored)
            layers.append(layer)
        }
        let (environment, unknown) = try ConfigurationLayer.environment(surroundings.environment)
        layers.append(environment)
        for name in unknown {
            let known = ConfigurationKey.allCases.compactMap(\.variable)
            let hint = nearestName(to: name, among: known).map { ", did you mean \($0)?" } ?? ""
            notices.append("the environment variable \(name) is not one that teamfix reads\(hint)")
        }
        let known = Configuration(layers: layers).servers
        layers.append(try ConfigurationLayer.flags(options, knownServers: known))
        layers.append(commandFlags)
        return LoadedConfiguration(
            configuration: Configuration(layers: layers), notices: notices, repositoryFile: file)
    }

    private static func text(_ content: [UInt8], _ source: ConfigurationSource) throws -> String {
        guard let text = String(validating: content, as: UTF8.self) else {
            throw ConfigurationProblem(source.at(line: 0), "the file is not UTF-8")
        }
        return text
    }

    /// The path as trust records it: without symbolic links.
    package static func resolved(_ path: String) -> String {
        URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    }
}
