import Foundation
import Subprocess
import TestSupport
import Testing

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

/// The examples of the library's documentation, as somebody else's program: compiled against the built modules with nothing but
/// the products' public interface, linked with their objects, and run against two servers.
@Suite("The library's examples")
struct LibraryExampleTests {
    private static let folder = HouseTests.root.appendingPathComponent("Tests/LibraryExample")
    /// What the two products are made of.
    private static let modules: Set<String> = ["Orchestration", "Specialists", "Inference", "Events"]

    private static func sources() throws -> [String: String] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".swift") }
        return try Dictionary(
            uniqueKeysWithValues: names.map {
                ($0, try String(contentsOf: folder.appendingPathComponent($0), encoding: .utf8))
            })
    }

    @Test("the article shows them as they are")
    func article() throws {
        let article = try String(
            contentsOf: HouseTests.root.appendingPathComponent(
                "Sources/Orchestration/Orchestration.docc/CoordinatingATeam.md"), encoding: .utf8)
        for (name, text) in try Self.sources() where name != "main.swift" {
            #expect(article.contains("```swift\n\(text)```\n"), "\(name) isn't what the article shows")
        }
    }

    @Test(
        "they compile outside the package, with the products' public interface alone, and run", .timeLimit(.minutes(2)))
    func compileAndRun() async throws {
        let sources = try Self.sources()
        #expect(sources.count == 3)
        for (name, text) in sources {
            let imports = text.split(separator: "\n").compactMap(HouseTests.module)
            #expect(Self.modules.union(["Foundation"]).isSuperset(of: imports), "\(name) imports \(imports)")
            #expect(!text.contains("@testable") && !text.contains("_spi"))
        }
        let scratch = FileManager.default.temporaryDirectory.appendingPathComponent("teamfix-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: scratch) }
        let program = scratch.appendingPathComponent("example").path
        try await compile(
            sources.keys.sorted().map { Self.folder.appendingPathComponent($0).path }, to: program, scratch)

        let finding = """
            {"findings":[{"file":"main.py","line":1,"severity":"error","message":"a colon is missing","evidence":\
            "def add(a, b)","suggestion":"Add it."}]}
            """
        let output = try await SimulatedOllama.run(reply: { _ in .text(finding) }) { one in
            try await SimulatedOllama.run(reply: { _ in .text(finding) }) { two in
                let result = try await run(
                    .path(FilePath(program)), arguments: [one.url, two.url], output: .string(limit: 1 << 20),
                    error: .string(limit: 1 << 20))
                #expect(result.terminationStatus.isSuccess, "\(result.standardError)")
                // Two plans of four and two tasks; on a machine that is busy second attempts may answer as well.
                #expect(one.counts.answered + two.counts.answered >= 6)
                return result.standardOutput
            }
        }
        #expect(output.contains("(also: Whitespace Analyst, Pattern Analyst, Root Cause Analyst)"))
        #expect(output.contains("Completed 4 tasks in "))
        #expect(output.contains("syntax_analysis on ollama02: done"))
        #expect(output.contains("whitespace_analysis on ollama01: done"))
        #expect(
            output.contains(
                "- main.py:1: error: a colon is missing Add it. (Syntax Analyst, Whitespace Analyst)"))
        #expect(output.contains("Agreement: 1.0, confidence: 0.66"))
    }

    private func compile(_ sources: [String], to program: String, _ scratch: URL) async throws {
        let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundlePath
        let built = URL(fileURLWithPath: bundle ?? CommandLine.arguments[0]).deletingLastPathComponent()
        // The program's link list names every object of this build; of our own targets only the products' are taken.
        let own: Set<String> = [
            "teamfix", "Commands", "Workflows", "Dashboard", "Git", "History", "Diagnostics", "CLibgit2Shims", "GRDB",
        ]
        let list = try String(
            contentsOf: built.appendingPathComponent("teamfix.product/Objects.LinkFileList"), encoding: .utf8)
        let objects = list.split(separator: "\n").filter { path in
            let target = path.split(separator: "/").last { $0.hasSuffix(".build") }?.dropLast(6) ?? ""
            return !own.contains(String(target))
        }
        #expect(objects.contains { $0.contains("/Orchestration.build/") })
        let response = scratch.appendingPathComponent("objects")
        try objects.joined(separator: "\n").write(to: response, atomically: true, encoding: .utf8)
        #if os(Linux)
            let libraries = ["-lz", "-lstdc++"]
        #else
            let libraries = ["-lz", "-lc++"]
        #endif
        let maps = try moduleMaps(built).flatMap { map in
            ["-Xcc", "-fmodule-map-file=\(map.path)", "-Xcc", "-I", "-Xcc", map.deletingLastPathComponent().path]
        }
        let result = try await run(
            .name("swiftc"),
            arguments: Arguments(
                [
                    "-swift-version", "6", "-warnings-as-errors", "-Onone", "-module-name", "LibraryExample",
                    "-I", built.appendingPathComponent("Modules").path, "-o", program,
                ] + maps + sources + ["@\(response.path)"] + libraries), output: .string(limit: 1 << 20),
            error: .string(limit: 1 << 20))
        #expect(result.terminationStatus.isSuccess, "\(result.standardOutput)\(result.standardError)")
    }

    /// The C modules that the built Swift modules rest on: those that the build made maps for, and those that bring theirs.
    private func moduleMaps(_ built: URL) throws -> [URL] {
        let files = FileManager.default
        func children(_ folder: URL) -> [URL] {
            (try? files.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        }
        let made = children(built).filter { $0.pathExtension == "build" }
        let checkouts = built.deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent(
            "checkouts")
        let brought = children(checkouts).flatMap { children($0.appendingPathComponent("Sources")) }.map {
            $0.appendingPathComponent("include")
        }
        return (made + brought).map { $0.appendingPathComponent("module.modulemap") }
            .filter { files.fileExists(atPath: $0.path) }.sorted { $0.path < $1.path }
    }
}
