import ArgumentParser
import Orchestration
import Workflows

/// The options that every command takes.
package struct CommonOptions: ParsableArguments {
    @Option(
        name: .customLong("server"),
        help: ArgumentHelp(
            "A model server, or the name of a configured one; repeatable.",
            discussion: """
                [NAME=]URL, where URL is read as Ollama reads OLLAMA_HOST: a host name alone means http and port 11434. \
                Put openai+ before the URL (openai+http://gpu:8000/v1) for vLLM, llama.cpp, SGLang or LiteLLM. \
                Replaces the servers of the configuration.
                """,
            valueName: "url"))
    package var servers: [String] = []

    @Option(help: ArgumentHelp("The model for every server; without it, each gets its best installed coding model."))
    package var model: String?

    @Option(help: "How a task gets its server.")
    package var strategy: BalancingStrategy?

    @Option(help: "How the work is cut; without it, the problem decides.")
    package var pattern: Pattern?

    @Option(help: ArgumentHelp("The most tasks in flight over all servers.", valueName: "n"))
    package var maxWorkers: Int?

    @Option(help: ArgumentHelp("The most time for one attempt at a task.", valueName: "seconds"))
    package var timeout: Double?

    @Option(
        help: ArgumentHelp("The most time for the whole run; what is verified by then counts.", valueName: "seconds"))
    package var budget: Double?

    @Flag(help: "Ask no server: the built-in engine works alone.")
    package var offline = false

    @Flag(
        name: .customLong("no-cache"),
        help: "Ask servers also what they have answered in an earlier run, and keep no answers.")
    package var noCache = false

    @Flag(name: .customLong("no-history"), help: "Record nothing of this run, and learn nothing from earlier ones.")
    package var noHistory = false

    @Option(
        help: ArgumentHelp(
            "Write the run's events to a file as JSON lines, as they come; - is standard output, in place of the result.",
            valueName: "file"))
    package var events: String?

    @Option(help: "Whether the build runs in a sandbox: require refuses without one, auto warns.")
    package var sandbox: SandboxMode?

    @Option(help: "The form of results and errors on standard output; those behind markdown are analyze's.")
    package var format: OutputFormat = .text

    @Flag(name: [.short, .long], help: "No progress and no notes on standard error.")
    package var quiet = false

    @Flag(name: [.short, .long], help: "More progress: every build and every attempt.")
    package var verbose = false

    @Flag(name: .customLong("no-color"), help: "No colours, as with NO_COLOR.")
    package var noColor = false

    package init() {}

    /// Every option with its default.
    package static let standard: CommonOptions = {
        do { return try CommonOptions.parse([]) } catch { preconditionFailure("every common option has a default") }
    }()

    package mutating func validate() throws {
        if quiet, verbose { throw ValidationError("--quiet and --verbose exclude each other.") }
    }

    /// How much is said on standard error.
    package var verbosity: Verbosity { quiet ? .quiet : verbose ? .verbose : .normal }
}

/// How much is said on standard error.
package enum Verbosity: Int, Sendable, Comparable {
    case quiet, normal, verbose

    package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

extension SandboxMode: ExpressibleByArgument {}
extension BalancingStrategy: ExpressibleByArgument {}
extension Pattern: ExpressibleByArgument {}
