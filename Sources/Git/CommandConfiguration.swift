/// Settings that come with a command: `GIT_CONFIG_COUNT` and its keys and values, and what `git -c` hands on.
enum CommandConfiguration {
    /// In rising order of precedence.
    static func settings(_ environment: [String: String]) throws(GitError) -> [(String, String)] {
        var settings = try parameters(environment["GIT_CONFIG_PARAMETERS"] ?? "")
        guard let text = environment["GIT_CONFIG_COUNT"], !text.isEmpty else { return settings }
        guard let count = Int(text), (0...10_000).contains(count) else {
            throw GitError(
                .invalid, call: "configuration", message: "GIT_CONFIG_COUNT is \(text), which isn't a count.",
                hint: "Unset GIT_CONFIG_COUNT.")
        }
        for index in 0..<count {
            guard let key = environment["GIT_CONFIG_KEY_\(index)"],
                let value = environment["GIT_CONFIG_VALUE_\(index)"],
                parts(key) != nil
            else {
                throw GitError(
                    .invalid, call: "configuration",
                    message:
                        "GIT_CONFIG_COUNT is \(count), but GIT_CONFIG_KEY_\(index) or its value is missing or wrong.",
                    hint: "Set both, or unset GIT_CONFIG_COUNT.")
            }
            settings.append((key, value))
        }
        return settings
    }

    /// The settings as a configuration file.
    static func text(_ settings: [(String, String)]) -> String {
        var text = ""
        for (key, value) in settings {
            guard let (section, subsection, name) = parts(key) else { continue }
            text += subsection.map { "[\(section) \"\(quoted($0))\"]\n" } ?? "[\(section)]\n"
            text += "\t\(name) = \"\(quoted(value))\"\n"
        }
        return text
    }

    private static func quoted(_ value: String) -> String {
        var text = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            case "\t": text += "\\t"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    /// `section.subsection.name`; nil when it isn't a key. A newline in a subsection can't be written, and git refuses it.
    private static func parts(_ key: String) -> (String, String?, String)? {
        guard let first = key.firstIndex(of: "."), let last = key.lastIndex(of: ".") else { return nil }
        let section = String(key[..<first])
        let name = String(key[key.index(after: last)...])
        let subsection = first < last ? String(key[key.index(after: first)..<last]) : nil
        let isPlain = { (text: String) in
            !text.isEmpty
                && text.utf8.allSatisfy {
                    ($0 | 0x20) >= 97 && ($0 | 0x20) <= 122 || (48...57).contains($0) || $0 == 45
                }
        }
        guard isPlain(section), isPlain(name), subsection?.unicodeScalars.contains("\n") != true else { return nil }
        return (section, subsection, name)
    }

    /// `'key'='value' 'key=value'`, quoted for a shell.
    private static func parameters(_ text: String) throws(GitError) -> [(String, String)] {
        var words: [(String, String)] = []
        var word = ""
        var key: String?
        var isQuoted = false
        var isEscaped = false
        for scalar in (text + " ").unicodeScalars {
            if isQuoted {
                if scalar == "'" { isQuoted = false } else { word.unicodeScalars.append(scalar) }
            } else if isEscaped {
                word.unicodeScalars.append(scalar)
                isEscaped = false
            } else if scalar == "'" {
                isQuoted = true
            } else if scalar == "\\" {
                isEscaped = true
            } else if scalar == "=", key == nil {
                (key, word) = (word, "")
            } else if scalar == " " {
                if key == nil, let sign = word.firstIndex(of: "=") {
                    (key, word) = (String(word[..<sign]), String(word[word.index(after: sign)...]))
                }
                if let key, parts(key) != nil {
                    words.append((key, word))
                } else if let bare = key ?? (word.isEmpty ? nil : word), parts(bare) != nil {
                    words.append((bare, "true"))
                }
                (key, word) = (nil, "")
            }
        }
        guard !isQuoted else {
            throw GitError(
                .invalid, call: "configuration", message: "GIT_CONFIG_PARAMETERS has an unclosed quote.",
                hint: "Unset GIT_CONFIG_PARAMETERS.")
        }
        return words
    }
}
