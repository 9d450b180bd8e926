import Foundation
import GRDB
import Synchronization
import Testing

@testable import History

/// A wall clock that a test sets.
final class SetClock: Sendable {
    private let time = Mutex(someDay)

    var now: @Sendable () -> Date { { [self] in time.withLock { $0 } } }

    func advance(_ seconds: TimeInterval) { time.withLock { $0 += seconds } }
}

@Suite struct AnswerStoreTests {
    let folder: TemporaryFolder
    let clock = SetClock()
    var path: String { folder.path + "/cache/teamfix/answers.sqlite" }

    init() throws { folder = try TemporaryFolder() }

    private func open(_ limits: AnswerStore.Limits = .init()) throws -> AnswerStore {
        try AnswerStore.open(at: path, limits: limits, now: clock.now)
    }

    private func size() throws -> Int {
        try #require(try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
    }

    @Test func `a text that was kept is there for another process, and no other key has it`() async throws {
        try await open().keep("an answer\u{0}\n…", for: "k1")
        let store = try open()
        #expect(try await store.text(for: "k1") == "an answer\u{0}\n…")
        #expect(try await store.text(for: "k2") == nil)
        try await store.keep("a newer one", for: "k1")
        #expect(try await store.text(for: "k1") == "a newer one")
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }

    @Test func `a text is gone after its lifetime, and after the store's own limit however often it is used`()
        async throws
    {
        let store = try open()
        try await store.keep("short", for: "short", lifetime: 100)
        try await store.keep("long", for: "long")
        clock.advance(99)
        #expect(try await store.text(for: "short") == "short")
        clock.advance(2)
        #expect(try await store.text(for: "short") == nil)
        for _ in 0..<29 {
            clock.advance(86_400)
            #expect(try await store.text(for: "long") == "long")
        }
        clock.advance(86_400)
        #expect(try await store.text(for: "long") == nil)
    }

    @Test func `columns of other types than were written stop nothing`() async throws {
        try await open().keep("an answer", for: "k")
        try await DatabaseQueue(path: path).write { database in
            try database.execute(sql: "UPDATE answers SET used = 'abc', text = 7")
        }
        let text = try await open().text(for: "k")
        #expect(text != "an answer")
        try await open().keep("a new one", for: "k")
        let again = try await open().text(for: "k")
        #expect(again == "a new one")
    }

    @Test func `what a clock that ran ahead has kept isn't kept for ever`() async throws {
        let store = try open()
        clock.advance(400 * 86_400)
        try await store.keep("from the future", for: "k")
        clock.advance(-400 * 86_400)
        #expect(try await store.text(for: "k") == nil)
        try await store.keep("from now", for: "k")
        #expect(try await store.text(for: "k") == "from now")
    }

    @Test func `the file stays within its bound, and what was used longest ago goes first`() async throws {
        let limit = 2 << 20
        let store = try open(.init(bytes: limit))
        let text = String(repeating: "x", count: 40_000)
        try await store.keep("used", for: "used")
        for number in 0..<200 {
            clock.advance(7200)
            try await store.keep("\(number) \(text)", for: "k\(number)", lifetime: .infinity)
            // Each use is noted, as the last one is over an hour old.
            #expect(try await store.text(for: "used") == "used")
            #expect(try size() <= limit + 64 << 10)
        }
        #expect(try await store.text(for: "k199") != nil)
        #expect(try await store.text(for: "k0") == nil)
        let kept = try await (0..<200).asyncCount { try await store.text(for: "k\($0)") != nil }
        #expect(kept > 20 && kept < 60)
        // That was a use of all; this is a later one.
        clock.advance(7200)
        #expect(try await store.text(for: "used") == "used")
        // A smaller bound holds from the next opening on.
        let smaller = try open(.init(bytes: limit / 4))
        #expect(try await smaller.text(for: "k199") != nil)
        #expect(try await smaller.text(for: "used") == "used")
        #expect(try await smaller.text(for: "k160") == nil)
    }

    @Test func `a text that would take most of the room isn't kept`() async throws {
        let store = try open(.init(bytes: 1 << 20))
        #expect(try await store.keep(String(repeating: "x", count: 1 << 17), for: "k") == false)
        #expect(try await store.text(for: "k") == nil)
    }

    @Test func `several writers at once lose nothing`() async throws {
        let (path, now) = (path, clock.now)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<6 {
                group.addTask {
                    let store = try AnswerStore.open(at: path, now: now)
                    for number in 0..<20 { try await store.keep("\(writer).\(number)", for: "\(writer)-\(number)") }
                }
            }
            try await group.waitForAll()
        }
        let store = try open()
        for writer in 0..<6 {
            for number in 0..<20 { #expect(try await store.text(for: "\(writer)-\(number)") == "\(writer).\(number)") }
        }
    }

    @Test(arguments: [
        "this is no database, and long enough to be seen as none. " + String(repeating: "x", count: 4096),
        "SQLite format 3\u{0}" + String(repeating: "y", count: 9000),
    ])
    func `a damaged file is replaced by a new one`(contents: String) async throws {
        try FileManager.default.createDirectory(
            atPath: folder.path + "/cache/teamfix", withIntermediateDirectories: true)
        try contents.write(toFile: path, atomically: false, encoding: .utf8)
        let store = try open()
        try await store.keep("anew", for: "k")
        #expect(try await open().text(for: "k") == "anew")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/cache/teamfix")
        #expect(!names.contains { $0.contains("damaged") })
    }

    @Test func `damage that shows in use is an error that says so, and the store begins anew once it is discarded`()
        async throws
    {
        let text = String(repeating: "x", count: 60_000)
        do {
            let store = try open()
            for number in 0..<50 { try await store.keep("\(number)\(text)", for: "k\(number)") }
        }
        let file = try #require(FileHandle(forUpdatingAtPath: path))
        try file.seek(toOffset: 4096)
        try file.write(contentsOf: Data(repeating: 0xA5, count: try size() - 4096))
        try file.close()
        var failure: HistoryError?
        do {
            let store = try open()
            for number in 0..<50 { _ = try await store.text(for: "k\(number)") }
            store.discard()
        } catch let error as HistoryError {
            failure = error
        }
        guard case .damaged = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
        DatabaseFile.remove(path)
        let store = try open()
        #expect(try await store.text(for: "k1") == nil)
        try await store.keep("anew", for: "k1")
        #expect(try await store.text(for: "k1") == "anew")
    }

    @Test func `a place that can't be written to is an error, and so is a newer store`() async throws {
        for path in ["/proc/teamfix/answers.sqlite", folder.path] {
            #expect(throws: HistoryError.self) { try AnswerStore.open(at: path) }
        }
        _ = try open()
        let (database, _) = try DatabaseFile.open(path, label: "test", schema: .answers, damaged: .removed)
        try await database.write { try $0.execute(sql: "PRAGMA user_version = 99") }
        #expect(throws: HistoryError.newer(path: path, version: 99)) { try open() }
    }
}

extension Range<Int> {
    fileprivate func asyncCount(where body: (Int) async throws -> Bool) async rethrows -> Int {
        var count = 0
        for number in self where try await body(number) { count += 1 }
        return count
    }
}
