import Foundation

/// What a value looks like: something random, something that a person chose, or a stand-in for either.
struct SecretValue {
    private var bytes: ArraySlice<UInt8>
    private var lower: [UInt8]

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        lower = bytes.map(\.lowercased)
    }

    private var digits: Int { bytes.count(where: ByteClass.digits.contains) }
    private var letters: Int { bytes.count(where: ByteClass.letters.contains) }

    /// Bits for a byte, by how often each occurs (Shannon).
    static func entropy(_ bytes: some Collection<UInt8>) -> Double {
        guard !bytes.isEmpty else { return 0 }
        var counts = [Int](repeating: 0, count: 256)
        for byte in bytes { counts[Int(byte)] += 1 }
        let total = Double(bytes.count)
        return counts.reduce(0) { sum, count in
            guard count > 0 else { return sum }
            let share = Double(count) / total
            return sum - share * log2(share)
        }
    }

    /// Whether the text is visibly no secret: a variable, a stand-in, or a counted-up example.
    var isStandIn: Bool { isReference || hasStandInWord || isCountedUp }

    /// `${NAME}`, `{{ name }}`, `<name>`, `$NAME`, `%(name)s`, `process.env.NAME`, …
    var isReference: Bool {
        guard let first = bytes.first else { return true }
        if first == UInt8(ascii: "$") || first == UInt8(ascii: "<") || first == UInt8(ascii: "{") { return true }
        if first == UInt8(ascii: "%") && bytes.last == UInt8(ascii: "%") { return true }
        return Self.references.contains { lower.holds($0) }
    }

    /// Whether the value has one of these words in it, in any case.
    func holdsAny(of words: [String]) -> Bool { words.contains { lower.holds(Array($0.utf8)) } }

    private var hasStandInWord: Bool {
        Self.standIns.contains { lower.holds($0) } || Self.wholeStandIns.contains(lower)
    }

    /// `1234567890`, `abcdefgh`, `00000000`: most bytes follow from the one before, or only a few differ.
    var isCountedUp: Bool {
        guard lower.count > 3 else { return true }
        let steps = zip(lower, lower.dropFirst()).count { $1 == $0 || $1 == $0 &+ 1 || $1 == $0 &- 1 }
        return steps * 2 >= lower.count || Set(lower).count * 5 <= min(lower.count, 40)
    }

    /// Whether it looks as if a machine had drawn it. Words, however they are joined, don't.
    var isRandom: Bool {
        if isHex { return bytes.count >= 32 && digits >= 4 && letters >= 4 && Self.entropy(lower) >= 3 }
        let parts = bytes.split { !ByteClass.alphanumeric.contains($0) && !ByteClass.base64.contains($0) }
        return parts.contains { Self.isRandomPart($0) }
    }

    private static func isRandomPart(_ part: ArraySlice<UInt8>) -> Bool {
        guard part.count >= 16, part.count(where: ByteClass.digits.contains) >= 2,
            part.count(where: ByteClass.letters.contains) >= 4,
            entropy(part) >= min(4.2, log2(Double(part.count)) * 0.8)
        else { return false }
        return meanSegment(part) < 3.1
    }

    /// How long the runs of one kind of letter are: words have long ones, a capital beginning a new one.
    static func meanSegment(_ part: ArraySlice<UInt8>) -> Double {
        var segments = 0
        var last = 0
        for byte in part {
            let kind =
                ByteClass.digits.contains(byte)
                ? 1 : ByteClass.lower.contains(byte) ? 2 : ByteClass.upper.contains(byte) ? 3 : 4
            // A capital and the small letters after it are one word's.
            if kind != last, !(last == 3 && kind == 2) { segments += 1 }
            last = kind
        }
        return segments == 0 ? 0 : Double(part.count) / Double(segments)
    }

    /// Whether a person may have chosen it as a password: several kinds of characters, among them a digit.
    var isChosenPassword: Bool {
        guard (8...64).contains(bytes.count), digits >= 1, letters >= 2 else { return false }
        let symbols = bytes.count { !ByteClass.alphanumeric.contains($0) && !Self.joiners.contains($0) && $0 > 0x20 }
        let kinds = [
            bytes.contains(where: ByteClass.lower.contains), bytes.contains(where: ByteClass.upper.contains), true,
            symbols > 0,
        ].count { $0 }
        // Words that are joined are a name, whatever number stands behind them.
        let isName = symbols == 0 && bytes.contains(where: Self.joiners.contains)
        return kinds >= 3 && !isName && !bytes.contains(where: isBlank)
    }

    /// Whether it may be a weak password: enough to keep it to oneself, not enough to complain of it.
    var mayBePassword: Bool {
        bytes.count >= 6 && bytes.count <= 256 && (digits >= 1 || bytes.contains { !ByteClass.name.contains($0) })
            && !bytes.contains(where: isBlank)
    }

    var isHex: Bool { bytes.allSatisfy(ByteClass.hex.contains) }

    /// `550e8400-e29b-41d4-a716-446655440000`.
    var isUUID: Bool {
        bytes.count == 36
            && bytes.enumerated().allSatisfy { index, byte in
                [8, 13, 18, 23].contains(index) ? byte == UInt8(ascii: "-") : ByteClass.hex.contains(byte)
            }
    }

    private static let joiners = ByteClass("_-.:/,")
    private static let references: [[UInt8]] = [
        "${", "$(", "{{", "%(", "%{", "#{", "\\(", "process.env", "os.environ", "getenv", "secrets.", "vars.", "env.",
        "config.", "settings.", "://",
    ].map { Array($0.utf8) }
    private static let standIns: [[UInt8]] = [
        "example", "changeme", "change_me", "change-me", "changethis", "placeholder", "yourpass", "yoursecret", "your_",
        "your-", "your ", "yourtoken", "yourkey", "xxxx", "dummy", "sample", "redacted", "insert", "replace", "todo",
        "fixme", "fake", "foobar", "deadbeef", "...", "***", "<", "not-a-", "notasecret", "notreal", "not_a_",
    ].map { Array($0.utf8) }
    private static let wholeStandIns: Set<[UInt8]> = Set(
        [
            "password", "passwd", "password1", "password123", "passw0rd", "p@ssw0rd", "pass", "secret", "token", "test",
            "testing", "test123", "test1234", "testpassword", "none", "null", "nil", "undefined", "true", "false",
            "empty",
            "default", "admin", "root", "user", "guest", "string", "value", "hunter2", "letmein", "qwerty", "postgres",
            "mysql", "redis", "changeit", "mysecret", "my-secret", "supersecret", "secretkey", "secret_key",
        ].map { Array($0.utf8) })
}

extension Array where Element == UInt8 {
    /// Whether the bytes have others in them.
    func holds(_ other: [UInt8]) -> Bool {
        guard let first = other.first, count >= other.count else { return false }
        var at = 0
        while at <= count - other.count {
            if self[at] == first, self[at..<at + other.count].elementsEqual(other) { return true }
            at += 1
        }
        return false
    }
}
