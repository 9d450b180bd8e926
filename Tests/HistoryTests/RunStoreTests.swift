import Events
import Foundation
import GRDB
import Testing

@testable import History

@Suite struct RunStoreTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func `a run reads back as it was written, also in another process' connection`() throws {
        let records = events(of: "run-a")
        try RunStore.open(at: folder.history).append(records, started: someDay)
        let store = try RunStore.open(at: folder.history)
        #expect(try store.records(run: "run-a").records == records)
        let run = try #require(try store.latestRun())
        #expect(
            run
                == StoredRun(
                    id: "run-a", command: "fix", repository: "/r", started: someDay, problem: "it fails",
                    outcome: "fixed", exitCode: 0, duration: 4.5, version: "1.2.3"))
    }

    @Test func `the folder and the file are for nobody else`() throws {
        _ = try RunStore.open(at: folder.history)
        let attributes = try FileManager.default.attributesOfItem(atPath: folder.history)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }

    @Test func `a batch that is appended twice is there once`() throws {
        let store = try RunStore.open(at: folder.history)
        try store.append(events(of: "a"), started: someDay)
        try store.append(events(of: "a"), started: someDay)
        #expect(try store.records(run: "a").records == events(of: "a"))
    }

    @Test func `progress samples aren't kept`() throws {
        let store = try RunStore.open(at: folder.history)
        let sample = RunRecord(
            run: "a", sequence: 9, elapsed: 1, event: .taskProgress(task: "t", attempt: 1, server: "s", pieces: 3))
        try store.append(events(of: "a") + [sample], started: someDay)
        #expect(try store.records(run: "a").records == events(of: "a"))
    }

    @Test func `several writers that open and write at once lose nothing`() async throws {
        let path = folder.history
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<6 {
                group.addTask {
                    let store = try RunStore.open(at: path)
                    for record in events(of: "run-\(writer)", count: 40) {
                        try store.append([record], started: someDay + Double(writer))
                    }
                }
            }
            try await group.waitForAll()
        }
        let store = try RunStore.open(at: path)
        #expect(try store.runs(limit: 100).map(\.id) == (0..<6).reversed().map { "run-\($0)" })
        for writer in 0..<6 {
            #expect(try store.records(run: "run-\(writer)").records == events(of: "run-\(writer)", count: 40))
        }
        #expect(try store.read { try String.fetchOne($0, sql: "PRAGMA integrity_check") } == "ok")
    }

    @Test func `a run that was killed half-way has what was appended, and no end`() throws {
        let store = try RunStore.open(at: folder.history)
        try store.append(events(of: "a", isFinished: false), started: someDay)
        // What a process killed now leaves behind: the files as they are, the log not merged.
        let copy = folder.path + "/copy.sqlite"
        try FileManager.default.copyItem(atPath: folder.history, toPath: copy)
        try FileManager.default.copyItem(atPath: folder.history + "-wal", toPath: copy + "-wal")
        let left = try RunStore.open(at: copy)
        #expect(try left.records(run: "a").records == events(of: "a", isFinished: false))
        let run = try #require(try left.latestRun())
        #expect(run.outcome == nil)
        #expect(run.problem == "it fails")
    }

    @Test(arguments: ["this is no database, and long enough to be seen as none. " + String(repeating: "x", count: 4096)]
    )
    func `a damaged file is moved aside with its contents, and a new history begins`(contents: String) throws {
        try FileManager.default.createDirectory(
            atPath: folder.path + "/state/teamfix", withIntermediateDirectories: true)
        try contents.write(toFile: folder.history, atomically: false, encoding: .utf8)
        let store = try RunStore.open(at: folder.history)
        let aside = try #require(store.setAside)
        #expect(try String(contentsOfFile: aside, encoding: .utf8) == contents)
        try store.append(events(of: "a"), started: someDay)
        #expect(try store.records(run: "a").records.count == 5)
        #expect(try RunStore.open(at: folder.history).setAside == nil)
    }

    @Test func `a place that can't be written to is an error that says so`() throws {
        let file = folder.path + "/file"
        try "".write(toFile: file, atomically: false, encoding: .utf8)
        for path in [file + "/history.sqlite", "/proc/teamfix/history.sqlite"] {
            #expect {
                _ = try RunStore.open(at: path)
            } throws: { error in
                guard case .unwritable(path, _) = error as? HistoryError else { return false }
                return String(describing: error).contains("XDG_STATE_HOME")
            }
        }
    }

    @Test func `a history of a newer version is left alone`() throws {
        let store = try RunStore.open(at: folder.history)
        try store.write { try $0.execute(sql: "PRAGMA user_version = 99") }
        #expect(throws: HistoryError.newer(path: folder.history, version: 99)) {
            try RunStore.open(at: folder.history)
        }
        #expect(try store.read { try Int.fetchOne($0, sql: "PRAGMA user_version") } == 99)
    }

    @Test func `events of a newer version are counted and passed over`() throws {
        let store = try RunStore.open(at: folder.history)
        try store.append(events(of: "a"), started: someDay)
        try store.write { database in
            try database.execute(
                sql: "UPDATE events SET json = ? WHERE sequence = 3",
                arguments: [#"{"elapsed":1,"event":{"teleported":{"to":"x"}},"run":"a","sequence":3,"version":7}"#])
        }
        let (records, unreadable) = try store.records(run: "a")
        #expect(unreadable == 1)
        #expect(records.map(\.sequence) == [1, 2, 4, 5])
    }

    @Test func `a run is found by the beginning of its id, taken literally`() throws {
        let store = try RunStore.open(at: folder.history)
        for (index, id) in ["7f3a", "7f9b", "7f", "a%b"].enumerated() {
            try store.append(events(of: id), started: someDay + Double(index))
        }
        #expect(try store.find(prefix: "7f9").map(\.id) == ["7f9b"])
        #expect(try store.find(prefix: "7f").map(\.id) == ["7f", "7f9b", "7f3a"])
        #expect(try store.find(prefix: "a%").map(\.id) == ["a%b"])
        #expect(try store.find(prefix: "%").isEmpty)
    }

    @Test func `runs are listed newest first, for one repository or for all`() throws {
        let store = try RunStore.open(at: folder.history)
        try store.append(events(of: "a", repository: "/one"), started: someDay)
        try store.append(events(of: "b", repository: "/two"), started: someDay + 1)
        try store.append(events(of: "c", repository: "/one"), started: someDay + 2)
        #expect(try store.runs(limit: 2).map(\.id) == ["c", "b"])
        #expect(try store.runs(limit: 9, repository: "/one").map(\.id) == ["c", "a"])
        #expect(try store.latestRun(repository: "/two")?.id == "b")
        #expect(try store.latestRun(repository: "/three") == nil)
    }

    @Test func `a patch is kept with its run, within a bound`() throws {
        let store = try RunStore.open(at: folder.history)
        try store.append(events(of: "a"), started: someDay)
        var patch = StoredPatch(
            run: "a", branch: "teamfix/x", commit: "c1", base: "b1", isVerified: true, text: "--- a\r\n+++ b\n\0+ü")
        #expect(try store.keep(patch))
        #expect(try store.patch(run: "a") == patch)
        patch.text = String(repeating: "x", count: StoredPatch.longest + 1)
        #expect(try store.keep(patch) == false)
        #expect(try store.patch(run: "a")?.text == "--- a\r\n+++ b\n\0+ü")
        #expect(try store.patch(run: "b") == nil)
    }

    @Test func `pruning removes what is old, beyond the number and beyond the size, with its events`() throws {
        let store = try RunStore.open(at: folder.history)
        for number in 0..<20 {
            try store.append(events(of: "run\(number)", count: 200), started: someDay + Double(number))
        }
        #expect(try store.prune(olderThan: someDay + 5) == 5)
        #expect(try store.prune(keepingAtMost: 10) == 5)
        #expect(try store.runs(limit: 99).map(\.id) == (10..<20).reversed().map { "run\($0)" })
        #expect(try store.records(run: "run3").records.isEmpty)

        let limit = 150_000
        #expect(try store.prune(maxBytes: limit) > 0)
        let size = try FileManager.default.attributesOfItem(atPath: folder.history)[.size] as? Int
        #expect(try #require(size) <= limit)
        #expect(try store.latestRun()?.id == "run19")
        #expect(try store.prune(olderThan: someDay + 1000) > 0)
        #expect(try store.runs(limit: 99).map(\.id) == ["run19"])
    }
}
