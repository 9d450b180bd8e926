/// A version of Ollama, as far as features depend on it.
struct OllamaVersion: Sendable, Comparable {
    var major: Int
    var minor: Int
    var patch: Int

    init(_ major: Int, _ minor: Int, _ patch: Int) {
        (self.major, self.minor, self.patch) = (major, minor, patch)
    }

    /// Reads `0.12.5`, `v0.33.0-rc2`; a development build (`0.0.0`) counts as the newest.
    init?(_ text: String) {
        let core = (text.first == "v" ? text.dropFirst() : text[...]).prefix { $0.isNumber || $0 == "." }
        let parts = core.split(separator: ".").compactMap { Int($0) }
        guard parts.count >= 2 else { return nil }
        self.init(parts[0], parts[1], parts.count > 2 ? parts[2] : 0)
        if self == OllamaVersion(0, 0, 0) { major = .max }
    }

    /// `think` with a truth value.
    static let think = OllamaVersion(0, 9, 0)
    /// `think` with a level.
    static let thinkLevel = OllamaVersion(0, 11, 1)
    /// `think: false` for models that can't think.
    static let thinkOffForAll = OllamaVersion(0, 12, 5)

    static func < (left: OllamaVersion, right: OllamaVersion) -> Bool {
        (left.major, left.minor, left.patch) < (right.major, right.minor, right.patch)
    }
}

extension OllamaRequest.Think {
    /// What to send so that the model answers without a trace, as far as the server understands it.
    ///
    /// A thinking model thinks unless told otherwise, and older servers refuse the field for models that can't.
    init(model: String, capabilities: [String]?, version: OllamaVersion?) {
        let canThink = capabilities?.contains("thinking")
        if model.lowercased().contains("gpt-oss") {
            self = (version ?? .thinkOffForAll) >= .thinkLevel ? .low : .omitted
        } else if let version, version >= .thinkOffForAll {
            self = .off
        } else if canThink == true, version.map({ $0 >= .think }) ?? true {
            self = .off
        } else {
            self = .omitted
        }
    }
}

/// A model's name as servers compare it: with a tag, in lower case.
public func canonicalModelName(_ name: String) -> String {
    let lowered = name.lowercased()
    let last = lowered.split(separator: "/").last ?? ""
    return last.contains(":") ? lowered : lowered + ":latest"
}
