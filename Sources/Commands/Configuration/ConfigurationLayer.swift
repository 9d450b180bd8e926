/// What one source says.
package struct ConfigurationLayer: Sendable, Equatable {
    package struct Setting: Sendable, Equatable {
        package var value: ConfigurationValue
        package var source: ConfigurationSource

        package init(_ value: ConfigurationValue, from source: ConfigurationSource) {
            self.value = value
            self.source = source
        }
    }

    package var settings: [ConfigurationKey: Setting]

    package init(_ settings: [ConfigurationKey: Setting] = [:]) {
        self.settings = settings
    }

    /// Without what needs trust, and the keys that were taken out.
    package func untrusted() -> (kept: ConfigurationLayer, ignored: [ConfigurationKey]) {
        (
            ConfigurationLayer(settings.filter { !$0.key.needsTrust }),
            settings.keys.filter(\.needsTrust).sorted()
        )
    }
}

extension ConfigurationLayer {
    /// What the environment says: `OLLAMA_HOST`, and `TEAMFIX_*` over it. Names beginning with `TEAMFIX_` that no key has
    /// are returned for a notice; they may belong to another program.
    package static func environment(
        _ environment: [String: String]
    ) throws(ConfigurationProblem) -> (layer: ConfigurationLayer, unknown: [String]) {
        var layer = ConfigurationLayer()
        if let host = environment["OLLAMA_HOST"], !host.isEmpty {
            let source = ConfigurationSource.environment("OLLAMA_HOST")
            layer.settings[.servers] = Setting(
                .servers([try ServerSetting(argument: host, from: source)]), from: source)
        }
        for key in ConfigurationKey.allCases {
            guard let name = key.variable, let text = environment[name], !text.isEmpty else { continue }
            let source = ConfigurationSource.environment(name)
            layer.settings[key] = Setting(try ConfigurationValue(text, for: key, from: source), from: source)
        }
        let known = Set(ConfigurationKey.allCases.compactMap(\.variable))
        return (
            layer,
            environment.keys.filter {
                $0.hasPrefix("TEAMFIX_") && !known.contains($0) && !$0.hasPrefix("TEAMFIX_TOKEN")
            }.sorted()
        )
    }

    /// What the options common to all commands say. A `--server` that is a configured server's name means that server.
    package static func flags(
        _ options: CommonOptions, knownServers: [ServerSetting]
    ) throws(ConfigurationProblem) -> ConfigurationLayer {
        var layer = ConfigurationLayer()
        var servers: [ServerSetting] = []
        let serverFlag = ConfigurationSource.flag("--server")
        for argument in options.servers {
            if let known = knownServers.first(where: { $0.name == argument }) {
                servers.append(known)
            } else {
                servers.append(try ServerSetting(argument: argument, from: serverFlag))
            }
        }
        if !servers.isEmpty { layer.settings[.servers] = Setting(.servers(servers), from: serverFlag) }
        let texts: [(ConfigurationKey, String, String?)] = [
            (.model, "--model", options.model), (.strategy, "--strategy", options.strategy?.rawValue),
            (.pattern, "--pattern", options.pattern?.rawValue), (.sandbox, "--sandbox", options.sandbox?.rawValue),
            (.maxWorkers, "--max-workers", options.maxWorkers.map { String($0) }),
            (.timeout, "--timeout", options.timeout.map { String($0) }),
            (.budget, "--budget", options.budget.map { String($0) }),
            (.cache, "--no-cache", options.noCache ? "false" : nil),
        ]
        for case (let key, let flag, .some(let text)) in texts {
            try layer.set(key, to: text, flag: flag)
        }
        return layer
    }

    /// Adds what a command's own flag says.
    package mutating func set(_ key: ConfigurationKey, to text: String, flag: String) throws(ConfigurationProblem) {
        settings[key] = Setting(try ConfigurationValue(text, for: key, from: .flag(flag)), from: .flag(flag))
    }

    /// Adds what a command's own repeatable flag says; an empty list says nothing.
    package mutating func set(_ key: ConfigurationKey, to list: [String], flag: String) throws(ConfigurationProblem) {
        if list.isEmpty { return }
        settings[key] = Setting(.list(try checkedList(list, .flag(flag))), from: .flag(flag))
    }
}
