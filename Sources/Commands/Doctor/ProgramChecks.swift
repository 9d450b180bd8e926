import Events
import Foundation

/// The programs that teamfix or the builds it runs can use.
package struct KnownProgram: Sendable {
    package var name: String
    /// The names to look for; the first that exists counts.
    package var commands: [String]
    package var brings: String
    package var apt: String?
    package var brew: String?
    package var isRequired: Bool

    package init(
        name: String, commands: [String], brings: String, apt: String? = nil, brew: String? = nil,
        isRequired: Bool = false
    ) {
        self.name = name
        self.commands = commands
        self.brings = brings
        self.apt = apt
        self.brew = brew
        self.isRequired = isRequired
    }

    package static let all: [KnownProgram] = [
        KnownProgram(
            name: "git", commands: ["git"], brings: "looking at the branches that teamfix writes", apt: "git",
            brew: "git"),
        KnownProgram(
            name: "bubblewrap", commands: ["bwrap"],
            brings: "a sandbox for builds: no network, nothing else writable, the repository's own paths",
            apt: "bubblewrap"),
        KnownProgram(
            name: "gcc", commands: ["gcc"], brings: "fix-its of GCC for C and C++", apt: "build-essential",
            brew: "gcc"),
        KnownProgram(
            name: "clang", commands: ["clang"], brings: "fix-its of clang for C, C++ and Objective-C",
            apt: "clang", brew: "llvm"),
        KnownProgram(name: "make", commands: ["make", "gmake"], brings: "builds with make", apt: "make", brew: "make"),
        KnownProgram(name: "cmake", commands: ["cmake"], brings: "builds with CMake", apt: "cmake", brew: "cmake"),
        KnownProgram(
            name: "ninja", commands: ["ninja"], brings: "builds with Ninja", apt: "ninja-build", brew: "ninja"),
        KnownProgram(
            name: "swift", commands: ["swiftc"],
            brings: "fix-its of the Swift compiler (install from swift.org/install)"),
        KnownProgram(
            name: "python3", commands: ["python3"], brings: "builds and tests in Python", apt: "python3",
            brew: "python"),
        KnownProgram(
            name: "node", commands: ["node"], brings: "builds in JavaScript and TypeScript", apt: "nodejs npm",
            brew: "node"),
        KnownProgram(
            name: "cargo", commands: ["cargo"], brings: "fixes of rustc (install from rustup.rs)", brew: "rust"),
        KnownProgram(name: "go", commands: ["go"], brings: "builds in Go", apt: "golang", brew: "go"),
        KnownProgram(
            name: "ctags", commands: ["ctags"],
            brings: "definitions of symbols; a later version reads them, this one finds its own",
            apt: "universal-ctags", brew: "universal-ctags"),
    ]
}

extension DoctorReport {
    /// Looks for the programs in the folders of `PATH`; nothing is executed.
    package static func programs(
        _ programs: [KnownProgram] = KnownProgram.all, path: String,
        isExecutable: (String) -> Bool = { FileManager.default.isExecutableFile(atPath: $0) }
    ) -> [Check] {
        let folders = path.split(separator: ":").map(String.init).filter { $0.hasPrefix("/") }
        return programs.map { program in
            for command in program.commands {
                if let folder = folders.first(where: { isExecutable($0 + "/" + command) }) {
                    return Check(name: program.name, state: .found, detail: folder + "/" + command)
                }
            }
            return Check(
                name: program.name, state: program.isRequired ? .broken : .missing, detail: "not found",
                brings: program.brings, install: installLine(program))
        }
    }

    private static func installLine(_ program: KnownProgram) -> String? {
        #if os(macOS)
            program.brew.map { "brew install \($0)" }
        #else
            program.apt.map { "sudo apt-get install \($0)" }
        #endif
    }

    /// What the servers said.
    package static func servers(_ report: ServersReport) -> [Check] {
        if report.servers.isEmpty {
            return [
                Check(
                    name: "servers", state: .missing, detail: "none configured",
                    brings: "fixes beyond what the compiler itself proposes, analyze, and consensus",
                    install: "teamfix fix --server http://HOST:11434, or servers: in .teamfix.yml")
            ]
        }
        return report.servers.map { server in
            guard let status = server.status else {
                let isAsked = server.state != "not asked"
                return Check(
                    name: server.name, state: isAsked ? .broken : .missing,
                    detail: "\(server.url): \(server.reason ?? server.state)",
                    brings: isAsked ? "its models" : nil)
            }
            if status.models.isEmpty {
                return Check(
                    name: server.name, state: .broken, detail: "\(server.url) has no models",
                    brings: "answers", install: "ollama pull qwen2.5-coder")
            }
            let version = status.version.map { "version \($0), " } ?? ""
            return Check(
                name: server.name, state: .found,
                detail: "\(server.url): \(version)\(counted(status.models.count, "model"))")
        }
    }
}
