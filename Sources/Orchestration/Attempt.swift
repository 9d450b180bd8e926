import Inference

/// Which attempt of a plan: a task may have two at once.
struct AttemptKey: Hashable, Sendable {
    let task: Int
    let attempt: Int
}

/// One request to a server, which ends with its answer, its failure, its deadline, or because it is told to stop.
struct Attempt: Sendable {
    var endpoint: any ModelServer
    var prompt: Prompt
    /// Seconds.
    var deadline: Double
    var clock: OrchestrationClock
    /// Ends when the attempt has to stop.
    var stop: AsyncStream<Void>

    private enum First: Sendable {
        case answered(Answer)
        case failed(InferenceError)
        case deadline
        case stopped
    }

    func run(onProgress: @escaping @Sendable (AnswerProgress) -> Void) async -> AttemptEnding {
        await withTaskGroup(of: First.self) { group in
            group.addTask {
                do throws(InferenceError) {
                    var answer = try await endpoint.answer(prompt, onProgress: onProgress)
                    answer.usage.promptBytes = PromptEstimate.bytes(of: prompt)
                    return .answered(answer)
                } catch {
                    return .failed(error)
                }
            }
            group.addTask {
                for await _ in stop {}
                return .stopped
            }
            group.addTask {
                do { try await clock.sleep(deadline) } catch { return .stopped }
                return .deadline
            }
            let first = await group.next() ?? .stopped
            // Cancelling the call closes its connection: the server stops working for nobody.
            group.cancelAll()
            var rest: [First] = []
            for await other in group { rest.append(other) }
            return Self.ending(first, rest, server: endpoint.name, deadline: deadline)
        }
    }

    /// An answer counts even when it crossed the word to stop.
    private static func ending(_ first: First, _ rest: [First], server: String, deadline: Double) -> AttemptEnding {
        for case .answered(let answer) in [first] + rest { return .answered(answer) }
        switch first {
        case .answered, .stopped: return .cancelled
        case .failed(let error): return error.code == .cancelled ? .cancelled : .failed(error)
        case .deadline:
            return .failed(
                InferenceError(.timedOut, server: server, message: "no whole answer within \(deadline) seconds"))
        }
    }
}
