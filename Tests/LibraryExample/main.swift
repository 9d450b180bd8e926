import Foundation

// Calls the examples of the library's documentation. The two arguments are the servers' URLs.
guard CommandLine.arguments.count == 3 else {
    print("usage: library-example URL URL")
    exit(64)
}
try await basicUsage(CommandLine.arguments[1], CommandLine.arguments[2])
try await advancedUsage(CommandLine.arguments[1], CommandLine.arguments[2])
