import Foundation
import Inference
import Orchestration
import Yams

/// Reads the nodes of one file.
struct ConfigurationReader {
    var source: ConfigurationSource

    func layer(_ mapping: Node.Mapping) throws(ConfigurationProblem) -> ConfigurationLayer {
        var layer = ConfigurationLayer()
        let topKeys = ConfigurationKey.allCases.map(\.rawValue).filter { !$0.contains(".") } + ["history"]
        for (name, node) in try fields(mapping, known: topKeys, of: nil) {
            if name == "history" {
                let history = try mappingOf(node, "history")
                for (part, value) in try fields(history, known: ["keep-days", "keep-runs"], of: "history") {
                    if let key = ConfigurationKey(rawValue: "history." + part) { try set(key, value, &layer) }
                }
            } else if let key = ConfigurationKey(rawValue: name) {
                try set(key, node, &layer)
            }
        }
        return layer
    }

    private func set(
        _ key: ConfigurationKey, _ node: Node, _ layer: inout ConfigurationLayer
    ) throws(ConfigurationProblem) {
        // A key without a value is how a commented file is left after editing: it says nothing.
        if isNull(node) { return }
        layer.settings[key] = .init(try value(key, node), from: place(node))
    }

    private func value(_ key: ConfigurationKey, _ node: Node) throws(ConfigurationProblem) -> ConfigurationValue {
        switch key.kind {
        case .text: .text(try text(node, key.rawValue))
        case .integer(let range): .integer(try integer(node, key.rawValue, range))
        case .seconds(let range): .number(try number(node, key.rawValue, range))
        case .truth: .truth(try checkedTruth(try text(node, key.rawValue), place(node)))
        case .choice(let choices): .text(try checkedChoice(try text(node, key.rawValue), choices, place(node)))
        case .branchPrefix: .text(try checkedBranchPrefix(try text(node, key.rawValue), place(node)))
        case .list: .list(try list(node, key.rawValue))
        case .servers: .servers(try servers(node))
        case .specialists: .specialists(try specialists(node))
        }
    }

    private func servers(_ node: Node) throws(ConfigurationProblem) -> [ServerSetting] {
        var servers: [ServerSetting] = []
        for item in try items(node, "servers") {
            guard item.mapping != nil else {
                var server = try ServerSetting(argument: try text(item, "servers"), from: place(item))
                server.isFromRepository = isRepositorys
                servers.append(server)
                continue
            }
            let known = ["name", "url", "kind", "slots", "strengths", "model", "context", "credential"]
            var server = ServerSetting(url: "")
            server.isFromRepository = isRepositorys
            for (name, value) in try fields(try mappingOf(item, "servers"), known: known, of: "servers") {
                switch name {
                case "name": server.name = try serverName(value)
                case "url": server.url = try text(value, "servers.url")
                case "kind":
                    server.kind = try checkedChoice(
                        try text(value, "servers.kind"), ServerKind.allCases.map(\.rawValue), place(value))
                case "slots": server.slots = try integer(value, "servers.slots", 1...256)
                case "strengths": server.strengths = try list(value, "servers.strengths")
                case "model": server.model = try text(value, "servers.model")
                case "credential": server.credential = try credential(value)
                default: server.context = try integer(value, "servers.context", 512...16_777_216)
                }
            }
            if server.url.isEmpty { throw ConfigurationProblem(place(item), "this server has no `url`") }
            if let name = server.name, servers.contains(where: { $0.name == name }) {
                throw ConfigurationProblem(place(item), "two servers are called `\(name)`")
            }
            servers.append(server)
        }
        return servers
    }

    private var isRepositorys: Bool { if case .repositoryFile = source { true } else { false } }

    /// A repository's file, trusted or not, says nothing of tokens: its server would choose whose it gets.
    private func credential(_ node: Node) throws(ConfigurationProblem) -> String {
        let command = try text(node, "servers.credential")
        guard !isRepositorys else {
            throw ConfigurationProblem(
                place(node), "a repository's file can't name a `credential`, not even a trusted one",
                hints: ["name the server in your own configuration, with its credential command"])
        }
        return command
    }

    private func serverName(_ node: Node) throws(ConfigurationProblem) -> String {
        let name = try text(node, "servers.name")
        guard name.count <= 40, name.allSatisfy(isNameCharacter), name != "builtin" else {
            throw ConfigurationProblem(
                place(node), "`\(name)` can't be a server's name: letters, digits, `-`, `_` and `.`, and not `builtin`")
        }
        return name
    }

    private func specialists(_ node: Node) throws(ConfigurationProblem) -> [SpecialistSetting] {
        var specialists: [SpecialistSetting] = []
        for item in try items(node, "specialists") {
            let known = ["name", "summary", "instructions", "temperature", "max-tokens"]
            var specialist = SpecialistSetting(name: "")
            for (name, value) in try fields(try mappingOf(item, "specialists"), known: known, of: "specialists") {
                switch name {
                case "name": specialist.name = try text(value, "specialists.name")
                case "summary": specialist.summary = try text(value, "specialists.summary")
                case "instructions":
                    specialist.instructions = try text(value, "specialists.instructions", limit: 32 << 10)
                case "temperature": specialist.temperature = try number(value, "specialists.temperature", 0...2)
                default: specialist.maxTokens = try integer(value, "specialists.max-tokens", 16...65_536)
                }
            }
            if specialist.name.isEmpty { throw ConfigurationProblem(place(item), "this specialist has no `name`") }
            if specialists.contains(where: { $0.name == specialist.name }) {
                throw ConfigurationProblem(place(item), "two specialists are called `\(specialist.name)`")
            }
            specialists.append(specialist)
        }
        return specialists
    }

    // MARK: Nodes

    private func fields(
        _ mapping: Node.Mapping, known: [String], of parent: String?
    ) throws(ConfigurationProblem) -> [(name: String, value: Node)] {
        var fields: [(name: String, value: Node)] = []
        for (key, value) in mapping {
            guard let name = key.scalar?.string, known.contains(name) else {
                let name = key.scalar?.string ?? "this"
                let inside = parent.map { " in `\($0)`" } ?? ""
                let nearest = nearestName(to: name, among: known)
                throw ConfigurationProblem(
                    place(key), "`\(name.prefix(60))` is not a key\(inside)",
                    hints: nearest.map { ["did you mean `\($0)`?"] } ?? ["keys: \(known.joined(separator: ", "))"])
            }
            if parent != nil, isNull(value) { continue }
            fields.append((name, value))
        }
        return fields
    }

    private func text(_ node: Node, _ key: String, limit: Int? = nil) throws(ConfigurationProblem) -> String {
        guard let scalar = node.scalar else { throw wrong(node, key, "a text") }
        if let limit, scalar.string.utf8.count <= limit, !scalar.string.isEmpty { return scalar.string }
        return try checkedText(scalar.string, place(node))
    }

    private func integer(
        _ node: Node, _ key: String, _ range: ClosedRange<Int>
    ) throws(ConfigurationProblem) -> Int {
        guard let scalar = node.scalar, let number = Int(scalar.string) else {
            throw wrong(node, key, "a whole number")
        }
        return try checked(number, range, place(node))
    }

    private func number(
        _ node: Node, _ key: String, _ range: ClosedRange<Double>
    ) throws(ConfigurationProblem) -> Double {
        guard let scalar = node.scalar, let number = Double(scalar.string) else { throw wrong(node, key, "a number") }
        return try checked(number, range, place(node))
    }

    /// A list, or one text that stands for a list of one.
    private func list(_ node: Node, _ key: String) throws(ConfigurationProblem) -> [String] {
        if node.scalar != nil { return [try text(node, key)] }
        var list: [String] = []
        for item in try items(node, key) { list.append(try text(item, key)) }
        return list
    }

    private func items(_ node: Node, _ key: String) throws(ConfigurationProblem) -> [Node] {
        guard let sequence = node.sequence else { throw wrong(node, key, "a list") }
        if sequence.count > maximumListLength {
            throw ConfigurationProblem(place(node), "`\(key)` has more than \(maximumListLength) entries")
        }
        return Array(sequence)
    }

    private func mappingOf(_ node: Node, _ key: String) throws(ConfigurationProblem) -> Node.Mapping {
        guard let mapping = node.mapping else { throw wrong(node, key, "`key: value` lines") }
        return mapping
    }

    private func isNull(_ node: Node) -> Bool {
        guard let scalar = node.scalar, scalar.style == .plain || scalar.style == .any else { return false }
        return ["", "~", "null"].contains(scalar.string)
    }

    private func wrong(_ node: Node, _ key: String, _ expected: String) -> ConfigurationProblem {
        let found =
            switch node {
            case .scalar(let scalar): "`\(scalar.string.prefix(60))`"
            case .mapping: "`key: value` lines"
            case .sequence: "a list"
            case .alias: "an alias"
            }
        return ConfigurationProblem(place(node), "`\(key)` must be \(expected), not \(found)")
    }

    private func place(_ node: Node) -> ConfigurationSource { source.at(line: node.mark?.line ?? 0) }
}
