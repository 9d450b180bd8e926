/// Edits that make one patch: someone's proposal of how to mend one root cause, or several.
package struct Candidate: Sendable, Equatable {
    /// Unique in its run.
    package var id: String
    /// What it does, in a line, as a commit message would say it.
    package var title: String
    /// Who proposed it: `builtin`, or a task's id.
    package var source: String
    /// The model that wrote it; nil for the built-in engine.
    package var model: String?
    /// The fingerprints of the root causes that it is meant to mend.
    package var causes: [String]
    /// The new content of each file that it changes.
    package var contents: [String: SourceText]
    /// The content that each of these files had when it was written: a candidate for another state of a file is stale.
    package var origins: [String: SourceText]

    /// The independent fixes that it is made of, in order, each on top of the ones before; empty when it is one fix. Each
    /// becomes a commit.
    package var parts: [Candidate] = []

    /// Whether a program that isn't a compiler printed its edits: they are judged like a model's.
    package var isForeign = false

    /// Whether nothing but its passing speaks for it, as for a mutation. It is judged like a model's, and tried without a word of
    /// those that fail: there are hundreds of them.
    package var isGuess: Bool { guessEnds != nil }
    /// The most seconds that a guess may run; nil for what isn't one.
    package var guessEnds: Double?

    /// Whether someone wrote it who may be wrong about everything.
    var isUntrusted: Bool { model != nil || isGuess }

    package init(
        id: String, title: String, source: String, model: String? = nil, causes: [String],
        contents: [String: SourceText], origins: [String: SourceText]
    ) {
        self.id = id
        self.title = title
        self.source = source
        self.model = model
        self.causes = causes
        self.contents = contents
        self.origins = origins
    }

    package var files: [String] { contents.keys.sorted() }

    /// The lines of the new contents that it touches, 1-based, a hunk each.
    package var touchedLines: [String: [ClosedRange<Int>]] {
        var result: [String: [ClosedRange<Int>]] = [:]
        for (file, text) in contents {
            guard let origin = origins[file] else { continue }
            result[file] = lineHunks(origin.allLines, text.allLines).map { hunk in
                let first = hunk.new.lowerBound + 1
                return first...max(first, hunk.new.upperBound)
            }
        }
        return result
    }

    /// Added and removed lines together.
    package var changedLines: Int {
        contents.reduce(0) { sum, entry in
            guard let origin = origins[entry.key] else { return sum }
            return sum + lineHunks(origin.allLines, entry.value.allLines).reduce(0) { $0 + $1.old.count + $1.new.count }
        }
    }
}

extension WorkingFiles {
    /// Makes edits to the present files a candidate's contents: all of them or none.
    package func contents(applying edits: [Edit]) throws(EditError) -> [String: SourceText] {
        var result: [String: SourceText] = [:]
        var byFile: [String: [Edit]] = [:]
        for edit in edits { byFile[edit.file, default: []].append(edit) }
        for (file, edits) in byFile {
            guard let text = self[file] else { throw .noSuchFile(file) }
            result[file] = try text.applying(edits)
        }
        return result
    }
}
