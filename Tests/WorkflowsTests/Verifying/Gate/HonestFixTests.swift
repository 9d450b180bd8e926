import Diagnostics
import Foundation
import Testing

@testable import Workflows

/// Fixes that people made, of which the gate must refuse none.
///
/// Runs where TEAMFIX_CASES names a folder of JSON lines, each with `files` (the broken program), `fix` (the good files)
/// and `build` (the command that fails), as the fix-rate benchmark reads them.
@Suite(
    "Fixes that people made pass the gate",
    .enabled(if: ProcessInfo.processInfo.environment["TEAMFIX_CASES"] != nil), .timeLimit(.minutes(15)))
struct HonestFixTests {
    private struct Case: Decodable {
        var id: String
        var files: [String: String]
        var fix: [String: String]
        var build: String
    }

    private func cases() throws -> [Case] {
        let folder = ProcessInfo.processInfo.environment["TEAMFIX_CASES"] ?? ""
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        return try names.filter { $0.hasSuffix(".jsonl") }.flatMap { name in
            try String(contentsOfFile: folder + "/" + name, encoding: .utf8).split(separator: "\n").map {
                try JSONDecoder().decode(Case.self, from: Data($0.utf8))
            }
        }
    }

    @Test func `none is refused`() async throws {
        let cases = try cases()
        #expect(!cases.isEmpty)
        for item in cases {
            let workshop = try Workshop(item.files, item.build)
            let failure = try await workshop.observe()
            #expect(!failure.passed, "\(item.id) passes as it is")
            let files = await workshop.files()
            let traits = FailureTraits(failure.causes, files: files, command: item.build)
            // What made the program fail is the change under repair.
            let suspect = ChangeUnderRepair(
                earlier: item.fix.mapValues { SourceText($0) },
                current: item.fix.keys.reduce(into: [:]) { $0[$1] = files[$1] })
            let gate = Gate(rules: GateRules(), taskFiles: [], failure: traits, suspect: suspect)
            let candidate = Candidate(
                id: item.id, title: "t", source: "s", model: "m", causes: [],
                contents: item.fix.mapValues { SourceText($0) },
                origins: item.fix.keys.reduce(into: [:]) { $0[$1] = files[$1] })
            let said = gate.refusal(of: candidate, against: files, scope: Set(item.fix.keys))
            #expect(said == nil, "\(item.id): \(said ?? "")")
        }
    }
}
