/// What a run showed when it had ended, so that it can be shown again from its events alone.
public struct ResultRecord: Codable, Sendable, Equatable {
    /// The version of this shape. It rises when a reader of the old shape would misread the new one.
    public static let currentVersion = 1
    /// The most bytes of a text that is kept.
    public static let longest = 1 << 20

    /// Where it was written.
    public enum Stream: String, Codable, Sendable {
        /// Standard output.
        case output
        /// Standard error: what prevented the run.
        case error
    }

    /// The version that it was written with.
    public var version: Int
    /// The form that it had: `text`, `json`, `markdown`, or what later versions know.
    public var format: String
    /// Where it was written.
    public var stream: Stream
    /// What was written, byte for byte; nil when it was too long to be kept.
    public var text: String?
    /// The same result as JSON; nil when `text` is that, or when it was too long to be kept.
    public var json: String?
    /// The bytes that were written.
    public var bytes: Int

    /// Creates a record. Texts of more than ``longest`` bytes are left out.
    public init(format: String, stream: Stream, text: String, json: String?) {
        version = Self.currentVersion
        self.format = format
        self.stream = stream
        self.text = text.utf8.count <= Self.longest ? text : nil
        self.json = json.flatMap { $0.utf8.count <= Self.longest ? $0 : nil }
        bytes = text.utf8.count
    }
}
