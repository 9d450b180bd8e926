import Diagnostics
import Foundation
import Testing

/// Logs that the tools themselves wrote, each with the table of what is to be read from it beside it.
///
/// `RECORD_SNAPSHOTS=1` writes the tables anew, and fails: a new table is reviewed, then committed.
@Suite struct RecordedLogTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Logs")

    static let names: [String] =
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
        .filter { $0.hasSuffix(".log") }.map { String($0.dropLast(4)) }.sorted()

    /// Where the tool ran, below the project.
    static func directory(_ name: String) -> String? {
        if let folder = folders[name] { return folder }
        return switch name.split(separator: "-").first {
        case "python", "pytest", "unittest": "py"
        case "cargo", "rustc": "rs"
        case "swiftc", "swift": name == "swift-test" ? "spm" : "sw"
        case "swiftpm": "spm"
        case "cmake": "cm"
        case "go", "tsc": name
        case "ghc": name == "ghc-codes" ? nil : "hs"
        case "shellcheck": "sh"
        case "ruff": "py"
        default: nil
        }
    }

    private static let folders = [
        "tsc-project": "ts", "tsc-project-pretty": "ts", "tsc-syntax": "ts", "go-module-build": "go",
        "go-module-test": "go", "go-module-vet": "go", "javac-symbols": "java", "javac-broken": "java",
        "java-exception": "java", "gcc-space": "sp", "junit-pytest": "py",
    ]

    static func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: folder.appending(path: name + ".log")))
    }

    static func log(_ name: String) throws -> BuildLog {
        BuildLog.read(try bytes(name), root: "/home/dev/project", directory: directory(name))
    }

    @Test func thereAreLogs() { #expect(Self.names.count > 120) }

    @Test(arguments: names) func readsALogAsItsTableSays(_ name: String) throws {
        let table = LogTable.text(try Self.log(name))
        let file = Self.folder.appending(path: name + ".expected")
        let expected = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        if table != expected, ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] != nil {
            try table.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(table == expected)
    }
}
