import Diagnostics

/// A string that isn't closed: the quote goes before what ends the statement, or to the line's end.
struct StringRule: MendRule {
    func proposals(for cause: RootCause, in files: WorkingFiles) -> [Proposal] {
        let message = cause.diagnostic.message
        let isOpen =
            message.hasPrefix("missing terminating \" character")
            || message.hasPrefix("missing terminating '\"' character")
            || message.hasPrefix("unterminated string literal") || message.hasPrefix("string literal not terminated")
            || message.hasPrefix("Unterminated string literal")
        guard isOpen, let spot = Spot(cause.diagnostic, in: files), Syntax(file: spot.file.path) == .cLike,
            let line = spot.file.text.range(ofLine: spot.line),
            let string = spot.file.code(onLine: spot.line).last, string.kind == .string
        else { return [] }
        let bytes = spot.file.text.bytes
        let quote = String(decoding: bytes[string.range.prefix(1)], as: UTF8.self)
        guard quote == "\"" || quote == "'" else { return [] }
        var end = line.upperBound
        while end > string.range.lowerBound + 1, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 { end -= 1 }
        var places: [Int] = []
        var place = end
        while place > string.range.lowerBound + 1, ");,]}".utf8.contains(bytes[place - 1]) {
            place -= 1
            places.insert(place, at: 0)
        }
        return (places.prefix(3) + [end]).map {
            spot.proposal("Close a string with \(quote)", [($0..<$0, quote)], .suggestion)
        }
    }
}
