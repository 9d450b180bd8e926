import Synchronization

/// The words of files, told once for each: whether a name stands in a file is asked for every name of every failure.
///
/// Good for as long as the files stay as they are.
final class FileWords: Sendable {
    private let known = Mutex<[String: Set<String>]>([:])

    /// Whether a text has a word, in code or elsewhere.
    func has(_ word: String, in path: String, _ text: SourceText) -> Bool {
        known.withLock { known in
            if let words = known[path] { return words.contains(word) }
            let words = Self.words(text.bytes)
            known[path] = words
            return words.contains(word)
        }
    }

    /// The runs of what names consist of, as the lexer takes them.
    private static func words(_ bytes: [UInt8]) -> Set<String> {
        Set(bytes.split { !isWord($0) && $0 < 0x80 }.map { String(decoding: $0, as: UTF8.self) })
    }
}
