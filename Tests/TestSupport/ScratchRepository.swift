import Dispatch
import Foundation
import Synchronization

/// A real repository in a temporary folder, driven by the real `git`, isolated from the user's own configuration and
/// removed with this object.
package final class ScratchRepository: Sendable {
    /// The temporary folder that holds everything.
    package let base: String
    /// The repository's work tree.
    package let path: String
    /// `HOME` for git and for what is tested.
    package var home: String { base + "/home" }

    /// The environment for code under test.
    package var environment: [String: String] {
        [
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
            "HOME": home, "XDG_CONFIG_HOME": home + "/.config", "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C", "TZ": "UTC",
            "GIT_TERMINAL_PROMPT": "0",
        ]
    }

    package struct CommandFailure: Error, CustomStringConvertible {
        package var description: String
    }

    /// Runs `git init` with some arguments; nil makes only the folders.
    package init(initialising arguments: [String]? = []) throws {
        let folder = FileManager.default.temporaryDirectory.path + "/teamfix-test-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder + "/home/.config", withIntermediateDirectories: true)
        try FileManager.default.createDirectory(atPath: folder + "/work", withIntermediateDirectories: true)
        base = URL(fileURLWithPath: folder).resolvingSymlinksInPath().path
        path = base + "/work"
        let settings = """
            [user]
            \tname = Ada Tester
            \temail = ada@example.org
            [init]
            \tdefaultBranch = main
            [protocol "file"]
            \tallow = always
            [advice]
            \tdetachedHead = false

            """
        try Data(settings.utf8).write(to: URL(fileURLWithPath: home + "/.gitconfig"))
        if let arguments { try git(["init", "--quiet"] + arguments + ["."]) }
    }

    deinit {
        try? FileManager.default.removeItem(atPath: base)
    }

    // MARK: Git

    /// Runs git and returns its standard output, without the last line feed.
    @discardableResult
    package func git(_ arguments: String...) throws -> String { try git(arguments) }

    /// - Parameters:
    ///   - folder: where to run; the work tree when nil.
    ///   - input: a file's worth of standard input.
    @discardableResult
    package func git(
        _ arguments: [String], in folder: String? = nil, environment extra: [String: String] = [:], input: Data? = nil
    ) throws -> String {
        let data = try run(["git"] + arguments, in: folder ?? path, environment: extra, input: input)
        let text = String(decoding: data, as: UTF8.self)
        return text.hasSuffix("\n") ? String(text.dropLast()) : text
    }

    /// Runs a program to its end, within 30 seconds.
    @discardableResult
    package func run(
        _ command: [String], in folder: String, environment extra: [String: String] = [:], input: Data? = nil
    ) throws -> Data {
        let files = base + "/" + UUID().uuidString
        for name in ["in", "out", "err"] {
            guard FileManager.default.createFile(atPath: "\(files).\(name)", contents: name == "in" ? input : nil)
            else { throw CommandFailure(description: "can't make \(files).\(name)") }
        }
        defer { for name in ["in", "out", "err"] { try? FileManager.default.removeItem(atPath: "\(files).\(name)") } }
        var variables = environment
        // Commits get the same ids in every run.
        for role in ["AUTHOR", "COMMITTER"] { variables["GIT_\(role)_DATE"] = "1700000000 +0000" }
        let status = try spawn(
            command, in: folder, environment: variables.merging(extra) { $1 }, input: files + ".in",
            output: files + ".out", error: files + ".err")
        guard status == 0 else {
            let error = String(decoding: try Data(contentsOf: URL(fileURLWithPath: files + ".err")), as: UTF8.self)
            throw CommandFailure(description: "\(command.joined(separator: " ")) ended with \(status): \(error)")
        }
        return try Data(contentsOf: URL(fileURLWithPath: files + ".out"))
    }

    /// Foundation's `Process` reads freed memory when several threads start programs at once, which tests do.
    private func spawn(
        _ command: [String], in folder: String, environment: [String: String], input: String, output: String,
        error: String
    ) throws -> Int32 {
        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
        #else
            var actions = posix_spawn_file_actions_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 2, error, O_WRONLY, 0)
        // A shell enters the folder: the file action for that isn't declared everywhere.
        let arguments = (["sh", "-c", "cd \"$0\" && exec \"$@\"", folder] + command).map { strdup($0) }
        let variables = environment.map { strdup("\($0)=\($1)") }
        defer { for string in arguments + variables { free(string) } }
        var child: pid_t = 0
        let failure = posix_spawn(&child, "/bin/sh", &actions, nil, arguments + [nil], variables + [nil])
        guard failure == 0 else {
            throw CommandFailure(description: "can't start \(command[0]): \(String(cString: strerror(failure)))")
        }
        let started = child
        let ended = DispatchSemaphore(value: 0)
        let status = Mutex<Int32>(-1)
        DispatchQueue.global().async {
            var raw: Int32 = 0
            while waitpid(started, &raw, 0) < 0, errno == EINTR {}
            status.withLock { $0 = raw }
            ended.signal()
        }
        if ended.wait(timeout: .now() + 30) == .timedOut {
            kill(started, SIGKILL)
            throw CommandFailure(description: "\(command.joined(separator: " ")) took over 30 seconds")
        }
        let raw = status.withLock { $0 }
        return raw & 0x7F == 0 ? (raw >> 8) & 0xFF : -(raw & 0x7F)
    }

    /// Adds everything and commits it; returns the commit's id.
    @discardableResult
    package func commit(_ message: String = "Change") throws -> String {
        try git("add", "-A")
        try git("commit", "--quiet", "--allow-empty", "-m", message)
        return try git("rev-parse", "HEAD")
    }

    // MARK: Files

    package func url(_ relative: String) -> URL { URL(fileURLWithPath: path + "/" + relative) }

    /// Writes a file of the work tree, and makes the folders above it.
    package func write(_ relative: String, _ text: String, executable: Bool = false) throws {
        try write(relative, Data(text.utf8), executable: executable)
    }

    package func write(_ relative: String, _ data: Data, executable: Bool = false) throws {
        let url = url(relative)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try data.write(to: url)
        try FileManager.default.setAttributes([.posixPermissions: executable ? 0o755 : 0o644], ofItemAtPath: url.path)
    }

    package func link(_ relative: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(atPath: path + "/" + relative, withDestinationPath: target)
    }

    package func read(_ relative: String) throws -> String {
        String(decoding: try Data(contentsOf: url(relative)), as: UTF8.self)
    }

    package func remove(_ relative: String) throws {
        try FileManager.default.removeItem(at: url(relative))
    }

    /// Everything below a folder: a file's mode and bytes, a link's target. Paths that `isLeftOut` names are left out.
    package static func contents(
        of folder: String, leavingOut isLeftOut: (String) -> Bool = { _ in false }
    ) throws -> [String: String] {
        var found: [String: String] = [:]
        let files = FileManager.default
        for relative in try files.subpathsOfDirectory(atPath: folder) where !isLeftOut(relative) {
            let full = folder + "/" + relative
            let attributes = try files.attributesOfItem(atPath: full)
            let mode = (attributes[.posixPermissions] as? NSNumber)?.intValue ?? 0
            switch attributes[.type] as? FileAttributeType {
            case .typeSymbolicLink: found[relative] = "link " + (try files.destinationOfSymbolicLink(atPath: full))
            case .typeDirectory: found[relative] = "folder"
            default:
                let data = try Data(contentsOf: URL(fileURLWithPath: full))
                found[relative] = String(mode, radix: 8) + " " + data.base64EncodedString()
            }
        }
        return found
    }
}
