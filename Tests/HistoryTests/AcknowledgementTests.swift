import Events
import Foundation
import GRDB
import Synchronization
import Testing

@testable import History

@Suite("What was acknowledged is kept, and a history that fails stops nothing")
struct AcknowledgementTests {
    let folder: TemporaryFolder
    let store: RunStore

    init() throws {
        folder = try TemporaryFolder()
        store = try RunStore.open(at: folder.history)
    }

    /// Collects what a writer passes on.
    private final class Seen: Sendable {
        private let kept = Mutex<[RunRecord]>([])
        func add(_ records: [RunRecord]) { kept.withLock { $0 += records } }
        var records: [RunRecord] { kept.withLock { $0 } }
    }

    @Test func `a record is passed on when another connection reads it already`() async throws {
        let reader = try RunStore.open(at: folder.history)
        let missing = Mutex(0)
        let seen = Seen()
        let writer = HistoryWriter(store: store, started: someDay) { records in
            let stored = (try? reader.records(run: "r").records) ?? []
            missing.withLock { $0 += records.count { !stored.contains($0) } }
            seen.add(records)
        }
        let log = RunLog(run: "r", sinks: [writer.sink])
        await writer.during {
            for number in 0..<100 {
                log.append(.notice(level: .info, text: "\(number)"))
                if number % 10 == 0 { await Task.yield() }
            }
        }
        #expect(seen.records == log.records)
        #expect(missing.withLock { $0 } == 0)
    }

    @Test func `without a history records are passed on all the same`() async throws {
        let seen = Seen()
        let writer = HistoryWriter(store: nil, started: someDay) { seen.add($0) }
        let log = RunLog(run: "r", sinks: [writer.sink])
        await writer.during { log.append(.notice(level: .info, text: "x")) }
        #expect(seen.records == log.records)
        #expect(writer.failure == nil)
    }

    @Test func `a full disk ends the recording with a reason, and the stream goes on`() async throws {
        try store.write { _ = try Row.fetchAll($0, sql: "PRAGMA max_page_count = 40") }
        let seen = Seen()
        let writer = HistoryWriter(store: store, started: someDay) { seen.add($0) }
        let log = RunLog(run: "r", sinks: [writer.sink])
        let text = String(repeating: "x", count: 10_000)
        await writer.during {
            for number in 0..<100 {
                log.append(.notice(level: .info, text: "\(number) \(text)"))
                writer.flush()
            }
        }
        guard case .unwritable(_, let reason) = writer.failure else {
            Issue.record("\(String(describing: writer.failure))")
            return
        }
        #expect(reason.contains("full"))
        #expect(seen.records.count == 100)
        // A beginning without gaps.
        let kept = try store.records(run: "r").records
        #expect(kept.count > 2 && kept.count < 100)
        #expect(kept == Array(log.records.prefix(kept.count)))
        #expect(try store.read { try String.fetchAll($0, sql: "PRAGMA integrity_check") } == ["ok"])
    }

    @Test func `damage that shows in use is told, and the next run begins anew`() throws {
        for number in 0..<40 { try store.append(events(of: "run\(number)", count: 100), started: someDay) }
        try store.prune(keepingAtMost: 40)
        let size = try #require(try FileManager.default.attributesOfItem(atPath: folder.history)[.size] as? Int)
        let file = try #require(FileHandle(forUpdatingAtPath: folder.history))
        // The newest half: opening doesn't look there, and what is added at the end goes there.
        let offset = size / 8192 * 4096
        try file.seek(toOffset: UInt64(offset))
        try file.write(contentsOf: Data(repeating: 0xA5, count: size - offset))
        try file.close()
        let damaged = try RunStore.open(at: folder.history)
        var failure: HistoryError?
        do throws(HistoryError) {
            for number in 0..<40 { try damaged.append(events(of: "zz\(number)"), started: someDay) }
        } catch {
            failure = error
        }
        #expect(damaged.setAside == nil)
        guard case .damaged = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
        let aside = try #require(damaged.moveAside())
        #expect(FileManager.default.fileExists(atPath: aside))
        let anew = try RunStore.open(at: folder.history)
        try anew.append(events(of: "b"), started: someDay)
        #expect(try anew.runs(limit: 9).map(\.id) == ["b"])
        // Another process that saw the damage, too, finds a sound file, and leaves it.
        #expect(damaged.moveAside() == nil)
        #expect(try RunStore.open(at: folder.history).latestRun()?.id == "b")
    }
}
