import Diagnostics
import Foundation
import Testing

@Suite struct FixItTests {
    @Test func escapesInParseableFixItsAreUndone() {
        let text = #"""
            dir/a "b".c:1:2: error: x
            fix-it:"dir/a \"b\".c":{1:2-3:4}:"\t\\\"\n\303\251\x41"
            """#
        let log = BuildLog.read(Array(text.utf8), root: "/r")
        #expect(
            log.diagnostics.first?.fixIts == [
                FixIt(
                    file: "dir/a \"b\".c", startLine: 1, startColumn: 2, endLine: 3, endColumn: 4,
                    replacement: "\t\\\"\n\u{e9}A")
            ])
    }

    @Test(arguments: [
        "fix-it:\"a.c\":{1:2-1:1}:\"\"", "fix-it:\"a.c\":{0:2-1:1}:\"\"", "fix-it:\"a.c\":{1:2-1:3}:\"", "fix-it:\"a.c",
        "fix-it:\"a.c\":{99999999999:2-1:3}:\"x\"", "fix-it:\"other.c\":{1:1-1:1}:\"x\"",
    ])
    func brokenOrForeignFixItsAreNotTaken(_ line: String) {
        let log = BuildLog.read(Array("a.c:1:2: error: x\n\(line)\n".utf8), root: "/r")
        #expect(log.diagnostics.first?.fixIts == [])
    }

    @Test func fixItsFindTheirDiagnosticAmongInterleavedOnes() {
        let log = BuildLog.read(
            Array("a.c:1:2: error: x\nb.c:1:2: error: y\nfix-it:\"a.c\":{1:2-1:2}:\";\"\n".utf8), root: "/r")
        #expect(log.diagnostics.map(\.fixIts.count) == [1, 0])
    }

    @Test func aNoteThatOnlySilencesGivesNoFixIt() {
        let log = BuildLog.read(
            Array(
                """
                a.c:1:9: warning: using the result of an assignment as a condition without parentheses [-Wparentheses]
                a.c:1:9: note: place parentheses around the assignment to silence this warning
                fix-it:"a.c":{1:7-1:7}:"("
                fix-it:"a.c":{1:12-1:12}:")"
                a.c:1:9: note: use '==' to turn this assignment into an equality comparison
                fix-it:"a.c":{1:9-1:10}:"=="
                """.utf8), root: "/r")
        #expect(log.diagnostics.first?.fixIts.map(\.replacement) == ["=="])
    }

    @Test func theEnvironmentAddsToWhatIsThere() {
        let fresh = FixItEnvironment.additions(existing: [:])
        #expect(fresh["GCC_EXTRA_DIAGNOSTIC_OUTPUT"] == "fixits-v1")
        #expect(fresh["CCC_OVERRIDE_OPTIONS"]?.hasPrefix("#^") == true)
        #expect(fresh["FORCE_COLOR"] == nil)
        let added = FixItEnvironment.additions(existing: ["CCC_OVERRIDE_OPTIONS": "#x-Werror", "FORCE_COLOR": "1"])
        #expect(added["CCC_OVERRIDE_OPTIONS"]?.hasPrefix("#x-Werror ^") == true)
        #expect(added["FORCE_COLOR"] == "")
    }

    /// Tabs and wide characters before the place: only columns in bytes survive them.
    @Test(arguments: ["gcc", "clang"])
    func aCompilersOwnEditsMakeAProgramCompile(_ compiler: String) throws {
        guard let tool = Self.path(of: compiler) else { return }
        let folder = FileManager.default.temporaryDirectory.appending(path: "fixit-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let source = folder.appending(path: "main.c")
        try """
        struct point { int value; };
        int main(void) {
        \tstruct point p = { 0 }; const char *s = "h\u{e9}\u{4e16}"; (void)s;
        \tstruct point *q = &p; int n = q.value;
        \tconst char *t = "\u{e9}"; (void)t; return n
        }

        """.write(to: source, atomically: true, encoding: .utf8)
        let first = try Self.run(tool, in: folder)
        #expect(first.status != 0)
        let log = BuildLog.read(first.output, root: folder.path)
        let fixIts = log.errors.flatMap(\.fixIts)
        #expect(fixIts.map(\.replacement).sorted() == ["->", ";"])
        var lines = try String(contentsOf: source, encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: false
        ).map { Array($0.utf8) }
        for fixIt in fixIts {
            lines[fixIt.startLine - 1].replaceSubrange(
                (fixIt.startColumn - 1)..<(fixIt.endColumn - 1), with: Array(fixIt.replacement.utf8))
        }
        try Data(lines.joined(separator: [10])).write(to: source)
        #expect(try Self.run(tool, in: folder).status == 0)
    }

    private static func path(of name: String) -> String? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":") + ["/opt/swift/usr/bin"]
        return folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    private static func run(_ tool: String, in folder: URL) throws -> (status: Int32, output: [UInt8]) {
        let process = Process()
        process.executableURL = URL(filePath: tool)
        process.arguments = ["-Wall", "-Werror", "-fsyntax-only", "main.c"]
        process.currentDirectoryURL = folder
        let inherited = ProcessInfo.processInfo.environment
        process.environment = inherited.merging(FixItEnvironment.additions(existing: inherited)) { $1 }
        let pipe = Pipe()
        process.standardError = pipe
        process.standardOutput = pipe
        try process.run()
        let output = [UInt8](pipe.fileHandleForReading.readDataToEndOfFile())
        process.waitUntilExit()
        return (process.terminationStatus, output)
    }
}
