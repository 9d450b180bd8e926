import Foundation
import Specialists
import TestSupport
import Testing

@testable import Git
@testable import Workflows

@Suite("White space errors are git's", .timeLimit(.minutes(2)))
struct WhitespaceTests {
    private static let pieces = [" ", " ", "\t", "\t", "  ", "        ", "x", "y z", "\r", "", "word"]
    private static let rules = [
        "", "-blank-at-eol", "indent-with-non-tab", "tab-in-indent,-space-before-tab", "cr-at-eol", "tabwidth=4,indent",
        "trailing-space,-blank-at-eof", "-trailing-space space-before-tab", "indent-with-non-tab,tabwidth=3,cr-at-eol",
        "blank-at-eof,tabwidth=99", "-space,-trailing", "nonsense,tab-in",
    ]

    private static func lines(_ count: Int, _ random: inout Seeded) -> [String] {
        (0..<count).map { _ in
            (0..<Int.random(in: 0...5, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
        }
    }

    /// The lines that git names, each with its complaints, by file.
    private static func git(_ repository: ScratchRepository) throws -> [String: [Int: Set<String>]] {
        let said = try repository.run(
            ["sh", "-c", "git diff --cached --check || true"], in: repository.path)
        var found: [String: [Int: Set<String>]] = [:]
        for line in said.split(separator: 0x0A).map({ String(decoding: $0, as: UTF8.self) }) {
            let parts = line.split(separator: ":", maxSplits: 2).map(String.init)
            guard parts.count == 3, parts[0].hasPrefix("f"), let number = Int(parts[1]),
                !parts[2].contains("conflict marker")
            else { continue }
            let kinds = parts[2].drop { $0 == " " }.dropLast().components(separatedBy: ", ")
            found[parts[0], default: [:]][number, default: []].formUnion(kinds)
        }
        return found
    }

    private static let names = [
        "whitespace/trailing": "trailing whitespace", "whitespace/space-before-tab": "space before tab in indent",
        "whitespace/indent-with-non-tab": "indent with spaces", "whitespace/tab-in-indent": "tab in indent",
        "whitespace/blank-at-eof": "new blank line at EOF",
    ]

    @Test(arguments: 0..<rules.count) func `random changes get the complaints that git has`(rule: Int) async throws {
        var random = Seeded(seed: UInt64(rule) + 7)
        let repository = try ScratchRepository()
        let configured = Self.rules[rule]
        if !configured.isEmpty { try repository.git("config", "core.whitespace", configured) }
        var attributes = ""
        for number in 0..<40 {
            let old = Self.lines(Int.random(in: 0...12, using: &random), &random)
            try repository.write("f\(number)", old.joined(separator: "\n") + (Bool.random(using: &random) ? "\n" : ""))
            switch number % 8 {
            case 1: attributes += "f\(number) whitespace\n"
            case 2: attributes += "f\(number) -whitespace\n"
            case 3: attributes += "f\(number) whitespace=tab-in-indent,-blank-at-eof\n"
            case 4: attributes += "f\(number) !whitespace\n"
            case 5: attributes += "f\(number) whitespace=indent-with-non-tab,tabwidth=2\n"
            default: break
            }
        }
        try repository.write(".gitattributes", attributes)
        try repository.commit()
        for number in 0..<48 {
            var lines =
                number < 40
                ? try repository.read("f\(number)").utf8.split(separator: 0x0A, omittingEmptySubsequences: false).map {
                    String(Substring($0))
                }
                : []
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0...lines.count, using: &random)
                lines.insert(contentsOf: Self.lines(Int.random(in: 1...3, using: &random), &random), at: place)
                if Bool.random(using: &random), lines.count > 1 {
                    lines.remove(at: Int.random(in: 0..<lines.count, using: &random))
                }
            }
            // Blank lines at the end are a rule of their own.
            if number % 3 == 0 { lines += ["", " \t", ""].prefix(Int.random(in: 1...3, using: &random)) }
            try repository.write(
                "f\(number)", lines.joined(separator: "\n") + (Bool.random(using: &random) ? "\n" : ""))
        }
        try repository.git("add", "-A")

        let opened = try Repository.discover(from: repository.path, environment: repository.environment)
        let changes = try await opened.changes(.staged)
        var texts: [String: SourceText] = [:]
        for change in changes {
            texts[change.path] = try await opened.readChanged(change.path, .staged).map(SourceText.init)
        }
        var ours: [String: [Int: Set<String>]] = [:]
        for file in try await opened.checkedFiles(changes, texts: texts, selection: .staged) {
            for finding in WhitespaceErrors().findings(in: file) {
                let name = Self.names[finding.rule ?? ""] ?? "\(finding.rule ?? "")"
                ours[file.path, default: [:]][finding.line ?? 0, default: []].insert(name)
            }
        }
        let git = try Self.git(repository)
        #expect(!git.isEmpty || configured.hasPrefix("-"))
        for path in Set(git.keys).union(ours.keys).sorted() where git[path] != ours[path] {
            let (theirs, mine) = (git[path] ?? [:], ours[path] ?? [:])
            for line in Set(theirs.keys).union(mine.keys).sorted() where theirs[line] != mine[line] {
                Issue.record("\(configured) \(path):\(line): git \(theirs[line] ?? []), here \(mine[line] ?? [])")
            }
        }
    }

    private func findings(_ text: String) -> [Finding] { WhitespaceErrors().findings(in: .added("a.c", text)) }

    @Test func `a finding names its rule and column`() {
        let found = findings("int é; \n \tint b;\nint c;\n")
        #expect(found.map(\.rule) == ["whitespace/trailing", "whitespace/space-before-tab"])
        #expect(found.map(\.line) == [1, 2] && found.map(\.column) == [7, 1])
        #expect(found.allSatisfy { $0.severity == .note && $0.file == "a.c" })
    }

    @Test func `a file with carriage returns throughout is one finding, and its other errors are told`() {
        let found = findings(String(repeating: "int x;\r\n", count: 30) + "int y; \r\n")
        #expect(found.map(\.rule) == ["whitespace/carriage-return", "whitespace/trailing"])
        #expect(found.last?.line == 31)
        #expect(findings("int x;\r\nint y;\r\n").map(\.rule) == ["whitespace/trailing", "whitespace/trailing"])
    }

    @Test func `what was there before is put together from the change`() async throws {
        let repository = try ScratchRepository()
        let old = "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl\nm"
        for (number, new) in ["", "a\n", "c\nd\ne\nf\n", old + "\n", "x\n" + old, old.replacing("g\n", with: "")]
            .enumerated()
        {
            try repository.write("f\(number)", old)
            try repository.git("add", "-A")
            try repository.git("commit", "--quiet", "--allow-empty", "-m", "x")
            try repository.write("f\(number)", new)
            let opened = try Repository.discover(from: repository.path, environment: repository.environment)
            let change = try #require(try await opened.changes(.unstaged).first { $0.path == "f\(number)" })
            // Of a file that was emptied nothing is told.
            let known = new.isEmpty ? nil : old
            #expect(ChangedFile(change, text: SourceText(new)).previous?.string == known, "\(new)")
            try repository.git("checkout", "--quiet", ".")
        }
    }
}

extension ChangedFile {
    /// A new file with this content.
    static func added(_ path: String, _ text: String, status: FileChange.Status = .added) -> ChangedFile {
        let source = SourceText(text)
        let lines: [Hunk.Line] = (1...source.lineCount).map { number in
            var line = source.rangeWithEnding(ofLine: number).map { source.bytes[$0] } ?? []
            let ends = line.last == 0x0A
            if ends { line = line.dropLast() }
            return Hunk.Line(
                kind: .added, oldNumber: nil, newNumber: number, text: String(decoding: line, as: UTF8.self),
                lacksNewline: !ends)
        }
        let hunk = Hunk(oldStart: 0, oldCount: 0, newStart: 1, newCount: lines.count, lines: lines)
        return ChangedFile(
            FileChange(
                status: status, oldPath: nil, newPath: path, newMode: .regular, hunks: text.isEmpty ? [] : [hunk]),
            text: source)
    }

    /// A new binary file that begins like this.
    static func binary(_ path: String, _ start: [UInt8]) -> ChangedFile {
        ChangedFile(
            FileChange(status: .added, oldPath: nil, newPath: path, newMode: .regular, isBinary: true), start: start)
    }
}
