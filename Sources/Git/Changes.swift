/// What to compare.
package enum ChangeSelection: Sendable, Hashable {
    /// `HEAD` with the index.
    case staged
    /// The index with the work tree, without untracked files.
    case unstaged
    /// Files that git doesn't know and doesn't ignore.
    case untracked
    /// `HEAD` with the work tree, including untracked files.
    case all
    /// `A..B`, or `A...B` for what B changed since it left A. A missing side is `HEAD`.
    case range(String)
    /// Two trees or commits; nil is the empty tree.
    case trees(ObjectID?, ObjectID)
}

/// One file that differs.
package struct FileChange: Sendable, Hashable {
    package enum Status: String, Sendable, Hashable {
        case added, deleted, modified, renamed, untracked, conflicted, unreadable
        case typeChanged = "type-changed"
    }

    package var status: Status
    /// Nil for an added file.
    package var oldPath: String?
    /// Nil for a deleted file.
    package var newPath: String?
    package var oldMode: FileMode?
    package var newMode: FileMode?
    package var isBinary: Bool
    /// Whether the content was left out, as it exceeds the limits.
    package var isOversized: Bool
    package var hunks: [Hunk]

    package init(
        status: Status, oldPath: String?, newPath: String?, oldMode: FileMode? = nil, newMode: FileMode? = nil,
        isBinary: Bool = false, isOversized: Bool = false, hunks: [Hunk] = []
    ) {
        self.status = status
        self.oldPath = oldPath
        self.newPath = newPath
        self.oldMode = oldMode
        self.newMode = newMode
        self.isBinary = isBinary
        self.isOversized = isOversized
        self.hunks = hunks
    }

    /// The path that it has now, or had last.
    package var path: String { newPath ?? oldPath ?? "" }
}

/// One run of changed lines with its context.
package struct Hunk: Sendable, Hashable {
    package enum Kind: Sendable, Hashable { case context, added, removed }

    package struct Line: Sendable, Hashable {
        package var kind: Kind
        /// 1-based; nil for an added line.
        package var oldNumber: Int?
        /// 1-based; nil for a removed line.
        package var newNumber: Int?
        /// Without its line feed; bytes that aren't UTF-8 are replaced.
        package var text: String
        /// Whether it is a file's last line and has no line feed.
        package var lacksNewline: Bool

        package init(kind: Kind, oldNumber: Int?, newNumber: Int?, text: String, lacksNewline: Bool = false) {
            self.kind = kind
            self.oldNumber = oldNumber
            self.newNumber = newNumber
            self.text = text
            self.lacksNewline = lacksNewline
        }
    }

    package var oldStart: Int
    package var oldCount: Int
    package var newStart: Int
    package var newCount: Int
    /// What stands after the second `@@`: usually the enclosing function.
    package var section: String
    package var lines: [Line]

    package init(
        oldStart: Int, oldCount: Int, newStart: Int, newCount: Int, section: String = "", lines: [Line]
    ) {
        self.oldStart = oldStart
        self.oldCount = oldCount
        self.newStart = newStart
        self.newCount = newCount
        self.section = section
        self.lines = lines
    }
}

/// What a comparison may cost.
package struct ChangeLimits: Sendable, Hashable {
    /// A larger file is listed without its content.
    package var fileBytes = 1 << 20
    /// More lines than this, over all files, and the rest is listed without content.
    package var lines = 200_000
    /// More files than this is an error.
    package var files = 20_000

    package init() {}
}
