/// Whether a model's edit touches what it has only seen a placeholder of.
struct SecretEdits {
    /// Why the change may not be made; nil when it may.
    ///
    /// - Parameter holdsKnown: whether a line holds a value that is hidden though nothing in the file tells that it is a secret.
    static func refusal(
        from old: SourceText, to new: SourceText, path: String,
        holdsKnown: @Sendable (String) -> Bool = { _ in false }
    ) -> String? {
        let (before, after) = (old.allLines, new.allLines)
        let hunks = lineHunks(before, after)
        let removed = hunks.flatMap { $0.old }
        let written: [String] = hunks.flatMap { after[$0.new] }
        let added = written.map { Array($0.utf8) }
        let mark = Array(Redaction.mark.utf8).map(\.lowercased)
        if added.contains(where: { $0.map(\.lowercased).holds(mark) }), !old.bytes.map(\.lowercased).holds(mark) {
            return "it writes a placeholder for a secret into \(path)"
        }
        let secrets = SecretScanner().suspected(in: old.bytes)
        let lines = Set(removed)
        if let touched = secrets.first(where: { lines.contains(old.line(at: $0.range.lowerBound) - 1) }) {
            let line = old.line(at: touched.range.lowerBound)
            return
                "it changes line \(line) of \(path), which holds a secret (\(touched.kind.rawValue)) that no model was shown"
        }
        if let touched = removed.first(where: { holdsKnown(before[$0]) }) {
            return
                "it changes line \(touched + 1) of \(path), which holds a secret (known from the environment or a .env) that no model was shown"
        }
        let values = Set(secrets.filter { $0.range.count >= 8 }.prefix(200).map { Array(old.bytes[$0.range]) })
        if values.contains(where: { value in added.contains { $0.holds(value) } }) {
            return "it writes a secret of \(path) into another line"
        }
        if written.contains(where: holdsKnown) {
            return "it writes a secret of the environment or a .env into \(path)"
        }
        return nil
    }
}
