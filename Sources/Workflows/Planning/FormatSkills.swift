import Orchestration

/// What earlier runs have shown of how models write changes, and the format that follows from it.
///
/// How often a reply can be used is taken as a coin of unknown bias for each model and format, with a prior that says what is
/// usual for a model of its size: small models write lines again, large ones SEARCH/REPLACE blocks. The usual format stays until
/// there is evidence against it: at least twelve replies, after which another one has the higher posterior mean.
package struct FormatSkills: Sendable, Equatable {
    /// What became of a model's replies in one format.
    package struct Count: Sendable, Equatable {
        package var model: String
        package var format: EditFormat
        /// Replies that were asked for and came.
        package var asked: Int
        /// Those that could be used, whatever the build then said.
        package var usable: Int

        package init(model: String, format: EditFormat, asked: Int, usable: Int) {
            self.model = model
            self.format = format
            self.asked = max(0, asked)
            self.usable = min(max(0, usable), max(0, asked))
        }
    }

    /// The ways of asking that are chosen between.
    enum Way: CaseIterable {
        /// Lines, windows and functions in turn.
        case lines
        case searchReplace
        case file

        var formats: [EditFormat] {
            switch self {
            case .lines: [.line, .window, .function]
            case .searchReplace: [.searchReplace]
            case .file: [.file]
            }
        }
    }

    /// A model, as far as the choice is concerned.
    package struct Model: Sendable, Equatable {
        package var name: String
        package var isSmall: Bool

        package init(name: String, isSmall: Bool) {
            self.name = name
            self.isSmall = isSmall
        }
    }

    private var counts: [String: [EditFormat: Count]] = [:]

    package init(_ rows: [Count] = []) {
        for row in rows {
            var sum = counts[row.model]?[row.format] ?? Count(model: row.model, format: row.format, asked: 0, usable: 0)
            sum.asked += min(row.asked, Self.mostCounted)
            sum.usable += min(row.usable, Self.mostCounted)
            counts[row.model, default: [:]][row.format] = sum
        }
    }

    /// Fewer replies than this don't speak against the usual format.
    static let leastEvidence = 12
    private static let mostCounted = 1 << 30
    /// How many replies a prior is worth.
    private static let priorWeight = 6.0

    /// The format for a team whose tasks go wherever a slot is free, so that every model has to manage it; nil for windows and
    /// functions in turn.
    package func format(for team: [Model]) -> EditFormat? {
        let usual: Way = team.isEmpty || team.contains(where: \.isSmall) ? .lines : .searchReplace
        guard let weakest = team.min(by: { mean($0, usual) < mean($1, usual) }),
            asked(weakest, usual) >= Self.leastEvidence
        else { return Self.format(usual) }
        func worst(_ way: Way) -> Double { team.map { mean($0, way) }.min() ?? 0 }
        let best = Way.allCases.filter { $0 != usual }.max { worst($0) < worst($1) }
        guard let best, worst(best) > worst(usual) else { return Self.format(usual) }
        return Self.format(best)
    }

    private static func format(_ way: Way) -> EditFormat? { way == .lines ? nil : way.formats.first }

    private func asked(_ model: Model, _ way: Way) -> Int {
        way.formats.reduce(0) { $0 + (counts[model.name]?[$1]?.asked ?? 0) }
    }

    /// The posterior's mean, with a prior of `Beta(6p, 6 − 6p)`.
    func mean(_ model: Model, _ way: Way) -> Double {
        let usable = way.formats.reduce(0) { $0 + (counts[model.name]?[$1]?.usable ?? 0) }
        let expected = Self.expected(way, isSmall: model.isSmall)
        return (Self.priorWeight * expected + Double(usable)) / (Self.priorWeight + Double(asked(model, way)))
    }

    private static func expected(_ way: Way, isSmall: Bool) -> Double {
        switch way {
        case .lines: isSmall ? 0.8 : 0.7
        case .searchReplace: isSmall ? 0.4 : 0.8
        case .file: isSmall ? 0.35 : 0.5
        }
    }
}
