/// The context window to ask a server for, chosen once per server and model: a change makes the server load the model
/// again, and two programs that want different ones evict each other.
public struct ContextChoice: Sendable, Equatable {
    /// The window in tokens, for `num_ctx`.
    public var contextLength: Int
    /// Whether what is needed fits into it.
    public var fits: Bool
    /// Whether the model is in memory with this very window, so that nothing is loaded.
    public var isResident: Bool

    /// The smallest window that is ever asked for; the others are its doubles.
    public static let smallestBucket = 4096

    /// Chooses.
    ///
    /// - Parameters:
    ///   - needed: tokens of the largest prompt and its answer together.
    ///   - resident: the window that the model has in memory now; nil when it isn't loaded or doesn't say.
    ///   - trained: the longest window that the model was trained for; nil when unknown.
    ///   - limit: a bound of the user's, or of memory; nil for none.
    public init(needed: Int, resident: Int? = nil, trained: Int? = nil, limit: Int? = nil) {
        if let resident, resident >= needed, limit.map({ resident <= $0 }) ?? true {
            self.init(contextLength: resident, fits: true, isResident: true)
            return
        }
        var longest = trained ?? 1 << 20
        if let limit { longest = min(longest, limit) }
        longest = max(1, longest)
        var bucket = Self.smallestBucket
        while bucket < needed && bucket < longest { bucket *= 2 }
        bucket = min(bucket, longest)
        self.init(contextLength: bucket, fits: bucket >= needed, isResident: resident == bucket)
    }

    private init(contextLength: Int, fits: Bool, isResident: Bool) {
        self.contextLength = contextLength
        self.fits = fits
        self.isResident = isResident
    }
}
