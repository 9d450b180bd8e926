import Foundation

/// A command that probably builds or tests what is in a folder.
package struct BuildSystemGuess: Sendable, Equatable, Codable {
    /// The build system: `SwiftPM`, `Make`, `CMake`…
    package var name: String
    /// The command, for `/bin/sh -c` in that folder.
    package var command: String
    /// What was seen, as it completes "because …".
    package var why: String

    package init(name: String, command: String, why: String) {
        self.name = name
        self.command = command
        self.why = why
    }
}

/// A folder as a guess looks at it.
package struct FolderView: Sendable {
    /// The names in it, folders with a trailing slash.
    package var names: Set<String>
    /// Reads a file in it or below, by relative path; nil if it isn't there or is too large.
    package var read: @Sendable (String) -> String?
    /// The names in a folder below, folders with a trailing slash.
    package var list: @Sendable (String) -> [String]

    package init(
        names: some Sequence<String>, read: @escaping @Sendable (String) -> String?,
        list: @escaping @Sendable (String) -> [String] = { _ in [] }
    ) {
        self.names = Set(names)
        self.read = read
        self.list = list
    }

    func has(_ name: String) -> Bool { names.contains(name) }
    func hasFolder(_ name: String) -> Bool { names.contains(name + "/") }
}

/// Recognising build systems by their files.
package enum BuildSystem {
    /// What could build the folder, best first. Empty when nothing is recognised.
    ///
    /// A language's own tool comes before a Makefile only when that tool builds the whole; a Makefile beside it is usually
    /// the project's front door.
    package static func guesses(for folder: FolderView) -> [BuildSystemGuess] {
        [
            swiftPM, cargo, go, npm, maven, gradle, make, cmake, meson, python, plainC,
        ].compactMap { $0(folder) }
    }

    private static func swiftPM(_ folder: FolderView) -> BuildSystemGuess? {
        guard folder.has("Package.swift") else { return nil }
        let tests = folder.hasFolder("Tests")
        return BuildSystemGuess(
            name: "SwiftPM", command: tests ? "swift build --build-tests && swift test" : "swift build",
            why: tests ? "there are Package.swift and Tests" : "there is Package.swift")
    }

    private static func cargo(_ folder: FolderView) -> BuildSystemGuess? {
        guard folder.has("Cargo.toml") else { return nil }
        return BuildSystemGuess(name: "Cargo", command: "cargo test", why: "there is Cargo.toml")
    }

    private static func go(_ folder: FolderView) -> BuildSystemGuess? {
        guard folder.has("go.mod") || folder.has("go.work") else { return nil }
        let file = folder.has("go.mod") ? "go.mod" : "go.work"
        return BuildSystemGuess(name: "Go", command: "go vet ./... && go test ./...", why: "there is \(file)")
    }

    private static func npm(_ folder: FolderView) -> BuildSystemGuess? {
        guard folder.has("package.json"), let text = folder.read("package.json"),
            let scripts = PackageScripts(json: text)
        else { return nil }
        let tool = folder.has("pnpm-lock.yaml") ? "pnpm" : folder.has("yarn.lock") ? "yarn" : "npm"
        var commands: [String] = []
        if scripts.names.contains("build") { commands.append("\(tool) run build") }
        if scripts.names.contains("test"), !scripts.testIsPlaceholder { commands.append("\(tool) test") }
        if commands.isEmpty, folder.has("tsconfig.json") { commands.append("npx --no-install tsc --noEmit") }
        guard !commands.isEmpty else { return nil }
        return BuildSystemGuess(
            name: tool, command: commands.joined(separator: " && "), why: "package.json has these scripts")
    }

    private static func maven(_ folder: FolderView) -> BuildSystemGuess? {
        guard folder.has("pom.xml") else { return nil }
        let program = folder.has("mvnw") ? "./mvnw" : "mvn"
        return BuildSystemGuess(name: "Maven", command: "\(program) -q -B test", why: "there is pom.xml")
    }

    private static func gradle(_ folder: FolderView) -> BuildSystemGuess? {
        let files = ["build.gradle", "build.gradle.kts", "settings.gradle", "settings.gradle.kts"]
        guard let file = files.first(where: folder.has) else { return nil }
        let program = folder.has("gradlew") ? "./gradlew" : "gradle"
        return BuildSystemGuess(name: "Gradle", command: "\(program) --console=plain check", why: "there is \(file)")
    }

    private static func make(_ folder: FolderView) -> BuildSystemGuess? {
        guard let file = ["GNUmakefile", "makefile", "Makefile"].first(where: folder.has) else { return nil }
        let targets = folder.read(file).map(makeTargets) ?? []
        let test = ["check", "test"].first(where: targets.contains)
        return BuildSystemGuess(
            name: "Make", command: test.map { "make && make \($0)" } ?? "make",
            why: test.map { "\(file) has the target \($0)" } ?? "there is \(file)")
    }

    private static func cmake(_ folder: FolderView) -> BuildSystemGuess? {
        guard folder.has("CMakeLists.txt") else { return nil }
        var command = "cmake --build build"
        var why = "build/CMakeCache.txt says that it is configured"
        if !folder.hasFolder("build") || !folder.list("build").contains("CMakeCache.txt") {
            command = "cmake -S . -B build && " + command
            why = "there is CMakeLists.txt"
        }
        if folder.read("CMakeLists.txt")?.contains("enable_testing") == true {
            command += " && ctest --test-dir build --output-on-failure"
        }
        return BuildSystemGuess(name: "CMake", command: command, why: why)
    }

    private static func meson(_ folder: FolderView) -> BuildSystemGuess? {
        guard folder.has("meson.build") else { return nil }
        let isSetUp = folder.hasFolder("build") && folder.list("build").contains("build.ninja")
        return BuildSystemGuess(
            name: "Meson", command: (isSetUp ? "" : "meson setup build && ") + "ninja -C build",
            why: "there is meson.build")
    }

    private static func python(_ folder: FolderView) -> BuildSystemGuess? {
        let settings = ["pyproject.toml", "setup.cfg", "tox.ini", "pytest.ini"].filter(folder.has)
        let testFolder = ["tests", "test"].first(where: folder.hasFolder)
        let inside = testFolder.map(folder.list) ?? []
        let looseTests = (Array(folder.names) + inside).filter(isPythonTest)
        let isPython =
            !settings.isEmpty || folder.has("setup.py") || folder.names.contains { $0.hasSuffix(".py") }
            || !looseTests.isEmpty
        guard isPython, !looseTests.isEmpty || testFolder != nil || !settings.isEmpty else { return nil }
        let runner =
            folder.hasFolder(".venv") ? ".venv/bin/python" : folder.hasFolder("venv") ? "venv/bin/python" : "python3"
        let named = settings.first { name in
            name == "pytest.ini" || folder.read(name).map { $0.contains("pytest") } == true
        }
        if let named {
            return BuildSystemGuess(name: "pytest", command: "\(runner) -m pytest -q", why: "\(named) speaks of pytest")
        }
        if folder.has("conftest.py") || inside.contains("conftest.py") {
            return BuildSystemGuess(name: "pytest", command: "\(runner) -m pytest -q", why: "there is conftest.py")
        }
        let usesUnittest = looseTests.prefix(5).contains { name in
            let path = inside.contains(name) ? (testFolder.map { $0 + "/" + name } ?? name) : name
            return folder.read(path)?.contains("unittest") == true
        }
        if usesUnittest {
            let place = testFolder.map {
                inside.contains("__init__.py") ? " discover -t . -s \($0)" : " discover -s \($0)"
            }
            return BuildSystemGuess(
                name: "unittest", command: "\(runner) -m unittest\(place ?? " discover")", why: "the tests use unittest"
            )
        }
        guard !looseTests.isEmpty else { return nil }
        return BuildSystemGuess(
            name: "pytest", command: "\(runner) -m pytest -q", why: "there is \(looseTests.sorted()[0])")
    }

    /// A few C files without a build file: a compiler run that only checks them.
    private static func plainC(_ folder: FolderView) -> BuildSystemGuess? {
        let buildFiles: Set<String> = [
            "Makefile", "makefile", "GNUmakefile", "CMakeLists.txt", "meson.build", "configure",
        ]
        guard folder.names.isDisjoint(with: buildFiles) else { return nil }
        let c = folder.names.filter { $0.hasSuffix(".c") && isPlainName($0) }.sorted()
        let cxx = folder.names.filter { name in
            [".cc", ".cpp", ".cxx"].contains(where: name.hasSuffix) && isPlainName(name)
        }.sorted()
        let (program, files) = cxx.isEmpty ? ("cc", c) : ("c++", cxx)
        guard !files.isEmpty, files.count <= 50 else { return nil }
        return BuildSystemGuess(
            name: cxx.isEmpty ? "C" : "C++",
            command: "\(program) -fsyntax-only \(files.joined(separator: " "))",
            why: "there are source files and no build file")
    }

    private static func isPythonTest(_ name: String) -> Bool {
        name.hasSuffix(".py") && (name.hasPrefix("test_") || name.hasSuffix("_test.py"))
    }

    /// Whether a shell takes a file's name for nothing else.
    private static func isPlainName(_ name: String) -> Bool {
        !name.hasPrefix("-")
            && name.unicodeScalars.allSatisfy {
                $0.properties.isAlphabetic || ("0"..."9").contains($0) || "._-".unicodeScalars.contains($0)
            }
    }

    /// The names of a makefile's plain targets.
    static func makeTargets(_ text: String) -> Set<String> {
        var targets: Set<String> = []
        for line in text.split(separator: "\n") {
            guard let first = line.first, first != "\t", first != "#", first != " ",
                let colon = line.firstIndex(of: ":")
            else { continue }
            // `name := value` is a variable.
            guard line[line.index(after: colon)...].first != "=", !line[..<colon].contains("=") else { continue }
            for word in line[..<colon].split(separator: " ") where !word.hasPrefix(".") && !word.contains("%") {
                targets.insert(String(word))
            }
        }
        return targets
    }
}

/// Making a build go on after its first error, so that one run shows all root causes.
extension BuildSystem {
    private static let metacharacters = Set<Character>("|&;<>()$`\\\"'*?[]#~{}!\n")

    /// The command with the flag that makes its tool keep going; nil when the command is more than a plain call of a tool
    /// that has one, or already has it. Not for `cmake --build`: what make understands by a flag behind its `--` isn't
    /// what ninja does, and the command doesn't say which it calls.
    package static func keepGoing(_ command: String) -> String? {
        guard !command.contains(where: metacharacters.contains) else { return nil }
        let words = command.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
        guard let program = words.first?.split(separator: "/").last.map(String.init) else { return nil }
        let rest = Array(words.dropFirst())
        switch program {
        case "make", "gmake":
            return with(["-k"], unless: ["-k", "--keep-going", "-S", "--no-keep-going", "--stop"], words)
        case "ninja", "samu":
            return rest.contains { $0.hasPrefix("-k") } ? nil : with(["-k", "0"], unless: ["-t"], words)
        case "cargo":
            switch rest.first {
            case "build", "b", "check", "c", "clippy": return insert("--keep-going", afterVerbOf: words)
            case "test", "t": return insert("--no-fail-fast", afterVerbOf: words)
            default: return nil
            }
        case "mvn", "mvnw":
            return with(["-fae"], unless: ["-fae", "-fn", "-ff", "--fail-at-end", "--fail-never"], words)
        case "gradle", "gradlew": return with(["--continue"], unless: ["--continue", "--no-continue"], words)
        case "bazel", "bazelisk":
            guard let verb = rest.first, verb == "build" || verb == "test" else { return nil }
            return insert("--keep_going", afterVerbOf: words)
        default: return nil
        }
    }

    private static func with(_ flags: [String], unless present: [String], _ words: [String]) -> String? {
        guard !words.contains(where: present.contains) else { return nil }
        return ([words[0]] + flags + words.dropFirst()).joined(separator: " ")
    }

    /// Before a `--`, behind which everything belongs to the program that is run.
    private static func insert(_ flag: String, afterVerbOf words: [String]) -> String? {
        guard !words.contains(flag) else { return nil }
        return (words.prefix(2) + [flag] + words.dropFirst(2)).joined(separator: " ")
    }
}

/// The scripts that a package.json names.
private struct PackageScripts {
    private struct File: Decodable { var scripts: [String: String]? }

    let names: Set<String>
    /// Whether the test script is the one that `npm init` writes, which always fails.
    let testIsPlaceholder: Bool

    init?(json: String) {
        guard let file = try? JSONDecoder().decode(File.self, from: Data(json.utf8)) else { return nil }
        let scripts = file.scripts ?? [:]
        names = Set(scripts.keys)
        testIsPlaceholder = scripts["test"]?.contains("no test specified") == true
    }
}
