import Testing

@testable import Workflows

@Suite("A file's text is found line by line, and stays as it is")
struct SourceTextTests {
    @Test func `an empty text has one empty line`() {
        let text = SourceText("")
        #expect(text.lineCount == 1)
        #expect(text.line(1) == "")
        #expect(text.allLines == [""])
        #expect(text.range(ofLine: 2) == nil)
        #expect(text.offset(line: 1, column: 1) == 0)
        #expect(text.offset(line: 2, column: 1) == 0)
        #expect(text.line(at: 0) == 1)
        #expect(text.lineEnding == "\n")
    }

    @Test(arguments: ["a\nb\n", "a\nb", "a\r\nb\r\n", "\n", "\n\n", "a\r\n\r\nb", "\r"])
    func `the lines put together are the text`(_ string: String) {
        let text = SourceText(string)
        #expect(text.allLines.joined() == string)
        for line in 1...text.lineCount {
            #expect(!text.line(line).unicodeScalars.contains("\n"))
            if let range = text.rangeWithEnding(ofLine: line), !range.isEmpty {
                #expect(text.line(at: range.lowerBound) == line)
            }
        }
    }

    @Test func `carriage returns belong to the ending, a last newline to the last line`() {
        let text = SourceText("a\r\nbc\r\n")
        #expect(text.lineCount == 2)
        #expect(text.line(2) == "bc")
        #expect(text.range(ofLine: 2) == 3..<5)
        #expect(text.rangeWithEnding(ofLine: 2) == 3..<7)
        #expect(text.lineEnding == "\r\n")
        #expect(SourceText("a\r\nb\nc\n").lineEnding == "\n")
        #expect(SourceText("a\nb").rangeWithEnding(ofLine: 2) == 2..<3)
    }

    @Test func `columns are bytes, and a column past the end is the end`() {
        let text = SourceText("äb\ncd\n")
        #expect(text.offset(line: 1, column: 3) == 2)
        #expect(text.offset(line: 1, column: 99) == 3)
        #expect(text.offset(line: 1, column: -5) == 0)
        #expect(text.offset(line: 3, column: 1) == 7)
        #expect(text.offset(line: 4, column: 1) == nil)
        #expect(text.offset(line: 0, column: 1) == nil)
    }

    @Test func `display columns count a tab to the next stop and a letter as one`() {
        let text = SourceText("\tx\nab\tx\nä x\n")
        #expect(text.offset(line: 1, displayColumn: 9) == 1)
        #expect(text.offset(line: 2, displayColumn: 9) == 3 + 3)
        #expect(text.offset(line: 3, displayColumn: 3) == 8 + 3)
        #expect(text.offset(line: 1, displayColumn: 4) == 1)
        #expect(text.offset(line: 1, displayColumn: 99) == 2)
    }

    @Test func `text is told from binary as git tells it`() {
        #expect(SourceText("text").isText)
        #expect(!SourceText([0x61, 0, 0x62]).isText)
        #expect(SourceText([0xFF, 0xFE]).bytes == [0xFF, 0xFE])
    }
}

@Suite("Edits are made all or none")
struct EditTests {
    private let text = SourceText("0123456789")

    private func edit(_ range: Range<Int>, _ replacement: String) -> Edit {
        Edit(file: "f", range: range, replacement: replacement)
    }

    @Test func `they may come in any order, and insertions at one place keep theirs`() throws {
        let edits = [edit(8..<9, "y"), edit(2..<2, "a"), edit(0..<1, ""), edit(2..<2, "b"), edit(10..<10, "!")]
        #expect(try text.applying(edits).string == "1ab234567y9!")
        #expect(try text.applying([]).string == "0123456789")
    }

    @Test func `an insertion before a replacement at the same place is no overlap`() throws {
        #expect(try text.applying([edit(2..<4, "x"), edit(2..<2, "a")]).string == "01ax456789")
        #expect(try text.applying([edit(2..<4, "x"), edit(4..<4, "a")]).string == "01xa456789")
    }

    @Test func `overlaps and places outside are refused`() {
        #expect(throws: EditError.overlapping(file: "f")) { try text.applying([edit(2..<5, ""), edit(4..<6, "")]) }
        #expect(throws: EditError.outside(file: "f")) { try text.applying([edit(9..<11, "")]) }
    }

    @Test func `edits of several files make a candidate's contents, and one file that isn't there spoils all`()
        async throws
    {
        let files = WorkingFiles(paths: ["a", "b"]) { Array($0.utf8) }
        await files.load(["a", "b", "c"])
        let both = [Edit(file: "a", range: 0..<1, replacement: "A"), Edit(file: "b", range: 1..<1, replacement: "!")]
        #expect(try files.contents(applying: both).mapValues(\.string) == ["a": "A", "b": "b!"])
        #expect(throws: EditError.noSuchFile("c")) {
            try files.contents(applying: both + [Edit(file: "c", range: 0..<0, replacement: "")])
        }
    }

    @Test func `files that are too large, binary or not tracked are not there`() async {
        let files = WorkingFiles(paths: ["large", "binary", "text"]) { path in
            switch path {
            case "large": [UInt8](repeating: 0x61, count: WorkingFiles.largestFile + 1)
            case "binary": [0x61, 0]
            default: [0x61]
            }
        }
        await files.load(["large", "binary", "text", "untracked"])
        #expect(files["large"] == nil && files["binary"] == nil && files["untracked"] == nil)
        #expect(files["text"]?.string == "a")
        files.accept(["text": SourceText("b")])
        #expect(files["text"]?.string == "b" && files.base("text")?.string == "a")
    }
}
