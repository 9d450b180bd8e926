import Subprocess

#if canImport(System)
    import System
#else
    import SystemPackage
#endif
#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Runs one command to its end: in a session of its own, with nothing on standard input, both outputs in one ordered
/// stream, a deadline, and no process of its group left behind, whether it ends, is cancelled, or teamfix is killed.
package struct CommandRunner: Sendable {
    /// The program and its arguments.
    package var arguments: [String]
    /// Where it runs.
    package var workingDirectory: String
    /// Its whole environment: nothing is inherited.
    package var environment: [String: String]
    /// How long it may take.
    package var deadline: Duration
    /// How long it may clean up, between SIGTERM and SIGKILL, after its deadline or a cancellation.
    package var grace: Duration
    /// Where its output goes. An existing file is replaced.
    package var outputPath: String
    /// How many bytes of output are kept: the first and the last half of this. The callback sees all of it.
    package var outputLimit: Int

    package static let defaultOutputLimit = 64 << 20

    package init(
        arguments: [String], workingDirectory: String, environment: [String: String], deadline: Duration,
        outputPath: String, outputLimit: Int = Self.defaultOutputLimit, grace: Duration = .seconds(2)
    ) {
        self.arguments = arguments
        self.workingDirectory = workingDirectory
        self.environment = environment
        self.deadline = deadline
        self.grace = grace
        self.outputPath = outputPath
        self.outputLimit = outputLimit
    }

    /// Runs `command` as a person's shell would.
    package init(
        shell command: String, workingDirectory: String, environment: [String: String], deadline: Duration,
        outputPath: String, outputLimit: Int = Self.defaultOutputLimit, grace: Duration = .seconds(2)
    ) {
        self.init(
            arguments: Self.shell(command), workingDirectory: workingDirectory, environment: environment,
            deadline: deadline, outputPath: outputPath, outputLimit: outputLimit, grace: grace)
    }

    /// The arguments that make a shell run `command`.
    package static func shell(_ command: String) -> [String] { ["/bin/sh", "-c", command] }

    /// What runs before the command, in its place.
    ///
    /// Standard input is a pipe whose other end only teamfix holds: when teamfix dies, however it dies, the watcher that
    /// waits on it kills the whole group. (A death signal from the kernel would reach the first process only, and only
    /// on Linux.) The watcher is forked twice, so that the command never meets a child that it didn't start, and ignores
    /// what the group is asked to end with. The command itself gets /dev/null and no trace of the pipe.
    static let prelude = """
        trap '' TERM HUP INT
        exec 3<&0 </dev/null
        ( ( read -r line <&3 || kill -s KILL -- "-$$" ) >/dev/null 2>&1 & )
        trap - TERM HUP INT
        exec "$@" 3<&-
        """

    /// Runs the command.
    ///
    /// A failing command is a result, not an error.
    ///
    /// - Parameter onOutput: receives the output in order as it comes, on a thread of its own; while it runs the command
    ///   is held back.
    /// - Throws: `CommandError` when the command can't be started, `CancellationError` when the task was cancelled; the
    ///   command's processes are gone then.
    package func run(onOutput: @escaping @Sendable ([UInt8]) -> Void = { _ in }) async throws -> CommandResult {
        try Task.checkCancellation()
        let file = try BoundedOutputFile(path: outputPath, limit: outputLimit)
        let output = try Pipe()
        let lifeline = try Pipe()
        let pump = try OutputPump(descriptor: output.readEnd, file: file, onOutput: onOutput)
        defer { _ = close(lifeline.writeEnd) }

        let start = ContinuousClock.now
        let status: TerminationStatus
        do {
            status = try await supervise(output: output.writeEnd, lifeline: lifeline.readEnd, pump: pump, start: start)
        } catch {
            _ = await pump.finish(grace: .zero) {}
            throw CommandError(
                workingDirectory: workingDirectory, program: arguments.first ?? "", reason: String(describing: error))
        }
        let duration = start.duration(to: .now)
        try Task.checkCancellation()
        return CommandResult(
            status: status, timedOut: duration >= deadline, duration: duration, output: pump.summary,
            outputPath: outputPath)
    }

    private func supervise(
        output: Int32, lifeline: Int32, pump: OutputPump, start: ContinuousClock.Instant
    ) async throws -> TerminationStatus {
        let ending: [TeardownStep] = [
            .send(signal: .terminate, toProcessGroup: true, allowedDurationToNextStep: grace)
        ]
        var options = PlatformOptions()
        options.createSession = true
        options.teardownSequence = ending  // What a cancelled task does.
        let result = try await Subprocess.run(
            .path("/bin/sh"),
            arguments: Arguments(["-c", Self.prelude, "teamfix"] + arguments),
            environment: .custom(
                Dictionary(uniqueKeysWithValues: environment.map { (Environment.Key(stringLiteral: $0), $1) })),
            workingDirectory: FilePath(workingDirectory),
            platformOptions: options,
            input: .fileDescriptor(FileDescriptor(rawValue: lifeline), closeAfterSpawningProcess: true),
            output: .fileDescriptor(FileDescriptor(rawValue: output), closeAfterSpawningProcess: true),
            error: .combinedWithOutput
        ) { execution in
            // Signal 0 is no signal: this waits for the command's end until its deadline, and asks the group to end then.
            let waiting = TeardownStep.send(
                signal: Signal(rawValue: 0), toProcessGroup: false, allowedDurationToNextStep: deadline)
            await execution.teardown(using: [waiting] + ending)
            // The leader has ended but isn't reaped before this closure returns, so its group's number is still ours.
            let cutShort = Task.isCancelled || start.duration(to: .now) >= deadline
            let group = execution.processIdentifier.value
            await pump.finish(grace: cutShort ? grace : .zero) { _ = kill(-group, SIGKILL) }
        }
        return result.terminationStatus
    }
}

/// How a command ended.
package struct CommandResult: Sendable, Equatable {
    /// The exit code; nil when a signal ended it.
    package var exitCode: Int32?
    /// The signal that ended it.
    package var signal: Int32?
    /// Whether it was still running at its deadline.
    package var timedOut: Bool
    /// How long it ran.
    package var duration: Duration
    /// The file that holds its output, the middle left out where it was longer than the bound.
    package var outputPath: String
    /// How many bytes it wrote.
    package var outputBytes: Int
    /// How many of them the file doesn't have.
    package var leftOutBytes: Int
    /// Why the file lacks more than that, in words: a full disk.
    package var outputProblem: String?

    /// Whether it passed.
    package var isSuccess: Bool { exitCode == 0 && !timedOut }

    init(
        status: TerminationStatus, timedOut: Bool, duration: Duration, output: OutputSummary, outputPath: String
    ) {
        switch status {
        case .exited(let code): exitCode = code
        case .signaled(let number): signal = number
        }
        self.timedOut = timedOut
        self.duration = duration
        self.outputPath = outputPath
        outputBytes = output.total
        leftOutBytes = output.leftOut
        outputProblem = output.problem
    }
}

/// A command that couldn't be started.
package struct CommandError: Error, Sendable, Equatable, CustomStringConvertible {
    package var workingDirectory: String
    package var program: String
    package var reason: String

    package var description: String {
        "can't start \(program.isEmpty ? "the command" : program) in \(workingDirectory): \(reason)"
    }
}
