import CLibgit2
import CLibgit2Shims
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Git's configuration, in git's layers: libgit2 alone doesn't know `GIT_CONFIG_GLOBAL`, `GIT_CONFIG_SYSTEM`,
/// `GIT_CONFIG_NOSYSTEM`, `GIT_CONFIG_COUNT`, `GIT_CONFIG_PARAMETERS` and `config.worktree`.
enum Configuration {
    /// The layers' ranks. 6 and 7 are what newer libgit2 versions call work tree and application.
    enum Level: Int32 {
        case system = 2
        case xdg = 3
        case global = 4
        case local = 5
        case workTree = 6
        case command = 7
    }

    /// The files that count, lowest first.
    static func files(_ environment: [String: String], _ location: Location) throws(GitError) -> [(Level, String)] {
        var files: [(Level, String)] = []
        if !isTrue(environment["GIT_CONFIG_NOSYSTEM"]) {
            if let named = environment["GIT_CONFIG_SYSTEM"] {
                files.append((.system, named))
            } else {
                var found = git_buf()
                files.append((.system, git_config_find_system(&found) == 0 ? take(&found) : "/etc/gitconfig"))
            }
        }
        if let named = environment["GIT_CONFIG_GLOBAL"] {
            files.append((.global, named))
        } else {
            if let folder = userFolder(environment) { files.append((.xdg, folder + "/config")) }
            if let home = environment["HOME"] { files.append((.global, home + "/.gitconfig")) }
        }
        let local = location.commonDirectory + "/config"
        files.append((.local, local))
        if flag("extensions.worktreeconfig", in: try file(local)) == true {
            files.append((.workTree, location.gitDirectory + "/config.worktree"))
        }
        return files.filter { !$0.1.isEmpty && access($0.1, R_OK) == 0 }
    }

    /// `$XDG_CONFIG_HOME/git`, or its default.
    static func userFolder(_ environment: [String: String]) -> String? {
        if let folder = environment["XDG_CONFIG_HOME"], !folder.isEmpty { return folder + "/git" }
        return environment["HOME"].map { $0 + "/.config/git" }
    }

    /// All layers as one configuration for the repository.
    static func load(
        _ environment: [String: String], _ location: Location, repository: OpaquePointer
    ) throws(GitError) -> Handle {
        let files = try files(environment, location)
        // Included files' `~` is expanded while they are read, by a process-wide path.
        let config = try Handle("git_config_new", release: git_config_free) { git_config_new($0) }
        try Library.searchPaths.withLock { (current) throws(GitError) in
            let home = environment["HOME"] ?? ""
            if current != home {
                try check("opts", teamfix_git_set_search_path(GIT_CONFIG_LEVEL_GLOBAL.rawValue.asInt32, home))
                let folder = userFolder(environment) ?? ""
                try check("opts", teamfix_git_set_search_path(GIT_CONFIG_LEVEL_XDG.rawValue.asInt32, folder))
                current = home
            }
            for (level, path) in files { try add(path, level, to: config, repository) }
            let command = try CommandConfiguration.settings(environment)
            let settings = command + usersFiles(command, config: config, environment)
            if !settings.isEmpty { try addOverlay(settings, to: config, repository) }
        }
        return config
    }

    /// `core.excludesFile` and `core.attributesFile` with `~` and git's defaults resolved: libgit2 would do it by the
    /// process-wide path.
    private static func usersFiles(
        _ command: [(String, String)], config: borrowing Handle, _ environment: [String: String]
    ) -> [(String, String)] {
        [("core.excludesfile", "/ignore"), ("core.attributesfile", "/attributes")].compactMap { key, name in
            let set = command.last { $0.0.lowercased() == key }?.1 ?? string(key, in: config)
            if let set {
                guard set.hasPrefix("~/"), let home = environment["HOME"] else { return nil }
                return (key, home + set.dropFirst(1))
            }
            return userFolder(environment).flatMap { access($0 + name, R_OK) == 0 ? (key, $0 + name) : nil }
        }
    }

    private static func add(
        _ path: String, _ level: Level, to config: borrowing Handle, _ repository: OpaquePointer
    ) throws(GitError) {
        let level = git_config_level_t(rawValue: .init(level.rawValue))
        let result = git_config_add_file_ondisk(config.pointer, path, level, repository, 1)
        do throws(GitError) { try check("git_config_add_file_ondisk", result) } catch {
            throw error.explained(
                "The git configuration \(path) can't be read: \(error.message)", hint: "Correct that file.")
        }
    }

    /// Adds settings that stand in no file: libgit2 1.5 reads configuration from files only, so they go through one that
    /// is removed as soon as it has been read.
    private static func addOverlay(
        _ settings: [(String, String)], to config: borrowing Handle, _ repository: OpaquePointer
    ) throws(GitError) {
        let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array((folder + "/teamfix-config-XXXXXX").utf8CString)
        let file = mkstemp(&template)
        guard file >= 0 else { throw GitError.system("mkstemp", "Can't make a temporary file in \(folder)") }
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { unlink(path) }
        let text = Array(CommandConfiguration.text(settings).utf8)
        let written = write(file, text, text.count)
        close(file)
        guard written == text.count else { throw GitError.system("write", "Can't write \(path)") }
        try add(path, .command, to: config, repository)
    }

    // MARK: Reading

    /// One file, without includes that depend on a repository.
    static func file(_ path: String) throws(GitError) -> Handle {
        try Handle("git_config_open_ondisk", release: git_config_free) { git_config_open_ondisk($0, path) }
    }

    static func string(_ key: String, in config: borrowing Handle) -> String? {
        var value = git_buf()
        guard git_config_get_string_buf(&value, config.pointer, key) == 0 else {
            git_error_clear()
            return nil
        }
        return take(&value)
    }

    /// Nil when it isn't set or isn't a boolean.
    static func flag(_ key: String, in config: borrowing Handle) -> Bool? {
        var value: Int32 = 0
        guard git_config_get_bool(&value, config.pointer, key) == 0 else {
            git_error_clear()
            return nil
        }
        return value != 0
    }

    /// Every entry whose key matches the regular expression, lowest layer first.
    static func entries(
        matching pattern: String, in config: borrowing Handle
    ) throws(GitError) -> [(key: String, value: String, level: Int32)] {
        let iterator = try Handle("git_config_iterator_glob_new", release: git_config_iterator_free) {
            git_config_iterator_glob_new($0, config.pointer, pattern)
        }
        var found: [(String, String, Int32)] = []
        var entry: UnsafeMutablePointer<git_config_entry>?
        while git_config_next(&entry, iterator.pointer) == 0, let entry {
            let value = entry.pointee.value.map { String(cString: $0) } ?? "true"
            found.append((String(cString: entry.pointee.name), value, entry.pointee.level.rawValue.asInt32))
        }
        git_error_clear()
        return found
    }

    static func isTrue(_ text: String?) -> Bool {
        ["1", "true", "yes", "on"].contains(text?.lowercased() ?? "")
    }
}

extension FixedWidthInteger {
    /// C enumerations are signed or not as the compiler likes.
    var asInt32: Int32 { Int32(truncatingIfNeeded: self) }
}
