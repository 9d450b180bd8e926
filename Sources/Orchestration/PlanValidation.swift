#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension OrchestrationPlan {
    /// Checks that the plan can be run by this team on these servers.
    ///
    /// - Throws: the first ``PlanError`` found.
    public func validate(team: [Specialist], servers: [TeamServer]) throws(PlanError) {
        if let fault = fault(specialists: team.map(\.name), on: servers) { throw fault.error }
    }

    /// The first thing that keeps the plan from running on these servers, and where it is; nil when there is none.
    public func fault(specialists: [String], on servers: [TeamServer]) -> PlanFault? {
        if let fault = fault(specialists: specialists, servers: servers.map(\.name)) { return fault }
        for (index, task) in tasks.enumerated() {
            guard let model = task.model else { continue }
            let allowed = servers.filter { (task.server ?? $0.name) == $0.name }
            guard allowed.contains(where: { $0.using(model) != nil }) else {
                let known = Set(allowed.flatMap { [$0.model] + $0.otherModels.map(\.name) }).sorted()
                return PlanFault(
                    .unknownModel(task: task.id, model: model, known: Array(known.prefix(20))), task: index,
                    keys: ["model"])
            }
        }
        return nil
    }

    /// The first thing that keeps the plan from running, and where it is; nil when there is none.
    ///
    /// - Parameters:
    ///   - specialists: the names of the team.
    ///   - servers: the names of the servers; nil leaves out what is about servers.
    public func fault(specialists: [String], servers: [String]?) -> PlanFault? {
        do throws(PlanFault) {
            try check(specialists, servers)
            return nil
        } catch {
            return error
        }
    }

    private func check(_ specialists: [String], _ servers: [String]?) throws(PlanFault) {
        guard !tasks.isEmpty else { throw PlanFault(.empty, keys: ["tasks"]) }
        if servers?.isEmpty == true { throw PlanFault(.noServers) }
        try checkSizes()
        let known = Set(specialists)
        let standing = Set(Specialist.standing.map(\.name))
        for (index, task) in tasks.enumerated() {
            guard known.contains(task.specialist) || task.input.prompt != nil && standing.contains(task.specialist)
            else {
                throw PlanFault(
                    .unknownSpecialist(task: task.id, specialist: task.specialist, known: specialists), task: index,
                    keys: ["specialist"])
            }
            if let server = task.server, let servers, !servers.contains(server) {
                throw PlanFault(
                    .unknownServer(task: task.id, server: server, known: servers), task: index, keys: ["server"])
            }
            if let bad = task.badValue {
                throw PlanFault(
                    .badValue(task: bad.task, bad.what), task: index, keys: bad.keys, item: bad.item)
            }
        }
        if case .custom(let specialist) = synthesis, !known.contains(specialist) {
            throw PlanFault(
                .unknownSpecialist(task: "synthesis", specialist: specialist, known: specialists), keys: ["synthesis"])
        }
        if case .quorum(let count) = success, count < 1 || count > tasks.count {
            throw PlanFault(
                .badSuccess("a quorum of \(count) can't be reached with \(tasks.count) tasks"),
                keys: ["success"])
        }
        do {
            _ = try PlanGraph(tasks: tasks)
        } catch {
            throw PlanFault(error, in: tasks)
        }
        try checkPlaces()
    }

    private func checkSizes() throws(PlanFault) {
        guard tasks.count <= PlanLimits.tasks else {
            throw PlanFault(
                .tooLarge("it has \(tasks.count) tasks; at most \(PlanLimits.tasks) are run"), task: PlanLimits.tasks)
        }
        var bytes = problem.utf8.count
        var dependencies = 0
        for (index, task) in tasks.enumerated() {
            bytes += task.input.textBytes
            dependencies += task.dependencies.count
            guard bytes <= PlanLimits.textBytes else {
                throw PlanFault(
                    .tooLarge("its texts have more than \(PlanLimits.textBytes) bytes from here on"), task: index,
                    keys: ["input"])
            }
            guard dependencies <= PlanLimits.dependencies else {
                throw PlanFault(
                    .tooLarge("it has more than \(PlanLimits.dependencies) dependencies from here on"), task: index,
                    keys: ["dependencies"])
            }
        }
    }

    /// A placeholder that stands for nothing would be sent as it is, and nobody would see it.
    private func checkPlaces() throws(PlanFault) {
        for (index, task) in tasks.enumerated() {
            let places = ResultPlaces.parts(in: task)
            for case .one(let id) in places where !task.dependencies.contains(id) {
                throw PlanFault(
                    .badValue(
                        task: task.id, "its prompt has {{result:\(id)}}, and it doesn't depend on a task '\(id)'"),
                    task: index, keys: ["input", "prompt"])
            }
            guard places.count <= ResultPlaces.most else {
                throw PlanFault(
                    .badValue(
                        task: task.id,
                        "its prompt has \(places.count) placeholders; at most \(ResultPlaces.most) are filled"),
                    task: index, keys: ["input", "prompt"])
            }
        }
    }

    /// The tokens of window with which every task gets its whole prompt and the whole answer that it asks for, by the same
    /// estimate that prompts are fitted with. What dependencies will say isn't known yet and counts little.
    public func wantedWindow(team: [Specialist]) -> Int {
        let known = Dictionary(
            (team + Specialist.standing).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        return tasks.map { task in known[task.specialist].map { PromptBuilder.wantedTokens(task, $0) } ?? 0 }.max() ?? 0
    }
}

extension TeamTask {
    func checkValues() throws(PlanError) {
        if let bad = badValue { throw .badValue(task: bad.task, bad.what) }
    }

    /// A value that is out of its range, and the keys that lead to it.
    struct BadValue {
        var task: String
        var keys: [String]
        var item: Int?
        var what: String
    }

    var badValue: BadValue? {
        guard !id.isEmpty, id.utf8.count <= PlanLimits.idBytes, !id.unicodeScalars.contains(where: { $0.value < 32 })
        else {
            return BadValue(
                task: String(id.prefix(40)), keys: ["id"],
                what: "an id is 1 to \(PlanLimits.idBytes) bytes without control characters")
        }
        if let model,
            model.isEmpty || model.utf8.count > 200 || model.unicodeScalars.contains(where: { $0.value <= 32 })
        {
            return bad(["model"], "a model's name is 1 to 200 bytes without spaces")
        }
        guard (0...10).contains(policy.retries) else {
            return bad(["policy", "retries"], "retries are 0 to 10, not \(policy.retries)")
        }
        if let timeout, !(timeout.isFinite && timeout >= 0.01 && timeout <= 86_400) {
            return bad(["timeout"], "a timeout is 0.01 to 86400 seconds, not \(timeout)")
        }
        if let temperature = sampling.temperature, !(0...2).contains(temperature) {
            return bad(["sampling", "temperature"], "a temperature is 0 to 2, not \(temperature)")
        }
        if let tokens = sampling.maxTokens, !(1...1_000_000).contains(tokens) {
            return bad(["sampling", "maxTokens"], "maxTokens is 1 to 1000000, not \(tokens)")
        }
        if let stop = sampling.stop, stop.count > 16 || stop.contains(where: { $0.isEmpty || $0.utf8.count > 200 }) {
            return bad(["sampling", "stop"], "stop has at most 16 texts of 1 to 200 bytes")
        }
        return badPrompt
    }

    private func bad(_ keys: [String], item: Int? = nil, _ what: String) -> BadValue {
        BadValue(task: id, keys: keys, item: item, what: what)
    }

    private var badPrompt: BadValue? {
        guard let prompt = input.prompt else { return nil }
        guard input.shared.isEmpty, input.text.isEmpty else {
            return bad(["input"], "a prompt is sent word for word: shared and text can't stand beside it")
        }
        guard (1...PlanLimits.messages).contains(prompt.count) else {
            return bad(
                ["input", "prompt"], "a prompt has 1 to \(PlanLimits.messages) messages, not \(prompt.count)")
        }
        if let empty = prompt.firstIndex(where: { $0.content.trimmingSpaces.isEmpty }) {
            return bad(["input", "prompt"], item: empty, "a message of a prompt can't be empty")
        }
        if let schema = input.schema, (try? JSONDecoder().decode(AnyObject.self, from: Data(schema.utf8))) == nil {
            return bad(["input", "schema"], "a schema is the text of a JSON object")
        }
        return nil
    }

    /// Any JSON object.
    private struct AnyObject: Decodable {
        init(from decoder: any Decoder) throws { _ = try decoder.container(keyedBy: AnyKey.self) }
    }
}
