import Commands
import Foundation
import Orchestration
import Testing

@Suite("Configuration")
struct ConfigurationTests {
    private let file = ConfigurationSource.repositoryFile(path: ".teamfix.yml", line: 0)

    private func problem(_ text: String) -> ConfigurationProblem? {
        do throws(ConfigurationProblem) {
            _ = try ConfigurationFile.read(text, from: file)
            return nil
        } catch {
            return error
        }
    }

    @Test("an unknown key is an error with its line and the nearest right key")
    func unknownKey() throws {
        let found = try #require(problem("model: x\n\nmax-worker: 3\n"))
        #expect(found.source.description == ".teamfix.yml:3")
        #expect(found.message == "`max-worker` is not a key")
        #expect(found.hints == ["did you mean `max-workers`?"])
    }

    @Test(
        "what can't be right is refused with its line",
        arguments: [
            ("rounds: many", 1, "`rounds` must be a whole number, not `many`"),
            ("rounds: 0", 1, "0 is out of range: 1 to 32 is possible"),
            ("timeout: [1]", 1, "`timeout` must be a number, not a list"),
            (
                "\nstrategy: predictiv", 2,
                "`predictiv` is not possible here: round-robin, capability, load-aware, predictive"
            ),
            ("build: {a: b}", 1, "`build` must be a text, not `key: value` lines"),
            ("servers:\n  - name: a\n", 2, "this server has no `url`"),
            ("servers:\n  - {name: a, url: x}\n  - {name: a, url: y}\n", 3, "two servers are called `a`"),
            ("servers:\n  - url: x\n    slot: 2\n", 3, "`slot` is not a key in `servers`"),
            ("history:\n  keep-day: 1\n", 2, "`keep-day` is not a key in `history`"),
            ("- a\n- b\n", 1, "the file must be a list of `key: value` lines"),
            ("model: a\nmodel: b\n", 1, "`model` is there more than once"),
            ("cache: maybe", 1, "`maybe` is not possible here: true, false"),
            ("branch-prefix: fixes/", 1, "`fixes/` can't begin a branch's name: teamfix writes below teamfix/ only"),
        ])
    func refused(text: String, line: Int, message: String) throws {
        let found = try #require(problem(text))
        #expect(found.message == message)
        #expect(found.source == .repositoryFile(path: ".teamfix.yml", line: line))
    }

    @Test("answers are kept unless a file, the environment or --no-cache says otherwise")
    func cache() throws {
        func isOn(_ layers: ConfigurationLayer...) -> Bool { Configuration(layers: layers).cache }
        let off = try ConfigurationFile.read("cache: false\n", from: file)
        let on = try ConfigurationLayer.environment(["TEAMFIX_CACHE": "True"]).layer
        var options = CommonOptions.standard
        let usual = try ConfigurationLayer.flags(options, knownServers: [])
        options.noCache = true
        let never = try ConfigurationLayer.flags(options, knownServers: [])
        #expect(isOn() && !isOn(off) && !isOn(off, usual) && isOn(off, on) && !isOn(on, never))
    }

    @Test("text that isn't YAML is refused with its line")
    func notYAML() throws {
        let found = try #require(problem("model: a\nbuild: [make\n"))
        #expect(found.message.hasPrefix("this is not YAML"))
    }

    @Test("bombs are refused before they explode: size, nesting, aliases")
    func bombs() throws {
        #expect(problem(String(repeating: "# much\n", count: 10_000))?.message == "the file is larger than 64 KiB")
        #expect(problem("model: " + String(repeating: "[", count: 60_000))?.message == "the file is nested too deeply")
        #expect(problem(String(repeating: "- ", count: 30_000))?.message == "the file is nested too deeply")
        var laughs = "a0: &a0 [x, x]\n"
        for level in 1...12 {
            laughs += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1), *a\(level - 1)]\n"
        }
        #expect(problem(laughs)?.message == "the file has more than 20 YAML aliases (*name)")
    }

    @Test("a role's instructions may be a text with bullets and stars, and few aliases are welcome")
    func harmlessStars() throws {
        let bullets = String(repeating: "      * look at R&D & more\n", count: 40)
        #expect(problem("specialists:\n  - name: X\n    instructions: |\n" + bullets) == nil)
        let layer = try ConfigurationFile.read("protect: &p [a]\nallow: *p\n", from: file)
        #expect(layer.settings[.allow]?.value == .list(["a"]))
    }

    @Test("every source wins over the ones below it, and says so")
    func precedence() throws {
        let user = try ConfigurationFile.read(
            "model: u\nrounds: 4\ntimeout: 5", from: .userFile(path: "u.yml", line: 0))
        let repository = try ConfigurationFile.read("model: r\nrounds: 5", from: file)
        let (environment, _) = try ConfigurationLayer.environment(["TEAMFIX_MODEL": "e"])
        let flags = try ConfigurationLayer.flags(try CommonOptions.parse(["--model", "f"]), knownServers: [])

        let all = Configuration(layers: [user, repository, environment, flags])
        #expect(all.model == "f")
        #expect(all.entries[.model]?.sources == [.flag("--model")])
        #expect(all.rounds == 5)
        #expect(all.entries[.rounds]?.sources == [.repositoryFile(path: ".teamfix.yml", line: 2)])
        #expect(all.timeout == .seconds(5))
        #expect(all.entries[.timeout]?.sources.first?.description == "u.yml:3")
        #expect(all.candidates == 8)
        #expect(all.entries[.candidates]?.sources == [.standard])
        #expect(Configuration(layers: [user, repository, environment]).model == "e")
        #expect(Configuration(layers: [user, repository]).model == "r")
    }

    @Test("protection accumulates, so that no source can take another's away")
    func protection() throws {
        let user = try ConfigurationFile.read("protect: [a, b]", from: .userFile(path: "u.yml", line: 0))
        let repository = try ConfigurationFile.read("protect: c", from: file)
        #expect(Configuration(layers: [user, repository]).protect == ["a", "b", "c"])
    }

    @Test("servers get names by their place, and a configured name stands for its server")
    func servers() throws {
        let layer = try ConfigurationFile.read(
            "servers:\n  - http://one:1\n  - {name: big, url: two, kind: openai, slots: 4, strengths: [heavy], context: 4096}\n",
            from: file)
        let servers = Configuration(layers: [layer]).servers
        #expect(servers.map(\.name) == ["ollama01", "big"])
        #expect(servers[1].slots == 4)
        #expect(servers[1].context == 4096)
        let flags = try ConfigurationLayer.flags(
            try CommonOptions.parse(["--server", "big", "--server", "fast=openai+http://three/v1"]),
            knownServers: servers)
        let chosen = Configuration(layers: [layer, flags]).servers
        #expect(chosen.map(\.url) == ["two", "http://three/v1"])
        #expect(chosen.map(\.name) == ["big", "fast"])
        #expect(chosen[1].kind == "openai")
    }

    @Test("OLLAMA_HOST names a server, and TEAMFIX_SERVERS wins over it")
    func ollamaHost() throws {
        #expect(
            try ConfigurationLayer.environment(["OLLAMA_HOST": "gpu"]).layer.settings[.servers]?.value
                == .servers([.init(url: "gpu")]))
        let both = try ConfigurationLayer.environment(["OLLAMA_HOST": "gpu", "TEAMFIX_SERVERS": "a,b"]).layer
        #expect(Configuration(layers: [both]).servers.map(\.url) == ["a", "b"])
    }

    @Test("credentials in a server's URL are never shown")
    func credentials() {
        #expect(ServerSetting(url: "https://user:secret@gpu:1/").shownURL == "https://gpu:1/")
        #expect(ServerSetting(url: "user:secret@gpu").shownURL == "gpu")
    }

    @Test("a repository's file can't name servers or commands until it is trusted, and again when it has changed")
    func trust() async throws {
        let teamfix = try Invoked()
        try teamfix.write("rounds: 7\nbuild: make evil\nservers: [http://evil]\n", to: "repo/.teamfix.yml")

        let before = await teamfix.run("config")
        #expect(before.status == 0)
        #expect(
            before.errors
                == "note: .teamfix.yml is not trusted: build, servers ignored (look at it, then: teamfix config trust)\n"
        )
        #expect(!before.output.contains("evil"))
        #expect(before.output.contains(".teamfix.yml:1"))

        let given = await teamfix.run("config", "trust")
        #expect(given.output.contains("build: make evil"))
        let trusted = await teamfix.run("config")
        #expect(trusted.errors == "")
        #expect(trusted.output.contains("make evil"))

        try teamfix.write("rounds: 7\nbuild: make worse\n", to: "repo/.teamfix.yml")
        let changed = await teamfix.run("config")
        #expect(!changed.output.contains("worse"))
        #expect(changed.errors.contains("build ignored"))
    }

    @Test("trust is taken back")
    func distrust() async throws {
        let teamfix = try Invoked()
        try teamfix.write("build: make\n", to: "repo/.teamfix.yml")
        _ = await teamfix.run("config", "trust")
        _ = await teamfix.run("config", "trust", "--remove")
        #expect(await teamfix.run("config").errors.contains("not trusted"))
    }

    @Test("trust in one repository says nothing about another with the same content")
    func trustIsBoundToThePath() {
        var record = TrustRecord()
        record.trust(path: "/a/.teamfix.yml", content: Array("x".utf8), at: Date(timeIntervalSince1970: 0))
        #expect(record.covers(path: "/a/.teamfix.yml", content: Array("x".utf8)))
        #expect(!record.covers(path: "/b/.teamfix.yml", content: Array("x".utf8)))
        #expect(
            TrustRecord.digest(Array("abc".utf8)) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    @Test("an environment variable that nobody reads is named with the one that was meant")
    func unknownVariable() async throws {
        let teamfix = try Invoked()
        teamfix.environment["TEAMFIX_MODLE"] = "x"
        #expect(
            await teamfix.run("config").errors.contains(
                "TEAMFIX_MODLE is not one that teamfix reads, did you mean TEAMFIX_MODEL?"))
    }

    @Test("init writes a file that reads back, and never over an existing one")
    func initialise() async throws {
        let teamfix = try Invoked()
        teamfix.environment["OLLAMA_HOST"] = "http://user:secret@gpu:11434"
        try teamfix.write("all:\n", to: "repo/Makefile")
        #expect(await teamfix.run("init").status == 0)
        let path = teamfix.folder.path + "/repo/.teamfix.yml"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let configuration = Configuration(layers: [try ConfigurationFile.read(text, from: file)])
        #expect(configuration.build == "make")
        #expect(configuration.servers.map(\.url) == ["http://gpu:11434"])
        #expect(await teamfix.run("config").errors == "")

        let again = await teamfix.run("init")
        #expect(again.status == 2)
        #expect(again.errors.contains("is there already, and stays as it is"))
        #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
    }

    @Test("every commented line of the starter file is a setting that works")
    func starterComments() throws {
        let text = StarterConfiguration(builds: [], servers: []).text
        let uncommented = text.split(separator: "\n").filter { $0.hasPrefix("# ") }.map { $0.dropFirst(2) }
            .filter { line in
                line.hasPrefix(" ") || ConfigurationKey.allCases.contains { line.hasPrefix($0.rawValue + ":") }
                    || line == "history:"
            }
        let layer = try ConfigurationFile.read(uncommented.joined(separator: "\n"), from: file)
        #expect(layer.settings.count >= 16)
    }
}
