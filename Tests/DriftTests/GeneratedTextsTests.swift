import Foundation
import Subprocess
import Testing

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

@Suite("Generated texts")
struct GeneratedTextsTests {
    /// The built binary lies beside the test bundle.
    private var binary: String {
        let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundlePath
        let folder = URL(fileURLWithPath: bundle ?? CommandLine.arguments[0]).deletingLastPathComponent()
        return folder.appendingPathComponent("teamfix").path
    }

    @Test("completions, manual pages and the reference are what the built program generates", .timeLimit(.minutes(1)))
    func drift() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("teamfix-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let result = try await run(
            .path(FilePath(binary)), arguments: ["generate-texts", folder.path],
            output: .string(limit: 1 << 16), error: .string(limit: 1 << 16))
        #expect(result.terminationStatus.isSuccess, "\(result.standardError)")
        let generated = try files(below: folder, in: ["completions", "man", "docs"])
        var committed = try files(below: HouseTests.root, in: ["completions", "man"])
        committed["docs/cli-reference.md"] = try? String(
            contentsOf: HouseTests.root.appendingPathComponent("docs/cli-reference.md"), encoding: .utf8)
        #expect(generated.count > 8)
        #expect(Set(generated.keys) == Set(committed.keys), "run make generate")
        for (path, text) in generated {
            #expect(committed[path] == text, "\(path) has drifted: run make generate")
        }
    }

    private func files(below root: URL, in folders: [String]) throws -> [String: String] {
        var files: [String: String] = [:]
        for folder in folders {
            let names = try FileManager.default.contentsOfDirectory(atPath: root.appendingPathComponent(folder).path)
            for name in names where !name.hasPrefix(".") {
                files["\(folder)/\(name)"] = try String(
                    contentsOf: root.appendingPathComponent("\(folder)/\(name)"), encoding: .utf8)
            }
        }
        return files
    }
}
