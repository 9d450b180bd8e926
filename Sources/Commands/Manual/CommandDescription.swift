import Foundation

/// A command as ArgumentParser describes it: the part of `--experimental-dump-help` that the manual needs.
struct CommandDescription: Decodable {
    struct Argument: Decodable {
        enum Kind: String, Decodable { case positional, option, flag }
        struct Name: Decodable {
            enum Kind: String, Decodable { case long, short, longWithSingleDash }
            var kind: Kind
            var name: String

            var spelling: String {
                switch kind {
                case .long: "--\(name)"
                case .short, .longWithSingleDash: "-\(name)"
                }
            }
        }

        var kind: Kind
        var shouldDisplay: Bool
        var isOptional: Bool
        var isRepeating: Bool
        var names: [Name]?
        var valueName: String?
        var defaultValue: String?
        var allValues: [String]?
        var abstract: String?
        var discussion: String?

        /// Short names first, as the manual writes them.
        var spellings: [String] {
            (names ?? []).sorted { ($0.kind == .short ? 0 : 1) < ($1.kind == .short ? 0 : 1) }.map(\.spelling)
        }

        /// The summary with what can be said: choices and the default.
        var details: String {
            var text = abstract ?? ""
            if let discussion { text += " " + discussion }
            if let allValues, !allValues.isEmpty { text += " One of \(allValues.joined(separator: ", "))." }
            if kind != .flag, let defaultValue { text += " Default: \(defaultValue)." }
            return text.split(whereSeparator: \.isNewline).joined(separator: " ")
        }
    }

    var superCommands: [String]?
    var shouldDisplay: Bool
    var commandName: String
    var abstract: String?
    var discussion: String?
    var subcommands: [CommandDescription]?
    var arguments: [Argument]?

    private struct Tool: Decodable { var command: CommandDescription }

    static func root() throws -> CommandDescription {
        do {
            _ = try Teamfix.parseAsRoot(["--experimental-dump-help"])
        } catch {
            let text = Teamfix.fullMessage(for: error)
            return try JSONDecoder().decode(Tool.self, from: Data(text.utf8)).command
        }
        throw Failure(.unexpected, "the commands' own description is missing")
    }

    var words: [String] { (superCommands ?? []) + [commandName] }
    /// `teamfix-config-trust`.
    var pageName: String { words.joined(separator: "-") }
    var fullName: String { words.joined(separator: " ") }
    var visibleSubcommands: [CommandDescription] {
        (subcommands ?? []).filter { $0.shouldDisplay && $0.commandName != "help" }
    }
    var visibleArguments: [Argument] { (arguments ?? []).filter(\.shouldDisplay) }
    /// This command and those below it, depth first.
    var visibleTree: [CommandDescription] { [self] + visibleSubcommands.flatMap(\.visibleTree) }

    /// The words of the synopsis after the command's name.
    var synopsis: [String] {
        var parts: [String] = []
        if visibleArguments.contains(where: { $0.kind != .positional }) { parts.append("[options]") }
        for argument in visibleArguments where argument.kind == .positional {
            let name = "<\(argument.valueName ?? "value")>\(argument.isRepeating ? "..." : "")"
            parts.append(argument.isOptional ? "[\(name)]" : name)
        }
        if !visibleSubcommands.isEmpty { parts.append("<command>") }
        return parts
    }
}
