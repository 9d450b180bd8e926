import Workflows

/// What `teamfix` alone says: what was found here, and what to type next.
package struct NextSteps: Report, Equatable {
    package var workTree: String?
    package var builds: [BuildSystemGuess]
    /// The configured build command.
    package var build: String?
    package var servers: [ServerSetting]
    package var hasConfiguration: Bool
    /// The last run in a line; nil when there was none.
    package var lastRun: String?

    package init(
        workTree: String?, builds: [BuildSystemGuess], build: String?, servers: [ServerSetting],
        hasConfiguration: Bool, lastRun: String? = nil
    ) {
        self.workTree = workTree
        self.builds = builds
        self.build = build
        self.servers = servers
        self.hasConfiguration = hasConfiguration
        self.lastRun = lastRun
    }

    package func lines(width: Int, style: Style) -> [String] {
        var lines: [String] = []
        func add(_ name: String, _ value: String) {
            lines.append(
                fitted(padded(name, to: 12) + sanitizedLine(value), to: width, ellipsis: style.glyphs.ellipsis))
        }
        add("repository", workTree ?? "none: teamfix works inside a git repository")
        let found = builds.map { "\($0.command) (\($0.name))" }.joined(separator: ", ")
        add("build", build ?? (found.isEmpty ? "not recognised" : found))
        add(
            "servers",
            servers.isEmpty
                ? "none configured: the built-in engine works alone"
                : servers.map { "\($0.name ?? "") \($0.shownURL)" }.joined(separator: ", "))
        if let lastRun { add("last run", lastRun) }
        lines += ["", style.apply(.heading, "Next")]
        for (command, purpose) in steps {
            lines.append(
                fitted(
                    "  " + padded(command, to: 34) + "  " + purpose, to: width, ellipsis: style.glyphs.ellipsis))
        }
        return lines
    }

    private var steps: [(String, String)] {
        guard workTree != nil else {
            return [("cd REPOSITORY", "and try again there"), ("teamfix doctor", "what works on this machine")]
        }
        var steps: [(String, String)] = []
        let hasBuild = build != nil || !builds.isEmpty
        steps.append(
            hasBuild
                ? ("teamfix fix", "make the failing build pass, on a branch")
                : ("teamfix fix --build COMMAND", "make a failing command pass, on a branch"))
        steps.append(("teamfix analyze", "look at what changed"))
        if !hasConfiguration { steps.append(("teamfix init", "write a commented .teamfix.yml")) }
        steps.append(("teamfix doctor", "what works on this machine"))
        return steps
    }
}
