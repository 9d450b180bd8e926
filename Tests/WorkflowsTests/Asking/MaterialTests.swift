import Git
import Specialists
import TestSupport
import Testing

@testable import Workflows

@Suite("What experts may look at", .timeLimit(.minutes(1)))
struct MaterialTests {
    private func repository() throws -> ScratchRepository {
        let repository = try ScratchRepository()
        try repository.write("src/calc.py", "def add(a, b):\n    return a - b\n")
        try repository.write("src/long.py", String(repeating: "x = 1  # filling\n", count: 2_000))
        try repository.write("src/.env", "TOKEN=secret\n")
        try repository.write("image.bin", "a\0b")
        try repository.commit()
        return repository
    }

    private func open(_ repository: ScratchRepository) throws -> Repository {
        try Repository.discover(from: repository.path, environment: repository.environment)
    }

    @Test func `a file has its lines with their numbers, as it is on disk`() async throws {
        let repository = try repository()
        try repository.write("src/calc.py", "def add(a, b):\n    return a * b\n")
        let material = try await Material.read(["src/calc.py"], in: open(repository), room: 4_000)
        #expect(material.text == "src/calc.py:\n1 | def add(a, b):\n2 |     return a * b")
        #expect(material.files.map(\.path) == ["src/calc.py"] && material.leftOut.isEmpty)
    }

    @Test func `a folder is what git knows of it, within the room, without what may hold secrets`() async throws {
        let repository = try repository()
        let material = try await Material.read(["src", "image.bin"], in: open(repository), room: 4_000)
        #expect(material.text.utf8.count <= 4_000)
        #expect(material.files.map(\.path) == ["src/calc.py", "src/long.py"])
        #expect(material.text.contains("return a - b") && !material.text.contains("secret"))
        #expect(material.leftOut.contains { $0.hasPrefix("src/.env: it may hold secrets") })
        #expect(material.leftOut.contains { $0 == "image.bin: it isn't text" })
        #expect(material.leftOut.contains { $0.hasPrefix("src/long.py: all but the first") })
    }

    @Test func `changes show what was added and what was taken`() async throws {
        let repository = try repository()
        try repository.write("src/calc.py", "def add(a, b):\n    return a + b\n")
        try repository.git("add", "-A")
        let material = try await Material.changes(.staged, [], in: open(repository), room: 4_000)
        #expect(material.text.contains("- |     return a - b\n2 |+    return a + b"))
        let nothing = try await Material.changes(.staged, ["image.bin"], in: open(repository), room: 4_000)
        #expect(nothing.text.isEmpty && nothing.files.isEmpty)
    }

    private let shown = Material(files: [
        .init(
            path: "src/calc.py",
            lines: [.init(number: 7, text: "def add(a, b):"), .init(number: 8, text: "    return a - b")])
    ])

    @Test(arguments: [
        (ConsensusReply.Citation(file: "calc.py", line: 1, quote: "return a-b"), 8),
        (ConsensusReply.Citation(file: nil, line: nil, quote: "8 |     return a - b"), 8),
        (ConsensusReply.Citation(file: "src/calc.py", line: 7, quote: ""), 7),
    ])
    func `a quote is found where it stands`(citation: ConsensusReply.Citation, line: Int) {
        let (check, found) = shown.check(citation)
        #expect(check == .found && found.line == line && found.file == "src/calc.py")
    }

    @Test(
        arguments: [
            ConsensusReply.Citation(file: "calc.py", line: 8, quote: "return a / b"),
            .init(file: "other.py", line: 8, quote: "return a - b"), .init(file: "calc.py", line: 99, quote: ""),
            .init(file: nil, line: nil, quote: "ab"),
        ] as [ConsensusReply.Citation])
    func `what isn't there is missing`(citation: ConsensusReply.Citation) {
        #expect(shown.check(citation).check == .missing)
    }

    @Test func `without material nothing can be looked for`() {
        #expect(Material().check(.init(file: "a.c", line: 1, quote: "int a;")).check == .unchecked)
    }

    @Test func `code in an answer is looked for as a quote is`() {
        #expect(
            Hearing.inlineCode(in: "The line `distance = elem - elem2` is wrong; `abs(x)` and `x` aren't. `open")
                == ["distance = elem - elem2"])
        #expect(Hearing.inlineCode(in: "no code").isEmpty && Hearing.inlineCode(in: "``").isEmpty)
    }
}
