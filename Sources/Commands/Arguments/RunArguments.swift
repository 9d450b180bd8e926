import ArgumentParser

/// Which recorded run `stats` and `apply` mean.
package struct RecordedRunArguments: ParsableArguments {
    @Argument(help: "The run's id, or the beginning of it; the last run when left out.")
    package var run: String?

    @Flag(help: "The last run.")
    package var last = false

    package init() {}

    package mutating func validate() throws {
        if last, run != nil { throw ValidationError("Give --last or a run, not both.") }
    }
}

/// The form in which `plan` writes a plan.
package enum PlanFormat: String, Sendable, CaseIterable, ExpressibleByArgument {
    case text, json, yaml
}

/// What `run` takes beside the common options.
package struct PlanFileArguments: ParsableArguments {
    @Argument(help: "The plan's file, JSON or YAML.", completion: .file(extensions: ["json", "yml", "yaml"]))
    package var plan: String

    package init() {}
}

/// What `clean` takes beside the common options.
package struct CleanArguments: ParsableArguments {
    @Option(help: ArgumentHelp("Remove branches older than this many days.", valueName: "days"))
    package var olderThan = 14

    @Flag(help: "Remove every branch below teamfix/.")
    package var all = false

    @Flag(name: [.customShort("n"), .long], help: "Say what would be removed, and remove nothing.")
    package var dryRun = false

    package init() {}

    package mutating func validate() throws {
        if !(0...36_500).contains(olderThan) { throw ValidationError("--older-than must be between 0 and 36500 days.") }
    }
}
