import Synchronization

/// Slots of servers that several programs on one machine share: who takes a slot holds a lease on it.
///
/// A lease is a courtesy among programs that keep to it. Where leases can't be had at all, ``take(server:slots:expectedSeconds:title:)``
/// gives one that binds nobody.
public protocol SlotLeases: Sendable {
    /// Takes a slot of a server.
    ///
    /// - Parameters:
    ///   - server: the server's URL, or its name where it has none.
    ///   - slots: how many slots this program thinks the server has.
    ///   - expectedSeconds: how long the slot will probably be needed, for others to plan with.
    ///   - title: what for, in a line for people.
    /// - Returns: the lease; nil when every slot is taken.
    func take(server: String, slots: Int, expectedSeconds: Double, title: String) -> SlotLease?

    /// Seconds until the first lease of another program on one of the slots is expected to end: 0 when it should have ended by
    /// now; nil when no other program has one.
    func expectedFree(server: String, slots: Int) -> Double?
}

extension SlotLeases {
    /// Takes a slot of a server, without saying what for.
    public func take(server: String, slots: Int, expectedSeconds: Double) -> SlotLease? {
        take(server: server, slots: slots, expectedSeconds: expectedSeconds, title: "")
    }
}

/// A slot of a server, until it is released or nobody has the lease any more.
public final class SlotLease: Sendable {
    /// What a kind of lease can do.
    public struct Actions: Sendable {
        /// Says again how many seconds, from now on, the slot will probably be needed.
        public var expect: @Sendable (Double) -> Void
        /// Gives the slot back; called once.
        public var release: @Sendable () -> Void

        /// Creates actions.
        public init(
            expect: @escaping @Sendable (Double) -> Void = { _ in }, release: @escaping @Sendable () -> Void
        ) {
            self.expect = expect
            self.release = release
        }
    }

    private let actions: Mutex<Actions?>

    /// Creates a lease; nil actions make one that binds nobody.
    public init(_ actions: Actions?) { self.actions = Mutex(actions) }

    deinit { release() }

    /// Says again how many seconds, from now on, the slot will probably be needed.
    public func expect(seconds: Double) {
        // Under the lock: what is released must not be written to any more.
        actions.withLock { $0?.expect(seconds) }
    }

    /// Gives the slot back. Safe to repeat.
    public func release() {
        actions.withLock { held in
            held?.release()
            held = nil
        }
    }
}
