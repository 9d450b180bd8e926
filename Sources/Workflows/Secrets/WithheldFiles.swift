import Git

/// Files that no prompt shows, whatever is in them: those that the user excludes, and those that hold secrets by their name.
package enum WithheldFiles {
    /// Why no prompt shows a file, by path; those that may be shown are absent.
    package static func reasons(for paths: [String], in repository: Repository) async throws(GitError) -> [String:
        String]
    {
        var reasons = try await repository.exclusions(of: paths).mapValues(\.rawValue)
        for path in paths where reasons[path] == nil {
            if holdsSecrets(path) { reasons[path] = "it holds secrets, by its name" }
        }
        return reasons
    }

    /// Whether a file of this name usually holds nothing but secrets.
    package static func holdsSecrets(_ path: String) -> Bool {
        let parts = path.lowercased().split(separator: "/").map(String.init)
        guard let name = parts.last else { return false }
        if parts.dropLast().contains(where: folders.contains) { return true }
        if names.contains(name) { return true }
        if name == ".env" || name.hasPrefix(".env.") || name.hasPrefix(".env-") || name.hasSuffix(".env") {
            return !samples.contains { name.contains($0) }
        }
        if endings.contains(where: name.hasSuffix) { return true }
        let isKey =
            name.hasPrefix("id_rsa") || name.hasPrefix("id_dsa") || name.hasPrefix("id_ecdsa")
            || name.hasPrefix("id_ed25519")
        if isKey { return !name.hasSuffix(".pub") }
        return name.hasSuffix(".json") && (name.hasPrefix("service-account") || name.hasPrefix("service_account"))
    }

    private static let folders: Set<String> = [".ssh", ".gnupg", ".aws", ".azure", ".kube", ".gcloud"]
    private static let names: Set<String> = [
        ".netrc", "_netrc", ".pgpass", ".my.cnf", ".htpasswd", ".npmrc", ".pypirc", ".git-credentials", "credentials",
        "credentials.json", "credentials.yml", "credentials.yaml", "credentials.xml", "client_secret.json",
        ".dockercfg",
        "kubeconfig", "secrets.yml", "secrets.yaml", "secrets.json", "secrets.toml", ".secrets", "secring.gpg",
        "master.key",
        "terraform.tfstate", "terraform.tfstate.backup", ".vault-token", ".boto", ".s3cfg", ".rclone.conf",
        "rclone.conf",
    ]
    private static let endings = [
        ".pem", ".key", ".p12", ".pfx", ".jks", ".keystore", ".kdbx", ".kdb", ".ppk", ".p8", ".pkcs12", ".asc.key",
        ".tfvars",
        ".ovpn", ".mobileprovision",
    ]
    private static let samples = ["example", "sample", "template", "dist", "defaults"]
}
