/// A set of ASCII bytes.
struct ByteClass: Sendable, Hashable {
    private var low: UInt64 = 0
    private var high: UInt64 = 0

    init(_ bytes: some Sequence<UInt8>) {
        for byte in bytes where byte < 128 {
            if byte < 64 { low |= 1 << UInt64(byte) } else { high |= 1 << UInt64(byte - 64) }
        }
    }

    init(_ text: String) { self.init(text.utf8) }

    func contains(_ byte: UInt8) -> Bool {
        guard byte < 128 else { return false }
        return byte < 64 ? low >> UInt64(byte) & 1 == 1 : high >> UInt64(byte - 64) & 1 == 1
    }

    func union(_ other: ByteClass) -> ByteClass {
        var result = self
        result.low |= other.low
        result.high |= other.high
        return result
    }

    static let digits = ByteClass(UInt8(ascii: "0")...UInt8(ascii: "9"))
    static let lower = ByteClass(UInt8(ascii: "a")...UInt8(ascii: "z"))
    static let upper = ByteClass(UInt8(ascii: "A")...UInt8(ascii: "Z"))
    static let letters = lower.union(upper)
    static let alphanumeric = letters.union(digits)
    static let word = alphanumeric.union(ByteClass("_"))
    static let hex = digits.union(ByteClass("abcdefABCDEF"))
    static let lowerHex = digits.union(ByteClass("abcdef"))
    static let base64 = alphanumeric.union(ByteClass("+/="))
    static let base64URL = alphanumeric.union(ByteClass("_-"))
    static let upperDigits = upper.union(digits)
    static let lowerDigits = lower.union(digits)
    static let name = word.union(ByteClass("-"))
}

func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }

extension UInt8 {
    /// The byte as a small letter, where it is a capital one.
    var lowercased: UInt8 { ByteClass.upper.contains(self) ? self | 0x20 : self }
}
