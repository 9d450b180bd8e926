import ArgumentParser
import Foundation
import Git

package struct HookInstallCommand: Subcommand {
    package static let configuration = CommandConfiguration(
        commandName: "install",
        abstract: "Puts a review into git's hooks; without a choice, before each commit.",
        discussion: """
            Honours core.hooksPath. A hook that is there already is moved aside to NAME\(HookScript.asideSuffix) and runs first, with its \
            arguments, its standard input and its say; uninstall puts it back. Where pre-commit, lefthook or husky write the hooks, \
            the lines for their configuration are shown instead. Further options (--budget, --offline, --server) go into the hook.
            """)

    @OptionGroup package var stages: HookStageArguments
    @OptionGroup package var judgement: HookJudgement

    @Flag(help: "Also write to a hooks folder outside of this repository, which other repositories may share.")
    package var shared = false

    @Flag(help: "Move a hook aside also where pre-commit, lefthook or husky write the hooks.")
    package var chain = false

    @OptionGroup package var common: CommonOptions

    package init() {}

    package func perform(_ invocation: Invocation) async throws -> ExitStatus {
        let (repository, workTree, folder) = try await invocation.hooks()
        let stages = stages.stages.isEmpty ? [.preCommit] : stages.stages
        let frameworks = chain ? [] : HookFramework.detect(in: workTree, folder: folder)
        if !frameworks.isEmpty {
            invocation.show(
                HookAdvice(
                    frameworks: frameworks.map { framework in
                        HookAdvice.Lines(
                            framework: framework,
                            files: stages.map {
                                .init(file: framework.file(for: $0), lines: framework.lines(for: $0, options: options))
                            })
                    }))
            return .notFixed
        }
        if folder.isShared, !shared {
            throw Failure(
                .repository, "the hooks folder \(folder.path) is not this repository's own",
                causes: [folder.setting.map { "core.hooksPath is \($0)" } ?? "the repository's hooks folder is a link"],
                hints: [
                    "to install it there, for every repository that uses the folder: teamfix hook install --shared",
                    "to give this repository a folder of its own: git config core.hooksPath \"$(git rev-parse --git-common-dir)/hooks\"",
                ])
        }
        guard let program = invocation.surroundings.programPath else {
            throw Failure(
                .environment, "the path of this teamfix can't be found", hints: ["start it by its whole path"])
        }
        var installed: [HookInstallReport.Hook] = []
        for stage in stages {
            let script = HookScript(stage: stage, options: options, program: program)
            let result = try await repository.installHook(script, in: folder)
            installed.append(.init(stage: stage, path: "\(folder.path)/\(stage.rawValue)", result: result))
        }
        invocation.show(
            HookInstallReport(hooks: installed, blocks: judgement.block, isInWorkTree: folder.isInWorkTree))
        return .done
    }

    /// What `teamfix hook run STAGE` gets in the hook.
    private var options: [String] {
        var options = common.servers.flatMap { ["--server", $0] }
        if let model = common.model { options += ["--model", model] }
        if let strategy = common.strategy { options += ["--strategy", strategy.rawValue] }
        if let pattern = common.pattern { options += ["--pattern", pattern.rawValue] }
        if let workers = common.maxWorkers { options += ["--max-workers", "\(workers)"] }
        if let timeout = common.timeout { options += ["--timeout", "\(timeout)"] }
        if let budget = common.budget { options += ["--budget", "\(budget)"] }
        if common.offline { options.append("--offline") }
        if common.noCache { options.append("--no-cache") }
        if judgement.block { options.append("--block") }
        if judgement.failOn != .error { options += ["--fail-on", judgement.failOn.rawValue] }
        if judgement.detach { options.append("--detach") }
        return options
    }
}

/// What was installed.
package struct HookInstallReport: Report {
    struct Hook: Encodable, Sendable {
        var hook: String
        var path: String
        /// `new`, `chained`, `renewed` or `unchanged`.
        var result: String
        /// Where the earlier hook is now.
        var earlier: String?

        init(stage: HookStage, path: String, result: HookInstalled) {
            hook = stage.rawValue
            self.path = path
            switch result {
            case .new: self.result = "new"
            case .renewed: self.result = "renewed"
            case .unchanged: self.result = "unchanged"
            case .chained(let earlier):
                self.result = "chained"
                self.earlier = earlier
            }
        }
    }

    var hooks: [Hook]
    var blocks: Bool
    var isInWorkTree: Bool

    package func lines(width: Int, style: Style) -> [String] {
        var lines: [String] = []
        for hook in hooks {
            let what =
                switch hook.result {
                case "unchanged": "is installed already"
                case "renewed": "is installed, with its options changed"
                default: "is installed"
                }
            lines.append("\(hook.hook) \(what): \(sanitizedLine(hook.path))")
            if let earlier = hook.earlier {
                lines.append("  the hook that was there runs first; it is now \(sanitizedLine(earlier))")
            }
        }
        if isInWorkTree {
            lines.append("The folder is part of the work tree: git status shows what was written there.")
        }
        lines.append(
            blocks
                ? "Findings stop it. Once without: TEAMFIX_SKIP=1, or git's own --no-verify"
                : "It only tells; with --block findings stop it. Once without: TEAMFIX_SKIP=1")
        return lines
    }
}

/// What to write where another program makes the hooks.
package struct HookAdvice: Report {
    struct Lines: Encodable, Sendable {
        struct File: Encodable, Sendable {
            var file: String
            var lines: [String]
        }
        var framework: HookFramework
        var files: [File]
    }

    var frameworks: [Lines]

    package func lines(width: Int, style: Style) -> [String] {
        var lines: [String] = []
        for framework in frameworks {
            lines.append("\(framework.framework.rawValue) writes this repository's hooks. Nothing was changed.")
            for file in framework.files { lines += ["Add to \(file.file):", ""] + file.lines + [""] }
        }
        return lines + ["Or go before it with: teamfix hook install --chain"]
    }
}
