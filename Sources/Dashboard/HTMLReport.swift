import Foundation
import History

/// The dashboard's pages as files of their own: no scripts, nothing from elsewhere, and fit to be printed.
package enum HTMLReport {
    /// The page of a run; nil when there is none with this id.
    package static func run(_ id: String, in store: RunStore, now: Date) throws(HistoryError) -> String? {
        guard let page = try RunFollower(id, in: store)?.page(now: now) else { return nil }
        return PageDocument(title: page.title, content: page.content).still
    }

    /// The page of the latest runs.
    package static func runs(in store: RunStore, now: Date) throws(HistoryError) -> String {
        let page = try RunsFollower(in: store).page(now: now, isLinked: false)
        return PageDocument(title: page.title, content: page.content).still
    }
}
