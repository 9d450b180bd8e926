extension OrchestrationPlan {
    /// Checks that the plan can be run by this team on these servers.
    ///
    /// - Throws: the first ``PlanError`` found.
    public func validate(team: [Specialist], servers: [TeamServer]) throws(PlanError) {
        try validate(specialists: team.map(\.name), servers: servers.map(\.name))
    }

    func validate(specialists: [String], servers: [String]) throws(PlanError) {
        guard !tasks.isEmpty else { throw .empty }
        guard !servers.isEmpty else { throw .noServers }
        try checkSizes()
        let known = Set(specialists)
        for task in tasks {
            guard known.contains(task.specialist) else {
                throw .unknownSpecialist(task: task.id, specialist: task.specialist, known: specialists)
            }
            if let server = task.server, !servers.contains(server) {
                throw .unknownServer(task: task.id, server: server, known: servers)
            }
            try task.checkValues()
        }
        if case .custom(let specialist) = synthesis, !known.contains(specialist) {
            throw .unknownSpecialist(task: "synthesis", specialist: specialist, known: specialists)
        }
        if case .quorum(let count) = success, count < 1 || count > tasks.count {
            throw .badValue(task: "success", "a quorum of \(count) can't be reached with \(tasks.count) tasks")
        }
        _ = try PlanGraph(tasks: tasks)
    }

    private func checkSizes() throws(PlanError) {
        guard tasks.count <= PlanLimits.tasks else {
            throw .tooLarge("it has \(tasks.count) tasks; at most \(PlanLimits.tasks) are run")
        }
        var bytes = problem.utf8.count
        var dependencies = 0
        for task in tasks {
            bytes += task.input.shared.utf8.count + task.input.text.utf8.count + task.input.title.utf8.count
            dependencies += task.dependencies.count
        }
        guard bytes <= PlanLimits.textBytes else {
            throw .tooLarge("its texts have \(bytes) bytes; at most \(PlanLimits.textBytes) are taken")
        }
        guard dependencies <= PlanLimits.dependencies else {
            throw .tooLarge("it has \(dependencies) dependencies; at most \(PlanLimits.dependencies) are taken")
        }
    }
}

extension TeamTask {
    func checkValues() throws(PlanError) {
        guard !id.isEmpty, id.utf8.count <= PlanLimits.idBytes, !id.unicodeScalars.contains(where: { $0.value < 32 })
        else {
            throw .badValue(
                task: String(id.prefix(40)), "an id is 1 to \(PlanLimits.idBytes) bytes without control characters")
        }
        guard (0...10).contains(policy.retries) else {
            throw .badValue(task: id, "retries are 0 to 10, not \(policy.retries)")
        }
        if let timeout, !(timeout.isFinite && timeout > 0 && timeout <= 86_400) {
            throw .badValue(task: id, "a timeout is more than 0 and at most 86400 seconds, not \(timeout)")
        }
        if let temperature = sampling.temperature, !(0...2).contains(temperature) {
            throw .badValue(task: id, "a temperature is 0 to 2, not \(temperature)")
        }
        if let tokens = sampling.maxTokens, !(1...1_000_000).contains(tokens) {
            throw .badValue(task: id, "maxTokens is 1 to 1000000, not \(tokens)")
        }
        if let stop = sampling.stop, stop.count > 16 || stop.contains(where: { $0.isEmpty || $0.utf8.count > 200 }) {
            throw .badValue(task: id, "stop has at most 16 texts of 1 to 200 bytes")
        }
    }
}
