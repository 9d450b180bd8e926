/// What a path says about a file.
extension SpecialistChoice {
    package static func kind(of path: String) -> Kind {
        let parts = path.lowercased().split(separator: "/").map(String.init)
        let name = parts.last ?? ""
        let folders = Set(parts.dropLast())
        let ending = name.split(separator: ".").dropFirst().last.map(String.init) ?? ""
        if !folders.isDisjoint(with: vendored) || generatedEndings.contains(where: name.hasSuffix)
            || lockFiles.contains(name)
        {
            return .generated
        }
        if dependencyFiles.contains(name) || (name.hasPrefix("requirements") && ending == "txt") {
            return .dependencies
        }
        if folders.contains(".github") && folders.contains("workflows") || pipelineFiles.contains(name)
            || folders.contains(".circleci")
        {
            return .pipeline
        }
        if ending == "sql"
            || (!folders.isDisjoint(with: ["migrations", "migrate", "versions", "alembic"]) && isCode(ending))
        {
            return .migration
        }
        if buildFiles.contains(name)
            || ["cmake", "mk", "mak", "gradle", "bazel", "bzl", "ninja", "gn", "gni"].contains(ending)
            || name.hasPrefix("dockerfile") || name.hasSuffix(".gradle.kts")
        {
            return .build
        }
        if isTest(name, folders), isCode(ending) { return .test }
        if memoryUnsafe.contains(ending) { return .memoryUnsafeCode }
        if scripts.contains(ending) { return .script }
        if isCode(ending) { return .code }
        if ["md", "rst", "txt", "adoc", "tex", "html", "htm", "po", "pot", "license"].contains(ending)
            || ["license", "readme", "changelog", "authors", "notice", "copying"].contains(name)
        {
            return .prose
        }
        if ["yml", "yaml", "toml", "ini", "conf", "cfg", "env", "properties", "tf", "hcl", "plist", "xml"].contains(
            ending)
        {
            return .configuration
        }
        return ["json", "csv", "tsv", "svg", "lock", "jsonl", "ndjson", "sum", "map", "snap"].contains(ending)
            ? .data : .code
    }

    private static func isTest(_ name: String, _ folders: Set<String>) -> Bool {
        if !folders.isDisjoint(with: ["test", "tests", "spec", "specs", "__tests__", "testing"]) { return true }
        let stem = name.split(separator: ".").dropLast().joined(separator: ".")
        return stem.hasPrefix("test_")
            || ["_test", "tests", "_spec", ".test", ".spec", "-test"].contains(where: stem.hasSuffix)
    }

    private static func isCode(_ ending: String) -> Bool {
        code.contains(ending) || memoryUnsafe.contains(ending) || scripts.contains(ending)
    }

    private static let memoryUnsafe: Set<String> = [
        "c", "h", "cc", "cpp", "cxx", "hh", "hpp", "hxx", "m", "mm", "s", "asm", "zig", "cu", "ino",
    ]
    private static let scripts: Set<String> = [
        "sh", "bash", "zsh", "ksh", "fish", "ps1", "bat", "cmd", "pl", "tcl", "awk",
    ]
    private static let code: Set<String> = [
        "swift", "rs", "go", "java", "kt", "kts", "scala", "py", "pyi", "rb", "php", "js", "mjs", "cjs", "jsx", "ts",
        "tsx",
        "vue", "svelte", "cs", "fs", "vb", "dart", "lua", "ex", "exs", "erl", "hs", "ml", "mli", "clj", "r", "jl",
        "nim", "d",
        "groovy", "proto", "graphql", "sol",
    ]
    private static let vendored: Set<String> = [
        "vendor", "third_party", "third-party", "node_modules", "external", "generated", "__snapshots__", "dist",
    ]
    private static let generatedEndings = [
        ".min.js", ".min.css", ".pb.go", ".pb.cc", ".pb.h", "_pb2.py", "_pb2_grpc.py", ".pb.swift", ".g.dart", ".map",
        ".snap",
        ".generated.swift", ".designer.cs",
    ]
    private static let lockFiles: Set<String> = [
        "package-lock.json", "yarn.lock", "pnpm-lock.yaml", "cargo.lock", "poetry.lock", "uv.lock", "go.sum",
        "gemfile.lock",
        "composer.lock", "package.resolved", "podfile.lock", "pipfile.lock", "flake.lock",
    ]
    private static let dependencyFiles: Set<String> = [
        "package.json", "cargo.toml", "go.mod", "pyproject.toml", "gemfile", "composer.json", "pipfile", "podfile",
        "pom.xml", "setup.py", "setup.cfg", "package.swift", "mix.exs", "pubspec.yaml", "vcpkg.json", "conanfile.txt",
        "conanfile.py",
    ]
    private static let buildFiles: Set<String> = [
        "makefile", "gnumakefile", "cmakelists.txt", "meson.build", "build", "build.bazel", "workspace", "configure.ac",
        "makefile.am", "justfile", "rakefile", "build.rs", "sconstruct", "wscript", "docker-compose.yml",
        "compose.yaml",
        "webpack.config.js", "vite.config.ts", "vite.config.js", "rollup.config.js",
    ]
    private static let pipelineFiles: Set<String> = [
        ".gitlab-ci.yml", ".travis.yml", "azure-pipelines.yml", "jenkinsfile", "bitbucket-pipelines.yml", ".drone.yml",
        "appveyor.yml", ".pre-commit-config.yaml",
    ]
}
