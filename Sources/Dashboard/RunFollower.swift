import Events
import Foundation
import History
import Orchestration

/// Follows one run in the history, whichever process writes it.
package struct RunFollower: Sendable {
    /// The most records that are kept for the figures.
    private static let most = 100_000

    private let store: RunStore
    package private(set) var run: StoredRun
    package private(set) var picture = RunPicture()
    private var records: [RunRecord] = []
    private var statistics = RunStatistics()
    private var patch: StoredPatch?
    private var unreadable = 0
    private var last = 0

    /// - Returns: nil when there is no such run.
    package init?(_ id: String, in store: RunStore) throws(HistoryError) {
        guard let run = try Self.find(id, in: store) else { return nil }
        self.init(run, in: store)
        try advance()
    }

    init(_ run: StoredRun, in store: RunStore) {
        self.run = run
        self.store = store
    }

    private static func find(_ id: String, in store: RunStore) throws(HistoryError) -> StoredRun? {
        try store.find(prefix: id).first { $0.id == id }
    }

    /// Takes what is new.
    ///
    /// - Returns: whether the run is still there: old ones are removed.
    @discardableResult
    package mutating func advance() throws(HistoryError) -> Bool {
        // The run first: when it says that it ended, all of its events are there.
        guard let run = try Self.find(run.id, in: store) else { return false }
        self.run = run
        try takeNews()
        if patch == nil, run.exitCode != nil || !picture.branches.isEmpty { patch = try store.patch(run: run.id) }
        return true
    }

    mutating func takeNews() throws(HistoryError) {
        var hasNews = false
        while records.count < Self.most {
            let news = try store.news(of: run.id, after: last)
            // A damaged row may not say where it stands: nothing behind it can be asked for.
            let isFurther = news.last > last
            last = news.last
            unreadable += news.unreadable
            records += news.records
            for record in news.records { picture.read(record) }
            if !news.records.isEmpty { hasNews = true }
            if !news.isCut || !isFurther { break }
        }
        if hasNews { statistics = RunStatistics(records) }
    }

    package func page(now: Date) -> RunPage {
        RunPage(
            run: run, picture: picture, statistics: statistics, patch: patch, unreadable: unreadable, now: now)
    }
}

/// Follows the list of runs.
package struct RunsFollower: Sendable {
    /// The newest runs, and how many without an end are looked into.
    private static let most = 200
    private static let mostOpen = 64

    private let store: RunStore
    private var runs: [StoredRun] = []
    private var open: [String: RunFollower] = [:]

    package init(in store: RunStore) throws(HistoryError) {
        self.store = store
        try advance()
    }

    package mutating func advance() throws(HistoryError) {
        runs = try store.runs(limit: Self.most)
        var open: [String: RunFollower] = [:]
        for run in runs.filter({ $0.exitCode == nil }).prefix(Self.mostOpen) {
            var follower = self.open[run.id] ?? RunFollower(run, in: store)
            try follower.takeNews()
            open[run.id] = follower
        }
        self.open = open
    }

    var hasOpen: Bool { !open.isEmpty }

    package func page(now: Date) -> RunsPage {
        RunsPage(
            runs.map { .init(run: $0, picture: open[$0.id]?.picture) }, now: now)
    }
}
