import Foundation
import Testing

@testable import Commands

@Suite("The summary of a job")
struct JobSummaryTests {
    private let teamfix: Invoked
    private var path: String { teamfix.folder.path + "/summary.md" }

    init() throws { teamfix = try Invoked() }

    private func problem(_ body: () throws(JobSummary.Problem) -> Void) -> String? {
        do throws(JobSummary.Problem) {
            try body()
            return nil
        } catch {
            return error.text
        }
    }

    @Test("it is appended to what is there, and made when it isn't")
    func appended() throws {
        try JobSummary(path: path).append { _ in "# one\n" }
        try JobSummary(path: path).append { _ in "# two\n" }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "# one\n\n# two\n")
    }

    @Test("what would make it longer than GitHub takes isn't written, and the room that is left is told")
    func limit() throws {
        try teamfix.write(String(repeating: "x", count: JobSummary.limit - 100), to: "summary.md")
        var room = 0
        try JobSummary(path: path).append {
            room = $0
            return String(repeating: "y", count: $0)
        }
        #expect(room == 99)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)).count == JobSummary.limit)
        #expect(
            problem { () throws(JobSummary.Problem) in try JobSummary(path: path).append { _ in "" } }?.contains(
                "GitHub takes 1048576") == true)
    }

    @Test("neither a pipe without a reader nor a device nor a link is written to, and nothing waits")
    func strange() throws {
        #expect(mkfifo(path, 0o600) == 0)
        let text = "never"
        #expect(problem { () throws(JobSummary.Problem) in try JobSummary(path: path).append { _ in text } } != nil)
        // With a reader it could be opened; it is a pipe all the same.
        let reader = open(path, O_RDONLY | O_NONBLOCK)
        defer { close(reader) }
        #expect(
            problem { () throws(JobSummary.Problem) in try JobSummary(path: path).append { _ in text } }
                == "it isn't a plain file")
        var byte: UInt8 = 0
        #expect(read(reader, &byte, 1) <= 0)

        #expect(
            problem { () throws(JobSummary.Problem) in try JobSummary(path: "/dev/null").append { _ in text } }
                == "it isn't a plain file")
        let link = teamfix.folder.path + "/link"
        try teamfix.write("mine", to: "target")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: teamfix.folder.path + "/target")
        #expect(
            problem { () throws(JobSummary.Problem) in try JobSummary(path: link).append { _ in text } }
                == "it is a link")
        #expect(try String(contentsOfFile: link, encoding: .utf8) == "mine")
        #expect(
            problem { () throws(JobSummary.Problem) in try JobSummary(path: teamfix.folder.path).append { _ in text } }
                != nil)
        #expect(
            problem { () throws(JobSummary.Problem) in try JobSummary(path: "/nowhere/at/all").append { _ in text } }
                != nil)
    }

    @Test("a patch's file is found unwritable before the work, and what is tried leaves nothing")
    func patchFile() throws {
        func refused(_ path: String) -> String? {
            do throws(Failure) {
                _ = try PatchFile(path, at: path)
                return nil
            } catch {
                return error.causes.first
            }
        }
        let folder = teamfix.folder.path
        #expect(refused(folder) == "it is a folder")
        #expect(refused("-") == "it isn't a file's name")
        #expect(refused("/dev/null") == "it isn't a plain file")
        #expect(refused(folder + "/none/x.patch") == "No such file or directory")
        #if os(Linux)
            // Writable by its mode for a superuser, and yet not.
            #expect(refused("/proc/self/x.patch") != nil)
        #endif
        let before = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        #expect(refused(folder + "/x.patch") == nil)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == before)
        try teamfix.write("old", to: "target")
        try FileManager.default.createSymbolicLink(atPath: folder + "/link", withDestinationPath: folder + "/target")
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: folder + "/target")
        try PatchFile("link", at: folder + "/link").write("new")
        let rights = try FileManager.default.attributesOfItem(atPath: folder + "/target")[.posixPermissions]
        #expect((rights as? NSNumber)?.intValue == 0o600)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder + "/link") == folder + "/target")
        #expect(try String(contentsOfFile: folder + "/target", encoding: .utf8) == "new")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == before.count + 2)
    }
}
