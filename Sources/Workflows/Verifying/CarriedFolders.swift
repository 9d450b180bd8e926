import Foundation

/// The ignored files and folders that a build needs and a checkout doesn't have: dependencies, caches, generated files.
/// They come along as copies, so that nothing a build does there reaches the original.
package struct CarriedFolders: Sendable, Equatable {
    /// How much is carried at most.
    package struct Limits: Sendable, Equatable {
        package var bytes: Int
        package var files: Int
        /// How many bytes are searched for the repository's path where that is needed.
        package var searched: Int

        package init(bytes: Int = 8 << 30, files: Int = 400_000, searched: Int = 2 << 30) {
            self.bytes = bytes
            self.files = files
            self.searched = searched
        }
    }

    /// Something that isn't carried, and why, as it completes "… was left out: ".
    package struct LeftOut: Sendable, Equatable {
        package var path: String
        package var reason: String
        /// Whether a build may well miss it. Caches of editors and the like aren't missed.
        package var mayBeMissed: Bool

        package init(path: String, reason: String, mayBeMissed: Bool) {
            self.path = path
            self.reason = reason
            self.mayBeMissed = mayBeMissed
        }
    }

    /// What was copied, relative to the repository.
    package var carried: [String]
    package var leftOut: [LeftOut]

    package init(carried: [String] = [], leftOut: [LeftOut] = []) {
        self.carried = carried
        self.leftOut = leftOut
    }

    private static let junk: Set<String> = [
        "__pycache__", ".DS_Store", ".idea", ".vscode", ".vs", ".pytest_cache", ".mypy_cache", ".ruff_cache",
        ".hypothesis",
        ".nyc_output", "coverage", "htmlcov", ".coverage", ".git", ".hg", ".svn", ".jj", ".terraform", ".teamfix",
        "Thumbs.db", ".sass-cache", ".ipynb_checkpoints",
    ]

    private static let secrets: Set<String> = [
        ".env", ".envrc", ".netrc", ".npmrc", ".pypirc", ".git-credentials", ".aws", ".ssh", ".gnupg", ".kube",
        ".docker",
        "credentials.json", "secrets.json", "secrets.yml", "secrets.yaml", "secrets.toml", "service-account.json",
        ".vault-token", ".htpasswd", ".pgpass", "id_rsa", "id_ed25519", "id_ecdsa", "id_dsa", ".sops.yaml",
        "terraform.tfstate", "terraform.tfvars", "local.settings.json", "master.key", ".secrets",
    ]

    private static let secretEndings = [
        ".pem", ".key", ".p12", ".pfx", ".jks", ".keystore", ".kdbx", ".tfvars", ".asc",
    ]
    private static let junkEndings = [".swp", ".swo", "~", ".log", ".orig", ".rej", ".pyc"]

    /// Why an ignored path isn't carried whatever its size; nil if it is a candidate. A pure decision by name.
    package static func refusal(of path: String) -> LeftOut? {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        if secrets.contains(name) || (name.hasPrefix(".env.") && !name.hasSuffix(".example"))
            || secretEndings.contains(where: name.hasSuffix)
        {
            return LeftOut(path: path, reason: "it may hold secrets", mayBeMissed: true)
        }
        if junk.contains(name) || junkEndings.contains(where: name.hasSuffix) {
            return LeftOut(path: path, reason: "no build needs it", mayBeMissed: false)
        }
        return nil
    }

    /// Copies ignored files and folders from a repository's work tree into a checkout.
    ///
    /// Times, permissions and links are kept: make, ninja and SwiftPM believe in them. Where the file system can, files
    /// are clones that share their blocks until one is written to.
    ///
    /// - Parameters:
    ///   - ignored: the top-most ignored paths, relative, most needed first.
    ///   - refusesAbsolutePaths: whether what names the repository's own path is left out: where the checkout isn't
    ///     mounted there, a build could write through it to the original.
    /// - Throws: `CancellationError`. What can't be copied is left out, with its reason.
    package static func carry(
        _ ignored: [String], from repository: String, to checkout: String, limits: Limits = Limits(),
        refusesAbsolutePaths: Bool
    ) async throws -> CarriedFolders {
        var result = CarriedFolders()
        var left = limits
        for path in ignored {
            try Task.checkCancellation()
            let path = path.hasSuffix("/") ? String(path.dropLast()) : path
            guard isInside(path) else { continue }
            if let refusal = refusal(of: path) {
                result.leftOut.append(refusal)
                continue
            }
            do throws(FileFailure) {
                let tree = try TreeListing(of: repository + "/" + path, atMost: left.files)
                if let reason = tree.refusal(left, refusing: refusesAbsolutePaths ? repository : nil) {
                    result.leftOut.append(LeftOut(path: path, reason: reason, mayBeMissed: true))
                    continue
                }
                try await TreeCopy(listing: tree, target: checkout + "/" + path).run()
                left.bytes -= tree.bytes
                left.files -= tree.entries.count
                result.carried.append(path)
            } catch {
                result.leftOut.append(LeftOut(path: path, reason: error.description, mayBeMissed: true))
                try? TreeRemoval.remove(checkout + "/" + path)
            }
        }
        try Task.checkCancellation()
        return result
    }

    /// Whether a relative path stays where it belongs.
    private static func isInside(_ path: String) -> Bool {
        !path.isEmpty && !path.hasPrefix("/")
            && !path.split(separator: "/", omittingEmptySubsequences: false).contains {
                $0 == ".." || $0 == "." || $0 == ""
            }
    }
}
