import CLibgit2

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A branch, by its name without `refs/heads/`.
package struct Branch: Sendable, Hashable {
    package var name: String
    package var id: ObjectID
}

/// The rules for names of teamfix's branches; pure.
enum BranchNames {
    static let folder = "teamfix/"

    /// The existing branch that stands in a new one's way, or nil. Names clash as folders and files do, and without regard
    /// to case: file systems that ignore it are common, and such a pair can't be cloned there.
    static func clash(of name: String, with existing: [String]) -> String? {
        let name = name.lowercased()
        return existing.first { other in
            let other = other.lowercased()
            return other == name || other.hasPrefix(name + "/") || name.hasPrefix(other + "/")
        }
    }

    /// The first of `base`, `base-2`, `base-3`… that clashes with none.
    static func free(_ base: String, existing: [String]) -> String? {
        ([base] + (2...10_000).map { "\(base)-\($0)" }).first { clash(of: $0, with: existing) == nil }
    }
}

extension Repository {
    /// The branches whose names begin with `prefix`, in order.
    package func branches(prefix: String = "") throws(GitError) -> [Branch] {
        let iterator = try Handle("git_reference_iterator_glob_new", release: git_reference_iterator_free) {
            git_reference_iterator_glob_new($0, pointer, "refs/heads/*")
        }
        var names: [String] = []
        var raw: UnsafePointer<CChar>?
        while git_reference_next_name(&raw, iterator.pointer) == 0, let raw {
            names.append(String(String(cString: raw).dropFirst("refs/heads/".count)))
        }
        git_error_clear()
        var branches: [Branch] = []
        for name in names.sorted() where name.hasPrefix(prefix) {
            var id = git_oid()
            if git_reference_name_to_id(&id, pointer, "refs/heads/" + name) == 0 {
                branches.append(Branch(name: name, id: ObjectID(id)))
            }
        }
        git_error_clear()
        return branches
    }

    /// `base`, or `base-2` and so on, whichever is free.
    package func freeBranchName(_ base: String) throws(GitError) -> String {
        try checkName(base)
        let existing = try branches().map(\.name)
        // A branch `a` leaves no room for any `a/b`: no number behind the name helps.
        if let above = existing.first(where: { base.hasPrefix($0 + "/") }) { throw clashError(base, with: above) }
        guard let name = BranchNames.free(base, existing: existing) else {
            throw GitError(.exists, call: "freeBranchName", message: "There are too many branches called \(base).")
        }
        return name
    }

    /// Makes a branch below `teamfix/`, by one atomic write that never replaces anything.
    /// - Throws: `exists` when the name is taken or clashes with another, `invalid` when it isn't a name below `teamfix/`.
    package func createBranch(
        _ name: String, at id: ObjectID, message: String, by committer: Signature
    ) throws(GitError) {
        try checkName(name)
        _ = try lookUpCommit(id)
        let existing = try branches().map(\.name)
        if let clash = BranchNames.clash(of: name, with: existing) { throw clashError(name, with: clash) }

        let file = commonDirectory + "/refs/heads/" + name
        if Paths.status(file + ".lock") != nil {
            throw GitError(
                .modified, call: "createBranch", message: "Another process is writing the branch \(name).",
                hint: "Wait for it; if none is running, remove \(file).lock")
        }
        let folder = Paths.parent(of: file)
        let text = id.hex + "\n"
        var failure: Int32 = 0
        // Git removes empty folders of branches whenever it likes, also between these two steps.
        for _ in 0..<3 {
            try makeFolders(folder)
            failure = Publication.publish(text, as: file, in: folder)
            if failure != ENOENT { break }
        }
        switch failure {
        case 0: appendReflog(name, id: id, message: message, by: committer)
        case EEXIST: throw clashError(name, with: name)
        default: try createThroughLibrary(name, id, message)
        }
    }

    private func createThroughLibrary(_ name: String, _ id: ObjectID, _ message: String) throws(GitError) {
        var (reference, oid): (OpaquePointer?, git_oid) = (nil, id.oid)
        let result = git_reference_create(&reference, pointer, "refs/heads/" + name, &oid, 0, message)
        defer { git_reference_free(reference) }
        do throws(GitError) { try check("git_reference_create", result) } catch {
            if error.code == .exists { throw clashError(name, with: name) }
            throw error.explained("The branch \(name) can't be made: \(error.message)")
        }
    }

    /// Removes a branch below `teamfix/` that still stands at `id` and is checked out nowhere.
    package func deleteBranch(_ name: String, expecting id: ObjectID) throws(GitError) {
        try checkName(name)
        if let place = checkedOut(name) {
            throw GitError(
                .modified, call: "deleteBranch", message: "The branch \(name) is checked out (\(place)).",
                hint: "Switch to another branch there first.")
        }
        let reference = try reference(name)
        guard let target = git_reference_target(reference.pointer)?.pointee, ObjectID(target) == id else {
            throw GitError(
                .modified, call: "deleteBranch", message: "The branch \(name) has moved since teamfix wrote it.",
                hint: "Remove it yourself if you want to: git branch -D \(name)")
        }
        try check("git_reference_delete", git_reference_delete(reference.pointer))
    }

    // MARK: Parts

    private func reference(_ name: String) throws(GitError) -> Handle {
        do throws(GitError) {
            return try Handle("git_reference_lookup", release: git_reference_free) {
                git_reference_lookup($0, pointer, "refs/heads/" + name)
            }
        } catch {
            throw error.explained("There is no branch \(name).", hint: "List them: git branch --list 'teamfix/*'")
        }
    }

    private func checkName(_ name: String) throws(GitError) {
        var isValid: Int32 = 0
        try check("git_branch_name_is_valid", git_branch_name_is_valid(&isValid, name))
        guard isValid == 1, name.hasPrefix(BranchNames.folder), name.count > BranchNames.folder.count,
            Paths.problem(inPath: name) == nil
        else {
            throw GitError(
                .invalid, call: "branch", message: "\"\(name)\" can't be the name of a teamfix branch.",
                hint: "Such names begin with teamfix/ and follow git's rules: git help check-ref-format")
        }
    }

    private func clashError(_ name: String, with other: String) -> GitError {
        if other == name {
            return GitError(
                .exists, call: "createBranch", message: "There is a branch \(name) already.",
                hint: "Choose another name, or remove it: git branch -D \(name)")
        }
        let why =
            other.lowercased() == name.lowercased()
            ? "they differ in case only" : "a branch can't be beside a folder of the same name"
        return GitError(
            .exists, call: "createBranch", message: "The branch \(name) clashes with the branch \(other): \(why).",
            hint: "Choose another name, or rename that one: git branch -m \(other) \(other)-old")
    }

    func makeFolders(_ folder: String) throws(GitError) {
        var missing: [String] = []
        var path = folder
        while Paths.status(path) == nil {
            missing.append(path)
            path = Paths.parent(of: path)
        }
        for path in missing.reversed() where mkdir(path, 0o777) != 0 && errno != EEXIST {
            throw GitError.system("mkdir", "Can't make \(path)")
        }
    }

    /// Notes the branch's making where git would. A reflog that can't be written doesn't undo the branch.
    private func appendReflog(_ name: String, id: ObjectID, message: String, by committer: Signature) {
        let setting = (try? configValue("core.logallrefupdates")) ?? nil
        guard setting.map({ Configuration.isTrue($0) || $0.lowercased() == "always" }) ?? (workTree != nil) else {
            return
        }
        let path = commonDirectory + "/logs/refs/heads/" + name
        guard (try? makeFolders(Paths.parent(of: path))) != nil else { return }
        let file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0o666)
        guard file >= 0 else { return }
        defer { close(file) }
        let (sign, offset) = (committer.offset < 0 ? "-" : "+", abs(committer.offset))
        let zone = [offset / 60, offset % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined()
        let note = message.split(whereSeparator: \.isNewline).joined(separator: " ")
        let zero = String(repeating: "0", count: 40)
        let line =
            "\(zero) \(id.hex) \(committer.name) <\(committer.email)> \(committer.time) \(sign)\(zone)\t\(note)\n"
        let bytes = Array(line.utf8)
        _ = write(file, bytes, bytes.count)
    }

    /// The folder of a work tree that has the branch checked out, or is about to (a rebase or bisect under way).
    private func checkedOut(_ name: String) -> String? {
        var places = [commonDirectory]
        if let list = opendir(commonDirectory + "/worktrees") {
            while let entry = readdir(list) {
                let child = withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                if !child.hasPrefix(".") { places.append(commonDirectory + "/worktrees/" + child) }
            }
            closedir(list)
        }
        return places.first { place in
            ["HEAD", "rebase-merge/head-name", "rebase-apply/head-name", "BISECT_START"].contains { file in
                guard let line = Paths.firstLine(place + "/" + file) else { return false }
                return ["ref: refs/heads/" + name, "refs/heads/" + name, name].contains(line)
            }
        }
    }
}
