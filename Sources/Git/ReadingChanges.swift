import CLibgit2

extension Repository {
    /// The files that differ, with their hunks. `paths` are files, folders or patterns; none means all.
    package func changes(
        _ selection: ChangeSelection, paths: [String] = [], limits: ChangeLimits = ChangeLimits()
    ) throws(GitError) -> [FileChange] {
        let began = ContinuousClock.now
        defer { timeSpent += ContinuousClock.now - began }
        let diff = try compare(selection, paths: paths, limits: limits)
        // Between index and work tree nothing is renamed: the new name isn't tracked.
        if selection != .unstaged, selection != .untracked { try findRenames(diff) }
        let count = git_diff_num_deltas(diff.pointer)
        guard count <= limits.files else {
            throw GitError(
                .tooLarge, call: "changes", message: "\(count) files differ; at most \(limits.files) are read.",
                hint: "Name the paths that matter.")
        }
        var changes: [FileChange] = []
        var linesLeft = limits.lines
        for index in 0..<count {
            guard let delta = git_diff_get_delta(diff.pointer, index)?.pointee else { continue }
            if selection == .untracked, delta.status != GIT_DELTA_UNTRACKED { continue }
            if let change = try change(delta, at: index, of: diff, limits: limits, linesLeft: &linesLeft) {
                // No tree that git makes has such names, and who follows them leaves the repository.
                if let problem = [change.oldPath, change.newPath].lazy.compactMap({ $0 })
                    .compactMap(Paths.problem(inPath:)).first
                {
                    throw GitError(
                        .unsafePath, call: "changes", message: "The path of a changed file \(problem): \(change.path)",
                        hint: "No git makes such a path; look at where this commit comes from.")
                }
                changes.append(change)
            }
        }
        return changes
    }

    /// A patch that `git apply` takes, binary files included: bytes, as files needn't be UTF-8. Nil is the empty tree.
    package func patch(from old: ObjectID?, to new: ObjectID, limit: Int = 64 << 20) throws(GitError) -> [UInt8] {
        let diff = try compare(.trees(old, new), paths: [], limits: nil)
        var text = git_buf()
        defer { git_buf_dispose(&text) }
        try check("git_diff_to_buf", git_diff_to_buf(&text, diff.pointer, GIT_DIFF_FORMAT_PATCH))
        guard text.size <= limit else {
            throw GitError(.tooLarge, call: "patch", message: "The patch has \(text.size) bytes, more than \(limit).")
        }
        return Array(UnsafeRawBufferPointer(start: text.ptr, count: text.size))
    }

    /// The same patch to be shown: bytes that aren't UTF-8 are replaced.
    package func patchText(from old: ObjectID?, to new: ObjectID, limit: Int = 64 << 20) throws(GitError) -> String {
        String(decoding: try patch(from: old, to: new, limit: limit), as: UTF8.self)
    }

    // MARK: Comparing

    /// The comparison itself. Without limits it is one for a patch.
    func compare(
        _ selection: ChangeSelection, paths: [String], limits: ChangeLimits?
    ) throws(GitError) -> Handle {
        var options = git_diff_options()
        try check("git_diff_options_init", git_diff_options_init(&options, UInt32(GIT_DIFF_OPTIONS_VERSION)))
        options.context_lines = 3
        options.id_abbrev = 40
        var flags: UInt32 = GIT_DIFF_INCLUDE_TYPECHANGE.bits
        if let limits {
            options.max_size = git_off_t(limits.fileBytes)
        } else {
            // A patch has no type changes: git deletes the one and adds the other.
            flags = GIT_DIFF_SHOW_BINARY.bits
            options.max_size = -1
        }
        switch selection {
        case .untracked, .all:
            flags |= GIT_DIFF_INCLUDE_UNTRACKED.bits | GIT_DIFF_RECURSE_UNTRACKED_DIRS.bits
            flags |= GIT_DIFF_SHOW_UNTRACKED_CONTENT.bits
        default: break
        }
        flags |= GIT_DIFF_INCLUDE_UNREADABLE.bits
        let areLiteral = !paths.contains(where: { $0.contains { "*?[".contains($0) } })
        if areLiteral { flags |= GIT_DIFF_DISABLE_PATHSPEC_MATCH.bits }
        options.flags |= flags
        // Set outright: the user's `diff.noprefix` and `diff.mnemonicPrefix` would make patches that don't apply.
        let prefixes = CStrings(["a", "b"])
        options.old_prefix = UnsafePointer(prefixes.array.strings[0])
        options.new_prefix = UnsafePointer(prefixes.array.strings[1])
        if areLiteral, limits != nil, let diff = try compareNarrowly(selection, paths, &options) { return diff }
        let pathspec = CStrings(paths)
        options.pathspec = pathspec.array
        return try withExtendedComparison(selection, &options)
    }

    private func withExtendedComparison(
        _ selection: ChangeSelection, _ options: inout git_diff_options
    ) throws(GitError) -> Handle {
        let (repository, release) = (pointer, git_diff_free)
        switch selection {
        case .staged:
            let index = try freshIndex()
            guard let head = try headTree() else {
                return try Handle("git_diff_tree_to_index", release: release) {
                    git_diff_tree_to_index($0, repository, nil, index.pointer, &options)
                }
            }
            let tree = try lookUpTree(head)
            return try Handle("git_diff_tree_to_index", release: release) {
                git_diff_tree_to_index($0, repository, tree.pointer, index.pointer, &options)
            }
        case .unstaged, .untracked:
            _ = try requireWorkTree(to: "compare")
            let index = try freshIndex()
            return try Handle("git_diff_index_to_workdir", release: release) {
                git_diff_index_to_workdir($0, repository, index.pointer, &options)
            }
        case .all:
            _ = try requireWorkTree(to: "compare")
            _ = try freshIndex()
            guard let head = try headTree() else {
                return try Handle("git_diff_tree_to_workdir_with_index", release: release) {
                    git_diff_tree_to_workdir_with_index($0, repository, nil, &options)
                }
            }
            let tree = try lookUpTree(head)
            return try Handle("git_diff_tree_to_workdir_with_index", release: release) {
                git_diff_tree_to_workdir_with_index($0, repository, tree.pointer, &options)
            }
        case .range(let text):
            let (old, new) = try ends(ofRange: text)
            return try withExtendedComparison(.trees(old, new), &options)
        case .trees(let old, let new):
            let newTree = try treeish(new)
            guard let old else {
                return try Handle("git_diff_tree_to_tree", release: release) {
                    git_diff_tree_to_tree($0, repository, nil, newTree.pointer, &options)
                }
            }
            let oldTree = try treeish(old)
            return try Handle("git_diff_tree_to_tree", release: release) {
                git_diff_tree_to_tree($0, repository, oldTree.pointer, newTree.pointer, &options)
            }
        }
    }

    /// The two commits of a range.
    package func ends(ofRange text: String) throws(GitError) -> (old: ObjectID, new: ObjectID) {
        // "..." first: it contains "..".
        for separator in ["...", ".."] {
            guard let at = text.firstRange(of: separator) else { continue }
            let sides = [text[..<at.lowerBound], text[at.upperBound...]].map { $0.isEmpty ? "HEAD" : String($0) }
            let (old, new) = (try resolve(sides[0]), try resolve(sides[1]))
            guard separator == "..." else { return (old, new) }
            var (base, one, other) = (git_oid(), old.oid, new.oid)
            do throws(GitError) { try check("git_merge_base", git_merge_base(&base, pointer, &one, &other)) } catch {
                throw error.explained(
                    "\(sides[0]) and \(sides[1]) have no common commit here.",
                    hint: "Compare them directly: \(sides[0])..\(sides[1])")
            }
            return (ObjectID(base), new)
        }
        throw GitError(
            .invalid, call: "changes", message: "\"\(text)\" isn't a range.",
            hint: "Write two revisions with two or three dots between: main..HEAD")
    }

    private func findRenames(_ diff: borrowing Handle) throws(GitError) {
        var options = git_diff_find_options()
        try check(
            "git_diff_find_options_init", git_diff_find_options_init(&options, UInt32(GIT_DIFF_FIND_OPTIONS_VERSION)))
        options.flags = UInt32(GIT_DIFF_FIND_RENAMES.rawValue)
        options.rename_limit = 400
        try check("git_diff_find_similar", git_diff_find_similar(diff.pointer, &options))
    }

    // MARK: Copying

    private func change(
        _ delta: git_diff_delta, at index: Int, of diff: borrowing Handle, limits: ChangeLimits, linesLeft: inout Int
    ) throws(GitError) -> FileChange? {
        let status: FileChange.Status
        switch delta.status {
        case GIT_DELTA_ADDED, GIT_DELTA_COPIED: status = .added
        case GIT_DELTA_DELETED: status = .deleted
        case GIT_DELTA_MODIFIED: status = .modified
        case GIT_DELTA_RENAMED: status = .renamed
        case GIT_DELTA_UNTRACKED: status = .untracked
        case GIT_DELTA_TYPECHANGE: status = .typeChanged
        case GIT_DELTA_UNREADABLE: status = .unreadable
        case GIT_DELTA_CONFLICTED: status = .conflicted
        default: return nil
        }
        let isNew = status == .added || status == .untracked
        var change = FileChange(
            status: status,
            oldPath: isNew ? nil : delta.old_file.path.map { String(cString: $0) },
            newPath: status == .deleted ? nil : delta.new_file.path.map { String(cString: $0) },
            oldMode: isNew ? nil : FileMode(UInt32(delta.old_file.mode)),
            newMode: status == .deleted ? nil : FileMode(UInt32(delta.new_file.mode)),
            isBinary: false, isOversized: linesLeft <= 0, hunks: [])
        guard linesLeft > 0, status != .unreadable, status != .conflicted else { return change }
        // An untracked folder that is a repository of its own.
        if status == .untracked, change.newMode?.isBlob != true { return nil }

        // libgit2 up to 1.5.1 frees what it doesn't own when it compares an empty file of the work tree whose line endings it would
        // convert. Nothing is in it that could be shown.
        if delta.new_file.size == 0, delta.new_file.flags & GIT_DIFF_FLAG_VALID_ID.rawValue.asUInt32 == 0,
            change.newPath != nil
        {
            return change
        }

        var patch: OpaquePointer?
        do throws(GitError) { try check("git_patch_from_diff", git_patch_from_diff(&patch, diff.pointer, index)) } catch
        {
            throw missing(error, "content of \(change.path)", ObjectID(delta.old_file.id))
        }
        guard let patch else { return change }
        defer { git_patch_free(patch) }
        guard let loaded = git_patch_get_delta(patch)?.pointee else { return change }
        let size = max(loaded.old_file.size, loaded.new_file.size)
        change.isOversized = size > UInt64(limits.fileBytes)
        change.isBinary = !change.isOversized && loaded.flags & GIT_DIFF_FLAG_BINARY.rawValue.asUInt32 != 0
        guard !change.isOversized, !change.isBinary else { return change }
        for number in 0..<git_patch_num_hunks(patch) {
            let hunk = try hunk(number, of: patch)
            linesLeft -= hunk.lines.count
            change.hunks.append(hunk)
        }
        return change
    }

    private func hunk(_ number: Int, of patch: OpaquePointer) throws(GitError) -> Hunk {
        var (found, count): (UnsafePointer<git_diff_hunk>?, Int) = (nil, 0)
        try check("git_patch_get_hunk", git_patch_get_hunk(&found, &count, patch, number))
        guard let raw = found?.pointee else { throw GitError("git_patch_get_hunk", result: GIT_ERROR.rawValue) }
        let header = withUnsafeBytes(of: raw.header) { String(decoding: $0.prefix(raw.header_len), as: UTF8.self) }
        let section = header.split(separator: "@@", omittingEmptySubsequences: false).dropFirst(2).joined(
            separator: "@@")
        var hunk = Hunk(
            oldStart: Int(raw.old_start), oldCount: Int(raw.old_lines), newStart: Int(raw.new_start),
            newCount: Int(raw.new_lines),
            section: String(section.drop { $0 == " " }.reversed().drop { $0.isNewline }.reversed()), lines: [])
        hunk.lines.reserveCapacity(count)
        for position in 0..<count {
            var line: UnsafePointer<git_diff_line>?
            try check("git_patch_get_line_in_hunk", git_patch_get_line_in_hunk(&line, patch, number, position))
            guard let raw = line?.pointee else { continue }
            let kind: Hunk.Kind
            switch UInt8(truncatingIfNeeded: raw.origin) {
            case UInt8(ascii: " "): kind = .context
            case UInt8(ascii: "+"): kind = .added
            case UInt8(ascii: "-"): kind = .removed
            default:
                // "\ No newline at end of file" speaks of the line before it.
                if let last = hunk.lines.indices.last { hunk.lines[last].lacksNewline = true }
                continue
            }
            let bytes = UnsafeRawBufferPointer(start: raw.content, count: raw.content_len)
            hunk.lines.append(
                Hunk.Line(
                    kind: kind, oldNumber: raw.old_lineno > 0 ? Int(raw.old_lineno) : nil,
                    newNumber: raw.new_lineno > 0 ? Int(raw.new_lineno) : nil,
                    text: String(decoding: bytes.last == 10 ? bytes.dropLast() : bytes[...], as: UTF8.self),
                    lacksNewline: false))
        }
        return hunk
    }
}

extension FixedWidthInteger {
    var asUInt32: UInt32 { UInt32(truncatingIfNeeded: self) }
}

extension git_diff_option_t {
    var bits: UInt32 { rawValue.asUInt32 }
}
