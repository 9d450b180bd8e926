import ArgumentParser
import Foundation
import Git

package struct HookUninstallCommand: Subcommand {
    package static let configuration = CommandConfiguration(
        commandName: "uninstall",
        abstract: "Takes teamfix out of git's hooks, and puts back what was there before.",
        discussion: "Without a choice, all of its hooks. A hook that was edited since it was installed is left alone.")

    @OptionGroup package var stages: HookStageArguments
    @OptionGroup package var common: CommonOptions

    package init() {}

    package func perform(_ invocation: Invocation) async throws -> ExitStatus {
        let (repository, _, folder) = try await invocation.hooks()
        let chosen = stages.stages.isEmpty ? HookStage.allCases : stages.stages
        var report = HookUninstallReport(hooks: [])
        var refused: GitError?
        for stage in chosen {
            let path = "\(folder.path)/\(stage.rawValue)"
            do throws(GitError) {
                var hook = HookUninstallReport.Hook(hook: stage.rawValue, path: path, result: "not installed")
                switch try await repository.removeHook(stage, in: folder) {
                case .removed: hook.result = "removed"
                case .restored: hook.result = "restored"
                case .foreign(let aside):
                    hook.result = "not teamfix's"
                    hook.earlier = aside
                case .nothingThere: break
                }
                report.hooks.append(hook)
            } catch {
                // The others are taken away all the same.
                refused = refused ?? error
            }
        }
        if !report.hooks.isEmpty { invocation.show(report) }
        if let refused { throw refused }
        return .done
    }
}

/// What was taken away.
package struct HookUninstallReport: Report {
    struct Hook: Encodable, Sendable {
        var hook: String
        var path: String
        /// `removed`, `restored`, `not teamfix's` or `not installed`.
        var result: String
        /// A hook that teamfix once moved aside, and that another one has taken the place of.
        var earlier: String?
    }

    var hooks: [Hook]

    package func lines(width: Int, style: Style) -> [String] {
        let kept = hooks.compactMap { hook in
            hook.earlier.map {
                "\(hook.hook): another hook stands there now; the earlier one is kept, \(sanitizedLine($0))"
            }
        }
        let touched = hooks.filter { $0.result == "removed" || $0.result == "restored" }
        if touched.isEmpty {
            return ["teamfix is in none of these hooks: \(hooks.map(\.hook).joined(separator: ", "))"] + kept
        }
        return touched.map { hook in
            hook.result == "restored"
                ? "\(hook.hook): the hook that was there before is back, \(sanitizedLine(hook.path))"
                : "\(hook.hook): removed \(sanitizedLine(hook.path))"
        } + kept
    }
}

package struct HookStatusCommand: Subcommand {
    package static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Shows where git looks for hooks, and what is in them.")

    @OptionGroup package var common: CommonOptions

    package init() {}

    package func perform(_ invocation: Invocation) async throws -> ExitStatus {
        let (repository, workTree, folder) = try await invocation.hooks()
        var report = HookStatusReport(
            folder: folder.path, hooksPath: folder.setting, isShared: folder.isShared,
            frameworks: HookFramework.detect(in: workTree, folder: folder), hooks: [])
        for stage in HookStage.allCases {
            let found = try await repository.hook(stage, in: folder)
            let holder =
                switch found.holder {
                case .nobody: "none"
                case .foreign: "other"
                case .teamfix: "teamfix"
                case .edited: "edited"
                }
            report.hooks.append(.init(hook: stage.rawValue, holder: holder, earlier: found.aside))
        }
        invocation.show(report)
        return .done
    }
}

/// The hooks as they are.
package struct HookStatusReport: Report {
    struct Hook: Encodable, Sendable {
        var hook: String
        /// `none`, `other`, `teamfix`, or `edited` for one of teamfix's that was changed.
        var holder: String
        var earlier: String?
    }

    var folder: String
    /// `core.hooksPath` as it is set.
    var hooksPath: String?
    var isShared: Bool
    var frameworks: [HookFramework]
    var hooks: [Hook]

    package func lines(width: Int, style: Style) -> [String] {
        let why = hooksPath.map { " (core.hooksPath = \(sanitizedLine($0)))" } ?? ""
        var lines = ["hooks in \(sanitizedLine(folder))\(why)\(isShared ? ", shared with other repositories" : "")"]
        for hook in hooks {
            let name = hook.hook.padding(toLength: 10, withPad: " ", startingAt: 0)
            let what =
                switch hook.holder {
                case "none": "none"
                case "teamfix": "teamfix"
                case "edited": "teamfix, edited since it was installed"
                default: "another hook"
                }
            let earlier = hook.earlier.map { ", after \(sanitizedLine($0))" } ?? ""
            lines.append("  \(name)  \(what)\(earlier)")
        }
        for framework in frameworks { lines.append("\(framework.rawValue) is set up here") }
        if !hooks.contains(where: { $0.holder == "teamfix" || $0.holder == "edited" }) {
            lines.append("To review each commit: teamfix hook install")
        }
        return lines
    }
}
