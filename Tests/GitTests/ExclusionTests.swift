import TestSupport
import Testing

@testable import Git

@Suite("Paths that are excluded")
struct ExclusionTests {
    @Test(
        "rules decide as git's own do",
        arguments: [
            "*.log", "/build/", "build/", "docs/*.txt", "docs/**/*.txt", "**/cache", "a/**", "!keep.log",
            "*.log\n!keep.log",
            "build/\n!build/keep.log", "[ab]*.c", "[!ab]*.c", "file?.c", "\\#odd", "# comment", "trailing   ",
            "foo/*\n!foo/bar",
            "/*\n!/docs/", "**", "*", "docs", "x\\*y", "a/b", "/keep.log", "docs/", "*/deep/", "[a-c]/b/?.c", "[]]x",
            "**/b/*.c",
        ])
    func asGitDoes(rules: String) async throws {
        let repository = try ScratchRepository()
        let paths = [
            "keep.log", "x.log", "build/keep.log", "src/build/a.c", "docs/a.txt", "docs/deep/b.txt", "cache",
            "src/cache/x",
            "a/b/c.c", "a.c", "b1.c", "zed.c", "file1.c", "file10.c", "#odd", "trailing", "foo/bar/x", "foo/other",
            "x*y", "xzy",
            "]x",
        ]
        for path in paths { try repository.write(path + (path == "cache" ? "d/x" : ""), "x") }
        let shown = paths.map { $0 == "cache" ? "cached/x" : $0 }
        try repository.write(".gitignore", rules + "\n")
        let ignored = try? repository.git(["check-ignore", "--no-index"] + shown)
        let wanted = Set((ignored ?? "").split(separator: "\n").map(String.init))
        try repository.remove(".gitignore")
        try repository.write(".teamfixignore", rules + "\n")
        let found = try await repository.open().exclusions(of: shown)
        #expect(Set(found.keys) == wanted)
        #expect(found.values.allSatisfy { $0 == .listed })
    }

    @Test("deeper files overrule those above, attributes and git's own rules count, tracked files aren't ignored")
    func sources() async throws {
        let repository = try ScratchRepository()
        try repository.write(".gitignore", "*.tmp\n")
        try repository.write(".gitattributes", "gen/* teamfix-ignore\ngen/own.c -teamfix-ignore\n")
        try repository.write(".teamfixignore", "*.sql\n")
        try repository.write("db/.teamfixignore", "!open.sql\n/local.c\n")
        for path in [
            "a.sql", "db/a.sql", "db/open.sql", "db/local.c", "local.c", "gen/a.c", "gen/own.c", "t.tmp", "u.tmp",
        ] {
            try repository.write(path, "x")
        }
        try repository.git("add", "-f", "u.tmp")
        try repository.commit()
        try repository.write("v.tmp", "x")
        let paths = [
            "a.sql", "db/a.sql", "db/open.sql", "db/local.c", "local.c", "gen/a.c", "gen/own.c", "u.tmp", "v.tmp",
            "none.c",
        ]
        #expect(
            try await repository.open().exclusions(of: paths) == [
                "a.sql": .listed, "db/a.sql": .listed, "db/local.c": .listed, "gen/a.c": .attribute, "v.tmp": .ignored,
            ])
    }

    @Test("an ignore file that can't be read excludes all of its folder")
    func unreadable() async throws {
        let repository = try ScratchRepository()
        try repository.write("a/x.c", "x")
        try repository.write("b.c", "x")
        try repository.link("a/.teamfixignore", to: "/dev/zero")
        #expect(try await repository.open().exclusions(of: ["a/x.c", "b.c"]) == ["a/x.c": .listed])
    }

    @Test("a tracked file that a rule matches isn't ignored, whatever index was looked at before")
    func trackedAndStaged() async throws {
        let repository = try ScratchRepository()
        try repository.write(".gitignore", "lib/\n")
        try repository.write("lib/a.py", "a = 1\n")
        try repository.git("add", "-f", "lib/a.py")
        try repository.commit()
        try repository.write("lib/a.py", "a = 2\n")
        try repository.git("add", "-f", "lib/a.py")
        try repository.write("lib/b.py", "b = 1\n")
        let opened = try repository.open()
        #expect(try await opened.changes(.staged).map(\.path) == ["lib/a.py"])
        #expect(try await opened.exclusions(of: ["lib/a.py", "lib/b.py"]) == ["lib/b.py": .ignored])
        // Named, it is compared with an index that holds attributes alone.
        let narrow = try repository.open()
        #expect(try await narrow.changes(.staged, paths: ["lib/a.py"]).map(\.path) == ["lib/a.py"])
        #expect(try await narrow.exclusions(of: ["lib/a.py", "lib/b.py"]) == ["lib/b.py": .ignored])
    }

    @Test("rules that are made to take long take no time, and what can't be compared is excluded")
    func hostile() async throws {
        let repository = try ScratchRepository()
        let slow = String(repeating: "*a", count: 500) + "b"
        try repository.write(".teamfixignore", Array(repeating: slow, count: 250).joined(separator: "\n") + "\n")
        try repository.write("b/.teamfixignore", "*.log\n")
        let wide = String(repeating: "a/", count: 60) + String(repeating: "a", count: 800)
        let deep = String(repeating: "a/", count: 2_000) + "x"
        let long = "b/" + String(repeating: String(repeating: "c", count: 100) + "/", count: 12) + "x"
        let opened = try repository.open()
        let clock = ContinuousClock()
        let began = clock.now
        let found = try await opened.exclusions(of: [wide, deep, long, "b/x.c", "b/x.log"])
        #expect(clock.now - began < .seconds(10))
        #expect(found == [wide: .listed, deep: .listed, long: .listed, "b/x.log": .listed])
        try repository.remove(".teamfixignore")
        try repository.remove("b/.teamfixignore")
        #expect(try await repository.open().exclusions(of: [long]).isEmpty)
    }
}
