import CLibgit2
import CLibgit2Shims
import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// libgit2's process-wide state.
enum Library {
    /// Why libgit2 isn't there; nil when it is, and its functions may be called.
    static let problem: String? = teamfix_git_load().map { String(cString: $0) }

    /// Loads libgit2.
    static func load() throws(GitError) {
        guard let problem else { return }
        throw GitError(
            .unsupported, call: "dlopen", message: "libgit2 can't be loaded: \(problem)",
            hint:
                "Install the version that teamfix was built with (Debian: apt-get install libgit2-dev), or build teamfix anew."
        )
    }

    /// Starts libgit2, once it is loaded, for the life of the process. The ownership check is `Ownership`'s: libgit2's own doesn't
    /// know `safe.directory = *`.
    static let started: Int32 = {
        let count = git_libgit2_init()
        guard count > 0 else { return count }
        return min(teamfix_git_set_owner_validation(0), teamfix_git_allow_extensions())
    }()

    /// Held while the search paths stand for one environment: they are global, repositories are not.
    static let searchPaths = Mutex<String?>(nil)
}

/// Runs an actor's jobs on a queue of its own, which keeps blocking C off the cooperative pool.
final class SerialQueue: SerialExecutor {
    private let queue = DispatchQueue(label: "teamfix.git")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}

/// The owner of one libgit2 object. Lives to the end of its scope, so `pointer` is good for as long as the variable.
struct Handle: ~Copyable {
    let pointer: OpaquePointer
    private let release: (OpaquePointer?) -> Void

    /// Takes what `make` stores through its argument.
    init(
        _ call: String, release: @escaping (OpaquePointer?) -> Void,
        _ make: (UnsafeMutablePointer<OpaquePointer?>) -> Int32
    ) throws(GitError) {
        var made: OpaquePointer?
        try check(call, make(&made))
        guard let made else { throw GitError(call, result: GIT_ERROR.rawValue) }
        self.pointer = made
        self.release = release
    }

    deinit { release(pointer) }
}

/// C strings that live as long as this value.
struct CStrings: ~Copyable {
    private let storage: UnsafeMutableBufferPointer<UnsafeMutablePointer<CChar>?>

    init(_ strings: [String]) {
        storage = .allocate(capacity: strings.count)
        _ = storage.initialize(from: strings.map { strdup($0) })
    }

    /// Of bytes without a zero among them: paths needn't be UTF-8.
    init(bytes strings: [[UInt8]]) {
        storage = .allocate(capacity: strings.count)
        _ = storage.initialize(
            from: strings.map { bytes in
                (bytes + [0]).withUnsafeBufferPointer {
                    $0.withMemoryRebound(to: CChar.self) { $0.baseAddress.map { strdup($0) } } ?? nil
                }
            })
    }

    /// The strings as libgit2 takes a list of paths; valid while `self` is.
    var array: git_strarray { git_strarray(strings: storage.baseAddress, count: storage.count) }

    deinit {
        for string in storage { free(string) }
        storage.deallocate()
    }
}

/// The text in a buffer that libgit2 filled, which is given back.
func take(_ buffer: inout git_buf) -> String {
    defer { git_buf_dispose(&buffer) }
    guard let start = buffer.ptr else { return "" }
    return String(decoding: UnsafeRawBufferPointer(start: start, count: buffer.size), as: UTF8.self)
}

extension CStrings {
    /// The strings as C functions take a list of names.
    func withConstantPointers<Result>(
        _ body: (UnsafeMutablePointer<UnsafePointer<CChar>?>?) throws(GitError) -> Result
    ) throws(GitError) -> Result {
        let array = self.array
        var pointers = (0..<array.count).map { UnsafePointer(array.strings[$0]) }
        return try body(&pointers)
    }
}
