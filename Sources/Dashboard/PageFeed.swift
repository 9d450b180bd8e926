import Foundation
import History

/// What a page follows: it looks into the history again and again, and says what the page has to show.
struct PageFeed: Sendable {
    private enum Subject: Sendable {
        case runs(RunsFollower)
        case run(RunFollower)
    }

    private var subject: Subject
    private var isGone = false

    /// - Returns: nil when there is nothing of that name.
    init?(_ page: Admission.Page, in store: RunStore) throws(HistoryError) {
        switch page {
        case .runs, .runsFeed: subject = .runs(try RunsFollower(in: store))
        case .run(let id), .runFeed(let id):
            guard let follower = try RunFollower(id, in: store) else { return nil }
            subject = .run(follower)
        }
    }

    mutating func advance() throws(HistoryError) {
        switch subject {
        case .runs(var follower):
            try follower.advance()
            subject = .runs(follower)
        case .run(var follower):
            isGone = try !follower.advance()
            subject = .run(follower)
        }
    }

    /// How long nothing will be missed: what runs is looked at more often.
    var pause: Duration {
        switch subject {
        case .runs(let follower): follower.hasOpen ? .milliseconds(500) : .seconds(2)
        case .run(let follower): follower.run.exitCode == nil ? .milliseconds(500) : .seconds(3)
        }
    }

    func content(now: Date) -> HTML {
        if isGone { return "<h1>This run is no longer recorded</h1>" }
        return switch subject {
        case .runs(let follower): follower.page(now: now).content
        case .run(let follower): follower.page(now: now).content
        }
    }

    /// The whole page, with the address of its feed.
    func document(now: Date, nonce: String) -> HTML {
        switch subject {
        case .runs(let follower):
            let page = follower.page(now: now)
            return PageDocument(title: page.title, content: page.content).live(feed: "feed", nonce: nonce)
        case .run(let follower):
            let page = follower.page(now: now)
            return PageDocument(title: page.title, content: page.content, path: [("All runs", "../")])
                .live(feed: "\(follower.run.id)/feed", nonce: nonce)
        }
    }
}
