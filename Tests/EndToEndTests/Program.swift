import Dispatch
import Foundation
import Synchronization
import TestSupport
import Testing

/// Every test of the built program, one at a time: they measure time, and run servers that must not wait for a thread which
/// another test blocks.
@Suite("End to end", .serialized)
enum EndToEnd {}

/// The built program, as a user runs it.
enum Program {
    /// The built binary lies beside the test bundle.
    static var path: String {
        let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundlePath
        return URL(fileURLWithPath: bundle ?? CommandLine.arguments[0]).deletingLastPathComponent()
            .appendingPathComponent("teamfix").path
    }

    /// Whether a program is on this machine.
    static func exists(_ name: String) -> Bool {
        (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
            .contains { access("\($0)/\(name)", X_OK) == 0 }
    }
}

/// How one call of a program ended.
struct Ended {
    var status: Int32
    var output: String
    var errors: String
    var duration: Duration

    /// Standard output as one JSON object, and nothing else.
    var json: [String: Any] {
        get throws {
            try #require(
                JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any], "not an object: \(output)")
        }
    }
}

/// A running call of a program, whose standard streams are files or a pipe.
final class Call: Sendable {
    private let process: Process
    private let files: String
    private let began = ContinuousClock.now
    private let ended = AsyncStream<Void>.makeStream()

    /// - Parameter closesOutput: whether nobody reads standard output.
    init(
        _ command: [String], in folder: String, environment: [String: String], input: String = "",
        scratch: String, closesOutput: Bool = false
    ) throws {
        files = scratch + "/call-" + UUID().uuidString
        for (name, text) in [("in", input), ("out", ""), ("err", "")] {
            try Data(text.utf8).write(to: URL(fileURLWithPath: "\(files).\(name)"))
        }
        process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        #if os(Linux)
            // A test run in a script's background ignores the signal, and its children would, too.
            process.arguments = ["--default-signal=INT"] + command
        #else
            process.arguments = command
        #endif
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.environment = environment
        let handles = [
            FileHandle(forReadingAtPath: files + ".in"), FileHandle(forWritingAtPath: files + ".err"),
            closesOutput ? nil : FileHandle(forWritingAtPath: files + ".out"),
        ]
        process.standardInput = handles[0]
        process.standardError = handles[1]
        process.standardOutput = handles[2]
        if closesOutput {
            let pipe = Pipe()
            process.standardOutput = pipe
            try pipe.fileHandleForReading.close()
        }
        process.terminationHandler = { [ended] _ in ended.continuation.finish() }
        try process.run()
        // A process outlives its end; over a thousand open files are more than Foundation starts another one with.
        for handle in handles { try handle?.close() }
    }

    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    /// Waits for the end; a program that takes longer than `deadline` is killed, and that is a failure.
    func end(within deadline: Duration = .seconds(40), sourceLocation: SourceLocation = #_sourceLocation) async -> Ended
    {
        let ended = ended.stream
        let isOver = await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                for await _ in ended {}
                return !Task.isCancelled
            }
            group.addTask {
                try? await Task.sleep(for: deadline)
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
        let duration = began.duration(to: .now)
        if !isOver {
            kill(process.processIdentifier, SIGKILL)
            Issue.record("it took over \(deadline)", sourceLocation: sourceLocation)
        }
        func text(_ name: String) -> String {
            String(decoding: (try? Data(contentsOf: URL(fileURLWithPath: "\(files).\(name)"))) ?? Data(), as: UTF8.self)
        }
        return Ended(
            status: isOver ? process.terminationStatus : -1, output: text("out"), errors: text("err"),
            duration: duration)
    }
}

extension ScratchRepository {
    /// What the program sees: nothing of the machine's own settings, and never a real server.
    var isolated: [String: String] {
        environment.merging(["OLLAMA_HOST": "127.0.0.1:9", "LC_ALL": "C.UTF-8", "TMPDIR": base]) { $1 }
    }

    /// Starts the program in the repository.
    func start(
        _ arguments: [String], in folder: String? = nil, environment extra: [String: String] = [:], input: String = "",
        closesOutput: Bool = false
    ) throws -> Call {
        try Call(
            [Program.path] + arguments, in: folder ?? path, environment: isolated.merging(extra) { $1 }, input: input,
            scratch: base, closesOutput: closesOutput)
    }

    /// Runs the program in the repository, to its end.
    func teamfix(
        _ arguments: String..., in folder: String? = nil, environment extra: [String: String] = [:], input: String = "",
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Ended {
        try await start(arguments, in: folder, environment: extra, input: input).end(sourceLocation: sourceLocation)
    }

    /// What must stay as it is: all but new objects and teamfix's own refs.
    func untouched() throws -> [String: String] {
        let all = try Self.contents(of: path) { path in
            [".git/objects", ".git/refs/heads/teamfix", ".git/logs/refs/heads/teamfix"].contains { path.hasPrefix($0) }
        }
        // The first log of a ref makes the folders above it.
        return all.filter { !($0.key.hasPrefix(".git/logs") && $0.value == "folder") }
    }

    /// What teamfix has left in its folder for scratch checkouts.
    var leftInScratch: [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: home + "/.cache/teamfix/scratch")) ?? []
    }

    var fixBranches: [String] {
        get throws {
            try git("for-each-ref", "--format=%(refname:short)", "refs/heads/teamfix/").split(separator: "\n").map(
                String.init)
        }
    }

    static let brokenC = "#include <stdio.h>\n\nint main(void)\n{\n    printf(\"hi\\n\")\n    return 0;\n}\n"
    static let workingC = brokenC.replacing("\")\n", with: "\");\n")

    /// A repository with a Makefile and one C file.
    static func project(_ source: String = brokenC, initialising arguments: [String] = []) throws -> ScratchRepository {
        let repository = try ScratchRepository(initialising: arguments)
        try repository.write("Makefile", "all: prog\nprog: main.c\n\t$(CC) -o prog main.c\n")
        try repository.write("main.c", source)
        try repository.write(".gitignore", "prog\n")
        try repository.commit("Begin")
        return repository
    }
}

/// What differs from run to run, named: the form of the snapshots.
func normalised(_ text: String, in repository: ScratchRepository) -> String {
    var text = text.replacing(repository.path, with: "REPOSITORY").replacing(repository.base, with: "FOLDER")
    text = text.replacing(/[0-9]{8}-[0-9]{6}-[a-z]{4}/, with: "RUN")
    text = text.replacing(/(fix-[a-z0-9-]*?)-([0-9]-)?[a-z]{4}\b/) { "\($0.1)-TAIL" }
    text = text.replacing(/\b[0-9a-f]{40}\b/, with: "ID").replacing(/\bat [0-9a-f]{12}\b/, with: "at ID")
    text = text.replacing(/\ *\b[0-9]+\.[0-9]s/, with: " TIME")
    text = text.replacing(/"(duration|buildTime)" : [0-9.e-]+/) { "\"\($0.1)\" : TIME" }
    // What the machine has decides these.
    text = text.replacing(/"logTail" : "[^\n]*"/, with: "\"logTail\" : \"LOG\"")
    text = text.replacing(/"sandbox" : "[a-z-]*"/, with: "\"sandbox\" : \"SANDBOX\"")
    return text
}

/// Both streams and the status of one call.
func transcript(_ ended: Ended, in repository: ScratchRepository) -> String {
    normalised(
        "\(ended.output)------- stderr -------\n\(ended.errors)[exit status: \(ended.status)]\n", in: repository)
}
