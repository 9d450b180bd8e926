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
    /// The same where texts are shown: a weak password that an answer repeats is covered, too.
    private static let leastCovered = 6
    /// The most values that are looked for wherever they stand.
    private static let mostKnown = 4_096

    private let scanner = SecretScanner()
    private let known: [[UInt8]: SecretKind]
    private let knownValues: KnownValues
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
        let lasting = known.filter { $0.key.count >= Self.leastKnown && !$0.key.contains(where: isLineEnd) }
        self.known = lasting
        knownValues = KnownValues(lasting, least: Self.leastKnown)
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
    package var screen: PromptScreen {
        var screen = PromptScreen { self.redacted($0) }
        screen.cover = { self.covered($0) }
        screen.holdsKnown = { self.holdsKnown($0) }
        return screen
    }

    /// What has been hidden so far in this run, each secret once.
    package var hidden: [SecretKind: Int] {
        state.withLock { $0.values.reduce(into: [:]) { $0[$1, default: 0] += 1 } }
    }

    /// The texts of one prompt, with a placeholder for each secret.
    package func redacted(_ texts: [String]) -> PromptScreen.Screened {
        let all = texts.map { Array($0.utf8) }
        let found = places(of: texts, all, known: known)
        guard found.contains(where: { !$0.isEmpty }) else { return .init(texts: texts) }
        let mark = Self.freeMark(all)
        var numbers: [[UInt8]: Int] = [:]
        var order: [[UInt8]] = []
        var kinds: [[UInt8]: SecretKind] = [:]
        let made = zip(all, found).map { bytes, places in
            Self.replacing(places, in: bytes) { range, kind in
                let value = Array(bytes[range])
                let number = numbers[value] ?? order.count + 1
                if numbers.updateValue(number, forKey: value) == nil { order.append(value) }
                kinds[value] = kind
                return Array("\(mark)\(number)".utf8)
            }
        }
        remember(kinds)
        let placeholders = Placeholders(mark: Array(mark.utf8), values: order)
        return .init(texts: made, hidden: order.count) { placeholders.restored($0) }
    }

    /// Texts that people and programs are shown, with asterisks for each secret: what looks like one in any of them, what is known,
    /// and what this run has hidden, which answers brought back.
    package func covered(_ texts: [String]) -> [String] {
        let all = texts.map { Array($0.utf8) }
        let hidden = state.withLock { $0 }
        let found = places(of: texts, all, known: known.merging(hidden) { old, _ in old }, least: Self.leastCovered)
        return zip(texts, zip(all, found)).map { text, read in
            guard !read.1.isEmpty else { return text }
            return Self.replacing(read.1, in: read.0) { range, _ in
                [UInt8](repeating: UInt8(ascii: "*"), count: min(8, range.count))
            }
        }
    }

    /// Whether a text holds a value that is known to be a secret, whatever it looks like.
    package func holdsKnown(_ text: String) -> Bool { !knownValues.places(in: Array(text.utf8)).isEmpty }

    /// Where secrets stand in texts; what is one in one of them is one in all.
    private func places(
        of texts: [String], _ all: [[UInt8]], known: [[UInt8]: SecretKind], least: Int = Redaction.leastKnown
    ) -> [[(Range<Int>, SecretKind)]] {
        let found = zip(texts, all).map { suspected(in: $0, $1) }
        var values = known
        for (bytes, secrets) in zip(all, found) {
            for secret in secrets where secret.range.count >= Self.leastKnown && values.count < 2 * Self.mostKnown {
                values[Array(bytes[secret.range])] = secret.kind
            }
        }
        let occurrences = KnownValues(values, least: least)
        return zip(all, found).map { bytes, secrets in
            Self.joined(secrets.map { ($0.range, $0.kind) } + occurrences.places(in: bytes))
        }
    }

    private static func replacing(
        _ places: [(Range<Int>, SecretKind)], in bytes: [UInt8], by replacement: (Range<Int>, SecretKind) -> [UInt8]
    ) -> String {
        var result: [UInt8] = []
        var at = 0
        for (range, kind) in places {
            result += bytes[at..<range.lowerBound]
            result += replacement(range, kind)
            at = range.upperBound
        }
        return String(decoding: result + bytes[at...], as: UTF8.self)
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
