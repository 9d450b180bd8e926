import Events
import Foundation
import Testing

@Suite struct TaskEndTests {
    @Test func `an end that was recorded before answers were kept reads as one that a server gave`() throws {
        let old = #"{"task":"t","attempt":2,"server":"s","model":"m","outcome":"succeeded","answer":1.5,"elapsed":2}"#
        let end = try JSONDecoder().decode(TaskEnd.self, from: Data(old.utf8))
        #expect(
            end == TaskEnd(task: "t", attempt: 2, server: "s", model: "m", outcome: .succeeded, answer: 1.5, elapsed: 2)
        )
        #expect(!end.cached && end.serviceTime == 1.5)
    }

    @Test func `every part of an end is there after writing and reading it`() throws {
        let end = TaskEnd(
            task: "t", attempt: 1, server: "s", model: "m", outcome: .failed, reason: "r", code: "c", promptTokens: 1,
            answerTokens: 2, load: 3, prompt: 4, answer: 5, firstToken: 6, elapsed: 7, cached: true)
        #expect(try JSONDecoder().decode(TaskEnd.self, from: try JSONEncoder().encode(end)) == end)
        #expect(end.serviceTime == 0)
    }
}
