import Foundation
import Yams

/// A configuration file's text becomes a layer. Everything that isn't understood is an error with its line.
package enum ConfigurationFile {
    /// The most bytes of a file.
    package static let maximumSize = 64 << 10
    /// The most aliases: few enough that even aliases of aliases stay small when they are expanded.
    static let maximumAliases = 20
    static let maximumDepth = 40

    /// - Parameter source: the file, with any line.
    package static func read(
        _ text: String, from source: ConfigurationSource
    ) throws(ConfigurationProblem) -> ConfigurationLayer {
        if text.utf8.count > maximumSize {
            throw ConfigurationProblem(source.at(line: 0), "the file is larger than \(maximumSize >> 10) KiB")
        }
        try boundNesting(of: text, source)
        guard let root = try parse(text, source) else { return ConfigurationLayer() }
        if root.scalar?.string.isEmpty == true { return ConfigurationLayer() }
        guard let mapping = root.mapping else {
            throw ConfigurationProblem(
                source.at(line: root.mark?.line ?? 1), "the file must be a list of `key: value` lines",
                hints: ["for a commented example: teamfix init"])
        }
        return try ConfigurationReader(source: source).layer(mapping)
    }

    private static func parse(
        _ text: String, _ source: ConfigurationSource
    ) throws(ConfigurationProblem) -> Node? {
        do {
            return try Yams.compose(yaml: text)
        } catch let error as YamlError {
            switch error {
            case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
                .composer(_, let problem, let mark, _):
                throw ConfigurationProblem(
                    source.at(line: mark.line), "this is not YAML: \(problem)",
                    hints: ["quote texts that have : or # or that begin with one of [ { & * ! | > ' \" % @ `"])
            case .duplicatedKeysInMapping(let duplicates, let context):
                throw ConfigurationProblem(
                    source.at(line: context.mark.line),
                    "`\(duplicates.first ?? "")` is there more than once")
            default:
                throw ConfigurationProblem(source.at(line: 0), "this is not YAML that can be read")
            }
        } catch {
            throw ConfigurationProblem(source.at(line: 0), "this is not YAML that can be read: \(error)")
        }
    }

    /// Refuses what would cost the parser's stack or explode when aliases are expanded, before it is parsed.
    private static func boundNesting(of text: String, _ source: ConfigurationSource) throws(ConfigurationProblem) {
        var depth = 0
        var aliases = 0
        var hasAnchor = false
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let bytes = Array(line.utf8)
            for (place, byte) in bytes.enumerated() {
                switch byte {
                case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
                case UInt8(ascii: "]"), UInt8(ascii: "}"): depth = max(0, depth - 1)
                case UInt8(ascii: "*") where beginsName(bytes, place): aliases += 1
                case UInt8(ascii: "&") where beginsName(bytes, place): hasAnchor = true
                default: break
                }
            }
            let leading = bytes.prefix { " -?".utf8.contains($0) }.count
            if depth > maximumDepth || leading > maximumDepth * 4 {
                throw ConfigurationProblem(source.at(line: index + 1), "the file is nested too deeply")
            }
        }
        if aliases > maximumAliases, hasAnchor {
            throw ConfigurationProblem(
                source.at(line: 0), "the file has more than \(maximumAliases) YAML aliases (*name)",
                hints: ["write the values out"])
        }
    }

    /// Whether the sign there stands where a value begins, with a name behind it.
    private static func beginsName(_ bytes: [UInt8], _ place: Int) -> Bool {
        let isAtStart = place == 0 || " \t[{,".utf8.contains(bytes[place - 1])
        return isAtStart && place + 1 < bytes.count && !" \t*&,]}".utf8.contains(bytes[place + 1])
    }
}
