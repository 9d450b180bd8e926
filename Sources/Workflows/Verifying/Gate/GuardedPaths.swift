/// Files that decide what a build checks, and so may not change to make it pass.
enum GuardedPaths {
    private static let integrationFolders = [
        ".github/", ".gitlab/", ".gitea/", ".forgejo/", ".circleci/", ".ci/", ".husky/", ".githooks/", ".buildkite/",
        ".woodpecker/", ".azure-pipelines/", ".teamcity/", ".semaphore/", ".teamfix",
    ]

    private static let integrationFiles: Set<String> = [
        ".gitlab-ci.yml", ".travis.yml", "jenkinsfile", "azure-pipelines.yml", ".pre-commit-config.yaml",
        "lefthook.yml", ".gitattributes", ".gitmodules", "appveyor.yml", ".drone.yml", ".woodpecker.yml",
        "bitbucket-pipelines.yml", "cloudbuild.yaml", ".cirrus.yml", "codecov.yml", ".codecov.yml",
    ]

    private static let settings: Set<String> = [
        "makefile", "gnumakefile", "bsdmakefile", "cmakelists.txt", "cmakepresets.json", "package.swift",
        "package.resolved", "package.json", "package-lock.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "deno.json",
        "cargo.toml", "cargo.lock", "rust-toolchain", "rust-toolchain.toml", "build.rs", "go.mod", "go.sum", "go.work",
        "pom.xml", "build.gradle", "build.gradle.kts", "settings.gradle", "settings.gradle.kts", "gradle.properties",
        "build.sbt", "build.xml", "testng.xml", "pyproject.toml", "setup.py", "setup.cfg", "tox.ini", "noxfile.py",
        "pytest.ini", "mypy.ini", ".flake8", ".pylintrc", ".coveragerc", "pyrightconfig.json", "requirements.txt",
        "poetry.lock", "uv.lock", "tsconfig.json", "meson.build", "build.ninja", "configure", "configure.ac",
        "makefile.am", "conftest.py", "sitecustomize.py", "usercustomize.py", "justfile", "taskfile.yml", "rakefile",
        "gemfile", "gemfile.lock", "phpunit.xml", "composer.json", "build.zig", "workspace", "build.bazel",
        "module.bazel", ".bazelrc", ".npmrc", ".clang-tidy", ".swiftlint.yml", "dockerfile", "containerfile",
        "global.json", "nuget.config",
    ]

    private static let settingStems = [
        "jest.config.", "vitest.config.", "vite.config.", "webpack.config.", "rollup.config.", "babel.config.",
        "dockerfile.",
        "karma.conf.", "eslint.config.", ".eslintrc", ".mocharc", ".babelrc",
    ]

    private static let settingEndings = [
        ".mk", ".cmake", ".gradle", ".pth", ".csproj", ".vbproj", ".fsproj", ".vcxproj", ".sln", ".cabal", ".gemspec",
        ".xcconfig", ".pbxproj", ".bzl", ".props", ".targets", ".dockerfile",
    ]

    /// What such files begin and end with; in between stands what they are for.
    private static let numbered = [("tsconfig.", ".json"), ("requirements", ".txt"), ("constraints", ".txt")]

    static func configuresIntegration(_ path: String) -> Bool {
        let lower = path.lowercased()
        let name = lower.split(separator: "/").last.map(String.init) ?? lower
        return integrationFolders.contains { lower.hasPrefix($0) || lower.contains("/" + $0) }
            || integrationFiles.contains(name)
    }

    static func isBuildSetting(_ path: String) -> Bool {
        let parts = path.split(separator: "/").map { $0.lowercased() }
        let name = parts.last ?? ""
        return settings.contains(name) || settingStems.contains(where: name.hasPrefix)
            || settingEndings.contains(where: name.hasSuffix)
            || numbered.contains { name.hasPrefix($0.0) && name.hasSuffix($0.1) }
            || parts.suffix(2) == [".cargo", "config.toml"]
    }
}
