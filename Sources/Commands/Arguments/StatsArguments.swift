import ArgumentParser

/// The form in which `stats` shows figures.
package enum StatsFormat: String, Sendable, CaseIterable, ExpressibleByArgument {
    case text, json, markdown, csv, prometheus, otlp, html

    /// The form that every result has; nil for one that only figures have.
    var common: OutputFormat? { OutputFormat(rawValue: rawValue) }
}

/// What every part of `stats` takes.
package struct StatsOptions: ParsableArguments {
    @Flag(help: "The runs of every repository, not only of this one.")
    package var everywhere = false
    @Flag(name: [.short, .long], help: "No notes on standard error.")
    package var quiet = false
    @Flag(name: [.short, .long], help: "More progress in a replay: every build and every attempt.")
    package var verbose = false
    @Flag(name: .customLong("no-color"), help: "No colours, as with NO_COLOR.")
    package var noColor = false

    package init() {}

    package mutating func validate() throws {
        if quiet, verbose { throw ValidationError("--quiet and --verbose exclude each other.") }
    }

    func common(_ format: OutputFormat) -> CommonOptions {
        var common = CommonOptions.standard
        common.quiet = quiet
        common.verbose = verbose
        common.noColor = noColor
        common.format = format
        return common
    }
}

/// A time that is given as `90d`, `12h`, `30m`, `45s` or `2w`; a number alone counts days.
package struct Age: ExpressibleByArgument, Sendable, Equatable {
    package var seconds: Double

    package init?(argument: String) {
        let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]
        var digits = argument[...]
        let unit = digits.last.flatMap { units[$0] }
        if unit != nil { digits.removeLast() }
        guard let number = Int(digits), (0...1_000_000).contains(number) else { return nil }
        seconds = Double(number) * (unit ?? 86_400)
    }
}
