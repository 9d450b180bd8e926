#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What stands in a hook's place.
package struct HookOnDisk: Sendable, Hashable {
    package enum Holder: Sendable, Hashable {
        case nobody
        /// A hook that isn't teamfix's.
        case foreign
        case teamfix
        /// Teamfix's, edited since.
        case edited
    }

    package var stage: HookStage
    package var path: String
    package var holder: Holder
    /// The earlier hook that was moved aside; nil when there is none.
    package var aside: String?
    fileprivate var madeFolder = false
}

/// What installing did.
package enum HookInstalled: Sendable, Hashable {
    case new
    /// With an earlier hook moved aside to this path; it runs first.
    case chained(String)
    /// Teamfix's hook was there with other options.
    case renewed
    case unchanged
}

/// What removing did.
package enum HookRemoved: Sendable, Hashable {
    case nothingThere
    /// Somebody else's hook stands there; it was left alone. The path is the earlier hook's that teamfix once moved aside.
    case foreign(aside: String?)
    case removed
    /// The earlier hook stands there again.
    case restored
}

extension Repository {
    /// What stands in a hook's place in a folder.
    package func hook(_ stage: HookStage, in folder: HookFolder) throws(GitError) -> HookOnDisk {
        let path = folder.path + "/" + stage.rawValue
        let aside = path + HookScript.asideSuffix
        // A folder of that name is nobody's hook.
        let isHook = Paths.status(aside).map { [S_IFREG, S_IFLNK].contains($0.st_mode & S_IFMT) } ?? false
        var found = HookOnDisk(stage: stage, path: path, holder: .nobody, aside: isHook ? aside : nil)
        guard let status = Paths.status(path) else { return found }
        found.holder = .foreign
        // A link is somebody's own arrangement, whatever it leads to.
        guard status.st_mode & S_IFMT == S_IFREG, let bytes = Paths.contents(path) else { return found }
        switch try HookScript.read(bytes) {
        case .foreign: break
        case .edited: found.holder = .edited
        case .intact(_, let madeFolder):
            found.holder = .teamfix
            found.madeFolder = madeFolder
        }
        return found
    }

    /// Puts teamfix's script in a hook's place. A hook that stands there is moved aside to a name and runs first; none is ever
    /// overwritten.
    ///
    /// Killed at any point it leaves a whole hook, the earlier one or teamfix's, and the earlier one's content under at least
    /// one name.
    /// - Throws: `exists` when the name for the earlier hook is taken, `modified` when teamfix's script was edited, `invalid`
    ///   when the earlier hook is one that git wouldn't run.
    package func installHook(_ script: HookScript, in folder: HookFolder) throws(GitError) -> HookInstalled {
        let lock = try lockHooks()
        defer { close(lock) }
        var script = script
        let found = try hook(script.stage, in: folder)
        if !Paths.isDirectory(folder.path) {
            try makeFolders(folder.path)
            script.madeFolder = true
        } else if access(folder.path, W_OK | X_OK) != 0 {
            throw unwritable(folder, errno)
        }
        switch found.holder {
        case .nobody:
            // Also what an install that was killed has left.
            if let aside = found.aside { return try replace(found, by: script, chaining: aside) }
            try put(script, found, replaces: false)
            return .new
        case .foreign:
            try refuseUnusable(found)
            let aside = found.path + HookScript.asideSuffix
            try giveSecondName(found.path, aside)
            return try replace(found, by: script, chaining: aside)
        case .edited:
            throw editedError(found)
        case .teamfix:
            script.chains = found.aside != nil
            script.madeFolder = found.madeFolder
            let text = try script.text()
            if Paths.contents(found.path) == Array(text.utf8), access(found.path, X_OK) == 0 { return .unchanged }
            try put(script, found, replaces: true)
            return .renewed
        }
    }

    /// Takes teamfix's script away, and puts the earlier hook back where it was: the same file, with its mode and times.
    /// - Throws: `modified` when the script was edited since.
    package func removeHook(_ stage: HookStage, in folder: HookFolder) throws(GitError) -> HookRemoved {
        let lock = try lockHooks()
        defer { close(lock) }
        let found = try hook(stage, in: folder)
        clearUnfinished(folder)
        switch found.holder {
        case .edited: throw editedError(found)
        case .foreign:
            guard let aside = found.aside, Self.isSame(found.path, aside) else { return .foreign(aside: found.aside) }
            // What an install that was killed has left: a second name for the hook that stands there.
            guard unlink(aside) == 0 else { throw unwritable(folder, errno) }
            return .restored
        case .nobody, .teamfix:
            if let aside = found.aside {
                guard rename(aside, found.path) == 0 else { throw unwritable(folder, errno) }
                return .restored
            }
            if found.holder == .nobody { return .nothingThere }
            guard unlink(found.path) == 0 else { throw unwritable(folder, errno) }
            // Fails, as it should, when anything else is in it.
            if found.madeFolder { rmdir(folder.path) }
            return .removed
        }
    }

    // MARK: Steps

    /// Keeps other processes from installing and removing hooks: between the look and the step they would take away what was seen.
    /// The lock is the git directory's own, so that nothing is left of it; closing the descriptor ends it.
    private func lockHooks() throws(GitError) -> Int32 {
        let folder = open(commonDirectory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw GitError.system("open", "The folder \(commonDirectory) can't be opened") }
        for _ in 0..<200 {
            if flock(folder, LOCK_EX | LOCK_NB) == 0 { return folder }
            // Where folders can't be locked, there is nobody to wait for.
            if errno != EWOULDBLOCK { return folder }
            usleep(25_000)
        }
        close(folder)
        throw GitError(
            .modified, call: "lockHooks", message: "Another teamfix is changing this repository's hooks.",
            hint: "Wait for it, and try again.")
    }

    private func replace(
        _ found: HookOnDisk, by script: HookScript, chaining aside: String
    ) throws(GitError) -> HookInstalled {
        var script = script
        script.chains = true
        try put(script, found, replaces: true)
        return .chained(aside)
    }

    /// A second name for a file, or for the link itself; nothing is ever replaced by it.
    private func giveSecondName(_ path: String, _ name: String) throws(GitError) {
        if linkat(AT_FDCWD, path, AT_FDCWD, name, 0) == 0 { return }
        let failure = errno
        if failure == EEXIST {
            if Self.isSame(path, name) { return }
            throw GitError(
                .exists, call: "installHook",
                message: "\(name) is there already, and isn't the hook that stands in \(path) now.",
                hint: "Look at both; move the first one away, and install again.")
        }
        // Some file systems have no second names. Then the hook is away for the moment until the script stands there.
        guard [EPERM, ENOTSUP, EMLINK, ENOSYS].contains(failure), Paths.status(name) == nil, rename(path, name) == 0
        else {
            throw GitError.system("link", "The hook \(path) can't be moved aside to \(name)", failure)
        }
    }

    private static func isSame(_ one: String, _ other: String) -> Bool {
        guard let one = Paths.status(one), let other = Paths.status(other) else { return false }
        return one.st_ino == other.st_ino && one.st_dev == other.st_dev
    }

    /// Writes the script beside its place, and gives it its name when it is whole.
    private func put(_ script: HookScript, _ found: HookOnDisk, replaces: Bool) throws(GitError) {
        let bytes = Array(try script.text().utf8)
        let temporary = Paths.parent(of: found.path) + "/\(Self.unfinished)\(getpid())"
        unlink(temporary)
        let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o777)
        guard file >= 0 else { throw GitError.system("open", "The hook \(found.path) can't be written") }
        defer { unlink(temporary) }
        let isWhole = write(file, bytes, bytes.count) == bytes.count && fsync(file) == 0
        let failure = errno
        close(file)
        guard isWhole else { throw GitError.system("write", "The hook \(found.path) can't be written", failure) }
        if replaces {
            guard rename(temporary, found.path) == 0 else {
                throw GitError.system("rename", "The hook \(found.path) can't be written")
            }
            return
        }
        guard link(temporary, found.path) != 0 else { return }
        let code = errno
        if code == EEXIST {
            throw GitError(
                .modified, call: "installHook", message: "Somebody has just made \(found.path).",
                hint: "Look at it, and install again.")
        }
        guard [EPERM, ENOTSUP, EMLINK, ENOSYS].contains(code), rename(temporary, found.path) == 0 else {
            throw GitError.system("link", "The hook \(found.path) can't be written", code)
        }
    }

    /// Scripts that never got their name, as their install was killed.
    private func clearUnfinished(_ folder: HookFolder) {
        guard let list = opendir(folder.path) else { return }
        defer { closedir(list) }
        while let entry = readdir(list) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard name.hasPrefix(Self.unfinished), let owner = Int32(name.dropFirst(Self.unfinished.count)),
                kill(owner, 0) != 0
            else { continue }
            unlink(folder.path + "/" + name)
        }
    }

    /// How the name of a script begins that isn't whole yet; its writer's process follows.
    private static let unfinished = ".teamfix-hook-"

    // MARK: Refusals

    /// Chaining would begin to run what git doesn't, or never could.
    private func refuseUnusable(_ found: HookOnDisk) throws(GitError) {
        var status = stat()
        guard stat(found.path, &status) == 0 else {
            throw GitError(
                .invalid, call: "installHook", message: "The hook \(found.path) is a link that leads nowhere.",
                hint: "Correct it, or remove it: rm '\(found.path)'")
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw GitError(
                .invalid, call: "installHook", message: "\(found.path) is not a file.", hint: "Move it away.")
        }
        guard access(found.path, X_OK) == 0 else {
            throw GitError(
                .invalid, call: "installHook",
                message: "The hook \(found.path) isn't executable: git doesn't run it, and chaining it would.",
                hint: "If it is meant to run: chmod +x '\(found.path)'; if not, move it away.")
        }
    }

    private func editedError(_ found: HookOnDisk) -> GitError {
        let earlier = found.aside.map { " The earlier hook is kept at \($0)." } ?? ""
        return GitError(
            .modified, call: "hook",
            message: "The hook \(found.path) was edited since teamfix wrote it; it is left alone.\(earlier)",
            hint: found.aside.map { "Save what you added, then: mv '\($0)' '\(found.path)'" }
                ?? "Save what you added, then: rm '\(found.path)'")
    }

    private func unwritable(_ folder: HookFolder, _ code: Int32) -> GitError {
        GitError(
            .system(code), call: "hook",
            message: "The hooks folder \(folder.path) can't be written to: \(String(cString: strerror(code))).",
            hint: folder.setting.map { "core.hooksPath = \($0) names it; ask who owns it, or set another one here." }
                ?? "Look at its mode and owner: ls -ld '\(folder.path)'")
    }
}
