import Specialists

/// New files that are larger than a repository should carry.
package struct LargeFiles: BuiltinSpecialist {
    /// The most bytes of a new file that are taken without a word.
    package var limit: Int

    package init(limit: Int = 1 << 20) { self.limit = limit }

    package func findings(in file: ChangedFile) -> [Finding] {
        guard file.isNew, file.isFile, !file.isStoredElsewhere else { return [] }
        let size: String
        if let bytes = file.text?.bytes.count {
            guard bytes > limit else { return [] }
            size = "\((bytes * 10 / 1_048_576 + 5) / 10) MiB"
        } else {
            guard file.change.isOversized else { return [] }
            size = "more than \(limit / 1_048_576) MiB"
        }
        return [
            file.finding(
                "file/large", .warning, "A new file of \(size): every clone will carry it for good",
                suggestion: "Leave it out, store it with Git LFS, or fetch it when it is needed.")
        ]
    }
}
