import Foundation
import Testing

@testable import Inference

@Suite("Streams are cut into objects whatever the pieces they come in")
struct DecodingTests {
    private let lines = "{\"a\":\"é\\u003c\"}\n\r\n  \n{\"b\":\"👩‍🔧\"}\r\n{\"c\":1}"
    private let objects = ["{\"a\":\"é\\u003c\"}", "{\"b\":\"👩‍🔧\"}", "{\"c\":1}"]

    private func decode(_ pieces: [[UInt8]]) throws -> [String] {
        var decoder = NDJSON()
        var found = try pieces.flatMap { try decoder.objects(adding: $0) }
        if let last = decoder.finish() { found.append(last) }
        return found.map { String(decoding: $0, as: UTF8.self) }
    }

    @Test("Figures that no server can mean are unknown")
    func implausibleFigures() {
        #expect(plausible(Int.max) == nil && plausible(-1) == nil && plausible(7) == 7)
        #expect(
            plausible(Double.infinity) == nil && plausible(-0.1) == nil && plausible(1e300) == nil
                && plausible(2.5) == 2.5)
    }

    @Test("Every pair of cuts gives the same objects")
    func everyCut() throws {
        let bytes = Array(lines.utf8)
        for first in 0...bytes.count {
            for second in first...bytes.count {
                let pieces = [bytes[..<first], bytes[first..<second], bytes[second...]].map { Array($0) }
                #expect(try decode(pieces) == objects)
            }
        }
        #expect(try decode(bytes.map { [$0] }) == objects)
    }

    @Test("A line at the bound is accepted and one beyond it refused")
    func bound() throws {
        var decoder = NDJSON(limit: 10)
        #expect(try decoder.objects(adding: [UInt8](repeating: 120, count: 10) + [10]).count == 1)
        #expect(throws: LineDecoder.LineTooLong(limit: 10)) {
            try decoder.objects(adding: [UInt8](repeating: 120, count: 11))
        }
    }

    @Test("Server-sent events skip comments, join data lines and end with the stream")
    func events() throws {
        let text =
            ": ping\n\ndata: {\"a\":1}\n\nevent: x\ndata:{\ndata:}\r\n\r\nerror: {\"e\":1}\n\nid: 3\n\ndata: [DONE]"
        let expected = ["{\"a\":1}", "{\n}", "{\"e\":1}", "[DONE]"]
        let bytes = Array(text.utf8)
        for cut in 0...bytes.count {
            var decoder = ServerSentEvents()
            var found = try decoder.events(adding: bytes[..<cut]) + decoder.events(adding: bytes[cut...])
            if let last = try decoder.finish() { found.append(last) }
            #expect(found.map { String(decoding: $0, as: UTF8.self) } == expected)
        }
    }

    @Test("A chunk tolerates nulls, unknown keys and wrong types")
    func tolerance() throws {
        let odd =
            "{\"message\":{\"content\":null,\"x\":1},\"done\":true,\"eval_count\":\"many\",\"prompt_eval_count\":7,\"new\":[]}"
        let chunk = try JSONDecoder().decode(OllamaChunk.self, from: Data(odd.utf8))
        #expect(
            chunk.content == "" && chunk.done && chunk.answerTokens == nil && chunk.promptTokens == 7 && !chunk.hasError
        )
        let error = try JSONDecoder().decode(OllamaChunk.self, from: Data("{\"error\":{\"message\":\"m\"}}".utf8))
        #expect(error.hasError)
    }
}

@Suite("Endless repetition is noticed and honest repetition isn't")
struct RepetitionGuardTests {
    private func feed(_ text: String, piece: Int = 4) -> (repeated: String?, after: Int) {
        var guarded = RepetitionGuard()
        var rest = text[...]
        var fed = 0
        while !rest.isEmpty {
            let next = String(rest.prefix(piece))
            rest = rest.dropFirst(piece)
            fed += next.utf8.count
            if let repeated = guarded.add(next) { return (repeated, fed) }
        }
        return (nil, fed)
    }

    @Test(
        "A token, a line and a block over and over are cut early",
        arguments: [
            "ha ", "    return value;\n", "def f(a, b):\n    x = a * 2\n    y = b * 3\n    return compute(x, y)\n\n",
            String((0..<90).map { "line \($0 * 7 % 91)\n" }.joined()), "    ",
        ])
    func endless(unit: String) {
        let result = feed("let before = 1\n" + String(repeating: unit, count: 40_000 / unit.utf8.count))
        #expect(result.repeated != nil)
        #expect(result.after < 15_000)
    }

    @Test("Tables, numbered lines and braces pass")
    func honest() {
        let table = (0..<60).map { _ in "    {0, 0, 0, 0},\n" }.joined()
        let numbered = (0..<3_000).map { "value \($0) = \($0 * $0)\n" }.joined()
        #expect(feed(table).repeated == nil)
        #expect(feed(numbered).repeated == nil)
        #expect(feed(String(repeating: "}\n", count: 200)).repeated == nil)
    }
}
