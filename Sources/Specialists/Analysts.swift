import Orchestration

extension Roster {
    /// Those who look for what is wrong. They answer with findings.
    static let analysts: [Specialist] = [
        analyst(
            "Syntax Analyst", summary: "Finds code that doesn't parse",
            focus:
                "You look only for syntax errors: brackets, quotes, separators, keywords, declarations that don't parse.",
            needs: ["quick"]),
        analyst(
            "Whitespace Analyst", summary: "Finds indentation and whitespace that change meaning",
            focus: "You look only for whitespace that is wrong: indentation, tabs mixed with spaces, Makefile recipes "
                + "without a tab, conflict markers, invisible characters.",
            needs: ["quick"]),
        analyst(
            "Pattern Analyst", summary: "Finds code that breaks the patterns around it",
            focus: "You look only for code that differs from how the same thing is done elsewhere in this text: wrong "
                + "names, arguments in another order, a case that the others have and one lacks."),
        analyst(
            "Logic Analyst", summary: "Finds code that does something else than it should",
            focus: "You look only for wrong logic: conditions, bounds, off-by-one, missing returns, unhandled cases, "
                + "wrong variables."),
        analyst(
            "Root Cause Analyst", summary: "Finds the cause behind the errors",
            focus: "You look for the one cause that explains the errors shown. Name the place where it must be mended, "
                + "not every place where it shows.",
            needs: ["heavy"]),
        analyst(
            "Security Analyst", summary: "Finds ways to misuse the code",
            focus: "You look only for security problems: injection, unchecked input, memory errors, secrets in code, "
                + "unsafe file or process handling."),
        analyst(
            "Code Analyst", summary: "Finds defects in code",
            focus: "You look for defects of any kind: what doesn't compile, what does the wrong thing, what breaks "
                + "callers."),
        analyst(
            "Requirements Analyst", summary: "Says what the change has to achieve",
            focus:
                "You say what must be true when the work is done. Each finding is one requirement: its message states "
                + "it, its line is where it applies."),
        analyst(
            "Dependency Analyzer", summary: "Finds wrong and circular dependencies",
            focus:
                "You look only at dependencies between files: missing includes or imports, circular ones, names used "
                + "but defined nowhere. Name every file of a circle in the message.",
            needs: ["heavy"]),
    ]

    private static func analyst(
        _ name: String, summary: String, focus: String, needs: [String] = []
    ) -> Specialist {
        Specialist(
            name: name, summary: summary,
            instructions: """
                You are a \(name). \(focus)
                Answer with JSON only, findings with these parts:
                evidence: the line, copied word for word, without the number and the mark in front of it
                line: that number; file: the file's name
                severity: error, warning or note
                message: what goes wrong because of this line, and when, in one sentence
                suggestion: how this line must read
                Report only what you can see in the material. At most 10 findings, the worst first.
                Nothing to report: {"findings":[]}
                """,
            schema: Findings.schema, temperature: 0.1, maxTokens: 1024, needs: needs)
    }
}
