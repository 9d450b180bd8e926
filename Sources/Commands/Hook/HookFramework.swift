import Foundation
import Git

/// A program that writes a repository's hooks itself, and writes them anew when it likes: teamfix is added to its configuration.
package enum HookFramework: String, Sendable, CaseIterable, Codable {
    case preCommit = "pre-commit"
    case lefthook, husky

    /// Those whose files are in a work tree.
    package static func detect(in workTree: String, folder: HookFolder) -> [HookFramework] {
        allCases.filter { framework in
            framework.files.contains { access("\(workTree)/\($0)", F_OK) == 0 }
                || framework == .husky && folder.setting?.split(separator: "/").contains(".husky") == true
        }
    }

    private var files: [String] {
        switch self {
        case .preCommit: [".pre-commit-config.yaml", ".pre-commit-config.yml"]
        case .lefthook:
            ["lefthook", ".lefthook", ".config/lefthook"].flatMap { name in
                ["yml", "yaml", "toml", "json"].map { "\(name).\($0)" }
            }
        case .husky: [".husky"]
        }
    }

    /// The file that gets the lines.
    package func file(for stage: HookStage) -> String {
        switch self {
        case .preCommit: ".pre-commit-config.yaml"
        case .lefthook: "lefthook.yml"
        case .husky: ".husky/\(stage.rawValue)"
        }
    }

    /// The lines to add to that file.
    package func lines(for stage: HookStage, options: [String]) -> [String] {
        let call = (["teamfix hook run", stage.rawValue] + options).joined(separator: " ")
        switch self {
        case .preCommit:
            return [
                "  - repo: local",
                "    hooks:",
                "      - id: teamfix-\(stage.rawValue)",
                "        name: teamfix",
                "        entry: \(call)",
                "        language: system",
                "        pass_filenames: \(stage == .commitMessage)",
                "        stages: [\(stage.rawValue)]",
                "        verbose: true",
            ]
        case .lefthook:
            let rest =
                switch stage {
                case .preCommit: ""
                case .prePush: " --stdin -- {1} {2}"
                case .commitMessage: " -- {1}"
                }
            let reads = stage == .prePush ? ["      use_stdin: true"] : []
            return ["\(stage.rawValue):", "  commands:", "    teamfix:", "      run: \(call)\(rest)"] + reads
        case .husky:
            let rest =
                switch stage {
                case .preCommit: ""
                case .prePush: " --stdin -- \"$@\""
                case .commitMessage: " -- \"$1\""
                }
            return ["! command -v teamfix >/dev/null 2>&1 || \(call)\(rest)"]
        }
    }
}
