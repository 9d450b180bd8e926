import Specialists
import Testing

@testable import Git
@testable import Workflows

@Suite("What a file contradicts isn't repeated")
struct ClaimCheckTests {
    private static let python = """
        import os

        def total(prices, rate):
            # adds them up
            sum = 0
            for price in prices:
                sum += price * rate
            if rate is not None:
                return helper(sum, rat)
            return sum
        """
    private static let c = """
        static int copy(struct list *from, char *to, int size)
        {
            int count = 0;
            if (from == NULL)
                goto out;
            while (count <= size)
                to[count] = from->items[count++];
        out:
            return count;
        }
        """

    private func objection(
        _ message: String, _ line: Int, in file: String = "a.py", suggestion: String = "", parses: Bool = true,
        change: FileChange? = nil
    ) -> Objection? {
        let text = SourceText((file.hasSuffix(".py") ? Self.python : Self.c) + "\n")
        let finding = Finding(
            file: file, line: line, severity: .error, message: message,
            evidence: text.line(line).trimmingWhitespace, suggestion: suggestion)
        return ClaimCheck(file: file, text: text, change: change, parses: parses).objection(to: finding)
    }

    @Test func `a parser knows the syntax better`() {
        #expect(objection("The function definition is missing a colon at the end.", 3) == .parses)
        #expect(objection("Unbalanced parentheses: the closing one is missing", 9) == .parses)
        #expect(objection("The line isn't indented properly.", 7) == .parses)
        // Nobody parsed it: the line itself may show it.
        #expect(objection("Missing colon at the end of the line", 3, parses: false) == .alreadyThere)
        #expect(objection("Missing colon at the end of the line", 7, parses: false) == nil)
        // Parses, and is wrong.
        #expect(objection("The return is indented wrongly, so that it ends the loop at once", 10) == nil)
        #expect(objection("Missing parentheses around the sum: the product comes first", 7) == nil)
    }

    @Test func `a name that the file defines isn't missing`() {
        #expect(objection("The variable `sum` is not defined.", 7) == .defined)
        #expect(objection("The parameter 'rate' is undefined", 7) == .defined)
        #expect(objection("`os` is not imported", 1) == .defined)
        #expect(objection("The variable price is not declared", 7) == .defined)
        #expect(objection("`count` is not declared", 6, in: "a.c") == .defined)
        #expect(objection("`sum` is used but not initialized", 7) == .defined)
        #expect(objection("The variable `sum` should be initialized before use", 5) == .defined)
        #expect(objection("`sum` is not initialized", 3) == nil)
    }

    @Test func `a name that is spelt nearly like one of the file may be a slip, others are defined elsewhere`() {
        #expect(objection("The variable `rat` is not defined", 9) == nil)
        #expect(objection("The function `helper` is not defined in this file", 9) == .elsewhere)
        #expect(objection("The function `frobnicate` is not defined", 9) == .absent)
        // What the change took away is its doing.
        let hunk = Hunk(
            oldStart: 1, oldCount: 1, newStart: 1, newCount: 0,
            lines: [
                Hunk.Line(
                    kind: .removed, oldNumber: 1, newNumber: nil, text: "from tools import helper", lacksNewline: false)
            ])
        let change = FileChange(status: .modified, oldPath: "a.py", newPath: "a.py", hunks: [hunk])
        #expect(objection("The function `helper` is not imported any more: not defined", 9, change: change) == nil)
    }

    @Test func `what is used isn't unused`() {
        #expect(objection("The loop variable `price` is not used within the loop.", 6) == .used)
        #expect(objection("The label `out` is never used", 8, in: "a.c") == .used)
        #expect(objection("Unused import `os`", 1) == nil)
        #expect(objection("The return value of `helper` is not used", 9) == nil)
    }

    @Test func `what stands where it is defined isn't used there`() {
        func objection(_ code: String) -> Objection? {
            let text = SourceText(code)
            let finding = Finding(
                file: "a.py", line: 1, severity: .error, message: "The variable `rest` is never used",
                evidence: text.line(1), suggestion: "")
            return ClaimCheck(file: "a.py", text: text, change: nil, parses: true).objection(to: finding)
        }
        #expect(objection("first, rest = split(line)\nprint(first)\n") == nil)
        #expect(objection("first, rest = split(line)\nprint(rest)\n") == .used)
    }

    @Test func `a proposal that is there already is none`() {
        #expect(
            objection("The function signature is wrong.", 3, suggestion: "Change it to `def total(prices, rate):`.")
                == .unchanged)
        #expect(
            objection("The bound is wrong: `<` should be `<=`", 6, in: "a.c") == .unchanged)
        #expect(objection("The bound is wrong: `<=` should be `<`", 6, in: "a.c") == nil)
        #expect(objection("The bound is wrong.", 6, in: "a.c", suggestion: "Use `while (count < size)`") == nil)
        #expect(objection("Missing return statement", 10) == .alreadyThere)
    }

    @Test func `a check that stands just before isn't missing`() {
        #expect(objection("`from` may be NULL and is not checked", 5, in: "a.c") == .checked)
        #expect(objection("`rate` should be checked for None before it is used", 9) == .checked)
        #expect(objection("`to` may be NULL and is not checked", 6, in: "a.c") == nil)
        #expect(objection("`from` may be NULL and is not checked", 9, in: "a.c") == nil)
    }

    @Test func `a return where the function goes on would leave the rest out`() {
        let text = SourceText("int f(int a)\n{\n    if (a)\n        log(a);\n    free(a);\n    return a;\n}\n")
        func objection(_ line: Int) -> Objection? {
            let finding = Finding(
                file: "f.c", line: line, severity: .error, message: "It is missing a return statement")
            return ClaimCheck(file: "f.c", text: text, parses: true).objection(to: finding)
        }
        #expect(objection(5) == .alreadyThere && objection(6) == .alreadyThere)
        #expect(objection(4) == nil)
    }

    @Test func `a call in a condition is checked, and a name is its author's`() {
        let text = SourceText("def f(total):\n    if load(total):\n        save(total)\n")
        func objection(_ line: Int, _ message: String) -> Objection? {
            let finding = Finding(file: "f.py", line: line, severity: .error, message: message)
            return ClaimCheck(file: "f.py", text: text, parses: true).objection(to: finding)
        }
        #expect(objection(2, "What `load` returns is not checked") == .checked)
        #expect(objection(3, "What `save` returns is not checked") == nil)
        #expect(
            objection(2, "The argument's name is incorrect: it should be `sum_total` instead of `total`") == .absent)
        #expect(objection(2, "It should be `None` instead of `total`") == nil)
    }

    @Test func `comments, absent things and bare first lines prove nothing`() {
        #expect(objection("The comparison is the wrong way round", 4) == .comment)
        #expect(objection("A password stands in the comment", 4) == nil)
        #expect(objection("`strcpy` may write behind the buffer", 6, in: "a.c") == .absent)
        #expect(objection("Potential SQL injection: the input is not escaped", 6, in: "a.c") == .absent)
        #expect(objection("The line starts with a plus sign, which isn't C", 6, in: "a.c") == .absent)
        #expect(objection("The function signature is incorrect, it should return an int.", 1, in: "a.c") == .header)
        #expect(
            objection("The function signature is wrong: callers give three arguments, because the rate was added", 3)
                == nil)
    }

    @Test func `what is wrong in earnest stays`() {
        #expect(objection("One round too many: count reaches size, and to has no room for it", 6, in: "a.c") == nil)
        #expect(objection("The condition is inverted: a rate is applied only when it's missing", 8) == nil)
        #expect(objection("`sum` hides the built-in function", 5) == nil)
    }

    @Test func `advice without a consequence is told from a defect`() {
        func isAdvice(_ message: String, _ suggestion: String = "") -> Bool {
            FindingClaim(
                Finding(file: "a", line: 1, severity: .warning, message: message, suggestion: suggestion)
            ).isAdvice
        }
        #expect(isAdvice("The function has no docstring"))
        #expect(isAdvice("The value is set to 1, which might not be intended."))
        #expect(isAdvice("The input is checked.", "Consider adding more checks."))
        #expect(!isAdvice("The index is out of bounds", "Consider a smaller one."))
        #expect(!isAdvice("The loop never ends"))
    }
}
