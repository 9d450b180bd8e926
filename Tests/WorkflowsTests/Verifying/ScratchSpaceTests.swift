import Foundation
import Testing

@testable import Workflows

@Suite(.timeLimit(.minutes(1))) struct ScratchTests {
    let folder: TestFolder

    init() throws { folder = try TestFolder() }

    private func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    @Test func `a scratch folder is removed with all that is in it, and nothing that links lead to`() throws {
        let outside = try folder.write("keep", to: "outside/file")
        let space = try ScratchSpace.make(in: folder.path + "/a/b")
        let inner = space.path + "/closed/inner"
        try FileManager.default.createDirectory(atPath: inner, withIntermediateDirectories: true)
        try "x".write(toFile: inner + "/file", atomically: false, encoding: .utf8)
        symlink(folder.path + "/outside", inner + "/link")
        symlink(folder.path + "/outside", space.path + "/link")
        chmod(inner, 0o500)
        chmod(space.path + "/closed", 0)
        try space.remove()
        #expect(!exists(space.path))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/a/b").isEmpty)
        #expect(try String(contentsOfFile: outside, encoding: .utf8) == "keep")
        try space.remove()
    }

    @Test func `names that aren't text are removed, too`() throws {
        let space = try ScratchSpace.make(in: folder.path)
        let name = (space.path + "/").utf8CString.dropLast() + [-1, -2, 0]
        let file = open(Array(name), O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        #expect(file >= 0)
        close(file)
        try space.remove()
        #expect(!exists(space.path))
    }

    @Test func `what a killed process left is removed, what a living one uses and what isn't ours stays`() async throws
    {
        let root = folder.path + "/root"
        await #expect(processExitsWith: .signal(SIGKILL)) { [root = root as String] in
            let space = try ScratchSpace.make(in: root)
            try "x".write(toFile: space.path + "/file", atomically: false, encoding: .utf8)
            kill(getpid(), SIGKILL)
        }
        let living = try ScratchSpace.make(in: root)
        try folder.write("mine", to: "root/scratch-someones/file")
        try folder.write("no record of ours", to: "root/scratch-someones.owner")
        let left = try FileManager.default.contentsOfDirectory(atPath: root).filter { $0.hasPrefix("scratch-") }
        #expect(left.count == 6)

        let removed = ScratchSpace.removeLeftovers(in: root)
        #expect(removed.count == 1)
        #expect(exists(living.path))
        #expect(exists(root + "/scratch-someones/file"))
        let now = try FileManager.default.contentsOfDirectory(atPath: root).filter { $0.hasPrefix("scratch-") }
        #expect(now.count == 4)
        #expect(ScratchSpace.removeLeftovers(in: root).isEmpty)
        try living.remove()
    }
}
