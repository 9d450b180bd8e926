import Inference

/// How many requests a server takes at once, where nobody says: Ollama can't be asked for `OLLAMA_NUM_PARALLEL`.
///
/// It begins with one, and goes one further when an answer that was made with every slot in use didn't have to wait, and nobody
/// else waited meanwhile: of two requests to a server that works on one, the first never waits. The wait is what the server's own
/// figures leave unexplained of the time that we waited: elapsed − load − prompt − answer. As soon as one waited it goes back
/// to one less than there were, and stays there.
struct SlotSearch: Sendable, Equatable {
    private(set) var slots: Int
    /// The most that it goes to: nil before anything has waited.
    private(set) var limit: Int?

    static let most = 16
    /// Seconds, and a share of the answer's time: less is the network and the server's own work.
    private static let leastWait = 0.15
    private static let waitShare = 0.1

    init(slots: Int = 1, limit: Int? = nil) {
        self.limit = limit.map { min(max(1, $0), Self.most) }
        self.slots = min(max(1, slots), self.limit ?? Self.most)
    }

    /// - Parameters:
    ///   - wasFull: whether every slot was in use while the answer was made.
    ///   - company: the most requests that the server had at once while this one had no text yet, this one included.
    ///   - othersWait: whether another request had no text yet when this one ended.
    /// - Returns: whether the number changed.
    mutating func learn(_ usage: Usage, wasFull: Bool, company: Int, othersWait: Bool) -> Bool {
        guard let prompt = usage.promptDuration, let answer = usage.answerDuration else { return false }
        let wait = usage.elapsed - (usage.loadDuration ?? 0) - prompt - answer
        let before = slots
        if wait > max(Self.leastWait, Self.waitShare * usage.elapsed) {
            // Alone, it waited for somebody else's request, which says nothing about slots.
            guard company > 1 else { return false }
            limit = min(limit ?? Self.most, company - 1)
            slots = min(slots, company - 1)
        } else if wasFull, !othersWait, slots < limit ?? Self.most {
            slots += 1
        }
        return slots != before
    }
}
