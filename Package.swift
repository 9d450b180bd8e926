// swift-tools-version: 6.2
import PackageDescription

let ours: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
]

// On Linux libgit2 is loaded when it is first needed (Sources/CLibgit2Shims/lazy.c); its headers are where compilers look.
#if os(Linux)
    let libgit2: String? = nil
    // Without this the linker of a static standard library exports every symbol, which makes each start slower.
    let startsFast: [LinkerSetting] = [.unsafeFlags(["-Xlinker", "--no-export-dynamic"])]
#else
    let libgit2: String? = "libgit2"
    let startsFast: [LinkerSetting] = []
#endif

let package = Package(
    name: "teamfix",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "teamfix", targets: ["teamfix"]),
        // With the modules whose types its interface has: servers and events.
        .library(name: "Orchestration", targets: ["Orchestration", "Inference", "Events"]),
        .library(name: "Specialists", targets: ["Specialists"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.0.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    ],
    targets: [
        .executableTarget(name: "teamfix", dependencies: ["Commands"], swiftSettings: ours, linkerSettings: startsFast),
        .target(
            name: "Commands",
            dependencies: [
                "Workflows", "Dashboard", "Specialists", "Orchestration", "Inference", "Diagnostics", "Git", "History",
                "Events", .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: ours),
        .target(
            name: "Workflows",
            dependencies: [
                "Specialists", "Orchestration", "Inference", "Diagnostics", "Git", "History", "Events",
                .product(name: "Subprocess", package: "swift-subprocess"),
            ],
            swiftSettings: ours),
        .target(
            name: "Dashboard",
            dependencies: [
                "Orchestration", "Diagnostics", "History", "Events",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
            ],
            swiftSettings: ours),
        .target(name: "Specialists", dependencies: ["Orchestration"], swiftSettings: ours),
        .target(
            name: "Orchestration",
            dependencies: ["Inference", "Events"],
            swiftSettings: ours),
        .target(
            name: "Inference",
            dependencies: [
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: ours),
        .target(name: "Diagnostics", swiftSettings: ours),
        .target(name: "Git", dependencies: ["CLibgit2", "CLibgit2Shims"], swiftSettings: ours),
        .target(
            name: "History", dependencies: ["Events", .product(name: "GRDB", package: "GRDB.swift")],
            swiftSettings: ours),
        .target(name: "Events", swiftSettings: ours),
        .target(name: "CLibgit2Shims", dependencies: ["CLibgit2"]),
        .systemLibrary(
            name: "CLibgit2", pkgConfig: libgit2, providers: [.apt(["libgit2-dev"]), .brew(["libgit2"])]),

        .target(
            name: "TestSupport",
            dependencies: [
                "Inference", "Git", .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Subprocess", package: "swift-subprocess"),
            ],
            path: "Tests/TestSupport", swiftSettings: ours),
        .testTarget(name: "EventsTests", dependencies: ["Events"], swiftSettings: ours),
        .testTarget(
            name: "DiagnosticsTests", dependencies: ["Diagnostics", "TestSupport"], exclude: ["Logs"],
            swiftSettings: ours),
        .testTarget(name: "GitTests", dependencies: ["Git", "TestSupport"], swiftSettings: ours),
        .testTarget(
            name: "InferenceTests",
            dependencies: [
                "Inference", "TestSupport", .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "Subprocess", package: "swift-subprocess"),
            ],
            exclude: ["official_client.py"], swiftSettings: ours),
        .testTarget(
            name: "OrchestrationTests", dependencies: ["Orchestration", "Specialists", "TestSupport"],
            swiftSettings: ours),
        .testTarget(
            name: "HistoryTests", dependencies: ["History", "Events", .product(name: "GRDB", package: "GRDB.swift")],
            swiftSettings: ours),
        .testTarget(name: "DashboardTests", dependencies: ["Dashboard", "Events"], swiftSettings: ours),
        .testTarget(name: "WorkflowsTests", dependencies: ["Workflows", "TestSupport"], swiftSettings: ours),
        .testTarget(
            name: "CommandsTests", dependencies: ["Commands", "TestSupport"], exclude: ["Snapshots"],
            swiftSettings: ours),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "TestSupport", "History", "Events", "teamfix", .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            exclude: ["Snapshots", "recompute_run.py", "recompute_stats.py"], swiftSettings: ours),
        .testTarget(
            name: "DriftTests",
            dependencies: ["TestSupport", "teamfix", .product(name: "Subprocess", package: "swift-subprocess")],
            swiftSettings: ours),
    ]
)
