import Specialists
import Testing

@Suite struct ReplyTests {
    private let plain =
        #"{"file":"a.c","line":3,"severity":"error","message":"missing ;","evidence":"x","suggestion":"add"}"#
    private let finding = Finding(
        file: "a.c", line: 3, severity: .error, message: "missing ;", evidence: "x", suggestion: "add")

    @Test func `findings are read through fences, prose, lines and commas`() {
        let dresses = [
            "{\"findings\":[\(plain)]}", "[\(plain)]", plain,
            "Sure! Here it is:\n```json\n{\"findings\": [\(plain),],}\n```\nBye.",
            "[1] I looked {closely}.\n\n[\(plain)]", "{\"issues\":[\(plain)]}",
        ]
        for dress in dresses { #expect(Findings(dress).findings == [finding], "\(dress)") }
        #expect(Findings("\(plain)\n\(plain)").findings.count == 2)
    }

    @Test func `a cut reply keeps what is whole`() {
        let cut = "{\"findings\":[\(plain),{\"file\":\"b.c\",\"line\":9,\"message\":\"bad call\",\"evid"
        let read = Findings(cut).findings
        #expect(read.map(\.file) == ["a.c", "b.c"])
        #expect(read.last?.line == 9)
    }

    @Test func `values of the wrong kind are read or dropped, and said`() {
        let read = Findings(
            #"[{"path":"a.c","line":"12-14","level":"HIGH","title":"t"},{"file":"b.c"},{"message":"m","line":-3}]"#)
        #expect(read.findings.map(\.line) == [12, nil])
        #expect(read.findings[0].severity == .error && read.findings[0].file == "a.c")
        #expect(read.dropped == ["an object without a message (keys: file)"])
        #expect(Findings("I found nothing.").dropped == ["the whole reply: there is no JSON in it"])
        #expect(Findings(#"{"findings":[]}"#) == Findings(#"[]"#))
        #expect(Findings(#"{"findings":[]}"#).dropped.isEmpty)
    }

    @Test func `control sequences and floods are cut`() {
        let read = Findings("{\"message\":\"\\u001b[31mred\",\"file\":\"\(String(repeating: "f", count: 9_000))\"}")
        #expect(read.findings.first?.message == "[31mred")
        #expect((read.findings.first?.file.utf8.count ?? 0) < 2_100)
        let many = Findings("[" + (0..<500).map { "{\"message\":\"m\($0)\"}" }.joined(separator: ",") + "]")
        #expect(many.findings.count == Findings.mostFindings)
        #expect(many.dropped.count == 1)
        #expect(Findings(String(repeating: "[{", count: 20_000)).findings.isEmpty)
    }

    @Test func `what several analysts report of one place is one finding`() {
        let near = Finding(file: "a.c", line: 4, severity: .warning, message: "There is a missing ; here")
        let other = Finding(file: "a.c", line: 40, severity: .note, message: "missing ;")
        let merged = Findings.merge([("Syntax", [near]), ("Logic", [other]), ("Root", [finding])])
        #expect(merged.map(\.sources) == [["Syntax", "Root"], ["Logic"]])
        #expect(merged[0].finding.severity == .error && merged[0].finding.suggestion == "add")
    }

    @Test func `analysts' replies become one list, and other results follow`() {
        func reply(_ line: Int, _ message: String) -> String {
            "```json\n{\"findings\":[{\"file\":\"a.c\",\"line\":\(line),\"severity\":\"warning\",\"message\":\"\(message)\"}]}\n```"
        }
        var results = [
            Sample.result("a", reply(4, "a missing ;")),
            Sample.result("b", "Here is what I found:\n\n" + reply(4, "missing ; here")),
            Sample.result("c", "All is well, says\n" + reply(9, "no finding of mine")), Sample.result("d", nil),
            Sample.result("e", #"{"findings":[]}"#),
        ]
        results[1].task.specialist = "Judge"
        #expect(
            Findings.merging(results) == """
                ## Findings

                - a.c:4: warning: a missing ; (Analyst, Judge)

                ## Analyst: c

                All is well, says
                \(reply(9, "no finding of mine"))

                ## Analyst: d

                No result: it broke.
                """)
        #expect(Findings.merging([Sample.result("e", #"[]"#)]) == "## Findings\n\nNothing was found.")
        #expect(Findings.merging([Sample.result("a", "prose"), Sample.result("b", #"{"other": 1}"#)]) == nil)
    }

    @Test func `findings without end at one place cost a bounded time`() {
        let flood = (0..<6_000).map {
            Finding(file: "a.c", line: $0 % 2, severity: .note, message: "w\($0) x\($0) y\($0)", evidence: "")
        }
        let start = ContinuousClock.now
        #expect(Findings.merge([("A", flood)]).count == 6_000)
        #expect(ContinuousClock.now - start < .seconds(10))
        let far = Finding(file: "a.c", line: .max, severity: .note, message: "m")
        #expect(Findings.merge([("A", [far]), ("B", [far])]).map(\.sources) == [["A", "B"]])
    }

    @Test func `code blocks are found with their language and file`() {
        let reply = CodeReply(
            "The fix in `x`:\n\nsrc/a.c\n```c\nint a;\n```\nand **b.py**:\n```python\nx = 1\n```\n~~~\nplain\n~~~\n```swift:Sources/M.swift\nlet a = 1\n```"
        )
        #expect(reply.blocks.map(\.language) == ["c", "python", "", "swift"])
        #expect(reply.blocks.map(\.file) == ["src/a.c", "b.py", nil, "Sources/M.swift"])
        #expect(reply.blocks.map(\.code) == ["int a;\n", "x = 1\n", "plain\n", "let a = 1\n"])
    }

    @Test func `a fence that never closes is a block that says so`() {
        let reply = CodeReply("```c\nint a;\nint b;\n")
        #expect(reply.blocks.map(\.code) == ["int a;\nint b;\n"])
        #expect(reply.blocks.first?.isClosed == false)
        #expect(CodeReply("````md\n```c\nx\n```\n````").blocks.map(\.code) == ["```c\nx\n```\n"])
        #expect(CodeReply("Use `a = b` instead.").blocks.isEmpty)
    }

    @Test func `search and replace blocks are read, fenced or not`() {
        let block = "<<<<<<< SEARCH\n    a = 1\n=======\n    a = 2\n>>>>>>> REPLACE"
        for text in ["src/m.py\n```\n\(block)\n```", "```python\nsrc/m.py\n\(block)\n```", "### `src/m.py`\n\(block)"] {
            let reply = CodeReply(text)
            #expect(
                reply.replacements == [
                    .init(file: "src/m.py", search: "    a = 1\n", replace: "    a = 2\n", isElided: false)
                ], "\(text)")
            #expect(reply.blocks.isEmpty)
        }
        let two = CodeReply("a.c\n```\n\(block)\n\(block)\n```\nb.c\n```\n\(block)\n```")
        #expect(two.replacements.map(\.file) == ["a.c", "a.c", "b.c"])
        #expect(CodeReply("a.c\n<<<<<<< SEARCH\nx\n=======\ny").replacements.isEmpty, "cut: not known what it says")
    }

    @Test(arguments: [
        "// ... existing code ...", "# rest unchanged", "...", "/* rest of the file */", "    // ...",
        "... (rest unchanged)",
        "<!-- remaining code -->", "# … unchanged …",
    ]) func `code that leaves code out is noticed`(line: String) {
        #expect(CodeReply.isElided("int a;\n\(line)\nint b;"))
        #expect(CodeReply("```c\nint a;\n\(line)\n```").blocks.first?.isElided == true)
    }

    @Test(arguments: [
        "int f(const char *s, ...);", "for i in 0...9 {", "print(\"...\")", "def f(): ...", "// waits for the rest",
        "// leaves the value unchanged", "#include <x.h>", "let all = [a, ...b]",
    ]) func `code with dots and plain comments is whole`(line: String) {
        #expect(!CodeReply.isElided("int a;\n\(line)\nint b;"))
    }

    @Test func `an expert's answer, reasons and confidence are read`() {
        let strict = ConsensusReply("ANSWER: Use B.\nCONFIDENCE: 0.8\nREASONS:\n- it is simple\n2. it is tested")
        #expect(strict.answer == "Use B." && strict.confidence == 0.8)
        #expect(strict.reasons == ["it is simple", "it is tested"])
        let loose = ConsensusReply(
            "**Answer:** Use B\nin most cases.\n\n**Confidence**: 85%\n\n**Reasoning:**\n* short")
        #expect(loose.answer == "Use B in most cases." && loose.confidence == 0.85 && loose.reasons == ["short"])
        let bare = ConsensusReply("Use B, I think.\nReally.\n\nMore talk: yes.")
        #expect(bare.answer == "Use B, I think. Really." && bare.confidence == nil)
        #expect(ConsensusReply("Confidence: 8/10").confidence == 0.8)
        #expect(ConsensusReply("Confidence: high").confidence == 0.85)
        #expect(ConsensusReply("Confidence: 9000").confidence == nil)
        #expect(ConsensusReply("").answer == "")
    }

    @Test func `the team has the design's roles, and can be added to`() {
        #expect(
            Set(Roster.standard.map(\.name)) == [
                "Syntax Analyst", "Whitespace Analyst", "Pattern Analyst", "Logic Analyst", "Root Cause Analyst",
                "Security Analyst", "Code Analyst", "Requirements Analyst", "Dependency Analyzer", "Architect", "Coder",
                "QA", "Integrator", "Expert", "Synthesizer",
            ])
        var coder = Roster.standard[12]
        coder.name = "Coder"
        coder.instructions = "mine"
        let merged = Roster.merging([coder, .init(name: "New", summary: "", instructions: "")])
        #expect(merged.count == 16 && merged.last?.name == "New")
        #expect(merged.filter { $0.instructions == "mine" }.map(\.name) == ["Coder"])
    }
}
