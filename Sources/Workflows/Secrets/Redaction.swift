import Orchestration
import Synchronization

/// Keeps secrets out of prompts: placeholders stand in their place, and answers get them back.
///
/// A prompt's secrets are numbered as they come in it, so that the same texts give the same prompt in every run, and prompts
/// that begin alike stay alike. What is a secret in one place is one wherever it stands: a log repeats what a file assigns.
package final class Redaction: Sendable {
    /// What placeholders begin with; a number follows.
    package static let mark = "TEAMFIX_REDACTED_"
    /// A shorter value is hidden where it is assigned only: elsewhere the same text is something else.
    private static let leastKnown = 8
    /// The most values that are looked for wherever they stand.
    private static let mostKnown = 4_096

    private let scanner = SecretScanner()
    private let known: [[UInt8]: SecretKind]
    private let state = Mutex<[[UInt8]: SecretKind]>([:])
    /// What was found in the texts of late: prompts share much of what they say.
    private let recent = Mutex<(found: [String: [SecretScanner.Secret]], bytes: Int)>(([:], 0))
    private static let mostRecentBytes = 8 << 20
    /// Called when the first secret is hidden.
    private let onFirst: (@Sendable (SecretKind) -> Void)?

    /// - Parameters:
    ///   - files: the contents of files whose secrets are hidden wherever they stand, such as a `.env`'s.
    ///   - values: secrets that are known, such as those of the environment.
    package init(
        files: [[UInt8]] = [], values: [String] = [], onFirst: (@Sendable (SecretKind) -> Void)? = nil
    ) {
        self.onFirst = onFirst
        var known: [[UInt8]: SecretKind] = [:]
        for file in files {
            for secret in scanner.suspected(in: file) where known.count < Self.mostKnown {
                known[Array(file[secret.range])] = secret.kind
            }
        }
        for value in values where known.count < Self.mostKnown { known[Array(value.utf8)] = .assigned }
        self.known = known.filter { $0.key.count >= Self.leastKnown && !$0.key.contains(where: isLineEnd) }
    }

    /// The values of an environment's variables whose names are a secret's.
    package static func secrets(of environment: [String: String]) -> [String] {
        environment.sorted { $0.key < $1.key }.compactMap { name, value in
            let bytes = Array(value.utf8)
            guard SecretName(Array(name.utf8)[...]) != nil, bytes.count >= leastKnown, bytes.first != UInt8(ascii: "/"),
                !SecretValue(bytes[...]).isStandIn
            else { return nil }
            return value
        }
    }

    /// The screen for an orchestrator.
    package var screen: PromptScreen { PromptScreen { self.redacted($0) } }

    /// What has been hidden so far in this run, each secret once.
    package var hidden: [SecretKind: Int] {
        state.withLock { $0.values.reduce(into: [:]) { $0[$1, default: 0] += 1 } }
    }

    /// The texts of one prompt, with a placeholder for each secret.
    package func redacted(_ texts: [String]) -> PromptScreen.Screened {
        let all = texts.map { Array($0.utf8) }
        let found = zip(texts, all).map { suspected(in: $0, $1) }
        var values = known
        for (bytes, secrets) in zip(all, found) {
            for secret in secrets where secret.range.count >= Self.leastKnown && values.count < 2 * Self.mostKnown {
                values[Array(bytes[secret.range])] = secret.kind
            }
        }
        guard !values.isEmpty || found.contains(where: { !$0.isEmpty }) else { return .init(texts: texts) }
        let occurrences = KnownValues(values)
        let mark = Self.freeMark(all)
        var numbers: [[UInt8]: Int] = [:]
        var order: [[UInt8]] = []
        var kinds: [[UInt8]: SecretKind] = [:]
        let made = zip(all, found).map { bytes, secrets -> String in
            let places = Self.joined(secrets.map { ($0.range, $0.kind) } + occurrences.places(in: bytes))
            var result: [UInt8] = []
            var at = 0
            for (range, kind) in places {
                let value = Array(bytes[range])
                let number = numbers[value] ?? order.count + 1
                if numbers.updateValue(number, forKey: value) == nil { order.append(value) }
                kinds[value] = kind
                result += bytes[at..<range.lowerBound] + Array("\(mark)\(number)".utf8)
                at = range.upperBound
            }
            return places.isEmpty
                ? String(decoding: bytes, as: UTF8.self) : String(decoding: result + bytes[at...], as: UTF8.self)
        }
        guard !order.isEmpty else { return .init(texts: texts) }
        remember(kinds)
        let placeholders = Placeholders(mark: Array(mark.utf8), values: order)
        return .init(texts: made, hidden: order.count) { placeholders.restored($0) }
    }

    private func suspected(in text: String, _ bytes: [UInt8]) -> [SecretScanner.Secret] {
        if let known = recent.withLock({ $0.found[text] }) { return known }
        let found = scanner.suspected(in: bytes)
        recent.withLock { recent in
            if recent.bytes > Self.mostRecentBytes { recent = ([:], 0) }
            if recent.found.updateValue(found, forKey: text) == nil { recent.bytes += bytes.count }
        }
        return found
    }

    private func remember(_ kinds: [[UInt8]: SecretKind]) {
        let first = state.withLock { state -> SecretKind? in
            let first = state.isEmpty ? kinds.values.min { $0.rawValue < $1.rawValue } : nil
            state.merge(kinds) { old, _ in old }
            return first
        }
        if let first { onFirst?(first) }
    }

    /// A beginning for placeholders that stands nowhere in the texts, so that none of them means something else.
    private static func freeMark(_ texts: [[UInt8]]) -> String {
        var mark = mark
        var tries = 0
        while texts.contains(where: { $0.holds(Array(mark.utf8)) }) {
            tries += 1
            mark = "TEAMFIX_REDACTED_\(String(repeating: "X", count: tries))_"
        }
        return mark
    }

    /// Places in their order, those that overlap as one.
    private static func joined(_ places: [(Range<Int>, SecretKind)]) -> [(Range<Int>, SecretKind)] {
        var result: [(Range<Int>, SecretKind)] = []
        for (range, kind) in places.sorted(by: {
            ($0.0.lowerBound, $1.0.upperBound) < ($1.0.lowerBound, $0.0.upperBound)
        }) {
            if let last = result.last, range.lowerBound < last.0.upperBound {
                result[result.count - 1].0 = last.0.lowerBound..<max(last.0.upperBound, range.upperBound)
            } else {
                result.append((range, kind))
            }
        }
        return result
    }
}

/// Values that are looked for in texts, by what they begin with.
private struct KnownValues {
    private var byBeginning: [ArraySlice<UInt8>: [([UInt8], SecretKind)]] = [:]
    private var firsts = [Bool](repeating: false, count: 256)

    init(_ values: [[UInt8]: SecretKind]) {
        for (value, kind) in values where value.count >= 8 {
            byBeginning[value[..<8], default: []].append((value, kind))
            firsts[Int(value[0])] = true
        }
        for key in byBeginning.keys { byBeginning[key]?.sort { $0.0.count > $1.0.count } }
    }

    func places(in bytes: [UInt8]) -> [(Range<Int>, SecretKind)] {
        guard !byBeginning.isEmpty, bytes.count >= 8 else { return [] }
        var places: [(Range<Int>, SecretKind)] = []
        var at = 0
        while at + 8 <= bytes.count {
            defer { at += 1 }
            guard firsts[Int(bytes[at])], let values = byBeginning[bytes[at..<at + 8]] else { continue }
            for (value, kind) in values.prefix(16) where at + value.count <= bytes.count {
                let end = at + value.count
                guard bytes[at..<end].elementsEqual(value), isWhole(bytes, at..<end) else { continue }
                places.append((at..<end, kind))
                at = end - 1
                break
            }
        }
        return places
    }

    /// Whether it isn't a part of a longer word.
    private func isWhole(_ bytes: [UInt8], _ range: Range<Int>) -> Bool {
        let letters = ByteClass.alphanumeric
        let (first, last) = (range.lowerBound, range.upperBound)
        if first > 0, letters.contains(bytes[first - 1]), letters.contains(bytes[first]) {
            // `\n` before it, written out.
            guard first > 1, bytes[first - 2] == UInt8(ascii: "\\") else { return false }
        }
        return last >= bytes.count || !letters.contains(bytes[last]) || !letters.contains(bytes[last - 1])
    }
}

/// The placeholders of one prompt, and what they stand for.
struct Placeholders: Sendable {
    let mark: [UInt8]
    let values: [[UInt8]]

    /// An answer with the values in place of the placeholders; one that stands for nothing stays.
    func restored(_ answer: String) -> String {
        let bytes = Array(answer.utf8)
        let isJSON = Self.looksLikeJSON(bytes)
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
            let value = values[number - 1]
            result += isJSON ? Self.escaped(value) : value
            at = digits.endIndex
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// Whether the answer, or a block in it, is JSON, in whose strings quotes and backslashes are escaped.
    private static func looksLikeJSON(_ bytes: [UInt8]) -> Bool {
        guard let first = bytes.first(where: { $0 > 0x20 }) else { return false }
        return first == UInt8(ascii: "{") || first == UInt8(ascii: "[") || bytes.starts(with: "```json".utf8)
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
}
