import Diagnostics
import Git

/// What was changed before the build broke: the uncommitted changes, or the last commit when there are none.
package struct ChangeUnderRepair: Sendable, Equatable {
    /// The files that it modified, as they were before.
    package let earlier: [String: SourceText]
    /// Names that it brings in several places at once: nobody mistypes a name twice.
    private let deliberate: Set<String>

    /// The most files of a change that are looked at, and their bytes: a larger one isn't undone by a candidate.
    package static let mostFiles = 400
    static let mostBytes = 4 << 20

    /// - Parameters:
    ///   - earlier: the modified files as they were before the change.
    ///   - current: the same files as the change left them.
    package init(earlier: [String: SourceText] = [:], current: [String: SourceText] = [:]) {
        self.earlier = earlier
        var places: [String: Int] = [:]
        for (path, before) in earlier {
            guard let now = current[path] else { continue }
            let (old, new) = (before.allLines, now.allLines)
            for hunk in lineHunks(old, new) {
                let taken = Words(old[hunk.old], path)
                for line in hunk.new {
                    for name in Set(Words(new[line...line], path).names).subtracting(taken.names) {
                        places[name, default: 0] += 1
                    }
                }
            }
        }
        deliberate = Set(places.filter { $0.value > 1 }.keys)
    }

    /// Whether candidates' contents do nothing but restore what stood there before, and that is more than a slip.
    ///
    /// A slip is small, and in one place: who mistyped a name, lost a line or swapped an operator wants back what stood
    /// there, and that is the fix. A name that the change brings in several places is meant.
    package func isUndone(by contents: [String: SourceText], present: (String) -> SourceText?) -> Bool {
        var takenBack: [String: Int] = [:]
        var restored: [String: Int] = [:]
        var names: Set<String> = []
        for (path, text) in contents {
            guard let before = earlier[path], let now = present(path), now != text else { return false }
            let (old, current, new) = (before.allLines, now.allLines, text.allLines)
            let changed = lineHunks(old, current)
            let undone = lineHunks(current, new)
            let isUndo = undone.allSatisfy { hunk in
                changed.contains { change in
                    change.new.lowerBound <= hunk.old.lowerBound && hunk.old.upperBound <= change.new.upperBound
                        && Self.isSubsequence(new[hunk.new], of: old[change.old])
                }
            }
            guard isUndo || before == text else { return false }
            for hunk in undone where !Self.standsElsewhere(current[hunk.old], hunk, in: new) {
                let (away, back) = (Words(current[hunk.old], path), Words(new[hunk.new], path))
                for (word, count) in away.counts.merging(back.counts.mapValues { -$0 }, uniquingKeysWith: +) {
                    if count > 0 { takenBack[word, default: 0] += count }
                    if count < 0 { restored[word, default: 0] -= count }
                }
                names.formUnion(away.names.subtracting(back.names))
            }
        }
        let isSlip =
            takenBack.values.reduce(0, +) <= 8 && restored.values.reduce(0, +) <= 24
            && names.isDisjoint(with: deliberate)
        return !contents.isEmpty && !isSlip
    }

    /// Whether lines that go stand somewhere else still, side by side: who pasted them twice wants one of them back.
    private static func standsElsewhere(_ lines: ArraySlice<String>, _ hunk: LineHunk, in new: [String]) -> Bool {
        guard hunk.new.isEmpty, let first = lines.first else { return false }
        return new.indices.contains { new[$0] == first && new[$0...].starts(with: lines) }
    }

    private static func isSubsequence(_ lines: ArraySlice<String>, of all: ArraySlice<String>) -> Bool {
        var rest = all
        for line in lines {
            guard let place = rest.firstIndex(of: line) else { return false }
            rest = rest[(place + 1)...]
        }
        return true
    }

    /// The code of some lines.
    private struct Words {
        var counts: [String: Int] = [:]
        var names: Set<String> = []

        init(_ lines: ArraySlice<String>, _ path: String) {
            let file = TokenizedFile(path: path, text: SourceText(lines.joined()))
            for token in file.code {
                let word = file.string(token)
                counts[word, default: 0] += 1
                if token.kind == .identifier, !Keywords.all.contains(word) { names.insert(word) }
            }
        }
    }
}

extension ChangeUnderRepair {
    /// Reads the change that a snapshot ends with; an empty one when nothing came before it.
    static func read(_ snapshot: Snapshot, in repository: Repository, _ files: WorkingFiles) async throws -> Self {
        guard let head = snapshot.base else { return Self() }
        var commit: ObjectID? = head
        if snapshot.isClean { commit = try await repository.firstParent(of: head) }
        guard let commit else { return Self() }
        let tree = try await repository.commitInfo(commit).tree
        let now = try await repository.listFiles(in: snapshot.tree).filter(\.mode.isFile).reduce(into: [:]) {
            $0[$1.path] = $1.id
        }
        let modified = try await repository.listFiles(in: tree).filter { entry in
            entry.mode.isFile && now[entry.path].map { $0 != entry.id } ?? false
        }.map(\.path)
        guard modified.count <= mostFiles else { return Self() }
        await files.load(modified)
        var earlier: [String: SourceText] = [:]
        var current: [String: SourceText] = [:]
        var bytes = 0
        for path in modified {
            guard let text = files.base(path), bytes < mostBytes,
                let before = try? await repository.readBlob(path: path, in: tree, limit: WorkingFiles.largestFile)
            else { continue }
            bytes += before.count
            earlier[path] = SourceText(before)
            current[path] = text
        }
        return Self(earlier: earlier, current: current)
    }
}
