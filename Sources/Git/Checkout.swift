import CLibgit2

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What a scratch checkout wrote.
package struct CheckoutReport: Sendable, Hashable {
    package var files = 0
    package var bytes = 0
    /// Files that a filter would have changed (LFS and others): they are there as the repository stores them.
    package var unfiltered: [String] = []
    /// Submodules: empty folders.
    package var submodules: [String] = []
}

extension Repository {
    /// Writes a tree into an empty folder outside the work tree, which is made if it isn't there (its parent must be).
    /// Neither the index nor anything else of the repository is touched, and no filter is run.
    /// - Throws: `unsafePath` when the tree holds a name that could reach outside, `missingObject` in a partial clone.
    package func checkout(tree: ObjectID, to folder: String) throws(GitError) -> CheckoutReport {
        if mkdir(folder, 0o700) != 0, errno != EEXIST { throw GitError.system("mkdir", "Can't make \(folder)") }
        guard let root = Paths.resolved(folder), Paths.isDirectory(root) else {
            throw GitError.system("realpath", "Can't use \(folder)")
        }
        let own = [workTree, commonDirectory, gitDirectory].compactMap { $0.flatMap(Paths.resolved) }
        guard !own.contains(where: { Paths.lies(root, within: $0) || Paths.lies($0, within: root) }) else {
            throw GitError(
                .invalid, call: "checkout", message: "\(root) lies inside the repository (or holds it).",
                hint: "Choose a folder elsewhere.")
        }
        let directory = open(root, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard directory >= 0 else { throw GitError.system("open", "Can't open \(root)") }
        defer { close(directory) }
        guard try isEmpty(root) else {
            throw GitError(
                .exists, call: "checkout", message: "\(root) isn't empty.", hint: "Choose an empty folder.")
        }

        let contents = try treeContents(tree)
        let objects = try objectDatabase()
        var writer = CheckoutWriter(
            root: directory, repository: pointer, objects: objects.pointer,
            lineEndings: LineEndings(config: try configuration()))
        let attributeFiles = contents.entries.indices.filter {
            contents.entries[$0].name == ".gitattributes" && contents.entries[$0].mode.isFile
        }
        if attributeFiles.isEmpty, !hasAttributesOutsideTree(), !writer.lineEndings.convertsByDefault {
            return try explainingMissing { (report) throws(GitError) in
                try writer.write(contents, attributes: nil, into: &report)
            }
        }
        // Attributes are read from what is being written, not from the work tree: the tree's own files come first, and a
        // second view of the repository looks there, with an empty index.
        return try explainingMissing { (report) throws(GitError) in
            for index in attributeFiles { try writer.writeFirst(index, of: contents, into: &report) }
            let view = try Repository.assemble(
                Location(
                    gitDirectory: gitDirectory, commonDirectory: commonDirectory, workTree: root, indexFile: nil,
                    searchedFrom: nil, crossesFileSystems: true, ceilings: nil), environment)
            let index = try Handle("git_index_new", release: git_index_free) { git_index_new($0) }
            try check("git_repository_set_index", git_repository_set_index(view.pointer, index.pointer))
            try writer.write(contents, attributes: view.pointer, into: &report)
            for index in attributeFiles { try writer.finish(index, of: contents, attributes: view.pointer) }
        }
    }

    /// Removes a scratch checkout, whatever was built in it. Links are removed, not followed.
    package nonisolated static func removeCheckout(_ folder: String) throws(GitError) {
        try FolderRemoval.remove(folder)
    }

    private func explainingMissing(
        _ body: (inout CheckoutReport) throws(GitError) -> Void
    ) throws(GitError) -> CheckoutReport {
        var report = CheckoutReport()
        do throws(GitError) { try body(&report) } catch {
            guard error.code == .notFound else { throw error }
            var explained = missing(error, "file", ObjectID(git_oid()))
            explained.message = "\(error.message). " + explained.message
            throw explained
        }
        return report
    }

    private func hasAttributesOutsideTree() -> Bool {
        let configured = (try? configValue("core.attributesfile")) ?? nil
        return [configured, commonDirectory + "/info/attributes", "/etc/gitattributes"].contains { path in
            path.map { access($0, R_OK) == 0 } ?? false
        }
    }

    private func isEmpty(_ folder: String) throws(GitError) -> Bool {
        guard let list = opendir(folder) else { throw GitError.system("opendir", "Can't read \(folder)") }
        defer { closedir(list) }
        var count = 0
        while readdir(list) != nil { count += 1 }
        return count <= 2
    }

    /// A whole tree, checked: no name may reach outside the folder that it is written to.
    private func treeContents(_ id: ObjectID) throws(GitError) -> TreeContents {
        var contents = TreeContents()
        try read(id.oid, folder: -1, path: "", depth: 0, into: &contents)
        return contents
    }

    private func read(
        _ id: git_oid, folder: Int, path: String, depth: Int, into contents: inout TreeContents
    ) throws(GitError) {
        guard depth < 256 else {
            throw GitError(.unsafePath, call: "checkout", message: "\(path) is nested too deeply.")
        }
        let tree = try lookUpTree(ObjectID(id))
        var names: Set<String> = []
        for position in 0..<git_tree_entrycount(tree.pointer) {
            guard let entry = git_tree_entry_byindex(tree.pointer, position), let raw = git_tree_entry_name(entry),
                let entryID = git_tree_entry_id(entry)?.pointee
            else { continue }
            let name = String(cString: raw)
            let full = path + name
            if let problem = Paths.problem(inComponent: name) {
                throw GitError(
                    .unsafePath, call: "checkout", message: "The tree has an entry, \(full), that \(problem).",
                    hint: "Such a tree isn't git's own work: look at it with git fsck.")
            }
            guard names.insert(name).inserted else {
                throw GitError(.unsafePath, call: "checkout", message: "The tree has two entries called \(full).")
            }
            guard let mode = FileMode(UInt32(git_tree_entry_filemode(entry).rawValue)) else {
                throw GitError(.unsafePath, call: "checkout", message: "\(full) has an unknown mode.")
            }
            let index = contents.entries.count
            contents.entries.append(.init(name: name, path: full, folder: folder, id: entryID, mode: mode))
            if mode == .directory {
                try read(entryID, folder: index, path: full + "/", depth: depth + 1, into: &contents)
                contents.entries[index].end = contents.entries.count
            }
        }
    }
}

/// A tree, flat: a folder comes before what is in it, and knows where that ends.
struct TreeContents {
    struct Entry {
        var name: String
        var path: String
        /// The index of the folder that it is in; -1 for the root.
        var folder: Int
        var id: git_oid
        var mode: FileMode
        /// One past the last entry below a folder.
        var end = 0
    }

    var entries: [Entry] = []

    /// The folders that an entry is in, outermost first.
    func folders(above index: Int) -> [Int] {
        var chain: [Int] = []
        var folder = entries[index].folder
        while folder >= 0 {
            chain.append(folder)
            folder = entries[folder].folder
        }
        return chain.reversed()
    }
}
