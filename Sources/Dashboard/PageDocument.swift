/// A whole page around a content: one file, without anything from elsewhere.
package struct PageDocument {
    package var title: String
    package var content: HTML
    /// The names and addresses of the pages above this one.
    package var path: [(name: String, address: String)] = []

    package init(title: String, content: HTML, path: [(name: String, address: String)] = []) {
        self.title = title
        self.content = content
        self.path = path
    }

    /// A page that keeps itself current.
    ///
    /// - Parameters:
    ///   - feed: where the events come from, relative to the page.
    ///   - nonce: what the response's policy allows the page's own style and script by.
    func live(feed: String, nonce: String) -> HTML {
        document(
            head: """
                <style nonce="\(nonce)">\(HTML(ours: PageStyle.text))</style>
                """,
            status: """
                <span id="connection" class="small" role="status" aria-live="polite">\
                <noscript>Without JavaScript this page stands still: reload it.</noscript></span>
                """,
            foot: """
                <script nonce="\(nonce)">\(HTML(ours: PageScript.text))</script>
                """,
            feed: feed)
    }

    /// A page that stands for itself, without scripts, to be kept, sent or printed.
    package var still: String {
        document(
            head: """
                <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">\
                <style>\(HTML(ours: PageStyle.text))</style>
                """, status: "", foot: "", feed: nil
        ).text + "\n"
    }

    private func document(head: HTML, status: HTML, foot: HTML, feed: String?) -> HTML {
        let crumbs = path.map { "<a href=\"\($0.address)\">\($0.name)</a>" as HTML }
        let source: HTML = feed.map { " data-feed=\"\($0)\"" } ?? ""
        return """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">\
            <meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer">\
            <title>\(title) · teamfix</title>\(head)</head>
            <body><a class="skip" href="#main">Skip to the content</a>\
            <header><nav aria-label="Pages"><b>teamfix</b> \(crumbs)</nav>\(status)</header>
            <main id="main" tabindex="-1"\(source)>\(content)</main>\(foot)</body></html>
            """
    }
}
