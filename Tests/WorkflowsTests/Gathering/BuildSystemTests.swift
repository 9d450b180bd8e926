import Testing

@testable import Workflows

@Suite struct BuildSystemTests {
    private func view(_ files: [String: String]) -> FolderView {
        var names: Set<String> = []
        for path in files.keys {
            let parts = path.split(separator: "/", maxSplits: 1)
            names.insert(parts.count > 1 ? "\(parts[0])/" : path)
        }
        return FolderView(
            names: names, read: { files[$0] },
            list: { folder in
                files.keys.filter { $0.hasPrefix(folder + "/") }.map { String($0.dropFirst(folder.count + 1)) }
            })
    }

    @Test(arguments: [
        (["Package.swift": "", "Tests/ATests/a.swift": ""], "SwiftPM", "swift build --build-tests && swift test"),
        (["Package.swift": "", "Makefile": ""], "SwiftPM", "swift build"),
        (["Makefile": "all: x\n\tcc\ncheck: all\n"], "Make", "make && make check"),
        (["Makefile": "test := 1\nall:\n"], "Make", "make"),
        (
            ["CMakeLists.txt": "enable_testing()", "build/CMakeCache.txt": ""], "CMake",
            "cmake --build build && ctest --test-dir build --output-on-failure"
        ),
        (["CMakeLists.txt": ""], "CMake", "cmake -S . -B build && cmake --build build"),
        (["Cargo.toml": ""], "Cargo", "cargo test"),
        (["go.mod": ""], "Go", "go vet ./... && go test ./..."),
        (
            ["package.json": #"{"scripts":{"build":"tsc","test":"jest"}}"#, "yarn.lock": ""], "yarn",
            "yarn run build && yarn test"
        ),
        (
            [
                "package.json": #"{"scripts":{"test":"echo \"Error: no test specified\" && exit 1"}}"#,
                "tsconfig.json": "",
            ],
            "npm", "npx --no-install tsc --noEmit"
        ),
        (["pom.xml": "", "mvnw": ""], "Maven", "./mvnw -q -B test"),
        (["build.gradle.kts": "", "gradlew": ""], "Gradle", "./gradlew --console=plain check"),
        (
            ["pyproject.toml": "[tool.pytest.ini_options]", "tests/test_a.py": "", ".venv/bin/python": ""], "pytest",
            ".venv/bin/python -m pytest -q"
        ),
        (["a.py": "", "tests/test_a.py": "import unittest"], "unittest", "python3 -m unittest discover -s tests"),
        (["test_a.py": "def test_a(): pass"], "pytest", "python3 -m pytest -q"),
        (["a.c": "", "b.c": "", "a.h": ""], "C", "cc -fsyntax-only a.c b.c"),
    ])
    func `a build system is recognised by its files`(files: [String: String], name: String, command: String) throws {
        let guess = try #require(BuildSystem.guesses(for: view(files)).first)
        #expect(guess.name == name)
        #expect(guess.command == command)
        #expect(!guess.why.isEmpty)
    }

    @Test(arguments: [
        ["README.md": ""], ["package.json": "{not json"], ["a; rm -rf x.c": ""], [:], ["-o.c": ""],
    ])
    func `nothing is guessed from what says nothing`(files: [String: String]) {
        #expect(BuildSystem.guesses(for: view(files)).isEmpty)
    }

    @Test(arguments: [
        ("make", "make -k"), ("make CC=gcc all", "make -k CC=gcc all"), ("/usr/bin/gmake -j4", "/usr/bin/gmake -k -j4"),
        ("ninja -C build", "ninja -k 0 -C build"), ("cargo build --release", "cargo build --keep-going --release"),
        ("cargo test -- --nocapture", "cargo test --no-fail-fast -- --nocapture"),
        ("./gradlew check", "./gradlew --continue check"),
        ("mvn -q test", "mvn -fae -q test"),
    ])
    func `a plain call of a tool is made to keep going`(command: String, expected: String) {
        #expect(BuildSystem.keepGoing(command) == expected)
    }

    @Test(arguments: [
        "make && ./run", "make; true", "make | tee log", "make -k", "make 'a b'", "swift build", "CC=gcc make",
        "make $X",
        "ninja -k 3", "cargo run", "cmake --build build", "", "python3 -m pytest", "make `x`", "make\nrm x",
    ])
    func `anything more is left as it is`(command: String) {
        #expect(BuildSystem.keepGoing(command) == nil)
    }
}
