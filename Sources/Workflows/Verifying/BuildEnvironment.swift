/// The environment that a build gets: an allow-list, because a list of what is secret is never complete.
package enum BuildEnvironment {
    private static let names: Set<String> = [
        "PATH", "HOME", "LANG", "LANGUAGE", "TZ", "USER", "LOGNAME", "SHELL", "TMPDIR",
        "CC", "CXX", "CPP", "LD", "AR", "AS", "NM", "RANLIB", "STRIP", "CFLAGS", "CXXFLAGS", "CPPFLAGS", "LDFLAGS",
        "LDLIBS", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "LIBRARY_PATH", "CPATH", "C_INCLUDE_PATH",
        "CPLUS_INCLUDE_PATH", "JAVA_HOME", "JDK_HOME", "MAVEN_HOME", "M2_HOME", "KOTLIN_HOME", "ANDROID_HOME",
        "ANDROID_SDK_ROOT", "GOPATH", "GOROOT", "GOFLAGS", "GOOS", "GOARCH", "GOTOOLCHAIN", "GOEXPERIMENT",
        "GOMODCACHE",
        "GO111MODULE", "GOWORK", "CARGO_HOME", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN", "RUSTFLAGS", "RUSTC", "RUSTC_WRAPPER",
        "VIRTUAL_ENV", "CONDA_PREFIX", "CONDA_DEFAULT_ENV", "PYTHONPATH", "PYTHONHOME", "PYTHONWARNINGS",
        "PYTHONHASHSEED", "PYTHONDONTWRITEBYTECODE", "NODE_PATH", "NODE_ENV", "NODE_OPTIONS", "NVM_DIR", "NVM_BIN",
        "VOLTA_HOME", "PNPM_HOME",
        "BUN_INSTALL", "DENO_DIR", "SDKROOT", "DEVELOPER_DIR", "MACOSX_DEPLOYMENT_TARGET", "TOOLCHAINS", "CI",
        "GCC_EXTRA_DIAGNOSTIC_OUTPUT", "CCC_OVERRIDE_OPTIONS", "SOURCE_DATE_EPOCH", "ARCH", "CROSS_COMPILE",
    ]

    private static let prefixes = [
        "LC_", "PKG_CONFIG_", "CMAKE_", "CTEST_", "CGO_", "CARGO_BUILD_", "CARGO_PROFILE_", "CARGO_TARGET_", "PYENV_",
        "ASDF_", "MISE_", "SWIFT_", "SWIFTLY_", "NIX_", "RBENV_", "GUIX_",
    ]

    /// What a build gets of `environment`.
    ///
    /// - Parameters:
    ///   - isOffline: whether there is no network: tools that know an offline mode are put in it, and fail at once with
    ///     a clear message instead of timing out.
    ///   - passing: further names that the user named for this.
    package static func scrubbed(
        _ environment: [String: String], isOffline: Bool, passing: Set<String> = []
    ) -> [String: String] {
        var kept = environment.filter { name, value in
            if passing.contains(name) { return true }
            guard names.contains(name) || prefixes.contains(where: name.hasPrefix) else { return false }
            return !SecretName.maySay(name) && !carriesPassword(value)
        }
        // A shell that exports functions, or a name that no shell could set, has no place in a build.
        kept = kept.filter { isPlain($0.key) && !$0.value.contains("\0") }
        if kept["PATH"] == nil { kept["PATH"] = "/usr/local/bin:/usr/bin:/bin" }
        kept["TERM"] = "dumb"
        kept["SHELL"] = "/bin/sh"
        kept["GIT_TERMINAL_PROMPT"] = "0"
        kept["GIT_OPTIONAL_LOCKS"] = "0"
        kept["npm_config_update_notifier"] = "false"
        // A daemon would outlive the build, and remember a checkout that is gone.
        kept["GRADLE_OPTS"] = "-Dorg.gradle.daemon=false"
        if isOffline {
            kept["CARGO_NET_OFFLINE"] = "true"
            kept["GOPROXY"] = "off"
            kept["npm_config_offline"] = "true"
            kept["PIP_NO_INDEX"] = "1"
            kept["UV_OFFLINE"] = "1"
            kept["MAVEN_ARGS"] = "--offline"
            kept["HF_HUB_OFFLINE"] = "1"
        }
        return kept
    }

    /// Whether a value holds a URL with a user and password: an index of packages, a proxy.
    private static func carriesPassword(_ value: String) -> Bool {
        var rest = value[...]
        while let mark = rest.firstRange(of: "://") {
            let authority = rest[mark.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != " " && $0 != "," }
            if authority.contains("@") { return true }
            rest = rest[mark.upperBound...]
        }
        return false
    }

    private static func isPlain(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return name.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte) || byte == 0x5f
        }
    }
}
