import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite(
        "fix, by small changes where a check fails",
        .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/bwrap")), .timeLimit(.minutes(2)))
    struct MutationFixTests {
        private static let test = """
            import unittest
            from calc import first_over

            class T(unittest.TestCase):
                def test_it(self):
                    self.assertEqual(first_over([1, 4, 9, 16], 4), 9)
                    self.assertIsNone(first_over([1, 2], 4))

            """
        private static let command = "python3 -m unittest -q"

        private func project(_ code: String) throws -> ScratchRepository {
            let repository = try ScratchRepository()
            try repository.write("calc.py", code)
            try repository.write("test_calc.py", Self.test)
            try repository.write(".gitignore", "__pycache__/\n")
            try repository.commit("Begin")
            return repository
        }

        private func code(_ comparison: String) -> String {
            """
            def first_over(values, limit):
                index = 0
                while index < len(values):
                    if values[index] \(comparison) limit:
                        return values[index]
                    index += 1
                return None

            """
        }

        @Test("a wrong operator is found without a model, and named in the commit; --no-mutations leaves it")
        func operators() async throws {
            let repository = try project(code(">="))
            let without = try await repository.teamfix(
                "fix", "--offline", "--no-mutations", "--quiet", "--build", Self.command)
            #expect(without.status == 1)
            let run = try await repository.teamfix("fix", "--offline", "--build", Self.command)
            #expect(run.status == 0, "\(run.output)\(run.errors)")
            #expect(run.output.contains("Replace `>=` by `>` at calc.py:4"))
            #expect(run.errors.contains("the last one passed"))
            // One line of the log a search, not one a change.
            #expect(!run.errors.contains("search failed") && run.errors.split(separator: "\n").count < 20)
            let branch = try #require(try repository.fixBranches.first)
            #expect(try repository.git("show", "\(branch):calc.py") + "\n" == code(">"))
            #expect(try repository.git("log", "-1", "--format=%s", branch) == "Replace `>=` by `>` at calc.py:4")
        }

        @Test("changes that loop for ever are ended, and what none mends ends with 1")
        func loops() async throws {
            // `-= 1` in the place of `+= 1`, and most other changes here, never end.
            let repository = try project(code(">").replacing("return None", with: "return list(values)[9:]"))
            let run = try await repository.teamfix("fix", "--offline", "--build", Self.command, "--budget", "12")
            #expect(run.status == 1 || run.status == 124, "\(run.errors)")
            #expect(run.errors.contains("none passed") || run.errors.contains("budget"))
            #expect(try repository.fixBranches == [])
            #expect(repository.leftInScratch == [])
        }

        @Test("models are heard first; when they know nothing, a small change mends it beside them")
        func besideModels() async throws {
            let repository = try project(code(">="))
            try await SimulatedOllama.run(reply: { _ in .text("I don't know.") }) { server in
                let run = try await repository.teamfix(
                    "fix", "--server", server.url, "--build", Self.command, "--no-cache")
                #expect(run.status == 0, "\(run.errors)")
                #expect(run.output.contains("Replace `>=` by `>` at calc.py:4"))
                #expect(server.chats.count >= 4)
            }
        }

        @Test("a slip of the last commit is taken back: that is the fix, and no undoing of work")
        func slip() async throws {
            let repository = try project(code(">"))
            try repository.write("calc.py", code(">="))
            try repository.commit("Break it")
            let run = try await repository.teamfix("fix", "--offline", "--quiet", "--build", Self.command)
            #expect(run.status == 0)
            let branch = try #require(try repository.fixBranches.first)
            #expect(try repository.git("show", "\(branch):calc.py") + "\n" == code(">"))
        }

        @Test(
            "what checks isn't changed: a script that the command names, a function that raises assertion errors",
            arguments: [
                [
                    "check.py":
                        "import calc\n\n\ndef expected():\n    return 4\n\n\nassert calc.total() == expected()\n",
                    "calc.py": "def total():\n    return sum([2, 3])\n",
                ],
                [
                    "check.py": "import calc, helper\n\nhelper.same(calc.total(), 4)\n",
                    "helper.py":
                        "def same(a, b):\n    if a != b:\n        raise AssertionError(str(a))\n",
                    "calc.py": "def total():\n    return len(str(12345))\n",
                ],
            ] as [[String: String]])
        func checks(files: [String: String]) async throws {
            let repository = try ScratchRepository()
            for (path, text) in files { try repository.write(path, text) }
            try repository.write(".gitignore", "__pycache__/\n")
            try repository.commit("Begin")
            let run = try await repository.teamfix("fix", "--offline", "--quiet", "--build", "python3 check.py")
            let branch = try repository.fixBranches.first
            if let branch {
                let changed = try repository.git("diff", "--name-only", "main", branch)
                #expect(changed == "calc.py", "\(run.output)")
            } else {
                #expect(run.status == 1)
            }
        }

        @Test("without a sandbox nothing is changed at random")
        func unconfined() async throws {
            let repository = try project(code(">="))
            let run = try await repository.teamfix(
                "fix", "--offline", "--sandbox", "off", "--build", Self.command)
            #expect(run.status == 1)
            #expect(run.errors.contains("no small changes are tried without a sandbox"))
        }
    }
}
