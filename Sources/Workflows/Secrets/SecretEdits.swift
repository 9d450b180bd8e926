/// Whether a model's edit touches what it has only seen a placeholder of.
struct SecretEdits {
    /// Why the change may not be made; nil when it may.
    static func refusal(from old: SourceText, to new: SourceText, path: String) -> String? {
        let (before, after) = (old.allLines, new.allLines)
        let hunks = lineHunks(before, after)
        let removed = hunks.flatMap { $0.old }
        let added = hunks.flatMap { after[$0.new] }.map { Array($0.utf8) }
        let mark = Array(Redaction.mark.utf8).map(\.lowercased)
        if added.contains(where: { $0.map(\.lowercased).holds(mark) }), !old.bytes.map(\.lowercased).holds(mark) {
            return "it writes a placeholder for a secret into \(path)"
        }
        let secrets = SecretScanner().suspected(in: old.bytes)
        guard !secrets.isEmpty else { return nil }
        let lines = Set(removed)
        if let touched = secrets.first(where: { lines.contains(old.line(at: $0.range.lowerBound) - 1) }) {
            let line = old.line(at: touched.range.lowerBound)
            return
                "it changes line \(line) of \(path), which holds a secret (\(touched.kind.rawValue)) that no model was shown"
        }
        let values = Set(secrets.filter { $0.range.count >= 8 }.prefix(200).map { Array(old.bytes[$0.range]) })
        if values.contains(where: { value in added.contains { $0.holds(value) } }) {
            return "it writes a secret of \(path) into another line"
        }
        return nil
    }
}
