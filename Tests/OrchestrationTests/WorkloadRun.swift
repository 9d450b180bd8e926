import Inference

@testable import Orchestration

extension Workload {
    /// What the scheduler knows before it starts.
    enum Knowledge { case profile, nothing }

    /// Runs the workload through the scheduler on a virtual clock.
    func run(
        _ strategy: BalancingStrategy = .predictive, knowing: Knowledge = .profile, hedges: Bool = true,
        silent: String? = nil, from moment: Double = .infinity, seed: UInt64 = 1
    ) throws -> VirtualRun {
        let tasks = jobs.map { job in
            TeamTask(
                id: job.id, specialist: "Analyst",
                input: TaskInput(title: job.id, text: String(repeating: "xyz", count: job.promptTokens)),
                dependencies: job.dependencies.map { jobs[$0].id }, sampling: Sampling(maxTokens: job.estimate))
        }
        let places = Dictionary(uniqueKeysWithValues: jobs.map { ($0.id, $0) })
        let fleet = Dictionary(uniqueKeysWithValues: machines.map { ($0.name, $0) })
        var profiles: [String: ServerProfile] = [:]
        if knowing == .profile {
            for machine in machines {
                profiles[machine.name] = ServerProfile(
                    server: machine.name, model: "m", promptToken: 1 / machine.promptRate,
                    answerToken: 1 / machine.answerRate, answers: 100)
            }
        }
        var run = try VirtualRun(
            tasks, machines.map { .init(name: $0.name, slots: $0.slots, context: 1 << 20) }, strategy: strategy,
            hedges: hedges, profiles: profiles, seed: seed
        ) { task, server, _, now in
            guard let job = places[task.id], let machine = fleet[server] else { return VirtualRun.good(1) }
            let prompt = Double(job.promptTokens) / machine.promptRate
            let answer = Double(job.answerTokens) / machine.answerRate
            let isSilent = server == silent && now + prompt + answer > moment
            return (
                isSilent ? 1e6 : prompt + answer,
                .answered(
                    Answer(
                        text: "good", finish: .stop,
                        usage: Usage(
                            promptTokens: job.promptTokens, answerTokens: job.answerTokens, promptDuration: prompt,
                            answerDuration: answer, elapsed: prompt + answer)))
            )
        }
        run.stream = { task, server in
            guard let job = places[task.id], let machine = fleet[server] else { return (0, 1, nil) }
            return (Double(job.promptTokens) / machine.promptRate, 1 / machine.answerRate, nil)
        }
        run.silence = { server in server == silent ? moment : .infinity }
        run.run()
        return run
    }
}
