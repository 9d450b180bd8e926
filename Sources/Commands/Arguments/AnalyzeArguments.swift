import ArgumentParser
import Orchestration

/// What `analyze` takes beside the common options.
package struct AnalyzeArguments: ParsableArguments {
    /// How bad a finding is at least.
    package enum Threshold: String, Sendable, CaseIterable, ExpressibleByArgument {
        case note, warning, error, never
    }

    @Argument(help: "Look at these files and folders only.", completion: .file())
    package var paths: [String] = []

    @Flag(help: "Look at what is staged.")
    package var staged = false

    @Option(help: ArgumentHelp("Look at what changed between two commits.", valueName: "a..b"))
    package var range: String?

    @Option(
        help: ArgumentHelp("A build's output, or - for standard input, as further evidence.", valueName: "file"),
        completion: .file())
    package var log: String?

    @Option(help: "End with 1 when a finding is this bad.")
    package var failOn: Threshold = .error

    @Option(
        help: ArgumentHelp(
            "Set models' findings aside whose confidence is below this, 0 to 1 (0.2); tools' findings have none and stay.",
            valueName: "c"))
    package var minConfidence: Double?

    @Option(
        help: ArgumentHelp("Set findings aside that this baseline has.", valueName: "file"), completion: .file())
    package var baseline: String?

    @Option(
        help: ArgumentHelp(
            "Write every finding of now into a baseline, besides those that --baseline has, and count none.",
            valueName: "file"),
        completion: .file())
    package var writeBaseline: String?

    @Option(help: "Who plans the models' part: the rules, or a model that is asked.")
    package var planner: PlannerKind = .rules

    package init() {}

    package mutating func validate() throws {
        if staged, range != nil { throw ValidationError("--staged and --range exclude each other.") }
        // Written so that what isn't a number is refused, too.
        if let minConfidence, !(0...1).contains(minConfidence) {
            throw ValidationError("--min-confidence must be between 0 and 1.")
        }
    }
}
