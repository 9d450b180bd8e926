import Diagnostics
import Events
import Foundation
import Git

/// A scratch checkout in which candidates are tried, one after the other.
///
/// The checkout is made once and edited in place, so that a build after the first rebuilds only what changed. What passes
/// here is verified again in a fresh one before it is published.
package actor Bench {
    private var build: ScratchBuild
    private let base: ObjectID
    private let repository: Repository
    private let log: RunLog
    /// What the checkout holds that differs from its base.
    private var written: [String: SourceText] = [:]
    /// Whether no build has been in the checkout yet.
    private var isFresh = true

    /// The folders that came along and those that didn't.
    package nonisolated let carried: CarriedFolders

    /// Checks the tree out below `space` and copies the ignored folders that a build may need.
    package init(
        repository: Repository, base: ObjectID, build: ScratchBuild, carried: CarriedFolders, log: RunLog
    ) {
        self.repository = repository
        self.base = base
        self.build = build
        self.carried = carried
        self.log = log
    }

    /// Runs this command from now on: the build's own with a flag that makes it keep going.
    package func use(_ command: String) { build.command = command }

    /// What the build runs.
    package var command: String { build.command }

    /// Runs the build with these files in place of the base's.
    /// - Parameters:
    ///   - only: a command that runs a part of the build in its place, without the check behind it.
    ///   - deadline: how long each command may take, in seconds; nil for as long as the build may.
    package func observe(
        _ purpose: BuildPurpose, contents: [String: SourceText], only: String? = nil, deadline: Double? = nil
    ) async throws -> BuildObservation {
        try await lay(contents)
        var build = build
        if let deadline { build.deadline = min(build.deadline, .seconds(deadline)) }
        if let only {
            build.command = only
            build.check = nil
        }
        let wasFresh = isFresh
        isFresh = false
        log.append(.buildStarted(purpose: purpose, command: build.command))
        let reader = LogCollector(root: build.visibleRoot, checkout: build.checkout, directory: build.directory)
        let (step, result) = try await build.run { _, bytes in reader.consume(bytes) }
        defer { unlink(result.outputPath) }
        var observation = BuildObservation(
            exitCode: result.exitCode, signal: result.signal, timedOut: result.timedOut, log: reader.finish(),
            duration: result.duration.inSeconds)
        observation.isCheck = step == .check
        log.append(
            .buildFinished(
                BuildEnd(
                    purpose: purpose, exitCode: result.exitCode, timedOut: result.timedOut,
                    errors: observation.log.errors.count, duration: observation.duration,
                    command: step == .check ? build.check : build.command, isCheck: step == .check,
                    isFresh: wasFresh)))
        return observation
    }

    /// Runs a tool from the checkout's root that only looks at files.
    func parse(with command: String, contents: [String: SourceText]) async throws -> BuildObservation {
        try await lay(contents)
        var look = build
        look.command = command
        look.check = nil
        look.directory = ""
        look.deadline = SyntaxCheck.deadline
        let reader = LogCollector(root: look.visibleRoot, checkout: look.checkout, directory: "")
        let (_, result) = try await look.run { _, bytes in reader.consume(bytes) }
        defer { unlink(result.outputPath) }
        return BuildObservation(
            exitCode: result.exitCode, signal: result.signal, timedOut: result.timedOut, log: reader.finish(),
            duration: result.duration.inSeconds)
    }

    /// Makes the checkout's files those of the base with `contents` over them.
    private func lay(_ contents: [String: SourceText]) async throws {
        for (path, text) in contents where written[path] != text {
            try write(text.bytes, to: path)
            written[path] = text
        }
        for path in written.keys.sorted() where contents[path] == nil {
            if let bytes = try await repository.readBlob(path: path, in: base, limit: WorkingFiles.largestFile * 2) {
                try write(bytes, to: path)
            }
            written[path] = nil
        }
    }

    /// Writes a file anew, beside what stands there, and renames it.
    ///
    /// A build may have put anything in the place of a folder or file: a link that leads out of the checkout, a pipe without a
    /// reader. So every folder on the way is opened as a folder and through no link, and what stands there is replaced, never
    /// opened for writing.
    private func write(_ bytes: [UInt8], to path: String) throws {
        func failure(_ operation: String) -> FileFailure {
            FileFailure(operation: operation, path: build.checkout + "/" + path, code: errno)
        }
        let parts = path.split(separator: "/").map(String.init)
        guard let name = parts.last, !parts.contains("..") else { throw failure("write") }
        var folder = open(build.checkout, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw failure("open the folder of") }
        defer { close(folder) }
        for part in parts.dropLast() {
            let next = openat(folder, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard next >= 0 else { throw failure("open the folder of") }
            close(folder)
            folder = next
        }
        var status = stat()
        let isThere = fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0
        let mode = isThere && status.st_mode & S_IFMT == S_IFREG ? status.st_mode & 0o777 : 0o644
        let temporary = ".teamfix-\(UInt32.random(in: 0 ... .max))"
        let descriptor = openat(folder, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw failure("write") }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else {
                unlinkat(folder, temporary, 0)
                throw failure("write")
            }
            rest = rest.dropFirst(count)
        }
        fchmod(descriptor, mode)
        guard renameat(folder, temporary, folder, name) == 0 else {
            unlinkat(folder, temporary, 0)
            throw failure("replace")
        }
    }
}
