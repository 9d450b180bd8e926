/// The placeholders of one prompt, and what they stand for.
struct Placeholders: Sendable {
    let mark: [UInt8]
    let values: [[UInt8]]

    /// An answer with the values in place of the placeholders; one that stands for nothing stays.
    func restored(_ answer: String) -> String {
        let bytes = Array(answer.utf8)
        var json = Self.json(in: bytes)[...]
        var result: [UInt8] = []
        var at = 0
        while at < bytes.count {
            guard bytes[at] == mark[0], at + mark.count < bytes.count, bytes[at..<at + mark.count].elementsEqual(mark)
            else {
                result.append(bytes[at])
                at += 1
                continue
            }
            let digits = bytes[(at + mark.count)...].prefix(9).prefix { ByteClass.digits.contains($0) }
            guard let number = Int(String(decoding: digits, as: UTF8.self)), (1...values.count).contains(number) else {
                result.append(bytes[at])
                at += 1
                continue
            }
            while let first = json.first, first.upperBound <= at { json.removeFirst() }
            let value = values[number - 1]
            result += json.first?.contains(at) == true ? Self.escaped(value) : value
            at = digits.endIndex
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func escaped(_ value: [UInt8]) -> [UInt8] {
        value.flatMap { byte -> [UInt8] in
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): [UInt8(ascii: "\\"), byte]
            case 0x09: Array("\\t".utf8)
            default: [byte]
            }
        }
    }

    // MARK: Where an answer is JSON

    private static let mostFailures = 64

    /// The parts of an answer that are JSON, in whose strings quotes and backslashes are escaped: all of it, blocks that say so,
    /// and objects in prose. In blocks of other languages what looks like an object is code.
    static func json(in bytes: [UInt8]) -> [Range<Int>] {
        guard let first = bytes.first(where: { $0 > 0x20 }) else { return [] }
        if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") { return [0..<bytes.count] }
        var found: [Range<Int>] = []
        var failures = 0
        var at = 0
        while at < bytes.count {
            guard let block = Block(in: bytes, at: at) else {
                guard bytes[at] == UInt8(ascii: "{"), failures < mostFailures else {
                    at += 1
                    continue
                }
                if let end = objectEnd(bytes, at) {
                    found.append(at..<end)
                    at = end
                } else {
                    failures += 1
                    at += 1
                }
                continue
            }
            if block.isJSON { found.append(block.content) }
            // Without a language, what stands in it is looked at as prose is.
            at = block.isPlain ? block.content.lowerBound : block.content.upperBound + block.closing
        }
        return found
    }

    /// A block between fences.
    private struct Block {
        var content: Range<Int>
        /// The length of the fence that ends it.
        var closing = 0
        var isJSON = false
        var isPlain = false

        init?(in bytes: [UInt8], at start: Int) {
            guard Self.isFence(bytes, start) else { return nil }
            var at = start
            while at < bytes.count, bytes[at] == UInt8(ascii: "`") { at += 1 }
            let end = bytes[at...].firstIndex(of: 0x0A) ?? bytes.count
            let language = bytes[at..<end].filter { $0 > 0x20 }.map(\.lowercased)
            isJSON = language.starts(with: "json".utf8)
            isPlain = language.isEmpty
            let begin = min(end + 1, bytes.count)
            content = begin..<begin
            guard !isPlain else { return }
            var line = begin
            while line < bytes.count {
                let fence = bytes[line...].firstIndex { !isBlank($0) } ?? bytes.count
                if Self.isFence(bytes, fence) {
                    content = begin..<fence
                    closing = 3
                    return
                }
                line = bytes[line...].firstIndex(of: 0x0A).map { $0 + 1 } ?? bytes.count
            }
            content = begin..<bytes.count
        }

        private static func isFence(_ bytes: [UInt8], _ at: Int) -> Bool {
            at + 3 <= bytes.count && bytes[at..<at + 3].allSatisfy { $0 == UInt8(ascii: "`") }
        }
    }

    /// The end of the JSON object that begins here; nil when it isn't one.
    private static func objectEnd(_ bytes: [UInt8], _ start: Int) -> Int? {
        guard let quote = bytes[(start + 1)...].firstIndex(where: { $0 > 0x20 }), bytes[quote] == UInt8(ascii: "\""),
            let key = stringEnd(bytes, quote), let colon = bytes[key...].firstIndex(where: { $0 > 0x20 }),
            bytes[colon] == UInt8(ascii: ":")
        else { return nil }
        var depth = 1
        var at = colon
        while at < bytes.count {
            switch bytes[at] {
            case UInt8(ascii: "\""):
                guard let end = stringEnd(bytes, at) else { return nil }
                at = end
                continue
            case UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "}"):
                depth -= 1
                if depth == 0 { return at + 1 }
            default: break
            }
            at += 1
        }
        return nil
    }

    /// Behind the quote that ends the string; nil when its line ends first.
    private static func stringEnd(_ bytes: [UInt8], _ start: Int) -> Int? {
        var at = start + 1
        while at < bytes.count, !isLineEnd(bytes[at]) {
            if bytes[at] == UInt8(ascii: "\"") { return at + 1 }
            at += bytes[at] == UInt8(ascii: "\\") ? 2 : 1
        }
        return nil
    }
}
