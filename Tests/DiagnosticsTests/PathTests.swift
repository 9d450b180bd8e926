import Diagnostics
import Testing

@Suite struct PathTests {
    private func file(_ text: String, root: String = "/r", directory: String? = nil) -> String? {
        BuildLog.read(Array(text.utf8), root: root, directory: directory).diagnostics.first?.location?.file
    }

    @Test func pathsBelowTheRootAreRelative() {
        #expect(file("/r/src/../lib/./a.c:1:1: error: x") == "lib/a.c")
        #expect(file("/rest/a.c:1:1: error: x") == "/rest/a.c")
        #expect(file("../other/a.c:1:1: error: x", directory: "build") == "other/a.c")
        #expect(file("../../other/a.c:1:1: error: x", directory: "build") == "/other/a.c")
        #expect(file("/private/tmp/p/a.c:1:1: error: x", root: "/tmp/p") == "a.c")
        #expect(file("/tmp/p/a.c:1:1: error: x", root: "/private/tmp/p") == "a.c")
    }

    @Test func directoriesOfMakeNinjaAndTheShellAreFollowed() {
        #expect(file("make: Entering directory '/r/sub'\na.c:1:1: error: x") == "sub/a.c")
        #expect(
            file("make: Entering directory '/r/sub'\nmake: Leaving directory '/r/sub'\na.c:1:1: error: x") == "a.c")
        #expect(file("ninja: Entering directory `out/x'\n../a.c:1:1: error: x") == "out/a.c")
        #expect(file("cd sub && gcc -c a.c\na.c:1:1: error: x") == "sub/a.c")
        #expect(file("cd sub && gcc -c b.c\ngcc -c a.c\na.c:1:1: error: x") == "a.c")
    }

    @Test func whatIsThereDecidesBetweenTheDirectoriesOfAParallelMake() {
        let text = """
            make[1]: Entering directory '/r/one'
            make[1]: Entering directory '/r/two'
            a.c:1:1: error: x
            """
        let log = BuildLog.read(Array(text.utf8), root: "/r") { $0 == "/r/one/a.c" }
        #expect(log.diagnostics.first?.location?.file == "one/a.c")
    }

    @Test func aFileWithSpacesIsOneWhenItIsThere() {
        let text = "my  old file.c:3:5: error: expected ';' before 'return'\nin my old file.c:3:5: error: x"
        let log = BuildLog.read(Array(text.utf8), root: "/r") { $0 == "/r/my  old file.c" }
        #expect(log.errors.map(\.location) == [SourceLocation(file: "my  old file.c", line: 3, column: 5)])
        #expect(BuildLog.read(Array(text.utf8), root: "/r").errors.allSatisfy { $0.location == nil })
    }

    @Test func aSwiftTrapIsFoundByTheUsualLayout() {
        let text = "Demo/Thing.swift:4: Fatal error: no"
        let log = BuildLog.read(Array(text.utf8), root: "/r") { $0 == "/r/Sources/Demo/Thing.swift" }
        #expect(log.diagnostics.first?.location == SourceLocation(file: "Sources/Demo/Thing.swift", line: 4))
    }

    @Test(arguments: [
        "12:34:56: error", "http://host:80: refused", "note to self:3: x", "2026-01-01 10:00:00: up", "[1:2]: x",
        "a:b:c",
        "  src/a.c:3: indented", "Time: 3:45: done", "localhost:8080: listening",
    ])
    func whatIsNoPathGivesNoDiagnostic(_ line: String) {
        #expect(BuildLog.read(Array(line.utf8), root: "/r").diagnostics.isEmpty)
    }
}
