import CLibgit2
import CLibgit2Shims
import Foundation
import TestSupport
import Testing

@testable import Git

/// One difference as git's raw format has it.
struct StagedDelta: Sendable, Equatable {
    var status: String
    var path: String
    var mode: UInt32
}

extension Repository {
    /// What differs, before renames are looked for.
    func deltas(_ selection: ChangeSelection) throws -> [StagedDelta] {
        deltas(of: try compare(selection, paths: [], limits: ChangeLimits()))
    }

    /// What libgit2's own function makes of everything uncommitted.
    func deltasOfAll() throws -> [StagedDelta] {
        _ = try freshIndex()
        var options = git_diff_options()
        try check("git_diff_options_init", git_diff_options_init(&options, UInt32(GIT_DIFF_OPTIONS_VERSION)))
        options.flags |=
            GIT_DIFF_INCLUDE_TYPECHANGE.bits | GIT_DIFF_INCLUDE_UNTRACKED.bits | GIT_DIFF_RECURSE_UNTRACKED_DIRS.bits
            | GIT_DIFF_SHOW_UNTRACKED_CONTENT.bits | GIT_DIFF_INCLUDE_UNREADABLE.bits
        guard let head = try headTree() else {
            return deltas(
                of: try Handle("git_diff_tree_to_workdir_with_index", release: git_diff_free) {
                    git_diff_tree_to_workdir_with_index($0, pointer, nil, &options)
                })
        }
        let tree = try lookUpTree(head)
        return deltas(
            of: try Handle("git_diff_tree_to_workdir_with_index", release: git_diff_free) {
                git_diff_tree_to_workdir_with_index($0, pointer, tree.pointer, &options)
            })
    }

    private func deltas(of diff: borrowing Handle) -> [StagedDelta] {
        (0..<git_diff_num_deltas(diff.pointer)).compactMap { position -> StagedDelta? in
            guard let delta = git_diff_get_delta(diff.pointer, position)?.pointee else { return nil }
            let status =
                switch delta.status {
                case GIT_DELTA_ADDED: "A"
                case GIT_DELTA_DELETED: "D"
                case GIT_DELTA_MODIFIED: "M"
                case GIT_DELTA_TYPECHANGE: "T"
                case GIT_DELTA_CONFLICTED: "U"
                case GIT_DELTA_UNTRACKED: "?"
                default: "other: \(delta.status.rawValue)"
                }
            return StagedDelta(
                status: status, path: delta.new_file.path.map { String(cString: $0) } ?? "",
                mode: UInt32(delta.new_file.mode))
        }
    }
}

/// What is staged is read without libgit2's index; git itself says what must come out.
@Suite("Staged changes")
struct StagedChangesTests {
    /// Random numbers that a seed repeats (SplitMix64).
    struct Seeded: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
            return mixed ^ mixed >> 31
        }
    }

    // MARK: Against git

    /// Names that sort around each other, that patterns would mean otherwise, and folders that are files at other times.
    private static let names = [
        "a", "a-b", "a.b", "a/b", "a/b/c", "a/b.c", "a0", "!x", "#y", " z", "ü/ä", "b*c", "[q]", "b/!x",
        "deep/er/and/deeper/file",
        "deep/er/file", "deep/er.file", "z", "z/.gitattributes", ".gitattributes",
        "long/" + String(repeating: "n", count: 200),
    ]

    /// A step of a random history of the index, which the work tree has no part in.
    private func step(_ scratch: ScratchRepository, _ blobs: [String], _ random: inout Seeded) throws {
        var info = ""
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            let name = Self.names.randomElement(using: &random) ?? "a"
            let blob = blobs.randomElement(using: &random) ?? ""
            switch Int.random(in: 0..<12, using: &random) {
            case 0...1: info += "0 \(String(repeating: "0", count: 40))\t\(name)\0"
            case 2: info += "100755 \(blob) 0\t\(name)\0"
            case 3: info += "120000 \(blob) 0\t\(name)\0"
            case 4: info += "160000 \(blob) 0\t\(name)\0"
            case 5:
                info += "0 \(String(repeating: "0", count: 40))\t\(name)\0"
                for stage in 1...3 where stage == 2 || Bool.random(using: &random) {
                    info += "100644 \(blobs.randomElement(using: &random) ?? blob) \(stage)\t\(name)\0"
                }
            default: info += "100644 \(blob) 0\t\(name)\0"
            }
        }
        try scratch.git(["update-index", "--add", "--replace", "-z", "--index-info"], input: Data(info.utf8))
        let hasConflicts = try !scratch.git("ls-files", "--unmerged").isEmpty
        switch Int.random(in: 0..<10, using: &random) {
        case 0...2 where !hasConflicts:
            try scratch.git("commit", "--quiet", "--allow-empty", "--no-verify", "-m", "Step")
        case 3 where !hasConflicts: try scratch.git("write-tree")
        case 4:
            try scratch.write("intended-\(Int.random(in: 0..<3, using: &random))", "new\n")
            try scratch.git("add", "--intent-to-add", "intended-*")
        case 5: try scratch.git("update-index", "--index-version", Bool.random(using: &random) ? "4" : "2")
        case 6:
            let tracked = try scratch.git("ls-files", "-z", "--cached").split(separator: "\0")
            if !hasConflicts, let name = tracked.randomElement(using: &random) {
                try scratch.git("update-index", "--skip-worktree", "--", String(name))
            }
        case 7: try scratch.git("reset", "--quiet")
        case 8...9:
            // What the work tree has makes no difference to what is staged; a name may be a folder there.
            for name in Self.names.shuffled(using: &random).prefix(5) { try? scratch.write(name, "in the work tree\n") }
        default: break
        }
    }

    /// What `git diff --cached` says, conflicts aside, and which paths have conflicts.
    private func expected(_ scratch: ScratchRepository) throws -> (changes: Set<String>, conflicts: Set<String>) {
        let raw = try scratch.git("diff", "--cached", "--raw", "-z", "--no-renames", "--abbrev=40")
        let parts = raw.split(separator: "\0")
        var changes: Set<String> = []
        for (head, path) in zip(
            parts.enumerated().filter { $0.offset % 2 == 0 }.map(\.element),
            parts.enumerated().filter { $0.offset % 2 == 1 }.map(\.element))
        {
            let fields = head.split(separator: " ")
            let status = try #require(fields.last)
            if status == "U" { continue }
            changes.insert(status == "D" ? "D \(path)" : "\(status) \(path) \(fields[1])")
        }
        let unmerged = try scratch.git("ls-files", "--unmerged", "-z").split(separator: "\0").compactMap {
            $0.split(separator: "\t", maxSplits: 1).last.map(String.init)
        }
        return (changes, Set(unmerged))
    }

    /// The path in "A path 100644" or "D path".
    private func path(of change: String) -> String {
        let rest = change.dropFirst(2)
        return change.hasPrefix("D ") ? String(rest) : String(rest.dropLast(7))
    }

    private func told(_ deltas: [StagedDelta]) -> (changes: Set<String>, conflicts: Set<String>) {
        var told: Set<String> = []
        var conflicts: Set<String> = []
        for delta in deltas {
            switch delta.status {
            case "U": conflicts.insert(delta.path)
            case "D": told.insert("D \(delta.path)")
            default: told.insert("\(delta.status) \(delta.path) \(String(delta.mode, radix: 8))")
            }
        }
        return (told, conflicts)
    }

    @Test("are what git says, in random repositories", arguments: 1...6)
    func random(seed: Int) async throws {
        var random = Seeded(state: UInt64(seed))
        let scratch = try ScratchRepository()
        var blobs: [String] = []
        for number in 0..<6 {
            let text = (0...number * 3).map { "line \($0) of \(number)\n" }.joined()
            blobs.append(try scratch.git(["hash-object", "-w", "--stdin"], input: Data(text.utf8)))
        }
        let repository = try scratch.open()
        var seen = 0
        for round in 0..<14 {
            try step(scratch, blobs, &random)
            let (expected, told) = (try expected(scratch), told(try await repository.deltas(.staged)))
            let isTold = { (change: String) in !expected.conflicts.contains(path(of: change)) }
            #expect(
                told.changes.filter(isTold) == expected.changes.filter(isTold), "seed \(seed), round \(round)")
            #expect(told.conflicts == expected.conflicts, "seed \(seed), round \(round)")
            #expect(await repository.readableIndex() != nil, "seed \(seed), round \(round)")
            #expect(
                try await repository.deltas(.all) == repository.deltasOfAll(), "seed \(seed), round \(round)")
            seen += expected.changes.count
            for change in try await repository.changes(.staged)
            where change.status == .added && change.newMode == .regular {
                let bytes = try await repository.readChanged(change.path, .staged)
                let text = try scratch.run(["git", "cat-file", "blob", ":\(change.path)"], in: scratch.path)
                #expect(bytes == Array(text))
                break
            }
        }
        #expect(seen > 20)
    }

    @Test("are found in the folders and files that are asked for")
    func paths() async throws {
        let scratch = try ScratchRepository()
        for name in ["a/one", "a/two", "a-b/one", "ab", "b"] { try scratch.write(name, "old\n") }
        try scratch.commit()
        for name in ["a/one", "a/two", "a-b/one", "ab", "b"] { try scratch.write(name, "new\n") }
        try scratch.git("add", "-A")
        let repository = try scratch.open()
        #expect(try await repository.changes(.staged, paths: ["a"]).map(\.path) == ["a/one", "a/two"])
        #expect(try await repository.changes(.staged, paths: ["a/", "b"]).map(\.path) == ["a/one", "a/two", "b"])
        #expect(try await repository.changes(.staged, paths: ["a/two"]).map(\.path) == ["a/two"])
        #expect(try await repository.changes(.staged, paths: ["*/one"]).map(\.path) == ["a-b/one", "a/one"])
        #expect(try await repository.changes(.staged, paths: ["none"]).isEmpty)
        #expect(try await repository.changes(.staged).count == 5)
    }

    // MARK: Which index

    @Test("come from the index that git names, also below the work tree's root")
    func namedIndex() async throws {
        let scratch = try ScratchRepository()
        try scratch.write("a.txt", "one\n")
        try scratch.write("sub/b.txt", "one\n")
        try scratch.commit()
        try scratch.run(["cp", ".git/index", ".git/next-index"], in: scratch.path)
        try scratch.write("a.txt", "two\n")
        try scratch.git(["add", "a.txt"], environment: ["GIT_INDEX_FILE": ".git/next-index"])
        for named in [".git/next-index", scratch.path + "/.git/next-index"] {
            let repository = try scratch.open(from: scratch.path + "/sub", environment: ["GIT_INDEX_FILE": named])
            #expect(try await repository.changes(.staged).map(\.path) == ["a.txt"])
            #expect(try await repository.readChanged("a.txt", .staged) == Array("two\n".utf8))
            // Where libgit2 reads all of it, too.
            #expect(try await repository.changes(.staged, paths: ["*.txt"]).map(\.path) == ["a.txt"])
        }
        #expect(try await scratch.open().changes(.staged).isEmpty)
        let given = try Repository.discover(
            from: scratch.path, environment: scratch.environment, indexFile: ".git/next-index")
        #expect(try await given.changes(.staged).map(\.path) == ["a.txt"])
    }

    @Test("follow the index while it changes")
    func changing() async throws {
        let scratch = try ScratchRepository()
        try scratch.write("a.txt", "one\n")
        try scratch.commit()
        let repository = try scratch.open()
        #expect(try await repository.changes(.staged).isEmpty)
        for round in 0..<3 {
            try scratch.write("a.txt", "round \(round)\n")
            try scratch.git("add", "a.txt")
            #expect(try await repository.readChanged("a.txt", .staged) == Array("round \(round)\n".utf8))
            #expect(try await repository.changes(.staged).map(\.path) == ["a.txt"])
        }
        try scratch.git("reset", "--quiet")
        #expect(try await repository.changes(.staged).isEmpty)
    }

    @Test("go by the attributes that only the index has")
    func attributes() async throws {
        let scratch = try ScratchRepository()
        try scratch.write("sub/.gitattributes", "*.txt binary\n")
        try scratch.write("sub/a.txt", "one\n")
        try scratch.commit()
        try scratch.write("sub/a.txt", "two\n")
        try scratch.git("add", "-A")
        try scratch.remove("sub/.gitattributes")
        let repository = try scratch.open()
        #expect(
            try await repository.attributes(["text", "diff"], for: "sub/a.txt") == ["text": .unset, "diff": .unset])
        #expect(try await repository.changes(.staged).first?.isBinary == true)
        #expect(await repository.readableIndex()?.attributeFiles.count == 1)
        // libgit2's whole index takes the small one's place, and stays.
        _ = try await repository.changes(.unstaged)
        #expect(try await repository.attributes(["text"], for: "sub/a.txt") == ["text": .unset])
        #expect(try await repository.changes(.staged).first?.isBinary == true)
    }

    // MARK: Damage

    @Test("of a damaged index are an error, wherever the damage is")
    func damage() async throws {
        let scratch = try ScratchRepository()
        for number in 0..<20 { try scratch.write("folder-\(number % 4)/file-\(number)", "\(number)\n") }
        try scratch.commit()
        try scratch.write("folder-1/file-1", "new\n")
        try scratch.git("add", "-A")
        let index = scratch.url(".git/index")
        let good = try Data(contentsOf: index)
        var random = Seeded(state: 7)
        for round in 0..<40 {
            var bad = good
            let at = Int.random(in: 0..<bad.count, using: &random)
            bad[at] ^= UInt8.random(in: 1...255, using: &random)
            if round % 10 == 9 { bad = good.prefix(at) }
            try bad.write(to: index)
            let repository = try scratch.open()
            // An empty file is what git takes for an empty index, and so does libgit2.
            guard !bad.isEmpty else { continue }
            await #expect(throws: GitError.self, "byte \(at)") { _ = try await repository.changes(.staged) }
        }
        try good.write(to: index)
        #expect(try await scratch.open().changes(.staged).map(\.path) == ["folder-1/file-1"])
    }

    @Test("of an index that was forged with a right digest never read beyond it", arguments: ["2", "4"])
    func forged(version: String) async throws {
        let scratch = try ScratchRepository()
        for number in 0..<30 { try scratch.write("folder-\(number % 4)/f\(number % 3)/file-\(number)", "\(number)\n") }
        try scratch.commit()
        try scratch.git("update-index", "--index-version", version)
        try scratch.write("folder-1/f0/file-9", "new\n")
        try scratch.git("add", "-A")
        let index = scratch.url(".git/index")
        let good = [UInt8](try Data(contentsOf: index))
        var random = Seeded(state: 11)
        var read = 0
        for _ in 0..<300 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                // Mostly where lengths and names are, not in times and ids.
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            if Bool.random(using: &random) {
                bytes.removeSubrange((bytes.count / 2)..<(bytes.count / 2 + Int.random(in: 1...40, using: &random)))
            }
            let end = bytes.count - 20
            var digest = [UInt8](repeating: 0, count: 20)
            teamfix_sha1(bytes, end, &digest)
            bytes.replaceSubrange(end..., with: digest)
            try Data(bytes).write(to: index)
            guard IndexFile.read(index.path) != nil else { continue }
            read += 1
            // Whatever it says, it must come to an end.
            _ = try? await scratch.open().changes(.staged)
        }
        #expect(read > 50)
    }

    @Test("of an index without a digest are read, as git reads them")
    func noDigest() throws {
        let scratch = try ScratchRepository()
        try scratch.write("a.txt", "one\n")
        try scratch.commit()
        let index = scratch.url(".git/index")
        var bytes = [UInt8](try Data(contentsOf: index))
        bytes.replaceSubrange((bytes.count - 20)..., with: repeatElement(0, count: 20))
        try Data(bytes).write(to: index)
        #expect(IndexFile.read(index.path)?.entries.count == 1)
    }

    @Test("rest on SHA-1, by instructions and without")
    func digests() {
        let bytes = (0..<400).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        for length in 0...bytes.count {
            var (one, other) = ([UInt8](repeating: 0, count: 20), [UInt8](repeating: 0, count: 20))
            teamfix_sha1(bytes, length, &one)
            teamfix_sha1_plain(bytes, length, &other)
            #expect(one == other, "\(length) bytes")
        }
        var digest = [UInt8](repeating: 0, count: 20)
        teamfix_sha1(Array("abc".utf8), 3, &digest)
        #expect(
            digest.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
                == "a9993e364706816aba3e25717850c26c9cd0d89d")
    }

    @Test("need no folder that the index remembers to be unchanged, and look into one that it doesn't")
    func cachedTrees() async throws {
        let scratch = try ScratchRepository()
        for number in 0..<12 { try scratch.write("folder-\(number % 4)/sub/file-\(number)", "\(number)\n") }
        try scratch.commit()
        let remembered = try #require(IndexFile.read(scratch.path + "/.git/index")?.cachedTree)
        #expect(remembered.nodes.count == 9 && remembered.nodes.first?.count == 12)
        try scratch.write("folder-2/sub/file-2", "new\n")
        try scratch.git("add", "-A")
        #expect(try await scratch.open().changes(.staged).map(\.path) == ["folder-2/sub/file-2"])
        // Without any memory.
        try scratch.git("rm", "--quiet", "--cached", "-r", ".")
        try scratch.git("add", "-A")
        #expect(IndexFile.read(scratch.path + "/.git/index")?.cachedTree.nodes.allSatisfy { $0.count == nil } == true)
        #expect(try await scratch.open().changes(.staged).map(\.path) == ["folder-2/sub/file-2"])
    }
}
