import CLibgit2

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Why a file of the work tree can't be changed without losing something.
package struct ApplyConflict: Sendable, Hashable {
    package var path: String
    package var reason: String
}

/// What was written to the work tree.
package struct ApplyReport: Sendable, Hashable {
    package var written: [String] = []
    package var deleted: [String] = []
}

extension Repository {
    /// The files that differ between two trees and whose work tree version is no longer the older tree's; empty when the
    /// change can be applied.
    package func conflicts(applying old: ObjectID, to new: ObjectID) throws(GitError) -> [ApplyConflict] {
        let root = try requireWorkTree(to: "apply to")
        var found: [ApplyConflict] = []
        for step in try plan(old, new) {
            if let reason = try conflict(step, below: root) {
                found.append(ApplyConflict(path: step.path, reason: reason))
            }
        }
        return found
    }

    /// Writes what differs between two trees to the work tree, a file at a time by renaming. All or nothing: nothing is
    /// written when a file has changed meanwhile, and what was written is put back when a write fails. The index stays.
    package func apply(from old: ObjectID, to new: ObjectID) throws(GitError) -> ApplyReport {
        let root = try requireWorkTree(to: "apply to")
        let steps = try plan(old, new)
        let found = try conflicts(applying: old, to: new)
        guard found.isEmpty else {
            throw GitError(
                .modified, call: "apply",
                message: "These files aren't what the fix was made for: "
                    + listed(found.map { "\($0.path) (\($0.reason))" }) + ".",
                hint: "Nothing was changed. Commit or put aside your changes to them, or take the branch: git merge.")
        }
        var report = ApplyReport()
        var done: [(ApplyStep, mode_t?)] = []
        do throws(GitError) {
            for step in steps {
                // Once more, right before the rename: the user may be typing.
                if let reason = try conflict(step, below: root) {
                    throw GitError(.modified, call: "apply", message: "\(step.path) has just changed (\(reason)).")
                }
                let mode = Paths.status(step.path, below: root)?.st_mode
                try put(step.new, at: step.path, below: root, mode: mode)
                done.append((step, mode))
                if step.new == nil { report.deleted.append(step.path) } else { report.written.append(step.path) }
            }
        } catch {
            var lost: [String] = []
            for (step, mode) in done.reversed() {
                do throws(GitError) { try put(step.old, at: step.path, below: root, mode: mode) } catch {
                    lost.append(step.path)
                }
            }
            let rest = lost.isEmpty ? "Everything was put back." : "These couldn't be put back: \(listed(lost))."
            throw error.explained("\(error.message) \(rest)", hint: "Try again, or take the branch: git merge.")
        }
        return report
    }

    // MARK: Steps

    /// One file's change.
    private struct ApplyStep {
        var path: String
        var old: TreeEntry?
        var new: TreeEntry?
    }

    /// Deletions first: a file may make room for a folder.
    private func plan(_ old: ObjectID, _ new: ObjectID) throws(GitError) -> [ApplyStep] {
        let diff = try compare(.trees(old, new), paths: [], limits: ChangeLimits())
        var steps: [String: ApplyStep] = [:]
        for position in 0..<git_diff_num_deltas(diff.pointer) {
            guard let delta = git_diff_get_delta(diff.pointer, position)?.pointee else { continue }
            for (file, isOld) in [(delta.old_file, true), (delta.new_file, false)] {
                guard let raw = file.path, let mode = FileMode(UInt32(file.mode)) else { continue }
                let path = String(cString: raw)
                let entry = TreeEntry(path: path, mode: mode, id: ObjectID(file.id), size: nil)
                if let problem = Paths.problem(inPath: path) {
                    throw GitError(
                        .unsafePath, call: "apply", message: "\(path) can't be written: a part of it \(problem).")
                }
                var step = steps[path] ?? ApplyStep(path: path)
                if isOld { step.old = entry } else { step.new = entry }
                steps[path] = step
            }
        }
        return steps.values.sorted { ($0.new == nil ? 0 : 1, $0.path) < ($1.new == nil ? 0 : 1, $1.path) }
    }

    private func conflict(_ step: ApplyStep, below root: String) throws(GitError) -> String? {
        if step.old?.mode == .submodule || step.new?.mode == .submodule { return "is a submodule" }
        if Attributes.filter(try attributes(Attributes.filtering, for: step.path)) != nil { return "has a filter" }
        var folder = root
        for name in step.path.split(separator: "/").dropLast() {
            folder += "/" + name
            guard let status = Paths.status(folder) else { break }
            guard status.st_mode & S_IFMT == S_IFDIR else { return "lies below a file or link" }
        }
        guard let status = Paths.status(step.path, below: root) else { return step.old == nil ? nil : "is gone" }
        guard let old = step.old else { return "is there already" }
        var id = git_oid()
        switch (old.mode, status.st_mode & S_IFMT) {
        case (.symlink, S_IFLNK):
            guard let target = linkTarget(root + "/" + step.path) else { return "can't be read" }
            try check("git_odb_hash", git_odb_hash(&id, target, target.count, GIT_OBJECT_BLOB))
        case (.regular, S_IFREG), (.executable, S_IFREG):
            try check(
                "git_repository_hashfile", git_repository_hashfile(&id, pointer, step.path, GIT_OBJECT_BLOB, nil))
            let tracksMode = Configuration.flag("core.filemode", in: try configuration()) != false
            if tracksMode, (status.st_mode & 0o100 != 0) != (old.mode == .executable) { return "has another mode" }
        default: return "is another kind of file"
        }
        return ObjectID(id) == old.id ? nil : "has changed"
    }

    private func linkTarget(_ path: String) -> [UInt8]? {
        var target = [CChar](repeating: 0, count: 4096)
        let count = readlink(path, &target, target.count)
        return count < 0 || count == target.count ? nil : target[..<count].map { UInt8(bitPattern: $0) }
    }

    /// Makes a path be an entry (or be gone), by one rename or removal.
    private func put(_ entry: TreeEntry?, at path: String, below root: String, mode: mode_t?) throws(GitError) {
        let full = root + "/" + path
        guard let entry else {
            guard unlink(full) == 0 || errno == ENOENT else { throw GitError.system("unlink", "Can't remove \(path)") }
            removeEmptyFolders(above: path, below: root)
            return
        }
        let folder = Paths.parent(of: full)
        try makeFolders(above: path, below: root)
        let temporary = folder + "/.teamfix-\(getpid()).new"
        unlink(temporary)
        defer { unlink(temporary) }
        let bytes = try blob(entry.id, limit: 256 << 20)
        if entry.mode == .symlink {
            guard symlink(String(decoding: bytes, as: UTF8.self), temporary) == 0 else {
                throw GitError.system("symlink", "Can't make the link \(path)")
            }
        } else {
            try writeFile(bytes, entry, to: temporary, mode: mode)
        }
        guard rename(temporary, full) == 0 else { throw GitError.system("rename", "Can't write \(path)") }
    }

    private func writeFile(
        _ bytes: [UInt8], _ entry: TreeEntry, to path: String, mode: mode_t?
    ) throws(GitError) {
        let isExecutable = entry.mode == .executable
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, isExecutable ? 0o777 : 0o666)
        guard file >= 0 else { throw GitError.system("open", "Can't write \(entry.path)") }
        defer { close(file) }
        let lineEndings = LineEndings(config: try configuration())
        let conversion = lineEndings.conversion(try attributes(LineEndings.attributes, for: entry.path))
        let content = bytes.withUnsafeBytes { LineEndings.converted($0, conversion) } ?? bytes
        try content.withUnsafeBytesThrowing { (bytes) throws(GitError) in
            try writeAll(bytes, to: file, named: entry.path)
        }
        if let mode, mode & S_IFMT == S_IFREG {
            let kept = mode & 0o777
            fchmod(file, isExecutable ? kept | (kept & 0o444) >> 2 : kept & ~0o111)
        }
    }

    private func makeFolders(above path: String, below root: String) throws(GitError) {
        var folder = root
        for name in path.split(separator: "/").dropLast() {
            folder += "/" + name
            if mkdir(folder, 0o777) != 0, errno != EEXIST { throw GitError.system("mkdir", "Can't make \(folder)") }
        }
    }

    private func removeEmptyFolders(above path: String, below root: String) {
        var names = path.split(separator: "/").dropLast()
        while !names.isEmpty, rmdir(root + "/" + names.joined(separator: "/")) == 0 { names = names.dropLast() }
    }
}
