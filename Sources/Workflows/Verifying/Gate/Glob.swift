/// A path pattern as `.gitignore` reads it: `*` within a name, `**` over folders, `?` for a character; without a slash it
/// matches the name in any folder; a folder matches all that it holds.
package struct Glob: Sendable {
    private let pattern: [Character]
    private let matchesName: Bool
    private let isFolder: Bool

    package init(_ pattern: String) {
        var text = pattern
        if text.hasPrefix("./") { text.removeFirst(2) }
        matchesName = !text.dropLast().contains("/")
        if text.hasPrefix("/") { text.removeFirst() }
        isFolder = text.hasSuffix("/")
        if isFolder { text.removeLast() }
        self.pattern = Array(text)
    }

    package func matches(_ path: String) -> Bool {
        if matchesName {
            let names = path.split(separator: "/")
            return names.dropLast(isFolder ? 1 : 0).contains { Self.match(pattern[...], Array($0)[...]) }
        }
        if !isFolder, Self.match(pattern[...], Array(path)[...]) { return true }
        return Self.match((pattern + Array("/**"))[...], Array(path)[...])
    }

    /// Goes through the pattern once, and keeps every place of the path that it may have come to.
    private static func match(_ pattern: ArraySlice<Character>, _ path: ArraySlice<Character>) -> Bool {
        let path = Array(path)
        var reached = [true] + [Bool](repeating: false, count: path.count)
        var rest = pattern
        var isNameStart = true
        while let next = rest.popFirst() {
            var now = [Bool](repeating: false, count: path.count + 1)
            if next == "*", rest.first == "*" {
                rest = rest.dropFirst()
                // `**/x` also matches `x` itself, and only whole folders before it.
                let isFolders = isNameStart && rest.first == "/"
                if isFolders { rest = rest.dropFirst() }
                var wasReached = false
                for place in 0...path.count {
                    now[place] = reached[place] || wasReached && (!isFolders || path[place - 1] == "/")
                    wasReached = wasReached || reached[place]
                }
                isNameStart = isFolders
            } else {
                for place in 0...path.count {
                    switch next {
                    case "*": now[place] = reached[place] || place > 0 && now[place - 1] && path[place - 1] != "/"
                    case "?": now[place] = place > 0 && reached[place - 1] && path[place - 1] != "/"
                    default: now[place] = place > 0 && reached[place - 1] && path[place - 1] == next
                    }
                }
                isNameStart = next == "/"
            }
            reached = now
        }
        return reached[path.count]
    }
}
