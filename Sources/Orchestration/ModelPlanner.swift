import Inference

extension TeamOrchestrator {
    /// Plans the work, by rules or by asking a model of the team.
    ///
    /// A model's reply is checked like any plan. What is unambiguous in it is mended: a misspelt specialist, a dependency on a
    /// task that isn't there, an id used twice, a server that isn't there. A reply that still can't be used is sent back once
    /// with what is wrong; after that, or when no server answers in time, the rules plan. The asking is a task of its own in
    /// the log and in the statistics.
    ///
    /// - Parameters:
    ///   - planner: who plans. The rules are always at hand: this never fails.
    ///   - limit: the most seconds that the asking may take, both tries together.
    /// - Returns: a plan that ``OrchestrationPlan/validate(team:servers:)`` accepts whenever the rules' would be accepted. Its
    ///   ``OrchestrationPlan/planner`` says whose it is, and why.
    public func plan(
        _ problem: String, context: PlanContext, planner: PlannerKind, limit: Double = 180
    ) async -> OrchestrationPlan {
        switch planner {
        case .rules:
            made(plan(problem, context: context), by: PlanOrigin(used: .rules, reason: "the rules were asked for"))
        case .model: await modelPlan(problem, context, limit: limit)
        }
    }

    private func made(_ plan: OrchestrationPlan, by origin: PlanOrigin) -> OrchestrationPlan {
        var plan = plan
        plan.planner = origin
        return plan
    }

    private func modelPlan(_ problem: String, _ context: PlanContext, limit: Double) async -> OrchestrationPlan {
        let question = PlannerPrompt(
            problem: problem, context: context, team: team, servers: servers, strategy: options.strategy)
        let reader = PlannerReply(
            problem: problem, context: context, specialists: team, servers: servers.map(\.name),
            window: servers.map(\.contextLength).max() ?? 0)
        var messages = question.messages
        let deadline = options.clock.now() + limit
        var reason = ""
        for attempt in 1...2 {
            switch await ask(messages, schema: question.schema, attempt: attempt, deadline: deadline, limit: limit) {
            case .silent(let why):
                return made(
                    plan(problem, context: context),
                    by: PlanOrigin(used: .rules, reason: "a model was asked and gave no plan: \(why)"))
            case .answered(let answer):
                do {
                    let (plan, repairs) = try reader.plan(from: answer.text ?? "")
                    let how = attempt == 1 ? "a model was asked" : "a model was asked, twice: \(reason)"
                    return made(
                        plan,
                        by: PlanOrigin(
                            used: .model, reason: how, repairs: repairs, server: answer.server, model: answer.model))
                } catch {
                    reason = error.reason
                    messages = question.messages + PlannerPrompt.correction(answer.text ?? "", reason)
                }
            }
        }
        return made(
            plan(problem, context: context),
            by: PlanOrigin(used: .rules, reason: "a model was asked twice, and its plan can't be used: \(reason)"))
    }

    private enum Reply: Sendable {
        case answered(TaskResult)
        case silent(String)
    }

    /// Asks like any task, with retries on other servers, until the deadline.
    private func ask(
        _ messages: [Prompt.Message], schema: String, attempt: Int, deadline: Double, limit: Double
    ) async -> Reply {
        let left = deadline - options.clock.now()
        let late = Reply.silent("no whole answer within \(limit) seconds")
        guard left > 0 else { return late }
        let task = TeamTask(
            // No task of a model's plan can be called so: its ids have no colons.
            id: "planner:\(attempt)", specialist: Specialist.planner.name,
            input: TaskInput(title: "Plan the work", prompt: messages, schema: schema),
            timeout: min(options.taskTimeout, left), policy: TaskPolicy(retries: 1))
        let plan = OrchestrationPlan(problem: "Plan the work", pattern: .pipeline, tasks: [task])
        let clock = options.clock
        return await withTaskGroup(of: Reply.self) { group in
            group.addTask {
                do throws(PlanError) {
                    guard let result = try await self.execute(plan).results.first else { return .silent("no result") }
                    return result.succeeded ? .answered(result) : .silent(result.reason ?? "no answer")
                } catch {
                    return .silent(error.description)
                }
            }
            group.addTask {
                // Cancelled or over: either way the wait has ended.
                try? await clock.sleep(left)
                return late
            }
            let first = await group.next() ?? late
            group.cancelAll()
            return first
        }
    }
}
