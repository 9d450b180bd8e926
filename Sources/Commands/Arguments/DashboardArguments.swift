import ArgumentParser

/// How `stats` serves its page.
package struct DashboardArguments: ParsableArguments {
    @Option(
        defaultAsFlag: 0,
        help: ArgumentHelp(
            "Serve a page that follows the runs of all processes, on a port or, without one, on a free one.",
            valueName: "port"))
    package var serve: UInt16?

    @Option(
        help: ArgumentHelp(
            "The address that --serve listens on, 127.0.0.1 without one. Other machines can reach any but a loopback address.",
            valueName: "address"))
    package var listen: String?

    package init() {}
}
