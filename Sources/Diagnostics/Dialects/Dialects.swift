/// What all dialects share while a log is read.
struct LogContext: Sendable {
    var paths: PathResolver
    var collector: DiagnosticCollector
    /// The tool whose progress lines were seen last, for plain `error: …` lines, which look alike everywhere.
    var builder: Diagnostic.Tool?

    init(paths: PathResolver, collector: DiagnosticCollector) {
        self.paths = paths
        self.collector = collector
    }

    func place(_ file: String, _ line: Int?, _ column: Int? = nil) -> SourceLocation {
        SourceLocation(
            file: paths.resolve(file), line: line.flatMap { $0 > 0 ? $0 : nil },
            column: column.flatMap { $0 > 0 ? $0 : nil })
    }

    /// Adds a diagnostic to which nothing that follows belongs.
    mutating func addWhole(_ diagnostic: Diagnostic) {
        collector.add(Finding(diagnostic: diagnostic))
        collector.breakOff()
    }

    mutating func add(
        _ severity: Diagnostic.Severity, _ message: String, code: String? = nil, at location: SourceLocation? = nil,
        tool: Diagnostic.Tool, test: String? = nil, notes: [Diagnostic.Note] = [], lines: ClosedRange<Int>,
        consequence: Bool = false, weak: Bool = false
    ) {
        guard !weak || collector.takesWeak, !consequence || collector.takesConsequences else {
            collector.drop()
            return
        }
        collector.add(
            Finding(
                diagnostic: Diagnostic(
                    severity: severity, message: message, code: code, location: location, tool: tool, test: test,
                    notes: notes, logLines: lines),
                isConsequence: consequence, isWeak: weak))
    }
}

/// One toolchain's way of saying that something is wrong.
protocol Dialect: Sendable {
    /// Whether it is in the middle of something, and so must see lines that look like nothing.
    var isReading: Bool { get }
    /// Reads a line; false when it means nothing here, and others may try.
    mutating func read(_ line: Line, _ log: inout LogContext) -> Bool
    /// The log has ended.
    mutating func finish(_ log: inout LogContext)
}

extension Dialect {
    var isReading: Bool { false }
    mutating func finish(_ log: inout LogContext) {}
}

/// All dialects, in the order in which they are asked: those in the middle of something first, the general last.
struct Dialects: Sendable {
    private var cmake = CMakeMessages()
    private var python = PythonTracebacks()
    private var pytest = PytestReport()
    private var unittest = UnittestReport()
    private var swiftRuntime = SwiftRuntime()
    private var swiftTesting = SwiftTestingReport()
    private var javac = JavacMessages()
    private var java = JavaExceptions()
    private var maven = MavenMessages()
    private var gradle = GradleMessages()
    private var msbuild = MSBuildMessages()
    private var ghc = GHCMessages()
    private var shellCheck = ShellCheckMessages()
    private var eslint = ESLintMessages()
    private var ruff = RuffMessages()
    private var nodeSpec = NodeSpecReport()
    private var node = NodeErrors()
    private var rust = RustMessages()
    private var rustPanics = RustPanics()
    private var go = GoMessages()
    private var linker = LinkerMessages()
    private var make = MakeMessages()
    private var ninja = NinjaMessages()
    private var typeScript = TypeScriptMessages()
    private var compiler = CompilerMessages()
    private var plain = PlainMessages()

    /// The beginnings of lines that matter although they hold no `: ` and no place.
    static let headings: [StaticString] =
        [
            "FAILED", "ERROR", "FAIL\t", "Traceback", "E   ", "Undefined symbols", "CMake ", "cd ", "(cd ", "not ok",
            "failures", "BUILD FAILED", "  File \"", "[ERROR]", "::error", "::warning", "-- Configuring", "> Task",
            "   Compiling ", "    Checking ", "    Finished ", "Building for ", "test at ", "  Failed ",
        ] + PlainMessages.signals

    var isReading: Bool {
        cmake.isReading || python.isReading || pytest.isReading || unittest.isReading || swiftRuntime.isReading
            || swiftTesting.isReading || javac.isReading || java.isReading || maven.isReading || gradle.isReading
            || msbuild.isReading || ghc.isReading || shellCheck.isReading || eslint.isReading || ruff.isReading
            || nodeSpec.isReading
            || node.isReading || rust.isReading || rustPanics.isReading || go.isReading || linker.isReading
            || typeScript.isReading || compiler.isReading
    }

    mutating func read(_ whole: Line, _ log: inout LogContext) {
        let line = GradleMessages.afterTask(whole).map { whole.dropping($0) } ?? whole
        // Directories first: everything else needs them.
        if make.read(line, &log) || ninja.read(line, &log) {
            endAll(&log)
            return
        }
        if cmake.read(line, &log) { return }
        if unittest.read(line, &log) { return }
        python.test = pytest.testForTraceback ?? unittest.testForTraceback
        python.testTool = pytest.testForTraceback != nil ? .pytest : .unittest
        if python.read(line, &log) {
            pytest.sawTraceback()
            return
        }
        if pytest.read(line, &log) { return }
        if swiftRuntime.read(line, &log) { return }
        if swiftTesting.read(line, &log) { return }
        if javac.read(line, &log) { return }
        if java.read(line, &log) { return }
        if maven.read(line, &log) { return }
        if gradle.read(line, &log) { return }
        if nodeSpec.read(line, &log) { return }
        if ghc.read(line, &log) { return }
        if shellCheck.read(line, &log) { return }
        if eslint.read(line, &log) { return }
        if ruff.read(line, &log) { return }
        if rust.read(line, &log) { return }
        if rustPanics.read(line, &log) { return }
        // What a file of tests printed looks like anything.
        if node.isReading, node.read(line, &log) { return }
        if go.read(line, &log) { return }
        if node.read(line, &log) { return }
        if linker.read(line, &log) { return }
        if msbuild.read(line, &log) { return }
        if typeScript.read(line, &log) { return }
        if compiler.read(line, &log) { return }
        _ = plain.read(line, &log)
    }

    mutating func finish(_ log: inout LogContext) {
        endAll(&log)
        pytest.finish(&log)
        unittest.finish(&log)
    }

    /// A compiler's line isn't read for want of room: what stood before it belongs to nothing.
    mutating func leaveOut() { compiler.leaveOut() }

    /// A build tool speaks: whatever was in the middle of something has said all it will.
    private mutating func endAll(_ log: inout LogContext) {
        cmake.finish(&log)
        python.finish(&log)
        swiftRuntime.finish(&log)
        swiftTesting.finish(&log)
        javac.finish(&log)
        java.finish(&log)
        maven.finish(&log)
        gradle.finish(&log)
        msbuild.finish(&log)
        ghc.finish(&log)
        shellCheck.finish(&log)
        eslint.finish(&log)
        ruff.finish(&log)
        nodeSpec.finish(&log)
        node.finish(&log)
        rust.finish(&log)
        rustPanics.finish(&log)
        go.finish(&log)
        linker.finish(&log)
        typeScript.finish(&log)
        compiler.finish(&log)
    }
}
