import CLibgit2

/// One line that git gives to `pre-push`.
package struct PushedRef: Sendable, Hashable {
    package var localRef: String
    /// Nil when the remote's reference is to be deleted.
    package var local: ObjectID?
    package var remoteRef: String
    /// Nil when it is new there.
    package var remote: ObjectID?

    /// The references of standard input; lines that aren't any are left out. At most `limit` count.
    package static func parse(_ text: String, limit: Int = 1_000) -> [PushedRef] {
        text.split(separator: "\n").prefix(limit).compactMap { line in
            let words = line.split(separator: " ").map(String.init)
            guard words.count == 4, let local = ObjectID(hex: words[1]), let remote = ObjectID(hex: words[3]) else {
                return nil
            }
            func real(_ id: ObjectID) -> ObjectID? { id.hex.contains { $0 != "0" } ? id : nil }
            return PushedRef(localRef: words[0], local: real(local), remoteRef: words[2], remote: real(remote))
        }
    }
}

extension Repository {
    /// What a push brings, as the commits to compare: since what the remote has, as far as this repository knows. Deleted and
    /// equal references bring nothing, and one tip counts once.
    ///
    /// - Parameter remote: the remote's name; for a new branch its known branches tell where it began.
    package func pushed(_ refs: [PushedRef], to remote: String?) throws(GitError) -> [(old: ObjectID?, new: ObjectID)] {
        var seen: Set<ObjectID> = []
        var ranges: [(old: ObjectID?, new: ObjectID)] = []
        for ref in refs where ref.localRef.hasPrefix("refs/heads/") || ref.remoteRef.hasPrefix("refs/heads/") {
            guard let local = ref.local, seen.insert(local).inserted else { continue }
            if let old = ref.remote, old == local { continue }
            if let old = ref.remote, let base = mergeBase(old, local) {
                if base != local { ranges.append((base, local)) }
                continue
            }
            let old = try nearestKnown(to: local, on: remote)
            if old != local { ranges.append((old, local)) }
        }
        return ranges
    }

    /// Since its upstream, what `HEAD` would push; nil when it has none.
    package func unpushed() throws(GitError) -> (old: ObjectID?, new: ObjectID)? {
        guard let head = try headCommit() else { return nil }
        guard let upstream = try? resolve("@{upstream}") else {
            let old = try nearestKnown(to: head, on: nil)
            return old == nil || old == head ? nil : (old, head)
        }
        guard let base = mergeBase(upstream, head), base != head else { return nil }
        return (base, head)
    }

    private func mergeBase(_ one: ObjectID, _ other: ObjectID) -> ObjectID? {
        var (base, one, other) = (git_oid(), one.oid, other.oid)
        guard git_merge_base(&base, pointer, &one, &other) == 0 else {
            git_error_clear()
            return nil
        }
        return ObjectID(base)
    }

    /// Of the commits that a remote's known branches share with `tip`, the one with the fewest commits between; nil when they
    /// share none.
    private func nearestKnown(to tip: ObjectID, on remote: String?) throws(GitError) -> ObjectID? {
        let isPlain = remote.map { name in !name.contains { "*?[\\/:".contains($0) } } ?? false
        let pattern = "refs/remotes/" + (isPlain ? (remote ?? "") + "/" : "") + "*"
        let iterator = try Handle("git_reference_iterator_glob_new", release: git_reference_iterator_free) {
            git_reference_iterator_glob_new($0, pointer, pattern)
        }
        var raw: UnsafePointer<CChar>?
        var bases: Set<ObjectID> = []
        var looked = 0
        while looked < 200, git_reference_next_name(&raw, iterator.pointer) == 0, let raw {
            looked += 1
            var id = git_oid()
            guard git_reference_name_to_id(&id, pointer, raw) == 0 else { continue }
            if let base = mergeBase(ObjectID(id), tip) { bases.insert(base) }
        }
        git_error_clear()
        var best: (id: ObjectID, count: Int)?
        for base in bases {
            var (ahead, behind, one, other) = (0, 0, tip.oid, base.oid)
            guard git_graph_ahead_behind(&ahead, &behind, pointer, &one, &other) == 0 else { continue }
            if best.map({ ahead < $0.count }) ?? true { best = (base, ahead) }
        }
        return best?.id
    }
}
