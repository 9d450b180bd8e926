/// A table of text that fits a width: the widest flexible column gives way first.
package struct TextTable: Sendable {
    package struct Column: Sendable {
        package var title: String
        package var alignsRight: Bool
        /// Whether it may be cut when the table is too wide.
        package var isFlexible: Bool

        package init(_ title: String, alignsRight: Bool = false, isFlexible: Bool = false) {
            self.title = title
            self.alignsRight = alignsRight
            self.isFlexible = isFlexible
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
        let widths = fittedWidths(width)
        func line(_ cells: [String]) -> String {
            let parts = columns.indices.map {
                padded(cells[$0], to: widths[$0], ellipsis: style.glyphs.ellipsis, alignRight: columns[$0].alignsRight)
            }
            return fitted(
                String(parts.joined(separator: "  ").reversed().drop { $0 == " " }.reversed()), to: width,
                ellipsis: style.glyphs.ellipsis)
        }
        return [style.apply(.heading, line(columns.map(\.title)))] + rows.map(line)
    }

    private func fittedWidths(_ width: Int) -> [Int] {
        var widths = columns.indices.map { index in
            ([columns[index].title] + rows.map { $0[index] }).map(displayWidth).max() ?? 0
        }
        func total() -> Int { widths.reduce(0, +) + 2 * max(0, widths.count - 1) }
        for flexible in [true, false] {
            while total() > width {
                let candidates = widths.indices.filter { columns[$0].isFlexible == flexible && widths[$0] > 4 }
                guard let widest = candidates.max(by: { widths[$0] < widths[$1] }) else { break }
                widths[widest] -= 1
            }
        }
        return widths
    }
}
