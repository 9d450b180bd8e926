import Crypto
import Events
import Foundation
import History

/// A run as OpenTelemetry's spans, in OTLP's JSON: what a collector takes at `/v1/traces`.
///
/// The ids derive from the run's id, so that the same run gives the same trace.
struct Spans: Encodable, Sendable {
    struct Value: Encodable, Sendable {
        var stringValue: String?
        /// OTLP writes 64-bit integers as text.
        var intValue: String?
        var doubleValue: Double?
        var boolValue: Bool?
    }
    struct Attribute: Encodable, Sendable {
        var key: String
        var value: Value

        init(_ key: String, _ text: String) { (self.key, value) = (key, Value(stringValue: text)) }
        init(_ key: String, _ number: Int) { (self.key, value) = (key, Value(intValue: "\(number)")) }
        init(_ key: String, _ number: Double) { (self.key, value) = (key, Value(doubleValue: number)) }
        init(_ key: String, _ flag: Bool) { (self.key, value) = (key, Value(boolValue: flag)) }
    }
    struct Status: Encodable, Sendable {
        /// 0 unset, 1 ok, 2 error.
        var code: Int
        var message: String?
    }
    struct Event: Encodable, Sendable {
        var timeUnixNano: String
        var name: String
        var attributes: [Attribute]
    }
    struct Span: Encodable, Sendable {
        var traceId: String
        var spanId: String
        var parentSpanId: String?
        var name: String
        /// 1 internal, 3 client.
        var kind: Int
        var startTimeUnixNano: String
        var endTimeUnixNano: String
        var attributes: [Attribute]
        var events: [Event] = []
        var status: Status
    }
    struct Scope: Encodable, Sendable {
        var name = "teamfix"
        var version: String
    }
    struct ScopeSpans: Encodable, Sendable {
        var scope: Scope
        var spans: [Span]
    }
    struct Resource: Encodable, Sendable {
        var attributes: [Attribute]
    }
    struct ResourceSpans: Encodable, Sendable {
        var resource: Resource
        var scopeSpans: [ScopeSpans]
    }

    var resourceSpans: [ResourceSpans]

    init(_ run: StoredRun, _ records: [RunRecord]) {
        var builder = SpanBuilder(run: run)
        for record in records { builder.read(record) }
        let resource = Resource(attributes: [
            Attribute("service.name", "teamfix"), Attribute("service.version", run.version),
            Attribute("service.instance.id", run.id),
        ])
        resourceSpans = [
            ResourceSpans(
                resource: resource,
                scopeSpans: [ScopeSpans(scope: Scope(version: run.version), spans: builder.finish())])
        ]
    }
}

/// Makes spans of events.
private struct SpanBuilder {
    private struct Open {
        var id: String
        var parent: String
        var name: String
        var kind: Int
        var start: Double
        var attributes: [Spans.Attribute]
    }

    /// Times beyond these are no run's, but a file may hold them: seconds of 1970 and of a run.
    private static let latest = 4e9
    private static let longest = 1e9

    private let run: StoredRun
    private let trace: String
    private let root: String
    private var spans: [Spans.Span] = []
    private var events: [Spans.Event] = []
    private var plans = 0
    private var openPlan: Open?
    private var attempts: [String: Open] = [:]
    private var builds: [String: [Open]] = [:]
    private var buildCount = 0
    private var tasks: [String: PlannedWork.Task] = [:]
    private var last = 0.0

    init(run: StoredRun) {
        self.run = run
        trace = Self.id("trace \(run.id)", bytes: 16)
        root = Self.id("run \(run.id)", bytes: 8)
    }

    /// Lower-case hexadecimal digits; never all zero, which would mean none.
    private static func id(_ text: String, bytes: Int) -> String {
        let digits = SHA256.hash(data: Data(text.utf8)).prefix(bytes).map { String(format: "%02x", $0) }.joined()
        return digits.contains { $0 != "0" } ? digits : String(digits.dropLast()) + "1"
    }

    private func id(_ key: String) -> String { Self.id("\(key) \(run.id)", bytes: 8) }

    private func nanoseconds(_ elapsed: Double) -> String {
        // Apart, since a double can't hold today's nanoseconds.
        let seconds = min(max(0, run.started.timeIntervalSince1970), Self.latest)
        let whole = seconds.rounded(.down)
        let rest = Int64(((seconds - whole + min(max(0, elapsed), Self.longest)) * 1e9).rounded())
        return "\(Int64(whole) * 1_000_000_000 + rest)"
    }

    mutating func read(_ record: RunRecord) {
        if case .resultShown = record.event { return }
        last = max(last, record.elapsed)
        switch record.event {
        case .planned(let work):
            for task in work.tasks { tasks[task.id] = task }
            guard openPlan == nil else { return }
            plans += 1
            openPlan = Open(
                id: id("plan \(plans)"), parent: root, name: "plan \(work.pattern)", kind: 1, start: record.elapsed,
                attributes: [
                    Spans.Attribute("teamfix.pattern", work.pattern),
                    Spans.Attribute("teamfix.strategy", work.strategy),
                    Spans.Attribute("teamfix.tasks", work.tasks.count),
                ])
        case .orchestrationFinished:
            if let plan = openPlan { close(plan, at: record.elapsed, .init(code: 1)) }
            openPlan = nil
        case .taskStarted(let task, let attempt, let server, let model):
            attempts["\(attempt) \(task)"] = opened(task, attempt, server, model, at: record.elapsed)
        case .taskFinished(let end): finish(end, at: record.elapsed)
        case .buildStarted(let purpose, let command):
            buildCount += 1
            builds[purpose.rawValue, default: []].append(
                Open(
                    id: id("build \(buildCount)"), parent: root, name: "build \(purpose.rawValue)", kind: 1,
                    start: record.elapsed,
                    attributes: [Spans.Attribute("process.command_line", command)]))
        case .buildFinished(let end):
            guard builds[end.purpose.rawValue]?.isEmpty == false,
                var open = builds[end.purpose.rawValue]?.removeFirst()
            else { return }
            if let code = end.exitCode { open.attributes.append(.init("process.exit.code", Int(code))) }
            open.attributes.append(.init("teamfix.errors", end.errors))
            close(open, at: record.elapsed, .init(code: end.exitCode == 0 ? 1 : 2))
        case .candidateJudged(let verdict):
            note(
                "candidate", record.elapsed,
                [
                    .init("teamfix.candidate", verdict.id), .init("teamfix.source", verdict.source),
                    .init("teamfix.result", verdict.result.rawValue), .init("teamfix.reason", verdict.reason),
                ])
        case .serverLost(let name, let reason):
            note("server lost", record.elapsed, [.init("server.name", name), .init("teamfix.reason", reason)])
        case .notice(let level, let text) where level != .debug:
            note("notice", record.elapsed, [.init("teamfix.level", level.rawValue), .init("teamfix.text", text)])
        case .published(let branch, let commit, let verified, _):
            note(
                "published", record.elapsed,
                [
                    .init("vcs.ref.head.name", branch), .init("vcs.ref.head.revision", commit),
                    .init("teamfix.verified", verified),
                ])
        default: break
        }
    }

    private func opened(_ task: String, _ attempt: Int, _ server: String, _ model: String, at start: Double) -> Open {
        let planned = tasks[task]
        return Open(
            id: id("attempt \(attempt) \(task) \(plans)"), parent: openPlan?.id ?? root,
            name: "\(planned?.specialist ?? "task") \(task)", kind: 3, start: start,
            attributes: [
                .init("gen_ai.operation.name", "chat"), .init("gen_ai.request.model", model),
                .init("server.name", server), .init("teamfix.task", task), .init("teamfix.attempt", attempt),
                .init("teamfix.title", planned?.title ?? ""),
            ])
    }

    private mutating func finish(_ end: TaskEnd, at time: Double) {
        var open =
            attempts.removeValue(forKey: "\(end.attempt) \(end.task)")
            ?? opened(end.task, end.attempt, end.server, end.model, at: max(0, time - end.elapsed))
        if let tokens = end.promptTokens { open.attributes.append(.init("gen_ai.usage.input_tokens", tokens)) }
        if let tokens = end.answerTokens { open.attributes.append(.init("gen_ai.usage.output_tokens", tokens)) }
        if let first = end.firstToken { open.attributes.append(.init("teamfix.first_token_seconds", first)) }
        if let code = end.code { open.attributes.append(.init("error.type", code)) }
        open.attributes.append(.init("teamfix.outcome", end.outcome.rawValue))
        open.attributes.append(.init("teamfix.cached", end.cached))
        let status: Spans.Status =
            switch end.outcome {
            case .succeeded: .init(code: 1)
            case .failed: .init(code: 2, message: end.reason)
            case .cancelled: .init(code: 0)
            }
        close(open, at: time, status)
    }

    private mutating func close(_ open: Open, at end: Double, _ status: Spans.Status) {
        spans.append(
            Spans.Span(
                traceId: trace, spanId: open.id, parentSpanId: open.parent, name: open.name, kind: open.kind,
                startTimeUnixNano: nanoseconds(open.start), endTimeUnixNano: nanoseconds(max(open.start, end)),
                attributes: open.attributes, status: status))
    }

    private mutating func note(_ name: String, _ time: Double, _ attributes: [Spans.Attribute]) {
        events.append(Spans.Event(timeUnixNano: nanoseconds(time), name: name, attributes: attributes))
    }

    /// The spans, the run's own first; what has no end lasts until the last event.
    mutating func finish() -> [Spans.Span] {
        let left = attempts.values.sorted { ($0.start, $0.id) < ($1.start, $1.id) } + builds.values.flatMap { $0 }
        for open in left + [openPlan].compactMap({ $0 }) { close(open, at: last, .init(code: 0)) }
        var attributes: [Spans.Attribute] = [
            .init("teamfix.run", run.id), .init("teamfix.problem", run.problem),
            .init("teamfix.outcome", run.outcome ?? "unfinished"),
        ]
        if let code = run.exitCode { attributes.append(.init("process.exit.code", Int(code))) }
        let own = Spans.Span(
            traceId: trace, spanId: root, parentSpanId: nil, name: "teamfix \(run.command)", kind: 1,
            startTimeUnixNano: nanoseconds(0), endTimeUnixNano: nanoseconds(last),
            attributes: attributes,
            events: events, status: .init(code: run.exitCode == 0 ? 1 : run.exitCode == nil ? 0 : 2))
        return [own] + spans.sorted { ($0.startTimeUnixNano, $0.spanId) < ($1.startTimeUnixNano, $1.spanId) }
    }
}
