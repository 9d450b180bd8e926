/// Finds keys, tokens and passwords in text. Linear in the text's length, and the same for the same text.
package struct SecretScanner: Sendable {
    /// A secret and where it stands. It never goes past a line's end: a key of several lines is as many secrets.
    package struct Secret: Sendable, Equatable {
        package var kind: SecretKind
        /// The bytes, from the text's beginning.
        package var range: Range<Int>
        /// Whether it is worth a complaint. What isn't is kept out of prompts all the same.
        package var isSure: Bool
        /// Whether it belongs to the secret before it: a further line of a key.
        package var isContinuation: Bool

        package init(kind: SecretKind, range: Range<Int>, isSure: Bool, isContinuation: Bool = false) {
            self.kind = kind
            self.range = range
            self.isSure = isSure
            self.isContinuation = isContinuation
        }
    }

    package init() {}

    /// Everything that may be a secret, in its order, none overlapping: what must not leave the machine.
    package func suspected(in bytes: [UInt8]) -> [Secret] {
        var scan = SecretScan(bytes)
        scan.run()
        return Self.merged(scan.found)
    }

    /// What is a secret by all that can be seen: what a person should hear of.
    package func secrets(in bytes: [UInt8]) -> [Secret] { suspected(in: bytes).filter(\.isSure) }

    /// A text with every secret covered by asterisks, for terminals, reports and logs.
    package func masked(_ text: String) -> String {
        let bytes = Array(text.utf8)
        let secrets = suspected(in: bytes)
        guard !secrets.isEmpty else { return text }
        var result: [UInt8] = []
        var at = 0
        for secret in secrets {
            result += bytes[at..<secret.range.lowerBound]
            result += [UInt8](repeating: UInt8(ascii: "*"), count: min(8, secret.range.count))
            at = secret.range.upperBound
        }
        return String(decoding: result + bytes[at...], as: UTF8.self)
    }

    /// Overlapping ones as one, which is what the surer of them says.
    private static func merged(_ found: [Secret]) -> [Secret] {
        var result: [Secret] = []
        for secret in found.sorted(by: { ($0.range.lowerBound, $1.range.count) < ($1.range.lowerBound, $0.range.count) }
        ) {
            guard let last = result.last, secret.range.lowerBound < last.range.upperBound else {
                result.append(secret)
                continue
            }
            var union = !last.isSure && secret.isSure ? secret : last
            // A provider's format says more than the name that it is assigned to.
            if union.kind == .assigned, secret.isSure, secret.kind != .highEntropy { union.kind = secret.kind }
            union.range = last.range.lowerBound..<max(last.range.upperBound, secret.range.upperBound)
            if last.isSure == secret.isSure { union.isContinuation = last.isContinuation && secret.isContinuation }
            result[result.count - 1] = union
        }
        return result
    }
}

/// One pass over a text.
struct SecretScan {
    let bytes: [UInt8]
    var found: [SecretScanner.Secret] = []
    /// How far private keys have been read.
    var keysEnd = 0
    /// How far runs of letters and digits have been judged.
    private var runEnd = 0
    /// How far values without quotes have been judged: the rest of one isn't judged anew at each sign in it.
    var bareEnd = 0
    /// Where the run of a class ends that was last looked for, so that no text is run through again and again.
    private var ends: [ByteClass: Int] = [:]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func run() {
        var at = 0
        while at < bytes.count {
            let byte = bytes[at]
            if isWordStart(at) {
                for rule in TokenRule.byFirstByte[Int(byte)] where token(rule, at: at) { break }
                if byte == UInt8(ascii: "e") { webToken(at: at) }
                if byte == UInt8(ascii: "m") { netrc(at: at) }
            }
            switch byte {
            case UInt8(ascii: "-"): if at >= keysEnd { privateKey(at: at) }
            case UInt8(ascii: ":"):
                urlPassword(at: at)
                telegram(at: at)
                assignment(at: at)
            case UInt8(ascii: "="), UInt8(ascii: ">"), UInt8(ascii: ","): assignment(at: at)
            default: break
            }
            if at >= runEnd, Self.runs.contains(byte) { highEntropyRun(at: at) }
            at += 1
        }
    }

    static let runs = ByteClass.base64.union(ByteClass("_-"))

    mutating func add(_ kind: SecretKind, _ range: Range<Int>, isSure: Bool, isContinuation: Bool = false) {
        guard !range.isEmpty else { return }
        found.append(.init(kind: kind, range: range, isSure: isSure, isContinuation: isContinuation))
    }

    /// The end of the run of a class's bytes that begins here.
    mutating func end(of kind: ByteClass, from start: Int) -> Int {
        if let known = ends[kind], start < known, start < bytes.count, kind.contains(bytes[start]) { return known }
        var end = start
        while end < bytes.count, kind.contains(bytes[end]) { end += 1 }
        ends[kind] = end
        return end
    }

    func has(_ text: StaticString, at start: Int) -> Bool {
        guard start >= 0, start + text.utf8CodeUnitCount <= bytes.count else { return false }
        return text.withUTF8Buffer { bytes[start..<start + $0.count].elementsEqual($0) }
    }

    /// Whether a word may begin here; what stands behind a `\n` or `\t` in a string literal does.
    func isWordStart(_ at: Int) -> Bool {
        guard at > 0, ByteClass.word.contains(bytes[at - 1]) else { return true }
        return at > 1 && bytes[at - 2] == UInt8(ascii: "\\") && ByteClass("nrt").contains(bytes[at - 1])
    }

    /// A long text without a word in it, whatever it is called.
    private mutating func highEntropyRun(at start: Int) {
        let end = end(of: Self.runs, from: start)
        runEnd = end
        guard end - start >= 32 else { return }
        var from = start
        // `name=value` without blanks: the value alone counts.
        if let equals = bytes[start..<min(end, start + 64)].firstIndex(of: UInt8(ascii: "=")), equals < end - 32 {
            from = equals + 1
        }
        let run = bytes[from..<end]
        // Names are joined words; what is random is not, and where it has a dash or two, long parts are left.
        let parts = run.split { $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") }
        guard let longest = parts.max(by: { $0.count < $1.count }), longest.count >= 16,
            SecretValue.meanSegment(longest) < 3.3, SecretValue.entropy(run) >= 4.25,
            longest.count(where: ByteClass.digits.contains) >= 3, !isChecksumOrSymbol(from)
        else { return }
        let value = SecretValue(run)
        if !value.isHex, !value.isUUID { add(.highEntropy, from..<end, isSure: false) }
    }

    /// Whether what begins here is a checksum of a lock file, a compiler's symbol, or a public key.
    private func isChecksumOrSymbol(_ start: Int) -> Bool {
        let marks: [StaticString] = ["AAAA", "_Z", "__Z", "_$s", "_R", "sha1-", "sha256-", "sha384-", "sha512-"]
        if marks.contains(where: { has($0, at: start) }) { return true }
        guard start > 0 else { return false }
        if bytes[start - 1] == UInt8(ascii: "$") { return true }
        let before: [StaticString] = ["h1:", "sha256:", "sha512:", "SHA256:", "sha1:", "md5:", "base64,", "sha512-"]
        return before.contains { has($0, at: start - $0.utf8CodeUnitCount) }
    }
}
