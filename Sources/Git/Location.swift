import CLibgit2

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Where a repository and its parts are, as git would find them from a folder and an environment.
struct Location: Sendable {
    /// The repository proper: `.git`, or a linked work tree's folder below `.git/worktrees`.
    var gitDirectory: String
    /// What linked work trees share; else the same as `gitDirectory`.
    var commonDirectory: String
    /// The work tree that the environment names; nil leaves it to the repository.
    var workTree: String?
    /// The index that the environment names; a relative path is meant from the work tree's root.
    var indexFile: String?
    /// The folder that the search started in, resolved; nil when `GIT_DIR` named the repository.
    var searchedFrom: String?
    var crossesFileSystems: Bool
    var ceilings: String?

    /// Looks for the repository of `folder`.
    static func find(from folder: String, environment: [String: String]) throws(GitError) -> Location {
        guard var start = Paths.resolved(folder) else {
            throw GitError(.notFound, call: "realpath", message: "There is no folder \(folder).")
        }
        if !Paths.isDirectory(start) { start = Paths.parent(of: start) }
        let named = environment["GIT_DIR"].flatMap { $0.isEmpty ? nil : $0 }
        let crosses = ["1", "true", "yes", "on"].contains(environment["GIT_DISCOVERY_ACROSS_FILESYSTEM"] ?? "")
        let ceilings = environment["GIT_CEILING_DIRECTORIES"]

        let gitDirectory: String
        if let named {
            gitDirectory = try directory(named: Paths.absolute(named, in: start))
        } else {
            var found = git_buf()
            let result = git_repository_discover(&found, start, crosses ? 1 : 0, ceilings)
            do throws(GitError) { try check("git_repository_discover", result) } catch {
                throw error.explained(
                    "\(start) isn't inside a git repository.",
                    hint: "Go to your project's folder, or make it a repository with: git init", code: .notARepository)
            }
            gitDirectory = Paths.withoutTrailingSlash(take(&found))
        }
        var common = gitDirectory
        if let line = Paths.firstLine(gitDirectory + "/commondir"), !line.isEmpty {
            let path = Paths.absolute(line, in: gitDirectory)
            common = Paths.resolved(path) ?? path
        }
        if let named = environment["GIT_COMMON_DIR"], !named.isEmpty,
            Paths.resolved(Paths.absolute(named, in: start)) != Paths.resolved(common)
        {
            throw GitError(
                .unsupported, call: "discover", message: "GIT_COMMON_DIR names another repository (\(named)).",
                hint: "Unset it: unset GIT_COMMON_DIR")
        }
        let workTree = environment["GIT_WORK_TREE"].flatMap { $0.isEmpty ? nil : Paths.absolute($0, in: start) }
        let inTree = named == nil ? nil : try implied(by: gitDirectory, common: common, current: start)
        return Location(
            gitDirectory: gitDirectory, commonDirectory: common,
            workTree: workTree ?? inTree,
            indexFile: environment["GIT_INDEX_FILE"].flatMap { $0.isEmpty ? nil : $0 },
            searchedFrom: named == nil ? start : nil, crossesFileSystems: crosses, ceilings: ceilings)
    }

    /// What `GIT_DIR` names: a folder, or a file that names one.
    private static func directory(named path: String) throws(GitError) -> String {
        guard let real = Paths.resolved(path) else {
            throw GitError(
                .notARepository, call: "discover", message: "GIT_DIR names \(path), which doesn't exist.",
                hint: "Unset GIT_DIR, or set it to a repository.")
        }
        if Paths.isDirectory(real) { return real }
        let prefix = "gitdir: "
        if let line = Paths.firstLine(real), line.hasPrefix(prefix),
            let target = Paths.resolved(
                Paths.absolute(String(line.dropFirst(prefix.count)), in: Paths.parent(of: real)))
        {
            return target
        }
        throw GitError(
            .notARepository, call: "discover", message: "GIT_DIR names \(path), which isn't a repository.",
            hint: "Unset GIT_DIR, or set it to a repository.")
    }

    /// The work tree when only `GIT_DIR` is set: `core.worktree`, else none when `core.bare`, else the current folder.
    private static func implied(by gitDirectory: String, common: String, current: String) throws(GitError) -> String? {
        let config = try Configuration.file(common + "/config")
        if let path = Configuration.string("core.worktree", in: config) {
            return Paths.absolute(path, in: gitDirectory)
        }
        // A linked work tree isn't bare, whatever the shared configuration says.
        if gitDirectory == common, Configuration.flag("core.bare", in: config) == true { return nil }
        return current
    }
}

extension Location {
    /// Refuses, with a way out, what libgit2 can't read. It reads one configuration file and runs nothing.
    func refuseUnsupportedFormat() throws(GitError) {
        let config = try Configuration.file(commonDirectory + "/config")
        if let format = Configuration.string("extensions.objectformat", in: config), format.lowercased() != "sha1" {
            throw GitError(
                .unsupported, call: "discover",
                message:
                    "This repository names its objects by \(format.uppercased()); teamfix reads SHA-1 repositories only.",
                hint: "Work in a SHA-1 copy: git init --object-format=sha1 COPY, and copy the files there.")
        }
        if let format = Configuration.string("extensions.refstorage", in: config), format.lowercased() != "files" {
            throw GitError(
                .unsupported, call: "discover",
                message: "This repository keeps its references as \(format); teamfix reads files only.",
                hint: "Convert it: git refs migrate --ref-format=files")
        }
        if Configuration.flag("extensions.relativeworktrees", in: config) == true {
            throw GitError(
                .unsupported, call: "discover",
                message: "This repository links its work trees by relative paths (extensions.relativeWorktrees).",
                hint: "Make them absolute: git worktree repair --no-relative-paths, then "
                    + "git config --unset extensions.relativeWorktrees")
        }
    }

    /// Opens what was found.
    func open() throws(GitError) -> Handle {
        var flags = crossesFileSystems ? GIT_REPOSITORY_OPEN_CROSS_FS.rawValue : 0
        if searchedFrom == nil {
            flags |= GIT_REPOSITORY_OPEN_NO_SEARCH.rawValue | GIT_REPOSITORY_OPEN_NO_DOTGIT.rawValue
        }
        let repository = try handle(flags: UInt32(flags))
        if let workTree {
            guard let real = Paths.resolved(workTree), Paths.isDirectory(real) else {
                throw GitError(
                    .notFound, call: "discover", message: "The work tree \(workTree) doesn't exist.",
                    hint: "Correct GIT_WORK_TREE (or core.worktree).")
            }
            try check("git_repository_set_workdir", git_repository_set_workdir(repository.pointer, real, 0))
        }
        return repository
    }

    private func handle(flags: UInt32) throws(GitError) -> Handle {
        do throws(GitError) {
            return try Handle("git_repository_open_ext", release: git_repository_free) {
                git_repository_open_ext($0, searchedFrom ?? gitDirectory, flags, ceilings)
            }
        } catch {
            throw error.explained(
                "The repository at \(gitDirectory) can't be opened: \(error.message)",
                hint: "Check that git itself is content with it: git -C \(Paths.parent(of: gitDirectory)) status")
        }
    }
}
