import ArgumentParser

package struct ServersCommand: Subcommand {
    package static let configuration = CommandConfiguration(
        commandName: "servers",
        abstract: "Asks each model server for its version, models, what is loaded, and how fast it answers.",
        discussion: "Ends with 2 when there are servers and none of them can be used.")

    @Option(help: ArgumentHelp("How long to wait for each server.", valueName: "seconds"))
    package var wait: Double = 5
    @OptionGroup package var common: CommonOptions

    package init() {}

    package func validate() throws {
        if !(0.1...600).contains(wait) { throw ValidationError("--wait must be between 0.1 and 600 seconds.") }
    }

    package func perform(_ invocation: Invocation) async throws -> ExitStatus {
        let configuration = try invocation.configuration().configuration
        let report = try await ServersReport.gather(
            try await invocation.serversOrLocal(configuration),
            connect: common.offline ? nil : invocation.wiring.connect,
            deadline: .seconds(wait))
        invocation.show(report)
        return report.exitStatus
    }
}
