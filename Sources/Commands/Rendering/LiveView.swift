import Events
import Synchronization

/// Shows one run on standard error while it happens: a live area on a terminal, plain lines elsewhere, nothing when quiet.
package struct LiveView: Sendable {
    private let stream: TextStream
    private let environment: [String: String]
    private let noColor: Bool
    private let hasLiveArea: Bool
    private let board: Board

    /// - Parameter speed: how many seconds of the run pass in one of ours: another number than 1 in a replay.
    package init(
        stream: TextStream, environment: [String: String], noColor: Bool = false, verbosity: Verbosity,
        speed: Double = 1
    ) {
        let terminal = Terminal(stream, environment: environment, noColor: noColor)
        self.stream = stream
        self.environment = environment
        self.noColor = noColor
        hasLiveArea = terminal.isTerminal && verbosity > .quiet
        board = Board(
            lines: ProgressLines(verbosity: verbosity, besideLiveView: hasLiveArea, style: Style(terminal)),
            speed: speed)
    }

    /// Give this to the run's log. It only takes note, so that the log is never held up by a slow terminal.
    package var sink: RunLog.Sink {
        { [board] record in board.note(record) }
    }

    /// Runs `body` while painting, and leaves a clean terminal behind, also when it throws or is cancelled.
    package func during<Value: Sendable>(
        _ body: () async throws -> Value
    ) async rethrows -> Value {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await paint() }
            if hasLiveArea { group.addTask { await tick() } }
            // Cancelling ends the painter and the ticker; the last word is painted after they have gone.
            func end() async {
                group.cancelAll()
                try? await group.waitForAll()
                finish()
            }
            do {
                let value = try await body()
                await end()
                return value
            } catch {
                await end()
                throw error
            }
        }
    }

    /// At most ten times a second.
    private func paint() async {
        for await _ in board.changes {
            draw()
            do { try await Task.sleep(for: .milliseconds(100)) } catch { return }
        }
    }

    /// Elapsed times move also when nothing happens.
    private func tick() async {
        while (try? await Task.sleep(for: .milliseconds(250))) != nil { board.nudge() }
    }

    /// Shows how things stand: the lines that wait, then the area.
    func draw() {
        let layout = LiveLayout(Terminal(stream, environment: environment, noColor: noColor))
        board.paint { lines, state, now, before in
            guard hasLiveArea, !state.command.isEmpty, !state.isFinished else {
                let text = Self.erase(before) + lines.map { $0 + "\n" }.joined()
                if !text.isEmpty { stream.write(text) }
                return []
            }
            let area = layout.lines(state, at: now)
            // The same picture again would only flicker.
            if lines.isEmpty, area == before { return area }
            Interruption.setLiveArea(true)
            stream.write(Self.atOnce(Self.erase(before) + (lines + area).map { $0 + "\n" }.joined()))
            return area
        }
    }

    private func finish() {
        board.paint { lines, _, _, before in
            let text = Self.erase(before) + lines.map { $0 + "\n" }.joined()
            if !text.isEmpty { stream.write(text) }
            Interruption.setLiveArea(false)
            return []
        }
    }

    /// Back to the area's first line, everything below gone.
    private static func erase(_ area: [String]) -> String {
        area.isEmpty ? "" : "\u{1B}[\(area.count)F\u{1B}[J"
    }

    /// A terminal that knows this mode shows nothing until the picture is whole; others pass over it.
    private static func atOnce(_ text: String) -> String { "\u{1B}[?2026h" + text + "\u{1B}[?2026l" }
}

/// What the sink notes and the painter reads. The fold is quick, so nothing is lost; only lines wait, and only so many.
private final class Board: Sendable {
    static let maximumLines = 2000

    let changes: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation
    private let lines: ProgressLines
    private let speed: Double
    private let state: Mutex<Noted>

    private struct Noted {
        var live = LiveState()
        var lines: [String] = []
        var dropped = 0
        /// The live area as it stands on the terminal.
        var area: [String] = []
        /// When the last record came: on the run's clock, and on ours.
        var elapsed = 0.0
        var seen = ContinuousClock.now
    }

    init(lines: ProgressLines, speed: Double) {
        self.lines = lines
        self.speed = speed
        state = Mutex(Noted())
        (changes, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func note(_ record: RunRecord) {
        let line = lines.line(record)
        state.withLock { noted in
            noted.live.apply(record)
            noted.elapsed = record.elapsed
            noted.seen = .now
            guard let line else { return }
            if noted.lines.count < Self.maximumLines { noted.lines.append(line) } else { noted.dropped += 1 }
        }
        signal.yield()
    }

    func nudge() { signal.yield() }

    /// `draw` gets the waiting lines, the state, the run's time and the area that is drawn; it returns the one that is now.
    func paint(_ draw: ([String], LiveState, Double, [String]) -> [String]) {
        let noted = state.withLock { noted in
            let copy = noted
            noted.lines = []
            noted.dropped = 0
            return copy
        }
        var lines = noted.lines
        if noted.dropped > 0 { lines.append("  (\(noted.dropped) more lines came too fast to be shown)") }
        let now = noted.elapsed + noted.seen.duration(to: .now).inSeconds * speed
        let area = draw(lines, noted.live, now, noted.area)
        state.withLock { $0.area = area }
    }
}
