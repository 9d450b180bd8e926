import Foundation
import Synchronization

/// Loads, reloads and evicts a simulated server's models, one at a time, and hands out their slots.
final class SimulatedScheduler: Sendable {
    /// Why a request got no model.
    enum Refusal: Error { case queueFull }

    /// The options that a model is loaded with; another value means a reload.
    struct LoadOptions: Equatable, Sendable {
        var context: Int?
        var others: [String: String] = [:]

        static let names = ["num_batch", "num_gpu", "main_gpu", "use_mmap", "num_thread", "draft_num_predict"]
    }

    struct Loaded: Sendable {
        var options: LoadOptions
        var context: Int
        var slots: SimulatedGate
        var busy = 0
        var keepAlive: Double
        var expires: Date
    }

    private struct State {
        var loaded: [String: Loaded] = [:]
        var pending = 0
        var loads = 0
        var reloads = 0
        var abortedLoads = 0
    }

    private let settings: SimulatedOllama.Settings
    private let state = Mutex(State())
    private let loading = SimulatedGate(1)

    init(_ settings: SimulatedOllama.Settings) {
        self.settings = settings
    }

    var loads: Int { state.withLock { $0.loads } }
    var reloads: Int { state.withLock { $0.reloads } }
    var abortedLoads: Int { state.withLock { $0.abortedLoads } }
    var loaded: [String: Loaded] {
        state.withLock { state in
            state.loaded = state.loaded.filter { $0.value.busy > 0 || $0.value.expires > Date() }
            return state.loaded
        }
    }

    /// Waits for the model with these options, and counts the caller as its user until ``release(_:)``.
    ///
    /// - Returns: the context that the model really has, and its slots.
    func acquire(
        _ model: SimulatedModel, options: LoadOptions, keepAlive: Double?
    ) async throws -> (context: Int, slots: SimulatedGate) {
        if let ready = take(model, options, keepAlive) { return ready }
        try state.withLock { state in
            guard state.pending < settings.maxQueue else { throw Refusal.queueFull }
            state.pending += 1
        }
        defer { state.withLock { $0.pending -= 1 } }
        try await loading.enter()
        defer { loading.leave() }
        if let ready = take(model, options, keepAlive) { return ready }
        try await makeRoom(for: model)
        do {
            try await Task.sleep(for: settings.loadDelay)
        } catch {
            state.withLock { $0.abortedLoads += 1 }
            throw error
        }
        return state.withLock { state in
            state.loads += 1
            let context = effective(options.context, model)
            let slots = SimulatedGate(settings.slots)
            let kept = keepAlive ?? 300
            state.loaded[model.name] = Loaded(
                options: options, context: context, slots: slots, busy: 1, keepAlive: kept,
                expires: Date().addingTimeInterval(min(kept, 1e9)))
            return (context, slots)
        }
    }

    /// Ends the use of a model.
    func release(_ model: SimulatedModel) {
        state.withLock { state in
            guard var loaded = state.loaded[model.name] else { return }
            loaded.busy -= 1
            loaded.expires = Date().addingTimeInterval(min(loaded.keepAlive, 1e9))
            state.loaded[model.name] = loaded.busy <= 0 && loaded.keepAlive == 0 ? nil : loaded
        }
    }

    /// Unloads a model as soon as nobody uses it.
    func unload(_ model: SimulatedModel) {
        state.withLock { state in
            guard var loaded = state.loaded[model.name] else { return }
            loaded.keepAlive = 0
            state.loaded[model.name] = loaded.busy == 0 ? nil : loaded
        }
    }

    private func take(
        _ model: SimulatedModel, _ options: LoadOptions, _ keepAlive: Double?
    ) -> (context: Int, slots: SimulatedGate)? {
        state.withLock { state in
            guard var loaded = state.loaded[model.name], loaded.busy > 0 || loaded.expires > Date(),
                !needsReload(loaded, options, model)
            else { return nil }
            loaded.busy += 1
            loaded.keepAlive = keepAlive ?? loaded.keepAlive
            state.loaded[model.name] = loaded
            return (loaded.context, loaded.slots)
        }
    }

    private func needsReload(_ loaded: Loaded, _ options: LoadOptions, _ model: SimulatedModel) -> Bool {
        guard model.engine != .mlx else { return false }
        if loaded.options.others != options.others { return true }
        if loaded.options.context == nil, options.context == nil { return false }
        return effective(options.context, model) != effective(loaded.options.context, model)
    }

    private func effective(_ context: Int?, _ model: SimulatedModel) -> Int {
        min(max(4, context ?? settings.defaultContext), model.trainedContext, settings.contextLimit)
    }

    /// Waits until the model's present form, or another model where memory is full, is idle, and drops it.
    private func makeRoom(for model: SimulatedModel) async throws {
        let victim = state.withLock { state -> String? in
            if state.loaded[model.name] != nil { return model.name }
            guard state.loaded.count >= settings.maxLoaded else { return nil }
            return state.loaded.min {
                ($0.value.busy, $0.value.keepAlive, $0.key) < ($1.value.busy, $1.value.keepAlive, $1.key)
            }?
            .key
        }
        guard let victim, let slots = state.withLock({ $0.loaded[victim]?.slots }) else { return }
        // Whoever holds all slots knows that nobody else runs. They are given back for those who queued meanwhile.
        for entered in 0..<settings.slots {
            do {
                try await slots.enter()
            } catch {
                for _ in 0..<entered { slots.leave() }
                throw error
            }
        }
        state.withLock { state in
            if victim == model.name { state.reloads += 1 }
            state.loaded[victim] = nil
        }
        for _ in 0..<settings.slots { slots.leave() }
    }
}
