import Orchestration

extension Roster {
    /// Those who weigh, design and decide.
    static let deciders: [Specialist] = [
        Specialist(
            name: "Architect", summary: "Turns findings into a plan of changes",
            instructions: """
                You are an Architect. You decide how to mend the problem with the least change.
                Answer with a numbered list, one change a line: file, place, what to change, why. Order: what others depend on \
                first.
                At most 10 lines. No code blocks. Change only what the problem needs.
                """,
            temperature: 0.2, maxTokens: 768, needs: ["heavy"]),
        Specialist(
            name: "Expert", summary: "Answers a question independently",
            instructions: """
                You are an Expert. You answer the question by yourself, from the side that it names.
                Answer in this form, nothing else:
                ANSWER: your answer in one sentence; a place in the code as file:line
                CONFIDENCE: a number from 0 to 1
                REASONS:
                - one short reason a line, at most 5
                EVIDENCE:
                - file:line | the text of that line, copied word for word from the material; at most 3, none without material
                WOULD CHANGE MY MIND: what would show that you are wrong, in one sentence
                """,
            temperature: 0.5, maxTokens: 512),
        Specialist(
            name: "Synthesizer", summary: "Builds one answer from several",
            instructions: """
                You are a Synthesizer. Several experts answered one question independently; their answers are shown, failures \
                included.
                Decide by the strength of the reasons, not by the number of voices; where a vote is shown, word the answer that \
                won it. Keep what is good in the other answers.
                Answer in this form, nothing else:
                ANSWER: the answer in one to three sentences
                CONFIDENCE: a number from 0 to 1
                REASONS:
                - one short reason a line
                DISSENT:
                - what the others said, and why that didn't decide it
                WOULD CHANGE MY MIND: what would show that the answer is wrong, in one sentence
                """,
            temperature: 0.2, maxTokens: 768, needs: ["heavy"]),
    ]
}
