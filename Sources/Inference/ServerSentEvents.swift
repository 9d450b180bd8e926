/// Cuts a `text/event-stream` into the data of its events; comments and other fields are skipped.
struct ServerSentEvents {
    private var decoder: LineDecoder
    private var data: [UInt8] = []
    private var hasData = false
    private let limit: Int

    init(limit: Int = LineDecoder.defaultLimit) {
        decoder = LineDecoder(limit: limit)
        self.limit = limit
    }

    /// The data of the events that `bytes` completes.
    mutating func events(adding bytes: some Collection<UInt8>) throws(LineDecoder.LineTooLong) -> [[UInt8]] {
        var events: [[UInt8]] = []
        for line in try decoder.lines(adding: bytes) {
            if let event = try take(line) { events.append(event) }
        }
        return events
    }

    /// The event that the stream's end completes.
    mutating func finish() throws(LineDecoder.LineTooLong) -> [UInt8]? {
        if let line = decoder.finish(), let event = try take(line) { return event }
        return takeEvent()
    }

    private mutating func take(_ line: [UInt8]) throws(LineDecoder.LineTooLong) -> [UInt8]? {
        guard !line.isEmpty else { return takeEvent() }
        // Older llama.cpp servers report a failure in a field of its own, `error`, whose value is JSON too.
        for field in ["data:", "error:"] where line.starts(with: field.utf8) {
            var value = line.dropFirst(field.utf8.count)
            if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
            guard data.count + value.count < limit else { throw LineDecoder.LineTooLong(limit: limit) }
            if hasData { data.append(UInt8(ascii: "\n")) }
            data.append(contentsOf: value)
            hasData = true
        }
        return nil
    }

    private mutating func takeEvent() -> [UInt8]? {
        guard hasData else { return nil }
        defer {
            data = []
            hasData = false
        }
        return data
    }
}
