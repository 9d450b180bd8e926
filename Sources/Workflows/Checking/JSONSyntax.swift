/// Whether a text is JSON (RFC 8259), or JSON with comments and trailing commas as editors' configurations have it.
///
/// Nothing is built from it, and nesting costs no stack: a hostile file can't do more than be wrong.
struct JSONSyntax {
    /// Whether comments and trailing commas are allowed.
    var allowsComments = false

    private enum Container { case object, array }
    /// What may come next.
    private enum Expectation { case value, valueOrEnd, key, keyOrEnd, colon, commaOrEnd, end }

    /// The first thing that is wrong; nil when nothing is.
    func fault(in bytes: [UInt8]) -> SyntaxFault? {
        var scanner = Scanner(bytes: bytes, allowsComments: allowsComments)
        do throws(SyntaxFault) { try scanner.run() } catch { return error }
        return nil
    }

    private struct Scanner {
        let bytes: [UInt8]
        let allowsComments: Bool
        private var position = 0
        private var stack: [Container] = []

        init(bytes: [UInt8], allowsComments: Bool) {
            self.bytes = bytes
            self.allowsComments = allowsComments
            if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
        }

        private func fault(_ message: String, at offset: Int) -> SyntaxFault {
            SyntaxFault(message, at: offset, in: bytes)
        }

        mutating func run() throws(SyntaxFault) {
            var expected = Expectation.value
            var comma: Int?
            while true {
                try skipBlanks()
                guard position < bytes.count else {
                    if expected == .end { return }
                    throw fault(
                        stack.isEmpty
                            ? "a value is missing" : "\(stack.last == .object ? "}" : "]") is missing at the end",
                        at: bytes.count)
                }
                let byte = bytes[position]
                switch expected {
                case .end: throw fault("more text after the end of the value", at: position)
                case .value, .valueOrEnd:
                    if byte == UInt8(ascii: "]"), expected == .valueOrEnd {
                        expected = try close(after: comma)
                    } else if byte == UInt8(ascii: "{") {
                        stack.append(.object)
                        expected = .keyOrEnd
                        position += 1
                    } else if byte == UInt8(ascii: "[") {
                        stack.append(.array)
                        expected = .valueOrEnd
                        position += 1
                    } else {
                        try scalar(byte)
                        expected = stack.isEmpty ? .end : .commaOrEnd
                    }
                    comma = nil
                case .key, .keyOrEnd:
                    if byte == UInt8(ascii: "}"), expected == .keyOrEnd {
                        expected = try close(after: comma)
                    } else if byte == UInt8(ascii: "\"") {
                        try string()
                        expected = .colon
                    } else {
                        throw fault("a key in double quotes is expected", at: position)
                    }
                    comma = nil
                case .colon:
                    guard byte == UInt8(ascii: ":") else {
                        throw fault("a colon is missing after the key", at: position)
                    }
                    position += 1
                    expected = .value
                case .commaOrEnd:
                    if byte == UInt8(ascii: ",") {
                        comma = position
                        position += 1
                        expected = stack.last == .object ? .keyOrEnd : .valueOrEnd
                    } else if byte == (stack.last == .object ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
                        expected = try close(after: nil)
                    } else {
                        throw fault(
                            byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]")
                                ? "\(stack.last == .object ? "}" : "]") is expected here"
                                : "a comma is missing before this",
                            at: position)
                    }
                }
            }
        }

        private mutating func close(after comma: Int?) throws(SyntaxFault) -> Expectation {
            if let comma, !allowsComments { throw fault("a comma before the closing bracket", at: comma) }
            position += 1
            stack.removeLast()
            return stack.isEmpty ? .end : .commaOrEnd
        }

        private mutating func skipBlanks() throws(SyntaxFault) {
            while position < bytes.count {
                let byte = bytes[position]
                if byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
                    position += 1
                } else if byte == UInt8(ascii: "/"), allowsComments, position + 1 < bytes.count {
                    let start = position
                    if bytes[position + 1] == UInt8(ascii: "/") {
                        while position < bytes.count, bytes[position] != 0x0A { position += 1 }
                    } else if bytes[position + 1] == UInt8(ascii: "*") {
                        position += 2
                        while position + 1 < bytes.count,
                            bytes[position] != UInt8(ascii: "*") || bytes[position + 1] != UInt8(ascii: "/")
                        { position += 1 }
                        guard position + 1 < bytes.count else { throw fault("this comment has no end", at: start) }
                        position += 2
                    } else {
                        return
                    }
                } else {
                    return
                }
            }
        }

        private mutating func scalar(_ byte: UInt8) throws(SyntaxFault) {
            if byte == UInt8(ascii: "\"") { return try string() }
            if byte == UInt8(ascii: "-") || (0x30...0x39).contains(byte) { return try number() }
            for word in ["true", "false", "null"] where bytes[position...].starts(with: word.utf8) {
                position += word.utf8.count
                return
            }
            let message =
                switch byte {
                case UInt8(ascii: "/"), UInt8(ascii: "#"): "JSON has no comments"
                case UInt8(ascii: "'"): "strings stand in double quotes"
                case UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"): "a value is missing before this"
                default: "this isn't a JSON value"
                }
            throw fault(message, at: position)
        }

        private mutating func string() throws(SyntaxFault) {
            let start = position
            position += 1
            while position < bytes.count {
                let byte = bytes[position]
                if byte == UInt8(ascii: "\"") {
                    position += 1
                    return
                }
                guard byte >= 0x20 else {
                    throw byte == 0x0A || byte == 0x0D
                        ? fault("this string has no end", at: start)
                        : fault("a control character in a string must be escaped", at: position)
                }
                if byte == UInt8(ascii: "\\") {
                    let escaped = position + 1 < bytes.count ? bytes[position + 1] : 0
                    if escaped == UInt8(ascii: "u") {
                        let digits = bytes[min(position + 2, bytes.count)...].prefix(4)
                        guard digits.count == 4, digits.allSatisfy(\.isHexDigit) else {
                            throw fault("\\u needs four hexadecimal digits", at: position)
                        }
                        position += 6
                        continue
                    }
                    guard "\"\\/bfnrt".utf8.contains(escaped) else {
                        throw fault("JSON knows no such escape", at: position)
                    }
                    position += 1
                }
                position += 1
            }
            throw fault("this string has no end", at: start)
        }

        private mutating func number() throws(SyntaxFault) {
            let start = position
            func digits() -> Int { bytes[position...].prefix { (0x30...0x39).contains($0) }.count }
            if bytes[position] == UInt8(ascii: "-") { position += 1 }
            let whole = digits()
            guard whole > 0, whole == 1 || bytes[position] != UInt8(ascii: "0") else {
                throw fault("this isn't a JSON number", at: start)
            }
            position += whole
            if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
                position += 1
                let part = digits()
                guard part > 0 else { throw fault("digits are missing behind the point", at: position) }
                position += part
            }
            if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
                position += 1
                if position < bytes.count, "+-".utf8.contains(bytes[position]) { position += 1 }
                let part = digits()
                guard part > 0 else { throw fault("digits are missing in the exponent", at: position) }
                position += part
            }
        }
    }
}

extension UInt8 {
    var isHexDigit: Bool {
        (0x30...0x39).contains(self) || (0x41...0x46).contains(self) || (0x61...0x66).contains(self)
    }
    var isDigit: Bool { (0x30...0x39).contains(self) }
}
