import Testing

@testable import Workflows

@Suite struct SteadyTextTests {
    /// What a tool says in one run and in the next.
    @Test(arguments: [
        ("Ran 3 tests in 0.001s\n\nFAILED", "Ran 3 tests in 12.5s\n\nFAILED"),
        ("==== 1 failed in 0.05s ====", "==== 1 failed in 1.25s ===="),
        ("--- FAIL: TestAdd (0.00s)", "--- FAIL: TestAdd (0.01s)"),
        ("FAIL\texample.com/calc\t0.003s", "FAIL\texample.com/calc\t0.012s"),
        ("test result: FAILED. 1 failed; finished in 0.00s", "test result: FAILED. 1 failed; finished in 2s"),
        ("Test addition() failed after 0.001 seconds", "Test addition() failed after 0.1 seconds"),
        ("failed at 2026-01-31 10:00:00.000.", "failed at 2026-02-01 09:59:59.123."),
        ("2026-01-31T10:00:00Z ERROR no", "2026-02-01T09:59:59Z ERROR no"),
        ("<Calc object at 0x7f3a5c0d1e80>", "<Calc object at 0x7ffe00112233>"),
        ("  duration_ms: 0.41", "  duration_ms: 12"),
        ("Time:   0.5 s", "Time:   1.2 s"),
        ("  1) adds (12ms)", "  1) adds (3ms)"),
        ("/tmp/tmpab12cd/out.o: no", "/tmp/tmpxyz/out.o: no"),
        (
            "File \"/home/me/.cache/teamfix/scratch/scratch-1k2j3h4g5/checkout/a.py\", line 3",
            "File \"/home/me/.cache/teamfix/scratch/scratch-9z8y7x6w5/checkout/a.py\", line 3"
        ),
    ])
    func `two runs of a tool say the same`(one: String, other: String) {
        #expect(steadied(one) == steadied(other))
        #expect(steadied(steadied(one)) == steadied(one))
    }

    /// What a failure may be about.
    @Test(arguments: [
        "AssertionError: '5s' != '6s'", "expected 0.5 s, got 0.7 s", "assert 3 == 4",
        "main.c:12:5: error: expected ';'",
        "0xdeadbeef != 0xcafe", "expected 2026-01-31, got 2026-02-01", "add(2, 3) returned -1 (want 5)",
        "date was '2026-01-31T10:00:00Z'", "in 5 places", "x = 10ms", "src/scratch-pad/file.c: no",
    ])
    func `what a failure may be about stays`(text: String) {
        #expect(steadied(text) == text)
    }

    @Test func `what a message quotes is what was compared`() {
        func message(_ text: String) -> String { steadied(text, keepingQuoted: true) }
        let compared = "AssertionError: 'expires in 60 s' != \"expires in 90 s\""
        #expect(message(compared) == compared)
        #expect(
            message("expected `took 5 ms', got ‘at 2026-01-31 10:00:00’").contains("`took 5 ms', got ‘at 2026-01-31"))
        // Outside, after an apostrophe, and where a quote isn't closed, they still go.
        for (one, other) in [
            ("'a' failed after 0.5 seconds", "'a' failed after 1 seconds"),
            ("didn't end in 5 s, can't go on", "didn't end in 7 s, can't go on"),
            ("\"open failed in 5 s", "\"open failed in 6 s"),
            ("can't open '/tmp/x1/a.c'", "can't open '/tmp/y2/b.c'"),
            ("'<A at 0x7f3a5c0d1e80>'", "'<A at 0x7ffe00112233>'"),
            ("no '/x/scratch-1k2j3h4g5/checkout/a.py'", "no '/y/scratch-9z8y7x6w5/checkout/a.py'"),
        ] {
            #expect(message(one) == message(other))
        }
    }

    @Test func `the path in a scratch checkout stays`() {
        #expect(steadied("File \"/x/scratch-1k2j3h4g5/checkout/lib/a.py\"") == "File \"lib/a.py\"")
    }

    @Test(arguments: [
        "Images (13 omitted):", "Backtrace took 1.23s", "Registers:",
        "0x5629–0x562a 9c4849b53b22ccf5a7552731017db58db5ee5279 run             /tmp/run",
    ])
    func `a crash report's tables are known by their lines`(line: String) { #expect(isCrashTable(line)) }

    @Test(arguments: [
        "Fatal error: Index out of range", "0x10 != 0x20", "Images are missing", "Illegal instruction", "",
        "2 f() in run at /r/main.swift:3:5",
    ])
    func `other lines are none of them`(line: String) { #expect(!isCrashTable(line)) }
}
