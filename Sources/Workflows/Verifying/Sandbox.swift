import Foundation

/// What keeps a verification's build away from everything but its scratch checkout.
package enum Sandbox: Sendable, Equatable {
    /// Linux: bubblewrap, at this path.
    case bubblewrap(path: String)
    /// macOS: sandbox-exec, at this path. It can't mount, so the checkout lies elsewhere.
    case seatbelt(path: String)
    /// None, because of this.
    case none(reason: String)

    /// Whether the checkout appears at the repository's own path.
    package var mountsOver: Bool { if case .bubblewrap = self { true } else { false } }

    /// Whether a build is confined at all.
    package var confines: Bool { if case .none = self { false } else { true } }

    /// Finds what works here.
    ///
    /// Having the program isn't enough: containers and hardened kernels refuse its namespaces. So it is tried.
    ///
    /// - Throws: `SandboxError` when `mode` is `require` and nothing works.
    package static func detect(_ mode: SandboxMode, environment: [String: String], scratch: String) async throws
        -> Sandbox
    {
        guard mode != .off else { return .none(reason: "switched off") }
        let found = try await trial(environment: environment, scratch: scratch)
        if mode == .require, case .none(let reason) = found { throw SandboxError(reason: reason) }
        return found
    }

    private static func trial(environment: [String: String], scratch: String) async throws -> Sandbox {
        #if os(Linux)
            guard let path = find("bwrap", in: environment["PATH"]) else {
                return .none(reason: "bubblewrap (bwrap) is not installed")
            }
            let arguments = [path] + BubblewrapArguments.walls + ["--", "/bin/sh", "-c", "exit 0"]
            let works = Sandbox.bubblewrap(path: path)
        #elseif os(macOS)
            let path = "/usr/bin/sandbox-exec"
            guard access(path, X_OK) == 0 else { return .none(reason: "\(path) is missing") }
            let arguments = [path, "-p", "(version 1)(allow default)", "/bin/sh", "-c", "exit 0"]
            let works = Sandbox.seatbelt(path: path)
        #else
            return .none(reason: "no sandbox is known for this system")
        #endif
        let space = try ScratchSpace.make(in: scratch)
        defer { try? space.remove() }
        let said = space.path + "/said"
        let runner = CommandRunner(
            arguments: arguments, workingDirectory: "/", environment: ["PATH": environment["PATH"] ?? "/usr/bin:/bin"],
            deadline: .seconds(60), outputPath: said, outputLimit: 4096)
        let result = try await runner.run()
        if result.isSuccess { return works }
        let output = (try? String(contentsOfFile: said, encoding: .utf8)) ?? ""
        let line = output.split(separator: "\n").first.map(String.init) ?? "it ended with \(result.exitCode ?? -1)"
        return .none(reason: "\(path) doesn't work here: \(line)")
    }

    /// The executable called `name` in a PATH.
    static func find(_ name: String, in path: String?) -> String? {
        (path ?? "/usr/bin:/bin").split(separator: ":").map { "\($0)/\(name)" }
            .first { $0.hasPrefix("/") && access($0, X_OK) == 0 }
    }
}

/// Whether to use a sandbox.
package enum SandboxMode: String, Sendable, CaseIterable {
    /// Verify nothing without one.
    case require
    /// Use one where it works, and say so where it doesn't.
    case auto
    /// Use none.
    case off
}

/// A sandbox is required, and there is none.
package struct SandboxError: Error, Sendable, Equatable, CustomStringConvertible {
    package var reason: String

    package var description: String {
        "no sandbox to verify in: \(reason). Install bubblewrap (apt install bubblewrap), or allow verification "
            + "without one by setting the sandbox to auto."
    }
}
