import Foundation
import Testing

/// The rules of `docs/architecture.md` that a machine can hold.
@Suite("The house")
struct HouseTests {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// What each target may import of this package: the targets below it in the design's table.
    static let allowed: [String: Set<String>] = [
        "teamfix": ["Commands"],
        "Commands": [
            "Workflows", "Dashboard", "Specialists", "Orchestration", "Inference", "Diagnostics", "Git", "History",
            "Events",
        ],
        "Dashboard": ["Orchestration", "Diagnostics", "History", "Events"],
        "Workflows": ["Specialists", "Orchestration", "Inference", "Diagnostics", "Git", "History", "Events"],
        "Specialists": ["Orchestration"],
        "Orchestration": ["Inference", "Events"],
        "Inference": [],
        "Diagnostics": [],
        "Git": ["CLibgit2", "CLibgit2Shims"],
        "History": ["Events"],
        "Events": [],
    ]

    /// Modules that one target alone may import.
    static let onlyImporter: [String: String] = [
        "CLibgit2": "Git", "CLibgit2Shims": "Git", "AsyncHTTPClient": "Inference", "NIOCore": "Inference",
        "NIOHTTP1": "Inference", "GRDB": "History", "ArgumentParser": "Commands", "Yams": "Commands",
        "Crypto": "Commands", "Subprocess": "Workflows", "Hummingbird": "Dashboard", "HummingbirdCore": "Dashboard",
    ]

    struct File {
        var target: String
        var path: String
        var lines: [Substring]
    }

    static func sources() throws -> [File] {
        let folder = root.appendingPathComponent("Sources").path
        let names = try #require(FileManager.default.enumerator(atPath: folder)).compactMap { $0 as? String }
        return try names.filter { $0.hasSuffix(".swift") }.sorted().map { name in
            let text = try String(contentsOfFile: folder + "/" + name, encoding: .utf8)
            return File(
                target: String(name.prefix { $0 != "/" }), path: name,
                lines: text.split(separator: "\n", omittingEmptySubsequences: false))
        }
    }

    /// The module of an import line: attributes, access and `import struct M.T` are understood.
    static func module(of line: Substring) -> String? {
        var words = line.split(separator: " ").map(String.init)
        while let first = words.first,
            first.hasPrefix("@") || ["public", "package", "internal", "private", "fileprivate"].contains(first)
        {
            words.removeFirst()
        }
        guard words.first == "import", words.count > 1 else { return nil }
        let kinds = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
        let name = kinds.contains(words[1]) && words.count > 2 ? words[2] : words[1]
        return String(name.prefix { $0 != "." && $0 != ";" })
    }

    @Test("imports run downward only, and a library that one target wraps is imported there alone")
    func imports() throws {
        let files = try Self.sources()
        #expect(
            Set(files.map(\.target)) == Set(Self.allowed.keys), "a target without a rule, or a rule without a target")
        for file in files {
            for line in file.lines {
                guard let module = Self.module(of: line) else { continue }
                if Self.allowed[module] != nil {
                    #expect(
                        Self.allowed[file.target]?.contains(module) == true, "\(file.path) must not import \(module)")
                }
                if let owner = Self.onlyImporter[module] {
                    #expect(owner == file.target, "\(file.path) must not import \(module): \(owner) wraps it")
                }
            }
        }
    }

    @Test(
        "an import's module is read through what may stand around it",
        arguments: [
            ("import Git", "Git"), ("@testable import Git", "Git"), ("package import struct Git.Tree", "Git"),
            ("import class Foundation.Process", "Foundation"), ("// import Git", nil), ("important()", nil),
        ] as [(Substring, String?)])
    func moduleOfLine(line: Substring, module: String?) {
        #expect(Self.module(of: line) == module)
    }

    @Test("a file is about one thing: no more than 400 lines")
    func size() throws {
        for file in try Self.sources() {
            #expect(file.lines.count <= 401, "\(file.path) has \(file.lines.count) lines")
        }
    }

    @Test("no crash in place of an error, no loose end, and a C library's objects stay in Git")
    func forbidden() throws {
        let everywhere = ["try" + "!", "TO" + "DO", "FIX" + "ME", "fatal" + "Error(", "nonisolated" + "(unsafe)"]
        // What a library hands out as its objects; the system's own calls take pointers everywhere.
        let pointers = ["OpaquePointer"]
        for file in try Self.sources() {
            let words = file.target == "Git" ? everywhere : everywhere + pointers
            for (index, line) in file.lines.enumerated() {
                for word in words where line.contains(word) {
                    Issue.record("\(file.path):\(index + 1) has \(word)")
                }
            }
        }
    }
}
