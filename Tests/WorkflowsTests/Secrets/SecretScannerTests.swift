import Foundation
import Testing

@testable import Workflows

/// Text that looks random, the same for the same seed. Made while the tests run, so that no key stands in this file.
func drawn(_ count: Int, from letters: String, seed: UInt64 = 7) -> String {
    var state = seed &* 0x9E37_79B9_7F4A_7C15
    let all = Array(letters)
    return String(
        (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return all[Int((state >> 33) % UInt64(all.count))]
        })
}

let alphanumeric = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
let hexDigits = "0123456789abcdef"

@Suite("Finding secrets")
struct SecretScannerTests {
    /// A key as a file holds it, and the text that must not leave.
    struct Planted: Sendable, CustomTestStringConvertible {
        var kind: SecretKind
        var text: String
        var secret: String
        var testDescription: String { "\(kind.rawValue) in \(text.prefix(24))" }

        init(_ kind: SecretKind, _ before: String, _ secret: String, _ after: String = "\n") {
            self.kind = kind
            text = before + secret + after
            self.secret = secret
        }
    }

    static let planted: [Planted] = [
        Planted(.aws, "key = \"", "AKIA" + drawn(16, from: "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"), "\"\n"),
        Planted(.assigned, "aws_secret_access_key = ", drawn(40, from: alphanumeric + "/+")),
        Planted(.assigned, "    \"aws_secret_access_key\": \"", drawn(40, from: alphanumeric, seed: 3), "\",\n"),
        Planted(.github, "git clone https://", "ghp_" + drawn(36, from: alphanumeric), "@github.com/a/b\n"),
        Planted(.github, "token: ", "github_pat_" + drawn(82, from: alphanumeric)),
        Planted(.gitlab, "echo ", "glpat-" + drawn(20, from: alphanumeric)),
        Planted(.slack, "'", "xoxb-" + drawn(12, from: "0123456789") + "-" + drawn(24, from: alphanumeric), "'"),
        Planted(
            .slack, "https://",
            "hooks.slack.com/services/T" + drawn(8, from: alphanumeric) + "/B" + drawn(8, from: alphanumeric) + "/"
                + drawn(24, from: alphanumeric)),
        Planted(.stripe, "stripe.api_key = \"", "sk_live_" + drawn(24, from: alphanumeric), "\"\n"),
        Planted(.google, "<script src=\"https://maps?key=", "AIza" + drawn(35, from: alphanumeric + "-_"), "\">"),
        Planted(.npm, "//registry.example.org/:_authToken=", "npm_" + drawn(36, from: alphanumeric)),
        Planted(.pypi, "password = ", "pypi-AgE" + drawn(120, from: alphanumeric + "-_")),
        Planted(.openAI, "OPENAI_API_KEY=", "sk-proj-" + drawn(48, from: alphanumeric)),
        Planted(.openAI, "openai.key = '", "sk-" + drawn(48, from: alphanumeric), "'"),
        Planted(.anthropic, "x-api-key: ", "sk-ant-api03-" + drawn(90, from: alphanumeric)),
        Planted(.sendGrid, "\"", "SG." + drawn(22, from: alphanumeric) + "." + drawn(43, from: alphanumeric), "\""),
        Planted(.twilio, "'", "SK" + drawn(32, from: hexDigits), "'"),
        Planted(.huggingFace, "login(", "hf_" + drawn(34, from: alphanumeric), ")"),
        Planted(.telegram, "bot", "8123456789:AA" + drawn(33, from: alphanumeric), "/sendMessage").moved(
            from: " bot", to: " "),
        Planted(
            .webToken, "session=",
            "eyJ" + drawn(30, from: alphanumeric) + ".eyJ" + drawn(60, from: alphanumeric) + "."
                + drawn(43, from: alphanumeric), ";"),
        Planted(
            .azure, "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=", drawn(86, from: alphanumeric) + "==",
            ";EndpointSuffix=core"
        ),
        Planted(.urlPassword, "postgres://app:", drawn(18, from: alphanumeric), "@db.internal.net:5432/app"),
        Planted(.urlPassword, "DATABASE_URL=mysql://root:", "Tr0ub4dor&3x", "@10.0.0.4/app\n"),
        Planted(.authorization, "curl -H 'Authorization: Bearer ", drawn(40, from: alphanumeric), "' https://a"),
        Planted(.authorization, "    \"Authorization\": \"Basic ", "dXNlcjpoNnN4OTJKa2xz", "\","),
        Planted(.netrc, "machine api.host login me password ", "k9" + drawn(14, from: alphanumeric)),
        Planted(.assigned, "DB_PASSWORD=", "S3cr3t!Horse9"),
        Planted(.assigned, "let password: String = \"", "corr3ct-Horse!7", "\""),
        Planted(.assigned, "const char *api_key = \"", drawn(32, from: hexDigits), "\";"),
        Planted(.assigned, "config[\"client_secret\"] = '", drawn(30, from: alphanumeric), "'"),
        Planted(.assigned, "  apiToken: ", drawn(32, from: alphanumeric, seed: 11)),
        Planted(.assigned, "<password>", "hJ7+kk!pQ2zL9", "</password>"),
        Planted(.assigned, "System.setProperty(\"db.password\", \"", drawn(20, from: alphanumeric), "\");"),
        Planted(.assigned, "secretKey := \"", drawn(24, from: alphanumeric, seed: 5), "\""),
    ]

    @Test("what providers give out, and what is assigned to a secret's name, is found", arguments: planted)
    func finds(_ planted: Planted) throws {
        let bytes = Array(planted.text.utf8)
        let found = SecretScanner().secrets(in: bytes)
        let first = try #require(found.first, "nothing in \(planted.text)")
        #expect(found.count == 1)
        let text = String(decoding: bytes[first.range], as: UTF8.self)
        #expect(
            text.contains(planted.secret) || planted.secret.contains(text) && text.count + 8 >= planted.secret.count)
        #expect(first.kind == planted.kind)
    }

    @Test("the same is found behind a diff's sign and a line's number", arguments: planted)
    func findsInPrompts(_ planted: Planted) {
        let shown = planted.text.split(separator: "\n").enumerated().map { "\($0 + 41) |+\($1)" }.joined(
            separator: "\n")
        let covered = SecretScanner().masked(shown)
        #expect(!covered.contains(planted.secret))
        #expect(covered.hasPrefix("41 |+"))
    }

    @Test(
        "what only looks like a secret is left alone",
        arguments: [
            "password = \"changeme\"", "password: ${DB_PASSWORD}", "password = os.environ[\"DB_PASSWORD\"]",
            "token = process.env.GITHUB_TOKEN", "API_KEY=your_api_key_here", "api_key = \"xxxxxxxxxxxxxxxxxxxxxxxx\"",
            "const token = nextToken(stream)", "let token: Token = lexer.next()", "password: String",
            "aws_access_key_id = AKIAIOSFODNN7EXAMPLE",
            "id = \"550e8400-e29b-41d4-a716-446655440000\"", "commit 3f1c9a7be2d45f6a8c0b1d2e3f4a5b6c7d8e9f01",
            "\"integrity\": \"sha512-v2kDEe57lecTulaDIuNTPy3Ry4gLGJ6Z1O3vE1krgXZNrsQ+LFTGHVxVjcXPs17LhbZVGedAJv8XZ1tvj5FvSg==\"",
            "golang.org/x/net v0.1.0 h1:hZ/3BUoy5aId7sCpA/Tc5lt8DkFgdVS2onTpJsZ/fl0=",
            "checksum = \"d468802bab17cbc0cc575e9b053f41e72aa36bfa6b7f55e3529ffa43161b97fa\"",
            "undefined reference to `_ZN5boost6system14generic_categoryEv7Xk29Qr'",
            "error: undefined symbol $s13Orchestration14PromptBuilderV8timeoutsAcA8TimeoutsV_tcfC9Zx3Kd",
            "if (password.length < 8) throw new Error(\"password too short\")", "passwordField = \"user-password-2\"",
            "http://user:pass@localhost/",
            "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQDk9TzQ2x7Yc1V8bN3mK4jL5hG6fD7sA8qW9eR0 me@host",
            "Authorization: Bearer <token>", "headers = {\"Authorization\": f\"Bearer {token}\"}",
            "let begin = \"-----BEGIN PRIVATE KEY-----\"", "sk_live_", "AKIA",
            "token := \"abcdefghijklmnopqrstuvwxyz0123456789\"",
            "secret = \"0123456789abcdef0123456789abcdef\"", "machine learning with login and password fields is hard",
            "public static final String TOKEN_ENDPOINT = \"/oauth2/v1/token\"", "password_reset_token_2 = generate()",
            "tokenizer = \"bert-base-uncased-2018\"", "<input type=\"password\" name=\"password1\">",
            "testShouldReturnNotFoundWhenTheUserDoesNotExist2AndRetry3Times4()",
        ])
    func leavesAlone(_ text: String) {
        #expect(SecretScanner().secrets(in: Array(text.utf8)) == [])
    }

    @Test(
        "a private key is found line by line, wherever it is cut, and its marks stay",
        arguments: ["", "12 |+", "    \"", "> "])
    func privateKeys(before: String) throws {
        let body =
            (0..<12).map { drawn(64, from: alphanumeric + "+/", seed: UInt64($0 + 1)) } + [
                drawn(30, from: alphanumeric) + "=="
            ]
        let marks = ["-----BEGIN RSA PRIVATE " + "KEY-----", "-----END RSA PRIVATE " + "KEY-----"]
        let lines = [marks[0]] + body + [marks[1]]
        let text = "before\n" + lines.map { before + $0 }.joined(separator: "\n") + "\nafter\n"
        let found = SecretScanner().secrets(in: Array(text.utf8))
        #expect(found.count(where: { !$0.isContinuation }) == 1)
        let covered = SecretScanner().masked(text)
        for line in body { #expect(!covered.contains(line)) }
        #expect(covered.contains(marks[0]) && covered.contains(marks[1]))
        #expect(covered.split(separator: "\n").count == lines.count + 2)
        // A window of code that begins and ends within the key.
        let window = body[3..<8].map { before + $0 }.joined(separator: "\n")
        let shown = SecretScanner().masked(window)
        for line in body[3..<8] { #expect(!shown.contains(line)) }
        let onOneLine = "{\"private_key\": \"\(marks[0])\\n\(body.joined(separator: "\\n"))\\n\(marks[1])\\n\"}"
        #expect(!SecretScanner().masked(onOneLine).contains(body[2]))
    }

    @Test(
        "texts that are made to take long don't",
        arguments: [
            "eyJ-", "-----BEGIN PRIVATE KEY-----\n", "password=", "://", "a:", "AKIA", "machine login ", "sk-",
            "\"password\", ",
            "password = \"", "AAAA+/", "Authorization: Bearer ", "token=\\\"", "eyJa.", "x", "=",
            "-----BEGIN PRIVATE KEY-----",
        ])
    func bombs(piece: String) {
        let text = Array(String(repeating: piece, count: 100_000 / piece.utf8.count).utf8)
        let clock = ContinuousClock()
        let took = clock.measure { _ = SecretScanner().suspected(in: text) }
        // A tenth of this is usual in a build without optimisation; what isn't linear takes minutes.
        #expect(took < .seconds(10))
    }

    @Test("any bytes are read without a fault, and what is found lies in them in order")
    func anyBytes() {
        for seed in UInt64(1)...200 {
            let bytes =
                Array(drawn(400, from: "aA1=:-_/+\"'\\\n @.<>,eyJpasswordtokenAKIA", seed: seed).utf8) + [
                    0xFF, 0x00, UInt8(seed),
                ]
            var last = 0
            for secret in SecretScanner().suspected(in: bytes) {
                #expect(
                    secret.range.lowerBound >= last && secret.range.upperBound <= bytes.count && !secret.range.isEmpty)
                #expect(!bytes[secret.range].contains(0x0A))
                last = secret.range.upperBound
            }
        }
    }
}

extension SecretScannerTests.Planted {
    /// The same with another beginning.
    func moved(from old: String, to new: String) -> Self {
        var copy = self
        copy.text = new + secret + text.split(separator: secret, maxSplits: 1).dropFirst().joined()
        return copy
    }
}
