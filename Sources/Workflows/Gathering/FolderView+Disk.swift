import Foundation

extension FolderView {
    /// A folder on disk. Files over 1 MiB are not read.
    package init(path: String) {
        @Sendable func names(_ folder: String) -> [String] {
            let files = FileManager.default
            return ((try? files.contentsOfDirectory(atPath: folder)) ?? []).prefix(5_000).map { name in
                var isFolder: ObjCBool = false
                _ = files.fileExists(atPath: folder + "/" + name, isDirectory: &isFolder)
                return isFolder.boolValue ? name + "/" : name
            }
        }
        self.init(
            names: names(path),
            read: { name in
                let full = path + "/" + name
                guard let size = try? FileManager.default.attributesOfItem(atPath: full)[.size] as? Int, size <= 1 << 20
                else { return nil }
                return try? String(contentsOfFile: full, encoding: .utf8)
            },
            list: { names(path + "/" + $0) })
    }
}

extension BuildSystem {
    /// What could build a folder on disk, best first. Nothing is executed.
    package static func guesses(in folder: String) -> [BuildSystemGuess] { guesses(for: FolderView(path: folder)) }
}
