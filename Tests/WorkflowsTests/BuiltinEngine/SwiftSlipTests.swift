import Testing

@testable import Workflows

@Suite("What swiftc says is mended", .enabled(if: isInstalled("swiftc")), .timeLimit(.minutes(2)))
struct SwiftSlipTests {
    @Test(arguments: [
        Slip(
            "a missing argument label",
            "func area(width: Int, height: Int) -> Int { width * height }\nprint(area(3, height: 2))\n",
            mended: "area(width: 3, height: 2)"),
        Slip(
            "an argument label too many", "func twice(_ x: Int) -> Int { x * 2 }\nprint(twice(x: 2))\n",
            mended: "twice(2)"),
        Slip(
            "another argument label", "func twice(of x: Int) -> Int { x * 2 }\nprint(twice(for: 2))\n",
            mended: "twice(of: 2)"),
        Slip("a label of the second argument", "func g(_ x: Int, y: Int) {}\ng(1, 2)\n", mended: "g(1, y: 2)"),
        Slip("two statements on a line", "let a = 1 let b = 2\nprint(a + b)\n", mended: "let a = 1; let b = 2"),
        Slip(
            "a constant that changes",
            "func total(_ xs: [Int]) -> Int {\n    let sum = 0\n    for x in xs { sum += x }\n    return sum\n}\n",
            mended: "    var sum = 0\n"),
        Slip("a constant that is assigned to", "let x = 1\nx = 2\nprint(x)\n", mended: "var x = 1"),
        Slip(
            "a call that can throw",
            "struct A { func b() throws -> Int { 1 } }\nfunc f(a: A) throws -> Int {\n    return a.b()\n}\n",
            mended: "return try a.b()"),
        Slip(
            "a call that waits", "func b() async -> Int { 1 }\nfunc f() async -> Int {\n    return b()\n}\n",
            mended: "return await b()"),
        Slip("a misspelt name", "let count = 3\nprint(cuont)\n", mended: "print(count)", tries: 2),
        Slip("a misspelt member", "struct P { var name = \"\" }\nprint(P().nmae)\n", mended: "P().name", tries: 2),
        Slip(
            "an assignment as a condition", "var x = 1\nx += 1\nif x = 3 { print(1) }\n", mended: "if x == 3", tries: 2),
        Slip("a brace too many", "func f() {\n    print(1)\n}\n}\n", mended: "print(1)\n}\n", tries: 2),
        Slip(
            "a brace too few", "func f(_ a: Bool) {\n    if a {\n        print(1)\n}\n", mended: "print(1)\n", tries: 4),
        Slip("a string that isn't closed", "print(\"abc)\n", mended: "print(\"abc\")", tries: 2),
        Slip("a missing import", "print(sqrt(4.0))\n", mended: "import Foundation\n"),
    ])
    func `Swift`(_ slip: Slip) async throws { try await slip.check(in: "main.swift", "swiftc -typecheck main.swift") }

    @Test func `a value that isn't returned is`() async throws {
        let slip = Slip(
            "a value", "func f(_ n: Int) -> Int {\n    let r = n * 2\n    r\n}\n", mended: "    return r\n", tries: 2)
        try await slip.check(in: "main.swift", "swiftc -emit-sil main.swift -o /dev/null")
    }

    @Test func `labels are found in calls of several lines, with closures and nested calls`() async throws {
        let slip = Slip(
            "labels",
            """
            func f(first a: Int, second b: (Int) -> Int) -> Int { b(a) }
            func g(_ x: Int, y: Int) -> Int { x + y }
            print(f(g(1, y: 2), { x in
                [x, 2][0]
            }))

            """, mended: "print(f(first: g(1, y: 2), second: { x in")
        try await slip.check(in: "main.swift", "swiftc -typecheck main.swift")
    }

    @Test func `an optional that isn't unwrapped is left alone: there are several right ways`() async throws {
        let workshop = try Workshop(
            ["main.swift": "let x: Int? = 1\nlet y: Int = x\nprint(y)\n"], "swiftc -typecheck main.swift")
        let failure = try await workshop.observe()
        let cause = try #require(failure.causes.first)
        #expect(cause.diagnostic.message.contains("must be unwrapped"))
        #expect(BuiltinEngine().proposals(for: cause, in: await workshop.files()).isEmpty)
    }
}
