import Inference
import Testing

@Suite("Addresses are read as Ollama reads them")
struct ServerAddressTests {
    @Test(
        "Every form of OLLAMA_HOST gives Ollama's own URL",
        arguments: [
            ("", "http://127.0.0.1:11434"), ("1.2.3.4", "http://1.2.3.4:11434"),
            ("example.com", "http://example.com:11434"), ("example.com:1234", "http://example.com:1234"),
            ("http://1.2.3.4", "http://1.2.3.4:80"), ("https://1.2.3.4", "https://1.2.3.4:443"),
            ("https://example.com/ollama", "https://example.com:443/ollama"),
            ("https://example.com/ollama/", "https://example.com:443/ollama"),
            ("example.com/ollama", "http://example.com:11434/ollama"),
            ("::1", "http://[::1]:11434"), ("[::1]", "http://[::1]:11434"), ("[::1]:1337", "http://[::1]:1337"),
            (":1234", "http://127.0.0.1:1234"), (":66000", "http://127.0.0.1:11434"), (":-1", "http://127.0.0.1:11434"),
            ("http://1.2.3.4:66000", "http://1.2.3.4:80"), (" \"1.2.3.4\" ", "http://1.2.3.4:11434"),
            ("' 1.2.3.4 '", "http://1.2.3.4:11434"), ("ollama.com", "https://ollama.com:443"),
            ("0.0.0.0", "http://127.0.0.1:11434"), ("0.0.0.0:99", "http://127.0.0.1:99"),
            ("[::]:99", "http://[::1]:99"), ("::", "http://[::1]:11434"), ("HTTP://Host", "http://Host:80"),
        ])
    func forms(text: String, url: String) throws {
        let address = try ServerAddress(parsing: text)
        #expect(address.url == url)
        #expect(address.kind == .ollama)
        #expect(address.name == nil)
    }

    @Test(
        "Plain HTTP out of private networks is told",
        arguments: [
            ("gpu", false), ("localhost", false), ("127.0.0.1", false), ("10.1.2.3", false), ("192.168.0.7", false),
            ("172.16.0.1", false), ("172.32.0.1", true), ("100.64.0.1", false), ("100.128.0.1", true),
            ("8.8.8.8", true),
            ("gpu.local", false), ("gpu.example.com", true), ("https://gpu.example.com", false), ("[::1]", false),
            ("[fd12::1]", false), ("[fe80::1%eth0]", false), ("[2001:db8::1]", true),
            ("http://gpu.example.com:11434", true),
            ("[::ffff:10.0.0.1]", false), ("[::ffff:8.8.8.8]", true), ("gpu.example.com.", true), ("134744072", true),
        ])
    func exposed(text: String, isExposed: Bool) throws {
        #expect(try ServerAddress(parsing: text).isExposed == isExposed)
    }

    @Test(
        "A name and a kind may stand in front",
        arguments: [
            ("ollama01=http://gpu:11434", "ollama01" as String?, ServerKind.ollama, "http://gpu:11434"),
            ("big=openai+http://gpu:8000/v1", "big", .openai, "http://gpu:8000/v1"),
            ("openai+http://gpu:8000", nil, .openai, "http://gpu:8000"),
            ("openai+gpu:8000", nil, .openai, "http://gpu:8000"),
            ("http://gpu:8000/v1/", nil, .openai, "http://gpu:8000/v1"),
            ("ollama+http://gpu/v1", nil, .ollama, "http://gpu:80/v1"),
            ("a.b-c_1=gpu", "a.b-c_1", .ollama, "http://gpu:11434"),
        ])
    func prefixes(text: String, name: String?, kind: ServerKind, url: String) throws {
        let address = try ServerAddress(parsing: text)
        #expect(address.name == name)
        #expect(address.kind == kind)
        #expect(address.url == url)
    }

    @Test(
        "What can't be an address is refused without repeating a secret",
        arguments: [
            "http://me:secret@host", "ftp://secret", "http://host/?key=secret", "host secret name", "[::1",
            "http://ho st",
            "openai+gpu", "http://host#secret",
        ])
    func refusals(text: String) throws {
        let error = #expect(throws: ServerAddressError.self) { try ServerAddress(parsing: text) }
        let message = try #require(error?.message)
        #expect(message.count > 20)
        if text.contains("@") || text.contains("?") { #expect(!message.contains("secret")) }
    }

    @Test("The default name shows the port where it isn't the usual one")
    func names() throws {
        #expect(try ServerAddress(parsing: "gpu").defaultName == "gpu")
        #expect(try ServerAddress(parsing: "gpu:1").defaultName == "gpu:1")
        #expect(try ServerAddress(parsing: "x=gpu:1").defaultName == "x")
        #expect(ServerAddress.redacted("http://me:secret@host/x") == "http://…@host/x")
    }
}
