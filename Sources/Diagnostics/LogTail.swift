/// The last lines of a log.
struct LogTail: Sendable {
    private let lines: Int
    private let bytes: Int
    private var kept: [[UInt8]] = []
    private var next = 0

    static let lineBytes = 1024

    init(lines: Int, bytes: Int) {
        self.lines = lines
        self.bytes = bytes
    }

    mutating func append(_ line: [UInt8]) {
        guard lines > 0 else { return }
        let line = line.count > Self.lineBytes ? Array(line.prefix(Self.lineBytes)) : line
        if kept.count < lines {
            kept.append(line)
        } else {
            kept[next] = line
            next = (next + 1) % lines
        }
    }

    var text: String {
        var texts: [String] = []
        var room = bytes
        for line in (kept[next...] + kept[..<next]).reversed() {
            guard room > 0 else { break }
            let part = line.prefix(room)
            room -= part.count + 1
            texts.append(String(decoding: part, as: UTF8.self))
        }
        return texts.reversed().joined(separator: "\n")
    }

    /// Where the last lines of a piece begin. Those before them are pushed out by the time it has been read, and need
    /// not be kept.
    static func start(of piece: UnsafeBufferPointer<UInt8>, lines: Int) -> Int {
        var left = lines
        var at = piece.count
        while at > 0 {
            at -= 1
            guard piece[at] == .newline else { continue }
            if left == 0 { return at + 1 }
            left -= 1
        }
        return 0
    }
}
