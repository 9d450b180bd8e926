import ArgumentParser
import Foundation

package struct ConfigCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Shows every setting and where it comes from; decides what a repository may set.",
        subcommands: [ConfigShowCommand.self, ConfigTrustCommand.self], defaultSubcommand: ConfigShowCommand.self)

    package init() {}
}

package struct ConfigShowCommand: Subcommand {
    package static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Shows every setting, its value and where it comes from.")

    @OptionGroup package var common: CommonOptions

    package init() {}

    package func perform(_ invocation: Invocation) async throws -> ExitStatus {
        let loaded = try invocation.configuration()
        invocation.show(ConfigurationReport(loaded))
        return .done
    }
}

package struct ConfigTrustCommand: Subcommand {
    package static let configuration = CommandConfiguration(
        commandName: "trust",
        abstract: "Lets this repository's .teamfix.yml name servers, commands, roles, files to carry and the sandbox.",
        discussion: """
            The trust is bound to the file's path and content: when the file changes, it has to be given again. \
            Until then those settings are ignored, and a note says so.
            """)

    @Flag(help: "Take the trust back.") package var remove = false
    @OptionGroup package var common: CommonOptions

    package init() {}

    package func perform(_ invocation: Invocation) async throws -> ExitStatus {
        guard let root = try invocation.workTree() else {
            throw Failure(.repository, "this folder is not in a git repository")
        }
        let path = LoadedConfiguration.resolved(root) + "/" + LoadedConfiguration.fileName
        let store = TrustStore(path: invocation.surroundings.folders.trustFile)
        var record = try store.load()
        if remove {
            let had = record.forget(path: path)
            if had { try store.save(record) }
            invocation.show(TrustReport(path: path, trusted: false, settings: []))
            return .done
        }
        guard let content = try BoundedFile.read(path, limit: ConfigurationFile.maximumSize) else {
            throw Failure(
                .configuration, "there is no \(LoadedConfiguration.fileName) to trust in \(root)",
                hints: ["write one: teamfix init"])
        }
        guard let text = String(validating: content, as: UTF8.self) else {
            throw Failure(.configuration, "\(path) is not UTF-8")
        }
        // Only what can be understood can be trusted; and the user sees what was just allowed.
        let layer = try ConfigurationFile.read(text, from: .repositoryFile(path: path, line: 0))
        record.trust(path: path, content: content, at: invocation.surroundings.now())
        try store.save(record)
        let settings = layer.settings.filter(\.key.needsTrust).sorted { $0.key < $1.key }
            .map { TrustReport.Setting(key: $0.key.rawValue, value: $0.value.value.shown) }
        invocation.show(TrustReport(path: path, trusted: true, settings: settings))
        return .done
    }
}

/// What is trusted now.
package struct TrustReport: Report, Equatable {
    package struct Setting: Encodable, Sendable, Equatable {
        package var key: String
        package var value: String
    }
    package var path: String
    package var trusted: Bool
    package var settings: [Setting]

    package func lines(width: Int, style: Style) -> [String] {
        if !trusted { return ["\(sanitizedLine(path)) is not trusted"] }
        return ["\(sanitizedLine(path)) is trusted until it changes. It sets:"]
            + (settings.isEmpty
                ? ["  nothing that needs trust"]
                : settings.map { "  \($0.key): \(sanitizedLine($0.value))" })
    }
}

/// Every setting with its sources.
package struct ConfigurationReport: Report, Equatable {
    package struct Setting: Encodable, Sendable, Equatable {
        package var key: String
        package var value: String?
        package var sources: [String]
    }
    package var settings: [Setting]
    /// Whether the repository has a file of its own, and whether it is trusted.
    package var repositoryFile: String?
    package var repositoryFileIsTrusted: Bool?

    package init(_ loaded: LoadedConfiguration) {
        settings = ConfigurationKey.allCases.map { key in
            let entry = loaded.configuration.entries[key]
            return Setting(
                key: key.rawValue, value: entry?.value.shown,
                sources: entry.map { $0.sources.map(\.description) } ?? [])
        }
        repositoryFile = loaded.repositoryFile?.path
        repositoryFileIsTrusted = loaded.repositoryFile?.isTrusted
    }

    package func lines(width: Int, style: Style) -> [String] {
        var table = TextTable([.init("setting"), .init("value", isFlexible: true), .init("from", isFlexible: true)])
        for setting in settings {
            table.add([
                setting.key, setting.value ?? "",
                setting.sources.isEmpty ? "not set" : setting.sources.joined(separator: ", "),
            ])
        }
        return table.lines(width: width, style: style)
    }
}
