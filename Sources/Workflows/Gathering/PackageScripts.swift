import Foundation

/// The scripts that a package.json names.
struct PackageScripts {
    private struct File: Decodable { var scripts: [String: String]? }

    let names: Set<String>
    /// Whether the test script is the one that `npm init` writes, which always fails.
    let testIsPlaceholder: Bool

    init?(json: String) {
        guard let file = try? JSONDecoder().decode(File.self, from: Data(json.utf8)) else { return nil }
        let scripts = file.scripts ?? [:]
        names = Set(scripts.keys)
        testIsPlaceholder = scripts["test"]?.contains("no test specified") == true
    }
}
