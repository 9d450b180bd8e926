/// Cuts a stream of newline-separated JSON into the bytes of its objects; blank lines are skipped.
struct NDJSON {
    private var decoder: LineDecoder

    init(limit: Int = LineDecoder.defaultLimit) {
        decoder = LineDecoder(limit: limit)
    }

    /// The objects that `bytes` completes, as undecoded JSON.
    mutating func objects(adding bytes: some Collection<UInt8>) throws(LineDecoder.LineTooLong) -> [[UInt8]] {
        try decoder.lines(adding: bytes).filter { !Self.isBlank($0) }
    }

    /// An object that the stream's end completes.
    mutating func finish() -> [UInt8]? {
        decoder.finish().flatMap { Self.isBlank($0) ? nil : $0 }
    }

    private static func isBlank(_ line: [UInt8]) -> Bool {
        line.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r") }
    }
}
