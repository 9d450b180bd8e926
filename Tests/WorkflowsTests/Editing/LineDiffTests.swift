import Testing

@testable import Workflows

@Suite("Changed lines are found")
struct LineDiffTests {
    /// The length of a longest common subsequence, the plain way.
    private func common(_ a: [String], _ b: [String]) -> Int {
        var row = [Int](repeating: 0, count: b.count + 1)
        for x in a {
            var diagonal = 0
            for (j, y) in b.enumerated() {
                let above = row[j + 1]
                row[j + 1] = x == y ? diagonal + 1 : max(above, row[j])
                diagonal = above
            }
        }
        return row[b.count]
    }

    private func applying(_ hunks: [LineHunk], _ old: [String], _ new: [String]) -> [String] {
        var result: [String] = []
        var position = 0
        for hunk in hunks {
            result += old[position..<hunk.old.lowerBound]
            result += new[hunk.new]
            position = hunk.old.upperBound
        }
        return result + old[position...]
    }

    @Test func `hunks make the new text of the old one, and no diff is shorter`() {
        var random = Seeded(seed: 42)
        for round in 0..<600 {
            let alphabet = 1 + round % 6
            func lines() -> [String] {
                (0..<Int.random(in: 0...14, using: &random)).map { _ in
                    "l\(Int.random(in: 0..<alphabet, using: &random))"
                }
            }
            let (old, new) = (lines(), lines())
            let hunks = lineHunks(old, new)
            #expect(applying(hunks, old, new) == new, "\(old) → \(new)")
            let changed = hunks.reduce(0) { $0 + $1.old.count + $1.new.count }
            #expect(changed == old.count + new.count - 2 * common(old, new), "\(old) → \(new): \(hunks)")
            for (left, right) in zip(hunks, hunks.dropFirst()) {
                #expect(left.old.upperBound <= right.old.lowerBound && left.new.upperBound <= right.new.lowerBound)
                #expect(left.old.upperBound < right.old.lowerBound || left.new.upperBound < right.new.lowerBound)
            }
        }
    }

    @Test func `past the limit the middle is one hunk, and the edges still stand`() {
        let old = ["head"] + (0..<50).map { "a\($0)" } + ["tail"]
        let new = ["head"] + (0..<50).map { "b\($0)" } + ["tail"]
        #expect(lineHunks(old, new, limit: 10) == [LineHunk(old: 1..<51, new: 1..<51)])
        #expect(lineHunks([], []) == [])
        #expect(lineHunks([], ["a"]) == [LineHunk(old: 0..<0, new: 0..<1)])
        #expect(lineHunks(["a"], []) == [LineHunk(old: 0..<1, new: 0..<0)])
    }

    @Test func `touched lines are those of the new text, and a deletion touches where it was`() {
        let old = SourceText("a\nb\nc\nd\n")
        let candidate = Candidate(
            id: "1", title: "", source: "", causes: [], contents: ["f": SourceText("a\nx\ny\nc\n")], origins: ["f": old]
        )
        #expect(candidate.touchedLines == ["f": [2...3, 5...5]])
        #expect(candidate.changedLines == 4)
    }
}

@Suite("Of a candidate that tidies up, what stands near the error is kept")
struct NearestHunksTests {
    private let old = SourceText((1...30).map { "line \($0)\n" }.joined())

    private func changing(_ lines: Int...) -> SourceText {
        SourceText((1...30).map { lines.contains($0) ? "LINE \($0)\n" : "line \($0)\n" }.joined())
    }

    @Test func `far changes go`() {
        #expect(keepingHunks(near: 10, within: 3, old: old, new: changing(2, 10, 12, 25)) == changing(10, 12))
    }

    @Test func `nothing near, or everything, is nothing to reduce`() {
        #expect(keepingHunks(near: 10, within: 3, old: old, new: changing(20)) == nil)
        #expect(keepingHunks(near: 10, within: 3, old: old, new: changing(9, 11)) == nil)
        #expect(keepingHunks(near: 10, within: 3, old: old, new: old) == nil)
    }

    @Test func `comments and blank lines that a model leaves out, adds or moves stay as they were`() {
        let old = SourceText("int a[3];\nint b = 1; // one\n//for (;;) {\n//}\n\nint c;\n")
        let fixed = "int a[3][3];\nint b = 1; // one\n//for (;;) {\n//}\n\nint c;\n"
        let tidy = SourceText("int a[3][3];\nint b = 1; // one\n\n  int c;\n")
        #expect(keepingCode(in: "a.c", old: old, new: tidy)?.string == fixed)
        #expect(keepingCode(in: "a.c", old: old, new: SourceText(fixed)) == nil, "there is nothing else")
        #expect(keepingCode(in: "a.txt", old: old, new: tidy) == nil)
        let onlyTidied = SourceText("int a[3];\nint b = 1; // one\n\nint c;\n")
        #expect(keepingCode(in: "a.c", old: old, new: onlyTidied) == nil, "it may be the very point")
        // What was code is a comment now: that is no comment's change.
        let off = SourceText("int a[3][3];\nint b = 1; // one\n//for (;;) {\n//}\n\n//int c;\n")
        #expect(keepingCode(in: "a.c", old: old, new: off) == nil)
    }

    @Test func `in Python indentation is code`() {
        let old = SourceText("def f(a):\n    # old\n    return a\n\n\nx = f(1)\nif x:\n    y = 1\nz = 2\n")
        let new = SourceText("def f(a):\n    return a + 1\n\nx = f(1)\nif x:\n    y = 1\n    z = 2\n")
        let kept = keepingCode(in: "a.py", old: old, new: new)?.string
        #expect(kept?.contains("    z = 2\n") == true)
        #expect(kept?.contains("return a + 1\n\n\nx") == true, "the blank line stays")
    }

    @Test func `endings and a missing final newline stay`() {
        let text = SourceText("a\r\nb\r\nc\r\nd\r\ne\r\nf\r\ng")
        let new = SourceText("A\r\nb\r\nc\r\nd\r\ne\r\nf\r\nG")
        #expect(keepingHunks(near: 1, within: 2, old: text, new: new)?.string == "A\r\nb\r\nc\r\nd\r\ne\r\nf\r\ng")
    }
}
