/// The arguments that make bubblewrap run a command on a scratch checkout in place of the repository.
///
/// Inside, everything is readable but what is private, and nothing is writable but the checkout and what disappears with
/// the sandbox; there is no network, no other process, and no socket of a service of this machine. A pure function: what
/// exists on the machine is given.
package struct BubblewrapArguments: Sendable, Equatable {
    /// What stands at the checkout's `.git`.
    package enum GitAccess: Sendable, Equatable {
        /// Nothing: a checkout has none.
        case hidden
        /// The repository's own directory, read-only and with its configuration, where tokens live, blanked out: enough
        /// for builds that ask `git describe` or list tracked files.
        case readOnly(gitDirectory: String)
    }

    /// An entry of the home folder.
    package struct HomeEntry: Sendable, Equatable {
        package var name: String
        /// Where it points to, for a symbolic link.
        package var link: String?
        /// The names in it, for a folder of which only a part is shown.
        package var children: [String]

        package init(name: String, link: String? = nil, children: [String] = []) {
            self.name = name
            self.link = link
            self.children = children
        }
    }

    /// bwrap's own path.
    package var program: String
    /// The repository's work tree, without symbolic links in its path.
    package var repositoryPath: String
    /// The folder that is mounted there.
    package var checkout: String
    /// Where the command runs, relative to the repository; empty for its root.
    package var directory: String
    /// The home folder; nil when there is none.
    package var home: String?
    /// What is in it.
    package var homeEntries: [HomeEntry]
    /// The home folder of the account, where HOME names another one or none.
    package var accountHome: String?
    package var accountEntries: [HomeEntry] = []
    package var git: GitAccess
    /// Folders that are mounted read-only at their own place after all else: a tool chain below /tmp or /run.
    package var readable: [String]

    package init(
        program: String, repositoryPath: String, checkout: String, directory: String = "", home: String?,
        homeEntries: [HomeEntry], git: GitAccess = .hidden, readable: [String] = []
    ) {
        self.program = program
        self.repositoryPath = repositoryPath
        self.checkout = checkout
        self.directory = directory
        self.home = home
        self.homeEntries = homeEntries
        self.git = git
        self.readable = readable
    }

    /// What every sandbox has. /run and the temporary folders are empty ones: sockets of services (Docker, an SSH agent,
    /// D-Bus) could be used through a read-only mount, too.
    static let walls = [
        // Started by root, bubblewrap keeps root's capabilities: with them a build could undo every mount below.
        "--die-with-parent", "--new-session", "--unshare-all", "--cap-drop", "ALL", "--ro-bind", "/", "/", "--dev",
        "/dev", "--proc",
        "/proc",
        "--tmpfs", "/tmp", "--tmpfs", "/var/tmp", "--tmpfs", "/run",
    ]

    /// The whole argument vector for `command`.
    package func vector(for command: [String]) -> [String] {
        var words = [program] + Self.walls
        words += Self.homeArguments(home, homeEntries)
        if accountHome != home { words += Self.homeArguments(accountHome, accountEntries) }
        for folder in readable { words += ["--ro-bind-try", folder, folder] }
        words += ["--bind", checkout, repositoryPath]
        if case .readOnly(let gitDirectory) = git {
            let place = repositoryPath + "/.git"
            // What `git describe` and its kin need; configurations, hooks and FETCH_HEAD may hold credentials.
            words += ["--tmpfs", place]
            for name in ["HEAD", "objects", "refs", "packed-refs", "index", "shallow"] {
                words += ["--ro-bind-try", "\(gitDirectory)/\(name)", "\(place)/\(name)"]
            }
        }
        words += ["--chdir", directory.isEmpty ? repositoryPath : repositoryPath + "/" + directory, "--"]
        return words + command
    }

    /// The home folder is an empty one into which everything that isn't private is shown again, read-only. So tools may
    /// make their caches and locks, what they make disappears, and a secret in a place that nobody thought of is hidden
    /// if its name is.
    private static func homeArguments(_ home: String?, _ homeEntries: [HomeEntry]) -> [String] {
        guard let home, home != "/", home.hasPrefix("/") else { return [] }
        var words = ["--tmpfs", home]
        for entry in homeEntries where !PrivatePlaces.isPrivate(entry.name) {
            let place = home + "/" + entry.name
            if let link = entry.link {
                words += ["--symlink", link, place]
            } else if let shown = PrivatePlaces.shownParts[entry.name] {
                for child in entry.children where shown.contains(child) {
                    words += ["--ro-bind-try", "\(place)/\(child)", "\(place)/\(child)"]
                }
                if entry.name == ".gradle", entry.children.contains("caches") {
                    words += ["--ro-bind-try", place + "/caches", home + PrivatePlaces.gradleCache]
                }
            } else {
                words += ["--ro-bind-try", place, place]
            }
        }
        return words
    }
}

/// What of a home folder a build may see.
package enum PrivatePlaces {
    /// Where Gradle's read-only cache is shown, below the home folder.
    static let gradleCache = "/.gradle-read-only"

    private static let names: Set<String> = [
        ".ssh", ".aws", ".azure", ".gnupg", ".docker", ".kube", ".netrc", ".npmrc", ".yarnrc", ".yarnrc.yml", ".pypirc",
        ".git-credentials", ".gitconfig", ".password-store", ".vault-token", ".pgpass", ".my.cnf", ".mylogin.cnf",
        ".boto", ".s3cfg", ".terraform.d", ".terraformrc", ".mozilla", ".thunderbird", ".pki", ".ollama", ".claude",
        ".codex", ".gemini", ".anthropic", ".openai", ".huggingface", ".gem", ".bundle", ".composer", ".nuget",
        ".databrickscfg", ".snowflake", ".oci", ".bluemix", ".config", ".gcloud", ".env", ".authinfo", ".authinfo.gpg",
        ".Xauthority", ".ICEauthority", ".dbus", ".gvfs", "Library",
    ]

    /// Folders that mix what builds need with what they must not see, or that tools write to: only these parts are shown,
    /// the rest is an empty, writable place.
    package static let shownParts: [String: Set<String>] = [
        ".cache": ["pypoetry", "pre-commit", "node", "ms-playwright", "Cypress", "bazelisk", "pipenv", "hatch"],
        ".cargo": ["bin", "registry", "git", "config", "config.toml", "env"],
        ".gradle": ["wrapper", "jdks"],
        ".m2": ["repository", "wrapper", "toolchains.xml"],
        ".npm": [],
        ".swiftpm": ["configuration"],
        ".config": ["go"],
        ".local": ["bin", "lib", "pipx"],
    ]

    /// Whether nothing of the entry of this name in a home folder may be seen.
    package static func isPrivate(_ name: String) -> Bool {
        if shownParts[name] != nil { return false }
        return names.contains(name) || name.hasSuffix("_history") || name.hasPrefix(".netrc")
            || name.hasSuffix(".pem") || name.hasSuffix(".key") || name.hasSuffix(".kdbx") || name.hasPrefix("id_rsa")
            || name.hasPrefix(".env.") || name == "." || name == ".." || name.contains("/")
    }
}
