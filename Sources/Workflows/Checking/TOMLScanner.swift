/// TOML's lines, keys and values.
struct TOMLScanner {
    let bytes: [UInt8]
    var position = 0

    /// Deeper nesting than anybody writes, and less than the stack bears.
    private static let deepest = 100

    init(bytes: [UInt8]) {
        self.bytes = bytes
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    }

    var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    func fault(_ message: String, at offset: Int? = nil) -> SyntaxFault {
        SyntaxFault(message, at: offset ?? position, in: bytes)
    }

    mutating func take(_ byte: UInt8) -> Bool {
        guard current == byte else { return false }
        position += 1
        return true
    }

    mutating func skipBlanks() {
        while let byte = current, byte == 0x20 || byte == 0x09 { position += 1 }
    }

    private mutating func skipComment() throws(SyntaxFault) {
        guard current == UInt8(ascii: "#") else { return }
        while let byte = current, byte != 0x0A {
            if byte == 0x0D, position + 1 < bytes.count, bytes[position + 1] == 0x0A { return }
            guard byte >= 0x20 || byte == 0x09, byte != 0x7F else {
                throw fault("a control character in a comment")
            }
            position += 1
        }
    }

    private mutating func takeLineEnd() -> Bool {
        if take(0x0A) { return true }
        guard current == 0x0D, position + 1 < bytes.count, bytes[position + 1] == 0x0A else { return false }
        position += 2
        return true
    }

    mutating func skipBlankLines() throws(SyntaxFault) {
        repeat {
            skipBlanks()
            try skipComment()
        } while takeLineEnd()
    }

    mutating func endLine() throws(SyntaxFault) {
        skipBlanks()
        try skipComment()
        guard current == nil || takeLineEnd() else { throw fault("more text after the end of the value") }
    }

    mutating func key() throws(SyntaxFault) -> [String] {
        var parts: [String] = []
        repeat {
            skipBlanks()
            let start = position
            switch current {
            case UInt8(ascii: "\""): parts.append(try basicString(isKey: true))
            case UInt8(ascii: "'"): parts.append(try literalString(isKey: true))
            default:
                while let byte = current, byte.isBareKey { position += 1 }
                guard position > start else { throw fault("a key is expected here") }
                parts.append(String(decoding: bytes[start..<position], as: UTF8.self))
            }
            skipBlanks()
        } while take(UInt8(ascii: "."))
        return parts
    }

    mutating func value(depth: Int) throws(SyntaxFault) {
        guard depth < Self.deepest else { throw fault("nested too deeply") }
        switch current {
        case UInt8(ascii: "\""): _ = try basicString(isKey: false)
        case UInt8(ascii: "'"): _ = try literalString(isKey: false)
        case UInt8(ascii: "["): try array(depth: depth)
        case UInt8(ascii: "{"): try inlineTable(depth: depth)
        default: try plain()
        }
    }

    private mutating func array(depth: Int) throws(SyntaxFault) {
        let start = position
        position += 1
        while true {
            try skipBlankLines()
            if take(UInt8(ascii: "]")) { return }
            guard current != nil else { throw fault("this array has no end", at: start) }
            try value(depth: depth + 1)
            try skipBlankLines()
            if take(UInt8(ascii: "]")) { return }
            guard take(UInt8(ascii: ",")) else {
                throw current == nil
                    ? fault("this array has no end", at: start) : fault("a comma is missing before this")
            }
        }
    }

    private mutating func inlineTable(depth: Int) throws(SyntaxFault) {
        let start = position
        position += 1
        var keys: [[String]] = []
        skipBlanks()
        if take(UInt8(ascii: "}")) { return }
        while true {
            let place = position
            let key = try key()
            guard
                keys.count > 1_000
                    || !keys.contains(where: { $0.starts(with: key) || key.starts(with: $0) && $0.count < key.count })
            else {
                throw fault("the key \(key.joined(separator: ".")) is defined before", at: place)
            }
            keys.append(key)
            skipBlanks()
            guard take(UInt8(ascii: "=")) else { throw fault("= is missing after the key") }
            skipBlanks()
            try value(depth: depth + 1)
            skipBlanks()
            if take(UInt8(ascii: "}")) { return }
            guard take(UInt8(ascii: ",")) else {
                throw current == nil || current == 0x0A || current == 0x0D
                    ? fault("this inline table has no end in its line", at: start)
                    : fault("a comma is missing before this")
            }
            skipBlanks()
        }
    }

    // MARK: Strings

    private func isTripled(_ quote: UInt8) -> Bool { bytes[position...].starts(with: [quote, quote, quote]) }

    private mutating func literalString(isKey: Bool) throws(SyntaxFault) -> String {
        try string(quote: UInt8(ascii: "'"), hasEscapes: false, isKey: isKey)
    }

    private mutating func basicString(isKey: Bool) throws(SyntaxFault) -> String {
        try string(quote: UInt8(ascii: "\""), hasEscapes: true, isKey: isKey)
    }

    /// The text between the quotes. Escapes stay as they are: keys that spell a character in two ways are rare enough.
    private mutating func string(quote: UInt8, hasEscapes: Bool, isKey: Bool) throws(SyntaxFault) -> String {
        let start = position
        let isLong = !isKey && isTripled(quote)
        position += isLong ? 3 : 1
        let first = position
        while let byte = current {
            if byte == quote {
                if !isLong {
                    position += 1
                    return String(decoding: bytes[first..<(position - 1)], as: UTF8.self)
                }
                if isTripled(quote) {
                    position += 3
                    // One or two quotes may stand before the closing three.
                    if !take(quote) || !take(quote) {}
                    return ""
                }
                position += 1
            } else if byte == UInt8(ascii: "\\"), hasEscapes {
                try escape(isLong: isLong)
            } else if byte == 0x0A || (byte == 0x0D && position + 1 < bytes.count && bytes[position + 1] == 0x0A) {
                guard isLong else { throw fault("this string has no end", at: start) }
                position += 1
            } else {
                guard byte >= 0x20 || byte == 0x09, byte != 0x7F else {
                    throw fault("a control character in a string must be escaped")
                }
                position += 1
            }
        }
        throw fault("this string has no end", at: start)
    }

    private mutating func escape(isLong: Bool) throws(SyntaxFault) {
        let start = position
        position += 1
        guard let byte = current else { throw fault("this string has no end", at: start) }
        if let count = [UInt8(ascii: "u"): 4, UInt8(ascii: "U"): 8][byte] {
            let digits = bytes[(position + 1)...].prefix(count)
            guard digits.count == count, digits.allSatisfy(\.isHexDigit),
                let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16), Unicode.Scalar(value) != nil
            else { throw fault("this escape names no character", at: start) }
            position += 1 + count
        } else if "btnfr\"\\".utf8.contains(byte) {
            position += 1
        } else {
            // At a line's end it joins lines.
            let rest = bytes[position...].drop { $0 == 0x20 || $0 == 0x09 }
            guard isLong, rest.first == 0x0A || rest.starts(with: [0x0D, 0x0A]) else {
                throw fault("TOML knows no such escape", at: start)
            }
            position = rest.startIndex
        }
    }
}

extension UInt8 {
    fileprivate var isBareKey: Bool {
        isDigit || (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self) || self == 0x2D || self == 0x5F
    }
}
