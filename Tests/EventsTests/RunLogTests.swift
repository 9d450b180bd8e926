import Events
import Synchronization
import Testing

@Suite struct RunLogTests {
    @Test func `what is kept is numbered without gaps, whatever samples come between`() {
        let seen = Mutex<[Int]>([])
        let log = RunLog(run: "r", clock: { 0 }, sinks: [{ record in seen.withLock { $0.append(record.sequence) } }])
        log.append(.notice(level: .info, text: "one"))
        for pieces in 1...2 { log.append(.taskProgress(task: "t", attempt: 1, server: "s", pieces: pieces)) }
        log.append(.notice(level: .info, text: "two"))
        #expect(log.records.map(\.sequence) == [1, 2])
        #expect(seen.withLock { $0 } == [1, 2, 2, 2])
    }
}
