/// Where the tools that wrote a log ran, and so what their relative paths mean.
struct PathResolver {
    /// The root's own path and the other spellings of it: macOS shows `/tmp` and `/var` below `/private` as it likes.
    private let roots: [String]
    private let start: String
    private let exists: (@Sendable (String) -> Bool)?
    /// The directories that make and its like have entered and not left, in the order of entering.
    private var entered: [(path: String, level: Int?)] = []
    /// The directories entered before, the latest last: what a parallel make prints late belongs to one of them.
    private var left: [String] = []
    /// The directory that the command just shown changed to; it ends with that command.
    private var transient: String?

    static let depthLimit = 64

    init(root: String, directory: String?, exists: (@Sendable (String) -> Bool)?) {
        let root = Self.normalized(root, in: "/")
        var roots = [root]
        if root.hasPrefix("/private/") {
            roots.append(String(root.dropFirst("/private".count)))
        } else if root.hasPrefix("/tmp/") || root.hasPrefix("/var/") {
            roots.append("/private" + root)
        }
        self.roots = roots
        self.start = directory.map { Self.normalized($0, in: root) } ?? root
        self.exists = exists
    }

    private var current: String { transient ?? entered.last?.path ?? start }

    /// Whether the next command that is shown ends a change of directory.
    var isInCommand: Bool { transient != nil }

    mutating func enter(_ directory: String, level: Int? = nil) {
        transient = nil
        let path = Self.normalized(directory, in: start)
        if entered.count < Self.depthLimit { entered.append((path, level)) }
    }

    /// The path of a file that a make of some depth names, which is in its own directory whatever else runs beside it.
    func resolve(_ path: String, level: Int?) -> String {
        guard let level, !path.hasPrefix("/") else { return resolve(path) }
        // A make that never said where it went is where the build began, if it is the outermost.
        let known = entered.last { $0.level == level }?.path
        guard let directory = known ?? (level == 0 ? start : nil) else { return resolve(path) }
        return shortened(Self.normalized(path, in: directory))
    }

    mutating func leave(_ directory: String) {
        transient = nil
        let path = Self.normalized(directory, in: start)
        // With -j, the directories aren't left in the reverse order of entering.
        guard let index = entered.lastIndex(where: { $0.path == path }) else { return }
        entered.remove(at: index)
        left.removeAll { $0 == path }
        left.append(path)
        if left.count > Self.depthLimit { left.removeFirst() }
    }

    /// `cd DIRECTORY && …`: what follows, until another command is shown.
    mutating func changeDirectory(_ directory: String) {
        transient = Self.normalized(directory, in: entered.last?.path ?? start)
    }

    mutating func endCommand() { transient = nil }

    /// The path relative to the root when it lies below it, else absolute; as the tool gave it when it names no file.
    func resolve(_ path: String) -> String {
        guard !path.isEmpty, !path.hasPrefix("<") else { return path }
        // What is no file of this machine stays as it is, unless it could be taken for a way out of the root.
        let isForeign = path.hasPrefix("node:") || path.utf8.dropFirst().first == .colon
        if isForeign, !path.split(separator: "/").contains("..") { return path }
        if path.hasPrefix("/") { return shortened(Self.normalized(path, in: "/")) }
        if path.hasPrefix("file://") { return shortened(Self.normalized(String(path.dropFirst(7)), in: "/")) }
        let first = Self.normalized(path, in: current)
        if let exists, !exists(first) {
            let others = entered.reversed().map(\.path) + left.reversed() + [start, roots[0]]
            for directory in others {
                let candidate = Self.normalized(path, in: directory)
                if exists(candidate) { return shortened(candidate) }
            }
        }
        return shortened(first)
    }

    /// The first of several relative paths that is there; nil when none is, or that can't be asked.
    func firstExisting(_ paths: [String]) -> String? {
        guard let exists else { return nil }
        for path in paths {
            for directory in [current, roots[0]] where exists(Self.normalized(path, in: directory)) {
                return shortened(Self.normalized(path, in: directory))
            }
        }
        return nil
    }

    /// Whether a resolved path lies below the root.
    static func isInside(_ resolved: String) -> Bool { !resolved.hasPrefix("/") && !resolved.hasPrefix("<") }

    private func shortened(_ absolute: String) -> String {
        for root in roots {
            if root == "/" { return String(absolute.dropFirst()) }
            if absolute.hasPrefix(root), absolute.utf8.dropFirst(root.utf8.count).first == .slash {
                return String(absolute.dropFirst(root.count + 1))
            }
        }
        return absolute
    }

    /// Whether a path has neither `.` nor `..` nor doubled or final slashes: most have none.
    private static func isNormal(_ path: String) -> Bool {
        var length = -1
        var isDots = true
        for byte in path.utf8 {
            if byte == .slash {
                if length == 0 || (length > 0 && isDots) { return false }
                length = 0
                isDots = true
            } else {
                length += 1
                if byte != .dot { isDots = false }
            }
        }
        return length > 0 && !isDots
    }

    /// The path without `.`, `..` and doubled slashes, by its text alone.
    static func normalized(_ path: String, in directory: String) -> String {
        let whole = path.hasPrefix("/") ? path : directory + "/" + path
        if isNormal(whole) { return whole }
        var parts: [Substring] = []
        for part in whole.split(separator: "/") {
            switch part {
            case ".": continue
            case "..": parts = parts.dropLast()
            default: parts.append(part)
            }
        }
        return "/" + parts.joined(separator: "/")
    }
}
