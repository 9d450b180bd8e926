/// A hook of git in which teamfix can stand.
package enum HookStage: String, Sendable, Hashable, Codable, CaseIterable {
    case preCommit = "pre-commit"
    case prePush = "pre-push"
    case commitMessage = "commit-msg"
}

/// The folder in which git looks for hooks.
package struct HookFolder: Sendable, Hashable {
    /// Absolute; not resolved, as a link may be meant.
    package var path: String
    /// What `core.hooksPath` says; nil when it isn't set.
    package var setting: String?
    /// Whether it belongs to more than this repository: it lies neither in the repository nor in its work tree.
    package var isShared: Bool
    /// Whether it lies in the work tree, where it may be tracked.
    package var isInWorkTree: Bool
}

extension Repository {
    /// The folder in which git looks for this work tree's hooks: `core.hooksPath` of any layer, else the common folder's own.
    package func hookFolder() throws(GitError) -> HookFolder {
        guard let setting = try configValue("core.hookspath") else {
            return try folder(at: commonDirectory + "/hooks", setting: nil)
        }
        var path = setting
        if path == "~" || path.hasPrefix("~/"), let home = environment["HOME"] { path = home + path.dropFirst() }
        if path.hasPrefix("~") || path.hasPrefix("%(") {
            throw GitError(
                .unsupported, call: "hookFolder", message: "core.hooksPath is \(setting), which only git can expand.",
                hint: "Write it out: git config core.hooksPath PATH")
        }
        // Git runs hooks at the top of the work tree, and reads the path from there.
        path = Paths.withoutTrailingSlash(Paths.absolute(path, in: workTree ?? gitDirectory))
        if setting.isEmpty || (Paths.resolved(path).map { !Paths.isDirectory($0) } ?? false) {
            throw GitError(
                .unsupported, call: "hookFolder",
                message: "core.hooksPath is \(setting.isEmpty ? "empty" : setting), no folder: hooks are switched off.",
                hint: "See who sets it: git config --show-origin core.hooksPath")
        }
        return try folder(at: path, setting: setting)
    }

    private func folder(at path: String, setting: String?) throws(GitError) -> HookFolder {
        var existing = path
        while Paths.resolved(existing) == nil, existing != "/" {
            if Paths.status(existing) != nil {
                throw GitError(
                    .notFound, call: "hookFolder",
                    message: "The hooks folder \(existing) is a link that leads nowhere.",
                    hint: "Correct the link, or remove it.")
            }
            existing = Paths.parent(of: existing)
        }
        let real = (Paths.resolved(existing) ?? existing) + path.dropFirst(existing.count)
        func lies(within folder: String?) -> Bool {
            folder.flatMap { Paths.resolved($0) }.map { Paths.lies(real, within: $0) } ?? false
        }
        let main = commonDirectory.hasSuffix("/.git") ? Paths.parent(of: commonDirectory) : nil
        let isInRepository = lies(within: commonDirectory)
        let isInWorkTree = !isInRepository && (lies(within: workTree) || lies(within: main))
        return HookFolder(
            path: path, setting: setting, isShared: !isInRepository && !isInWorkTree, isInWorkTree: isInWorkTree)
    }
}
