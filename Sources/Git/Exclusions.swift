import CLibgit2
import CLibgit2Shims

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Why a path is none of teamfix's business.
package enum Exclusion: String, Sendable, Hashable, Codable {
    /// Git ignores it, and doesn't track it all the same.
    case ignored = "git ignores it"
    /// A `.teamfixignore` lists it.
    case listed = ".teamfixignore"
    /// `.gitattributes` give it the attribute `teamfix-ignore`.
    case attribute = "the attribute teamfix-ignore"
}

extension Repository {
    /// The name of the files that exclude paths, in `.gitignore`'s syntax, each for its folder.
    package static let ignoreFile = ".teamfixignore"
    private static let mostIgnoreBytes = 256 << 10
    /// Longer paths, and those in more folders, are excluded as soon as a file above them lists anything.
    static let longestListedPath = 1_024
    static let mostListedFolders = 64
    /// What rules may cost for one path, in places of it that a pattern is compared at; a path that needs more is excluded.
    static let mostIgnoreSteps = 2_000_000

    /// Why each of these paths is excluded; those that aren't are absent.
    package func exclusions(of paths: [String]) throws(GitError) -> [String: Exclusion] {
        var found: [String: Exclusion] = [:]
        var files: [String: IgnoreRules] = [:]
        guard !paths.isEmpty else { return found }
        try attachIndex()
        for path in paths where found[path] == nil {
            if isListed(path, &files) {
                found[path] = .listed
                continue
            }
            switch try Attributes.read(["teamfix-ignore"], for: path, in: pointer)["teamfix-ignore"] {
            case .set, .text("true"):
                found[path] = .attribute
                continue
            default: break
            }
            var isIgnored: Int32 = 0
            // Of a path that libgit2 can't look up nothing is known: it is no file of the work tree.
            guard git_ignore_path_is_ignored(&isIgnored, pointer, path) == 0, isIgnored == 1 else { continue }
            if try !isTracked(path) { found[path] = .ignored }
        }
        git_error_clear()
        return found
    }

    /// Whether the index has the file. The index in libgit2's hands may hold nothing but attributes.
    private func isTracked(_ path: String) throws(GitError) -> Bool {
        if let file = readableIndex() { return file.entry(path: path) != nil }
        let index = try freshIndex()
        return git_index_get_bypath(index.pointer, path, 0) != nil
    }

    /// Whether the path, or a folder that it lies in, is listed. Deeper files overrule those above them; what lies in an excluded
    /// folder stays excluded.
    private func isListed(_ path: String, _ files: inout [String: IgnoreRules]) -> Bool {
        guard let workTree else { return false }
        let parts = path.split(separator: "/").map(String.init)
        var rules: [(depth: Int, rules: IgnoreRules)] = []
        let isTooLong = path.utf8.count > Self.longestListedPath || parts.count > Self.mostListedFolders
        var steps = Self.mostIgnoreSteps
        var folder = ""
        for depth in parts.indices {
            let known = files[folder] ?? Self.rules(workTree + "/" + folder + Self.ignoreFile)
            files[folder] = known
            if !known.isEmpty { rules.append((depth, known)) }
            if isTooLong {
                if !known.isEmpty { return true }
                folder += parts[depth] + "/"
                continue
            }
            var isExcluded = false
            for (base, rules) in rules {
                let below = parts[base...depth].joined(separator: "/")
                isExcluded = rules.decision(below, isFolder: depth < parts.count - 1, steps: &steps) ?? isExcluded
                if steps < 0 { return true }
            }
            if isExcluded { return true }
            folder += parts[depth] + "/"
        }
        return false
    }

    private static func rules(_ path: String) -> IgnoreRules {
        if let content = Paths.contents(path, limit: mostIgnoreBytes) { return IgnoreRules(content) }
        // One that is there and can't be read, or is too long to be one, excludes everything: what it meant to is unknown.
        var status = stat()
        return IgnoreRules(lstat(path, &status) == 0 ? [UInt8(ascii: "*")] : [])
    }
}
