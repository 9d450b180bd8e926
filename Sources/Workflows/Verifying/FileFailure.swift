import Foundation

/// A call on a file that failed.
package struct FileFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// What was tried, as it completes "can't …".
    package var operation: String
    package var path: String
    /// The system's error number.
    package var code: Int32

    package init(operation: String, path: String, code: Int32) {
        self.operation = operation
        self.path = path
        self.code = code
    }

    package var description: String {
        "can't \(operation)\(path.isEmpty ? "" : " \(path)"): \(String(cString: strerror(code)))"
    }
}
