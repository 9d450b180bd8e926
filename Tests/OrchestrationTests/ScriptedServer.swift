import Events
import Inference
import Orchestration
import Synchronization

/// A model server whose answers a test writes. It counts what it is asked and how much at once.
final class ScriptedServer: ModelServer {
    struct Request: Sendable {
        let prompt: Prompt
        /// 1 for the server's first request.
        let number: Int
        /// The text that the specialist reads last.
        var text: String { prompt.messages.last?.content ?? "" }
    }

    private struct State {
        var requests: [Request] = []
        var inFlight = 0
        var mostInFlight = 0
        var cancelled = 0
    }

    let name: String
    let kind = ServerKind.openai
    private let state = Mutex(State())
    private let reply: @Sendable (Request) async throws -> String
    private let isThere: @Sendable () -> Bool

    init(
        _ name: String, isThere: @escaping @Sendable () -> Bool,
        reply: @escaping @Sendable (Request) async throws -> String = { "answer \($0.number)" }
    ) {
        self.name = name
        self.isThere = isThere
        self.reply = reply
    }

    convenience init(
        _ name: String, reply: @escaping @Sendable (Request) async throws -> String = { "answer \($0.number)" }
    ) {
        self.init(name, isThere: { true }, reply: reply)
    }

    var requests: [Request] { state.withLock { $0.requests } }
    var mostInFlight: Int { state.withLock { $0.mostInFlight } }
    var cancelled: Int { state.withLock { $0.cancelled } }

    func status(deadline: Duration) async throws(InferenceError) -> ServerStatus {
        guard isThere() else { throw InferenceError(.unreachable, server: name, message: "connection refused") }
        return ServerStatus(version: "1.0", models: [], resident: nil, latency: 0)
    }

    func answer(
        _ prompt: Prompt, onProgress: @escaping @Sendable (AnswerProgress) -> Void
    ) async throws(InferenceError) -> Answer {
        let request = state.withLock { state in
            state.inFlight += 1
            state.mostInFlight = max(state.mostInFlight, state.inFlight)
            let request = Request(prompt: prompt, number: state.requests.count + 1)
            state.requests.append(request)
            return request
        }
        defer { state.withLock { $0.inFlight -= 1 } }
        do {
            let text = try await reply(request)
            onProgress(AnswerProgress(pieces: 1, elapsed: 0))
            return Answer(
                text: text, finish: .stop,
                usage: Usage(
                    promptTokens: 100, answerTokens: 20, loadDuration: 0, promptDuration: 0.1, answerDuration: 0.2,
                    totalDuration: 0.3, timeToFirstToken: 0.1, elapsed: 0.3))
        } catch let error as InferenceError {
            throw error
        } catch {
            state.withLock { $0.cancelled += 1 }
            throw InferenceError(.cancelled, server: name, message: "cancelled")
        }
    }

    func fault(_ code: InferenceError.Code) -> InferenceError {
        InferenceError(code, server: name, message: "scripted \(code.rawValue)")
    }
}

/// Holds whoever waits until it is opened; waiting ends with an error when the waiter is cancelled.
final class Latch: Sendable {
    private struct State {
        var isOpen = false
        var nextID = 0
        var waiters: [Int: CheckedContinuation<Void, any Error>] = [:]
        var abandoned: Set<Int> = []
    }

    private let state = Mutex(State())

    func open() {
        let waiters = state.withLock { state in
            state.isOpen = true
            defer { state.waiters = [:] }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.resume() }
    }

    func wait() async throws {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (waiter: CheckedContinuation<Void, any Error>) in
                enum Now { case wait, go, stop }
                let now: Now = state.withLock { state in
                    if state.isOpen { return .go }
                    if state.abandoned.contains(id) { return .stop }
                    state.waiters[id] = waiter
                    return .wait
                }
                switch now {
                case .wait: break
                case .go: waiter.resume()
                case .stop: waiter.resume(throwing: CancellationError())
                }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                state.abandoned.insert(id)
                return state.waiters.removeValue(forKey: id)
            }
            waiter?.resume(throwing: CancellationError())
        }
    }
}

/// A clock on which short sleeps end at once and move the time; long ones last until they are cancelled.
final class JumpingClock: Sendable {
    private let time = Mutex(0.0)
    private let never = Latch()
    private let longest: Double

    init(longest: Double = 100) { self.longest = longest }

    var now: Double { time.withLock { $0 } }

    var orchestration: OrchestrationClock {
        OrchestrationClock(
            now: { self.now },
            sleep: { seconds in
                guard seconds <= self.longest else { return try await self.never.wait() }
                try Task.checkCancellation()
                self.time.withLock { $0 += seconds }
            })
    }
}
