import Foundation
import History

/// The dashboard's pages as files of their own: no scripts, nothing from elsewhere, and fit to be printed.
package enum HTMLReport {
    /// The page of a run; nil when there is none with this id.
    package static func run(_ id: String, in store: RunStore, now: Date) throws(HistoryError) -> String? {
        guard let page = try RunFollower(id, in: store)?.page(now: now) else { return nil }
        return PageDocument(title: page.title, content: page.content).still
    }

    /// A page of lines as a terminal shows them, for results that have no page of their own.
    package static func lines(_ lines: [String], title: String) -> String {
        PageDocument(title: title, content: "<pre>\(lines.joined(separator: "\n"))</pre>").still
    }

    /// The page of the latest runs.
    ///
    /// - Parameter repository: the runs of this one only.
    package static func runs(of repository: String?, in store: RunStore, now: Date) throws(HistoryError) -> String {
        let page = try RunsFollower(in: store, repository: repository).page(now: now, isLinked: false)
        return PageDocument(title: page.title, content: page.content).still
    }
}
