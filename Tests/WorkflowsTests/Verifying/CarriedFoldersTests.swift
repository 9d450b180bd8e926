import Foundation
import Testing

@testable import Workflows

@Suite(.timeLimit(.minutes(1))) struct CarriedTests {
    let folder: TestFolder
    let repository: String
    let checkout: String

    init() throws {
        folder = try TestFolder()
        repository = try folder.folder("repository")
        checkout = try folder.folder("checkout")
    }

    private func status(_ path: String) -> stat {
        var status = stat()
        #expect(lstat(path, &status) == 0)
        return status
    }

    private func setTime(_ path: String, _ seconds: Int) {
        let times = [timespec(tv_sec: seconds, tv_nsec: 123_456_789), timespec(tv_sec: seconds, tv_nsec: 123_456_789)]
        #expect(utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW) == 0)
    }

    @Test func `folders come along with contents, times, permissions and links, and are copies`() async throws {
        let tool = try folder.write("#!/bin/sh\n", to: "repository/deps/bin/tool", permissions: 0o755)
        let data = try folder.write(String(repeating: "data\n", count: 200_000), to: "repository/deps/lib/data")
        symlink("../lib/data", repository + "/deps/bin/data")
        symlink("nowhere", repository + "/deps/dangling")
        for path in [tool, data, repository + "/deps/bin/data", repository + "/deps/lib"] {
            setTime(path, 1_600_000_000)
        }
        chmod(repository + "/deps/lib", 0o555)

        let result = try await CarriedFolders.carry(
            ["deps/"], from: repository, to: checkout, refusesAbsolutePaths: false)
        #expect(result == CarriedFolders(carried: ["deps"]))
        #expect(folder.read("checkout/deps/lib/data") == folder.read("repository/deps/lib/data"))
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: checkout + "/deps/bin/data") == "../lib/data")
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: checkout + "/deps/dangling") == "nowhere")
        for name in ["deps/bin/tool", "deps/lib/data", "deps/bin/data", "deps/lib"] {
            let original = status(repository + "/" + name)
            let copy = status(checkout + "/" + name)
            #expect(copy.st_mode == original.st_mode)
            #expect(copy.st_mtim.tv_sec == original.st_mtim.tv_sec)
            #expect(copy.st_mtim.tv_nsec == original.st_mtim.tv_nsec)
        }
        chmod(checkout + "/deps/lib", 0o755)
        let handle = try #require(FileHandle(forWritingAtPath: checkout + "/deps/lib/data"))
        try handle.write(contentsOf: Data("overwritten in place".utf8))
        try handle.close()
        #expect(folder.read("repository/deps/lib/data")?.hasPrefix("data\n") == true)
    }

    @Test(arguments: [
        (".env", true), ("config/.env.local", true), ("keys/server.pem", true), ("id_rsa", true), (".npmrc", true),
        ("pkg/__pycache__", false), (".idea", false), ("debug.log", false),
    ])
    func `secrets and junk stay behind, each with its reason`(path: String, mayBeMissed: Bool) throws {
        let refusal = try #require(CarriedFolders.refusal(of: path))
        #expect(refusal.path == path)
        #expect(refusal.mayBeMissed == mayBeMissed)
    }

    @Test(arguments: [
        "node_modules", ".venv", ".build", "target", "vendor", ".gradle", "generated/config.h", ".env.example",
    ])
    func `what builds need is no secret and no junk`(path: String) {
        #expect(CarriedFolders.refusal(of: path) == nil)
    }

    @Test func `what is too large or too many is left out with a reason, the rest comes along`() async throws {
        try folder.write(String(repeating: "x", count: 100_000), to: "repository/big/file")
        for number in 0..<20 { try folder.write("", to: "repository/many/\(number)") }
        try folder.write("small", to: "repository/small/file")
        let result = try await CarriedFolders.carry(
            ["big", "many", "small", "gone", "../outside", "/etc"], from: repository, to: checkout,
            limits: CarriedFolders.Limits(bytes: 50_000, files: 10), refusesAbsolutePaths: false)
        #expect(result.carried == ["small"])
        #expect(result.leftOut.map(\.path) == ["big", "many", "gone"])
        #expect(result.leftOut.allSatisfy { $0.mayBeMissed && !$0.reason.isEmpty })
        #expect(try FileManager.default.contentsOfDirectory(atPath: checkout) == ["small"])
    }

    @Test func `without a mount, what names the repository's own path is left out`() async throws {
        let filler = String(repeating: "x", count: (1 << 18) - 5)
        try folder.write(filler + repository + "/src", to: "repository/cache/deep/state")
        try folder.write("nothing of the kind: /repositor", to: "repository/clean/state")
        _ = try folder.folder("repository/links")
        symlink(repository + "/src", repository + "/links/src")
        try folder.write(String(repeating: "y", count: 600_000), to: "repository/large/state")
        let limits = CarriedFolders.Limits(searched: 500_000)
        let names = ["cache", "clean", "links", "large"]
        let refused = try await CarriedFolders.carry(
            names, from: repository, to: checkout, limits: limits, refusesAbsolutePaths: true)
        #expect(refused.carried == ["clean"])
        #expect(refused.leftOut.map(\.path) == ["cache", "links", "large"])
        #expect(refused.leftOut[0].reason.contains("deep/state"))

        let mounted = try await CarriedFolders.carry(
            names, from: repository, to: folder.path + "/other", limits: limits, refusesAbsolutePaths: false)
        #expect(mounted.carried == names)
    }

    @Test func `tracked files that are the same get the original's times, changed ones don't`() throws {
        let same = try folder.write("same", to: "repository/a/same.c")
        let changed = try folder.write("original", to: "repository/changed.c")
        for path in [same, changed] { setTime(path, 1_500_000_000) }
        let copy = try folder.write("same", to: "checkout/a/same.c")
        let edited = try folder.write("edited by hand", to: "checkout/changed.c")
        FileTimes.carry(from: repository, to: checkout, paths: ["a/same.c", "changed.c", "missing.c"])
        #expect(status(copy).st_mtim.tv_sec == 1_500_000_000)
        #expect(status(edited).st_mtim.tv_sec > 1_600_000_000)
    }

    @Test(arguments: [
        ("needle", true), ("xneedlex", true), ("needl", false), ("eedle needl eneedle", true), ("", false),
    ])
    func `bytes are found wherever they are`(text: String, isThere: Bool) {
        #expect(ByteSearch("needle").isFound(in: Array(text.utf8)[...]) == isThere)
    }
}
