import Workflows

/// The commented file that `teamfix init` writes: what was found is set, everything else is there as a comment.
package struct StarterConfiguration: Sendable {
    package var builds: [BuildSystemGuess]
    package var servers: [ServerSetting]
    /// The places among `servers` of those that don't answer, each with why: they are written as comments.
    package var silent: [Int: String]

    package init(builds: [BuildSystemGuess], servers: [ServerSetting], silent: [Int: String] = [:]) {
        self.builds = builds
        self.servers = servers
        self.silent = silent
    }

    package var text: String {
        var lines = [
            "# teamfix's configuration for this repository. Every line is optional; flags and TEAMFIX_* win over it.",
            "# Who clones this must run `teamfix config trust` before servers, commands, roles, carried files and the",
            "# sandbox setting count.",
            "",
            "# The command that must pass, and one that must pass after it.",
        ]
        lines += builds.dropFirst().map { "# also recognised: \($0.name): \($0.command)" }
        lines.append(builds.first.map { "build: \(quoted($0.command))" } ?? "# build: make")
        lines.append("# check: make test")
        lines += ["", "# The model servers. Without any, the built-in engine works alone."]
        if servers.isEmpty {
            lines += [
                "# servers:", "#   - name: ollama01", "#     url: http://gpu:11434", "#     slots: 2",
                "#     strengths: [heavy]",
            ]
        } else {
            lines.append(silent.count == servers.count ? "# servers:" : "servers:")
            for (place, server) in servers.enumerated() {
                if let reason = silent[place] {
                    lines.append("# doesn't answer now: \(sanitizedLine(reason))")
                }
                lines += serverLines(server).map { silent[place] == nil ? $0 : "# " + $0 }
            }
        }
        lines += [
            "",
            "# Without a model, each server gets its best installed coding model.",
            "# model: qwen2.5-coder:7b",
            "# strategy: predictive        # round-robin, capability, load-aware, predictive",
            "# max-workers: 16",
            "# timeout: 600                # seconds for one attempt at a task",
            "# budget: 900                 # seconds for a whole run",
            "",
            "# Files that no fix may touch, and paths that one may touch beside the failure's own.",
            "# protect: [\"vendor/**\"]",
            "# allow: [include]",
            "# Ignored files and folders that the build needs in its scratch checkout.",
            "# carry: [.venv, node_modules]",
            "# sandbox: auto               # require, auto, off",
            "",
            "# candidates: 8",
            "# edit-format: auto",
            "# rounds: 3",
            "# branch-prefix: teamfix/",
            "# cache: true                 # false asks servers again what they have answered before",
            "",
            "# Roles to add, or to replace by name.",
            "# specialists:",
            "#   - name: Security Analyst",
            "#     instructions: |",
            "#       You look for injection and path traversal. Name file, line and evidence.",
            "",
            "# history:",
            "#   keep-days: 90",
            "#   keep-runs: 1000",
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    private func serverLines(_ server: ServerSetting) -> [String] {
        var lines = ["  - url: \(quoted(server.shownURL))"]
        if let name = server.name { lines.append("    name: \(name)") }
        if server.shownURL != server.url { lines.append("    # its credentials stay out of this file") }
        if let kind = server.kind { lines.append("    kind: \(kind)") }
        return lines
    }

    /// The text in double quotes where YAML could misread it.
    private func quoted(_ text: String) -> String {
        let isPlain =
            text.first?.isLetter == true && !text.hasSuffix(" ")
            && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || " ./-_".contains($0)) }
            && !["true", "false", "yes", "no", "on", "off", "null"].contains(text.lowercased())
        if isPlain { return text }
        return "\"" + text.flatMap { $0 == "\"" || $0 == "\\" ? ["\\", $0] : [$0] } + "\""
    }
}
