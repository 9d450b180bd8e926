/// A token that its first letters tell: what providers' keys look like.
struct TokenRule: Sendable {
    var kind: SecretKind
    var prefix: [UInt8]
    var body: ByteClass
    /// The body's length, in bytes.
    var length: ClosedRange<Int>
    /// Characters that the body has to have in it somewhere, so that a name with the same beginning isn't taken for a key.
    var infix: [UInt8]

    init(
        _ kind: SecretKind, _ prefix: String, _ body: ByteClass, _ length: ClosedRange<Int>, infix: String = ""
    ) {
        self.kind = kind
        self.prefix = Array(prefix.utf8)
        self.body = body
        self.length = length
        self.infix = Array(infix.utf8)
    }

    /// The rules by the byte that their prefix begins with.
    static let byFirstByte: [[TokenRule]] = {
        var table = [[TokenRule]](repeating: [], count: 256)
        // The longest prefix first: `sk-ant-` says more than `sk-`.
        for rule in all.sorted(by: { $0.prefix.count > $1.prefix.count }) {
            if let first = rule.prefix.first { table[Int(first)].append(rule) }
        }
        return table
    }()

    private static let all: [TokenRule] = cloud + forges + registries + models + services

    private static let cloud: [TokenRule] = [
        TokenRule(.aws, "AKIA", .upperDigits, 16...16), TokenRule(.aws, "ASIA", .upperDigits, 16...16),
        TokenRule(.aws, "ABIA", .upperDigits, 16...16), TokenRule(.aws, "ACCA", .upperDigits, 16...16),
        TokenRule(.aws, "ABSK", .base64, 109...300),
        TokenRule(.google, "AIza", .base64URL, 35...35), TokenRule(.google, "GOCSPX-", .base64URL, 28...28),
        TokenRule(.google, "ya29.", .base64URL.union(ByteClass(".")), 30...2048),
        TokenRule(.digitalOcean, "dop_v1_", .lowerHex, 64...64),
        TokenRule(.digitalOcean, "doo_v1_", .lowerHex, 64...64),
        TokenRule(.digitalOcean, "dor_v1_", .lowerHex, 64...64),
        TokenRule(.databricks, "dapi", .lowerHex, 32...34), TokenRule(.heroku, "HRKU-", .base64URL, 36...80),
        TokenRule(.vault, "hvs.", .base64URL, 24...512), TokenRule(.vault, "hvb.", .base64URL, 24...512),
        TokenRule(.vault, "hvr.", .base64URL, 24...512), TokenRule(.pulumi, "pul-", .lowerHex, 40...40),
        TokenRule(.doppler, "dp.pt.", .alphanumeric, 40...48), TokenRule(.doppler, "dp.st.", .base64URL, 40...80),
        TokenRule(.supabase, "sbp_", .lowerHex, 40...40), TokenRule(.tailscale, "tskey-", .base64URL, 20...128),
        TokenRule(.age, "AGE-SECRET-KEY-1", .upperDigits, 58...58),
        TokenRule(.fly, "FlyV1 fm", .base64URL.union(ByteClass("+/=,")), 60...4096),
    ]

    private static let forges: [TokenRule] = [
        TokenRule(.github, "ghp_", .alphanumeric, 36...255), TokenRule(.github, "gho_", .alphanumeric, 36...255),
        TokenRule(.github, "ghu_", .alphanumeric, 36...255), TokenRule(.github, "ghs_", .alphanumeric, 36...255),
        TokenRule(.github, "ghr_", .alphanumeric, 36...255), TokenRule(.github, "github_pat_", .word, 22...255),
        TokenRule(.gitlab, "glpat-", .base64URL, 20...300), TokenRule(.gitlab, "gldt-", .base64URL, 20...300),
        TokenRule(.gitlab, "glrt-", .base64URL, 20...300), TokenRule(.gitlab, "glcbt-", .base64URL, 20...300),
        TokenRule(.gitlab, "glptt-", .base64URL, 20...300), TokenRule(.gitlab, "glft-", .base64URL, 20...300),
        TokenRule(.gitlab, "glsoat-", .base64URL, 20...300), TokenRule(.gitlab, "glagent-", .base64URL, 20...300),
        TokenRule(.gitlab, "GR1348941", .base64URL, 20...20),
        TokenRule(.atlassian, "ATATT3xFfGF0", .base64URL.union(ByteClass("=")), 40...400),
        TokenRule(.atlassian, "ATBB", .alphanumeric, 32...40),
        TokenRule(.circleCI, "CCIPAT_", .base64URL, 40...120), TokenRule(.circleCI, "CCIPRJ_", .base64URL, 40...120),
        TokenRule(.buildkite, "bkua_", .lowerHex, 40...40),
    ]

    private static let registries: [TokenRule] = [
        TokenRule(.npm, "npm_", .alphanumeric, 36...36), TokenRule(.pypi, "pypi-AgE", .base64URL, 50...1000),
        TokenRule(.rubyGems, "rubygems_", .lowerHex, 48...48), TokenRule(.docker, "dckr_pat_", .base64URL, 27...64),
        TokenRule(.docker, "dckr_oat_", .base64URL, 27...64), TokenRule(.crates, "cio", .alphanumeric, 32...32),
        TokenRule(.nuget, "oy2", .lowerDigits, 43...43), TokenRule(.artifactory, "AKCp", .alphanumeric, 69...80),
    ]

    private static let models: [TokenRule] = [
        TokenRule(.anthropic, "sk-ant-", .base64URL, 24...300), TokenRule(.openAI, "sk-proj-", .base64URL, 24...300),
        TokenRule(.openAI, "sk-svcacct-", .base64URL, 24...300),
        TokenRule(.openAI, "sk-admin-", .base64URL, 24...300),
        TokenRule(.openAI, "sk-or-v1-", .lowerHex, 64...64), TokenRule(.openAI, "sk-", .alphanumeric, 32...128),
        TokenRule(.huggingFace, "hf_", .alphanumeric, 34...40), TokenRule(.replicate, "r8_", .alphanumeric, 37...40),
        TokenRule(.groq, "gsk_", .alphanumeric, 48...56), TokenRule(.xai, "xai-", .alphanumeric, 70...90),
        TokenRule(.perplexity, "pplx-", .alphanumeric, 40...56),
    ]

    private static let services: [TokenRule] = [
        TokenRule(.slack, "xoxb-", .base64URL, 20...255), TokenRule(.slack, "xoxp-", .base64URL, 20...255),
        TokenRule(.slack, "xoxa-", .base64URL, 20...255), TokenRule(.slack, "xoxr-", .base64URL, 20...255),
        TokenRule(.slack, "xoxs-", .base64URL, 20...255), TokenRule(.slack, "xoxc-", .base64URL, 20...255),
        TokenRule(.slack, "xoxd-", .base64URL.union(ByteClass("%+/=")), 20...512),
        TokenRule(.slack, "xoxe.", .base64URL.union(ByteClass(".")), 20...512),
        TokenRule(.slack, "xapp-", .base64URL, 20...255),
        TokenRule(.slack, "hooks.slack.com/services/T", .word.union(ByteClass("/")), 30...90),
        TokenRule(.discord, "discord.com/api/webhooks/", .base64URL.union(ByteClass("/")), 70...110),
        TokenRule(.discord, "discordapp.com/api/webhooks/", .base64URL.union(ByteClass("/")), 70...110),
        TokenRule(.stripe, "sk_live_", .alphanumeric, 16...255),
        TokenRule(.stripe, "rk_live_", .alphanumeric, 16...255),
        TokenRule(.stripe, "sk_test_", .alphanumeric, 16...255),
        TokenRule(.stripe, "rk_test_", .alphanumeric, 16...255),
        TokenRule(.stripe, "whsec_", .base64, 24...255),
        TokenRule(.sendGrid, "SG.", .base64URL.union(ByteClass(".")), 66...66, infix: "."),
        TokenRule(.twilio, "SK", .lowerHex, 32...32), TokenRule(.mailgun, "key-", .lowerHex, 32...32),
        TokenRule(.shopify, "shpat_", .hex, 32...32), TokenRule(.shopify, "shpss_", .hex, 32...32),
        TokenRule(.shopify, "shpca_", .hex, 32...32), TokenRule(.shopify, "shppa_", .hex, 32...32),
        TokenRule(.square, "sq0atp-", .base64URL, 22...60), TokenRule(.square, "sq0csp-", .base64URL, 40...60),
        TokenRule(.notion, "secret_", .alphanumeric, 43...43), TokenRule(.notion, "ntn_", .alphanumeric, 40...60),
        TokenRule(.linear, "lin_api_", .alphanumeric, 40...40), TokenRule(.figma, "figd_", .base64URL, 38...60),
        TokenRule(.newRelic, "NRAK-", .upperDigits, 27...27), TokenRule(.grafana, "glsa_", .word, 40...60),
        TokenRule(.grafana, "glc_", .base64, 32...400), TokenRule(.postman, "PMAK-", .base64URL, 59...59),
        TokenRule(.planetScale, "pscale_tkn_", .base64URL, 32...64),
        TokenRule(.planetScale, "pscale_pw_", .base64URL, 32...64),
        TokenRule(.sentry, "sntrys_", .base64URL.union(ByteClass("=+/")), 60...400),
        TokenRule(.sentry, "sntryu_", .lowerHex, 64...64),
    ]
}
