import Testing

@testable import Dashboard

@Suite struct AdmissionTests {
    private let token = "0123456789abcdef0123456789abcdef"

    private func admission(_ listening: String = "127.0.0.1") -> Admission {
        Admission(token: token, listening: listening, port: 8080)
    }

    @Test func `each page has its path`() throws {
        func page(_ path: String) throws -> Admission.Page {
            try admission().page(method: "GET", host: "localhost:8080", target: "/\(token)/\(path)")
        }
        #expect(try page("") == .runs)
        #expect(try page("feed") == .runsFeed)
        #expect(try page("run/20260101-101010-abcd") == .run("20260101-101010-abcd"))
        #expect(try page("run/a/feed?x=1") == .runFeed("a"))
        for wrong in ["run", "run/", "run//feed", "run/a/feed/", "run/a.b", "run/a%20b", "run/é", "Feed", "run/a/b"] {
            #expect(throws: Admission.Refusal.notFound) { try page(wrong) }
        }
        #expect(throws: Admission.Refusal.notFound) { try page("run/" + String(repeating: "a", count: 65)) }
    }

    @Test func `the token is asked for before anything else is said`() {
        for target in ["/", "", "/feed", "//\(token)/", "/\(token.dropLast())/feed", "/\(token)a/", "x/\(token)/"] {
            #expect(throws: Admission.Refusal.token) {
                try admission().page(method: "GET", host: "localhost:8080", target: target)
            }
        }
    }

    @Test(arguments: [
        ("127.0.0.1", "127.0.0.1:8080", true), ("127.0.0.1", "LOCALHOST:8080", true),
        ("127.0.0.1", "[::1]:8080", true), ("::1", "[::1]:8080", true), ("127.0.0.1", "10.0.0.1:8080", false),
        ("127.0.0.1", "evil.example:8080", false), ("127.0.0.1", "127.0.0.1.evil.example:8080", false),
        ("127.0.0.1", "127.0.0.1:80", false), ("127.0.0.1", "127.0.0.1", false), ("127.0.0.1", "[::1", false),
        ("127.0.0.1", "localhost:8080:8080", false), ("0.0.0.0", "10.0.0.1:8080", true),
        ("0.0.0.0", "[fe80::1]:8080", true), ("0.0.0.0", "evil.example:8080", false),
        ("0.0.0.0", "10.0.0.256:8080", false), ("box.lan", "box.lan:8080", true), ("box.lan", "other.lan:8080", false),
        ("127.8.0.1", "127.8.0.1:8080", true), ("127.0.0.1", "127.8.0.1:8080", false),
        ("127.evil.example", "127.evil.example:8080", true), ("127.evil.example", "evil.example:8080", false),
    ])
    func `a host must be an address of ours, not a name that others can point here`(
        listening: String, host: String, isOurs: Bool
    ) {
        #expect(admission(listening).isOurs(host) == isOurs)
    }

    @Test func `only plain loopback is local`() {
        for local in ["127.0.0.1", "127.8.0.1", "::1", "localhost"] { #expect(Admission.isLoopback(local)) }
        for other in ["0.0.0.0", "::", "10.0.0.1", "127.evil.example", "localhost.evil.example", ""] {
            #expect(!Admission.isLoopback(other))
        }
    }

    @Test func `tokens differ, and are 128 bits`() {
        var random = SystemRandomNumberGenerator()
        let tokens = (0..<100).map { _ in Admission.newToken(using: &random) }
        #expect(Set(tokens).count == 100)
        #expect(tokens.allSatisfy { $0.utf8.count == 32 && $0.allSatisfy(\.isHexDigit) })
        #expect(Admission.areEqual(tokens[0], tokens[0]) && !Admission.areEqual(tokens[0], tokens[1]))
        #expect(!Admission.areEqual("", tokens[0]) && !Admission.areEqual(tokens[0] + "0", tokens[0]))
    }
}
