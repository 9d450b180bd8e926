import Commands
import Inference
import TestSupport
import Testing
import Workflows

@Suite("Doctor, servers and recognised builds")
struct DoctorTests {
    @Test("a missing program says what it would bring")
    func programs() {
        let checks = DoctorReport.programs(path: "/bin:/opt/x", isExecutable: { $0 == "/opt/x/gcc" })
        #expect(checks.first { $0.name == "gcc" }?.detail == "/opt/x/gcc")
        let sandbox = checks.first { $0.name == "bubblewrap" }
        #expect(sandbox?.state == .missing)
        #expect(sandbox?.brings?.contains("sandbox") == true)
        #expect(DoctorReport(checks: checks).exitStatus == .done)
    }

    @Test("the report fits, and a server that doesn't answer makes it fail")
    func report() throws {
        let down = ServersReport(servers: [
            .init(
                name: "ollama01", url: "http://gpu", kind: "ollama", strengths: [], state: "failed",
                reason: "connection refused")
        ])
        let checks =
            [DoctorReport.Check(name: "git", state: .found, detail: "/usr/bin/git")]
            + DoctorReport.programs(
                [KnownProgram(name: "ctags", commands: ["ctags"], brings: "definitions of symbols as context")],
                path: "")
            + DoctorReport.servers(down)
        let report = DoctorReport(checks: checks)
        #expect(report.exitStatus == .failed)
        let lines = report.lines(width: 60, style: Style(Terminal(isTerminal: false)))
        for line in lines { #expect(displayWidth(line) <= 60) }
        try expectSnapshot(lines.joined(separator: "\n") + "\n", named: "doctor")
    }

    @Test("offline, servers are listed and not asked")
    func offline() async throws {
        let teamfix = try Invoked()
        teamfix.environment["OLLAMA_HOST"] = "gpu"
        let result = await teamfix.run("servers", "--offline")
        #expect(result.status == 0)
        #expect(result.output.contains("not asked"))
    }

    @Test(
        "build systems are recognised by their files",
        arguments: [
            ("Package.swift", "", "swift build"), ("Makefile", "", "make"),
            ("go.mod", "", "go vet ./... && go test ./..."),
            ("package.json", #"{"scripts": {"test": "node t.js"}}"#, "npm test"),
            ("package.json", #"{"scripts": {"build": "tsc"}}"#, "npm run build"),
            ("pyproject.toml", "[tool.pytest.ini_options]", "python3 -m pytest -q"),
        ])
    func builds(sign: String, content: String, command: String) throws {
        let teamfix = try Invoked()
        try teamfix.write(content, to: "repo/" + sign)
        #expect(BuildSystem.guesses(in: teamfix.folder.path + "/repo").map(\.command) == [command])
    }

    @Test("a pyproject.toml without pytest and a package.json without scripts say nothing")
    func noBuilds() throws {
        let teamfix = try Invoked()
        try teamfix.write("[project]", to: "repo/pyproject.toml")
        try teamfix.write("{\"name\": \"x\"", to: "repo/package.json")
        #expect(BuildSystem.guesses(in: teamfix.folder.path + "/repo").isEmpty)
    }
}
