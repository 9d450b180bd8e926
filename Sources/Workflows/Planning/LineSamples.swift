import Orchestration

/// The lines that models are asked about one by one.
///
/// A small model that is asked to write a function again mostly copies it. Asked for one line, said to be the wrong one, it has to
/// decide, and its answer takes a second: a dozen lines cost less than two functions.
struct LineSamples: Sendable {
    /// The most questions about lines of one file in a round.
    static let most = 16
    /// The most of those about one line.
    static let mostOfOne = 4

    /// Lines of some suspects to ask about, once each and the likeliest first, then again from the beginning.
    static func questions(about suspects: [Suspect], in files: WorkingFiles) -> [(
        suspect: Suspect, line: Int, turn: Int
    )] {
        let lines = lines(of: suspects, in: files)
        return Array(
            (0..<mostOfOne).flatMap { turn in lines.map { (suspect: $0.suspect, line: $0.line, turn: turn) } }
                .prefix(most))
    }

    /// The lines of some suspects that are worth a question, the likeliest first.
    static func lines(
        of suspects: [Suspect], in files: WorkingFiles, most: Int = most
    ) -> [(suspect: Suspect, line: Int)] {
        var result: [(suspect: Suspect, line: Int)] = []
        var seen: Set<String> = []
        for suspect in suspects {
            guard let text = files[suspect.file] else { continue }
            let weights = weights(in: text, path: suspect.file)
            let last = min(suspect.lines.upperBound, text.lineCount)
            guard suspect.lines.lowerBound <= last else { continue }
            var asked = (suspect.lines.lowerBound...last).compactMap { line in weights[line].map { (line, $0) } }
            // The line that a trace names goes first; those that compute come before those that only pass on.
            asked.sort { a, b in
                let named = (a.0 == suspect.line ? 0 : 1, b.0 == suspect.line ? 0 : 1)
                return named.0 != named.1 ? named.0 < named.1 : a.1 != b.1 ? a.1 > b.1 : a.0 < b.0
            }
            for (line, _) in asked where seen.insert("\(suspect.file):\(line)").inserted {
                result.append((suspect, line))
            }
        }
        return Array(result.prefix(most))
    }

    private static let headers: Set<String> = [
        "import", "from", "include", "using", "package", "def", "func", "fn", "function", "class", "struct", "enum",
        "namespace", "typedef", "protocol", "interface",
    ]

    /// Lines that hold code in which something can be wrong: 2 where an operator, a number or a string stands, else 1. Empty lines,
    /// comments, lone brackets, imports and headers of functions have none.
    private static func weights(in text: SourceText, path: String) -> [Int: Int] {
        var result: [Int: Int] = [:]
        var without: Set<Int> = []
        var line = 1
        for token in tokens(of: text, syntax: Syntax(file: path)) {
            while line < text.lineCount, text.lineStarts[line] <= token.range.lowerBound { line += 1 }
            switch token.kind {
            case .comment: continue
            case .identifier:
                let word = String(decoding: text.bytes[token.range], as: UTF8.self)
                // Only where it is the line's first word: `import` may stand anywhere else.
                if result[line] == nil, headers.contains(word) { without.insert(line) }
                // `else` alone decides nothing.
                if ["else", "try", "do", "finally", "end", "begin"].contains(word), result[line] == nil { continue }
                result[line] = max(result[line] ?? 0, 1)
            case .number, .string: result[line] = 2
            case .punctuation, .other:
                let isOperator = "+-*/%<>=!&|^~?".utf8.contains(text.bytes[token.range.lowerBound])
                if isOperator { result[line] = 2 }
            }
        }
        for line in without { result[line] = nil }
        return result.filter { text.line($0.key).utf8.count <= 400 }
    }
}

extension FixPlanner {
    /// The questions about single lines of a group. They are further candidates beside the samples, where more than one is wanted.
    func lineTasks(
        _ group: Group, _ prompts: FixPrompts, prefix: String, round: Int, tried: [String: [String]],
        briefs: inout [String: TaskBrief]
    ) -> [TeamTask] {
        guard format == .line || format == nil && candidates > 2 else { return [] }
        var places: [(suspect: Suspect, line: Int, turn: Int)] = []
        if group.isAssertion {
            places = LineSamples.questions(about: group.suspects + group.neighbours, in: files)
        } else if let suspect = group.suspects.first, let line = suspect.line, let text = files[suspect.file],
            line <= text.lineCount, (1...400).contains(text.line(line).trimmingWhitespace.utf8.count)
        {
            places = [(suspect, line, 0)]
        }
        return places.enumerated().map { number, place in
            let id = "r\(round)-\(prefix)line-\(number + 1)"
            let window = CodeWindow(file: place.suspect.file, lines: place.line...place.line)
            let text = files[window.file]?.line(place.line) ?? ""
            briefs[id] = TaskBrief(
                suspect: place.suspect, window: window, causes: [group.cause.fingerprint],
                isAssertion: group.isAssertion, format: .line, scope: [window.file])
            return TeamTask(
                id: id, specialist: "Coder",
                input: TaskInput(
                    title: "mend \(window.file):\(place.line)",
                    shared: prompts.shared(for: place.suspect, cause: group.cause),
                    text: prompts.lineRequest(
                        for: window, isAssertion: group.isAssertion,
                        tried: tried[LearnedInRound.key(window.file, text)] ?? [])),
                // After a first look at the whole and before the second one: an error's own line even before that.
                policy: TaskPolicy(
                    retries: 1, priority: group.isAssertion ? Self.priority(ofSample: 1) - 1 - number : 0),
                sampling: Sampling(
                    temperature: Self.lineTemperatures[min(round - 1 + place.turn, Self.lineTemperatures.count - 1)],
                    seed: round * 1000 + 100 + number, maxTokens: 64 + text.utf8.count / 2))
        }
    }

    private static let lineTemperatures = [0.2, 0.7, 0.9, 1.0, 1.1]

    /// How many samples of whole functions there are beside the lines: where a check fails, fewer, since half of them repeat an
    /// edit that has been tried.
    func samples(_ wanted: Int, of group: Group, besides lines: [TeamTask]) -> Int {
        if format == .line, !lines.isEmpty { return 0 }
        return group.isAssertion && !lines.isEmpty ? max(1, (wanted + 1) / 3) : max(1, wanted)
    }

    /// First samples first: no file waits for another one's eighth, and the likeliest answers come soonest.
    static func priority(ofSample sample: Int) -> Int { -100 * sample }
}
