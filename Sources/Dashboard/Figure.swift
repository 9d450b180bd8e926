/// A figure with what it means.
package struct Figure {
    package var name: String
    package var value: String
    package var meaning: String

    package init(name: String, value: String, meaning: String) {
        self.name = name
        self.value = value
        self.meaning = meaning
    }

    /// Figures as cards, each of which opens.
    package static func cards(_ figures: [Figure]) -> HTML {
        let cards = figures.enumerated().map { index, figure -> HTML in
            """
            <details class="card" id="figure-\(index)"><summary><span class="name">\(figure.name)</span> \
            <span class="value">\(figure.value)</span></summary><p>\(figure.meaning)</p></details>
            """
        }
        return "<p class=\"small\">Each opens to say what it means.</p><div class=\"cards\">\(cards)</div>"
    }
}
