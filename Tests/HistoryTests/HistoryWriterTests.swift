import Events
import Foundation
import Testing

@testable import History

@Suite struct HistoryWriterTests {
    let folder: TemporaryFolder
    let store: RunStore

    init() throws {
        folder = try TemporaryFolder()
        store = try RunStore.open(at: folder.history)
    }

    private func log(_ writer: HistoryWriter) -> RunLog { RunLog(run: "r", sinks: [writer.sink]) }

    @Test func `what a run appends is in the history, in order, when it returns`() async throws {
        let writer = HistoryWriter(store: store, started: someDay)
        let log = log(writer)
        let value = await writer.during {
            for number in 0..<500 { log.append(.notice(level: .info, text: "\(number)")) }
            return 7
        }
        #expect(value == 7)
        #expect(writer.failure == nil)
        #expect(try store.records(run: "r").records == log.records)
    }

    @Test(.timeLimit(.minutes(1)))
    func `events are written while the run goes on`() async throws {
        let writer = HistoryWriter(store: store, started: someDay)
        let log = log(writer)
        let reader = try RunStore.open(at: folder.history)
        try await writer.during {
            log.append(.notice(level: .info, text: "first"))
            // Ends when another connection sees it; the time limit is the deadline.
            while try reader.records(run: "r").records.isEmpty { await Task.yield() }
        }
    }

    @Test func `a run that fails is written, too, and its error comes out`() async throws {
        struct Failed: Error {}
        let writer = HistoryWriter(store: store, started: someDay)
        let log = log(writer)
        await #expect(throws: Failed.self) {
            try await writer.during {
                log.append(.notice(level: .warning, text: "about to fail"))
                throw Failed()
            }
        }
        #expect(try store.records(run: "r").records == log.records)
    }

    @Test func `a run that is cancelled is written, too`() async throws {
        let writer = HistoryWriter(store: store, started: someDay)
        let log = log(writer)
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await writer.during {
                    log.append(.notice(level: .info, text: "before"))
                    withUnsafeCurrentTask { $0?.cancel() }
                    log.append(.runFinished(outcome: "interrupted", exitCode: 130, duration: 1))
                }
            }
        }
        #expect(try store.records(run: "r").records.count == 2)
        #expect(try store.latestRun()?.exitCode == 130)
    }

    @Test func `recording ends with a reason when more waits than is allowed`() async throws {
        let writer = HistoryWriter(store: store, started: someDay, capacity: 3)
        let log = log(writer)
        for number in 0..<5 { log.append(.notice(level: .info, text: "\(number)")) }
        writer.flush()
        #expect(writer.failure != nil)
        // A beginning without gaps.
        #expect(try store.records(run: "r").records.map(\.sequence) == [1, 2, 3])
    }
}
