import Specialists

/// New files that a tool made and that are committed by mistake: what builds and package managers write, what an
/// editor, a merge or a system leaves.
///
/// Only what says so by its name, its folder or its first bytes. `build/` and `dist/` alone don't: many projects keep
/// sources there.
package struct GeneratedFiles: BuiltinSpecialist {
    package init() {}

    package func findings(in file: ChangedFile) -> [Finding] {
        guard file.isNew, file.isFile else { return [] }
        return Self.found(file).map { [$0] } ?? []
    }

    private static func found(_ file: ChangedFile) -> Finding? {
        let folders = file.path.split(separator: "/").dropLast().map(String.init)
        if let kind = leftovers[file.ending] ?? (file.name.hasSuffix("~") ? "an editor's backup" : nil) {
            return file.finding(
                "file/leftover", .warning, "\(file.name) looks like \(kind)", suggestion: "Remove it: git rm --cached")
        }
        if let made = names[file.name] ?? names[file.name.lowercased()] {
            return file.finding(
                "file/generated", .warning, "\(file.name) is made by \(made), not written",
                suggestion: advice(file.name))
        }
        if let folder = self.folder(folders, file) {
            return file.finding(
                "file/generated", .warning, "\(folder.name)/ is made by \(folder.maker), not written",
                suggestion: advice(folder.name + "/"))
        }
        if let kind = BinaryKind(start: file.start) {
            return file.finding(
                "file/binary", .warning, "\(file.name) is \(kind.rawValue)",
                suggestion: "Build it where it is needed instead of committing it.")
        }
        if let kind = compiled[file.ending] {
            return file.finding(
                "file/binary", .warning, "\(file.name) looks like \(kind)", suggestion: advice("*." + file.ending))
        }
        return nil
    }

    private static func advice(_ pattern: String) -> String {
        "Take it out (git rm --cached) and add \(pattern) to .gitignore."
    }

    private static func folder(_ folders: [String], _ file: ChangedFile) -> (name: String, maker: String)? {
        for (index, folder) in folders.enumerated() {
            if let maker = made[folder] { return (folder, maker) }
            if folder.hasSuffix(".egg-info") { return (folder, "Python's packaging") }
            let next = index + 1 < folders.count ? folders[index + 1] : file.name
            if let parts = madeWith[folder], parts.contains(next) || parts.contains("*." + file.ending) {
                return (folder, "the build")
            }
            // A bundler's output has a few very long lines.
            if folder == "dist" || folder == "build" || folder == "out" {
                let bundles = file.name.contains(".min.") || file.name.contains(".bundle.") || file.ending == "map"
                if bundles || (["js", "css"].contains(file.ending) && isMinified(file)) {
                    return (folder, "the build")
                }
            }
        }
        return nil
    }

    private static func isMinified(_ file: ChangedFile) -> Bool {
        guard let text = file.text else { return false }
        return text.bytes.count > 2_000 && text.bytes.count / text.lineCount > 400
    }

    private static let leftovers = [
        "orig": "the original that a merge kept", "rej": "what a patch could not change",
        "swp": "an editor's swap file",
        "swo": "an editor's swap file", "tsbuildinfo": "the TypeScript compiler's memory",
    ]

    private static let names = [
        ".DS_Store": "the macOS Finder", "thumbs.db": "Windows Explorer", "desktop.ini": "Windows Explorer",
        "CMakeCache.txt": "CMake", "cmake_install.cmake": "CMake", "npm-debug.log": "npm", "yarn-error.log": "Yarn",
        "yarn-debug.log": "Yarn", ".eslintcache": "ESLint", ".coverage": "coverage.py", "a.out": "a compiler",
        "compile_commands.json": "a build system", "hs_err_pid.log": "a crashed Java",
    ]

    private static let made = [
        "node_modules": "a package manager", "bower_components": "a package manager", "__pycache__": "Python",
        ".pytest_cache": "pytest", ".mypy_cache": "mypy", ".ruff_cache": "Ruff", ".tox": "tox", ".nox": "nox",
        ".venv": "Python's venv", ".eggs": "Python's packaging", ".gradle": "Gradle", ".build": "a build",
        "DerivedData": "Xcode", "xcuserdata": "Xcode", "CMakeFiles": "CMake", ".next": "Next.js", ".nuxt": "Nuxt",
        ".parcel-cache": "Parcel", ".terraform": "Terraform", ".vs": "Visual Studio", ".nyc_output": "nyc",
        ".svelte-kit": "SvelteKit", ".turbo": "Turborepo", ".ipynb_checkpoints": "Jupyter", ".dart_tool": "Dart",
        ".stack-work": "Stack", "dist-newstyle": "cabal", ".angular": "Angular", "htmlcov": "coverage.py",
        ".cache-loader": "webpack", "lcov-report": "a coverage report",
    ]

    /// Folders that are a build's when something in them says so.
    private static let madeWith: [String: Set<String>] = [
        "target": [
            "debug", "release", "classes", "test-classes", "maven-status", "surefire-reports", "generated-sources",
            "CACHEDIR.TAG", ".rustc_info.json", "*.jar",
        ],
        "build": [
            "CMakeFiles", "intermediates", "tmp", "classes", "libs", "lib.linux-x86_64", "temp.linux-x86_64",
            "bdist.linux-x86_64", "kotlin", "outputs", "Debug", "Release", "Makefile.cmake", "*.jar", "*.d", "*.o",
            "*.ninja", "*.log", "*.apk", "*.aar", "*.exe", "*.so", "*.a", "*.bin", "*.hex",
        ],
        "obj": ["Debug", "Release", "project.assets.json", "*.cache"],
        "bin": ["Debug", "Release"],
        "venv": ["pyvenv.cfg", "lib", "Lib", "bin", "Scripts", "include"],
        "env": ["pyvenv.cfg"],
        "dist": ["*.whl", "*.tgz", "*.gz"],
        "coverage": ["lcov.info", "coverage-final.json", "lcov-report", "clover.xml"],
        "vendor": ["bundle"],
    ]

    private static let compiled = [
        "pyc": "compiled Python", "pyo": "compiled Python", "pyd": "a compiled Python module",
        "class": "a compiled Java class", "o": "a compiler's object file", "ko": "a compiled kernel module",
        "so": "a compiled library", "dylib": "a compiled library", "dll": "a compiled library",
        "gch": "a precompiled header",
        "pch": "a precompiled header", "hi": "a compiled Haskell interface", "beam": "compiled Erlang",
        "swiftmodule": "a compiled Swift module", "gcda": "a coverage record", "gcno": "a coverage record",
        "rlib": "a compiled Rust library", "exe": "a compiled program", "lo": "a libtool object",
        "la": "a libtool library",
    ]
}
