import Git

/// Which model specialists look at a change: by its language, its size, and whether it is a test, a build file or a
/// migration. A pure function of what changed.
package struct SpecialistChoice: Sendable, Equatable {
    /// What a file is to those who review it.
    package enum Kind: String, Sendable, CaseIterable {
        case code, memoryUnsafeCode, script, test, build, pipeline, dependencies, migration, configuration, prose, data,
            generated
    }

    package var kind: Kind
    /// Added and removed lines.
    package var lines: Int
    /// Whether added lines touch what attackers touch: input, processes, queries, files, keys.
    package var isSensitive: Bool

    package init(kind: Kind, lines: Int, isSensitive: Bool = false) {
        self.kind = kind
        self.lines = lines
        self.isSensitive = isSensitive
    }

    package init(_ change: FileChange) {
        let changed = change.hunks.flatMap(\.lines).filter { $0.kind != .context }
        self.init(
            kind: Self.kind(of: change.path), lines: changed.count,
            isSensitive: changed.prefix(2_000).contains { line in
                line.kind == .added && Self.sensitive.contains { line.text.lowercased().contains($0) }
            })
    }

    /// A change so small needs no second opinion unless it is a delicate one.
    private static let fewLines = 3
    /// One so large is more than one reader holds in mind.
    private static let manyLines = 80

    /// The specialists for the change, the most useful first; none for what models have nothing to say about.
    package var roles: [String] {
        switch kind {
        case .generated, .data, .prose: return []
        case .configuration: return isSensitive ? ["Security Analyst"] : []
        case .dependencies: return ["Dependency Analyzer"]
        case .build: return ["Code Analyst", "Dependency Analyzer"]
        case .pipeline: return ["Security Analyst", "Logic Analyst"]
        case .migration: return ["Logic Analyst", "Security Analyst"]
        case .test: return lines > Self.manyLines ? ["Logic Analyst", "Pattern Analyst"] : ["Logic Analyst"]
        case .script: return ["Code Analyst", "Security Analyst"]
        case .memoryUnsafeCode:
            return ["Code Analyst", "Logic Analyst", "Security Analyst"]
                + (lines > Self.manyLines ? ["Pattern Analyst"] : [])
        case .code:
            if lines <= Self.fewLines, !isSensitive { return ["Code Analyst", "Logic Analyst"] }
            return ["Code Analyst", "Logic Analyst"] + (isSensitive ? ["Security Analyst"] : [])
                + (lines > Self.manyLines ? ["Pattern Analyst"] : [])
        }
    }

    /// Who reads which file when not everybody can read everything: everybody's first choice, then the second ones, the
    /// delicate and the large changes first, up to `limit` tasks.
    ///
    /// - Returns: a list of roles for each choice, in its order.
    package static func distribute(_ choices: [SpecialistChoice], limit: Int) -> [[String]] {
        var given = choices.map { _ in 0 }
        var left = limit
        let order = choices.indices.sorted { a, b in
            let (x, y) = (choices[a], choices[b])
            if x.isSensitive != y.isSensitive { return x.isSensitive }
            return x.lines != y.lines ? x.lines > y.lines : a < b
        }
        for round in 0..<4 {
            for index in order where left > 0 && choices[index].roles.count > round {
                given[index] += 1
                left -= 1
            }
        }
        return choices.indices.map { Array(choices[$0].roles.prefix(given[$0])) }
    }

    private static let sensitive = [
        "password", "secret", "token", "crypt", "auth", "exec(", "system(", "popen", "subprocess", "eval(", "select ",
        "insert into", "http", "socket", "request", "cookie", "session", "chmod", "sudo", "deserial", "pickle",
        "innerhtml", "unsafe", "memcpy", "strcpy", "sprintf", "malloc", "tempfile", "mktemp", "private_key",
        "certificate",
    ]
}
