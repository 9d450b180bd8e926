/// Names in plans are written by people: `merge_all`, `merge-all` and `Merge-All` are the same name.
enum PlainName {
    static func canonical(_ name: String) -> String {
        String(name.trimmingSpaces.lowercased().map { $0 == "_" || $0 == " " ? "-" : $0 })
    }

    /// `quorum:3` → (`quorum`, `3`).
    static func split(_ text: String) -> (name: String, argument: String?) {
        guard let colon = text.firstIndex(of: ":") else { return (canonical(text), nil) }
        return (canonical(String(text[..<colon])), String(text[text.index(after: colon)...]).trimmingSpaces)
    }

    /// Decodes a string enumeration by its plain name, and says which names there are when it isn't one.
    static func decode<Value: RawRepresentable & CaseIterable>(
        _: Value.Type, from decoder: any Decoder
    ) throws -> Value where Value.RawValue == String {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        if let value = Value(rawValue: canonical(text)) { return value }
        let known = Value.allCases.map(\.rawValue).joined(separator: ", ")
        throw DecodingError.dataCorruptedError(
            in: container, debugDescription: "'\(text)' isn't one of: \(known)")
    }
}

extension String {
    var trimmingSpaces: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }),
            let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }
}

/// Any key of an object, to see which ones are there.
struct AnyKey: CodingKey {
    let stringValue: String
    let intValue: Int?
    init(stringValue: String) {
        self.stringValue = stringValue
        intValue = nil
    }
    init?(intValue: Int) {
        stringValue = String(intValue)
        self.intValue = intValue
    }
}

extension Decoder {
    /// A misspelt key in an edited plan must not be lost silently.
    func refuseUnknownKeys<Key: CodingKey & CaseIterable>(_: Key.Type) throws {
        let known = Key.allCases.map(\.stringValue)
        for key in try container(keyedBy: AnyKey.self).allKeys where !known.contains(key.stringValue) {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: codingPath + [key],
                    debugDescription: "unknown key '\(key.stringValue)'; known are: "
                        + known.joined(separator: ", ")))
        }
    }
}
