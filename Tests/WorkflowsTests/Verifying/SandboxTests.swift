import Foundation
import Synchronization
import Testing

@testable import Workflows

/// What works on this machine.
private func sandbox() async throws -> Sandbox {
    let folder = try TestFolder()
    return try await Sandbox.detect(.auto, environment: ProcessInfo.processInfo.environment, scratch: folder.path)
}

private func mounts() async throws -> Bool { try await sandbox().mountsOver }

@Suite(.enabled("bubblewrap works here", mounts), .timeLimit(.minutes(1)))
struct SandboxTests {
    let folder: TestFolder
    let repository: String
    let checkout: String

    init() throws {
        folder = try TestFolder()
        repository = try folder.folder("repository")
        checkout = try folder.folder("checkout")
        _ = try folder.folder("files")
    }

    private func build(
        _ command: String, check: String? = nil, environment: [String: String] = plainEnvironment,
        gitDirectory: String? = nil, deadline: Duration = .seconds(30), confined: Bool = true
    ) async throws -> (result: CommandResult, output: String) {
        let build = ScratchBuild(
            command: command, check: check, repositoryPath: repository, checkout: checkout, gitDirectory: gitDirectory,
            sandbox: confined ? try await sandbox() : .none(reason: "a test"), environment: environment,
            deadline: deadline, files: folder.path + "/files")
        let output = Mutex<[UInt8]>([])
        let (_, result) = try await build.run { _, bytes in output.withLock { $0 += bytes } }
        return (result, String(decoding: output.withLock { $0 }, as: UTF8.self))
    }

    @Test func `there is no network, not even to this machine`() async throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(listener) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let port = withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address -> Int32 in
                guard bind(listener, address, length) == 0, listen(listener, 5) == 0 else { return -1 }
                return getsockname(listener, address, &length)
            }
        }
        #expect(port == 0)
        let connect = "bash -c 'exec 3<>/dev/tcp/127.0.0.1/\(UInt16(bigEndian: address.sin_port))'"
        #expect(try await build(connect, confined: false).result.exitCode == 0)
        #expect(try await build(connect).result.exitCode == 1)
    }

    @Test func `nothing outside can be written to, and the temporary folders are the sandbox' own`() async throws {
        let outside = (#filePath as NSString).deletingLastPathComponent
        let name = "written-\(UUID().uuidString)"
        let (result, _) = try await build(
            "touch \(outside)/\(name) 2>/dev/null && exit 9; touch /tmp/\(name) /var/tmp/\(name) ~/\(name) inside && exit 4"
        )
        #expect(result.exitCode == 4)
        for place in [outside, "/tmp", "/var/tmp", NSHomeDirectory()] {
            #expect(!FileManager.default.fileExists(atPath: place + "/" + name))
        }
        #expect(FileManager.default.fileExists(atPath: checkout + "/inside"))
    }

    @Test func `a build has no capability, even when root runs it`() async throws {
        let (result, _) = try await build("grep -q '^CapEff:[[:space:]]*0*$' /proc/self/status && exit 4")
        #expect(result.exitCode == 4)
    }

    @Test func `a build cache with absolute paths works, and the original stays as it was`() async throws {
        for place in ["repository", "checkout"] {
            try folder.write("old\n", to: place + "/result")
            try folder.write("echo \(place)\n", to: place + "/tool.sh")
        }
        try folder.write(repository, to: "repository/cache/where")
        let carried = try await CarriedFolders.carry(
            ["cache"], from: repository, to: checkout, refusesAbsolutePaths: false)
        #expect(carried.carried == ["cache"])
        let (result, output) = try await build(
            "where=$(cat cache/where); sh $where/tool.sh; echo new > $where/result; pwd")
        #expect(result.isSuccess)
        #expect(output == "checkout\n\(repository)\n")
        #expect(folder.read("repository/result") == "old\n")
        #expect(folder.read("checkout/result") == "new\n")
    }

    @Test func `scripts of a virtual environment with an absolute first line run`() async throws {
        _ = try folder.folder("repository/.venv/bin")
        symlink("/bin/sh", repository + "/.venv/bin/interpreter")
        let script = "#!\(repository)/.venv/bin/interpreter\necho ran $0\n"
        try folder.write(script, to: "repository/.venv/bin/tool", permissions: 0o755)
        let carried = try await CarriedFolders.carry(
            [".venv"], from: repository, to: checkout, refusesAbsolutePaths: false)
        #expect(carried.carried == [".venv"])
        // The original is gone: what runs is the copy.
        rename(repository + "/.venv", repository + "/.venv-away")
        let (result, output) = try await build(".venv/bin/tool")
        #expect(result.isSuccess)
        #expect(output == "ran .venv/bin/tool\n")
    }

    @Test func `secrets are neither in the environment nor in the home folder`() async throws {
        for name in [
            ".ssh/id_ed25519", ".aws/credentials", ".netrc", ".cargo/credentials.toml", ".config/gh/hosts.yml",
        ] {
            try folder.write("secret", to: "home/" + name)
        }
        for name in [".cargo/bin/tool", ".toolrc", "src/library.h"] { try folder.write("public", to: "home/" + name) }
        symlink("src", folder.path + "/home/link")
        var environment = plainEnvironment
        environment["HOME"] = folder.path + "/home"
        environment["GITHUB_TOKEN"] = "secret"
        environment["MY_VARIABLE"] = "secret"
        environment["CMAKE_API_KEY"] = "secret"
        environment["GOFLAGS"] = "-mod=vendor"
        let (result, output) = try await build(
            "env; grep -rh . ~; cat ~/link/library.h; mkdir -p ~/.cache/made && touch ~/.cargo/lock",
            environment: environment)
        #expect(result.isSuccess)
        #expect(!output.contains("secret"))
        #expect(output.components(separatedBy: "public").count == 5)
        #expect(output.contains("GOFLAGS=-mod=vendor"))
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/home/.cargo/lock"))
    }

    @Test func `a build may ask git what it is, but neither change it nor read its configuration`() async throws {
        let setUp = CommandRunner(
            shell: """
                git init -q . && git config http.extraheader 'AUTHORIZATION: basic hidden' && git add -A &&
                git -c user.name=a -c user.email=a@b commit -q --allow-empty -m one && git tag v1.2.3 &&
                echo hidden > .git/config.worktree && echo hidden > .git/FETCH_HEAD
                """,
            workingDirectory: repository, environment: plainEnvironment, deadline: .seconds(20),
            outputPath: folder.path + "/log")
        #expect(try await setUp.run().isSuccess)
        let (result, output) = try await build(
            "git describe --tags && ! git tag v2 2>/dev/null && git config --list; cat .git/*.worktree .git/FETCH_HEAD; true",
            gitDirectory: repository + "/.git")
        #expect(result.isSuccess)
        #expect(output.hasPrefix("v1.2.3\n"))
        #expect(!output.contains("hidden"))
        let (without, _) = try await build("git rev-parse")
        #expect(!without.isSuccess)
    }

    @Test func `a daemon that left its session dies with the sandbox`() async throws {
        let life = try LifeSign(at: checkout + "/life")
        let (result, output) = try await build("exec 9>life; setsid sh -c 'sleep 1000 &'; echo left")
        #expect(result.isSuccess)
        #expect(output == "left\n")
        #expect(life.ends())
    }

    @Test func `the deadline ends a sandbox with everything in it`() async throws {
        let life = try LifeSign(at: checkout + "/life")
        let (result, _) = try await build(
            "exec 9>life; (trap '' TERM; setsid sleep 1000) & sleep 1000", deadline: .milliseconds(500))
        #expect(result.timedOut)
        #expect(life.ends())
    }

    @Test func `exit codes come through, and a check runs only after a build that passed`() async throws {
        #expect(try await build("exit 7", check: "echo checked").output == "")
        #expect(try await build("exit 7").result.exitCode == 7)
        let (result, output) = try await build("echo built", check: "echo checked; exit 5")
        #expect(output == "built\nchecked\n")
        #expect(result.exitCode == 5)
    }
}

@Suite struct SandboxDecisionTests {
    @Test func `a sandbox that is required and can't be had is an error with a way out`() async throws {
        let folder = try TestFolder()
        let error = await #expect(throws: SandboxError.self) {
            try await Sandbox.detect(.require, environment: ["PATH": folder.path], scratch: folder.path)
        }
        #expect(error.map(String.init(describing:))?.contains("apt install bubblewrap") == true)
        let auto = try await Sandbox.detect(.auto, environment: ["PATH": folder.path], scratch: folder.path)
        #expect(!auto.confines)
    }

    @Test func `a bwrap that is there and doesn't work is none, and says why`() async throws {
        let folder = try TestFolder()
        try folder.write(
            "#!/bin/sh\necho 'No permissions to create namespace' >&2; exit 1\n", to: "bwrap", permissions: 0o755)
        let found = try await Sandbox.detect(.auto, environment: ["PATH": folder.path], scratch: folder.path)
        #expect(found == .none(reason: "\(folder.path)/bwrap doesn't work here: No permissions to create namespace"))
        #expect(
            try await Sandbox.detect(.off, environment: ["PATH": folder.path], scratch: "/")
                == .none(reason: "switched off"))
    }

    @Test func `the repository is mounted last, over everything else`() throws {
        let arguments = BubblewrapArguments(
            program: "/usr/bin/bwrap", repositoryPath: "/tmp/r", checkout: "/var/s/c", directory: "sub",
            home: "/home/u",
            homeEntries: [.init(name: ".ssh"), .init(name: "src"), .init(name: ".npm", children: ["_cacache"])]
        ).vector(for: ["make"])
        #expect(arguments.suffix(7) == ["--bind", "/var/s/c", "/tmp/r", "--chdir", "/tmp/r/sub", "--", "make"])
        #expect(arguments.contains("/home/u/src"))
        #expect(!arguments.contains { $0.contains(".ssh") || $0.contains(".npm") })
        #expect(arguments.contains("--unshare-all"))
        #expect(!arguments.contains("--share-net"))
    }

    @Test(arguments: [
        "CC", "CFLAGS", "LC_ALL", "JAVA_HOME", "CARGO_HOME", "VIRTUAL_ENV", "SWIFT_EXEC", "PKG_CONFIG_PATH",
    ])
    func `what tool chains need is passed`(name: String) {
        #expect(BuildEnvironment.scrubbed([name: "value"], isOffline: true)[name] == "value")
    }

    @Test(arguments: [
        "GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY", "SWIFT_REGISTRY_TOKEN", "CMAKE_API_KEY", "SSH_AUTH_SOCK", "MAKEFLAGS",
        "AWS_PROFILE", "NPM_TOKEN", "GPG_AGENT_INFO", "SSH_AGENT_PID", "KUBECONFIG", "PGPASSWORD", "DATABASE_URL",
        "NODE_AUTH_TOKEN", "GOOGLE_APPLICATION_CREDENTIALS", "CI_JOB_TOKEN", "XDG_RUNTIME_DIR",
        "DBUS_SESSION_BUS_ADDRESS", "ANYTHING", "BASH_FUNC_x%%", "CARGO_BUILD_SECRET", "OPENAI_API_KEY", "DOCKER_HOST",
        "http_proxy", "CMAKE_DB_PASS", "SWIFT_SIGNING_KEY", "CARGO_BUILD_CREDS",
    ])
    func `what may be secret, or leads out, isn't`(name: String) {
        #expect(BuildEnvironment.scrubbed([name: "value"], isOffline: false)[name] == nil)
    }

    @Test func `without a sandbox a build's environment holds no secrets either`() async throws {
        let folder = try TestFolder()
        let checkout = try folder.folder("checkout")
        var environment = plainEnvironment
        for name in ["GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY", "SSH_AUTH_SOCK", "DEPLOY_KEY", "MY_VARIABLE"] {
            environment[name] = "secret"
        }
        environment["CFLAGS"] = "-O2"
        let build = ScratchBuild(
            command: "env", repositoryPath: try folder.folder("repository"), checkout: checkout,
            sandbox: .none(reason: "a test"), environment: environment, deadline: .seconds(20),
            files: try folder.folder("files"))
        let output = Mutex<[UInt8]>([])
        let (_, result) = try await build.run { _, bytes in output.withLock { $0 += bytes } }
        let said = output.withLock { String(decoding: $0, as: UTF8.self) }
        #expect(result.isSuccess)
        #expect(said.contains("CFLAGS=-O2"))
        #expect(!said.contains("secret"))
    }

    @Test func `a value with a password in a URL isn't passed, and what the user names is`() {
        let environment = ["GOFLAGS": "-x=https://me:pw@host/", "CFLAGS": "-DURL=https://host/a@b", "MINE": "yes"]
        let scrubbed = BuildEnvironment.scrubbed(environment, isOffline: false, passing: ["MINE"])
        #expect(scrubbed["GOFLAGS"] == nil)
        #expect(scrubbed["CFLAGS"] == "-DURL=https://host/a@b")
        #expect(scrubbed["MINE"] == "yes")
        #expect(scrubbed["TERM"] == "dumb")
    }
}
