import ArgumentParser
import Foundation

/// Writes everything that is generated from the commands' own descriptions: completions, manual pages and the reference.
/// Hidden; `make generate` calls it, and a test compares.
package struct GenerateCommand: Subcommand {
    package static let configuration = CommandConfiguration(
        commandName: "generate-texts", abstract: "Writes completions, manual pages and the reference.",
        shouldDisplay: false)

    @Argument(help: "The folder that gets completions/, man/ and docs/.") package var folder: String
    @OptionGroup package var common: CommonOptions

    package init() {}

    package func perform(_ invocation: Invocation) async throws -> ExitStatus {
        let root = URL(fileURLWithPath: invocation.surroundings.absolute(folder))
        for (path, text) in try GeneratedTexts.all().sorted(by: { $0.key < $1.key }) {
            let file = root.appendingPathComponent(path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        return .done
    }
}

/// The generated files, by their path in the repository.
package enum GeneratedTexts {
    package static func all() throws -> [String: String] {
        var files = [
            "completions/teamfix.bash": Teamfix.completionScript(for: .bash),
            "completions/_teamfix": Teamfix.completionScript(for: .zsh),
            "completions/teamfix.fish": Teamfix.completionScript(for: .fish),
        ].mapValues { $0.hasSuffix("\n") ? $0 : $0 + "\n" }
        let commands = try CommandDescription.root().visibleTree
        for command in commands { files["man/\(command.pageName).1"] = ManualPage(command, all: commands).text }
        files["docs/cli-reference.md"] = ReferencePage(commands).text
        return files
    }
}
