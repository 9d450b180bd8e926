import Foundation

/// Build systems, recognised by the files they leave in a folder. Nothing is executed.
package enum ProjectSigns {
    package struct Build: Sendable, Equatable, Codable {
        /// The build system's name.
        package var system: String
        package var command: String
        /// A command that runs the tests; nil when the build is the test.
        package var check: String?
        /// The file that gave it away.
        package var sign: String

        package init(system: String, command: String, check: String? = nil, sign: String) {
            self.system = system
            self.command = command
            self.check = check
            self.sign = sign
        }
    }

    private static let known: [Build] = [
        Build(system: "SwiftPM", command: "swift build", check: "swift test", sign: "Package.swift"),
        Build(system: "Cargo", command: "cargo build", check: "cargo test", sign: "Cargo.toml"),
        Build(system: "Go", command: "go build ./...", check: "go test ./...", sign: "go.mod"),
        Build(system: "Maven", command: "mvn -q -B compile", check: "mvn -q -B test", sign: "pom.xml"),
        Build(system: "Gradle", command: "./gradlew assemble", check: "./gradlew check", sign: "gradlew"),
        Build(system: "Gradle", command: "gradle assemble", check: "gradle check", sign: "build.gradle"),
        Build(system: "Gradle", command: "gradle assemble", check: "gradle check", sign: "build.gradle.kts"),
        Build(system: "Make", command: "make", sign: "GNUmakefile"),
        Build(system: "Make", command: "make", sign: "makefile"),
        Build(system: "Make", command: "make", sign: "Makefile"),
        Build(system: "CMake", command: "cmake -S . -B build && cmake --build build", sign: "CMakeLists.txt"),
        Build(system: "npm", command: "npm run build", check: "npm test", sign: "package.json"),
        Build(system: "pytest", command: "python3 -m pytest -q", sign: "pytest.ini"),
        Build(system: "pytest", command: "python3 -m pytest -q", sign: "conftest.py"),
        Build(system: "pytest", command: "python3 -m pytest -q", sign: "pyproject.toml"),
        Build(system: "pytest", command: "python3 -m pytest -q", sign: "setup.cfg"),
    ]

    /// What is recognised in a folder, the likeliest first, each system once.
    package static func found(in folder: String) -> [Build] {
        var found: [Build] = []
        for build in known where !found.contains(where: { $0.system == build.system }) {
            guard FileManager.default.fileExists(atPath: folder + "/" + build.sign) else { continue }
            switch build.sign {
            case "package.json":
                if let build = npm(folder) { found.append(build) }
            case "pyproject.toml", "setup.cfg":
                if mentions("pytest", in: folder + "/" + build.sign) { found.append(build) }
            default:
                found.append(build)
            }
        }
        return found
    }

    /// npm's scripts as the file names them; a package without a build script is built by its tests.
    private static func npm(_ folder: String) -> Build? {
        struct Package: Decodable { var scripts: [String: String]? }
        guard let bytes = try? BoundedFile.read(folder + "/package.json", limit: 1 << 20),
            let package = try? JSONDecoder().decode(Package.self, from: Data(bytes))
        else { return nil }
        let scripts = package.scripts ?? [:]
        if scripts["build"] != nil {
            return Build(
                system: "npm", command: "npm run build", check: scripts["test"] == nil ? nil : "npm test",
                sign: "package.json")
        }
        return scripts["test"] == nil ? nil : Build(system: "npm", command: "npm test", sign: "package.json")
    }

    private static func mentions(_ word: String, in path: String) -> Bool {
        guard let bytes = try? BoundedFile.read(path, limit: 1 << 20) else { return false }
        return String(decoding: bytes, as: UTF8.self).contains(word)
    }
}
