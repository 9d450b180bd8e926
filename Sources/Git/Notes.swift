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
    /// Another process may add one at the same moment: then this one is added on top, for at most about a second.
    /// - Throws: `exists` when the commit has such a note already, which stays as it is, or when other references stand in
    ///   the way; `modified` when another process keeps the reference for itself; `notFound` without such a commit.
    package func addNote(_ text: String, to commit: ObjectID, by identity: Identity) throws(GitError) {
        _ = try lookUpCommit(commit)
        for attempt in 0..<40 {
            if attempt > 0 { usleep(25_000) }
            let tip = try notesTip()
            let notes = try notesCommit(adding: text, to: commit, on: tip, by: identity)
            let isThere: Bool
            if let tip { isThere = try moveNotes(to: notes, from: tip) } else { isThere = try beginNotes(at: notes) }
            if isThere { return }
        }
        throw GitError(
            .modified, call: "addNote", message: "Another process is writing \(Self.notesReference).",
            hint: "Wait for it; if none is running, remove \(commonDirectory)/\(Self.notesReference).lock")
    }

    /// The commit that holds the notes now; nil when there are none yet.
    private func notesTip() throws(GitError) -> ObjectID? {
        var id = git_oid()
        let result = git_reference_name_to_id(&id, pointer, Self.notesReference)
        if result == GIT_ENOTFOUND.rawValue {
            git_error_clear()
            return nil
        }
        try check("git_reference_name_to_id", result)
        return ObjectID(id)
    }

    /// Stores the notes with one more. No reference moves.
    private func notesCommit(
        adding text: String, to commit: ObjectID, on tip: ObjectID?, by identity: Identity
    ) throws(GitError) -> ObjectID {
        let author = try signature(identity.author)
        let committer = try signature(identity.committer)
        var (notes, note, id) = (git_oid(), git_oid(), commit.oid)
        let body = text.hasSuffix("\n") ? text : text + "\n"
        var parent: OpaquePointer?
        defer { git_commit_free(parent) }
        if let tip {
            var tip = tip.oid
            try check("git_commit_lookup", git_commit_lookup(&parent, pointer, &tip))
        }
        let result = git_note_commit_create(
            &notes, &note, pointer, parent, author.pointee, committer.pointee, &id, body, 0)
        do throws(GitError) { try check("git_note_commit_create", result) } catch {
            guard error.code == .exists else {
                throw error.explained("A note on \(commit.short) can't be written: \(error.message)")
            }
            throw error.explained(
                "There is a note on \(commit.short) already, and it stays as it is.",
                hint: "Read it: git notes --ref=teamfix show \(commit.short)")
        }
        return ObjectID(notes)
    }

    /// Moves the reference, unless it has moved since; then it returns false.
    private func moveNotes(to notes: ObjectID, from tip: ObjectID) throws(GitError) -> Bool {
        var (reference, new, old): (OpaquePointer?, git_oid, git_oid) = (nil, notes.oid, tip.oid)
        defer { git_reference_free(reference) }
        let result = git_reference_create_matching(
            &reference, pointer, Self.notesReference, &new, 1, &old, "notes: added by teamfix")
        if [GIT_ELOCKED, GIT_EMODIFIED, GIT_ENOTFOUND].map(\.rawValue).contains(result) {
            git_error_clear()
            return false
        }
        try check("git_reference_create_matching", result)
        return true
    }

    /// Makes the reference, unless there is one by now; then it returns false. libgit2 would replace one that another process
    /// has just made.
    private func beginNotes(at notes: ObjectID) throws(GitError) -> Bool {
        let iterator = try Handle("git_reference_iterator_glob_new", release: git_reference_iterator_free) {
            git_reference_iterator_glob_new($0, pointer, Self.notesReference + "/*")
        }
        var name: UnsafePointer<CChar>?
        if git_reference_next_name(&name, iterator.pointer) == 0, let name {
            let other = String(cString: name)
            throw GitError(
                .exists, call: "addNote",
                message: "A note can't be written: \(other) stands in the way of \(Self.notesReference).",
                hint: "Rename it: git update-ref \(other)-old \(other) && git update-ref -d \(other)")
        }
        git_error_clear()
        let file = commonDirectory + "/" + Self.notesReference
        if Paths.status(file + ".lock") != nil { return false }
        let folder = Paths.parent(of: file)
        try makeFolders(folder)
        // What git has left of references that are gone.
        rmdir(file)
        let failure = Publication.publish(notes.hex + "\n", as: file, in: folder)
        if failure == 0 { return true }
        guard [EEXIST, ENOENT].contains(failure) else {
            throw GitError.system("link", "A note can't be written: \(file)", failure)
        }
        return false
    }
}
