import Foundation
import Git
import Inference
import Workflows

extension Wiring {
    /// The process's own: git's repositories, real clients, what really works on this machine.
    package static func live(_ surroundings: Surroundings) -> Wiring {
        let environment = surroundings.environment
        return Wiring(
            workTree: { folder in
                do throws(GitError) {
                    return try Repository.discover(from: folder, environment: environment).workTree
                } catch {
                    if error.code == .notARepository { return nil }
                    throw error
                }
            },
            connect: { try $0.fleetServer(environment: environment).endpoint },
            checks: { surroundings in await checks(surroundings) })
    }

    private static func checks(_ surroundings: Surroundings) async -> [DoctorReport.Check] {
        var checks: [DoctorReport.Check] = []
        do throws(GitError) {
            checks.append(.init(name: "libgit2", state: .found, detail: try libgit2Version()))
        } catch {
            checks.append(.init(name: "libgit2", state: .broken, detail: error.message, install: error.hint))
        }
        let scratch = surroundings.folders.cache + "/scratch"
        try? FileManager.default.createDirectory(
            atPath: scratch, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let sandbox =
            (try? await Sandbox.detect(.auto, environment: surroundings.environment, scratch: scratch))
            ?? .none(reason: "it can't be tried")
        switch sandbox {
        case .bubblewrap(let path), .seatbelt(let path):
            checks.append(.init(name: "sandbox", state: .found, detail: "\(path) works here"))
        case .none(let reason):
            checks.append(
                .init(
                    name: "sandbox", state: .missing, detail: reason,
                    brings: "verification that can't reach the network, your files or the original repository",
                    install: "apt install bubblewrap"))
        }
        return checks
    }
}
