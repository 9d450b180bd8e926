import Foundation

/// The scratch folder in which copies of changed files are parsed.
struct ParsingBench: Sendable {
    enum Verdict: Sendable, Equatable {
        case parses
        case broken(SyntaxFault)
        case outOfTime
        /// The program couldn't be run, or what it said isn't certain.
        case unknown
    }

    /// Where a file's earlier content lies.
    private static let before = ".teamfix-before/"
    private static let outputLimit = 64 << 10

    private let tree: String
    private let build: ScratchBuild
    private let workTree: String

    /// Lays the files out as they lie in the repository, so that those that include one another find what changed.
    init(_ tools: SyntaxTools, space: ScratchSpace, sandbox: Sandbox, jobs: [SyntaxTools.Job]) throws {
        let folder = ScratchBuild.canonical(space.path)
        tree = folder + "/tree"
        workTree = ScratchBuild.canonical(tools.workTree)
        for path in [tree, folder + "/files"] {
            guard mkdir(path, 0o700) == 0 else { throw FileFailure(operation: "create", path: path, code: errno) }
        }
        var environment = tools.environment
        for name in ["GCC_EXTRA_DIAGNOSTIC_OUTPUT", "CCC_OVERRIDE_OPTIONS", "NODE_OPTIONS", "LANGUAGE", "LANG"] {
            environment[name] = nil
        }
        // Messages are read, so they must be in one language.
        environment = environment.filter { !$0.key.hasPrefix("LC_") }
        environment["LC_ALL"] = "C"
        build = ScratchBuild(
            command: "", repositoryPath: tree, checkout: tree, sandbox: sandbox, environment: environment,
            deadline: tools.deadline, outputLimit: Self.outputLimit, files: folder + "/files")
        for job in jobs { write(job.text, to: job.file.path) }
    }

    func verdict(on job: SyntaxTools.Job) async -> Verdict {
        let verdict = await parse(job, job.text, at: "")
        guard case .broken(let fault) = verdict, !job.file.isNew, let earlier = job.file.previous else {
            return verdict
        }
        // What it held against the file before isn't this change's doing: a dialect, a macro that the build defines.
        if case .broken(let old) = await parse(job, earlier, at: Self.before), old.message == fault.message {
            return .unknown
        }
        return verdict
    }

    /// Tries every dialect; the likeliest one's complaint is the one that is told.
    private func parse(_ job: SyntaxTools.Job, _ text: SourceText, at folder: String) async -> Verdict {
        var complaint: SyntaxFault?
        for attempt in job.language.attempts(text) {
            let path = folder + job.file.path + attempt.suffix
            if path != job.file.path, !write(text, to: path) { return .unknown }
            var command = build
            command.command = job.language.command(
                program: SyntaxCheck.word(job.program), options: options(attempt, job), file: SyntaxCheck.quoted(path))
            // A sandbox hides temporary folders, where a repository may lie as well.
            command.readable = job.language.isCompiledC ? [workTree] : []
            guard let (result, output) = await run(command) else { return .unknown }
            if result.timedOut { return .outOfTime }
            let fault = ToolComplaint.fault(
                job.language, output: output, path: path, root: command.visibleRoot, text: text)
            guard !result.isSuccess else { return .parses }
            // rustfmt also fails for what is merely formatted in another way.
            guard let fault else { return job.language == .rust ? .parses : .unknown }
            complaint = complaint ?? fault
        }
        guard let complaint, !TestMaterial.isTemplate(text, around: complaint.line) else { return .unknown }
        return .broken(complaint)
    }

    private func run(_ command: ScratchBuild) async -> (CommandResult, [UInt8])? {
        guard let (_, result) = try? await command.run() else { return nil }
        defer { unlink(result.outputPath) }
        let output = (try? Data(contentsOf: URL(fileURLWithPath: result.outputPath))).map { [UInt8]($0) } ?? []
        return (result, output)
    }

    /// The dialect's options, and where C looks for headers: beside the file and above it, in the copy first.
    private func options(_ attempt: ParsedLanguage.Attempt, _ job: SyntaxTools.Job) -> String {
        guard job.language.isCompiledC else { return attempt.options }
        var folders: [String] = []
        var folder = job.file.path[...]
        while let slash = folder.lastIndex(of: "/"), folders.count < 6 {
            folder = folder[..<slash]
            folders += [String(folder), folder + "/include"]
        }
        folders += ["", "include", "src"]
        let places = [tree, workTree].flatMap { root in folders.map { $0.isEmpty ? root : root + "/" + $0 } }
        return attempt.options + " " + places.map { "-I" + SyntaxCheck.word($0) }.joined(separator: " ")
    }

    /// Writes a copy; false where that can't be, as for a file in the place of another's folder.
    @discardableResult
    private func write(_ text: SourceText, to path: String) -> Bool {
        guard
            path.split(separator: "/", omittingEmptySubsequences: false).allSatisfy({ !["", ".", ".."].contains($0) })
        else { return false }
        let url = URL(fileURLWithPath: tree + "/" + path)
        do {
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.bytes).write(to: url)
            return true
        } catch {
            return false
        }
    }
}
