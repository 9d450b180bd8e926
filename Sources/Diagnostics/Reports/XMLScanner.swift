/// Reads the tags and texts of an XML document, as far as reports of tests need it.
///
/// It is no validating parser, on purpose: a document type is stepped over with everything that it declares, so that no
/// entity but the five of XML itself is ever expanded, nothing is fetched, and what is read is never longer than what was
/// given. What isn't well-formed is read as far as it goes.
struct XMLScanner {
    enum Event {
        case start(name: String, attributes: [String: String], isEmpty: Bool)
        case text(String)
        case end(name: String)
    }

    private let bytes: [UInt8]
    private(set) var at: Int

    static let attributeLimit = 64
    static let textLimit = 1 << 16

    init(_ bytes: [UInt8], from start: Int = 0) {
        self.bytes = bytes
        at = start
    }

    /// The next tag or text; nil at the end, and where a tag is cut off.
    mutating func next() -> Event? {
        while at < bytes.count {
            guard bytes[at] == 0x3c else { return .text(readText()) }
            if starts("<!--") {
                guard step(behind: "-->", from: at + 4) else { return nil }
            } else if starts("<![CDATA[") {
                let start = at + 9
                guard step(behind: "]]>", from: start) else { return nil }
                return .text(Self.text(bytes[start..<max(start, at - 3)], isEscaped: false))
            } else if starts("<?") {
                guard step(behind: "?>", from: at + 2) else { return nil }
            } else if starts("<!") {
                guard stepOverDeclaration() else { return nil }
            } else {
                return readTag()
            }
        }
        return nil
    }

    private func starts(_ text: StaticString) -> Bool {
        text.withUTF8Buffer { wanted in
            guard bytes.count - at >= wanted.count else { return false }
            for index in 0..<wanted.count where bytes[at + index] != wanted[index] { return false }
            return true
        }
    }

    private mutating func step(behind text: StaticString, from start: Int) -> Bool {
        let found: Int? = text.withUTF8Buffer { wanted in
            guard let first = wanted.first else { return nil }
            var from = start
            while let at = bytes.firstOffset(of: first, from: from) {
                guard at + wanted.count <= bytes.count else { return nil }
                if bytes[at..<at + wanted.count].elementsEqual(wanted) { return at + wanted.count }
                from = at + 1
            }
            return nil
        }
        at = found ?? bytes.count
        return found != nil
    }

    /// `<!DOCTYPE x [ <!ENTITY …> ]>`: whatever it declares.
    private mutating func stepOverDeclaration() -> Bool {
        var depth = 0
        var quote: UInt8?
        while at < bytes.count {
            let byte = bytes[at]
            at += 1
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == .quote || byte == 0x27 {
                quote = byte
            } else if byte == 0x3c || byte == .openBracket {
                depth += 1
            } else if byte == 0x3e || byte == .closeBracket {
                depth -= 1
                if depth <= 0 { return true }
            }
        }
        return false
    }

    private mutating func readText() -> String {
        let start = at
        at = bytes.firstOffset(of: 0x3c, from: at) ?? bytes.count
        return Self.text(bytes[start..<at], isEscaped: true)
    }

    private mutating func readTag() -> Event? {
        at += 1
        let isEnd = at < bytes.count && bytes[at] == .slash
        if isEnd { at += 1 }
        let name = readName()
        var attributes: [String: String] = [:]
        while at < bytes.count {
            let byte = bytes[at]
            if byte == 0x3e {
                at += 1
                return isEnd ? .end(name: name) : .start(name: name, attributes: attributes, isEmpty: false)
            }
            if byte == .slash, at + 1 < bytes.count, bytes[at + 1] == 0x3e {
                at += 2
                return isEnd ? .end(name: name) : .start(name: name, attributes: attributes, isEmpty: true)
            }
            let start = at
            let attribute = readName()
            if let value = readValue(), attributes.count < Self.attributeLimit { attributes[attribute] = value }
            if at == start { at += 1 }
        }
        return nil
    }

    private mutating func readName() -> String {
        let start = at
        while at < bytes.count, bytes[at].isWord || bytes[at] == .dash || bytes[at] == .colon || bytes[at] == .dot {
            at += 1
        }
        return String(decoding: bytes[start..<min(at, start + 256)], as: UTF8.self)
    }

    /// ` = "value"`.
    private mutating func readValue() -> String? {
        let start = at
        func skipSpace(_ at: inout Int) {
            while at < bytes.count, bytes[at] <= .space { at += 1 }
        }
        skipSpace(&at)
        guard at < bytes.count, bytes[at] == 0x3d else {
            at = max(start, at)
            return nil
        }
        at += 1
        skipSpace(&at)
        guard at < bytes.count, bytes[at] == .quote || bytes[at] == 0x27 else { return nil }
        let quote = bytes[at]
        let from = at + 1
        let end = bytes.firstOffset(of: quote, from: from) ?? bytes.count
        at = min(end + 1, bytes.count)
        return Self.text(bytes[min(from, end)..<end], isEscaped: true)
    }

    /// Text without control characters, its references put in; of a very long one the beginning.
    private static func text(_ bytes: ArraySlice<UInt8>, isEscaped: Bool) -> String {
        let bytes = bytes.prefix(textLimit)
        guard isEscaped, bytes.contains(0x26) else { return sanitized(String(decoding: bytes, as: UTF8.self)) }
        var out: [UInt8] = []
        var rest = bytes
        while let byte = rest.popFirst() {
            guard byte == 0x26, let end = rest.prefix(12).firstIndex(of: 0x3b),
                let scalar = scalar(String(decoding: rest[..<end], as: UTF8.self))
            else {
                out.append(byte)
                continue
            }
            out.append(contentsOf: String(Character(scalar)).utf8)
            rest = rest[(end + 1)...]
        }
        return sanitized(String(decoding: out, as: UTF8.self))
    }

    private static func scalar(_ name: String) -> Unicode.Scalar? {
        switch name {
        case "lt": return "<"
        case "gt": return ">"
        case "amp": return "&"
        case "quot": return "\""
        case "apos": return "'"
        default:
            guard name.hasPrefix("#") else { return nil }
            let digits = name.dropFirst()
            let code = digits.hasPrefix("x") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
            return code.flatMap(Unicode.Scalar.init)
        }
    }
}
