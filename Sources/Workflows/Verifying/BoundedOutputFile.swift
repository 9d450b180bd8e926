import Foundation

/// A file that keeps the beginning and the end of what is written to it.
///
/// The end is kept in place, as a ring behind the beginning, and put in order by `finish`. A failing disk is remembered
/// and doesn't stop the writer: the command's result is worth more than its log.
struct BoundedOutputFile: Sendable {
    let path: String
    private let descriptor: Int32
    private let head: Int
    private let ring: Int
    private var total = 0
    private var problem: String?

    init(path: String, limit: Int) throws(FileFailure) {
        self.path = path
        head = max(limit / 2, 1)
        ring = max(limit - limit / 2, 1)
        descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw FileFailure(operation: "write", path: path, code: errno) }
    }

    var summary: OutputSummary {
        OutputSummary(total: total, leftOut: max(0, total - head - ring), problem: problem)
    }

    mutating func append(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let place: Int
            let room: Int
            if total < head {
                (place, room) = (total, head - total)
            } else {
                let position = (total - head) % ring
                (place, room) = (head + position, ring - position)
            }
            let piece = rest.prefix(room)
            if problem == nil { put(piece, at: place, in: descriptor) }
            total += piece.count
            rest = rest.dropFirst(piece.count)
        }
    }

    /// Puts the end behind the beginning, with a line between them that says what is missing.
    mutating func finish() {
        defer { _ = close(descriptor) }
        let leftOut = summary.leftOut
        guard leftOut > 0, problem == nil else { return }
        let whole = path + ".whole"
        let target = open(whole, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard target >= 0 else { return note("write \(whole)") }
        defer { _ = close(target) }
        let oldest = (total - head) % ring
        var written = copy(from: 0, count: head, to: target, at: 0)
        let marker = Array("\n[teamfix: \(leftOut) bytes left out here]\n".utf8)
        put(marker[...], at: written, in: target)
        written += marker.count
        written += copy(from: head + oldest, count: ring - oldest, to: target, at: written)
        _ = copy(from: head, count: oldest, to: target, at: written)
        guard problem == nil, rename(whole, path) == 0 else {
            note("complete")
            unlink(whole)
            return
        }
    }

    private mutating func copy(from start: Int, count: Int, to target: Int32, at place: Int) -> Int {
        var done = 0
        var buffer = [UInt8](repeating: 0, count: min(max(count, 1), 1 << 20))
        while done < count {
            let wanted = min(buffer.count, count - done)
            let got = pread(descriptor, &buffer, wanted, off_t(start + done))
            guard got > 0 else {
                note("read")
                break
            }
            put(buffer[..<got], at: place + done, in: target)
            done += got
        }
        return done
    }

    private mutating func put(_ bytes: ArraySlice<UInt8>, at place: Int, in target: Int32) {
        var rest = bytes
        var place = place
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { pwrite(target, $0.baseAddress, $0.count, off_t(place)) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return note("write") }
            rest = rest.dropFirst(count)
            place += count
        }
    }

    private mutating func note(_ operation: String) {
        if problem == nil { problem = FileFailure(operation: operation, path: path, code: errno).description }
    }
}
