import Diagnostics
import Foundation

@testable import Workflows

/// A real tool at work on real files: what it says, what the built-in engine makes of it, and whether that helps.
struct Workshop {
    let folder: TestFolder
    let names: [String]
    let command: String

    init(_ files: [String: String], _ command: String) throws {
        folder = try TestFolder()
        for (name, text) in files { try folder.write(text, to: name) }
        names = files.keys.sorted()
        self.command = command
    }

    /// What the command says as things are.
    func observe() async throws -> BuildObservation {
        let reader = LogCollector(root: folder.path, checkout: folder.path, directory: "")
        let runner = CommandRunner(
            shell: command, workingDirectory: folder.path,
            environment: plainEnvironment.merging(FixItEnvironment.additions(existing: plainEnvironment)) { $1 },
            deadline: .seconds(30), outputPath: folder.path + "/.said-\(UUID().uuidString)")
        let result = try await runner.run { reader.consume($0) }
        return BuildObservation(exitCode: result.exitCode, log: reader.finish(), duration: 0)
    }

    func files() async -> WorkingFiles {
        let root = folder.path
        let files = WorkingFiles(paths: Set(names)) { path in
            (try? Data(contentsOf: URL(fileURLWithPath: root + "/" + path))).map { Array($0) }
        }
        await files.load(names)
        return files
    }

    /// What came of trying the proposals for the first root cause.
    struct Outcome {
        /// What the tool said first.
        var failure: BuildObservation
        /// The titles of the proposals, in order.
        var titles: [String]
        /// How many had to be tried until the command passed; nil when none made it pass.
        var tries: Int?
        /// The files with that proposal.
        var texts: [String: String] = [:]
        var title: String { tries.map { titles[$0 - 1] } ?? "" }
    }

    /// Tries the proposals for the first root cause, one after the other, until the command passes.
    func mend() async throws -> Outcome {
        let failure = try await observe()
        let files = await files()
        guard let cause = failure.causes.first else { return Outcome(failure: failure, titles: []) }
        let proposals = BuiltinEngine().proposals(for: cause, in: files)
        var outcome = Outcome(failure: failure, titles: proposals.map(\.title))
        for (number, proposal) in proposals.enumerated() {
            let contents = try files.contents(applying: proposal.edits)
            for (name, text) in contents { try folder.write(text.string, to: name) }
            if try await observe().passed {
                outcome.tries = number + 1
                for name in names { outcome.texts[name] = folder.read(name) }
                return outcome
            }
            for name in contents.keys { if let text = files[name] { try folder.write(text.string, to: name) } }
        }
        return outcome
    }
}

/// A root cause and its files as a recorded message gives them, for tools that may not be installed.
struct Recorded {
    var files: WorkingFiles
    var causes: [RootCause]

    init(_ log: String, _ texts: [String: String]) async {
        files = WorkingFiles(paths: Set(texts.keys)) { texts[$0].map { Array($0.utf8) } }
        await files.load(texts.keys)
        causes = BuildLog.read(Array(log.utf8), root: "/r") { texts[String($0.dropFirst(3))] != nil }.rootCauses
    }

    var proposals: [Proposal] { causes.first.map { BuiltinEngine().proposals(for: $0, in: files) } ?? [] }

    /// The named file with the first proposal applied.
    func mended(_ name: String) throws -> String? {
        guard let first = proposals.first else { return nil }
        return try files.contents(applying: first.edits)[name]?.string
    }
}

/// Whether a program is installed and works.
func isInstalled(_ program: String) -> Bool {
    Sandbox.find(program, in: plainEnvironment["PATH"]) != nil
}
