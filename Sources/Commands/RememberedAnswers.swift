import Crypto
import Events
import Foundation
import History
import Inference
import Orchestration
import Synchronization

/// The answers of earlier runs, for an orchestrator: each under the SHA-256 of its question.
///
/// The first error ends its use in this run, with a notice; the run goes on and asks.
final class RememberedAnswers: AnswerCache {
    /// The most seconds that an answer is kept of a model that only its name tells: it may be another one by then.
    static let namedLifetime: TimeInterval = 86_400

    private let store: AnswerStore
    private let log: RunLog
    private let isOff = Mutex(false)

    init(store: AnswerStore, log: RunLog) {
        self.store = store
        self.log = log
    }

    /// Opens the answers below a folder; nil, with a notice, when that can't be done.
    static func open(in folder: String, log: RunLog) -> RememberedAnswers? {
        let path = folder + "/answers.sqlite"
        do throws(HistoryError) {
            return RememberedAnswers(store: try AnswerStore.open(at: path), log: log)
        } catch {
            log.append(notice(path, error))
            return nil
        }
    }

    func answer(for key: AnswerKey) async -> Answer? {
        guard !isOff.withLock({ $0 }) else { return nil }
        do throws(HistoryError) {
            guard let text = try await store.text(for: Self.digest(key)) else { return nil }
            return try? JSONDecoder().decode(Answer.self, from: Data(text.utf8))
        } catch {
            fail(error)
            return nil
        }
    }

    func keep(_ answer: Answer, for key: AnswerKey) async {
        guard !isOff.withLock({ $0 }), let data = try? JSONEncoder().encode(answer) else { return }
        let lifetime = key.isByContent ? TimeInterval.infinity : Self.namedLifetime
        do throws(HistoryError) {
            try await store.keep(String(decoding: data, as: UTF8.self), for: Self.digest(key), lifetime: lifetime)
        } catch {
            fail(error)
        }
    }

    private func fail(_ error: HistoryError) {
        // Another process writes: this answer is asked for again some day, nothing more.
        if case .busy = error { return }
        let isFirst = isOff.withLock { isOff in
            defer { isOff = true }
            return !isOff
        }
        guard isFirst else { return }
        if case .damaged = error { store.discard() }
        log.append(Self.notice(store.path, error))
    }

    private static func notice(_ path: String, _ error: HistoryError) -> RunEvent {
        .notice(
            level: .warning,
            text: "the answers of earlier runs in \(path) can't be used (\(error.reason)): servers are asked again")
    }

    private static func digest(_ key: AnswerKey) -> String { TrustRecord.digest(key.canonical) }
}
