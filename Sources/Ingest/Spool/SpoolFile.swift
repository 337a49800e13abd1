import Glibc

/// An open file of the spool; closed with its last owner.
final class SpoolFile: Sendable {
    private let descriptor: Int32
    private let sync: Sync

    /// `fdatasync`, or what a test puts in its place.
    typealias Sync = @Sendable (Int32) -> Int32
    static let dataSync: Sync = { fdatasync($0) }

    /// Opens a file that only its owner may read: it holds what private repositories say.
    ///
    /// A symbolic link is not followed.
    init(_ path: String, _ flags: Int32, sync: @escaping Sync = SpoolFile.dataSync) throws(SpoolFileError) {
        descriptor = open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0o600)
        self.sync = sync
        guard descriptor >= 0 else { throw SpoolFileError(call: "open", code: errno) }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    func size() throws(SpoolFileError) -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw SpoolFileError(call: "fstat", code: errno) }
        return Int(status.st_size)
    }

    /// Reads what lies at `offset`: less than `count` bytes where the file ends.
    func read(_ count: Int, at offset: Int) throws(SpoolFileError) -> [UInt8] {
        var failure: Int32?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let rest = buffer.baseAddress?.advanced(by: filled)
                let got = pread(descriptor, rest, count - filled, off_t(offset + filled))
                if got < 0, errno == EINTR { continue }
                if got < 0 { failure = errno }
                guard got > 0 else { return }
                filled += got
            }
        }
        if let failure { throw SpoolFileError(call: "pread", code: failure) }
        return bytes
    }

    func write(_ bytes: [UInt8], at offset: Int) throws(SpoolFileError) {
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes {
                pwrite(descriptor, $0.baseAddress, $0.count, off_t(offset + written))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw SpoolFileError(call: "pwrite", code: count < 0 ? errno : ENOSPC) }
            written += count
        }
    }

    func truncate(to size: Int) throws(SpoolFileError) {
        guard ftruncate(descriptor, off_t(size)) == 0 else { throw SpoolFileError(call: "ftruncate", code: errno) }
    }

    /// Waits until what was written is on the disk.
    ///
    /// After a failure the kernel forgets which pages were not: nobody may call this again on the same file.
    func synchronize() throws(SpoolFileError) {
        guard sync(descriptor) == 0 else { throw SpoolFileError(call: "fdatasync", code: errno) }
    }

    /// - Returns: false when another process holds the lock.
    func lock() -> Bool { flock(descriptor, LOCK_EX | LOCK_NB) == 0 }
}

/// A system call on a file of the spool that failed.
struct SpoolFileError: Error, Equatable, CustomStringConvertible {
    let call: StaticString
    let code: Int32

    var description: String { "\(call): \(String(cString: strerror(code)))" }

    static func == (lhs: Self, rhs: Self) -> Bool { lhs.description == rhs.description }
}
