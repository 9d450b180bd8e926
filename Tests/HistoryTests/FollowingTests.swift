import Events
import Foundation
import History
import Testing

@Suite struct FollowingTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func `news are what came after, also from another connection, and come in parts`() throws {
        let all = events(of: "run-a", count: 8)
        let (writer, reader) = (try RunStore.open(at: folder.history), try RunStore.open(at: folder.history))
        try writer.append(Array(all.prefix(4)), started: someDay)
        try writer.append(events(of: "run-b"), started: someDay)
        let first = try reader.news(of: "run-a", after: 0, limit: 3)
        #expect(first.records == Array(all.prefix(3)) && first.last == 3 && first.isCut)
        let second = try reader.news(of: "run-a", after: first.last, limit: 3)
        #expect(second.records == [all[3]] && second.last == 4 && !second.isCut)
        #expect(try reader.news(of: "run-a", after: 4).records == [])
        #expect(try reader.news(of: "run-a", after: 4).last == 4)
        try writer.append(Array(all.dropFirst(4)), started: someDay)
        #expect(try reader.news(of: "run-a", after: 4).records == Array(all.dropFirst(4)))
        #expect(try reader.news(of: "none", after: 0).records == [])
    }
}
