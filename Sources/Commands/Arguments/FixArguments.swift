import ArgumentParser
import Workflows

/// How models are asked to write a change: one of the formats, or what their size and record speak for.
package enum EditFormatChoice: String, Sendable, CaseIterable, ExpressibleByArgument {
    case auto, line, window, function
    case searchReplace = "search-replace"
    case file

    /// Nil for `auto`.
    package var format: EditFormat? { EditFormat(rawValue: rawValue) }
}

/// What `fix` takes beside the common options.
package struct FixArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The command that fails and must pass; recognised from the files here when left out.",
            valueName: "command"))
    package var build: String?

    @Option(
        help: ArgumentHelp(
            "Read what already failed from a file, or from standard input with -; the build then verifies.",
            valueName: "file"), completion: .file())
    package var log: String?

    @Option(help: ArgumentHelp("A command that must pass after the build, such as the tests.", valueName: "command"))
    package var check: String?

    @Option(
        help: ArgumentHelp("How many candidates are asked for about one file in a round (default: 8).", valueName: "n"))
    package var candidates: Int?

    @Option(help: ArgumentHelp("How often what a build then says is worked on again (default: 3).", valueName: "n"))
    package var rounds: Int?

    @Option(help: ArgumentHelp("The branch's name; it lies below teamfix/ whatever this says.", valueName: "name"))
    package var branch: String?

    @Option(help: ArgumentHelp("Write the verified patch to a file too.", valueName: "file"), completion: .file())
    package var patch: String?

    @Flag(help: "Put the verified patch on the work tree too, where that loses nothing.")
    package var apply = false

    @Flag(help: "Write the statistics as a git note on the branch's last commit too, below refs/notes/teamfix.")
    package var notes = false

    @Option(help: ArgumentHelp("Files that no fix may touch; repeatable.", valueName: "glob"))
    package var protect: [String] = []

    @Option(
        help: ArgumentHelp("A path that a fix may touch beside the failure's own files; repeatable.", valueName: "path")
    )
    package var allow: [String] = []

    @Option(
        help: ArgumentHelp(
            "An ignored path that the build needs in its scratch checkout; repeatable.", valueName: "path"))
    package var carry: [String] = []

    @Option(
        help: ArgumentHelp(
            "How models write a change; auto goes by their size and record (default: auto).",
            valueName: "format"))
    package var editFormat: EditFormatChoice?

    @Flag(
        name: .customLong("no-mutations"),
        help: "Try no small changes of lines (another operator, a neighbouring number) where a check fails.")
    package var noMutations = false

    @Flag(help: "Accept a fix that only restores what the change under repair replaced.")
    package var allowRevert = false

    @Option(help: ArgumentHelp("The most time for one build, 1 to 86400.", valueName: "seconds"))
    package var buildTimeout: Double = 1800

    @Flag(help: "Write a branch that no build has confirmed, below teamfix/unverified/, and end with 5.")
    package var keepUnverified = false

    @Flag(name: .customShort("y"), help: "Run the recognised build command without asking.")
    package var yes = false

    package init() {}

    package mutating func validate() throws {
        if !(1...86_400).contains(buildTimeout) {
            throw ValidationError("--build-timeout must be between 1 and 86400 seconds.")
        }
    }

    /// What these flags configure.
    package func layer() throws(ConfigurationProblem) -> ConfigurationLayer {
        var layer = ConfigurationLayer()
        if let build { try layer.set(.build, to: build, flag: "--build") }
        if let check { try layer.set(.check, to: check, flag: "--check") }
        if let candidates { try layer.set(.candidates, to: String(candidates), flag: "--candidates") }
        if let rounds { try layer.set(.rounds, to: String(rounds), flag: "--rounds") }
        if let editFormat { try layer.set(.editFormat, to: editFormat.rawValue, flag: "--edit-format") }
        try layer.set(.protect, to: protect, flag: "--protect")
        try layer.set(.allow, to: allow, flag: "--allow")
        try layer.set(.carry, to: carry, flag: "--carry")
        return layer
    }
}
