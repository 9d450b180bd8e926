import Foundation
import Synchronization
import Testing

@testable import Workflows

@Suite(.timeLimit(.minutes(1))) struct CommandTests {
    let folder: TestFolder

    init() throws { folder = try TestFolder() }

    private func runner(
        _ command: String, deadline: Duration = .seconds(30), limit: Int = CommandRunner.defaultOutputLimit,
        grace: Duration = .seconds(2), environment: [String: String] = plainEnvironment
    ) -> CommandRunner {
        CommandRunner(
            shell: command, workingDirectory: folder.path, environment: environment, deadline: deadline,
            outputPath: folder.path + "/output", outputLimit: limit, grace: grace)
    }

    @Test func `both outputs come in the order of writing, to the file and to the callback`() async throws {
        let seen = Mutex<[UInt8]>([])
        let result = try await runner(
            "i=0; while [ $i -lt 300 ]; do echo out $i; echo err $i >&2; i=$((i+1)); done"
        ).run { bytes in seen.withLock { $0 += bytes } }
        let expected = (0..<300).map { "out \($0)\nerr \($0)\n" }.joined()
        #expect(folder.read("output") == expected)
        #expect(String(decoding: seen.withLock { $0 }, as: UTF8.self) == expected)
        #expect(result.outputBytes == expected.utf8.count)
        #expect(result.leftOutBytes == 0)
        #expect(result.isSuccess)
    }

    @Test(arguments: [
        ("exit 3", 3 as Int32?, nil as Int32?), ("kill -s SEGV $$", nil, SIGSEGV), ("no-such-tool-x", 127, nil),
    ])
    func `an exit code or a signal is a result`(command: String, code: Int32?, signal: Int32?) async throws {
        let result = try await runner(command).run()
        #expect(result.exitCode == code)
        #expect(result.signal == signal)
        #expect(!result.isSuccess)
        #expect(!result.timedOut)
    }

    @Test func `nothing is on standard input, and no other file is open`() async throws {
        let result = try await runner("cat; ls -l /proc/self/fd | wc -l").run()
        #expect(result.isSuccess)
        // 0, 1, 2, the listing's own, and a line that says "total".
        #if os(Linux)
            #expect(folder.read("output") == "5\n")
        #endif
    }

    @Test func `the environment is what was given`() async throws {
        _ = try await runner("env", environment: ["PATH": "/usr/bin:/bin", "ONLY": "this=that"]).run()
        let lines = Set(try #require(folder.read("output")).split(separator: "\n"))
        // PWD is the shell's own doing.
        #expect(lines.filter { !$0.hasPrefix("PWD=") }.sorted() == ["ONLY=this=that", "PATH=/usr/bin:/bin"])
    }

    @Test(arguments: [1000, 1001, 64 << 10, 200_000])
    func `of a long output the file keeps both ends, and the callback sees all`(limit: Int) async throws {
        let count = Mutex(0)
        let result = try await runner("seq 1 100000", limit: limit).run { bytes in count.withLock { $0 += bytes.count }
        }
        let whole = (1...100_000).map { "\($0)\n" }.joined()
        #expect(result.outputBytes == whole.utf8.count)
        #expect(count.withLock { $0 } == whole.utf8.count)
        #expect(result.leftOutBytes == whole.utf8.count - limit)
        let kept = try #require(folder.read("output"))
        let marker = "\n[teamfix: \(result.leftOutBytes) bytes left out here]\n"
        #expect(kept == whole.prefix(limit / 2) + marker + whole.suffix(limit - limit / 2))
    }

    @Test func `at the deadline the whole group ends, also those who ignore being asked`() async throws {
        let life = try LifeSign(at: folder.path + "/life")
        let result = try await runner(
            "exec 9>life; (trap '' TERM; sleep 1000) & (sh -c 'sleep 1000 & sleep 1000' &) ; echo ready; wait",
            deadline: .milliseconds(2500), grace: .milliseconds(200)
        ).run()
        #expect(result.timedOut)
        #expect(!result.isSuccess)
        #expect(life.ends())
        #expect(folder.read("output") == "ready\n")
    }

    @Test func `one who cleans up when asked has time to`() async throws {
        let result = try await runner(
            "sh -c 'trap \"sleep 0.2; echo cleaned; exit\" TERM; echo ready; while :; do sleep 0.05; done' ; true",
            deadline: .milliseconds(2500)
        ).run()
        #expect(result.timedOut)
        // Shells may remark on the end of what they waited for.
        #expect(folder.read("output")?.hasSuffix("cleaned\n") == true)
    }

    @Test func `cancelling ends the command and everything it started`() async throws {
        let life = try LifeSign(at: folder.path + "/life")
        let runner = runner("exec 9>life; sleep 1000 & echo ready; wait")
        let (ready, announce) = AsyncStream.makeStream(of: Void.self)
        await withThrowingTaskGroup(of: CommandResult.self) { group in
            group.addTask { try await runner.run { _ in announce.yield() } }
            for await _ in ready { break }
            group.cancelAll()
            await #expect(throws: CancellationError.self) { try await group.next() }
        }
        #expect(life.ends())
    }

    @Test func `what a command leaves in the background ends with it, and isn't waited for`() async throws {
        let life = try LifeSign(at: folder.path + "/life")
        let result = try await runner("exec 9>life; sleep 1000 & echo done").run()
        #expect(result.isSuccess)
        #expect(result.duration < .seconds(20))
        #expect(life.ends())
        #expect(folder.read("output") == "done\n")
    }

    @Test func `a folder that isn't there is an error that names it`() async throws {
        var runner = runner("true")
        runner.workingDirectory = "/no/such/folder"
        let error = await #expect(throws: CommandError.self) { try await runner.run() }
        #expect(error.map(String.init(describing:))?.contains("/no/such/folder") == true)
    }

    @Test func `when teamfix itself is killed its command dies, too`() async throws {
        let life = try LifeSign(at: folder.path + "/life")
        let path = folder.path
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let runner = CommandRunner(
                shell: "exec 9>life; (trap '' TERM HUP; sleep 1000) & echo ready; sleep 1000", workingDirectory: path,
                environment: ["PATH": "/usr/bin:/bin"], deadline: .seconds(60), outputPath: path + "/output")
            _ = try await runner.run { _ in kill(getpid(), SIGKILL) }
        }
        #expect(life.ends())
    }
}
