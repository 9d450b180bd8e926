/// A table of text that fits a width: the widest flexible column gives way first, then columns that can be missed, since a
/// number that is cut is a wrong one.
package struct TextTable: Sendable {
    package struct Column: Sendable {
        package var title: String
        package var alignsRight: Bool
        /// Whether it may be cut when the table is too wide.
        package var isFlexible: Bool
        /// When the column is left out of a table that is too wide, 1 the first; nil when it never is.
        package var leaves: Int?

        package init(_ title: String, alignsRight: Bool = false, isFlexible: Bool = false, leaves: Int? = nil) {
            self.title = title
            self.alignsRight = alignsRight
            self.isFlexible = isFlexible
            self.leaves = leaves
        }
    }

    package var columns: [Column]
    package var rows: [[String]] = []

    package init(_ columns: [Column]) {
        self.columns = columns
    }

    /// Adds a row; a missing cell is empty.
    package mutating func add(_ cells: [String]) {
        rows.append(columns.indices.map { $0 < cells.count ? sanitizedLine(cells[$0]) : "" })
    }

    /// The lines, none wider than `width` as long as the columns can give way to 4 each. Where nothing is cut they are as
    /// wide as they have to be.
    package func lines(width: Int, style: Style) -> [String] {
        let width = style.cuts ? width : .max
        let (shown, widths) = fit(width)
        func line(_ cells: [String]) -> String {
            let parts = zip(shown, widths).map { column, width in
                padded(
                    cells[column], to: width, ellipsis: style.glyphs.ellipsis, alignRight: columns[column].alignsRight)
            }
            return fitted(
                String(parts.joined(separator: "  ").reversed().drop { $0 == " " }.reversed()), to: width,
                ellipsis: style.glyphs.ellipsis)
        }
        return [style.apply(.heading, line(columns.map(\.title)))] + rows.map(line)
    }

    /// The columns that are shown, and how wide.
    private func fit(_ width: Int) -> (shown: [Int], widths: [Int]) {
        let natural = columns.indices.map { index in
            ([columns[index].title] + rows.map { $0[index] }).map(displayWidth).max() ?? 0
        }
        var shown = Array(columns.indices)
        var widths = natural
        func total() -> Int { widths.reduce(0, +) + 2 * max(0, widths.count - 1) }
        func shrink(flexible: Bool, least: Int) {
            while total() > width {
                let candidates = widths.indices.filter {
                    columns[shown[$0]].isFlexible == flexible && widths[$0] > least
                }
                guard let widest = candidates.max(by: { widths[$0] < widths[$1] }) else { return }
                widths[widest] -= 1
            }
        }
        shrink(flexible: true, least: 10)
        for (_, column) in columns.indices.compactMap({ index in columns[index].leaves.map { ($0, index) } }).sorted(
            by: <)
        where total() > width {
            shown.removeAll { $0 == column }
            widths = shown.map { natural[$0] }
            shrink(flexible: true, least: 10)
        }
        shrink(flexible: true, least: 4)
        shrink(flexible: false, least: 4)
        return (shown, widths)
    }
}
