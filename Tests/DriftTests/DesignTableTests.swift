import Foundation
import Testing

/// `docs/orchestration.md` names the test that holds each item of the design: a name that no test has is a false promise.
@Suite("The table of the design's items")
struct DesignTableTests {
    private static let root = HouseTests.root

    /// The last column's entries: a suite's file and a test's name.
    private static func named() throws -> [(suite: String, test: String)] {
        let text = try String(contentsOf: root.appendingPathComponent("docs/orchestration.md"), encoding: .utf8)
        let table = text.components(separatedBy: "## The design, item by item").last ?? ""
        let rows = table.split(separator: "\n").filter { $0.hasPrefix("| ") }
        let cells = rows.compactMap { $0.split(separator: "|").dropFirst().first.map(String.init) }
        return cells.flatMap { cell in
            cell.trimmingCharacters(in: .whitespaces).components(separatedBy: "; `").compactMap { entry in
                let parts = entry.drop { $0 == "`" }.components(separatedBy: "` ")
                return parts.count == 2 && parts[0].hasSuffix("Tests") ? (parts[0], parts[1]) : nil
            }
        }
    }

    @Test("each test that it names is there")
    func names() throws {
        let tests = Self.root.appendingPathComponent("Tests").path
        let files = try #require(FileManager.default.enumerator(atPath: tests)).compactMap { $0 as? String }
        let named = try Self.named()
        #expect(named.count > 40)
        for (suite, test) in named {
            let named = files.filter { $0.hasSuffix("/\(suite).swift") }
            let text = try named.map { try String(contentsOfFile: tests + "/" + $0, encoding: .utf8) }.joined()
            #expect(
                text.contains("func `\(test)`") || text.contains("\"\(test)\""), "\(suite) has no test '\(test)'")
        }
    }
}
