import Foundation

/// A build of a scratch checkout, in place of the repository that it is a checkout of.
package struct ScratchBuild: Sendable {
    /// The user's command.
    package var command: String
    /// What else must pass once it does: `--check`.
    package var check: String?
    /// The work tree that the checkout stands for.
    package var repositoryPath: String
    /// The scratch checkout.
    package var checkout: String
    /// Where the command runs, relative to the repository; empty for its root.
    package var directory: String
    /// The repository's own git directory, shown read-only in a sandbox; nil hides it.
    package var gitDirectory: String?
    package var sandbox: Sandbox
    /// teamfix's environment, of which the build gets what it may have.
    package var environment: [String: String]
    /// Variables to pass whatever they are called.
    package var passing: Set<String>
    /// How long each of the commands may take.
    package var deadline: Duration
    /// How many bytes of output are kept.
    package var outputLimit: Int
    /// The folder for output files and a temporary folder: outside the checkout.
    package var files: String
    /// Further folders that a sandbox shows, read-only.
    var readable: [String] = []

    package init(
        command: String, check: String? = nil, repositoryPath: String, checkout: String, directory: String = "",
        gitDirectory: String? = nil, sandbox: Sandbox, environment: [String: String], passing: Set<String> = [],
        deadline: Duration, outputLimit: Int = CommandRunner.defaultOutputLimit, files: String
    ) {
        self.command = command
        self.check = check
        self.repositoryPath = repositoryPath
        self.checkout = checkout
        self.directory = directory
        self.gitDirectory = gitDirectory
        self.sandbox = sandbox
        self.environment = environment
        self.passing = passing
        self.deadline = deadline
        self.outputLimit = outputLimit
        self.files = files
    }

    /// Which command a result is of.
    package enum Step: String, Sendable { case build, check }

    /// The build's root as its own messages name it: the repository's path in a sandbox that mounts, else the checkout.
    package var visibleRoot: String { sandbox.mountsOver ? Self.canonical(repositoryPath) : checkout }

    /// Runs the build, and, if it passes, the check.
    ///
    /// - Parameter onOutput: receives both commands' output in order.
    /// - Returns: the result of the last command that ran, and which that was.
    /// - Throws: `CommandError`, `FileFailure`, `CancellationError`.
    package func run(
        onOutput: @escaping @Sendable (Step, [UInt8]) -> Void = { _, _ in }
    ) async throws -> (step: Step, result: CommandResult) {
        let built = try await run(command, as: .build, onOutput: onOutput)
        guard built.isSuccess, let check else { return (.build, built) }
        return (.check, try await run(check, as: .check, onOutput: onOutput))
    }

    private func run(
        _ command: String, as step: Step, onOutput: @escaping @Sendable (Step, [UInt8]) -> Void
    ) async throws -> CommandResult {
        let (arguments, folder, environment) = try prepared(CommandRunner.shell(command))
        let runner = CommandRunner(
            arguments: arguments, workingDirectory: folder, environment: environment, deadline: deadline,
            outputPath: "\(files)/\(step.rawValue)-\(UUID().uuidString).log", outputLimit: outputLimit)
        return try await runner.run { onOutput(step, $0) }
    }

    private func prepared(_ shell: [String]) throws -> ([String], String, [String: String]) {
        var scrubbed = BuildEnvironment.scrubbed(environment, isOffline: sandbox.confines, passing: passing)
        let repository = Self.canonical(repositoryPath)
        let home = scrubbed["HOME"].map(Self.canonical)
        switch sandbox {
        case .bubblewrap(let program):
            scrubbed["TMPDIR"] = nil
            scrubbed["GIT_CEILING_DIRECTORIES"] = (repository as NSString).deletingLastPathComponent
            if let home { scrubbed["GRADLE_RO_DEP_CACHE"] = home + PrivatePlaces.gradleCache }
            var walls = BubblewrapArguments(
                program: program, repositoryPath: repository, checkout: Self.canonical(checkout), directory: directory,
                home: home, homeEntries: home.map(Self.entries(of:)) ?? [],
                git: gitDirectory.map { .readOnly(gitDirectory: $0) } ?? .hidden,
                readable: readable + Self.hiddenTools(scrubbed))
            // A HOME of another name, or none, doesn't show what lies in the account's own.
            if let account = Self.accountHome, account != home, !repository.hasPrefix(account + "/") {
                walls.accountHome = account
                walls.accountEntries = Self.entries(of: account)
            }
            return (walls.vector(for: shell), "/", scrubbed)
        case .seatbelt(let program):
            let temporary = try temporaryFolder()
            scrubbed["TMPDIR"] = temporary
            scrubbed["GIT_CEILING_DIRECTORIES"] = (checkout as NSString).deletingLastPathComponent
            let profile = SeatbeltProfile(
                checkout: Self.canonical(checkout), writable: [Self.canonical(temporary)], home: home,
                hidden: home.map { Self.entries(of: $0).map(\.name).filter(PrivatePlaces.isPrivate) } ?? [])
            return ([program, "-p", profile.text] + shell, workingFolder, scrubbed)
        case .none:
            scrubbed["TMPDIR"] = try temporaryFolder()
            scrubbed["GIT_CEILING_DIRECTORIES"] = (checkout as NSString).deletingLastPathComponent
            return (shell, workingFolder, scrubbed)
        }
    }

    private var workingFolder: String { directory.isEmpty ? checkout : checkout + "/" + directory }

    private func temporaryFolder() throws(FileFailure) -> String {
        let path = files + "/tmp"
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw FileFailure(operation: "create", path: path, code: errno)
        }
        return path
    }

    /// The path without symbolic links, or as it is when it can't be resolved.
    static func canonical(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// Folders of PATH and the like that lie where the sandbox has empty folders.
    private static func hiddenTools(_ environment: [String: String]) -> [String] {
        let named = ["PATH", "LD_LIBRARY_PATH", "PYTHONPATH"].flatMap { environment[$0]?.split(separator: ":") ?? [] }
        let single = ["VIRTUAL_ENV", "JAVA_HOME", "CARGO_HOME", "RUSTUP_HOME", "GOROOT"].compactMap {
            environment[$0]?[...]
        }
        let places = ["/tmp/", "/var/tmp/", "/run/current-system/"]
        return (named + single).map(String.init).filter { path in places.contains { (path + "/").hasPrefix($0) } }
    }

    /// The home folder that the system's account has, whatever HOME says.
    private static var accountHome: String? {
        guard let account = getpwuid(getuid()), let folder = account.pointee.pw_dir else { return nil }
        return canonical(String(cString: folder))
    }

    private static func entries(of home: String) -> [BubblewrapArguments.HomeEntry] {
        let files = FileManager.default
        // More than this would be a mount each: such a home folder's rest isn't for builds.
        let names = ((try? files.contentsOfDirectory(atPath: home)) ?? []).sorted().prefix(400)
        return names.map { name in
            let path = home + "/" + name
            let link = try? files.destinationOfSymbolicLink(atPath: path)
            let isMixed = link == nil && PrivatePlaces.shownParts[name] != nil
            let children = isMixed ? (try? files.contentsOfDirectory(atPath: path)) ?? [] : []
            return BubblewrapArguments.HomeEntry(name: name, link: link, children: children.sorted())
        }
    }
}
