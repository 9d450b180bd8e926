import Foundation
import Specialists

/// Lets the installed compilers and interpreters parse what changed, as it will be committed: copies in a scratch
/// folder, nothing of which is run, in the sandbox where there is one.
package struct SyntaxTools: Sendable {
    /// teamfix's environment, of which the programs get what a build may have.
    package var environment: [String: String]
    /// The folder for scratch copies.
    package var scratch: String
    /// The work tree, where headers are that didn't change.
    package var workTree: String
    /// Asked only when there is something to parse: trying a sandbox takes time.
    package var sandbox: @Sendable () async throws -> Sandbox
    /// How long one program may take.
    package var deadline: Duration
    /// How long all of them may take together.
    package var budget: Duration

    package init(
        environment: [String: String], scratch: String, workTree: String,
        deadline: Duration = .seconds(2), budget: Duration = .seconds(20),
        sandbox: @escaping @Sendable () async throws -> Sandbox
    ) {
        self.environment = environment
        self.scratch = scratch
        self.workTree = workTree
        self.deadline = deadline
        self.budget = budget
        self.sandbox = sandbox
    }

    package struct Outcome: Sendable, Equatable {
        package var findings: [Finding] = []
        /// How long it took, in seconds by the clock.
        package var seconds = 0.0
        /// How many files were parsed.
        package var parsed = 0
        /// The files that parse.
        package var sound: Set<String> = []
        /// The files that no program got to the end of in time.
        package var outOfTime: [String] = []
        /// Why nothing could be parsed.
        package var problem: String?
    }

    /// The most files of one run, and the most bytes of one file.
    private static let mostFiles = 1_000
    private static let mostBytes = 1 << 20

    struct Job: Sendable {
        var file: ChangedFile
        var text: SourceText
        var language: ParsedLanguage
        /// The program's path.
        var program: String
    }

    /// What there is to parse, and with what; where no program is installed, nothing.
    func jobs(_ files: [ChangedFile]) -> [Job] {
        var programs: [ParsedLanguage: String] = [:]
        var missing: Set<ParsedLanguage> = []
        var jobs: [Job] = []
        for file in files where file.isFile && !file.change.hunks.isEmpty && jobs.count < Self.mostFiles {
            guard let text = file.text, text.isText, text.bytes.count <= Self.mostBytes,
                !file.path.utf8.contains(where: { $0 == 0 || $0 == 0x0A }), !TestMaterial.isMeantToBeBroken(file.path),
                !Self.choosesPrograms.contains(file.name.lowercased()),
                let language = ParsedLanguage(path: file.path, firstLine: text.line(1)), !missing.contains(language)
            else { continue }
            // A shell script that hands itself over to another interpreter is that one's.
            if language == .shell, Self.isHandedOver(text) { continue }
            // Flow's types aren't JavaScript.
            if language == .javascript, text.string.prefix(2_000).contains("@flow") { continue }
            guard let program = programs[language] ?? installed(language) else {
                missing.insert(language)
                continue
            }
            programs[language] = program
            jobs.append(Job(file: file, text: text, language: language, program: program))
        }
        return jobs
    }

    /// Files by which version managers choose the program that runs: beside what is parsed they would choose the parser.
    private static let choosesPrograms: Set<String> = [
        "rust-toolchain", "rust-toolchain.toml", ".tool-versions", ".mise.toml", "mise.toml", ".python-version",
        ".node-version",
        ".nvmrc", ".ruby-version", ".java-version", ".go-version", ".swift-version", ".php-version", ".sdkmanrc",
        ".envrc",
    ]

    private static func isHandedOver(_ text: SourceText) -> Bool {
        (1...min(12, text.lineCount)).contains { number in
            let line = text.line(number)
            return line.contains("exec") && line.contains("$0")
                && (line.hasPrefix("\"") || line.hasPrefix("'") || !line.contains("/sh"))
        }
    }

    private func installed(_ language: ParsedLanguage) -> String? {
        for name in language.programs {
            let folders = (environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":").map(String.init)
            // A version manager's stand-in takes longer to find the program than the program to parse a file.
            let direct = folders.filter { !$0.hasSuffix("/shims") }.joined(separator: ":")
            if let path = Sandbox.find(name, in: direct) ?? Sandbox.find(name, in: environment["PATH"]) { return path }
        }
        return nil
    }

    /// Parses what can be parsed of some files, several at a time.
    package func check(_ files: [ChangedFile]) async throws -> Outcome {
        let jobs = jobs(files)
        guard !jobs.isEmpty else { return Outcome() }
        let start = ContinuousClock.now
        var outcome = Outcome()
        do {
            let space = try ScratchSpace.make(in: scratch)
            defer { try? space.remove() }
            let bench = try ParsingBench(self, space: space, sandbox: try await sandbox(), jobs: jobs)
            let until = start + budget
            outcome = await withTaskGroup(of: (Job, ParsingBench.Verdict).self) { group in
                var outcome = Outcome()
                var waiting = jobs[...]
                let atOnce = max(2, min(8, ProcessInfo.processInfo.activeProcessorCount))
                func startNext() {
                    guard ContinuousClock.now < until, let job = waiting.popFirst() else { return }
                    group.addTask { (job, await bench.verdict(on: job)) }
                }
                for _ in 0..<atOnce { startNext() }
                for await (job, verdict) in group {
                    startNext()
                    switch verdict {
                    case .parses:
                        outcome.parsed += 1
                        outcome.sound.insert(job.file.path)
                    case .broken(let fault):
                        outcome.parsed += 1
                        outcome.findings.append(Self.finding(fault, job))
                    case .outOfTime: outcome.outOfTime.append(job.file.path)
                    case .unknown: break
                    }
                }
                outcome.outOfTime += waiting.map(\.file.path)
                return outcome
            }
        } catch {
            outcome.problem = "syntax wasn't checked: \(error)"
        }
        try Task.checkCancellation()
        outcome.seconds = start.duration(to: .now).inSeconds
        outcome.outOfTime.sort()
        return outcome
    }

    private static func finding(_ fault: SyntaxFault, _ job: Job) -> Finding {
        let program = job.program.split(separator: "/").last.map(String.init) ?? job.program
        return job.file.finding(
            "syntax/\(job.language == .header ? "c" : job.language.rawValue)", .error, line: fault.line,
            column: fault.column, "\(program) can't parse this: \(fault.message)", evidence: job.text.line(fault.line))
    }
}
