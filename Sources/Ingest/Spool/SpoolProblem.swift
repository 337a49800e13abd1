import Glibc

/// Why the spool's directory cannot be used.
enum SpoolProblem: Error, Equatable, CustomStringConvertible {
    /// Another process holds it; two may not share one.
    case inUse(directory: String)
    case unusable(directory: String, code: Int32)
    /// Somebody else could write there.
    case notOwn(directory: String, found: String)

    var description: String {
        switch self {
        case .inUse(let directory): "INGEST_SPOOL_DIR \(directory) is in use by another process; give each its own"
        case .unusable(let directory, let code):
            "INGEST_SPOOL_DIR \(directory) cannot be used: \(String(cString: strerror(code)))"
        case .notOwn(let directory, let found):
            """
            INGEST_SPOOL_DIR \(directory) is \(found), expected a directory of user \(geteuid()) that neither group nor \
            others may write to (chown \(geteuid()), chmod 700)
            """
        }
    }
}

/// A system call on a file of the spool that failed.
struct SpoolFileError: Error, Equatable, CustomStringConvertible {
    let call: StaticString
    let code: Int32

    var description: String { "\(call): \(String(cString: strerror(code)))" }

    static func == (lhs: Self, rhs: Self) -> Bool { lhs.description == rhs.description }
}
