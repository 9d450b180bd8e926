import Orchestration
import Workflows

/// The configuration of one run: every source merged, each value with where it comes from.
package struct Configuration: Sendable, Equatable {
    package struct Entry: Sendable, Equatable {
        package var value: ConfigurationValue
        /// Usually one; several for a key whose values accumulate.
        package var sources: [ConfigurationSource]
    }

    package private(set) var entries: [ConfigurationKey: Entry]

    /// Merges layers in rising order: a later one wins, except that protected globs accumulate and specialists replace one
    /// another by name.
    package init(layers: [ConfigurationLayer]) {
        entries = [:]
        for key in ConfigurationKey.allCases {
            if let standard = key.standard { entries[key] = Entry(value: standard, sources: [.standard]) }
            for layer in layers {
                guard let setting = layer.settings[key] else { continue }
                guard key.accumulates, let before = entries[key], before.sources != [.standard] else {
                    entries[key] = Entry(value: setting.value, sources: [setting.source])
                    continue
                }
                entries[key] = Entry(
                    value: before.value.joined(with: setting.value), sources: before.sources + [setting.source])
            }
        }
    }

    /// The servers, each with a name: its own, or `ollama01`, `openai02`, … by its place.
    package var servers: [ServerSetting] {
        guard case .servers(let servers) = entries[.servers]?.value else { return [] }
        var taken = Set(servers.compactMap(\.name))
        return servers.enumerated().map { index, server in
            var server = server
            if server.name == nil {
                var number = index + 1
                let kind = server.kind ?? (server.url.hasSuffix("/v1") ? "openai" : "ollama")
                func candidate() -> String { "\(kind)\(number < 10 ? "0" : "")\(number)" }
                while taken.contains(candidate()) { number += 1 }
                server.name = candidate()
                taken.insert(candidate())
            }
            server.model = server.model ?? model
            return server
        }
    }

    package var specialists: [SpecialistSetting] {
        if case .specialists(let specialists) = entries[.specialists]?.value { specialists } else { [] }
    }
    package var model: String? { text(.model) }
    package var strategy: BalancingStrategy { text(.strategy).flatMap(BalancingStrategy.init) ?? .predictive }
    package var pattern: Pattern? { text(.pattern).flatMap(Pattern.init) }
    package var sandbox: SandboxMode { text(.sandbox).flatMap(SandboxMode.init) ?? .auto }
    /// nil: by the models' size and record.
    package var editFormat: EditFormat? { text(.editFormat).flatMap(EditFormat.init(rawValue:)) }
    package var build: String? { text(.build) }
    package var check: String? { text(.check) }
    package var branchPrefix: String { text(.branchPrefix) ?? "teamfix/" }
    package var maxWorkers: Int { integer(.maxWorkers) ?? 16 }
    package var candidates: Int { integer(.candidates) ?? 8 }
    package var rounds: Int { integer(.rounds) ?? 3 }
    /// The rounds; whoever gives a budget and no number wants it used.
    package var roundsWithinBudget: Int {
        budget != nil && entries[.rounds]?.sources == [.standard] ? 10 : rounds
    }
    /// Whether answers are kept between runs, and used.
    package var cache: Bool {
        if case .truth(let isOn) = entries[.cache]?.value { isOn } else { true }
    }
    package var historyKeepDays: Int { integer(.historyKeepDays) ?? 90 }
    package var historyKeepRuns: Int { integer(.historyKeepRuns) ?? 1000 }
    package var timeout: Duration { .seconds(number(.timeout) ?? 600) }
    /// nil: no limit.
    package var budget: Duration? { number(.budget).map { .seconds($0) } }
    package var protect: [String] { list(.protect) }
    package var allow: [String] { list(.allow) }
    package var carry: [String] { list(.carry) }

    private func text(_ key: ConfigurationKey) -> String? {
        if case .text(let text) = entries[key]?.value { text } else { nil }
    }

    private func integer(_ key: ConfigurationKey) -> Int? {
        if case .integer(let number) = entries[key]?.value { number } else { nil }
    }

    private func number(_ key: ConfigurationKey) -> Double? {
        if case .number(let number) = entries[key]?.value { number } else { nil }
    }

    private func list(_ key: ConfigurationKey) -> [String] {
        if case .list(let list) = entries[key]?.value { list } else { [] }
    }
}

extension ConfigurationValue {
    /// Both values together; of two specialists with one name the later one stays.
    fileprivate func joined(with later: ConfigurationValue) -> ConfigurationValue {
        switch (self, later) {
        case (.list(let a), .list(let b)):
            return .list(a + b.filter { !a.contains($0) })
        case (.specialists(let a), .specialists(let b)):
            return .specialists(a.filter { old in !b.contains { $0.name == old.name } } + b)
        default:
            return later
        }
    }
}
