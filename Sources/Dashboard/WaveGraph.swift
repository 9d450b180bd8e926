import Events

/// A run's tasks as a graph: a column a wave, an edge a dependency. A state is told by shape, colour and word.
struct WaveGraph {
    private static let nodeWidth = 190.0
    private static let nodeHeight = 62.0
    private static let gap = 12.0
    private static let columnGap = 54.0
    private static let top = 28.0
    /// The most tasks that are drawn in a column; the table has all.
    private static let tallest = 40
    /// The most lines between tasks: beyond that nobody follows one, and the page would be large.
    private static let mostEdges = 4000

    private let run: RunPicture
    /// The tasks of each column, by position, with the column's heading.
    private let columns: [(heading: String, tasks: [Int])]
    private let places: [Int: (x: Double, y: Double)]

    init(_ run: RunPicture) {
        self.run = run
        var columns: [(heading: String, tasks: [Int])] = []
        for plan in run.plans.indices {
            let tasks = run.tasks.indices.filter { run.tasks[$0].plan == plan }
            for wave in Set(tasks.map { run.tasks[$0].wave }).sorted() {
                let heading = run.plans.count > 1 ? "Round \(plan + 1), wave \(wave)" : "Wave \(wave)"
                columns.append((heading, tasks.filter { run.tasks[$0].wave == wave }))
            }
        }
        self.columns = columns
        var places: [Int: (x: Double, y: Double)] = [:]
        for (column, entry) in columns.enumerated() {
            for (row, task) in entry.tasks.prefix(Self.tallest).enumerated() {
                places[task] = (
                    Double(column) * (Self.nodeWidth + Self.columnGap) + 1,
                    Self.top + Double(row) * (Self.nodeHeight + Self.gap)
                )
            }
        }
        self.places = places
    }

    var drawing: HTML {
        let rows =
            columns.map { min($0.tasks.count, Self.tallest) + ($0.tasks.count > Self.tallest ? 1 : 0) }.max() ?? 0
        let width = Double(columns.count) * (Self.nodeWidth + Self.columnGap) - Self.columnGap + 2
        let height = Self.top + Double(rows) * (Self.nodeHeight + Self.gap)
        let below = Self.top + Double(Self.tallest) * (Self.nodeHeight + Self.gap) + 16
        let headings = columns.enumerated().map { index, column -> HTML in
            let x = Double(index) * (Self.nodeWidth + Self.columnGap) + 1
            let rest = column.tasks.count - Self.tallest
            let more: HTML =
                rest > 0 ? "<text class=\"small\" x=\"\(x)\" y=\"\(below)\">and \(rest) more: see the table</text>" : ""
            return "<text class=\"heading\" x=\"\(x)\" y=\"16\">\(column.heading)</text>\(more)"
        }
        return """
            <div class="scroll" tabindex="0" role="region" aria-label="The tasks as a graph">\
            <svg width="\(width)" height="\(height)" role="img" aria-labelledby="graph-title graph-words">\
            <title id="graph-title">Tasks by wave, with their dependencies</title>\
            <desc id="graph-words">\(words) The table below says the same.</desc>\
            \(headings)\(edges)\(nodes)</svg></div>
            """
    }

    private var words: String {
        RunPicture.TaskState.allCases.compactMap { state in
            let number = run.count(state)
            return number > 0 ? "\(number) \(state.rawValue)" : nil
        }.joined(separator: ", ") + "."
    }

    private var edges: [HTML] {
        var edges: [HTML] = []
        for task in places.keys.sorted() {
            guard let to = places[task] else { continue }
            for dependency in run.tasks[task].dependencies.prefix(50) where edges.count < Self.mostEdges {
                if let from = places[dependency] { edges.append(edge(from, to)) }
            }
        }
        return edges
    }

    private func edge(_ from: (x: Double, y: Double), _ to: (x: Double, y: Double)) -> HTML {
        let (x1, y1) = (from.x + Self.nodeWidth, from.y + Self.nodeHeight / 2)
        let (x2, y2) = (to.x, to.y + Self.nodeHeight / 2)
        let bend = max(24, (x2 - x1) / 2)
        return """
            <path class="edge" d="M\(x1) \(y1)C\(x1 + bend) \(y1) \(x2 - bend) \(y2) \(x2) \(y2)"/>
            """
    }

    private var nodes: [HTML] { places.keys.sorted().map { node($0) } }

    private func node(_ index: Int) -> HTML {
        guard let place = places[index] else { return "" }
        let task = run.tasks[index]
        var detail = "\(task.id), \(task.specialist): \(task.title). \(task.state.rawValue)"
        if let server = task.server { detail += " on \(server)" }
        if let reason = task.reason { detail += ": \(reason)" }
        var line = task.isCached ? "known answer" : task.state.rawValue
        if let seconds = task.seconds, !task.isCached { line += " · \(shownDuration(seconds))" }
        if task.attempts > 1 { line += " · attempt \(task.attempts)" }
        return """
            <g class="node \(task.state.rawValue)"><title>\(detail)</title>\
            <rect x="\(place.x)" y="\(place.y)" width="\(Self.nodeWidth)" height="\(Self.nodeHeight)" \
            rx="\(task.state == .failed ? 0.0 : 7.0)"/>\(StateMark(task.state).drawing(x: place.x + 18, y: place.y + 31))\
            <text x="\(place.x + 36)" y="\(place.y + 19)">\(shortened(task.id, to: 20))</text>\
            <text class="small" x="\(place.x + 36)" y="\(place.y + 36)">\(shortened(task.specialist, to: 24))</text>\
            <text class="small" x="\(place.x + 36)" y="\(place.y + 52)">\(shortened(line, to: 26))</text></g>
            """
    }
}

/// A state's shape, so that nobody depends on colours.
struct StateMark {
    private let state: RunPicture.TaskState

    init(_ state: RunPicture.TaskState) { self.state = state }

    func drawing(x: Double, y: Double) -> HTML {
        switch state {
        case .waiting: "<circle class=\"mark open\" cx=\"\(x)\" cy=\"\(y)\" r=\"7\"/>"
        case .running: "<path class=\"mark full\" d=\"M\(x - 6) \(y - 8)L\(x + 8) \(y)L\(x - 6) \(y + 8)Z\"/>"
        case .succeeded: "<path class=\"mark open\" d=\"M\(x - 8) \(y)L\(x - 2) \(y + 6)L\(x + 8) \(y - 7)\"/>"
        case .failed:
            "<path class=\"mark open\" d=\"M\(x - 7) \(y - 7)L\(x + 7) \(y + 7)M\(x + 7) \(y - 7)L\(x - 7) \(y + 7)\"/>"
        case .skipped: "<path class=\"mark open\" d=\"M\(x - 8) \(y)L\(x + 8) \(y)\"/>"
        }
    }
}
