import CLibgit2

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension Repository {
    /// The reference below which teamfix's notes are kept; `git notes --ref=teamfix` means it.
    package static let notesReference = "refs/notes/teamfix"

    /// Adds a note to a commit, below `refs/notes/teamfix`. What other notes there say stays.
    ///
    /// Another process may add one at the same moment: then this one is added on top, for at most a second.
    /// - Throws: `exists` when the commit has such a note already, which stays as it is; `modified` when another process
    ///   keeps the reference for itself; `notFound` without such a commit.
    package func addNote(_ text: String, to commit: ObjectID, by identity: Identity) throws(GitError) {
        _ = try lookUpCommit(commit)
        let author = try signature(identity.author)
        let committer = try signature(identity.committer)
        var (note, id) = (git_oid(), commit.oid)
        let body = text.hasSuffix("\n") ? text : text + "\n"
        for attempt in 0..<40 {
            if attempt > 0 { usleep(25_000) }
            let result = git_note_create(
                &note, pointer, Self.notesReference, author.pointee, committer.pointee, &id, body, 0)
            if [GIT_ELOCKED.rawValue, GIT_EMODIFIED.rawValue].contains(result) { continue }
            do throws(GitError) { try check("git_note_create", result) } catch {
                throw explainedNoteError(error, commit)
            }
            return
        }
        git_error_clear()
        throw GitError(
            .modified, call: "addNote", message: "Another process is writing \(Self.notesReference).",
            hint: "Wait for it; if none is running, remove \(commonDirectory)/\(Self.notesReference).lock")
    }

    private func explainedNoteError(_ error: GitError, _ commit: ObjectID) -> GitError {
        if error.code == .exists {
            return error.explained(
                "There is a note on \(commit.short) already, and it stays as it is.",
                hint: "Read it: git notes --ref=teamfix show \(commit.short)")
        }
        return error.explained("A note on \(commit.short) can't be written: \(error.message)")
    }
}
