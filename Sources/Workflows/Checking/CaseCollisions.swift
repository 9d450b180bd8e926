import Git
import Specialists

/// Names that differ only in case: on macOS and Windows a clone has but one of the files.
package enum CaseCollisions {
    /// The folders whose names must be known for some new paths: every folder on their way.
    package static func folders(of paths: [String]) -> Set<String> {
        var result: Set<String> = []
        for path in paths {
            var folder = path[...]
            while let slash = folder.lastIndex(of: "/") {
                folder = folder[..<slash]
                // Its own parent is in as well then, and so are those above.
                guard result.insert(String(folder)).inserted else { break }
            }
            result.insert("")
        }
        return result
    }

    /// What is wrong with new paths.
    ///
    /// - Parameters:
    ///   - paths: the new paths.
    ///   - names: the names that each folder has, the new ones included or not.
    package static func findings(added paths: [String], names: [String: [String]]) -> [Finding] {
        var siblings: [String: [String: [String]]] = [:]
        func add(_ name: String, in folder: String) {
            let key = folded(name)
            let known = siblings[folder]?[key] ?? []
            if !known.contains(where: { $0.utf8.elementsEqual(name.utf8) }) {
                siblings[folder, default: [:]][key, default: []].append(name)
            }
        }
        for (folder, names) in names { for name in names { add(name, in: folder) } }
        for path in paths { for (folder, name) in steps(path) { add(name, in: folder) } }
        var told: Set<[String]> = []
        return paths.sorted().compactMap { path in
            for (folder, name) in steps(path) {
                let same = siblings[folder]?[folded(name)] ?? []
                guard same.count > 1 else { continue }
                // A folder's collision is told once, not for each file in it.
                guard told.insert([folder] + same.sorted()).inserted else { return nil }
                let prefix = folder.isEmpty ? "" : folder + "/"
                let others = same.filter { !$0.utf8.elementsEqual(name.utf8) }.sorted()
                return Finding(
                    file: path, line: nil, severity: .warning,
                    message: "\(prefix)\(name) and \(others.map { prefix + $0 }.joined(separator: ", ")) are one name "
                        + "where case doesn't count, as on macOS and Windows",
                    suggestion: "Rename one of them.", rule: "file/case-collision")
            }
            return nil
        }
    }

    /// A path's folders with the name that it has in each, from the root.
    private static func steps(_ path: String) -> [(folder: String, name: String)] {
        var result: [(String, String)] = []
        var folder = ""
        for part in path.split(separator: "/").map(String.init) {
            result.append((folder, part))
            folder = folder.isEmpty ? part : folder + "/" + part
        }
        return result
    }

    /// Strings are equal here when they mean the same characters, as macOS has it too.
    private static func folded(_ name: String) -> String { name.lowercased() }
}
