#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Git's rule about other people's repositories: everything belongs to the current user, or `safe.directory` lists it in a
/// configuration that the repository itself doesn't control.
enum Ownership {
    /// Whether `safe.directory`'s values, lowest layer first, allow the folder.
    static func allows(_ values: [String], folder: String, home: String?) -> Bool {
        var isAllowed = false
        for value in values {
            if value.isEmpty {
                isAllowed = false
            } else if value == "*" {
                isAllowed = true
            } else {
                var path = value
                if path.hasPrefix("~/"), let home { path = home + path.dropFirst(1) }
                if path.hasSuffix("/*") {
                    let parent = String(path.dropLast(2))
                    isAllowed = isAllowed || Paths.lies(folder, within: Paths.resolved(parent) ?? parent)
                } else {
                    isAllowed = isAllowed || (Paths.resolved(path) ?? Paths.withoutTrailingSlash(path)) == folder
                }
            }
        }
        return isAllowed
    }

    /// Refuses a repository of someone else's.
    static func check(
        paths: [String], folder: String, environment: [String: String], config: borrowing Handle
    ) throws(GitError) {
        var mine: Set<uid_t> = [geteuid()]
        // Under sudo the caller's own repositories are theirs, not a stranger's.
        if geteuid() == 0, let caller = environment["SUDO_UID"].flatMap({ uid_t($0) }) { mine.insert(caller) }
        let foreign = paths.first { path in Paths.status(path).map { !mine.contains($0.st_uid) } ?? false }
        guard let foreign else { return }
        let listed = try Configuration.entries(matching: "^safe\\.directory$", in: config)
            .filter {
                $0.level < Configuration.Level.local.rawValue || $0.level == Configuration.Level.command.rawValue
            }
        let folder = Paths.resolved(folder) ?? folder
        if allows(listed.map(\.value), folder: folder, home: environment["HOME"]) { return }
        throw GitError(
            .unsafeOwner, call: "discover",
            message: "\(foreign) belongs to another user, and git wouldn't trust it either.",
            hint: "If you do: git config --global --add safe.directory \(folder)")
    }
}
