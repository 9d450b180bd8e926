import Foundation
import TestSupport
import Testing

@testable import Git

@Suite("Installing hooks")
struct HookInstallationTests {
    private let script = HookScript(stage: .preCommit, options: ["--block"], program: "/opt/it's/teamfix")

    private func everything(_ repository: ScratchRepository) throws -> [String: String] {
        try ScratchRepository.contents(of: repository.path)
    }

    private func put(_ repository: ScratchRepository, _ text: String, name: String = "pre-commit") throws {
        try repository.write(".git/hooks/\(name)", text, executable: true)
    }

    @Test("install and uninstall leave the repository byte for byte as it was, and twice is as good as once")
    func round() async throws {
        let repository = try ScratchRepository()
        let before = try everything(repository)
        let opened = try repository.open()
        let folder = try await opened.hookFolder()
        #expect(try await opened.installHook(script, in: folder) == .new)
        let once = try everything(repository)
        #expect(try await opened.installHook(script, in: folder) == .unchanged)
        #expect(try everything(repository) == once)
        #expect(Set(once.keys).subtracting(before.keys) == [".git/hooks/pre-commit"])
        var other = script
        other.options = []
        #expect(try await opened.installHook(other, in: folder) == .renewed)
        #expect(try await opened.removeHook(.preCommit, in: folder) == .removed)
        #expect(try everything(repository) == before)
        #expect(try await opened.removeHook(.preCommit, in: folder) == .nothingThere)
    }

    @Test("an earlier hook is moved aside and comes back: bytes, mode, times and inode")
    func chained() async throws {
        let repository = try ScratchRepository()
        try put(repository, "#!/bin/sh\nexit 3\n")
        let path = repository.path + "/.git/hooks/pre-commit"
        try FileManager.default.setAttributes([.posixPermissions: 0o751], ofItemAtPath: path)
        let before = try everything(repository)
        let file = try FileManager.default.attributesOfItem(atPath: path)
        let opened = try repository.open()
        let folder = try await opened.hookFolder()
        #expect(try await opened.installHook(script, in: folder) == .chained(path + ".before-teamfix"))
        #expect(try await opened.installHook(script, in: folder) == .unchanged)
        #expect(try await opened.removeHook(.preCommit, in: folder) == .restored)
        #expect(try everything(repository) == before)
        let after = try FileManager.default.attributesOfItem(atPath: path)
        #expect(after[.systemFileNumber] as? Int == file[.systemFileNumber] as? Int)
        #expect(after[.modificationDate] as? Date == file[.modificationDate] as? Date)
    }

    @Test("a hook that is a link is moved as a link")
    func link() async throws {
        let repository = try ScratchRepository()
        try repository.write("tools/hook.sh", "#!/bin/sh\n", executable: true)
        try FileManager.default.createDirectory(
            atPath: repository.path + "/.git/hooks", withIntermediateDirectories: true)
        try repository.link(".git/hooks/pre-commit", to: "../../tools/hook.sh")
        let before = try everything(repository)
        let opened = try repository.open()
        let folder = try await opened.hookFolder()
        _ = try await opened.installHook(script, in: folder)
        #expect(try everything(repository)[".git/hooks/pre-commit.before-teamfix"] == "link ../../tools/hook.sh")
        #expect(try everything(repository)["tools/hook.sh"] == before["tools/hook.sh"])
        _ = try await opened.removeHook(.preCommit, in: folder)
        #expect(try everything(repository) == before)
    }

    @Test(
        "a script that was edited is neither overwritten nor removed",
        arguments: ["echo more\n", "", "\r\n"])
    func edited(added: String) async throws {
        let repository = try ScratchRepository()
        let opened = try repository.open()
        let folder = try await opened.hookFolder()
        _ = try await opened.installHook(script, in: folder)
        let text = try repository.read(".git/hooks/pre-commit")
        try put(repository, added.isEmpty ? text.replacing("exit 0", with: "exit 5") : text + added)
        let before = try everything(repository)
        for attempt in 0..<2 {
            let error = try await gitError {
                if attempt == 0 {
                    _ = try await opened.removeHook(.preCommit, in: folder)
                } else {
                    _ = try await opened.installHook(script, in: folder)
                }
            }
            #expect(error.code == .modified)
            #expect(error.message.contains("was edited since"))
        }
        #expect(try everything(repository) == before)
        #expect(try await opened.hook(.preCommit, in: folder).holder == .edited)
    }

    @Test("killed between two steps, the earlier hook is whole, and the next call goes on from there")
    func killed() async throws {
        let repository = try ScratchRepository()
        try put(repository, "#!/bin/sh\nexit 3\n")
        let before = try everything(repository)
        let opened = try repository.open()
        let folder = try await opened.hookFolder()
        let hook = repository.path + "/.git/hooks/pre-commit"
        // After its second name was given.
        try FileManager.default.linkItem(atPath: hook, toPath: hook + ".before-teamfix")
        #expect(try await opened.removeHook(.preCommit, in: folder) == .restored)
        #expect(try everything(repository) == before)
        try FileManager.default.linkItem(atPath: hook, toPath: hook + ".before-teamfix")
        #expect(try await opened.installHook(script, in: folder) == .chained(hook + ".before-teamfix"))
        #expect(try await opened.removeHook(.preCommit, in: folder) == .restored)
        #expect(try everything(repository) == before)
        // Where there are no second names: moved, and the script not yet there.
        try FileManager.default.moveItem(atPath: hook, toPath: hook + ".before-teamfix")
        #expect(try await opened.installHook(script, in: folder) == .chained(hook + ".before-teamfix"))
        #expect(try await opened.removeHook(.preCommit, in: folder) == .restored)
        try FileManager.default.moveItem(atPath: hook, toPath: hook + ".before-teamfix")
        #expect(try await opened.removeHook(.preCommit, in: folder) == .restored)
        #expect(try everything(repository) == before)
    }

    @Test("a name that is taken, a hook that git doesn't run, a dangling link and a folder are refused, untouched")
    func refused() async throws {
        let repository = try ScratchRepository()
        try put(repository, "#!/bin/sh\n")
        try put(repository, "kept\n", name: "pre-commit.before-teamfix")
        try repository.write(".git/hooks/pre-push", "#!/bin/sh\n")
        try repository.link(".git/hooks/commit-msg", to: "nowhere")
        let before = try everything(repository)
        let opened = try repository.open()
        let folder = try await opened.hookFolder()
        let taken = try await gitError { _ = try await opened.installHook(script, in: folder) }
        #expect(taken.code == .exists)
        let plain = try await gitError {
            _ = try await opened.installHook(
                HookScript(stage: .prePush, options: [], program: "/x"), in: folder)
        }
        #expect(plain.message.contains("isn't executable"))
        let dangling = try await gitError {
            _ = try await opened.installHook(
                HookScript(stage: .commitMessage, options: [], program: "/x"), in: folder)
        }
        #expect(dangling.message.contains("leads nowhere"))
        #expect(try everything(repository) == before)
    }

    @Test("core.hooksPath of every layer counts, and what isn't the repository's own is said to be shared")
    func hooksPath() async throws {
        let repository = try ScratchRepository()
        let plain = try await repository.open().hookFolder()
        #expect(
            plain
                == HookFolder(path: repository.path + "/.git/hooks", setting: nil, isShared: false, isInWorkTree: false)
        )
        try repository.git("config", "core.hooksPath", "tools/hooks")
        let inTree = try await repository.open().hookFolder()
        #expect(inTree.path == repository.path + "/tools/hooks")
        #expect(inTree.isInWorkTree && !inTree.isShared)
        try repository.git("config", "--unset", "core.hooksPath")
        try repository.git("config", "--global", "core.hooksPath", "~/hooks")
        let global = try await repository.open().hookFolder()
        #expect(global.path == repository.home + "/hooks")
        #expect(global.isShared)
        let switchedOff = try await gitError {
            _ = try await repository.open(environment: [
                "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.hooksPath", "GIT_CONFIG_VALUE_0": "/dev/null",
            ]).hookFolder()
        }
        #expect(switchedOff.message.contains("switched off"))
    }

    @Test("linked work trees use the common folder's hooks, submodules their own")
    func places() async throws {
        let repository = try ScratchRepository()
        try repository.write("a", "a\n")
        try repository.commit()
        let linked = repository.base + "/linked"
        try repository.git("worktree", "add", "-q", linked)
        #expect(try await repository.open(from: linked).hookFolder().path == repository.path + "/.git/hooks")
        try repository.git("submodule", "--quiet", "add", repository.path + "/.git", "sub")
        let sub = try await repository.open(from: repository.path + "/sub").hookFolder()
        #expect(sub.path == repository.path + "/.git/modules/sub/hooks")
        #expect(!sub.isShared)
    }

    @Test("a hooks folder that was missing goes again")
    func madeFolder() async throws {
        let repository = try ScratchRepository(initialising: ["--template="])
        let before = try everything(repository)
        let opened = try repository.open()
        let folder = try await opened.hookFolder()
        #expect(try await opened.installHook(script, in: folder) == .new)
        #expect(try await opened.removeHook(.preCommit, in: folder) == .removed)
        #expect(try everything(repository) == before)
    }

    @Test("a folder that can't be written to is named, and nothing is left in it", .enabled(if: geteuid() != 0))
    func readOnly() async throws {
        let repository = try ScratchRepository()
        let path = repository.path + "/.git/hooks"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: path)
        defer { try? FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path) }
        let before = try everything(repository)
        let opened = try repository.open()
        let folder = try await opened.hookFolder()
        let error = try await gitError { _ = try await opened.installHook(script, in: folder) }
        #expect(error.message.contains("\(path) can't be written to"))
        #expect(try everything(repository) == before)
    }

    @Test("a hook that another program has put in teamfix's place stays, and the earlier one is told of")
    func takenOver() async throws {
        let repository = try ScratchRepository()
        try put(repository, "#!/bin/sh\nexit 3\n")
        let opened = try repository.open()
        let folder = try await opened.hookFolder()
        _ = try await opened.installHook(script, in: folder)
        try put(repository, "#!/bin/sh\nexit 4\n")
        let before = try everything(repository)
        let aside = repository.path + "/.git/hooks/pre-commit.before-teamfix"
        #expect(try await opened.removeHook(.preCommit, in: folder) == .foreign(aside: aside))
        #expect(try everything(repository) == before)
    }

    @Test("programs that a hook starts see nothing that git set for the hook")
    func scrubbed() {
        let environment = [
            "PATH": "/bin", "GIT_INDEX_FILE": ".git/index.lock", "GIT_DIR": ".git", "GITHUB_ACTIONS": "1",
        ]
        #expect(Repository.withoutGit(environment) == ["PATH": "/bin", "GITHUB_ACTIONS": "1"])
    }

    @Test("what is staged is kept as the tree that git would write, and the index stays as it is")
    func tree() async throws {
        let repository = try ScratchRepository()
        try repository.write("folder/a", "1\n")
        try repository.commit()
        try repository.write("folder/a", "2\n")
        try repository.git("add", "-A")
        try repository.write("folder/a", "3\n")
        let before = try everything(repository).filter { !$0.key.hasPrefix(".git/objects") }
        let id = try await repository.open().treeOfIndex().hex
        #expect(try everything(repository).filter { !$0.key.hasPrefix(".git/objects") } == before)
        #expect(try repository.git("write-tree") == id)
    }

    @Test("references that git hands to pre-push are read, and what is no such line is left out")
    func refs() {
        let one = String(repeating: "1", count: 40)
        let none = String(repeating: "0", count: 40)
        let text = "refs/heads/a \(one) refs/heads/a \(none)\nrubbish\n(delete) \(none) refs/heads/b \(one)\n"
        let refs = PushedRef.parse(text)
        #expect(refs.map(\.localRef) == ["refs/heads/a", "(delete)"])
        #expect(refs.map { $0.local == nil } == [false, true])
        #expect(refs.map { $0.remote == nil } == [true, false])
    }

    @Test("a pushed branch is compared with what the remote has, a new one with where it left what is known there")
    func pushed() async throws {
        let repository = try ScratchRepository()
        try repository.write("a", "1\n")
        let first = try #require(ObjectID(hex: try repository.commit("one")))
        try repository.git("update-ref", "refs/remotes/origin/main", first.hex)
        try repository.write("a", "2\n")
        let second = try #require(ObjectID(hex: try repository.commit("two")))
        let opened = try repository.open()
        func range(_ local: ObjectID?, _ remote: ObjectID?) -> PushedRef {
            PushedRef(localRef: "refs/heads/x", local: local, remoteRef: "refs/heads/x", remote: remote)
        }
        for remote in [first, nil] {
            let found = try await opened.pushed([range(second, remote), range(second, remote)], to: "origin")
            #expect(found.map(\.old) == [first])
            #expect(found.map(\.new) == [second])
        }
        #expect(try await opened.pushed([range(nil, first), range(second, second)], to: "origin").isEmpty)
        #expect(try await opened.pushed([range(second, nil)], to: "elsewhere").map(\.old) == [nil])
    }
}
