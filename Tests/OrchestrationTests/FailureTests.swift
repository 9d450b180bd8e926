import Events
import Inference
import Testing

@testable import Orchestration

@Suite struct FailureTests {
    private let one = [VirtualRun.Server(name: "a")]
    private let two = [VirtualRun.Server(name: "a"), VirtualRun.Server(name: "b")]

    @Test func `a server that dies in the middle loses its tasks to the other`() throws {
        var run = try VirtualRun((0..<6).map { Sample.task("t\($0)", retries: 0) }, two) { _, server, _, now in
            server == "a" && now >= 1 ? VirtualRun.bad(.unreachable, on: server) : VirtualRun.good(1)
        }
        run.isThere = { server, _ in server != "a" }
        run.run()
        #expect(run.results.allSatisfy { $0.succeeded })
        #expect(run.log.count { $0 == "lost a" } == 1)
        #expect(run.log.count { $0.hasPrefix("moved") } == 1)
        #expect(run.log.count { $0.hasPrefix("start") && $0.hasSuffix(" a") } == 2)
    }

    @Test func `the circuit opens, is probed, and closes again`() throws {
        var health = ServerHealth()
        let fault = InferenceError(.serverFailed, server: "a", message: "500")
        var isLost = health.failed(fault, now: 0, jitter: 1)
        #expect(!isLost && health.isUp)
        isLost = health.failed(fault, now: 0, jitter: 1)
        #expect(isLost && health.state == .open(until: 1))
        var isDue = health.beginProbe(now: 0.5)
        #expect(!isDue)
        isDue = health.beginProbe(now: 1)
        #expect(isDue)
        var isBack = health.probed(answered: false, now: 1, jitter: 1)
        #expect(!isBack && health.state == .open(until: 3), "the second wait is twice as long")
        isDue = health.beginProbe(now: 3)
        isBack = health.probed(answered: true, now: 3, jitter: 1)
        #expect(isDue && isBack && health.state == .halfOpen)
        isLost = health.failed(fault, now: 3, jitter: 1)
        #expect(isLost, "half open, one fault is enough")
        _ = health.beginProbe(now: 100)
        _ = health.probed(answered: true, now: 100, jitter: 1)
        _ = health.succeeded()
        #expect(health.state == .closed)
    }

    @Test func `a refused connection opens the circuit at once, a wrong answer never does`() {
        var health = ServerHealth()
        for code in [InferenceError.Code.malformed, .empty, .badRequest, .limitExceeded] {
            _ = health.failed(InferenceError(code, server: "a", message: ""), now: 0, jitter: 1)
        }
        #expect(health.state == .closed)
        _ = health.failed(InferenceError(.unreachable, server: "a", message: ""), now: 0, jitter: 1)
        #expect(health.state == .open(until: 1))
    }

    @Test func `a server that comes back gets work again`() throws {
        var run = try VirtualRun((0..<8).map { Sample.task("t\($0)") }, one) { _, server, _, now in
            now > 2 && now < 6 ? VirtualRun.bad(.unreachable, 0, on: server) : VirtualRun.good(1)
        }
        run.isThere = { _, now in now >= 6 }
        run.run()
        #expect(run.results.allSatisfy { $0.succeeded })
        #expect(run.log.contains("recovered a"))
    }

    @Test func `with every server gone tasks wait, then fail in words`() throws {
        var run = try VirtualRun([Sample.task("t")], two, serverWait: 20) { _, server, _, _ in
            VirtualRun.bad(.unreachable, 0, on: server)
        }
        run.isThere = { _, _ in false }
        run.run()
        guard case .failed(let reason, .unreachable) = run.results[0].outcome else {
            Issue.record("\(run.results[0].outcome)")
            return
        }
        #expect(reason.contains("20.0 seconds (a, b)"))
        #expect(run.now >= 20 && run.now < 60)
    }

    @Test func `a server without the model is out, and its tasks move`() throws {
        var run = try VirtualRun((0..<4).map { Sample.task("t\($0)", retries: 0) }, two) { _, server, _, _ in
            server == "a" ? VirtualRun.bad(.modelNotFound, on: server) : VirtualRun.good(1)
        }
        run.run()
        #expect(run.results.allSatisfy { $0.server == "b" && $0.succeeded })
        #expect(run.log.count { $0.hasPrefix("start") && $0.hasSuffix(" a") } == 1)
        var alone = try VirtualRun([Sample.task("t"), Sample.task("u")], one) { _, server, _, _ in
            VirtualRun.bad(.modelNotFound, on: server)
        }
        alone.run()
        #expect(alone.results.map(\.attempts) == [1, 0])
        #expect(alone.results[1].reason?.contains("scripted modelNotFound") == true)
    }

    @Test func `retries wait longer each time, within the policy`() throws {
        var run = try VirtualRun([Sample.task("t", retries: 3), Sample.task("ok")], one) { task, server, _, _ in
            task.id == "ok" ? VirtualRun.good(0) : VirtualRun.bad(.malformed, 0, on: server)
        }
        run.run()
        let delays = run.events.compactMap { event -> Double? in
            if case .taskRetried(_, _, let delay, _) = event.event { delay } else { nil }
        }
        #expect(delays.count == 3)
        for (delay, base) in zip(delays, [0.5, 1, 2]) { #expect(delay >= base / 2 && delay <= base * 1.5) }
        #expect(run.results[0].attempts == 4)
        #expect(abs(run.now - delays.reduce(0, +)) < 1e-9)
    }

    @Test(arguments: [InferenceError.Code.badRequest, .unauthorized, .modelNotFound, .contextOverflow])
    func `what can't succeed isn't asked again`(code: InferenceError.Code) throws {
        var run = try VirtualRun([Sample.task("t"), Sample.task("u")], one) { task, server, _, _ in
            task.id == "t" ? VirtualRun.bad(code, on: server) : VirtualRun.good(1)
        }
        run.run()
        #expect(run.results[0].attempts == 1)
        #expect(!run.results[0].succeeded)
    }

    @Test func `the retry budget bounds all tasks together`() throws {
        let tasks = (0..<10).map { Sample.task("t\($0)", retries: 5) } + [Sample.task("ok")]
        var run = try VirtualRun(tasks, two, retryBudget: 4) { task, server, _, _ in
            task.id == "ok" ? VirtualRun.good(0.1) : VirtualRun.bad(.empty, on: server)
        }
        run.run()
        #expect(run.log.count { $0.hasPrefix("retry") } == 4)
        #expect(!run.isStuck)
    }

    @Test func `a busy server is held for as long as it asks`() throws {
        var run = try VirtualRun([Sample.task("t")], one) { _, server, attempt, _ in
            attempt > 1
                ? VirtualRun.good(1)
                : (0, .failed(InferenceError(.busy, server: server, message: "busy", retryAfter: 7)))
        }
        run.run()
        #expect(run.results[0].succeeded)
        #expect(run.now >= 8)
        #expect(!run.log.contains("lost a"))
    }

    @Test func `a wave in which every task failed is tried once more`() throws {
        let tasks = [
            Sample.task("x", retries: 0), Sample.task("y", retries: 0),
            Sample.task("z", after: ["x", "y"], retries: 0),
        ]
        var mended = try VirtualRun(tasks, two) { task, server, attempt, _ in
            task.id != "z" && attempt == 1 ? VirtualRun.bad(.malformed, on: server) : VirtualRun.good(1)
        }
        mended.run()
        #expect(mended.log.filter { $0.hasPrefix("wave") } == ["wave 1 true"])
        #expect(mended.results.allSatisfy { $0.succeeded })

        var broken = try VirtualRun(tasks, two) { _, server, _, _ in VirtualRun.bad(.malformed, on: server) }
        broken.run()
        #expect(broken.log.filter { $0.hasPrefix("wave") } == ["wave 1 true", "wave 1 false"])
        #expect(broken.results.map(\.attempts) == [2, 2, 0])
        guard case .skipped(let reason) = broken.results[2].outcome else {
            Issue.record("\(broken.results[2].outcome)")
            return
        }
        #expect(reason.contains("'x', 'y'"))
    }

    @Test func `partial input is taken where the policy accepts it`() throws {
        let tasks = [
            Sample.task("good"), Sample.task("bad", retries: 0),
            Sample.task("tolerant", after: ["good", "bad"]),
            Sample.task("strict", after: ["good", "bad"], partial: false),
            Sample.task("after", after: ["strict"]),
        ]
        var run = try VirtualRun(tasks, two) { task, server, _, _ in
            task.id == "bad" ? VirtualRun.bad(.badRequest, on: server) : VirtualRun.good(1)
        }
        run.run()
        #expect(run.results.map(\.succeeded) == [true, false, true, false, false])
        #expect(run.log.filter { $0.hasPrefix("skipped") } == ["skipped strict", "skipped after"])
        #expect(!run.log.contains { $0.hasPrefix("wave") })
    }
}
