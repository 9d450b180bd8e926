import Foundation
import History

/// The dashboard's page of a run as a file of its own: no scripts, nothing from elsewhere, and fit to be printed.
package enum HTMLReport {
    /// The page of a run; nil when there is none with this id.
    package static func run(_ id: String, in store: RunStore, now: Date) throws(HistoryError) -> String? {
        guard let page = try RunFollower(id, in: store)?.page(now: now) else { return nil }
        return PageDocument(title: page.title, content: page.content).still
    }
}
