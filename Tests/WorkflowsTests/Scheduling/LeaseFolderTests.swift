import Foundation
import Orchestration
import Synchronization
import Testing

@testable import Workflows

/// A child process that holds the lease of one slot, as another teamfix would, until it is killed.
private final class Holder: Sendable {
    private let process: Process
    private let ended = AsyncStream<Void>.makeStream()

    /// Starts the child; it holds the lease when this returns.
    init(_ file: String, until: Double) throws {
        let record = "teamfix lease 1\\nowner other\\npid 1\\nuntil \(until)\\ntask the other's\\n"
        process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "python3", "-c",
            """
            import fcntl, os, sys
            f = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(f, fcntl.LOCK_EX)
            os.write(f, b"\(record)")
            print("held", flush=True)
            sys.stdin.read()
            """, file,
        ]
        let (input, output) = (Foundation.Pipe(), Foundation.Pipe())
        process.standardInput = input
        process.standardOutput = output
        process.terminationHandler = { [ended] _ in ended.continuation.finish() }
        try process.run()
        // It says so in a word, or dies and says nothing.
        #expect(!output.fileHandleForReading.availableData.isEmpty)
    }

    func kill() async {
        Foundation.kill(process.processIdentifier, SIGKILL)
        for await _ in ended.stream {}
    }
}

/// How many hold a lease.
private final class Count: Sendable {
    private struct State {
        var now = 0
        var most = 0
        var taken = 0
    }

    private let state = Mutex(State())

    var most: Int { state.withLock { $0.most } }
    var taken: Int { state.withLock { $0.taken } }

    func enter() {
        state.withLock { state in
            state.now += 1
            state.taken += 1
            state.most = max(state.most, state.now)
        }
    }

    func leave() { state.withLock { $0.now -= 1 } }
}

@Suite(.timeLimit(.minutes(1))) struct LeaseFolderTests {
    let folder: TestFolder
    let leases: LeaseFolder
    private static let url = "http://gpu:11434"

    init() throws {
        folder = try TestFolder()
        leases = LeaseFolder(path: folder.path + "/state/leases", now: { Date(timeIntervalSince1970: 1000) })
    }

    /// As another process sees the same folder.
    private func other(now: Double = 1000) -> LeaseFolder {
        LeaseFolder(path: leases.path, now: { Date(timeIntervalSince1970: now) })
    }

    private func slotFile(_ number: Int) throws -> String {
        let server = try #require(try FileManager.default.contentsOfDirectory(atPath: leases.path).first)
        return "\(leases.path)/\(server)/slot-\(number)"
    }

    @Test func `all holders together get as many leases as there are slots, and a released one is free again`() throws {
        let other = other()
        let first = try #require(leases.take(server: Self.url, slots: 2, expectedSeconds: 5))
        let second = try #require(other.take(server: Self.url, slots: 2, expectedSeconds: 5))
        #expect(leases.take(server: Self.url, slots: 2, expectedSeconds: 5) == nil)
        #expect(other.take(server: Self.url, slots: 2, expectedSeconds: 5) == nil)
        let elsewhere = leases.take(server: "http://gpu:11435", slots: 1, expectedSeconds: 5)
        #expect(elsewhere != nil)
        first.release()
        first.release()
        let third = other.take(server: Self.url, slots: 2, expectedSeconds: 5)
        #expect(third != nil)
        #expect(leases.take(server: Self.url, slots: 2, expectedSeconds: 5) == nil)
        withExtendedLifetime((second, third, elsewhere)) {}
    }

    @Test func `a lease that nobody has any more is released`() throws {
        do { _ = try #require(leases.take(server: Self.url, slots: 1, expectedSeconds: 5)) }
        let again = leases.take(server: Self.url, slots: 1, expectedSeconds: 5)
        #expect(again != nil)
    }

    @Test func `others see when the first lease is expected to end, who has it and what for`() throws {
        let (early, late) = (other(now: 990), other(now: 995))
        let one = try #require(
            early.take(server: Self.url, slots: 3, expectedSeconds: 40, title: "mend a.c\n\u{1B}[2J"))
        let two = try #require(
            late.take(server: Self.url, slots: 3, expectedSeconds: 20, title: String(repeating: "x", count: 5000)))
        #expect(leases.expectedFree(server: Self.url, slots: 3) == 15)
        #expect(leases.expectedFree(server: "http://cpu:11434", slots: 3) == nil)
        let holders = leases.holders(server: Self.url, slots: 3)
        #expect(holders.map(\.pid) == [getpid(), getpid()])
        #expect(holders.first?.title == "mend a.c  [2J")
        #expect(try #require(holders.last).title.count == 120)
        two.expect(seconds: 1)
        #expect(leases.expectedFree(server: Self.url, slots: 3) == 0)
        two.release()
        #expect(leases.expectedFree(server: Self.url, slots: 3) == 30)
        one.release()
        #expect(leases.expectedFree(server: Self.url, slots: 3) == nil)
        two.expect(seconds: 100)
        #expect(leases.holders(server: Self.url, slots: 3) == [])
    }

    @Test func `one's own leases aren't another's, and absurd expectations are bounded`() throws {
        let own = try #require(leases.take(server: Self.url, slots: 2, expectedSeconds: .infinity))
        #expect(leases.expectedFree(server: Self.url, slots: 2) == nil)
        #expect(other().expectedFree(server: Self.url, slots: 2) == 86_400)
        own.expect(seconds: .nan)
        #expect(other().expectedFree(server: Self.url, slots: 2) == 86_400)
        own.expect(seconds: -5)
        #expect(other().expectedFree(server: Self.url, slots: 2) == 0)
    }

    @Test func `a process that is killed keeps no lease`() async throws {
        do { _ = try #require(leases.take(server: Self.url, slots: 1, expectedSeconds: 5)) }
        let file = try slotFile(0)
        let holder = try Holder(file, until: 1007)
        #expect(leases.take(server: Self.url, slots: 1, expectedSeconds: 5) == nil)
        #expect(leases.expectedFree(server: Self.url, slots: 1) == 7)
        #expect(leases.holders(server: Self.url, slots: 1).map(\.title) == ["the other's"])
        await holder.kill()
        // Its words are still there; without the lock they count for nothing.
        #expect(try String(contentsOfFile: file, encoding: .utf8).contains("owner other"))
        #expect(leases.expectedFree(server: Self.url, slots: 1) == nil)
        let lease = leases.take(server: Self.url, slots: 1, expectedSeconds: 5)
        #expect(lease != nil)
    }

    @Test func `a killed holder's words don't keep the next one out`() async throws {
        let path = leases.path
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let lease = LeaseFolder(path: path).take(server: "http://gpu:11434", slots: 1, expectedSeconds: 500)
            withExtendedLifetime(lease) { _ = kill(getpid(), SIGKILL) }
        }
        #expect(try String(contentsOfFile: try slotFile(0), encoding: .utf8).hasPrefix("teamfix lease 1\n"))
        let lease = leases.take(server: Self.url, slots: 1, expectedSeconds: 5)
        #expect(lease != nil)
        #expect(other().expectedFree(server: Self.url, slots: 1) == 5)
    }

    @Test func `several takers at once never get more than there are slots`() async throws {
        let path = leases.path
        let count = Count()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<6 {
                group.addTask {
                    let own = LeaseFolder(path: path)
                    for _ in 0..<60 {
                        _ = own.expectedFree(server: Self.url, slots: 3)
                        if let lease = own.take(server: Self.url, slots: 3, expectedSeconds: 1) {
                            count.enter()
                            await Task.yield()
                            count.leave()
                            lease.release()
                        } else {
                            await Task.yield()
                        }
                    }
                }
            }
        }
        #expect(count.most <= 3)
        #expect(count.taken > 60)
        #expect(leases.expectedFree(server: Self.url, slots: 3) == nil)
    }

    @Test func `where no files can be had, leases bind nobody, and that is said once`() throws {
        let file = try folder.write("", to: "file")
        let problems = Mutex<[FileFailure]>([])
        let leases = LeaseFolder(
            path: file + "/leases", noteProblem: { problem in problems.withLock { $0.append(problem) } })
        for _ in 0..<3 { #expect(leases.take(server: Self.url, slots: 1, expectedSeconds: 5) != nil) }
        #expect(problems.withLock { $0.count } == 1)
        #expect(leases.expectedFree(server: Self.url, slots: 1) == nil)
    }

    @Test func `what others may have put in place of a slot's file is neither followed nor believed`() throws {
        let free = try #require(leases.take(server: Self.url, slots: 1, expectedSeconds: 5))
        free.release()
        let file = try slotFile(0)
        unlink(file)
        let outside = try folder.write("mine", to: "outside")
        symlink(outside, file)
        // It can't be opened, so this lease binds nobody.
        #expect(leases.take(server: Self.url, slots: 1, expectedSeconds: 5) != nil)
        #expect(folder.read("outside") == "mine")
        unlink(file)
        try (String(repeating: "until nan\n", count: 9000)).write(toFile: file, atomically: false, encoding: .utf8)
        #expect(leases.expectedFree(server: Self.url, slots: 1) == nil)
        let lease = leases.take(server: Self.url, slots: 1, expectedSeconds: 5)
        #expect(lease != nil)
        #expect(other().expectedFree(server: Self.url, slots: 1) == 5)
    }
}
