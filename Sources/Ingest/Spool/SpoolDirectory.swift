import Base
import Foundation

/// The directory of a spool, held by one process at a time.
///
/// Segments are named by their number: `<number>.segment`. What could not be read is `<number>.corrupt`, what
/// PostgreSQL refused is in `refused`, and `lock` is there to be held.
struct SpoolDirectory: Sendable {
    let path: String
    /// The lock lasts as long as the descriptor is open, and the kernel closes that however the process ends.
    private let lock: SpoolFile

    /// Makes the directory if it is missing, for this user alone, and locks it.
    init(_ path: String) throws(SpoolProblem) {
        self.path = path
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw .unusable(directory: path, code: errno) }
        if let found = OwnDirectory.objection(to: path) { throw .notOwn(directory: path, found: found) }
        do {
            lock = try SpoolFile("\(path)/lock", O_RDWR | O_CREAT)
        } catch {
            throw .unusable(directory: path, code: error.code)
        }
        // That a lock file can be opened does not show that new files can be made.
        guard access(path, R_OK | W_OK | X_OK) == 0 else { throw .unusable(directory: path, code: errno) }
        guard lock.lock() else { throw .inUse(directory: path) }
    }

    var refused: String { "\(path)/refused" }

    static func segmentName(_ number: UInt64) -> String { "\(digits(number)).segment" }

    func segment(_ number: UInt64) -> String { "\(path)/\(Self.segmentName(number))" }

    private static func digits(_ number: UInt64) -> String { String(format: "%012llu", number) }

    /// The numbers of the segments in ascending order, and a number that no file has yet.
    func list() throws(SpoolProblem) -> (segments: [UInt64], next: UInt64) {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            throw .unusable(directory: path, code: EIO)
        }
        let numbered = names.compactMap { name -> (UInt64, Substring)? in
            let parts = name.split(separator: ".", maxSplits: 1)
            guard parts.count == 2, let number = UInt64(parts[0]) else { return nil }
            return (number, parts[1])
        }
        let segments = numbered.filter { $0.1 == "segment" }.map(\.0).sorted()
        return (segments, (numbered.map(\.0).max() ?? 0) + 1)
    }

    /// Makes the names of new files as durable as their content.
    func synchronize() throws(SpoolFileError) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw SpoolFileError(call: "open", code: errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw SpoolFileError(call: "fsync", code: errno) }
    }

    /// Not made durable: a segment that is back after a crash is drained again, which changes nothing.
    func remove(_ number: UInt64) { unlink(segment(number)) }

    func keepAside(_ number: UInt64) { rename(segment(number), "\(path)/\(Self.digits(number)).corrupt") }
}

/// Why the spool's directory cannot be used.
package enum SpoolProblem: Error, Equatable, CustomStringConvertible {
    /// Another process holds it; two may not share one.
    case inUse(directory: String)
    case unusable(directory: String, code: Int32)
    /// Somebody else could write there.
    case notOwn(directory: String, found: String)

    package var description: String {
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
