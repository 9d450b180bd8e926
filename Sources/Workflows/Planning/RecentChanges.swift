import Git

/// What was changed last, newest first: what isn't committed, then that together with the last commit. What broke a build is
/// usually there.
package struct RecentChanges: Sendable, Equatable {
    /// A run of changed lines.
    package struct Change: Sendable, Equatable {
        /// The lines as they are now, 1-based; where lines only went, those around the place.
        package var lines: ClosedRange<Int>
        package var removed: [String]
        package var added: [String]

        package init(lines: ClosedRange<Int>, removed: [String], added: [String]) {
            self.lines = lines
            self.removed = removed
            self.added = added
        }
    }

    /// The changes of each file, by its present path.
    package let levels: [[String: [Change]]]
    /// The names that were replaced in lines that are the same otherwise, declarations first.
    package let renames: [Rename]

    package init(_ levels: [[String: [Change]]] = []) {
        self.levels = levels
        // Asked for every error, and the lines of a commit take time to compare.
        renames = Self.renames(levels)
    }

    /// A level with more than this points nowhere: an import, a reformatting.
    static let mostFiles = 200
    static let mostLines = 4_000

    /// Reads what the repository tells; a history that can't be read tells nothing.
    static func read(_ repository: Repository, _ snapshot: Snapshot) async -> RecentChanges {
        guard let head = snapshot.base else { return RecentChanges() }
        var starts: [ObjectID] = []
        if !snapshot.isClean { starts.append(head) }
        if let parent = try? await repository.firstParent(of: head) { starts.append(parent) }
        var levels: [[String: [Change]]] = []
        for start in starts {
            guard let tree = try? await repository.commitInfo(start).tree,
                let changes = try? await repository.changes(.trees(tree, snapshot.tree), limits: limits),
                let level = Self.level(of: changes)
            else { continue }
            levels.append(level)
        }
        return RecentChanges(levels)
    }

    private static var limits: ChangeLimits {
        var limits = ChangeLimits()
        limits.files = 2_000
        limits.lines = mostLines * 2
        return limits
    }

    /// The changes as a level; nil when there is nothing to learn from them.
    static func level(of changes: [FileChange]) -> [String: [Change]]? {
        let told = changes.filter { $0.newPath != nil && !$0.isBinary && !$0.isOversized }
        guard !told.isEmpty, told.count <= mostFiles else { return nil }
        var level: [String: [Change]] = [:]
        var count = 0
        for change in told {
            let runs = change.hunks.flatMap(Self.runs)
            count += runs.reduce(0) { $0 + $1.added.count + $1.removed.count }
            level[change.path] = runs
        }
        return count <= mostLines ? level : nil
    }

    /// The changed lines of a hunk, without its context.
    private static func runs(_ hunk: Hunk) -> [Change] {
        var runs: [Change] = []
        var next = hunk.newStart
        var open: (first: Int, removed: [String], added: [String])?
        func close() {
            guard let run = open else { return }
            let last = max(run.first, run.first + run.added.count - 1)
            runs.append(
                Change(
                    lines: (run.added.isEmpty ? max(1, run.first - 1) : run.first)...last, removed: run.removed,
                    added: run.added))
            open = nil
        }
        for line in hunk.lines {
            switch line.kind {
            case .context:
                close()
                next = (line.newNumber ?? next) + 1
            case .removed:
                if open == nil { open = (next, [], []) }
                open?.removed.append(line.text)
            case .added:
                if open == nil { open = (line.newNumber ?? next, [], []) }
                open?.added.append(line.text)
                next = (line.newNumber ?? next) + 1
            }
        }
        close()
        return runs
    }

    package var isEmpty: Bool { levels.isEmpty }

    /// The changed files, those of the newest level first.
    package var files: [String] {
        var seen: Set<String> = []
        return levels.flatMap { $0.keys.sorted() }.filter { seen.insert($0).inserted }
    }

    /// The newest level that changed something within these lines; nil when none did.
    package func level(of file: String, _ lines: ClosedRange<Int>) -> Int? {
        levels.firstIndex { level in level[file]?.contains { $0.lines.overlaps(lines) } ?? false }
    }

    /// The changes of a file, of the newest level that has any.
    package func changes(in file: String) -> [Change] { levels.lazy.compactMap { $0[file] }.first ?? [] }

    /// A name that was replaced by another one.
    package struct Rename: Sendable, Hashable {
        package var old: String
        package var new: String
        package var file: String
        package var line: Int
        /// Whether the line declares the new name, as far as can be told.
        package var isDeclaration: Bool
    }

    private static func renames(_ levels: [[String: [Change]]]) -> [Rename] {
        var found: [Rename] = []
        var seen: Set<Rename> = []
        for level in levels {
            for (file, changes) in level.sorted(by: { $0.key < $1.key }) {
                for change in changes where change.removed.count <= 60 && change.added.count <= 60 {
                    for rename in renames(change, file) where seen.insert(rename).inserted { found.append(rename) }
                }
            }
        }
        return found.filter(\.isDeclaration) + found.filter { !$0.isDeclaration }
    }

    private static func renames(_ change: Change, _ file: String) -> [Rename] {
        let removed = change.removed.map { TokenizedFile(path: file, text: SourceText($0)) }
        let added = change.added.map { TokenizedFile(path: file, text: SourceText($0)) }
        var result: [Rename] = []
        for (number, new) in added.enumerated() {
            // In step when as many came as went, else wherever a line resembles.
            let candidates = removed.count == added.count ? [removed[number]] : removed
            for old in candidates {
                guard let (a, b) = renamed(old, new) else { continue }
                result.append(
                    Rename(
                        old: a, new: b, file: file, line: change.lines.lowerBound + number,
                        isDeclaration: declares(new, b)))
                break
            }
        }
        return result
    }

    /// The one name that differs between two lines, in all of its places.
    private static func renamed(_ old: TokenizedFile, _ new: TokenizedFile) -> (String, String)? {
        guard old.code.count == new.code.count, old.code.count >= 2 else { return nil }
        var pair: (String, String)?
        for (a, b) in zip(old.code, new.code) {
            let (before, after) = (old.string(a), new.string(b))
            if before == after { continue }
            guard a.kind == .identifier, b.kind == .identifier, !Keywords.all.contains(before),
                !Keywords.all.contains(after), pair == nil || pair.map({ $0 == (before, after) }) == true
            else { return nil }
            pair = (before, after)
        }
        return pair
    }

    private static func declares(_ line: TokenizedFile, _ name: String) -> Bool {
        let openers: Set<String> = [
            "def", "func", "fn", "class", "struct", "enum", "function", "let", "var", "const", "define", "typedef",
            "interface", "type", "protocol", "trait", "static", "extern", "*",
        ]
        guard let index = line.code.firstIndex(where: { line.is($0, name) }), index > 0 else { return false }
        let before = line.code[index - 1]
        // `int name`, `func name`: what stands before a declared name is its type or its keyword.
        return openers.contains(line.string(before))
            || before.kind == .identifier && !["return", "else", "case", "goto", "in"].contains(line.string(before))
    }
}
