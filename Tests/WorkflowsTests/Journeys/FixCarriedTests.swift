import Foundation
import TestSupport
import Testing

@testable import Workflows

/// What verification can be done in here.
private func sandboxes() async throws -> [Sandbox] {
    let folder = try TestFolder()
    let found = try await Sandbox.detect(.auto, environment: ProcessInfo.processInfo.environment, scratch: folder.path)
    return found.mountsOver ? [.none(reason: "a test"), found] : [.none(reason: "a test")]
}

@Suite("What a build needs beside the tracked files comes along", .timeLimit(.minutes(1)))
struct FixCarriedTests {
    @Test func `an ignored dependency folder`() async throws {
        for sandbox in try await sandboxes() {
            let repository = try ScratchRepository()
            try repository.write(".gitignore", "node_modules/\n.venv/\n")
            try repository.write("node_modules/dep/dep.h", "static int dep(void) { return 0; }\n")
            try repository.write(
                ".venv/bin/check", "#!/bin/sh\ngcc -Inode_modules/dep -o /dev/null main.c\n", executable: true)
            try repository.write("main.c", "#include <dep.h>\nint main(void) {\n    return dep()\n}\n")
            try repository.commit()
            let before = try Untouched(repository)
            let report = try await Journey(repository, sandbox: sandbox).fix(".venv/bin/check")
            #expect(report.outcome == .fixed, "\(sandbox): \(report.reason)")
            #expect(try Untouched(repository).differences(from: before).isEmpty)
        }
    }

    /// The build writes through its cache, which holds the repository's own path.
    private func withCache() throws -> ScratchRepository {
        let repository = try ScratchRepository()
        try repository.write(".gitignore", "build/\n")
        try repository.write("main.c", "int main(void) {\n    return 0\n}\n")
        try repository.write("build/cache", repository.path)
        try repository.write("build/out", "old\n")
        try repository.write(
            "build.sh",
            "where=$(cat build/cache 2>/dev/null || pwd)\nmkdir -p $where/build\ngcc -o $where/build/out $where/main.c\n"
        )
        try repository.commit()
        return repository
    }

    @Test func `a build cache with absolute paths never leads to the original`() async throws {
        for sandbox in try await sandboxes() {
            let repository = try withCache()
            let before = try Untouched(repository)
            let journey = Journey(repository, sandbox: sandbox)
            let report = try await journey.fix("sh build.sh")
            #expect(report.outcome == .fixed, "\(sandbox): \(report.reason)")
            #expect(try Untouched(repository).differences(from: before).isEmpty)
            #expect(try repository.read("build/out") == "old\n")
            let warnings = journey.log.records.compactMap { record -> String? in
                if case .notice(.warning, let text) = record.event { text } else { nil }
            }
            // Without mounting, the cache stays behind, and that is said.
            #expect(
                warnings.contains { $0.contains("build") && $0.contains("own path") } == !sandbox.mountsOver,
                "\(warnings)")
        }
    }

    @Test func `secrets that git ignores stay behind`() async throws {
        let repository = try ScratchRepository()
        try repository.write(".gitignore", ".env\n*.pem\n")
        try repository.write(".env", "TOKEN=hidden\n")
        try repository.write("key.pem", "hidden\n")
        try repository.write("main.c", "int main(void) {\n    return 0\n}\n")
        try repository.commit()
        let report = try await Journey(repository).fix(
            "test ! -e .env && test ! -e key.pem && gcc -fsyntax-only main.c")
        #expect(report.outcome == .fixed, "\(report.reason)")
    }
}
