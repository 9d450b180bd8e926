import CLibgit2

/// One git repository, opened. All of libgit2 is called on the actor's own queue; what comes out are values.
///
/// Nothing here changes the work tree, the index, `HEAD`, the stash, the configuration or a reference outside
/// `refs/heads/teamfix/`, except `apply(from:to:)`, which changes files of the work tree, and `addNote`, which adds to
/// `refs/notes/teamfix`.
package actor Repository {
    private nonisolated let queue = SerialQueue()
    package nonisolated var unownedExecutor: UnownedSerialExecutor { queue.asUnownedSerialExecutor() }

    private let handle: Handle
    nonisolated let location: Location
    nonisolated let environment: [String: String]
    /// The work tree's folder, resolved, without a last `/`; nil when the repository is bare.
    package nonisolated let workTree: String?
    /// The folder that the repository's own files are in; a linked work tree has one of its own.
    package nonisolated var gitDirectory: String { location.gitDirectory }
    /// What has been read of the index.
    var index = KnownIndex()
    /// How long it has taken so far to open the repository, to say what it is, and to read changes and changed files.
    package var timeSpent: Duration
    /// The folder that linked work trees share.
    package nonisolated var commonDirectory: String { location.commonDirectory }

    /// The repository that git would find from `folder` in `environment` (`GIT_DIR` and its like, `HOME`,
    /// `XDG_CONFIG_HOME`, `GIT_CONFIG_*`); the process's own environment isn't read.
    ///
    /// - Parameter indexFile: the index to read instead of the one that `environment` (`GIT_INDEX_FILE`) or the repository
    ///   names; a relative path is taken from the work tree's root, as git does.
    package static func discover(
        from folder: String, environment: [String: String], indexFile: String? = nil
    ) throws(GitError) -> Repository {
        let began = ContinuousClock.now
        try Library.load()
        try check("git_libgit2_init", Library.started)
        var location = try Location.find(from: folder, environment: environment)
        if let indexFile { location.indexFile = indexFile }
        try location.refuseUnsupportedFormat()
        return try Repository(location, environment, began: began)
    }

    private init(
        _ location: Location, _ environment: [String: String], began: ContinuousClock.Instant
    ) throws(GitError) {
        let repository = try Repository.assemble(location, environment)
        let isBare = git_repository_is_bare(repository.pointer) == 1
        let folder = git_repository_workdir(repository.pointer).map { Paths.withoutTrailingSlash(String(cString: $0)) }
        self.workTree = isBare ? nil : folder.map { Paths.resolved($0) ?? $0 }
        self.location = location
        self.environment = environment
        self.handle = repository
        self.timeSpent = ContinuousClock.now - began
    }

    /// Opens a location with git's configuration and object folders, and checks whom it belongs to.
    static func assemble(_ location: Location, _ environment: [String: String]) throws(GitError) -> Handle {
        let repository = try location.open()
        let config = try Configuration.load(environment, location, repository: repository.pointer)
        // A repository that is named outright is trusted, as git does.
        if location.searchedFrom != nil {
            let folder = git_repository_workdir(repository.pointer).map {
                Paths.withoutTrailingSlash(String(cString: $0))
            }
            var paths = [location.gitDirectory]
            if let folder { paths += [folder, folder + "/.git"] }
            try Ownership.check(
                paths: paths, folder: folder ?? location.gitDirectory, environment: environment, config: config)
        }
        try check("git_repository_set_config", git_repository_set_config(repository.pointer, config.pointer))
        try addObjectFolders(environment, to: repository)
        return repository
    }

    /// `GIT_OBJECT_DIRECTORY` and `GIT_ALTERNATE_OBJECT_DIRECTORIES`: a hook of a receiving repository sees new objects there.
    private static func addObjectFolders(
        _ environment: [String: String], to repository: borrowing Handle
    ) throws(GitError) {
        if let folder = environment["GIT_OBJECT_DIRECTORY"], !folder.isEmpty {
            let objects = try Handle("git_odb_open", release: git_odb_free) { git_odb_open($0, folder) }
            try check("git_repository_set_odb", git_repository_set_odb(repository.pointer, objects.pointer))
        }
        let alternates = environment["GIT_ALTERNATE_OBJECT_DIRECTORIES"]?.split(separator: ":") ?? []
        guard !alternates.isEmpty else { return }
        let objects = try Handle("git_repository_odb", release: git_odb_free) {
            git_repository_odb($0, repository.pointer)
        }
        for folder in alternates {
            try check("git_odb_add_disk_alternate", git_odb_add_disk_alternate(objects.pointer, String(folder)))
        }
    }

    /// The libgit2 repository; good while the actor runs.
    var pointer: OpaquePointer { handle.pointer }

    /// The work tree, or an error that says why one is needed.
    func requireWorkTree(to purpose: String) throws(GitError) -> String {
        guard let workTree else {
            throw GitError(
                .bare, call: purpose, message: "This repository is bare: it has no work tree to \(purpose).",
                hint: "Run teamfix in a clone of it, or in a work tree: git worktree add ../work")
        }
        return workTree
    }

    // MARK: Configuration and attributes

    /// A snapshot of the configuration.
    func configuration() throws(GitError) -> Handle {
        try Handle("git_repository_config_snapshot", release: git_config_free) {
            git_repository_config_snapshot($0, pointer)
        }
    }

    /// The value that git would use for a key, or nil when it isn't set.
    package func configValue(_ key: String) throws(GitError) -> String? {
        Configuration.string(key, in: try configuration())
    }

    /// The values of some attributes for a path: `true`, `false`, or text; those left unspecified are absent.
    package func attributes(_ names: [String], for path: String) throws(GitError) -> [String: AttributeValue] {
        try attachIndex()
        return try Attributes.read(names, for: path, in: pointer)
    }
}
