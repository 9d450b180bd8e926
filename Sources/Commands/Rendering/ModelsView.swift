import History
import Workflows

/// How well each model writes each edit format, in the runs that are kept.
package struct ModelsView: Report {
    struct Row: Encodable {
        var model: String
        var format: String
        var asked: Int
        var applied: Int
        var unchanged: Int
        var verified: Int
        /// Well-formed replies ÷ all: those that were applied, and those that changed nothing.
        var wellFormed: Double
    }

    var models: [Row]

    package init(_ counts: [ReplyCount]) {
        models = counts.map { count in
            Row(
                model: count.model, format: count.format, asked: count.asked, applied: count.applied,
                unchanged: count.unchanged, verified: count.verified,
                wellFormed: Double(count.applied + count.unchanged) / Double(max(1, count.asked)))
        }
    }

    package func lines(width: Int, style: Style) -> [String] {
        guard !models.isEmpty else { return ["no model has been asked for code yet"] }
        var table = TextTable([
            .init("model", isFlexible: true), .init("format"), .init("asked", alignsRight: true),
            .init("applied", alignsRight: true), .init("unchanged", alignsRight: true),
            .init("verified", alignsRight: true), .init("well-formed", alignsRight: true),
        ])
        for row in models {
            table.add([
                row.model, row.format, "\(row.asked)", "\(row.applied)", "\(row.unchanged)", "\(row.verified)",
                "\(Int((row.wellFormed * 100).rounded())) %",
            ])
        }
        return table.lines(width: width, style: style)
    }
}

extension Session {
    /// What earlier runs have shown of how models write changes.
    var formatSkills: FormatSkills {
        let counts = store.flatMap { try? $0.replyCounts() } ?? []
        return FormatSkills(
            counts.compactMap { count in
                EditFormat(rawValue: count.format).map {
                    FormatSkills.Count(
                        model: count.model, format: $0, asked: count.asked, usable: count.applied + count.unchanged)
                }
            })
    }
}
