extension SourceText {
    /// The edits that make another text of this one, a changed run of lines each.
    func edits(to other: SourceText, file: String) -> [Edit] {
        let (old, new) = (allLines, other.allLines)
        return lineHunks(old, new).map { hunk in
            Edit(
                file: file, range: offsets(ofLines: hunk.old),
                replacement: Array(other.bytes[other.offsets(ofLines: hunk.new)]))
        }
    }

    /// The bytes of 0-based lines, as hunks count them.
    func offsets(ofLines lines: Range<Int>) -> Range<Int> {
        func offset(_ line: Int) -> Int { line < lineCount ? lineStarts[line] : bytes.count }
        return offset(lines.lowerBound)..<offset(lines.upperBound)
    }
}

extension Candidate {
    /// Why a candidate for an earlier state of a file can't be had for the present one.
    struct Stale: Error, Equatable {
        var reason: String
    }

    /// The candidate for the files as they are now: its own edits beside those that were accepted since it was written.
    ///
    /// What was accepted has been verified: an edit that touches the same place is refused, with everything else in the
    /// candidate.
    /// - Parameter accepted: who mended a file since, for the reason.
    func rebased(onto files: WorkingFiles, accepted: (String) -> [String]) throws(Stale) -> Candidate {
        var result = self
        for (file, origin) in origins.sorted(by: { $0.key < $1.key }) {
            guard let present = files[file], present != origin else { continue }
            guard let wanted = contents[file], parts.isEmpty else {
                throw Stale(reason: "the file has been mended otherwise since")
            }
            let since = origin.edits(to: present, file: file)
            let own = origin.edits(to: wanted, file: file).filter { !since.contains($0) }
            guard !own.isEmpty else { throw Stale(reason: "the same edit has been accepted") }
            var mended = EditConflicts.Proposal(source: "", edits: since, isVerified: true)
            let sources = accepted(file)
            mended.sources = sources.isEmpty ? ["an earlier candidate"] : sources
            let conflicts = EditConflicts([mended, EditConflicts.Proposal(source: source, edits: own)])
            if let refusal = conflicts.refused.first {
                throw Stale(reason: "the file has been mended otherwise since: \(refusal.text)")
            }
            guard let merged = try? origin.applying(since + own) else {
                throw Stale(reason: "the file has been mended otherwise since")
            }
            result.contents[file] = merged
            result.origins[file] = present
        }
        return result
    }
}
