/// Reads JSON out of a model's text: wherever it stands, with trailing commas, and cut at the end.
///
/// A value that is cut is closed where it is cut when that leaves whole members; what stands between values is passed over.
enum LooseJSON {
    indirect enum Value: Sendable, Equatable {
        case object([String: Value])
        case array([Value])
        case string(String)
        case number(Double)
        case bool(Bool)
        case null

        var isArray: Bool { if case .array = self { true } else { false } }

        /// A string, or a number's or truth value's text.
        var text: String? {
            switch self {
            case .string(let text): text
            case .number(let number):
                number == number.rounded() && abs(number) < 1e15 ? String(Int(number)) : "\(number)"
            case .bool(let flag): flag ? "true" : "false"
            default: nil
            }
        }

        /// A whole number, also out of texts such as `12`, `12-14` or `line 12`.
        var number: Int? {
            switch self {
            case .number(let number): number.isFinite && abs(number) < 1e9 ? Int(number) : nil
            case .string(let text):
                Int(text.drop { !$0.isASCII || !$0.isNumber }.prefix { $0.isASCII && $0.isNumber }.prefix(9))
            default: nil
            }
        }
    }

    private static let mostDepth = 32

    /// The objects and arrays in a text, outermost first found.
    static func values(in text: String, atMost limit: Int) -> [Value] {
        var reader = Reader(bytes: Array(text.utf8))
        var values: [Value] = []
        // Each failed start costs at most what is left of the text; a bound keeps hostile text cheap.
        var failures = 0
        while values.count < limit, failures < 64, reader.skipToOpening() {
            let start = reader.position
            if let value = reader.value(depth: 0), reader.position > start {
                values.append(value)
            } else {
                failures += 1
                reader.position = start + 1
            }
        }
        return values
    }

    private struct Reader {
        let bytes: [UInt8]
        var position = 0

        init(bytes: [UInt8]) { self.bytes = bytes }

        var current: UInt8? { position < bytes.count ? bytes[position] : nil }

        mutating func skipToOpening() -> Bool {
            while let byte = current {
                if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") { return true }
                position += 1
            }
            return false
        }

        private mutating func skipSpace() {
            while let byte = current, byte == 32 || (9...13).contains(byte) { position += 1 }
        }

        private mutating func take(_ byte: UInt8) -> Bool {
            guard current == byte else { return false }
            position += 1
            return true
        }

        mutating func value(depth: Int) -> Value? {
            guard depth < mostDepth else { return nil }
            skipSpace()
            switch current {
            case UInt8(ascii: "{"): return object(depth: depth)
            case UInt8(ascii: "["): return array(depth: depth)
            case UInt8(ascii: "\""): return string().map(Value.string)
            case nil: return nil
            default: return word()
            }
        }

        /// Whole members count even when the text ends before the closing brace.
        private mutating func object(depth: Int) -> Value? {
            position += 1
            var fields: [String: Value] = [:]
            while true {
                skipSpace()
                if take(UInt8(ascii: "}")) { return .object(fields) }
                if take(UInt8(ascii: ",")) { continue }
                guard current != nil else { return fields.isEmpty ? nil : .object(fields) }
                guard current == UInt8(ascii: "\"") else { return nil }
                guard let key = string() else { return fields.isEmpty ? nil : .object(fields) }
                skipSpace()
                guard take(UInt8(ascii: ":")) else { return current == nil && !fields.isEmpty ? .object(fields) : nil }
                guard let member = value(depth: depth + 1) else {
                    return position >= bytes.count && !fields.isEmpty ? .object(fields) : nil
                }
                fields[key] = member
            }
        }

        private mutating func array(depth: Int) -> Value? {
            position += 1
            var items: [Value] = []
            while true {
                skipSpace()
                if take(UInt8(ascii: "]")) { return .array(items) }
                if take(UInt8(ascii: ",")) { continue }
                guard current != nil else { return items.isEmpty ? nil : .array(items) }
                guard let item = value(depth: depth + 1) else {
                    return position >= bytes.count && !items.isEmpty ? .array(items) : nil
                }
                items.append(item)
            }
        }

        /// Nil when the text ends in it. Raw line breaks are taken: models write them.
        private mutating func string() -> String? {
            position += 1
            var text: [UInt8] = []
            while let byte = current {
                position += 1
                switch byte {
                case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
                case UInt8(ascii: "\\"): if !escape(into: &text) { return nil }
                default: text.append(byte)
                }
            }
            return nil
        }

        private mutating func escape(into text: inout [UInt8]) -> Bool {
            guard let byte = current else { return false }
            position += 1
            switch byte {
            case UInt8(ascii: "n"): text.append(10)
            case UInt8(ascii: "t"): text.append(9)
            case UInt8(ascii: "r"): text.append(13)
            case UInt8(ascii: "b"): text.append(8)
            case UInt8(ascii: "f"): text.append(12)
            case UInt8(ascii: "u"):
                guard var code = hex() else {
                    text += Array("\\u".utf8)
                    return true
                }
                if (0xD800..<0xDC00).contains(code), position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
                    bytes[position + 1] == UInt8(ascii: "u")
                {
                    position += 2
                    if let low = hex(), (0xDC00..<0xE000).contains(low) {
                        code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
                    }
                }
                text += Array(String(Unicode.Scalar(code).map(Character.init) ?? "\u{FFFD}").utf8)
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
            default: text += [UInt8(ascii: "\\"), byte]  // code in strings: `\d`, `\0`
            }
            return true
        }

        private mutating func hex() -> UInt32? {
            guard position + 4 <= bytes.count,
                let code = UInt32(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
            else { return nil }
            position += 4
            return code
        }

        private mutating func word() -> Value? {
            let start = position
            while let byte = current, byte > 32, !",]}:[{\"".utf8.contains(byte), position - start < 40 {
                position += 1
            }
            switch String(decoding: bytes[start..<position], as: UTF8.self) {
            case "true", "True": return .bool(true)
            case "false", "False": return .bool(false)
            case "null", "None": return .null
            case let text:
                guard let number = Double(text), number.isFinite else { return nil }
                return .number(number)
            }
        }
    }
}
