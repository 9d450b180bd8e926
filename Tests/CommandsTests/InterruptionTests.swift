import Commands
import Events
import Foundation
import Synchronization
import Testing

@Suite("Interruption and runs")
struct InterruptionTests {
    @Test("the first signal cancels the root task, which may still clean up", arguments: [SIGINT, SIGTERM])
    func firstSignal(number: Int32) async {
        await #expect(processExitsWith: .exitCode(7)) { [number] in
            // Under nohup or in a script's background the signal is ignored, and would stay so.
            signal(number, SIG_DFL)
            let status = await Interruption.cancelling { () -> Int32 in
                kill(getpid(), number)
                do {
                    try await Task.sleep(for: .seconds(60))
                    return 1
                } catch {
                    return Interruption.isRequested ? 7 : 2
                }
            }
            exit(status)
        }
    }

    @Test("the second signal ends the process at once")
    func secondSignal() async {
        await #expect(processExitsWith: .exitCode(130)) {
            signal(SIGINT, SIG_DFL)
            await Interruption.cancelling {
                kill(getpid(), SIGINT)
                // Two pending signals of a kind are one: the second is sent when the first has been seen.
                let deadline = ContinuousClock.now + .seconds(20)
                while !Interruption.isRequested, .now < deadline { await Task.yield() }
                kill(getpid(), SIGINT)
                while .now < deadline { await Task.yield() }
            }
            exit(1)
        }
    }

    @Test("writing to a pipe that nobody reads ends quietly")
    func closedPipe() async {
        await #expect(processExitsWith: .exitCode(0)) {
            await Interruption.cancelling {
                var ends: [Int32] = [-1, -1]
                guard pipe(&ends) == 0 else { exit(1) }
                close(ends[0])
                let stream = TextStream.descriptor(ends[1])
                for _ in 1...3 { stream.write("nobody hears this\n") }
            }
            exit(0)
        }
    }

    @Test("a run's log begins with its start and ends with its outcome, also when it fails")
    func runLog() async throws {
        let teamfix = try Invoked()
        let common = try CommonOptions.parse(["--quiet"])
        let invocation = Invocation(surroundings: teamfix.surroundings, wiring: Wiring(), common: common)
        let start = RunStart(command: "fix", repository: "/r", head: nil, problem: "p", version: "1")
        let seen = Mutex<[RunEvent]>([])
        await #expect(throws: Failure.self) {
            _ = try await invocation.run(
                start, id: "r", sinks: [{ record in seen.withLock { $0.append(record.event) } }], clock: { 2 }
            ) { log -> RunOutcome<Int> in
                log.append(.notice(level: .info, text: "x"))
                throw Failure(.build, "no", status: .notFixed)
            }
        }
        let expected: [RunEvent] = [
            .runStarted(start), .notice(level: .info, text: "x"),
            .runFinished(outcome: "build", exitCode: 1, duration: 2),
        ]
        #expect(seen.withLock { $0 } == expected)
    }

    @Test("a run's id says when it began")
    func runID() {
        struct Fixed: RandomNumberGenerator { mutating func next() -> UInt64 { 1 << 60 } }
        var random = Fixed()
        #expect(newRunID(at: Date(timeIntervalSince1970: 1_700_000_000), using: &random) == "20231114-221320-bbbb")
    }
}
