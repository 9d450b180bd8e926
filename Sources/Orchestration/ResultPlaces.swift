import Inference

/// The places in a task's own prompt where the results of other tasks go.
enum ResultPlaces {
    /// A piece of a text.
    enum Part: Sendable, Equatable {
        case text(String)
        /// `{{results}}`: every result under its heading.
        case all
        /// `{{result:ID}}`: one result, bare.
        case one(String)
    }

    /// The most placeholders of one prompt.
    static let most = 64
    /// The most bytes of one placeholder, so that a text of open braces costs little.
    private static let longest = PlanLimits.idBytes + 40

    /// The pieces of a text, in order.
    static func parts(of text: String) -> [Part] {
        let bytes = Array(text.utf8)
        var parts: [Part] = []
        var done = 0
        var next = 0
        while let open = pair(UInt8(ascii: "{"), in: bytes[...], from: next) {
            guard let close = pair(UInt8(ascii: "}"), in: bytes[..<min(bytes.count, open + longest)], from: open + 2)
            else {
                next = open + 1
                continue
            }
            let name = String(decoding: bytes[open + 2..<close], as: UTF8.self).trimmingSpaces
            let part: Part? =
                if name == "results" {
                    .all
                } else if name.hasPrefix("result:") {
                    .one(String(name.dropFirst("result:".count)).trimmingSpaces)
                } else {
                    nil
                }
            guard let part else {
                next = open + 1
                continue
            }
            if open > done { parts.append(.text(String(decoding: bytes[done..<open], as: UTF8.self))) }
            parts.append(part)
            done = close + 2
            next = done
        }
        if done < bytes.count { parts.append(.text(String(decoding: bytes[done...], as: UTF8.self))) }
        return parts
    }

    private static func pair(_ byte: UInt8, in bytes: ArraySlice<UInt8>, from start: Int) -> Int? {
        var index = start
        while index + 1 < bytes.endIndex {
            if bytes[index] == byte, bytes[index + 1] == byte { return index }
            index += 1
        }
        return nil
    }

    /// How many results the prompt of a task shows.
    static func count(in task: TeamTask) -> Int {
        parts(in: task).reduce(0) { $0 + ($1 == .all ? task.dependencies.count : 1) }
    }

    /// The placeholders of a task's prompt; none where nothing could be put.
    static func parts(in task: TeamTask) -> [Part] {
        guard !task.dependencies.isEmpty, let prompt = task.input.prompt else { return [] }
        return prompt.flatMap { parts(of: $0.content) }.filter { if case .text = $0 { false } else { true } }
    }

    /// The messages with the results in their places, which share so many bytes.
    static func fill(_ messages: [Prompt.Message], with results: [TaskResult], bytes: Int) -> [Prompt.Message] {
        let cut = messages.map { parts(of: $0.content) }
        var shown: [TaskResult] = []
        for part in cut.joined() { shown += self.shown(part, results) }
        guard !shown.isEmpty else { return messages }
        let headings = cut.joined().filter { $0 == .all }.count
        let framing = headings * results.reduce(0) { $0 + PromptBuilder.heading($1).utf8.count + 4 }
        let bodies = shown.map(PromptBuilder.body)
        var texts = zip(bodies, PromptBuilder.shares(of: bodies.map(\.utf8.count), bytes: bytes - framing))
            .map { PromptBuilder.shortened($0, to: $1) }[...]
        return zip(messages, cut).map { message, parts in
            let content = parts.map { part in
                if case .text(let text) = part { return text }
                let own = self.shown(part, results)
                let taken = texts.prefix(own.count)
                texts = texts.dropFirst(own.count)
                guard part == .all else { return taken.joined() }
                return zip(own, taken).map { "\(PromptBuilder.heading($0))\n\n\($1)" }.joined(separator: "\n\n")
            }
            return Prompt.Message(message.role, content.joined())
        }
    }

    private static func shown(_ part: Part, _ results: [TaskResult]) -> [TaskResult] {
        switch part {
        case .text: []
        case .all: results
        case .one(let id): results.filter { $0.task.id == id }
        }
    }
}
