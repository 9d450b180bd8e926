/// Numbers, dates and booleans.
extension TOMLScanner {
    mutating func plain() throws(SyntaxFault) {
        let start = position
        while let byte = current, !",]}#\n\r\t ".utf8.contains(byte) || isBetweenDateAndTime(byte, start) {
            position += 1
        }
        let word = String(decoding: bytes[start..<position], as: UTF8.self)
        guard !word.isEmpty else { throw fault("a value is missing", at: start) }
        guard Self.isPlain(word) else {
            throw fault("this isn't a TOML value: text stands in quotes", at: start)
        }
    }

    /// One space may stand where a `T` could.
    private func isBetweenDateAndTime(_ byte: UInt8, _ start: Int) -> Bool {
        byte == 0x20 && position - start == 10 && bytes[start + 4] == UInt8(ascii: "-") && position + 1 < bytes.count
            && bytes[position + 1].isDigit
    }

    static func isPlain(_ word: String) -> Bool {
        if ["true", "false", "inf", "+inf", "-inf", "nan", "+nan", "-nan"].contains(word) { return true }
        return isInteger(word) || isFloat(word) || isDateOrTime(word)
    }

    private static func areDigits(_ text: Substring, radix: Int = 10) -> Bool {
        let parts = text.split(separator: "_", omittingEmptySubsequences: false)
        return parts.allSatisfy { part in
            !part.isEmpty
                && part.utf8.allSatisfy { byte in
                    switch radix {
                    case 16: byte.isHexDigit
                    case 8: (0x30...0x37).contains(byte)
                    case 2: byte == 0x30 || byte == 0x31
                    default: byte.isDigit
                    }
                }
        }
    }

    private static func isInteger(_ word: String) -> Bool {
        for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where word.hasPrefix(prefix) {
            return areDigits(word.dropFirst(2), radix: radix)
        }
        return isDecimal(unsigned(word))
    }

    private static func unsigned(_ word: String) -> Substring {
        word.hasPrefix("+") || word.hasPrefix("-") ? word.dropFirst() : word[...]
    }

    private static func isDecimal(_ text: Substring) -> Bool {
        areDigits(text) && (text.utf8.count == 1 || text.utf8.first != UInt8(ascii: "0"))
    }

    private static func isFloat(_ word: String) -> Bool {
        var rest = unsigned(word)
        var hasPart = false
        if let e = rest.firstIndex(where: { $0 == "e" || $0 == "E" }) {
            let exponent = rest[rest.index(after: e)...]
            guard areDigits(unsigned(String(exponent))[...]) else { return false }
            rest = rest[..<e]
            hasPart = true
        }
        if let point = rest.firstIndex(of: ".") {
            guard areDigits(rest[rest.index(after: point)...]) else { return false }
            rest = rest[..<point]
            hasPart = true
        }
        return hasPart && isDecimal(rest)
    }

    private static func isDateOrTime(_ word: String) -> Bool {
        let bytes = Array(word.utf8)
        if bytes.count >= 10, bytes[4] == UInt8(ascii: "-") {
            guard matches(bytes[..<10], "0000-00-00"), let month = number(bytes[5...6]), let day = number(bytes[8...9]),
                let year = number(bytes[0...3]), (1...12).contains(month), day >= 1, day <= days(month, year)
            else { return false }
            guard bytes.count > 10 else { return true }
            guard "Tt ".utf8.contains(bytes[10]) else { return false }
            return isTime(bytes[11...], allowsOffset: true)
        }
        return isTime(bytes[...], allowsOffset: false)
    }

    private static func days(_ month: Int, _ year: Int) -> Int {
        if month == 2 { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28 }
        return [4, 6, 9, 11].contains(month) ? 30 : 31
    }

    private static func isTime(_ bytes: ArraySlice<UInt8>, allowsOffset: Bool) -> Bool {
        guard bytes.count >= 8, matches(bytes.prefix(8), "00:00:00") else { return false }
        let at = bytes.startIndex
        guard let hour = number(bytes[at...(at + 1)]), let minute = number(bytes[(at + 3)...(at + 4)]),
            let second = number(bytes[(at + 6)...(at + 7)]), hour < 24, minute < 60, second < 60
        else { return false }
        var rest = bytes.dropFirst(8)
        if rest.first == UInt8(ascii: ".") {
            let digits = rest.dropFirst().prefix(while: \.isDigit)
            guard !digits.isEmpty else { return false }
            rest = rest[digits.endIndex...]
        }
        if rest.isEmpty { return true }
        guard allowsOffset else { return false }
        if rest.count == 1 { return rest.first == UInt8(ascii: "Z") || rest.first == UInt8(ascii: "z") }
        let sign = rest.first
        let offset = rest.dropFirst()
        guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"), matches(offset, "00:00"),
            let hours = number(offset.prefix(2)), let minutes = number(offset.suffix(2))
        else { return false }
        return hours < 24 && minutes < 60
    }

    /// Whether bytes have digits where the pattern has a zero, and the pattern's own signs elsewhere.
    private static func matches(_ bytes: ArraySlice<UInt8>, _ pattern: String) -> Bool {
        bytes.count == pattern.utf8.count
            && zip(bytes, pattern.utf8).allSatisfy { $1 == UInt8(ascii: "0") ? $0.isDigit : $0 == $1 }
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? { Int(String(decoding: digits, as: UTF8.self)) }
}
