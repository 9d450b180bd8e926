import Inference

/// How many requests a server takes at once, where nobody says: Ollama can't be asked for `OLLAMA_NUM_PARALLEL`.
///
/// It begins with one, and goes one further whenever an answer that was made with every slot in use didn't have to wait. The wait
/// is what Ollama leaves unexplained of an answer's time: total − load − prompt − answer. As soon as one waited, it goes back by
/// one and stays there.
struct SlotSearch: Sendable, Equatable {
    private(set) var slots: Int
    private var ceiling: Int

    static let most = 16
    /// A share of the answer's time, and seconds: less is the server's own work.
    private static let noWait = 0.05
    private static let leastWait = 0.05

    init(slots: Int = 1) {
        self.slots = min(max(1, slots), Self.most)
        ceiling = Self.most
    }

    /// - Parameter wasFull: whether every slot was in use while the answer was made: nothing else shows anything.
    /// - Returns: whether the number changed.
    mutating func learn(_ usage: Usage, wasFull: Bool) -> Bool {
        guard wasFull, let total = usage.totalDuration, let prompt = usage.promptDuration,
            let answer = usage.answerDuration
        else { return false }
        let wait = total - (usage.loadDuration ?? 0) - prompt - answer
        let before = slots
        if wait > max(Self.leastWait, Self.noWait * total * 3) {
            ceiling = max(1, slots - 1)
            slots = ceiling
        } else if wait <= max(Self.leastWait, Self.noWait * total), slots < ceiling {
            slots += 1
        }
        return slots != before
    }
}
