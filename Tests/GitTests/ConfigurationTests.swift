import Foundation
import TestSupport
import Testing

@testable import Git

@Suite("Configuration and identity")
struct ConfigurationTests {
    @Test("come from the layers that git reads, the last one winning")
    func layers() async throws {
        let scratch = try ScratchRepository()
        let files = ["system", "global"].map { scratch.base + "/" + $0 }
        try Data("[a]\n\tx = system\n\ty = system\n".utf8).write(to: URL(fileURLWithPath: files[0]))
        try Data("[a]\n\ty = global\n\tz = \"a # b\"\n".utf8).write(to: URL(fileURLWithPath: files[1]))
        let environment = [
            "GIT_CONFIG_NOSYSTEM": "0", "GIT_CONFIG_SYSTEM": files[0], "GIT_CONFIG_GLOBAL": files[1],
            "GIT_CONFIG_COUNT": "2", "GIT_CONFIG_KEY_0": "a.w", "GIT_CONFIG_VALUE_0": "with \"quotes\" \\ and\nlines",
            "GIT_CONFIG_KEY_1": "b.Sub.Section.key", "GIT_CONFIG_VALUE_1": "deep",
            "GIT_CONFIG_PARAMETERS": "'a.v'='one' 'a.u=it'\\''s'",
        ]
        let repository = try scratch.open(environment: environment)
        for key in ["a.x", "a.y", "a.z", "a.w", "b.Sub.Section.key", "a.v", "a.u"] {
            let expected = try scratch.git(["config", key], environment: environment)
            #expect(try await repository.configValue(key) == expected, "\(key)")
        }
        #expect(try await repository.configValue("user.name") == nil)
        #expect(try await repository.configValue("a.y") == "global")
        let quiet = try scratch.open(environment: environment.merging(["GIT_CONFIG_NOSYSTEM": "1"]) { $1 })
        #expect(try await quiet.configValue("a.x") == nil)
        let error = try await gitError { _ = try scratch.open(environment: ["GIT_CONFIG_COUNT": "1"]) }
        #expect(error.code == .invalid)
    }

    @Test("include files by condition, and a work tree's own")
    func includes() async throws {
        let scratch = try ScratchRepository()
        try Data("[user]\n\temail = work@example.org\n".utf8).write(
            to: URL(fileURLWithPath: scratch.home + "/work.inc"))
        try scratch.git("config", "--global", "includeIf.gitdir:\(scratch.path)/.path", "~/work.inc")
        try scratch.commit()
        #expect(try await scratch.open().configValue("user.email") == "work@example.org")
        try scratch.git("config", "extensions.worktreeConfig", "true")
        try scratch.git("config", "--worktree", "a.b", "here")
        #expect(try await scratch.open().configValue("a.b") == "here")
    }

    @Test("ignore what the user's own ignore file lists, wherever that is")
    func ignoreFiles() async throws {
        let scratch = try ScratchRepository()
        try scratch.write("a.log", "x\n")
        try scratch.write("b.tmp", "x\n")
        try FileManager.default.createDirectory(
            atPath: scratch.home + "/.config/git", withIntermediateDirectories: true)
        try Data("*.log\n".utf8).write(to: URL(fileURLWithPath: scratch.home + "/.config/git/ignore"))
        #expect(try await scratch.open().changes(.untracked).map(\.path) == ["b.tmp"])
        try Data("*.tmp\n".utf8).write(to: URL(fileURLWithPath: scratch.home + "/mine"))
        try scratch.git("config", "--global", "core.excludesFile", "~/mine")
        #expect(try await scratch.open().changes(.untracked).map(\.path) == ["a.log"])
    }

    @Test(
        "identify the author and the committer as git does",
        arguments: [
            [:],
            ["GIT_AUTHOR_NAME": "Grace", "GIT_AUTHOR_EMAIL": "grace@example.org"],
            ["GIT_COMMITTER_NAME": " .Grace <H>, ", "GIT_COMMITTER_EMAIL": "<grace@example.org>"],
            ["GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "author.name", "GIT_CONFIG_VALUE_0": "Config Author"],
            ["GIT_AUTHOR_DATE": "2024-02-29T12:30:00+05:30", "GIT_COMMITTER_DATE": "@1700000000 -0800"],
        ] as [[String: String]])
    func identity(_ extra: [String: String]) async throws {
        let scratch = try ScratchRepository()
        let fixed = ["GIT_AUTHOR_DATE": "1700000001 +0100", "GIT_COMMITTER_DATE": "1700000002 -0230"].merging(extra) {
            $1
        }
        let environment = scratch.environment.merging(fixed) { $1 }
        let repository = try scratch.open(environment: fixed)
        let identity = try await repository.identity(environment: environment)
        for (signature, name) in [(identity.author, "GIT_AUTHOR_IDENT"), (identity.committer, "GIT_COMMITTER_IDENT")] {
            let sign = signature.offset < 0 ? "-" : "+"
            let zone = String(format: "%02d%02d", abs(signature.offset) / 60, abs(signature.offset) % 60)
            let expected = try scratch.git(["var", name], environment: fixed)
            #expect("\(signature.name) <\(signature.email)> \(signature.time) \(sign)\(zone)" == expected)
        }
    }

    @Test("say which two lines to type when there is no identity")
    func missingIdentity() async throws {
        let scratch = try ScratchRepository()
        try FileManager.default.removeItem(atPath: scratch.home + "/.gitconfig")
        let repository = try scratch.open()
        let error = try await gitError { _ = try await repository.identity(environment: [:]) }
        #expect(error.code == .missingIdentity)
        #expect(error.hint?.contains("git config --global user.name") == true)
        #expect(error.hint?.contains("git config --global user.email") == true)
        let named = ["GIT_AUTHOR_NAME": "A", "GIT_COMMITTER_NAME": "A", "EMAIL": "a@example.org"]
        #expect(try await repository.identity(environment: named, now: 5).author.email == "a@example.org")
        let date = try await gitError {
            _ = try await repository.identity(environment: named.merging(["GIT_AUTHOR_DATE": "yesterday"]) { $1 })
        }
        #expect(date.code == .invalid)
    }

    @Test("read attributes")
    func attributes() async throws {
        let scratch = try ScratchRepository()
        try scratch.write(".gitattributes", "*.c diff=cpp text -crlf\n")
        let values = try await scratch.open().attributes(["diff", "text", "crlf", "eol"], for: "a.c")
        #expect(values == ["diff": .text("cpp"), "text": .set, "crlf": .unset])
    }
}
