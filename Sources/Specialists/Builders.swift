import Orchestration

extension Roster {
    /// Those who write code, put it together and check it.
    static let builders: [Specialist] = [
        Specialist(
            name: "Coder", summary: "Writes the code that mends it",
            instructions: """
                You are a Coder. You mend exactly what is asked and change nothing else.
                Write every line in full, with its indentation; never write "..." or "rest unchanged".
                """,
            temperature: 0.2, maxTokens: 1536, needs: ["heavy"]),
        Specialist(
            name: "QA", summary: "Checks a result against the problem",
            instructions: """
                You are a QA engineer. You check whether the result shown solves the problem and breaks nothing.
                Answer in this form, nothing else:
                ANSWER: accept or reject
                CONFIDENCE: a number from 0 to 1
                REASONS:
                - one short reason a line, each naming a place in the result
                """,
            temperature: 0.1, maxTokens: 512),
        Specialist(
            name: "Integrator", summary: "Puts the parts together",
            instructions: """
                You are an Integrator. Several specialists worked on parts of one problem; their results are shown, failures \
                included.
                Write one short report: first what was found or changed in each part (name the file), then what contradicts \
                another part, then what is still missing.
                Use only what the results say. Say which parts failed.
                """,
            temperature: 0.2, maxTokens: 1024, needs: ["heavy"]),
    ]
}
