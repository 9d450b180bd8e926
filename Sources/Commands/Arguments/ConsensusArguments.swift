import ArgumentParser
import Git
import Workflows

extension Consensus.Clustering: ExpressibleByArgument {}

/// What `consensus` takes beside the common options.
package struct ConsensusArguments: ParsableArguments {
    @Argument(help: "The question.")
    package var question: String

    @Argument(help: "Files and folders that the experts look at, as they are.", completion: .file())
    package var paths: [String] = []

    @Option(help: ArgumentHelp("How many independent experts are asked, 1 to 16.", valueName: "n"))
    package var experts = 3

    @Option(
        help: ArgumentHelp(
            "The experts' roles, with commas: specialists by name, or roles in words (default: the roster's, in turn).",
            valueName: "roles"))
    package var roles: [String] = []

    @Option(
        help: ArgumentHelp(
            "The models that the experts are spread over, with commas (default: those that the servers run).",
            valueName: "models"))
    package var models: [String] = []

    @Flag(help: "Let the experts look at what is staged.")
    package var staged = false

    @Option(help: ArgumentHelp("Let the experts look at what changed between two commits.", valueName: "a..b"))
    package var range: String?

    @Flag(help: "Let the experts rank one another's answers, not knowing whose they are.")
    package var rank = false

    @Option(help: "What tells which answers are the same: their words, or in addition a model.")
    package var cluster: Consensus.Clustering = .words

    @Flag(help: "Hear every expert, also when the vote is settled.")
    package var hearAll = false

    @Flag(name: .customLong("no-synthesis"), help: "Give the winning answer in its expert's own words.")
    package var noSynthesis = false

    @Flag(
        help:
            "Ask for patches that make the failing command pass; they are verified, and votes decide between those that do."
    )
    package var patch = false

    @Option(
        help: ArgumentHelp(
            "The command that fails and must pass, for --patch; the configured one when left out.",
            valueName: "command"))
    package var build: String?

    @Option(help: ArgumentHelp("A command that must pass after the build, for --patch.", valueName: "command"))
    package var check: String?

    @Option(
        help: ArgumentHelp(
            "Save the decision as the next numbered record in this folder, such as docs/decisions.", valueName: "folder"
        ),
        completion: .directory)
    package var adr: String?

    package init() {}

    package mutating func validate() throws {
        if !(1...Panel.most).contains(experts) {
            throw ValidationError("--experts must be between 1 and \(Panel.most).")
        }
        if question.allSatisfy(\.isWhitespace) { throw ValidationError("The question is empty.") }
        if staged, range != nil { throw ValidationError("--staged and --range exclude each other.") }
        if !patch, build != nil || check != nil {
            throw ValidationError("--build and --check go with --patch only.")
        }
        if patch, staged || range != nil || !paths.isEmpty {
            throw ValidationError(
                "--patch looks at what the command fails for: it takes no paths, --staged or --range.")
        }
    }

    /// What these flags configure.
    package func layer() throws(ConfigurationProblem) -> ConfigurationLayer {
        var layer = ConfigurationLayer()
        if let build { try layer.set(.build, to: build, flag: "--build") }
        if let check { try layer.set(.check, to: check, flag: "--check") }
        return layer
    }

    /// What the experts are shown of the repository; nil for nothing.
    package var selection: ChangeSelection? { staged ? .staged : range.map { .range($0) } }

    package var roleNames: [String] { Self.split(roles) }
    package var modelNames: [String] { Self.split(models) }

    /// How the answers become one.
    package var options: Consensus.Options {
        var options = Consensus.Options()
        options.ranks = rank
        options.hearsAll = hearAll
        options.synthesizes = !noSynthesis
        options.clustering = cluster
        return options
    }

    private static func split(_ lists: [String]) -> [String] {
        lists.flatMap { $0.split(separator: ",") }.map {
            String($0.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
        }.filter { !$0.isEmpty }
    }
}
